import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import replace

import pytest

from llmagentos.agent.orders.compile import CannotCompile
from llmagentos.agent.orders.standing import Due, Standing, StandingOrders
from llmagentos.app.simulated import snapshot_of
from llmagentos.knowledge import select
from llmagentos.language import parse
from llmagentos.language import tree as t
from llmagentos.messages.site import Location
from llmagentos.messages.snapshot import Held, Snapshot

NOW = dt.datetime(2026, 3, 4, 12, 0, tzinfo=dt.UTC).timestamp()
MINUTE, HOUR, DAY = 60.0, 3600.0, 86_400.0


def home(*more: Mapping[str, object]) -> Snapshot:
    devices: list[Mapping[str, object]] = [
        {"id": "f", "class": "sensor", "kind": "temperature", "name": "Freezer", "area": "Cellar", "unit": "°C"},
        {"id": "ada", "class": "person", "name": "Ada"},
        {"id": "bob", "class": "person", "name": "Bob"},
        {"id": "w1", "class": "binary sensor", "kind": "window", "name": "Left Window", "area": "Den"},
        {"id": "w2", "class": "binary sensor", "kind": "window", "name": "Right Window", "area": "Den"},
        {"id": "spare", "class": "outlet", "name": "Spare Compressor", "area": "Cellar"},
        {"id": "lamp", "class": "light", "name": "Lamp", "area": "Den"},
        *more,
    ]
    areas = [{"name": "Cellar"}, {"name": "Den"}]
    return snapshot_of({"site": "Home", "areas": areas, "simulate": {"outside": None, "devices": devices}})


def order(text: str) -> t.Order:
    [one] = parse(text).statements
    assert isinstance(one, t.Order)
    return one


def orders(*texts: str, at: float = NOW) -> StandingOrders:
    made = StandingOrders(select, dt.UTC, Location(52.5, 13.4))
    made.site(home(), at)
    for number, text in enumerate(texts):
        made.place(Standing(f"o{number}", order(text), "owner", None, at), at)
    return made


def told(due: list[Due]) -> list[tuple[str, float, str]]:
    return [(one.order, one.at - NOW, one.why) for one in due]


def test_a_threshold_that_lasts_while_nobody_is_home() -> None:
    made = orders(
        'when temperature "Freezer" > -15 C back by 1 C and nobody home for 10 min: turn on outlet "Spare Compressor"'
    )
    made.reading("ada", "location", "away", NOW)
    made.reading("f", "value", -14.0, NOW)
    assert made.next_due() is None  # nobody knows where Bob is
    made.reading("bob", "location", "away", NOW + MINUTE)
    made.reading("f", "value", -15.5, NOW + 2 * MINUTE)
    assert told(made.advance(NOW + HOUR)) == [("o0", 11 * MINUTE, "fired")]
    made.reading("f", "value", -17.0, NOW + HOUR)
    made.reading("f", "value", -14.0, NOW + HOUR)
    made.reading("ada", "location", "home", NOW + HOUR + 5 * MINUTE)
    assert made.advance(NOW + 2 * HOUR) == []


def test_what_it_rested_on_is_told() -> None:
    made = orders('when temperature "Freezer" > -15 C for 10 min: turn on outlet "Spare Compressor"')
    made.reading("f", "value", -14.0, NOW)
    [due] = made.advance(NOW + HOUR)
    assert [one for one in due.because if one[0] != "in"] == [("o0 trigger 0.0 passes", "f")]


def test_every_and_any_of_a_group() -> None:
    made = orders(
        'when every window in "Den" is closed: turn off light "Lamp"',
        'when any window in "Den" is open: turn on light "Lamp"',
    )
    assert made.reading("w1", "on", False, NOW) == []
    assert told(made.reading("w2", "on", False, NOW + 1)) == [("o0", 1, "fired")]
    assert told(made.reading("w2", "on", True, NOW + 2)) == [("o1", 2, "fired")]
    assert made.reading("w1", "on", True, NOW + 3) == []
    assert made.reading("w1", "on", False, NOW + 4) == []
    assert told(made.reading("w2", "on", False, NOW + 5)) == [("o0", 5, "fired")]


def test_any_of_a_kind_is_any_there_is() -> None:
    made = orders('when any window is open: turn on light "Lamp"')
    assert told(made.reading("w2", "on", True, NOW)) == [("o0", 0, "fired")]


def test_a_time_of_day_on_certain_days_under_a_condition() -> None:
    made = orders('when every weekday at 07:00 if person "Ada" is home: turn on light "Lamp"')
    made.reading("ada", "location", "home", NOW)
    due = told(made.advance(NOW + 5 * DAY))  # from a Wednesday noon on
    assert due == [("o0", 19 * HOUR, "fired"), ("o0", 43 * HOUR, "fired"), ("o0", 115 * HOUR, "fired")]
    made.reading("ada", "location", "away", NOW + 5 * DAY)
    assert [one.why for one in made.advance(NOW + 6 * DAY)] == ["not now"]


