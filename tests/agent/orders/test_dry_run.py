import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmagentos.agent.orders.dry_run import dry_run, watched
from llmagentos.agent.orders.standing import Standing, StandingOrders
from llmagentos.knowledge import select
from llmagentos.messages.site import Location
from llmagentos.messages.snapshot import Reading
from tests.agent.orders.test_standing import NOW, home, order

HERE = Location(52.5, 13.4)
START = NOW - 7 * 86_400.0
FREEZER, LAMP = ("f", "value"), ("lamp", "on")


def acted(text: str, *past: Reading, start: float = START) -> list[float] | None:
    new = Standing("new", order(text), "owner", None, NOW)
    found = dry_run(new, past, start, replace(home(), at=NOW), select, dt.UTC, HERE)
    return None if found is None else [round(one - start) for one in found]


def read(signal: tuple[str, str], *pairs: tuple[float, object]) -> list[Reading]:
    return [Reading(START + at, *signal, value) for at, value in pairs]  # type: ignore[arg-type]


def test_it_fires_where_it_would_have() -> None:
    warm = read(FREEZER, (-10, -18.0), (100, -12.0), (500, -18.0), (1000, -12.0), (5000, -18.0))
    assert acted('when temperature "Freezer" > -15 C: notify owner', *warm) == [100, 1000]
    assert acted('when temperature "Freezer" > -15 C for 10 min: notify owner', *warm) == [1600]
    assert acted('when temperature "Freezer" > -15 C at most 1 per 1 d: notify owner', *warm) == [100]
    assert acted('when temperature "Freezer" > 0 C: notify owner', *warm) == []


def test_what_held_when_the_week_began_is_no_event() -> None:
    assert acted('when temperature "Freezer" > -15 C: notify owner', *read(FREEZER, (-5, -10.0))) == []


def test_times_need_no_past_and_silence_cannot_be_told() -> None:
    assert len(acted("when every day at 06:30: notify owner") or ()) == 7
    assert acted('when no signal from temperature "Freezer" for 1 h: notify owner') is None


def test_the_past_that_matters() -> None:
    new = Standing(
        "new", order('when temperature "Freezer" > -15 C if light "Lamp" is on: notify owner'), "owner", None, NOW
    )
    assert set(watched(new, home(), select, dt.UTC, HERE)) == {FREEZER, LAMP}


@given(st.lists(st.tuples(st.integers(1, 600_000), st.sampled_from((-20.0, -16.0, -14.0, -10.0))), max_size=30, unique_by=lambda one: one[0]))  # fmt: skip
@pytest.mark.parametrize("text", ['when temperature "Freezer" > -15 C for 30 min: notify owner', 'when temperature "Freezer" > -15 C if between 08:00 and 20:00: notify owner'])  # fmt: skip
def test_it_is_what_an_order_that_stood_would_have_done(text: str, past: list[tuple[int, float]]) -> None:
    readings = sorted(read(FREEZER, (-1, -20.0), *past), key=lambda one: one.at)
    live = StandingOrders(select, dt.UTC, HERE)
    live.begin(home(), START - 2)
    live.place(Standing("live", order(text), "owner", None, START - 2), START - 2)
    due = []
    for one in readings:
        assert isinstance(one.value, float)
        due += live.reading(one.entity, one.property, one.value, one.at)
    due += live.advance(NOW)
    assert acted(text, *readings) == [round(one.at - START) for one in due if one.why == "fired" and one.at > START]
