import pytest

from llmagentos.agent.hearing import hear
from llmagentos.agent.legal import legal
from llmagentos.agent.site_index import SiteIndex
from llmagentos.app.simulated import snapshot_of
from llmagentos.bench.impossible import house
from llmagentos.knowledge import Retriever
from llmagentos.messages.snapshot import Speaker

HOME = house()


@pytest.mark.parametrize(
    "words",
    ("warmer", "set the thermostat", "!!", "play", "set it to 21", "timer 10 min tea", "把温度调高", "add milk"),
)
def test_every_beginning_has_an_end(words: str) -> None:
    heard = hear(words, None, Retriever(), HOME, Speaker())
    automaton = legal(words, HOME, Speaker(), heard, SiteIndex(HOME))
    for node, edges in enumerate(automaton.edges):
        assert edges or node in automaton.accepting, f"node {node} leads nowhere"
    assert automaton.accepts(" clarify")


TWO_LISTS = snapshot_of(
    {
        "site": "Home",
        "areas": [{"name": "Den"}],
        "simulate": {
            "outside": None,
            "devices": [
                {"id": "list.a", "class": "list", "name": "Shopping"},
                {"id": "list.b", "class": "list", "name": "Chores"},
                {"id": "player", "class": "media player", "name": "TV", "area": "Den"},
            ],
        },
    }
)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("add milk to shopping", 'add "milk" to list "Shopping"'),
        ("add milk to chores", 'add "milk" to list "Chores"'),
        ("we need milk", 'add "milk" to list'),
        ("what lists are there", "count list"),
        ("play the album Thriller on the TV", 'play "Thriller" as album on media player "TV"'),
        ("play Thriller", 'play "Thriller"'),
        ("louder", "raise media player volume"),
        ("next song", "skip media player"),
        ("what is playing", "title of media player"),
        ("timer tea 5 minutes", 'start timer 5 min "tea"'),
        ("5 more minutes for the 10 minutes timer", "extend timer for 10 min by 5 min"),
        ("wake me at half past six", "set alarm at 06:30"),
        ("wake me at half past six every monday", "set alarm at 06:30 every monday"),
        ("the alarm at seven pm can go", "cancel alarm at 19:00"),
        ("any alarms", "alarms"),
    ],
)
def test_what_is_said_can_be_understood(words: str, sentence: str) -> None:
    heard = hear(words, None, Retriever(), TWO_LISTS, Speaker())
    assert legal(words, TWO_LISTS, Speaker(), heard, SiteIndex(TWO_LISTS)).accepts(f" {sentence}")


@pytest.mark.parametrize(
    ("words", "sentence", "legal_here"),
    [
        ("no motion in the hall for five minutes, light off", 'when no signal from binary sensor "Hall Motion" for 5 min: turn off light "Hall Light"', False),
        ("no motion in the hall for five minutes, light off", 'when binary sensor "Hall Motion" is clear for 5 min: turn off light "Hall Light"', True),
        ("if the hall motion sensor has not reported for five minutes tell me", 'when no signal from binary sensor "Hall Motion" for 5 min: notify owner', True),
        ("when nobody is home hall light off", 'when nobody home at most 1 per 1 d: turn off light "Hall Light"', False),
        ("when nobody is home hall light off, once a day at most", 'when nobody home at most 1 per 1 d: turn off light "Hall Light"', True),
        ("hall light on when somebody is home between 5 pm and midnight", 'when somebody home if between 17:00 and 00:00: turn on light "Hall Light"', True),
        ("hall light on when somebody is home between 5 pm and midnight", 'when somebody home if between 00:00 and 17:00: turn on light "Hall Light"', False),
        ("hall light on before 6 am and after 9 pm when somebody is home", 'when somebody home if between 21:00 and 06:00: turn on light "Hall Light"', True),
        ("hall light off at sunset if nobody is home", 'when nobody home if sunset: turn off light "Hall Light"', False),
    ],
)  # fmt: skip
def test_orders_wait_only_for_what_words_speak_of(words: str, sentence: str, legal_here: bool) -> None:
    heard = hear(words, None, Retriever(), HOME, Speaker())
    assert legal(words, HOME, Speaker(), heard, SiteIndex(HOME)).accepts(f" {sentence}") == legal_here


@pytest.mark.parametrize(
    ("words", "sentence", "legal_here"),
    [
        ("which lamps can I dim", "which light able brightness", True),
        ("哪盏灯可以换颜色", "which light able color", True),
        ("is the counter light dimmable", 'whether light "Counter Light" able brightness', True),
        ("can you turn on the counter light", 'whether light "Counter Light" able turn on', False),
        ("能打开厨房的灯吗", 'whether light "Kitchen Light" able turn on', False),
        ("能不能打开厨房的灯", 'whether light "Kitchen Light" able turn on', False),
        ("你能不能打开厨房的灯", 'whether light "Kitchen Light" able turn on', False),
        ("can I have the kitchen light on", 'whether light "Kitchen Light" able turn on', False),
        ("can the kitchen light be turned on please", 'whether light "Kitchen Light" able turn on', False),
        ("can kitchen light be dimmed", 'whether light "Kitchen Light" able brightness', True),
        ("能调光的灯有哪些", "which light able brightness", True),
        ("厨房的灯能不能调光", 'whether light "Kitchen Light" able brightness', True),
        ("厨房灯在哪", 'place of light "Kitchen Light"', True),
        ("what can I do with the bedroom fan", 'abilities of fan "Bedroom Fan"', True),
        ("anything odd last night", "unusual last night", True),
        ("is the freezer behaving the way it normally does", 'unusual of sensor "Freezer Temperature" last 1 d', True),
        ("turn on the hall light", "unusual last 1 d", False),
        ("where is Dusty", 'place of vacuum "Dusty"', True),
        ("turn on Dusty", 'place of vacuum "Dusty"', False),
        ("how warm was it in the nursery yesterday afternoon", 'mean of temperature in "Nursery" yesterday afternoon', True),
        ("how warm was it in the nursery yesterday", 'mean of temperature in "Nursery" yesterday afternoon', False),
        ("hall light on between 9 am and 11 am yesterday, how long", 'duration of light "Hall Light" on yesterday from 09:00 to 11:00', True),
    ],
)  # fmt: skip
def test_what_things_are_is_asked_where_words_speak_of_it(words: str, sentence: str, legal_here: bool) -> None:
    heard = hear(words, None, Retriever(), HOME, Speaker())
    assert legal(words, HOME, Speaker(), heard, SiteIndex(HOME)).accepts(f" {sentence}") is legal_here