def test_a_period_and_the_sun() -> None:
    made = orders(
        'when between 22:00 and 06:00 and light "Lamp" is on: turn off light "Lamp"',
        'when 1 h before sunset: turn on light "Lamp"',
    )
    made.reading("lamp", "on", True, NOW)
    due = told(made.advance(NOW + DAY))
    assert [(one[0], one[2]) for one in due] == [("o1", "fired"), ("o0", "fired")]
    assert due[1][1] == 10 * HOUR
    assert 3.6 * HOUR < due[0][1] < 4 * HOUR


def test_a_signal_that_falls_silent() -> None:
    made = orders('when no signal from temperature "Freezer" for 1 h: notify owner')
    made.reading("f", "value", -20.0, NOW + 30 * MINUTE)
    assert told(made.advance(NOW + 3 * HOUR)) == [("o0", 90 * MINUTE, "fired")]
    made.reading("f", "value", -20.0, NOW + 3 * HOUR)
    assert told(made.advance(NOW + 5 * HOUR)) == [("o0", 4 * HOUR, "fired")]


def test_a_limit_and_an_end() -> None:
    made = orders(
        'when temperature "Freezer" > -15 C until temperature "Freezer" < -20 C at most 1 per 1 d: turn on outlet "Spare Compressor"'
    )
    said = [
        made.reading("f", "value", value, NOW + hour * HOUR)
        for hour, value in enumerate((-14.0, -18.0, -21.0, -14.0, -21.0))
    ]
    assert [told(one) for one in said] == [
        [("o0", 0, "fired")],
        [],
        [("o0", 2 * HOUR, "ended")],
        [("o0", 3 * HOUR, "limit")],
        [],
    ]
    assert told(made.reading("f", "value", -14.0, NOW + 25 * HOUR)) == [("o0", 25 * HOUR, "fired")]


def test_what_is_over_does_not_begin() -> None:
    made = orders('when light "Lamp" is on until person "Ada" is away: turn on outlet "Spare Compressor"')
    made.reading("ada", "location", "away", NOW)
    assert told(made.reading("lamp", "on", True, NOW + 1)) == [("o0", 1, "not now")]


def test_what_held_before_and_is_not_known_at_once_does_not_fire_again() -> None:
    made = orders('when light "Lamp" is on: turn on outlet "Spare Compressor"')
    made.reading("lamp", "on", True, NOW)
    for still, expected in ((True, []), (False, [("o0", HOUR + 2, "fired")])):
        again = StandingOrders(select, dt.UTC, Location(52.5, 13.4))
        again.load(json.loads(json.dumps(made.dump())), NOW + 1)
        assert told(again.begin(silent("lamp"), NOW + HOUR)) == []  # the lamp has not reported yet
        assert told(again.reading("lamp", "on", still, NOW + HOUR + 1)) == []
        assert told(again.reading("lamp", "on", True, NOW + HOUR + 2)) == expected


def silent(entity: str) -> Snapshot:
    """The home, in which one device has not reported."""
    snapshot = home()
    return replace(snapshot, entities={**snapshot.entities, entity: replace(snapshot.entities[entity], values={})})


def with_values(at: float, **values: tuple[str, object]) -> Snapshot:
    """The home, with what some devices say."""
    snapshot = home()
    entities = {
        key: replace(one, values={values[key][0]: Held(values[key][1], at)}) if key in values else one  # type: ignore[arg-type]
        for key, one in snapshot.entities.items()
    }
    return replace(snapshot, entities=entities)


def restarted(made: StandingOrders, saved_at: float) -> StandingOrders:
    again = StandingOrders(select, dt.UTC, Location(52.5, 13.4))
    again.load(json.loads(json.dumps(made.dump())), saved_at)
    return again


def test_what_holds_already_fires_when_the_order_is_given_but_not_after_a_restart() -> None:
    text = 'when temperature "Freezer" > -15 C: turn on outlet "Spare Compressor"'
    made = orders()
    made.reading("f", "value", -14.0, NOW)
    standing = Standing("o0", order(text), "owner", None, NOW)
    assert told(made.place(standing, NOW + 1)) == [("o0", 1, "fired")]
    again = restarted(made, NOW + 2)
    assert again.begin(with_values(NOW, f=("value", -14.0)), NOW + 3) == []
    again.reading("f", "value", -20.0, NOW + 4)
    assert told(again.reading("f", "value", -14.0, NOW + 5)) == [("o0", 5, "fired")]


def test_what_came_about_while_the_node_was_down_fires_now() -> None:
    made = orders(
        'when light "Lamp" is on: turn on outlet "Spare Compressor"', 'when light "Lamp" is on for 10 min: notify owner'
    )
    made.reading("lamp", "on", False, NOW)
    again = restarted(made, NOW)
    assert told(again.begin(with_values(NOW + HOUR, lamp=("on", True)), NOW + HOUR)) == [("o0", HOUR, "fired")]
    assert told(again.advance(NOW + 2 * HOUR)) == [("o1", HOUR + 10 * MINUTE, "fired")]


