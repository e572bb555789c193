"""What is unusual: a signal against its own last weeks."""

import datetime as dt
import math
import random
from dataclasses import replace

from llmagentos.agent.past import Past
from llmagentos.agent.unusual import Unusual, tell
from llmagentos.agent.wording import Language
from llmagentos.bench.impossible import house
from llmagentos.language import parse
from llmagentos.language import tree as t
from llmagentos.messages.snapshot import Reading

HOUSE = house()
ZONE = dt.UTC
NOW = dt.datetime(2026, 5, 13, 18, 30, tzinfo=ZONE).timestamp()
MIDNIGHT = dt.datetime(2026, 5, 13, tzinfo=ZONE).timestamp()
LAMP, FREEZER = HOUSE.entities["light.hall_light"], HOUSE.entities["sensor.freezer_temperature"]


def told(sentence: str, readings: list[Reading], language: Language = "en", now: float = NOW) -> str:
    [ask] = parse(sentence).statements
    assert isinstance(ask, t.AskUnusual)
    unusual = Unusual(Past(readings, now, ZONE, language), now, ZONE, language)
    return tell([unusual.of(ask.over, one) for one in (LAMP, FREEZER)], language)


def evenings(days: int) -> list[Reading]:
    """On from seven to ten, day by day."""
    found = []
    for day in range(-days, 0):
        found.append(Reading(MIDNIGHT + day * 86_400 + 19 * 3600, LAMP.id, "on", True))
        found.append(Reading(MIDNIGHT + day * 86_400 + 22 * 3600, LAMP.id, "on", False))
    return found


def frozen(days: int) -> list[Reading]:
    """Warmer in the afternoon, every quarter of an hour, until now."""
    noise, start = random.Random(1), MIDNIGHT - days * 86_400
    return [
        Reading(
            at, FREEZER.id, "value", -18 + 2 * math.sin((at % 86_400) / 86_400 * 2 * math.pi) + noise.uniform(-0.3, 0.3)
        )
        for at in (start + 900 * number for number in range(int((NOW - start) // 900)))
    ]


def test_nothing_is_unusual_about_days_like_the_others() -> None:
    assert told("unusual today", evenings(10) + frozen(10)) == "Nothing unusual that I know of."
    assert told("unusual today", evenings(10) + frozen(10), "zh") == "没有发现异常。"


def test_what_is_not_known_for_long_is_not_judged() -> None:
    assert told("unusual today", evenings(2) + frozen(2)).startswith("I have not known them long enough")
    assert told("unusual today", []).startswith("I have not known them long enough")


def test_a_value_that_would_be_usual_at_another_hour() -> None:
    readings = [*frozen(10), Reading(NOW - 600, FREEZER.id, "value", -16.2)]
    assert told("unusual today", readings).startswith(
        "Freezer Temperature was -16.2°C today at 18:20; at that hour it is usually between"
    )
    assert told("unusual yesterday", readings) == "Nothing unusual that I know of."


def test_a_state_at_an_hour_at_which_it_never_was() -> None:
    night = [
        *evenings(10),
        Reading(MIDNIGHT + 3 * 3600, LAMP.id, "on", True),
        Reading(MIDNIGHT + 3.2 * 3600, LAMP.id, "on", False),
    ]
    assert "on today at 03:00; at that hour it never was before" in told("unusual last night", night)
    assert "以前这个时段从未如此" in told("unusual today small hours", night, "zh")


def test_a_state_that_lasts_longer_than_ever() -> None:
    readings = [*evenings(10), Reading(MIDNIGHT - 86_400 + 19.5 * 3600, LAMP.id, "on", True)]
    readings = sorted((one for one in readings if one.at != MIDNIGHT - 86_400 + 22 * 3600), key=lambda one: one.at)
    assert (
        told("unusual since tuesday", readings)
        == "Hall Light was on yesterday at 19:00 for 23 hours 30 minutes; the longest before was 3 hours."
    )


def test_what_began_before_the_time_and_goes_on_is_seen_whole() -> None:
    opened = [Reading(MIDNIGHT - 86_400 + 18 * 3600, LAMP.id, "on", True)]
    readings = [*evenings(10)[:-2], *opened]
    said = told("unusual today", readings, now=MIDNIGHT + 10 * 3600)
    assert said == "Hall Light was on yesterday at 18:00 for 16 hours; the longest before was 3 hours."


def test_what_has_always_been_so_is_not_news() -> None:
    always = [Reading(MIDNIGHT - 20 * 86_400, LAMP.id, "on", True), Reading(MIDNIGHT - 3600, LAMP.id, "on", True)]
    assert told("unusual today", always) == "Nothing unusual that I know of."


def test_a_meter_that_grows_is_not_unusual() -> None:
    meter = replace(FREEZER, description=replace(FREEZER.description, kind="energy"))
    readings = [Reading(NOW - hours * 3600, FREEZER.id, "value", 1000 - 0.4 * hours) for hours in range(240, 0, -1)]
    unusual = Unusual(Past(readings, NOW, ZONE, "en"), NOW, ZONE, "en")
    assert unusual.of("today", meter) is None


def test_a_value_that_is_held_into_hours_at_which_it_never_was() -> None:
    quiet = [
        Reading(MIDNIGHT + day * 86_400 + hour * 3600, FREEZER.id, "value", -10 if hour == 19 else -18)
        for day in range(-10, 0)
        for hour in (19, 20)
    ]
    readings = [*quiet[:-1]]  # yesterday it went up at seven and did not come down
    assert "-10°C" in told("unusual last night", readings)
    assert told("unusual yesterday small hours", readings) == "Nothing unusual that I know of."
