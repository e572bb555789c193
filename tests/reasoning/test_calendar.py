import datetime as dt
import itertools
from zoneinfo import ZoneInfo

import pytest

from llmagentos.messages.site import Location
from llmagentos.reasoning.calendar import next_at, next_sun, within

WEDNESDAY = dt.datetime(2026, 3, 4, 12, 5, tzinfo=dt.UTC)
NOW = WEDNESDAY.timestamp()
BERLIN = Location(52.52, 13.40)


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
def test_when_a_clock_shows_it_next(day: str | None, minute: int, expected: str) -> None:
    rings = dt.datetime.fromtimestamp(next_at(minute, day, NOW, dt.UTC), dt.UTC)
    assert f"{rings:%Y-%m-%d %H:%M}" == expected


def test_summer_time_moves_the_clock_not_the_time() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    saturday = dt.datetime(2026, 3, 28, 12, 0, tzinfo=berlin).timestamp()
    rings = dt.datetime.fromtimestamp(next_at(7 * 60, None, saturday, berlin), berlin)
    assert (rings.day, rings.hour) == (29, 7)


def test_a_time_that_is_skipped_comes_an_hour_later() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    saturday = dt.datetime(2026, 3, 28, 12, 0, tzinfo=berlin).timestamp()
    rings = dt.datetime.fromtimestamp(next_at(2 * 60 + 30, None, saturday, berlin), berlin)
    assert (rings.day, rings.hour, rings.minute) == (29, 3, 30)


def test_the_sun_of_berlin() -> None:
    sunset = dt.datetime.fromtimestamp(next_sun("sunset", 0.0, NOW, BERLIN) or 0.0, dt.UTC)
    assert sunset.date() == WEDNESDAY.date()
    assert 16 * 60 + 40 < sunset.hour * 60 + sunset.minute < 17 * 60
    sunrise = next_sun("sunrise", 0.0, NOW, BERLIN)
    assert sunrise is not None and dt.datetime.fromtimestamp(sunrise, dt.UTC).day == 5


def test_before_and_after_the_sun_never_comes_twice_or_too_late() -> None:
    now, seen = NOW, []
    for _ in range(10):
        at = next_sun("sunset", -3600.0, now, BERLIN)
        assert at is not None and at > now
        seen.append(at)
        now = at
    assert all(23.9 * 3600 < later - earlier < 24.1 * 3600 for earlier, later in itertools.pairwise(seen))


def test_where_the_sun_stays_up_it_sets_in_summer_again() -> None:
    june = dt.datetime(2026, 6, 10, tzinfo=dt.UTC).timestamp()
    at = next_sun("sunset", 0.0, june, Location(69.65, 18.96))
    assert at is not None and dt.datetime.fromtimestamp(at, dt.UTC).month == 7


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (12 * 60, 13 * 60, True),
        (12 * 60 + 5, 12 * 60 + 6, True),
        (11 * 60, 12 * 60 + 5, False),
        (22 * 60, 6 * 60, False),
        (22 * 60, 12 * 60 + 6, True),
    ],
)
def test_between(start: int, end: int, expected: bool) -> None:
    assert within(start, end, NOW, dt.UTC) is expected