def test_what_lasted_over_a_restart_has_lasted() -> None:
    made = orders(
        'when light "Lamp" is on for 10 min: notify owner', 'when light "Lamp" is on for 1 min: turn off light "Lamp"'
    )
    made.reading("lamp", "on", True, NOW)
    assert told(made.advance(NOW + 2 * MINUTE)) == [("o1", MINUTE, "fired")]
    again = restarted(made, NOW + 2 * MINUTE)
    assert again.begin(with_values(NOW, lamp=("on", True)), NOW + 5 * MINUTE) == []
    assert told(again.advance(NOW + HOUR)) == [("o0", 10 * MINUTE, "fired")]


def test_a_moment_that_was_missed_is_judged_by_what_is_known() -> None:
    made = orders('when every day at 13:00 if person "Ada" is home: turn on light "Lamp"')
    again = restarted(made, NOW + 30 * MINUTE)
    due = again.begin(with_values(NOW + 2 * HOUR, ada=("location", "home")), NOW + 2 * HOUR)
    assert told(due) == [("o0", HOUR, "fired")]


def test_silence_goes_on_over_a_restart() -> None:
    made = orders('when no signal from temperature "Freezer" for 1 h: notify owner')
    made.reading("f", "value", -20.0, NOW)
    again = restarted(made, NOW + 30 * MINUTE)
    due = again.begin(with_values(NOW, f=("value", -20.0)), NOW + 40 * MINUTE)
    assert told([*due, *again.advance(NOW + 3 * HOUR)]) == [("o0", HOUR, "fired")]


def test_a_new_device_in_a_group_neither_fires_nor_forgets() -> None:
    made = orders(
        'when any window in "Den" is open for 10 min: notify owner',
        'when every window in "Den" is closed: turn off light "Lamp"',
    )
    made.reading("w1", "on", True, NOW)
    more = {"id": "w3", "class": "binary sensor", "kind": "window", "name": "Roof Window", "area": "Den"}
    assert made.site(home(more), NOW + 5 * MINUTE) == []
    assert told(made.advance(NOW + HOUR)) == [("o0", 10 * MINUTE, "fired")]  # it has been open all the time
    for window in ("w1", "w2"):
        made.reading(window, "on", False, NOW + HOUR)
    assert told(made.reading("w3", "on", False, NOW + HOUR)) == [("o1", HOUR, "fired")]


def test_a_pause_an_end_and_a_site_that_changes() -> None:
    text = 'when any window in "Den" is open: turn on light "Lamp"'
    made = orders(text)
    made.pause(["o0"], True)
    assert told(made.reading("w1", "on", True, NOW)) == [("o0", 0, "paused")]
    made.pause(["o0"], False)
    more = {"id": "w3", "class": "binary sensor", "kind": "window", "name": "Roof Window", "area": "Den"}
    assert made.site(home(more), NOW + 1) == []  # it held, and holds
    made.reading("w1", "on", False, NOW + 2)
    assert told(made.reading("w3", "on", True, NOW + 3)) == [("o0", 3, "fired")]
    made.site(snapshot_of({"site": "Home", "areas": [], "simulate": {"outside": None, "devices": []}}), NOW + 4)
    assert made.all()[0].suspended == "absent: window"
    made.site(home(), NOW + 5)
    assert made.all()[0].suspended is None
    made.remove("o0", NOW + 6)
    assert made.all() == () and made.next_due() is None


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('when temperature "Oven" > 5 C: turn on light "Lamp"', "absent"),
        ('when temperature "Freezer" > 5 kWh: turn on light "Lamp"', "impossible"),
        ('when temperature "Freezer" > 5 C back by 2 kWh: turn on light "Lamp"', "impossible"),
        ('when every day at 07:00 for 10 min: turn on light "Lamp"', "moment"),
        ('when light "Lamp" is on if every day at 07:00: turn on light "Lamp"', "moment"),
    ],
)
def test_what_cannot_work_here_is_said(text: str, reason: str) -> None:
    made = orders()
    with pytest.raises(CannotCompile) as told_why:
        made.place(Standing("o", order(text), "owner", None, NOW), NOW)
    assert told_why.value.reason == reason
    assert made.all() == ()


def test_what_older_versions_wrote_of_an_order_counts_only_until_it_is_written_anew() -> None:
    kept = {"id": "o", "order": 'when light #a is on until light #a is off: turn on light #b', "principal": "owner", "area": None, "placed_at": 0.0,
            "paused": False}  # fmt: skip
    old = StandingOrders(select, dt.UTC)
    old.load({"orders": [{**kept, "active": True, "fired": [1.0]}]})
    assert (old.all()[0].active, old.all()[0].fired) == (True, [1.0])
    new = StandingOrders(select, dt.UTC)
    new.load({"orders": [{**kept, "active": True, "fired": [1.0]}], "active": [], "fired": {}})
    assert (new.all()[0].active, new.all()[0].fired) == (False, [])
