"""The prompt of a decision: a static part (cached by the backend) and a short changing part at the end.

Version 5. The examples show each form of the site language once or twice, over things that no site is likely to have
in just this way; they teach the form, not the answers.
"""

from collections.abc import Iterable, Sequence

from llmagentos.agent.legal import named, text_pieces
from llmagentos.agent.ports import Prompt
from llmagentos.language import Program, parse
from llmagentos.language import tree as t
from llmagentos.messages.snapshot import EntityView, Snapshot, Speaker

PROMPT_VERSION = 5

_EXAMPLES = (
    ("tell me a joke", "say"),
    ("never mind", "none"),
    ("switch it", "clarify"),
    ("turn on the sauna", "refuse absent"),
    ("fly me to the moon", "refuse impossible"),
    ("what is planned for tomorrow", "events tomorrow"),
    ("is it going to rain", "weather"),
    ("what time is it", "what time"),
    ("what's on the groceries list", 'items of list "Groceries"'),
    ("how warm is the greenhouse", 'state of sensor "Greenhouse Temperature"'),
    ("书房现在几度", 'state of temperature in "书房"'),
    ("which doors are unlocked", "which lock unlocked"),
    ("are any windows open", "any window open"),
    ("how many lamps are burning", "count light on"),
    ("is the cellar light on", 'is light "Cellar Light" on'),
    ("how much time is left", "status of timer"),
    ("egg timer six minutes", "start timer 6 min"),
    ("ring the bell", 'press button "Bell"'),
    ("movie mood", 'activate scene "Movie"'),
    ("put eggs on the groceries list", 'add "eggs" to list "Groceries"'),
    ("next song on the stereo", 'skip media player "Stereo"'),
    ("turn the stereo down to 20%", 'set media player "Stereo" volume 20%'),
    ("mute the stereo", 'mute media player "Stereo"'),
    ("pause the stereo", 'pause media player "Stereo"'),
    ("continue on the stereo", 'resume media player "Stereo"'),
    ("turn off the stereo", 'turn off media player "Stereo"'),
    ("start Dusty", 'start vacuum "Dusty"'),
    ("send Dusty home", 'dock vacuum "Dusty"'),
    ("it is too cold in the studio", 'raise climate in "Studio" temperature'),
    ("make it 19 degrees in the studio", 'set climate in "Studio" temperature 19 C'),
    ("unlock the side entrance", 'unlock lock "Side Entrance"'),
    ("lock the side entrance", 'lock lock "Side Entrance"'),
    ("open the pool valve", 'open valve "Pool Valve"'),
    ("close the pool valve", 'close valve "Pool Valve"'),
    ("open the roller blind halfway", 'set blind "Roller Blind" position 50%'),
    ("turn on the air cooler", 'turn on fan "Air Cooler"'),
    ("turn off the air cooler", 'turn off fan "Air Cooler"'),
    ("turn on the air cooler and close the roller blind", 'turn on fan "Air Cooler"; close blind "Roller Blind"'),
    ("打开书房的灯", 'turn on light in "书房"'),
    ("关掉书房的灯", 'turn off light in "书房"'),
    ("把吊灯调到百分之四十", 'set light "吊灯" brightness 40%'),
    ("all lights downstairs off", 'turn off light on "Downstairs"'),
    ("turn on every light except the porch", 'turn on all light except light in "Porch"'),
    ("make the desk lamp blue", 'set light "Desk Lamp" color "blue"'),
    ("desk lamp 20% less bright", 'lower light "Desk Lamp" brightness by 20%'),
    ("make the desk lamp a bit brighter", 'raise light "Desk Lamp" brightness'),
    ("dim the desk lamp to 30 percent", 'set light "Desk Lamp" brightness 30%'),
    ("lights on in the attic", 'turn on light in "Attic"'),
    ("lights out in the attic", 'turn off light in "Attic"'),
    ("turn on the reading lamp", 'turn on light "Reading Lamp"'),
    ("reading lamp off", 'turn off light "Reading Lamp"'),
)
"""Rare forms first: a small model leans to what it has just read, and people mostly ask for simple acts. Opposites stand
side by side, or it takes the one for the other."""
_COMMAND = "Command:"
_TALK = "You are the voice of a home. Answer in one short sentence, in the language of the person. You cannot do anything now."
_ROLE = "Write each request to the home as one command."


def static_part() -> Prompt:
    """What every decision begins with."""
    return (("system", (_ROLE,)), *(message for words, sentence in _EXAMPLES for message in _exchange(words, sentence)))


def dynamic_part(
    words: str, snapshot: Snapshot, speaker: Speaker, entities: Sequence[EntityView], before: Iterable[tuple[str, str]]
) -> Prompt:
    """The last exchanges, then the devices the sentence may be about, the speaker's area and the sentence."""
    said = words.casefold()
    devices = [segment for entity in entities for segment in _device(entity, snapshot, said)]
    place = (f"The person is in {speaker.area}.\n",) if speaker.area else ()
    history = [message for earlier, sentence in before for message in _exchange(earlier, sentence)]
    return (*history, ("user", ("Devices here:\n", *devices, *place, _request(words))), ("assistant", (_COMMAND,)))


def talk_part(words: str) -> Prompt:
    """The prompt of small talk."""
    return ("system", (_TALK,)), ("user", (" ".join(words.split()),))


def _device(entity: EntityView, snapshot: Snapshot, said: str) -> tuple[str, ...]:
    """A line for a device; the floor, and another name of it or of its area, where the person used that."""
    selector = text_pieces(Program((t.AskState(named(entity, snapshot)),)))[1:]
    area = snapshot.areas.get(entity.area) if entity.area else None
    floor = f", {area.floor}" if area and area.floor and area.floor.casefold() in said else ""
    place = f" in {area.name}{_alias(area.aliases, said)}{floor}" if area else ""
    return (*selector, f"{_alias(entity.description.aliases, said)}{place}", "\n")


def _alias(aliases: Iterable[str], said: str) -> str:
    return next((f" ({one})" for one in aliases if one.casefold() in said), "")


def _exchange(words: str, sentence: str) -> Prompt:
    return ("user", (_request(words),)), ("assistant", (_COMMAND, *text_pieces(parse(sentence))))


def _request(words: str) -> str:
    return f"Request: {' '.join(words.split())}"


def example_programs() -> tuple[str, ...]:
    """The sentences of the examples, for tests: each must be legal text."""
    return tuple(sentence for _, sentence in _EXAMPLES)
