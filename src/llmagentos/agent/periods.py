"""Stretches of the past: which of them words speak of, and from when to when each was."""

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from typing import get_args

from llmagentos.agent.clock_times import clock_times
from llmagentos.language import tree as t
from llmagentos.language.units import Duration

Span = tuple[float, float]
DAY_S = 86_400.0
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_SAID: tuple[tuple[str, str], ...] = (
    ("last night", r"\blast night\b|\bovernight\b|\b(?:during|in) the night\b|昨晚|昨夜|夜里|夜间"), ("this morning", r"\bthis morning\b|今早|今天早上|今天上午|早上"),
    ("yesterday", r"\byesterday\b|昨天|昨日"), ("today", r"\btoday\b|\bso far\b|今天|今日"), ("last week", r"\blast week\b|上周(?![一二三四五六日天])|上个?星期(?![一二三四五六日天])|上礼拜"),
    ("this week", r"\b(?:this|the|all|past) week\b|本周|这周(?![一二三四五六日天])|这个?星期(?![一二三四五六日天])|这礼拜|一周"), ("this month", r"\bthis month\b|本月|这个月"),
    *((f"since {day}", rf"\bsince {day}\b|(?:从|自)(?:周|星期|礼拜){zh}") for day, zh in zip(WEEKDAYS, (*"一二三四五六", "[日天]"), strict=True)),
    ("weekend", r"\bweekend\b|周末"), *((day, rf"(?<!since )\b{day}s?\b|(?:周|星期|礼拜){zh}") for day, zh in zip(WEEKDAYS, (*"一二三四五六", "[日天]"), strict=True)),
)  # fmt: skip
_PERIODS: dict[str, t.Period] = {one: one for one in get_args(t.Period)}
_PARTS: dict[t.DayPart, re.Pattern[str]] = {
    "morning": re.compile(r"\bmornings?\b|早上|上午|早晨|清晨", re.IGNORECASE), "afternoon": re.compile(r"\bafternoons?\b|下午|午后", re.IGNORECASE),
    "evening": re.compile(r"\bevenings?\b|\btonight\b|晚上|傍晚|晚间", re.IGNORECASE), "night": re.compile(r"\bnights?\b|\bovernight\b|夜里|夜间|晚上|半夜", re.IGNORECASE),
    "small hours": re.compile(r"\bsmall hours\b|\bafter midnight\b|\bearly hours\b|\bmiddle of the night\b|凌晨|后半夜|半夜", re.IGNORECASE),
}  # fmt: skip
_HOURS: dict[t.DayPart, tuple[int, int]] = {
    "morning": (5, 12),
    "afternoon": (12, 18),
    "evening": (18, 23),
    "night": (22, 30),
    "small hours": (0, 6),
}
"""From the midnight before: a night belongs to the day on which it begins."""
_DAYS_OF: dict[str, tuple[t.Period, ...]] = {"this morning": ("today",), "last night": ("yesterday", "today")}
"""The days whose hours are meant where hours of these are said."""
_BETWEEN = re.compile(r"\bfrom\b|\bbetween\b|\d\s*(?:-|–|to|till|until)\s*\d|\btill?\b|\bto\b|从|到|至", re.IGNORECASE)
_ONE = re.compile(
    r"\b(?:last|past|previous)\s+(minute|half hour|half an hour|hour|day)\b|(?:最近|过去)(?:一|1)?个?(小时|分钟|天)"
)
_UNITS = (("half", 1800), ("hour", 3600), ("minute", 60), ("day", 86_400), ("小时", 3600), ("分钟", 60), ("天", 86_400))
_WAS = re.compile(r"\b(?:was|were|did|had|got|used|has been|have been|ever)\b|了|过", re.IGNORECASE)
_LAST = re.compile(r"\b(?:last|past|previous)\s|\bago\b|最近|过去|近|前")
MANY = 2
"""No more periods and clock times than these are put together."""


def periods(words: str) -> tuple[t.Period, ...]:
    """The stretches of the past that words speak of, in the order in which they are said."""
    text = words.casefold()
    found = [(match.start(), name) for name, pattern in _SAID if (match := re.search(pattern, text))]
    if any(name == "last night" for _, name in found):
        found = [one for one in found if one[1] != "yesterday"]
    return tuple(_PERIODS[name] for _, name in sorted(found))


