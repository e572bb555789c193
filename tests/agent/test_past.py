"""Questions over time, answered against counting minute by minute."""

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmagentos.agent.past import Past, Stretch, _grown
from llmagentos.agent.periods import spans
from llmagentos.bench.impossible import house
from llmagentos.language import parse
from llmagentos.language import tree as t
from llmagentos.messages.snapshot import Reading

HOUSE = house()
ZONE = dt.UTC
NOW = dt.datetime(2026, 5, 13, 18, 30, tzinfo=ZONE).timestamp()  # a Wednesday
MIDNIGHT = dt.datetime(2026, 5, 13, tzinfo=ZONE).timestamp()
LAMP, FREEZER = HOUSE.entities["light.hall_light"], HOUSE.entities["sensor.freezer_temperature"]


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
    numbers = [(float(one), Stretch(one, 0.0, 1.0)) for one in values]
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
    seconds = sum(one.end - one.start for one in past.stretches((LAMP.id, "on"), spans("today", NOW, ZONE)) if one.value is True)  # fmt: skip
    assert seconds == 60 * sum(on)


def _target() -> t.Selector:
    ask = parse('state of light "Hall Light"').statements[0]
    assert isinstance(ask, t.AskState)
    return ask.target


def test_a_part_of_each_day() -> None:
    readings = lamp(60, 90, 600, 615)
    assert (
        answered('duration of light "Hall Light" on today small hours', readings) == "Hall Light was on for 30 minutes."
    )
    assert answered('times of light "Hall Light" on today from 09:00 to 11:00', readings) == "Hall Light: on 1 time."
    assert answered('ever light "Hall Light" on today afternoon', readings) == "No, Hall Light was not on."
    week = answered('duration of light "Hall Light" on this week morning', readings)
    assert week.startswith("Hall Light was on for 15 minutes.")
    assert answered("changes today from 09:00 to 09:30", readings) == "None."
    assert answered('times of light "Hall Light" on today evening', lamp()) == "Hall Light: on 0 times."
    assert answered('times of light "Hall Light" on today night', readings).startswith("I have no record")


def test_what_a_meter_grew_by_in_the_evenings_alone() -> None:
    at = [(-24 + 17, 100.0), (-24 + 19, 101.0), (-24 + 22, 103.0), (8, 110.0), (18.2, 111.0)]
    readings = [Reading(MIDNIGHT + 3600 * hour, FREEZER.id, "value", value) for hour, value in at]
    past = Past(readings, NOW, ZONE, "en")
    meter = replace(FREEZER, description=replace(FREEZER.description, kind="energy"))
    assert past._total(meter, spans(t.During("yesterday", "evening"), NOW, ZONE)) == pytest.approx(3.0)
    both = (*spans(t.During("yesterday", "evening"), NOW, ZONE), *spans(t.During("today", "evening"), NOW, ZONE))
    assert past._total(meter, both) == pytest.approx(4.0)  # not the seven of the night between


def test_a_part_of_today_that_has_not_begun() -> None:
    readings = [Reading(MIDNIGHT + 3600, FREEZER.id, "value", -12)]
    assert answered('maximum of temperature "Freezer" today night', readings).startswith("I have no record")
