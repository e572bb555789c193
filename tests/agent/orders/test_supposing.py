"""What would come of an act: the orders that would go off, in turn, and none of it done."""

import datetime as dt

import pytest

from llmagentos.agent.orders.rehearsal import suppose
from llmagentos.agent.orders.standing import Standing
from llmagentos.agent.speech_act import supposes
from llmagentos.knowledge import select
from llmagentos.language import parse
from llmagentos.language import tree as t
from llmagentos.messages.site import Location
from llmagentos.messages.snapshot import Speaker
from tests.agent.orders.test_standing import NOW, home, order


def supposed(act: str, *others: str) -> list[tuple[str, int]]:
    standing = [Standing(f"o{number}", order(text), "owner", None, NOW) for number, text in enumerate(others)]
    statement = parse(act).statements[0]
    assert isinstance(statement, t.Act)
    found = suppose(statement, Speaker(), standing, home(), select, dt.UTC, Location(52.5, 13.4))
    return [(one.order, round(one.after_s)) for one in found]


LAMP_ON = 'when light "Lamp" is on: turn on outlet "Spare Compressor"'


def test_orders_that_would_go_off() -> None:
    assert supposed('turn on light "Lamp"', LAMP_ON) == [("o0", 0)]
    assert supposed('turn off light "Lamp"', LAMP_ON) == []
    later = 'when outlet "Spare Compressor" is on for 5 min: turn off light "Lamp"'
    assert supposed('turn on light "Lamp"', LAMP_ON, later) == [("o0", 0), ("o1", 300)]
    assert supposed('turn on light "Lamp"') == []
    assert (
        supposed('turn on light "Lamp"', 'when outlet "Spare Compressor" is off for 10 min: turn on light "Lamp"') == []
    )


@pytest.mark.parametrize(
    ("words", "so"),
    [
        ("what if I turn on the lamp", True), ("what would happen if the garage door opened", True), ("打开车库门会怎么样", True), ("what is on", False),
        ("turn on the lamp", False), ("what happens when I switch off the freezer", True), ("if it rains close the window", False), ("what if you turned the heating down", False), ("suppose it gets dark, turn on the lamp", False),
    ],
)  # fmt: skip
def test_words_that_only_suppose(words: str, so: bool) -> None:
    assert supposes(words) == so
