"""Eight days of readings through a dozen orders, over both changes of summer time and a clock that jumps: every order fires exactly
when a recomputation from the whole history says, which shares no code with the engine but the calendar of the sun."""

import bisect
import datetime as dt
import random
from collections.abc import Callable, Iterator
from zoneinfo import ZoneInfo

import astral
import astral.sun
import pytest

from llmagentos.agent.orders.standing import Due, Standing, StandingOrders
from llmagentos.knowledge import select
from llmagentos.messages.site import Location
from tests.agent.orders.test_standing import home, order

BERLIN, PLACE = ZoneInfo("Europe/Berlin"), Location(52.5, 13.4)
DAYS, HOUR = 8, 3600.0
Signal = tuple[str, str]
Truth = Callable[[float], bool]


class History:
    """What was said when."""

    def __init__(self, start: float, random_: random.Random) -> None:
        self.start, self.end = start, start + DAYS * 24 * HOUR
        self.said: dict[Signal, list[tuple[float, object]]] = {}
        freezer = -20.0
        for signal, values, mean_s in (
            (("ada", "location"), ("home", "away"), 4 * HOUR), (("bob", "location"), ("home", "away"), 3 * HOUR), (("w1", "on"), (True, False), HOUR),
            (("w2", "on"), (True, False), 2 * HOUR), (("lamp", "on"), (True, False), HOUR), (("f", "value"), (), 900.0),
        ):  # fmt: skip
            at, told = start + 1.0, list[tuple[float, object]]()
            while at < self.end:
                freezer = min(-8.0, max(-25.0, freezer + random_.uniform(-1.6, 1.6)))
                told.append((at, random_.choice(values) if values else round(freezer, 2)))
                at += random_.expovariate(1 / mean_s) + 0.37
            self.said[signal] = told

    def readings(self) -> list[tuple[float, Signal, object]]:
        return sorted((at, signal, value) for signal, told in self.said.items() for at, value in told)

    def value(self, signal: Signal, at: float) -> object:
        told = self.said[signal]
        index = bisect.bisect_right(told, at, key=lambda one: one[0])
        return told[index - 1][1] if index else None

    def above(self, edge: float, back: float) -> Truth:
        """A threshold with hysteresis, from the beginning each time it changes."""
        spans: list[tuple[float, bool]] = []
        over = False
        for at, value in self.said["f", "value"]:
            assert isinstance(value, float)
            over = value > edge or (over and value > edge - back)
            spans.append((at, over))
        return lambda at: (index := bisect.bisect_right(spans, at, key=lambda one: one[0])) > 0 and spans[index - 1][1]

    def silent(self, entity: str, seconds: float) -> Truth:
        heard = sorted(at for signal, told in self.said.items() if signal[0] == entity for at, _ in told)
        return lambda at: at - max([self.start, *heard[: bisect.bisect_right(heard, at)][-1:]]) >= seconds - 1e-6

    def instants(self, *more: float) -> list[float]:
        """Whenever something may change."""
        times = {at for told in self.said.values() for at, _ in told} | set(more)
        times |= (
            {at + HOUR for at, _ in self.said["f", "value"]} | {self.start + HOUR} | set(_minutes(self.start, self.end))
        )
        return sorted(one for one in times if self.start < one <= self.end)


def _minutes(start: float, end: float) -> Iterator[float]:
    at = start - start % 60
    while at <= end:
        yield at
        at += 60


def rising(history: History, truth: Truth, hold_s: float = 0.0) -> list[float]:
    """When it begins to be true, and stays so for as long."""
    found, before, since = list[float](), truth(history.start), None
    for at in history.instants():
        if since is not None and at > since + hold_s:
            found.append(since + hold_s)
            since = None
        now = truth(at)
        if now and not before:
            since = at
            if not hold_s:
                found.append(at)
                since = None
        if not now:
            since = None
        before = now
    return found


def shown(history: History, hour: int, minute: int, days: Callable[[dt.date], bool]) -> list[float]:
    """When a clock on the wall shows this first on such days; where it never does, an hour later."""
    first: dict[dt.date, float] = {}
    for at in _minutes(history.start + 60, history.end):
        local = dt.datetime.fromtimestamp(at, BERLIN)
        for wanted in ((hour, minute), (hour + 1, minute)):
            key = local.date()
            skipped = wanted[0] == hour + 1 and (
                local.utcoffset() != dt.datetime.fromtimestamp(at - 2 * HOUR, BERLIN).utcoffset()
            )
            if (
                (local.hour, local.minute) == wanted
                and (wanted[0] == hour or skipped)
                and key not in first
                and days(key)
            ):
                first[key] = at
    return sorted(first.values())


