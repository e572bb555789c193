import datetime as dt

import pytest

from llmagentos.agent.orders.rehearsal import rehearse
from llmagentos.agent.orders.standing import Standing
from llmagentos.knowledge import select
from llmagentos.messages.site import Location
from tests.agent.orders.test_standing import NOW, home, order


def clashes(new: str, *others: str) -> list[tuple[str, tuple[str, ...], str]]:
    standing = [Standing(f"o{number}", order(text), "owner", None, NOW) for number, text in enumerate(others)]
    made = rehearse(
        Standing("new", order(new), "owner", None, NOW), standing, home(), select, dt.UTC, Location(52.5, 13.4)
    )
    return [(one.kind, one.orders, one.entity) for one in made]


LAMP_ON = 'when light "Lamp" is on: turn on outlet "Spare Compressor"'


@pytest.mark.parametrize(
    ("new", "others"),
    [
        (LAMP_ON, ()),
        (LAMP_ON, ('when outlet "Spare Compressor" is on: turn on light "Lamp"',)),
        (
            'when window "Left Window" is open: turn on light "Lamp"',
            ('when light "Lamp" is on for 5 min: turn off light "Lamp"',),
        ),
        (
            'when temperature "Freezer" > -15 C: turn on light "Lamp"',
            ('when temperature "Freezer" < -20 C: turn off light "Lamp"',),
        ),
        ('when every day at 12:30: turn on light "Lamp"', ('when every day at 12:40: turn off light "Lamp"',)),
        (  # the other one's condition does not hold
            'when window "Left Window" is open: turn off light "Lamp"',
            ('when window "Left Window" is open if person "Ada" is away: turn on light "Lamp"',),
        ),
        ('when person "Ada" is home: after 5 min: turn on light "Lamp"', (LAMP_ON,)),
    ],
)
def test_what_goes_together(new: str, others: tuple[str, ...]) -> None:
    assert clashes(new, *others) == []


@pytest.mark.parametrize(
    ("new", "others", "expected"),
    [
        (
            'when light "Lamp" is off for 5 min: turn on light "Lamp"',
            ('when light "Lamp" is on for 5 min: turn off light "Lamp"',),
            ("loop", ("new", "o0"), "lamp"),
        ),
        (
            'when light "Lamp" is on: turn off light "Lamp"; after 1 min: turn on light "Lamp"',
            (),
            ("loop", ("new",), "lamp"),
        ),
        ('when light "Lamp" is off until light "Lamp" is on: turn on light "Lamp"', (), ("loop", ("new",), "lamp")),
        (
            'when any window is open: turn off light "Lamp"',
            ('when window "Left Window" is open: turn on light "Lamp"',),
            ("conflict", ("new", "o0"), "lamp"),
        ),
        (
            'when light "Lamp" is on: turn off outlet "Spare Compressor"',
            ('when outlet "Spare Compressor" is off: turn off light "Lamp"', 'when light "Lamp" is off: turn on outlet "Spare Compressor"'),
            ("conflict", ("new", "o1"), "spare"),
        ),
    ],
)  # fmt: skip
def test_what_clashes(new: str, others: tuple[str, ...], expected: tuple[str, tuple[str, ...], str]) -> None:
    assert expected in clashes(new, *others)
