"""What is said against a signal, and what is not: each trouble beside the healthy course that is nearest to it."""

import json
import math
import random
from collections.abc import Callable, Iterable

import pytest

from llmagentos.reasoning.health import DAY, HOUR, Health
from llmagentos.reasoning.rules import Value

SIGNAL = ("sensor.one", "value")
Reading = tuple[float, Value]


def fed(readings: Iterable[Reading], kind: str = "temperature") -> Health:
    health = Health()
    for at, value in readings:
        health.read(*SIGNAL, value, at, kind)
    return health


def weather(days: float, *, every: float = 600.0, start: float = 0.0) -> list[Reading]:
    """A room's temperature: the day's course, a little noise, a tenth of a degree fine."""
    random_ = random.Random(4)
    times = [start + every * n for n in range(int(days * DAY / every))]
    return [(at, round(20 + 1.5 * math.sin(at / DAY * 2 * math.pi) + random_.gauss(0, 0.05), 1)) for at in times]


def test_a_healthy_week_is_healthy_all_the_time() -> None:
    health = Health()
    for at, value in weather(7):
        health.read(*SIGNAL, value, at, "temperature")
        assert health.troubles(SIGNAL, (), at) == []


@pytest.mark.parametrize(
    ("goes_on", "trouble"),
    [
        (lambda at, n: None, "silent"),
        (lambda at, n: 20.4, "frozen"),
        (lambda at, n: -127.0, "implausible"),
        (lambda at, n: 68.0 + 0.1 * (n % 5), "implausible"),  # Fahrenheit
        (lambda at, n: "error", "implausible"),
        (lambda at, n: 20.0 + 6.0 * (-1) ** n, "restless"),
    ],
)
def test_a_week_and_then(goes_on: Callable[[float, int], Value | None], trouble: str) -> None:
    past = weather(7)
    health, at = fed(past), past[-1][0]
    for n in range(120):
        at += 600.0
        value = goes_on(at, n)
        if value is not None:
            health.read(*SIGNAL, value, at, "temperature")
    assert health.troubles(SIGNAL, (), at) == [trouble]


def test_a_device_that_speaks_elsewhere_is_not_silent() -> None:
    past = weather(3)
    health = fed(past)
    now = past[-1][0] + DAY
    for at in range(int(now)):
        if at % 3600 == 0:
            health.read("sensor.one_link", "value", 90.0 + at % 7, float(at), "signal strength")
    assert health.troubles(SIGNAL, [("sensor.one_link", "value")], now) == []
    health.read("sensor.one_address", "value", "10.0.0.7", 60.0)  # said once, at boot: no sign of life
    assert health.troubles(SIGNAL, [("sensor.one_address", "value")], now) == ["silent"]
    assert health.troubles(SIGNAL, (), now) == ["silent"]


def test_a_cooling_room_and_an_open_window_are_no_leap() -> None:
    past = weather(7)
    health, at = fed(past), past[-1][0]
    for n in range(60):  # twelve degrees down in ten hours, the first two at once
        at += 600.0
        health.read(*SIGNAL, round(18.0 - 0.2 * n, 1), at, "temperature")
        assert health.troubles(SIGNAL, (), at) == []


def doors(days: int) -> list[Reading]:
    """Open for a minute or two, from the morning to the evening."""
    random_ = random.Random(2)
    readings: list[Reading] = []
    for day in range(days):
        for hour in (7, 8, 12, 17, 18, 21):
            at = day * DAY + hour * HOUR + random_.uniform(0, 1800)
            readings += [(at, True), (at + random_.uniform(20, 150), False)]
    return readings


def test_a_door_that_is_left_open_is_not_stuck_before_hours() -> None:
    past = doors(7)
    health, now = fed(past, "door"), past[-1][0] + 60
    health.read(*SIGNAL, True, now, "door")
    assert health.troubles(SIGNAL, (), now + 5 * HOUR) == []
    assert health.troubles(SIGNAL, (), now + 7 * HOUR) == ["stuck"]


def test_a_door_nobody_uses_over_a_weekend_is_healthy() -> None:
    past = doors(14)
    assert fed(past, "door").troubles(SIGNAL, (), past[-1][0] + 1.2 * DAY) == []


def test_a_loose_contact_flutters() -> None:
    past = doors(7)
    health, at = fed(past, "door"), past[-1][0]
    for n in range(80):
        at += 20.0
        health.read(*SIGNAL, n % 2 == 0, at, "door")
    assert health.troubles(SIGNAL, (), at) == ["restless"]


@pytest.mark.parametrize(("per_day", "expected"), [(0.2, []), (6.0, []), (20.0, ["empties"])])
def test_batteries(per_day: float, expected: list[str]) -> None:
    readings = [(n * HOUR, 90.0 - round(per_day * n / 24)) for n in range(72)]
    assert fed(readings, "battery").troubles(SIGNAL, (), 71 * HOUR) == expected


def test_a_new_battery_begins_anew() -> None:
    readings = [(n * HOUR, 90.0 - n) for n in range(72)]
    health = fed([*readings, (73 * HOUR, 100.0)], "battery")
    assert health.troubles(SIGNAL, (), 73 * HOUR) == []


def test_what_is_remembered_survives_a_restart() -> None:
    past = weather(7)
    health, again = fed(past), Health()
    again.load(json.loads(json.dumps(health.dump())))
    now = past[-1][0] + 3 * HOUR
    assert again.troubles(SIGNAL, (), now) == health.troubles(SIGNAL, (), now) == ["silent"]
    again.load([["sensor.two", "value", {"kind": "written by another version"}]])
    assert again.troubles(("sensor.two", "value"), (), now) == []


def test_a_clock_that_is_set_back_is_no_trouble() -> None:
    past = weather(2)
    health = fed(past)
    health.read(*SIGNAL, 20.0, past[-1][0] - HOUR, "temperature")
    assert health.troubles(SIGNAL, (), past[-1][0] - HOUR) == []


def test_a_node_that_was_away_holds_it_against_nobody() -> None:
    past = weather(7)
    health, back = fed(past), past[-1][0] + 5 * HOUR
    health.resumed(back)
    assert health.troubles(SIGNAL, (), back + 600) == []
    assert health.troubles(SIGNAL, (), back + HOUR) == ["silent"]


def test_a_holiday_is_no_trouble() -> None:
    past = doors(14)
    health = fed(past, "door")
    for day in range(30):
        assert health.troubles(SIGNAL, (), past[-1][0] + day * DAY) == []
    away = fed([(at, "home" if value else "away") for at, value in doors(14)], "person")
    assert away.troubles(SIGNAL, (), past[-1][0] + 10 * DAY) == []


def test_a_dark_night_is_not_frozen() -> None:
    health = Health()
    for minute in range(0, 10 * 24 * 60, 2):
        at, hour = minute * 60.0, minute / 60 % 24
        light = max(0.0, 800 * math.sin((hour - 7) / 12 * math.pi)) if 7 < hour < 19 else 0.0
        health.read(*SIGNAL, round(light + (0.3 * (minute % 7) if light else 0), 1), at, "illuminance")
        assert health.troubles(SIGNAL, (), at) == []


def test_texts_are_forgotten_and_take_no_room() -> None:
    health = Health()
    for number in range(1000):
        health.read(*SIGNAL, f"up since {number}", 60.0 * number)
    assert health.dump() == [] and health.troubles(SIGNAL, (), 1e6) == []
