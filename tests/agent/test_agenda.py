import dataclasses
import datetime as dt
from types import MappingProxyType
from typing import Any

import pytest

from llmagentos.agent.agenda import events, span
from llmagentos.app.simulated import snapshot_of
from llmagentos.messages.snapshot import Held, Snapshot

WEDNESDAY = dt.date(2026, 3, 4)
HOME = snapshot_of(
    {
        "site": "Home",
        "areas": [],
        "simulate": {"outside": None, "devices": [{"id": "calendar.c", "class": "calendar", "name": "Family"}]},
    }
)


def holding(*entries: dict[str, Any]) -> Snapshot:
    calendar = HOME.entities["calendar.c"]
    held = dataclasses.replace(calendar, values=MappingProxyType({"events": Held(entries, 0.0)}))
    return dataclasses.replace(HOME, entities=MappingProxyType({"calendar.c": held}))


@pytest.mark.parametrize(
    ("day", "first", "last"),
    [("today", 4, 4), ("tomorrow", 5, 5), ("wednesday", 4, 4), ("tuesday", 10, 10), ("weekend", 7, 8), ("this week", 4, 8), ("next week", 9, 15), (None, 4, 11)],
)  # fmt: skip
def test_words_for_days(day: str | None, first: int, last: int) -> None:
    assert [one.day for one in span(day, WEDNESDAY)] == [first, last]


def test_a_whole_day_ends_with_that_day() -> None:
    home = holding({"summary": "Fair", "start": "2026-03-04", "end": "2026-03-05"})
    assert [one.name for one in events(home, None, WEDNESDAY, WEDNESDAY, dt.UTC)] == ["Fair"]
    assert events(home, None, dt.date(2026, 3, 5), dt.date(2026, 3, 5), dt.UTC) == []


def test_events_are_told_with_day_time_and_place() -> None:
    home = holding(
        {"summary": "Dinner", "start": "2026-03-06T19:00:00+00:00", "end": "2026-03-06T21:00:00+00:00"},
        {"summary": "Dentist", "start": "2026-03-05T14:30:00+00:00", "location": "Main Street"},
        {"summary": "Broken", "start": "soon"},
        {"summary": "Other", "start": None},
    )
    found = events(home, None, WEDNESDAY, dt.date(2026, 3, 11), dt.UTC)
    told = [one.told(WEDNESDAY, "en") for one in found]
    assert told == ["Dentist (tomorrow 14:30, Main Street)", "Dinner (Friday 6 March 19:00)"]
    assert found[0].told(WEDNESDAY, "zh") == "Dentist (明天 14:30, Main Street)"
    assert events(home, "Work", WEDNESDAY, dt.date(2026, 3, 11), dt.UTC) == []
