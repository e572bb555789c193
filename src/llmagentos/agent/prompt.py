"""The prompt of a decision: a static part (cached by the backend) and a short changing part at the end.

A prompt is a tuple of segments that are tokenised one by one: the commands in it are cut where the decoder's automaton
cuts them, so that the model sees examples in just the tokens it may write.

Version 2. The examples show each form of the site language once or twice, over things that no site is likely to have
in just this way; they teach the form, not the answers.
"""

from collections.abc import Iterable, Sequence

from llmagentos.agent.legal import named, text_pieces
from llmagentos.language import Program, parse
from llmagentos.language import tree as t
from llmagentos.messages.snapshot import EntityView, Snapshot, Speaker

PROMPT_VERSION = 2

_EXAMPLES = (
    ("switch the reading lamp on", 'turn on light "Reading Lamp"'),
    ("pantry light off please", 'turn off light "Pantry Light"'),
    ("lights out in the attic", 'turn off light in "Attic"'),
    ("turn the light on in the shed", 'turn on light in "Shed"'),
    ("dim the lounge lamps to 30 percent", 'set light in "Lounge" brightness 30%'),
    ("make the desk lamp a bit brighter", 'raise light "Desk Lamp" brightness'),
    ("switch off everything that shines except the porch", 'turn off all light except light in "Porch"'),
    ("all lights downstairs off", 'turn off light on "Downstairs"'),
    ("关掉书房的灯", 'turn off light in "书房"'),
    ("把吊灯调到百分之四十", 'set light "吊灯" brightness 40%'),
    ("start the air cooler", 'turn on fan "Air Cooler"'),
    ("open the roller blind halfway", 'set blind "Roller Blind" position 50%'),
    ("shut the barn gate", 'close gate "Barn Gate"'),
    ("open the pool valve", 'open valve "Pool Valve"'),
    ("lock the cabin", 'lock lock "Cabin Door"'),
    ("unlock the side entrance", 'unlock lock "Side Entrance"'),
    ("make it 19 degrees in the studio", 'set climate in "Studio" temperature 19 C'),
    ("it is too cold in the studio", 'raise climate in "Studio" temperature'),
    ("send Dusty home", 'dock vacuum "Dusty"'),
    ("have Dusty sweep the floor", 'start vacuum "Dusty"'),
    ("turn the radio down to 20%", 'set media player "Radio" volume 20%'),
    ("next song please", "skip media player"),
    ("继续播放", "resume media player"),
    ("put eggs on the groceries list", 'add "eggs" to list "Groceries"'),
    ("movie mood", 'activate scene "Movie"'),
    ("ring the bell", 'press button "Bell"'),
    ("egg timer six minutes", "start timer 6 min"),
    ("how much time is left", "status of timer"),
    ("is the cellar light on", 'is light "Cellar Light" on'),
    ("how many lamps are burning", "count light on"),
    ("are any windows open", "any window open"),
    ("which doors are unlocked", "which lock unlocked"),
    ("书房现在几度", 'state of temperature in "书房"'),
    ("how warm is the greenhouse", 'state of sensor "Greenhouse Temperature"'),
    ("what's on the groceries list", 'items of list "Groceries"'),
    ("what time is it", "what time"),
    ("is it going to rain", "weather"),
    ("what is planned for tomorrow", "events tomorrow"),
    ("turn on the fan and close the roller blind", 'turn on fan "Air Cooler"; close blind "Roller Blind"'),
    ("fly me to the moon", "refuse impossible"),
    ("turn on the sauna", "refuse absent"),
    ("switch it", "clarify"),
    ("never mind", "none"),
    ("tell me a joke", "say"),
)
_HEADER = "Each request to the home is written as one command.\n"


def static_part() -> tuple[str, ...]:
    """What every decision begins with."""
    return (_HEADER, *(segment for words, sentence in _EXAMPLES for segment in _exchange(words, sentence)))


def dynamic_part(
    words: str, snapshot: Snapshot, speaker: Speaker, entities: Sequence[EntityView], before: Iterable[tuple[str, str]]
) -> tuple[str, ...]:
    """The devices the sentence may be about, the speaker's area, the last exchanges, and the sentence."""
    devices = [
        segment
        for entity in entities
        for segment in (*text_pieces(Program((t.AskState(named(entity, snapshot)),)))[1:], f" in {entity.area}" if entity.area else "", "\n")
    ]  # fmt: skip
    place = (f"The person is in {speaker.area}.\n",) if speaker.area else ()
    history = [segment for said, sentence in before for segment in _exchange(said, sentence)]
    return ("Devices here:\n", *devices, *place, *history, _request(words))


def _exchange(words: str, sentence: str) -> tuple[str, ...]:
    *pieces, last = text_pieces(parse(sentence))
    return (_request(words), *pieces, last + "\n")


def _request(words: str) -> str:
    return f"Request: {' '.join(words.split())}\nCommand:"


def example_programs() -> tuple[str, ...]:
    """The sentences of the examples, for tests: each must be legal text."""
    return tuple(sentence for _, sentence in _EXAMPLES)