def parts(words: str) -> tuple[t.During, ...]:
    """The parts of days that words speak of: those that have names, and those between two times; without a day, of today and of yesterday."""
    said = periods(words)
    days: Sequence[t.Period] = ("today", "yesterday")
    if said:
        days = [one for one in said if one not in ("last night", "this morning")][:MANY]
    named = [part for part, pattern in _PARTS.items() if pattern.search(words)]
    found = [t.During(day, part) for day in days for part in named]
    if _BETWEEN.search(words):
        times = clock_times(words)[: 2 * MANY]
        near: tuple[t.Period, ...] = (*days, *(day for name in said for day in _DAYS_OF.get(name, ())))
        found += [
            t.During(day, None, one, other)
            for day in dict.fromkeys(near)
            for one in times
            for other in times
            if one != other
        ]
    return tuple(found)


def speaks_of_span(words: str) -> bool:
    """Whether a length of time in these words is one of the past: "in the last two hours"."""
    return _LAST.search(words.casefold()) is not None


def implied_span(words: str) -> Duration | None:
    """A length of time that is one without a number: "the last hour"."""
    found = _ONE.search(words.casefold())
    if found is None:
        return None
    unit = found[1] or found[2]
    return Duration(next(seconds for name, seconds in _UNITS if unit.startswith(name)))


def clearly_past(words: str) -> bool:
    """Whether words speak of a time that is over, so that what is so now is no answer."""
    said = set(periods(words))
    if said & {"yesterday", "last night", "last week"}:
        return True
    running = said & {"this week", "this month", "weekend"} or any(one.startswith("since ") for one in said)
    return bool(running) and _WAS.search(words) is not None


def span(over: object, now: float, zone: dt.tzinfo) -> Span:
    """From when to when, of what has parts from the first to the last; a day that is not over ends now. What is asked without a time is today."""
    if isinstance(over, Duration):
        return now - over.seconds, now
    if isinstance(over, t.During):
        each = spans(over, now, zone)
        return (each[0][0], each[-1][1]) if each else (now, now)
    today = dt.datetime.fromtimestamp(now, zone).date()

    def at(day: dt.date, hour: int = 0) -> float:
        return dt.datetime.combine(day, dt.time(hour), zone).timestamp()

    def days(back: int) -> dt.date:
        return today - dt.timedelta(days=back)

    week = today.weekday()
    known: dict[str, Span] = {
        "yesterday": (at(days(1)), at(today)), "last night": (at(days(1), 20), at(today, 8)), "this morning": (at(today, 5), at(today, 12)),
        "this week": (at(days(week)), now), "last week": (at(days(week + 7)), at(days(week))), "this month": (at(today.replace(day=1)), now),
    }  # fmt: skip
    if over in WEEKDAYS:
        back = (week - WEEKDAYS.index(str(over))) % 7
        known[str(over)] = (at(days(back)), at(days(back - 1)))
    if str(over).removeprefix("since ") in WEEKDAYS and str(over).startswith("since "):
        back = (week - WEEKDAYS.index(str(over).removeprefix("since "))) % 7
        known[str(over)] = (at(days(back)), now)
    saturday = days((week - 5) % 7)
    known["weekend"] = (at(saturday), at(saturday + dt.timedelta(days=2)))
    start, end = known.get(str(over), (at(today), now))
    return start, min(end, now)


def spans(over: object, now: float, zone: dt.tzinfo) -> tuple[Span, ...]:
    """Each piece of it that has begun, in order: one but for a part of several days."""
    if not isinstance(over, t.During):
        return (span(over, now, zone),)
    first, last = span(over.period, now, zone)
    return tuple(
        (start, min(end, now)) for start, end in (_piece(over, day, zone) for day in _days(first, last, zone)) if start < now
    )  # fmt: skip


def _days(first: float, last: float, zone: dt.tzinfo) -> Iterable[dt.date]:
    day = dt.datetime.fromtimestamp(first, zone).date()
    while dt.datetime.combine(day, dt.time(), zone).timestamp() < last:
        yield day
        day += dt.timedelta(days=1)


def _piece(over: t.During, day: dt.date, zone: dt.tzinfo) -> Span:
    """On one day, by the clock on the wall; an end before its beginning is on the next day."""
    if over.part is not None:
        start, end = (hour * 60 for hour in _HOURS[over.part])
    else:
        start, end = over.start or 0, over.end or 0
        end += 24 * 60 if end <= start else 0

    def at(minute: int) -> float:
        wall = dt.datetime.combine(day, dt.time(), zone) + dt.timedelta(minutes=minute)
        return wall.timestamp()

    return at(start), at(end)
