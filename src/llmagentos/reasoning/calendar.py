"""Instants that a clock on a wall or the sun give: the next one after now, in a zone with its summer time. Pure.

A time that summer time skips comes an hour later; one that comes twice is the first.
"""

import datetime as dt
from typing import Literal

import astral
import astral.sun

from llmagentos.messages.site import Location

_WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
AHEAD_DAYS = 366
"""Beyond the polar circles the sun may not set for half a year."""


def next_at(minute_of_day: int, day: str | None, now: float, zone: dt.tzinfo) -> float:
    """When a clock next shows this on such a day, after now. `day`: "day", "weekday", "weekend", "today", "tomorrow", a day of the week."""
    today = dt.datetime.fromtimestamp(now, zone).date()
    for ahead in range(8):
        at = instant(today + dt.timedelta(days=ahead), minute_of_day, zone)
        if at > now and is_day(today + dt.timedelta(days=ahead), day, ahead):
            return at
    return instant(today + dt.timedelta(days=1), minute_of_day, zone)


def instant(date: dt.date, minute_of_day: int, zone: dt.tzinfo) -> float:
    """When a clock shows this on that date."""
    return dt.datetime.combine(date, dt.time(minute_of_day // 60, minute_of_day % 60), zone).timestamp()


def is_day(date: dt.date, day: str | None, ahead: int = 0) -> bool:
    """Whether a date is such a day; `ahead`: how many days after today it is."""
    if day in (None, "day"):
        return True
    if day in ("today", "tomorrow"):
        return ahead == ("today", "tomorrow").index(str(day))
    if day in ("weekday", "weekend"):
        return (date.weekday() >= 5) == (day == "weekend")
    return _WEEK[date.weekday()] == day


def next_sun(event: Literal["sunrise", "sunset"], offset_s: float, now: float, place: Location) -> float | None:
    """When the sun next does this, `offset_s` later (earlier if negative), after now; None where it does not within a year."""
    observer = astral.Observer(place.latitude, place.longitude)
    first = dt.datetime.fromtimestamp(now - offset_s, dt.UTC).date() - dt.timedelta(days=1)
    times = (_sun(event, observer, first + dt.timedelta(days=ahead)) for ahead in range(AHEAD_DAYS))
    return next((at + offset_s for at in times if at is not None and at + offset_s > now), None)


def _sun(event: Literal["sunrise", "sunset"], observer: astral.Observer, date: dt.date) -> float | None:
    find = astral.sun.sunrise if event == "sunrise" else astral.sun.sunset
    try:
        return find(observer, date, tzinfo=dt.UTC).timestamp()
    except ValueError:  # it does not rise, or not set, that day
        return None


def within(start_minute: int, end_minute: int, now: float, zone: dt.tzinfo) -> bool:
    """Whether a clock shows a time from the first up to the second, over midnight if that is earlier."""
    local = dt.datetime.fromtimestamp(now, zone)
    minute = local.hour * 60 + local.minute
    if start_minute <= end_minute:
        return start_minute <= minute < end_minute
    return minute >= start_minute or minute < end_minute
