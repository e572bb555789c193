import pytest

from llmagentos.agent.hearing import hear
from llmagentos.agent.legal import legal
from llmagentos.agent.site_index import SiteIndex
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
