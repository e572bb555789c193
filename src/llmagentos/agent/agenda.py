"""What calendars hold on certain days, and how it is told."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from llmagentos.agent.wording import Language
from llmagentos.messages.snapshot import Snapshot

_WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
AHEAD = 7
"""Days that a question without a day asks for."""


@dataclass(frozen=True, slots=True)
class Event:
    """`first` to `last` day, both included; `at` is the time of the start, None where it takes whole days."""

    name: str
    first: dt.date
    last: dt.date
    at: dt.time | None
    place: str

    def told(self, today: dt.date, language: Language) -> str:
        """With its day and time: "Dentist (tomorrow 14:30, Main Street)"."""
        ahead = (self.first - today).days
        if language == "zh":
            day = ("今天", "明天")[ahead] if 0 <= ahead < 2 else f"{self.first.month}月{self.first.day}日"
        else:
            day = (
                ("today", "tomorrow")[ahead] if 0 <= ahead < 2 else f"{self.first:%A} {self.first.day} {self.first:%B}"
            )
        when = f"{day} {self.at:%H:%M}" if self.at is not None else day
        return f"{self.name} ({', '.join(filter(None, (when, self.place)))})"


def span(day: str | None, today: dt.date) -> tuple[dt.date, dt.date]:
    """The first and last day that a word for days means."""
    if day in ("today", "tonight"):
        return today, today
    if day == "tomorrow":
        return today + dt.timedelta(1), today + dt.timedelta(1)
    if day in _WEEK:
        date = today + dt.timedelta((_WEEK.index(str(day)) - today.weekday()) % 7)
        return date, date
    monday = today - dt.timedelta(today.weekday())
    if day == "weekend":
        return max(today, monday + dt.timedelta(5)), monday + dt.timedelta(6)
    if day == "this week":
        return today, monday + dt.timedelta(6)
    if day == "next week":
        return monday + dt.timedelta(7), monday + dt.timedelta(13)
    return today, today + dt.timedelta(AHEAD)


def events(snapshot: Snapshot, calendar: str | None, first: dt.date, last: dt.date, zone: dt.tzinfo) -> list[Event]:
    """The events of those days, the earliest first."""
    found = [
        event
        for entity in snapshot.entities.values()
        if entity.entity_class == "calendar" and (calendar is None or entity.called(calendar))
        for event in _events(entity.value("events"), zone)
        if event.first <= last and event.last >= first
    ]
    return sorted(found, key=lambda one: (one.first, one.at or dt.time.min))


def _events(value: Any, zone: dt.tzinfo) -> Iterator[Event]:
    for one in value if isinstance(value, list | tuple) else ():
        if not isinstance(one, dict):
            continue
        try:
            first, at = _moment(str(one.get("start")), zone)
            last, until = _moment(str(one.get("end") or one.get("start")), zone)
        except (ValueError, OverflowError):
            continue
        if last > first and (
            until is None or until == dt.time.min
        ):  # an end is the first moment after (RFC 5545, DTEND)
            last -= dt.timedelta(1)
        yield Event(str(one.get("summary")), first, max(first, last), at, str(one.get("location") or ""))


def _moment(text: str, zone: dt.tzinfo) -> tuple[dt.date, dt.time | None]:
    if len(text) <= 10:
        return dt.date.fromisoformat(text), None
    moment = dt.datetime.fromisoformat(text)
    if moment.tzinfo is not None:
        moment = moment.astimezone(zone)
    return moment.date(), moment.time().replace(second=0, microsecond=0)
