import dataclasses
import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from llmagentos.kernel.alarms import Alarm, Alarms, next_ring

WEDNESDAY = dt.datetime(2026, 3, 4, 12, 5, tzinfo=dt.UTC)
NOW = WEDNESDAY.timestamp()


def at(minute: int, day: str | None = None, *, repeats: bool = False, name: str = "a") -> Alarm:
    return Alarm(name, minute, 0.0, day, repeats)


@pytest.mark.parametrize(
    ("day", "minute", "expected"),
    [
        (None, 13 * 60, "2026-03-04 13:00"),
        (None, 7 * 60, "2026-03-05 07:00"),
        (None, 12 * 60 + 5, "2026-03-05 12:05"),
        ("tomorrow", 13 * 60, "2026-03-05 13:00"),
        ("today", 20 * 60, "2026-03-04 20:00"),
        ("today", 7 * 60, "2026-03-05 07:00"),
        ("monday", 7 * 60, "2026-03-09 07:00"),
        ("wednesday", 7 * 60, "2026-03-11 07:00"),
        ("weekend", 7 * 60, "2026-03-07 07:00"),
        ("weekday", 7 * 60, "2026-03-05 07:00"),
    ],
)
def test_when_it_rings_next(day: str | None, minute: int, expected: str) -> None:
    rings = dt.datetime.fromtimestamp(next_ring(minute, day, NOW, dt.UTC), dt.UTC)
    assert f"{rings:%Y-%m-%d %H:%M}" == expected


def test_summer_time_moves_the_clock_not_the_alarm() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    saturday = dt.datetime(2026, 3, 28, 12, 0, tzinfo=berlin).timestamp()
    rings = dt.datetime.fromtimestamp(next_ring(7 * 60, None, saturday, berlin), berlin)
    assert (rings.day, rings.hour) == (29, 7)


def test_it_rings_once_or_every_time() -> None:
    alarms = Alarms(dt.UTC)
    alarms.set(at(13 * 60, name="once"), NOW)
    alarms.set(at(14 * 60, "day", repeats=True, name="daily"), NOW)
    assert alarms.due(NOW) == []
    ringing = alarms.due(NOW + 86_400)
    assert [one.id for one in ringing] == ["once", "daily"]
    for one in ringing:
        alarms.rung(one, NOW + 86_400)
    [left] = alarms.views()
    assert (left.id, left.rings_at > NOW + 86_400) == ("daily", True)


def test_the_same_alarm_twice_is_one() -> None:
    alarms = Alarms(dt.UTC)
    alarms.set(at(7 * 60, name="first"), NOW)
    alarms.set(at(7 * 60, "tomorrow", name="second"), NOW)
    assert [one.id for one in alarms.views()] == ["second"]
    alarms.set(at(7 * 60, "day", repeats=True, name="third"), NOW)
    assert len(alarms.views()) == 2


def test_two_people_have_two_alarms() -> None:
    alarms = Alarms(dt.UTC)
    alarms.set(dataclasses.replace(at(7 * 60, name="a"), principal="ann"), NOW)
    alarms.set(dataclasses.replace(at(7 * 60, name="b"), principal="bob"), NOW)
    assert len(alarms.views()) == 2


def test_it_survives_a_restart_and_can_be_cancelled() -> None:
    alarms = Alarms(dt.UTC)
    alarms.set(at(7 * 60), NOW)
    later = Alarms(dt.UTC)
    later.load(alarms.dump())
    assert later.views() == alarms.views()
    assert later.cancel("a")
    assert not later.cancel("a")
    assert alarms.cancel_all() == 1
