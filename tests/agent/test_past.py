"""Questions over time: periods in words, and answers against counting minute by minute."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmagentos.agent.past import Past, _grown, _Stretch, clearly_past, periods, span, speaks_of_span
from llmagentos.bench.impossible import house
from llmagentos.language import parse
from llmagentos.language import tree as t
from llmagentos.messages.snapshot import Reading

HOUSE = house()
ZONE = dt.UTC
NOW = dt.datetime(2026, 5, 13, 18, 30, tzinfo=ZONE).timestamp()  # a Wednesday
MIDNIGHT = dt.datetime(2026, 5, 13, tzinfo=ZONE).timestamp()
LAMP, FREEZER = HOUSE.entities["light.hall_light"], HOUSE.entities["sensor.freezer_temperature"]


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


def answered(sentence: str, readings: list[Reading], language: str = "en") -> str:
    ask = parse(sentence).statements[0]
    assert isinstance(ask, t.Ask)
    entity = FREEZER if "temperature" in sentence else LAMP
    return Past(readings, NOW, ZONE, "zh" if language == "zh" else "en").answer(ask, {entity.id: entity})


def lamp(*minutes: int) -> list[Reading]:
    """On at the first minute of today, off at the second, and so on; off yesterday."""
    begun = [Reading(MIDNIGHT - 86_400, LAMP.id, "on", False)]
    return begun + [Reading(MIDNIGHT + 60 * at, LAMP.id, "on", place % 2 == 0) for place, at in enumerate(minutes)]


def test_how_long_how_often_and_when_last() -> None:
    readings = lamp(60, 90, 600, 615)
    assert answered('duration of light "Hall Light" on today', readings) == "Hall Light was on for 45 minutes."
    assert answered('times of light "Hall Light" on today', readings) == "Hall Light: on 2 times."
    assert (
        answered('last time light "Hall Light" on', readings)
        == "Hall Light was last on today at 10:00, until today at 10:15."
    )
    assert answered('last time light "Hall Light" off', readings) == "Hall Light has been off since today at 10:15."
    assert answered('times of light "Hall Light" on yesterday', readings) == "Hall Light: on 0 times."
    assert answered('last time light "Hall Light" on', lamp()) == "Hall Light has not been on as far back as I know."
    assert answered('last time light "Hall Light" on', []) == "I have no record of Hall Light for that time."
    assert "2次" in answered('times of light "Hall Light" on today', readings, "zh")


def test_what_was_measured() -> None:
    readings = [Reading(MIDNIGHT - 3600, FREEZER.id, "value", -18), Reading(MIDNIGHT + 3600, FREEZER.id, "value", -12), Reading(MIDNIGHT + 7200, FREEZER.id, "value", -18)]  # fmt: skip
    assert "-12" in answered('maximum of temperature "Freezer" today', readings)
    assert "01:00" in answered('maximum of temperature "Freezer" today', readings)
    assert "-17.7" in answered('mean of temperature "Freezer" today', readings)
    assert "-18" in answered('minimum of temperature "Freezer" yesterday', readings)
    assert answered('maximum of temperature "Freezer" last week', readings).startswith("I have no record")
    warmer = answered('whether maximum of temperature "Freezer" more today than yesterday', readings)
    assert warmer.startswith("Yes")
    assert answered('whether minimum of temperature "Freezer" less today than yesterday', readings).startswith("No")


def test_whether_ever_and_what_changed() -> None:
    readings = lamp(60, 90)
    assert answered('ever light "Hall Light" on today', readings) == "Yes, Hall Light was on."
    assert answered('ever light "Hall Light" on yesterday', readings) == "No, Hall Light was not on."
    assert answered("changes today", readings) == "Hall Light."
    assert answered("changes last 1 h", readings) == "None."
    assert answered("changes today", []).startswith("I have no record")
    gone = [*lamp(60), Reading(MIDNIGHT + 7200, LAMP.id, "on", None), Reading(MIDNIGHT + 7300, LAMP.id, "on", True)]
    assert answered('times of light "Hall Light" on today', gone) == "Hall Light: on 1 time."
    assert answered('last time light "Hall Light" on', gone) == "Hall Light has been on since today at 01:00."


def test_beyond_a_value() -> None:
    readings = [Reading(MIDNIGHT - 3600, FREEZER.id, "value", -18), Reading(MIDNIGHT + 3600, FREEZER.id, "value", -12), Reading(MIDNIGHT + 7200, FREEZER.id, "value", -18)]  # fmt: skip
    assert answered('ever temperature "Freezer" > -15 C today', readings).startswith(
        "Yes, Freezer Temperature was above -15"
    )
    assert answered('ever temperature "Freezer" > -15 C yesterday', readings).startswith("No")
    assert "1 hour" in answered('duration of temperature "Freezer" > -15 C today', readings)
    assert "1 time" in answered('times of temperature "Freezer" > -15 C today', readings)
    assert "01:00, until today at 02:00" in answered('last time temperature "Freezer" > -15 C', readings)
    assert answered('ever temperature "Freezer" < -20 C today', readings).startswith("No")


def test_what_is_not_known_is_said() -> None:
    late = [Reading(MIDNIGHT + 3600, LAMP.id, "on", True)]
    assert (
        answered('duration of light "Hall Light" on yesterday', late) == "I have no record of Hall Light for that time."
    )
    assert "I know of it since today at 01:00" in answered('times of light "Hall Light" on today', late)


@pytest.mark.parametrize(
    ("values", "total"),
    [
        ([10, 12, 15], 5), ([10, 12, 0, 3], 5), ([5000.2, 5000.1, 5000.3], 0.1), ([5000, 0, 5001], 1), ([7], 0), ([100, 2], 2),
    ],
)  # fmt: skip
def test_what_a_meter_grew_by(values: list[float], total: float) -> None:
    numbers = [(float(one), _Stretch(one, 0.0, 1.0)) for one in values]
    assert _grown(numbers) == pytest.approx(total)


@given(st.lists(st.integers(0, 18 * 60), unique=True, max_size=12).map(sorted))
def test_as_if_counted_by_the_minute(minutes: list[int]) -> None:
    readings = lamp(*minutes)
    on = [False] * (18 * 60 + 30)
    for place, start in enumerate(minutes):
        for minute in range(start, len(on)):
            on[minute] = place % 2 == 0
    past = Past(readings, NOW, ZONE, "en")
    said = past._of_one(t.AskPast("times", _target(), "on", "today"), LAMP)
    begun = sum(now and not before for before, now in zip([False, *on], on, strict=False))
    assert f" {begun} time" in said
    seconds = sum(one.end - one.start for one in past._stretches((LAMP.id, "on"), span("today", NOW, ZONE)) if one.value is True)  # fmt: skip
    assert seconds == 60 * sum(on)


def _target() -> t.Selector:
    ask = parse('state of light "Hall Light"').statements[0]
    assert isinstance(ask, t.AskState)
    return ask.target
