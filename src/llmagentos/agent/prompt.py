"""The prompt of a decision: a static part (cached by the backend) and a short changing part at the end.

A model that was trained on the site language needs no examples, and gets none: what it reads is short. To any other the
examples show each form of the site language once or twice, over things that no site is likely to have in just this way;
they teach the form, not the answers.
"""

from collections.abc import Iterable, Sequence
from functools import cache

from llmagentos.agent.ports import Prompt
from llmagentos.agent.site_index import SiteIndex
from llmagentos.agent.skeletons import selector_pieces, text_pieces
from llmagentos.language import parse
from llmagentos.messages.snapshot import EntityView, Snapshot, Speaker

PROMPT_VERSION = 8
"""Of what a trained model reads: raise it with every change of that, and train again."""

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
    ("继续播放", "resume media player"),
    ("next song on the stereo", 'skip media player "Stereo"'),
    ("turn the radio down to 20%", 'set media player "Radio" volume 20%'),
    ("a bit more sound on the stereo", 'raise media player "Stereo" volume'),
    ("have Robbie sweep the floor", 'start vacuum "Robbie"'),
    ("send Robbie home", 'dock vacuum "Robbie"'),
    ("it is too cold in the studio", 'raise climate in "Studio" temperature'),
    ("make it 19 degrees in the studio", 'set climate in "Studio" temperature 19 C'),
    ("unlock the side entrance", 'unlock lock "Side Entrance"'),
    ("lock the cabin", 'lock lock "Cabin Door"'),
    ("open the pool valve", 'open valve "Pool Valve"'),
    ("shut the barn gate", 'close gate "Barn Gate"'),
    ("open the roller blind halfway", 'set blind "Roller Blind" position 50%'),
    ("turn on the fan and close the roller blind", 'turn on fan "Air Cooler"; close blind "Roller Blind"'),
    ("start the air cooler", 'turn on fan "Air Cooler"'),
    ("把吊灯调到百分之四十", 'set light "吊灯" brightness 40%'),
    ("关掉书房的灯", 'turn off light in "书房"'),
    ("all lights downstairs off", 'turn off light on "Downstairs"'),
    ("switch off everything that shines except the porch", 'turn off all light except light in "Porch"'),
    ("make the desk lamp blue", 'set light "Desk Lamp" color "blue"'),
    ("the desk lamp is too bright, 20% less", 'lower light "Desk Lamp" brightness by 20%'),
    ("make the desk lamp a bit brighter", 'raise light "Desk Lamp" brightness'),
    ("dim the lounge lamps to 30 percent", 'set light in "Lounge" brightness 30%'),
    ("turn the light on in the shed", 'turn on light in "Shed"'),
    ("lights out in the attic", 'turn off light in "Attic"'),
    ("pantry light off please", 'turn off light "Pantry Light"'),
    ("switch the reading lamp on", 'turn on light "Reading Lamp"'),
)
"""Rare forms first: a small model leans to what it has just read, and people mostly ask for simple acts."""
_COMMAND = "Command:"
_TALK = "You are the voice of a home. Answer in one short sentence, in the language of the person. You cannot do anything now."
_ROLE = "Write each request to the home as one command."


@cache
def static_part(*, trained: bool = False) -> Prompt:
    """What every decision begins with; a trained model needs to be told nothing."""
    if trained:
        return ()
    return (("system", (_ROLE,)), *(one for words, sentence in _EXAMPLES for one in _exchange(words, sentence)))


def dynamic_part(
    words: str, snapshot: Snapshot, index: SiteIndex, speaker: Speaker,
    entities: Sequence[EntityView], before: Iterable[tuple[str, str]], *, trained: bool = False,
) -> Prompt:  # fmt: skip
    """The last exchanges, then the devices the sentence may be about, the speaker's area and the sentence."""
    said = words.casefold()
    devices = [segment for entity in entities for segment in _device(entity, snapshot, index, said)]
    if trained:
        here = (f"here: {speaker.area}\n",) if speaker.area else ()
        history = [
            segment
            for earlier, sentence in before
            for segment in (f"> {_spaced(earlier)}\n=", *_sentence(sentence), "\n")
        ]
        return ("user", (*devices, *here, *history, f"> {_spaced(words)}")), ("assistant", ("",))
    place = (f"The person is in {speaker.area}.\n",) if speaker.area else ()
    exchanges = [message for earlier, sentence in before for message in _exchange(earlier, sentence)]
    return (*exchanges, ("user", ("Devices here:\n", *devices, *place, _request(words))), ("assistant", (_COMMAND,)))


def talk_part(words: str) -> Prompt:
    """The prompt of small talk."""
    return ("system", (_TALK,)), ("user", (" ".join(words.split()),))


def _device(entity: EntityView, snapshot: Snapshot, index: SiteIndex, said: str) -> tuple[str, ...]:
    """A line for a device; the floor, and another name of it or of its area, where the person used that."""
    selector = selector_pieces(index.named(entity))
    area = snapshot.areas.get(entity.area) if entity.area else None
    floor = f", {area.floor}" if area and area.floor and area.floor.casefold() in said else ""
    place = f" in {area.name}{_alias(area.aliases, said)}{floor}" if area else ""
    return (*selector, f"{_alias(entity.description.aliases, said)}{place}", "\n")


def _alias(aliases: Iterable[str], said: str) -> str:
    return next((f" ({one})" for one in aliases if one.casefold() in said), "")


def _exchange(words: str, sentence: str) -> Prompt:
    return ("user", (_request(words),)), ("assistant", (_COMMAND, *_sentence(sentence)))


def _sentence(sentence: str) -> tuple[str, ...]:
    return text_pieces(parse(sentence))


def _request(words: str) -> str:
    return f"Request: {_spaced(words)}"


def _spaced(words: str) -> str:
    return " ".join(words.split())


def examples() -> tuple[tuple[str, str], ...]:
    """What is said in the examples, and the sentence each means."""
    return _EXAMPLES
