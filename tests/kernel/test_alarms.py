import dataclasses
import datetime as dt

from llmagentos.kernel.alarms import Alarm, Alarms

WEDNESDAY = dt.datetime(2026, 3, 4, 12, 5, tzinfo=dt.UTC)
NOW = WEDNESDAY.timestamp()


def at(minute: int, day: str | None = None, *, repeats: bool = False, name: str = "a") -> Alarm:
    return Alarm(name, minute, 0.0, day, repeats)


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
