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
