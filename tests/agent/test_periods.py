"""Stretches of the past: in words, and from when to when."""

import datetime as dt
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmagentos.agent.periods import clearly_past, parts, periods, span, spans, speaks_of_span
from llmagentos.language import tree as t

ZONE = dt.UTC
NOW = dt.datetime(2026, 5, 13, 18, 30, tzinfo=ZONE).timestamp()  # a Wednesday
MIDNIGHT = dt.datetime(2026, 5, 13, tzinfo=ZONE).timestamp()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("how warm was it yesterday", ("yesterday",)), ("coldest last night", ("last night",)), ("昨晚最低多少度", ("last night",)),
        ("was it warmer today than yesterday", ("today", "yesterday")), ("on Monday", ("monday",)), ("周三开了几次", ("wednesday",)),
        ("is it warm", ()), ("this week", ("this week",)), ("kWh since Monday", ("since monday",)), ("周末开了几次", ("weekend",)), ("上周", ("last week",)), ("sundays", ("sunday",)),
    ],
)  # fmt: skip
def test_periods_in_words(words: str, said: tuple[str, ...]) -> None:
    assert periods(words) == said


def test_where_periods_begin_and_end() -> None:
    def hours(over: object) -> tuple[float, float]:
        start, end = span(over, NOW, ZONE)
        return (start - MIDNIGHT) / 3600, (end - MIDNIGHT) / 3600

    assert hours("today") == (0, 18.5)
    assert hours(None) == (0, 18.5)
    assert hours("yesterday") == (-24, 0)
    assert hours("last night") == (-4, 8)
    assert hours("this week") == (-48, 18.5)
    assert hours("last week") == (-216, -48)
    assert hours("wednesday") == (0, 18.5)
    assert hours("thursday") == (-144, -120)
    assert hours("this month") == (-288, 18.5)
    assert hours("since monday") == (-48, 18.5)
    assert hours("weekend") == (-96, -48)
    assert speaks_of_span("in the last two hours")
    assert not speaks_of_span("turn it on in two hours")


def test_what_is_clearly_over() -> None:
    assert clearly_past("how warm was it yesterday")
    assert clearly_past("how often was it on this week")
    assert not clearly_past("what is on my calendar this weekend")
    assert not clearly_past("how warm is it today")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("how warm was it yesterday afternoon", t.During("yesterday", "afternoon")), ("昨天下午最高多少度", t.During("yesterday", "afternoon")),
        ("in the small hours of Tuesday", t.During("tuesday", "small hours")), ("周二凌晨开了几次", t.During("tuesday", "small hours")),
        ("CO2 on Tuesday between 9 am and 12 am", t.During("tuesday", None, 540, 0)), ("this afternoon", t.During("today", "afternoon")),
        ("how long was the hall light on this morning between 7 and 9", t.During("today", None, 420, 540)),
        ("昨晚十点到十二点厨房灯开了多久", t.During("yesterday", None, 1320, 0)), ("evenings this week", t.During("this week", "evening")),
    ],
)  # fmt: skip
def test_parts_of_days_in_words(words: str, said: t.During) -> None:
    assert said in parts(words)


def test_what_has_a_name_of_its_own_is_no_part_of_another_day() -> None:
    assert parts("how cold was it last night") == ()
    assert parts("turn on the light") == ()


def test_a_part_of_several_days_is_in_pieces() -> None:
    pieces = spans(t.During("this week", "morning"), NOW, ZONE)
    assert [((start - MIDNIGHT) / 3600, (end - MIDNIGHT) / 3600) for start, end in pieces] == [
        (-43, -36),
        (-19, -12),
        (5, 12),
    ]
    assert spans(t.During("today", "night"), NOW, ZONE) == ()  # it has not begun
    [(start, end)] = spans(t.During("yesterday", None, 22 * 60, 6 * 60), NOW, ZONE)
    assert (start - MIDNIGHT, end - MIDNIGHT) == (-2 * 3600, 6 * 3600)
    assert span(t.During("this week", "morning"), NOW, ZONE) == (pieces[0][0], pieces[-1][1])


def test_hours_are_those_of_the_clock_on_the_wall() -> None:
    zone = ZoneInfo("Europe/Berlin")
    now = dt.datetime(
        2026, 3, 30, 12, 0, tzinfo=zone
    ).timestamp()  # the clock went forward in the night before Sunday, the 29th
    [(start, end)] = spans(t.During("sunday", "small hours"), now, zone)
    assert end - start == 5 * 3600
    assert dt.datetime.fromtimestamp(end, zone).hour == 6


@given(
    st.sampled_from(["today", "this week", "last week", "this month", "weekend", "since friday"]),
    st.integers(0, 1439),
    st.integers(0, 1439),
)
def test_pieces_follow_each_other_and_end_by_now(period: t.Period, start: int, end: int) -> None:
    pieces = spans(t.During(period, None, start, end), NOW, ZONE)
    assert all(first < last <= NOW for first, last in pieces)
    assert all(one[1] <= other[0] for one, other in pairwise(pieces))
