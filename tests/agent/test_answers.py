"""Answers come from the snapshot alone; what is not known is said to be unknown."""

import dataclasses
import datetime as dt
from types import MappingProxyType

import pytest

from llmagentos.agent.answers import Answers
from llmagentos.agent.grounding import misplaced
from llmagentos.agent.outcomes import Question
from llmagentos.agent.wording import Language
from llmagentos.app.simulated import snapshot_of
from llmagentos.bench.impossible import house
from llmagentos.knowledge import select
from llmagentos.language import Program, parse
from llmagentos.language import tree as t
from llmagentos.messages.snapshot import AlarmView, Held, Snapshot, Speaker
from llmagentos.messages.values import Json

NOON = dt.datetime(2026, 3, 4, 12, 5, tzinfo=dt.UTC).timestamp()


def site(**values: dict[str, Json]) -> Snapshot:
    """The demo house at noon, with some values changed; the key is the id with `__` for a dot."""
    home = house()
    entities = dict(home.entities)
    for key, changed in values.items():
        name = key.replace("__", ".")
        held = {**entities[name].values, **{prop: Held(value, NOON) for prop, value in changed.items()}}
        entities[name] = dataclasses.replace(entities[name], values=MappingProxyType(held))
    alarms = (AlarmView("a", 390, NOON + 66_300, "tomorrow"), AlarmView("b", 420, NOON + 68_100, "weekday", True))
    return dataclasses.replace(home, at=NOON, entities=MappingProxyType(entities), alarms=alarms)


def answer(question: str, home: Snapshot, language: Language = "en") -> str:
    ask = parse(question).statements[0]
    assert isinstance(ask, t.Ask)
    said = Answers(home, Speaker(), select, language, dt.UTC).answer(ask)
    if isinstance(said, Question):
        return f"the past of {len(said.entities)}"
    return said if isinstance(said, str) else f"which of {len(said.options)}"


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ('is lock "Front Door" locked', "Yes, Front Door is locked."),
        ('is lock "Front Door" unlocked', "No, Front Door is locked."),
        ('state of sensor "Freezer Temperature"', "Freezer Temperature is -19.5°C."),
        ('state of lock "Sauna"', "There is no such Sauna here."),
        ("count light on", "2: Hall Light and Garden Lights."),
        ("which light on", "Hall Light and Garden Lights."),
        ("any light on", "Yes: Hall Light and Garden Lights."),
        ('any light in "Kitchen" on', "No, none of them."),
        ("every light on", "No: not Kitchen Light, Counter Light, Living Room Lamp, Nursery Light and Bedroom Lamp."),
        ('items of list "Shopping"', "Shopping: eggs."),
        ('count list "Shopping"', "1."),
        ('brightness of light "Kitchen Light"', "Kitchen Light brightness: 100%."),
        ("which light able color", "Living Room Lamp."),
        ('which light in "Kitchen" able brightness', "Kitchen Light."),
        ('which light in "Kitchen" able color', "None."),
        (
            'whether light "Counter Light" able color temperature',
            "No: Counter Light cannot do that (color temperature).",
        ),
        ('whether light "Kitchen Light" able brightness', "Yes: Kitchen Light can do that (brightness)."),
        ('abilities of sensor "Freezer Temperature"', "Freezer Temperature can only be read."),
        ('abilities of light "Counter Light"', "Counter Light: turn on and turn off."),
        ('place of vacuum "Dusty"', "Dusty is in Living Room (Ground)."),
        ("what time", "It is 12:05."),
        ("what date", "Today is Wednesday, 4 March 2026."),
        ("weather", "sunny, 20°C, humidity 50%, wind speed 8 km/h."),
        ('state of climate "Thermostat"', "Thermostat is in heat mode, set to 20°C, now 20°C."),
        ('state of light "Hall Light"', "Hall Light is on."),
        ('color of light "Living Room Lamp"', "I do not know the color of Living Room Lamp; it has not reported."),
        ('title of media player "TV"', "TV plays nothing."),
        ("maximum of temperature", "Living Room: 20°C."),
        ("mean of humidity", "humidity: 48%."),
        ('count light in "Kitchen"', "2: Kitchen Light and Counter Light."),
        ('weather at "Paris"', "There is no such Paris here."),
        ("alarms", "Alarms: 06:30 tomorrow and 07:00 every weekday."),
        ("count list", "1: Shopping."),
        ("status of timer", "There is no timer."),
        ('state of person "Ada"', "Ada is home."),
        ("state of light", "which of 7"),
    ],
)
def test_in_english(question: str, expected: str) -> None:
    eggs: Json = [{"summary": "eggs", "status": "needs_action"}, {"summary": "milk", "status": "completed"}]
    home = site(light__hall_light={"on": True}, light__garden_lights={"on": True}, shopping={"items": eggs})
    assert answer(question, home) == expected


def test_what_belongs_to_a_state_is_told_with_it() -> None:
    home = site(tv={"playback": "playing", "title": "Casablanca"}, light__kitchen_light={"on": True, "brightness": 40})
    assert answer('state of media player "TV"', home) == 'TV is playing, "Casablanca", volume 20%.'
    assert answer('state of media player "TV"', home, "zh") == "TV：正在播放，《Casablanca》，音量20%。"
    assert answer('state of light "Kitchen Light"', home).startswith("Kitchen Light is on, brightness 40%")


def test_in_chinese_and_of_the_unknown() -> None:
    assert answer('is lock "Front Door" locked', site(), "zh") == "是的，Front Door：已锁。"
    home = site(lock__front_door={"state": None})
    assert "has not reported" in answer('is lock "Front Door" locked', home)
    assert "has not reported" in answer('state of lock "Front Door"', home)
    silent = site(hall_window={"on": None})
    for question in ("any window open", "every window closed", "which window open", "count window open"):
        assert "has not reported" in answer(question, silent), question


def test_a_battery_is_told_with_its_level_where_there_are_both_under_one_name() -> None:
    devices = [
        {"id": "low", "class": "binary sensor", "kind": "battery", "name": "Door Battery", "state": {"on": False}},
        {"id": "level", "class": "sensor", "kind": "battery", "name": "Door Battery", "unit": "%", "state": {"value": 72}},
        {"id": "other", "class": "sensor", "kind": "temperature", "name": "Door Battery", "unit": "°C", "state": {"value": 9}},
    ]  # fmt: skip
    home = snapshot_of({"site": "Home", "areas": [], "simulate": {"outside": None, "devices": devices}})
    assert answer('state of binary sensor "Door Battery"', home) == "Door Battery is normal, 72%."


def test_why_a_room_is_warm_is_asked_of_its_thermostat_where_nothing_else_measures() -> None:
    snapshot = house()
    [ask] = parse('why temperature in "Living Room"').statements
    assert isinstance(ask, t.Why)
    question = Answers(snapshot, Speaker(), select, "en", dt.UTC).answer(ask)
    assert isinstance(question, Question)
    assert [snapshot.entities[one].name for one in question.entities] == ["Thermostat"]
    assert misplaced("why is it so warm in the bedroom", Program((ask,)), snapshot)
    assert not misplaced("why is it so warm in the living room", Program((ask,)), snapshot)
