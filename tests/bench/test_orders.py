import asyncio
import random
from collections.abc import Sequence

from rich.console import Console

from llmagentos.agent.confidence import UNTRAINED
from llmagentos.agent.ports import Decided, Prompt, Scored
from llmagentos.agent.turn import Turn
from llmagentos.bench.impossible import house
from llmagentos.bench.orders import order_cases, right, run_orders
from llmagentos.bench.rules import given, site
from llmagentos.language import parse
from llmagentos.language.automaton import Automaton
from llmagentos.messages.snapshot import Speaker


class Knowing:
    """Says the first meaning of each case that is legal."""

    trained, calibration = False, UNTRAINED

    def __init__(self) -> None:
        self._means = {one.words: one.means for one in order_cases()}
        self.illegal: list[str] = []

    async def decide(
        self, static: Prompt, dynamic: Prompt, automaton: Automaton, likely: Sequence[str] = ()
    ) -> Decided:
        words = dynamic[-2][1][-1].removeprefix("Request: ")
        legal = [one for one in self._means[words] if automaton.accepts(f" {one}")]
        self.illegal += [] if legal else [words]
        return Decided("knowing", tuple(Scored(one, 0.99) for one in legal[:1]), 1, 1.0, 1)

    async def talk(self, prompt: Prompt) -> str:
        return ""


def test_there_are_enough_and_all_can_be_read() -> None:
    cases = order_cases()
    assert len(cases) >= 120
    assert sum(one.group.endswith("unseen") for one in cases) >= 60
    for one in cases:
        for sentence in one.means:
            parse(sentence)


def test_who_knows_gets_nearly_all_right() -> None:
    knowing = Knowing()
    figures = asyncio.run(run_orders(knowing, Console(quiet=True), None))
    assert float(figures["accuracy"]) >= 0.85
    assert len(knowing.illegal) <= 0.1 * len(order_cases())


def test_another_rule_is_not_right() -> None:
    home, speaker = house(), Speaker()
    decided = Decided("x", (), 0, 0.0, 0)
    turn = Turn(
        "question",
        'when light "Hall Light" is on: notify owner',
        1.0,
        decided,
        "en",
        offered=('when light "Hall Light" is on: notify owner',),
    )
    assert right(turn, ('when light "Hall Light" is on: notify owner',), home, speaker)
    assert not right(turn, ('when light "Hall Light" is off: notify owner',), home, speaker)
    assert not right(turn, ("refuse absent",), home, speaker)


def test_the_storm_has_orders_to_run() -> None:
    home = site()
    orders = given(random.Random(7), home)
    assert len(orders.all()) == 200 and len(orders.watching()) > 150