def sunsets(history: History, offset_s: float) -> list[float]:
    observer = astral.Observer(PLACE.latitude, PLACE.longitude)
    date = dt.datetime.fromtimestamp(history.start, dt.UTC).date()
    times = (
        astral.sun.sunset(observer, date + dt.timedelta(days=ahead), tzinfo=dt.UTC).timestamp() + offset_s
        for ahead in range(-1, DAYS + 2)
    )
    return [one for one in times if history.start < one <= history.end]


def expected(history: History) -> dict[str, list[float]]:
    """For each order when it fires."""

    def has(entity: str, name: str, value: object) -> Truth:
        return lambda at: history.value((entity, name), at) == value

    def local(at: float) -> float:
        moment = dt.datetime.fromtimestamp(at, BERLIN)
        return moment.hour + moment.minute / 60

    def both(*all_: Truth) -> Truth:
        return lambda at: all(one(at) for one in all_)

    ada_away, bob_away = has("ada", "location", "away"), has("bob", "location", "away")
    left, right, lamp = has("w1", "on", True), has("w2", "on", True), has("lamp", "on", True)
    night: Truth = lambda at: local(at) >= 22 or local(at) < 6  # noqa: E731
    warm = history.above(-15.0, 1.0)
    daily: list[float] = []
    for at in rising(history, left):
        if not daily or at - daily[-1] >= 24 * HOUR:
            daily.append(at)
    weekdays = shown(history, 7, 0, lambda date: date.weekday() < 5)
    return {
        'when temperature "Freezer" > -15 C back by 1 C for 10 min: notify owner': rising(history, warm, 600),
        'when temperature "Freezer" > -15 C back by 1 C: notify owner': rising(history, warm),
        "when nobody home for 30 min: notify owner": rising(history, both(ada_away, bob_away), 1800),
        'when window "Left Window" is open at most 1 per 1 d: notify owner': daily,
        "when any window is open for 5 min: notify owner": rising(history, lambda at: left(at) or right(at), 300),
        "when every window is open: notify owner": rising(history, both(left, right)),
        'when between 22:00 and 06:00 and light "Lamp" is on: notify owner': rising(history, both(night, lamp)),
        'when light "Lamp" is on if between 22:00 and 06:00: notify owner': [
            one for one in rising(history, lamp) if night(one)
        ],
        'when no signal from temperature "Freezer" for 1 h: notify owner': rising(history, history.silent("f", HOUR)),
        "when every day at 02:30: notify owner": shown(history, 2, 30, lambda _: True),
        'when every weekday at 07:00 if person "Ada" is home: notify owner': [
            one for one in weekdays if has("ada", "location", "home")(one)
        ],
        "when 30 min before sunset: notify owner": sunsets(history, -1800),
    }


@pytest.mark.parametrize(
    ("first", "seed"), [(dt.date(2026, 3, 24), 1), (dt.date(2026, 10, 20), 2), (dt.date(2026, 6, 1), 3)]
)
def test_every_order_fires_exactly_when_it_must(first: dt.date, seed: int) -> None:
    random_ = random.Random(seed)
    history = History(dt.datetime.combine(first, dt.time(12), BERLIN).timestamp(), random_)
    wanted = expected(history)
    made = StandingOrders(select, BERLIN, PLACE)
    made.site(home(), history.start)
    for number, text in enumerate(wanted):
        made.place(Standing(f"o{number}", order(text), "owner", None, history.start), history.start)
    due: list[Due] = []
    now, stuck = history.start, history.start + 3 * 24 * HOUR
    for at, (entity, name), value in history.readings():
        while (
            now + 400 < at and not stuck < now < stuck + 3 * HOUR
        ):  # the node looks at the clock now and then; once it was suspended for hours
            now += random_.uniform(1, 400)
            due += made.advance(now)
        now = at
        assert isinstance(value, str | bool | float)
        due += made.reading(entity, name, value, at)
    due += made.advance(history.end)
    for number, (text, instants) in enumerate(wanted.items()):
        fired = [one.at for one in due if one.order == f"o{number}" and one.why == "fired" and one.at <= history.end]
        assert fired == pytest.approx(instants, abs=1e-3), text
        assert instants, text
