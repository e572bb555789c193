"""Things of a house that go on day by day, and the silent ways in which they break: for `agentos bench promises`.

Every kind of breakage has an order that will need the thing, and a twin whose thing stays well, so that an announcement that
comes for nothing is seen. Things speak over the broker like any device that describes itself (`devices/codecs/described.py`).
"""

import json
import math
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from llmagentos.devices.codecs import Publish
from llmagentos.messages.values import Json

DAY = 86_400.0
State = dict[str, Json]


@dataclass
class Thing:
    """One entity. `course(at)` is what it reports at a time, `held` what it was told."""

    id: str
    shape: dict[str, Any]
    course: Callable[[float], State]
    silent: bool = False
    deaf: bool = False
    """It takes commands and does nothing."""
    held: State = field(default_factory=dict)

    def described(self) -> Publish:
        return Publish(f"agentos/{self.id}/describe", json.dumps(self.shape), retain=True)

    def removed(self) -> Publish:
        return Publish(f"agentos/{self.id}/describe", "", retain=True)

    def reachable(self, online: bool) -> Publish:
        return Publish(f"agentos/{self.id}/availability", "online" if online else "offline", retain=True)

    def told(self, payload: bytes) -> None:
        """A command."""
        if not self.deaf:
            self.held |= json.loads(payload)

    def reports(self, at: float) -> Iterator[Publish]:
        if not self.silent:
            yield Publish(f"agentos/{self.id}/state", json.dumps({**self.course(at), **self.held}))


@dataclass(frozen=True)
class Kind:
    """A kind of breakage: the things, the order that needs them (with `{n}` for their number), and what happens.

    `strike(things)` makes it so and gives the messages of that moment; what needs time goes on in the courses.
    """

    name: str
    things: Callable[[str, random.Random], list[Thing]]
    order: str
    strike: Callable[[list[Thing]], list[Publish]]
    principal: str = "owner"


# Things


def _number(
    unit: str, *, low: float | None = None, high: float | None = None, writable: bool = False
) -> dict[str, Any]:
    limits = {key: value for key, value in (("min", low), ("max", high)) if value is not None}
    return {"kind": "number", "unit": unit, **limits, **({"writable": True} if writable else {})}


def _sensor(n: str, kind: str, unit: str, value: Callable[[float], float], name: str = "") -> Thing:
    label = name or kind.title()
    shape = {
        "class": "sensor",
        "kind": kind,
        "name": f"{label} {n}",
        "device": f"d{n}",
        "properties": {"value": _number(unit)},
    }
    return Thing(f"{label.lower().replace(' ', '_')}_{n}", shape, lambda at: {"value": value(at)})


def _thermometer(n: str, random_: random.Random) -> Thing:
    phase, mean = random_.uniform(-2, 2), random_.uniform(19, 23)
    return _sensor(n, "temperature", "C", lambda at: round(mean + 1.4 * math.sin(at / DAY * 2 * math.pi + phase) + random_.gauss(0, 0.06), 1))  # fmt: skip


def _hygrometer(n: str, random_: random.Random) -> Thing:
    return _sensor(n, "humidity", "%", lambda at: round(50 + 8 * math.sin(at / DAY * 2 * math.pi) + random_.gauss(0, 0.4), 1))  # fmt: skip


def _soil(n: str, random_: random.Random) -> Thing:
    return _sensor(n, "moisture", "%", lambda at: round(42 - 10 * (at % (3 * DAY)) / (3 * DAY) + random_.gauss(0, 0.3), 1))  # fmt: skip


def _battery(n: str, _random: random.Random) -> Thing:
    return _sensor(n, "battery", "%", lambda at: 84.0)


def _link(n: str, random_: random.Random) -> Thing:
    return _sensor(n, "signal strength", "lqi", lambda at: float(random_.randint(90, 130)))


def _binary(n: str, kind: str, on: Callable[[float], bool]) -> Thing:
    shape = {"class": "binary sensor", "kind": kind, "name": f"{kind.title()} {n}", "device": f"d{n}", "properties": {"on": {"kind": "bool"}}}  # fmt: skip
    return Thing(f"{kind}_{n}", shape, lambda at: {"on": on(at)})


def _motion(n: str, random_: random.Random) -> Thing:
    return _binary(n, "motion", lambda at: 7 < at % DAY / 3600 < 23 and random_.random() < 0.3)


def _door(n: str, random_: random.Random) -> Thing:
    return _binary(n, "door", lambda at: 7 < at % DAY / 3600 < 22 and random_.random() < 0.12)


def _actor(n: str, entity_class: str, properties: dict[str, Any], state: State, **more: str) -> Thing:
    shape = {
        "class": entity_class,
        "name": f"{entity_class.title()} {n}",
        "device": f"d{n}",
        "properties": properties,
        **more,
    }
    return Thing(f"{entity_class.replace(' ', '_')}_{n}", shape, lambda _at: {}, held=state)


def _lamp(n: str, _random: random.Random) -> Thing:
    properties = {"on": {"kind": "bool", "writable": True}, "brightness": _number("%", low=0, high=100, writable=True)}
    return _actor(n, "light", properties, {"on": False, "brightness": 0}, area=f"Room {n}")


def _outlet(n: str, _random: random.Random) -> Thing:
    return _actor(n, "outlet", {"on": {"kind": "bool", "writable": True}}, {"on": False})


def _blind(n: str, _random: random.Random) -> Thing:
    state = {"kind": "enum", "options": ["open", "closed"], "writable": True}
    return _actor(n, "cover", {"state": state}, {"state": "open"}, kind="blind")


def _heater(n: str, _random: random.Random) -> Thing:
    properties = {"mode": {"kind": "enum", "options": ["off", "heat"], "writable": True}, "temperature": _number("C", low=5, high=30, writable=True),
                  "current temperature": _number("C")}  # fmt: skip
    return _actor(n, "climate", properties, {"mode": "off", "temperature": 18.0, "current temperature": 19.5})


def _robot(n: str, _random: random.Random) -> Thing:
    activity = {"kind": "enum", "options": ["docked", "cleaning", "returning", "error"], "writable": True}
    return _actor(n, "vacuum", {"activity": activity}, {"activity": "docked"})


def _alone(make: Callable[[str, random.Random], Thing]) -> Callable[[str, random.Random], list[Thing]]:
    return lambda n, random_: [make(n, random_)]


def _with(*makers: Callable[[str, random.Random], Thing]) -> Callable[[str, random.Random], list[Thing]]:
    return lambda n, random_: [one(n, random_) for one in makers]


# Breakages


def _course(course: Callable[[float], State]) -> Callable[[list[Thing]], list[Publish]]:
    """From now on the first thing reports otherwise."""

    def strike(things: list[Thing]) -> list[Publish]:
        things[0].course = course
        return []

    return strike


def _value(value: Json, name: str = "value") -> Callable[[list[Thing]], list[Publish]]:
    return _course(lambda _at: {name: value})


def _frozen(things: list[Thing]) -> list[Publish]:
    last = next(things[0].reports(0.0)).payload
    things[0].course = lambda _at: dict(json.loads(last))
    return []


def _fahrenheit(things: list[Thing]) -> list[Publish]:
    before = things[0].course
    things[0].course = lambda at: {"value": round(float(str(before(at)["value"])) * 1.8 + 32, 1)}
    return []


def _loose_wire(things: list[Thing]) -> list[Publish]:
    before, random_ = things[0].course, random.Random(7)
    things[0].course = lambda at: {
        "value": round(float(str(before(at)["value"])) + random_.choice((-5, 0, 0, 4, 6)), 1)
    }
    return []


def _falls(part: int, per_hour: float) -> Callable[[list[Thing]], list[Publish]]:
    def strike(things: list[Thing]) -> list[Publish]:
        begun: list[float] = []

        def course(at: float) -> State:
            begun.append(at)
            return {"value": max(0.0, round(84.0 - per_hour * (at - begun[0]) / 3600))}

        things[part].course = course
        return []

    return strike


def _silent(things: list[Thing]) -> list[Publish]:
    for one in things:
        one.silent = True
    return []


def _deaf(things: list[Thing]) -> list[Publish]:
    things[0].deaf = True
    return []


def _offline(things: list[Thing]) -> list[Publish]:
    things[0].silent = True
    return [things[0].reachable(False)]


def _removed(things: list[Thing]) -> list[Publish]:
    things[0].silent = True
    return [things[0].removed()]


def _renamed(things: list[Thing]) -> list[Publish]:
    """Paired anew it has another id and the name of the factory."""
    old = things[0].removed()
    things[0].id += "_0x00158d"
    things[0].shape = {**things[0].shape, "name": "0x00158d0004a1"}
    return [old, things[0].described()]


def _reshaped(change: Callable[[dict[str, Any]], dict[str, Any]]) -> Callable[[list[Thing]], list[Publish]]:
    def strike(things: list[Thing]) -> list[Publish]:
        things[0].shape = change(json.loads(json.dumps(things[0].shape)))
        things[0].held = {key: value for key, value in things[0].held.items() if key in things[0].shape["properties"]}
        return [things[0].described()]

    return strike


def _lost(name: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda shape: {**shape, "properties": {key: one for key, one in shape["properties"].items() if key != name}}


def _narrowed(shape: dict[str, Any]) -> dict[str, Any]:
    shape["properties"]["temperature"]["max"] = 19
    return shape


def _no_heat(shape: dict[str, Any]) -> dict[str, Any]:
    shape["properties"]["mode"]["options"] = ["off", "fan_only"]
    return shape


def _fault(part: int, name: str, value: Json) -> Callable[[list[Thing]], list[Publish]]:
    def strike(things: list[Thing]) -> list[Publish]:
        things[part].course = lambda _at: {name: value}
        things[part].held = {key: one for key, one in things[part].held.items() if key != name}
        return []

    return strike


def _flutters(things: list[Thing]) -> list[Publish]:
    """A worn contact: a burst of changes with every report."""
    topic = f"agentos/{things[0].id}/state"
    plain = things[0].reports

    def reports(at: float) -> Iterator[Publish]:
        yield from plain(at)
        yield from (Publish(topic, json.dumps({"on": number % 2 == 0})) for number in range(16))

    things[0].reports = reports  # type: ignore[method-assign]
    return []


def _nothing(_things: list[Thing]) -> list[Publish]:
    return []


_TOLD = 'when sensor "Temperature {n}" > 40 C: notify owner'
_LIT = 'when every sunday at 20:00: turn on light "Light {n}"'
_SHUT = 'when every sunday at 20:00: close blind "Cover {n}"'
_WARM = 'when every sunday at 20:00: set climate "Climate {n}" temperature 21 C'
KINDS: tuple[Kind, ...] = (
    Kind("a sensor's battery runs down", _with(_thermometer, _battery), _TOLD, _falls(1, 1.2)),
    Kind("an actuator's battery runs down", _with(_blind, _battery), _SHUT, _falls(1, 1.0)),
    Kind("a battery says it is low", lambda n, r: [_thermometer(n, r), _binary(n, "battery", lambda _at: False)], _TOLD, _fault(1, "on", True)),
    Kind("a thermometer freezes", _alone(_thermometer), _TOLD, _frozen),
    Kind("a hygrometer freezes", _alone(_hygrometer), 'when sensor "Humidity {n}" > 70%: turn on outlet "Outlet 100"', _frozen),
    Kind("a thermometer falls silent", _alone(_thermometer), _TOLD, _silent),
    Kind("a soil sensor falls silent", _alone(_soil), 'when sensor "Moisture {n}" < 20%: notify owner', _silent),
    Kind("a motion sensor falls silent", _alone(_motion), 'when motion "Motion {n}" is detected if between 01:00 and 05:00: notify owner', _silent),
    Kind("a sensor goes offline", _alone(_thermometer), _TOLD, _offline),
    Kind("a lamp goes offline", _alone(_lamp), _LIT, _offline),
    Kind("a sensor is paired anew under another name", _alone(_thermometer), _TOLD, _renamed),
    Kind("a blind is removed", _alone(_blind), _SHUT, _removed),
    Kind("a wire breaks: -127 degrees", _alone(_thermometer), _TOLD, _value(-127.0)),
    Kind("a sensor starts again and again: 85 degrees", _alone(_thermometer), _TOLD, _value(85.0)),
    Kind("a sensor changes to Fahrenheit", _alone(_thermometer), _TOLD, _fahrenheit),
    Kind("a sensor reports words instead of numbers", _alone(_thermometer), _TOLD, _value("error")),
    Kind("soil is wetter than water", _alone(_soil), 'when sensor "Moisture {n}" < 20%: notify owner', _value(655.0)),
    Kind("a wire is loose", _alone(_thermometer), _TOLD, _loose_wire),
    Kind("a motion sensor sticks", _alone(_motion), 'when motion "Motion {n}" is clear for 1 h: turn off light "Light 101"', _value(True, "on")),
    Kind("a door contact sticks", _alone(_door), 'when door "Door {n}" is open for 10 min: notify owner', _value(True, "on")),
    Kind("a door contact flutters", _alone(_door), 'when door "Door {n}" is open for 10 min: notify owner', _flutters),
    Kind("a blind jams", _alone(_blind), _SHUT, _deaf),
    Kind("an outlet takes commands and does nothing", _alone(_outlet), 'when every sunday at 20:00: turn on outlet "Outlet {n}"', _deaf),
    Kind("a device reports a fault", lambda n, r: [_blind(n, r), _binary(n, "problem", lambda _at: False)], _SHUT, _fault(1, "on", True)),
    Kind("a robot is stuck", _alone(_robot), 'when every sunday at 20:00: start vacuum "Vacuum {n}"', _fault(0, "activity", "error")),
    Kind("a lamp is replaced by one that cannot be dimmed", _alone(_lamp), 'when every sunday at 20:00: set light "Light {n}" brightness 40%', _reshaped(_lost("brightness"))),
    Kind("a heater's range shrinks", _alone(_heater), _WARM, _reshaped(_narrowed)),
    Kind("a heater can no longer heat", _alone(_heater), 'when every sunday at 20:00: set climate "Climate {n}" mode "heat"', _reshaped(_no_heat)),
    Kind("a lamp moves to another room", _alone(_lamp), 'when every sunday at 20:00: turn on light in "Room {n}"', _reshaped(lambda shape: {**shape, "area": "Cellar"})),
    Kind("a radio link gets weak", _with(_thermometer, _link), _TOLD, _fault(1, "value", 6.0)),
    Kind("messages to the phone do not arrive", _alone(_thermometer), _TOLD, _nothing),
    Kind("who gave the order lives here no more", _alone(_lamp), _LIT, _nothing, principal="guest"),
)  # fmt: skip
"""The last two are struck by the bench: by the carrier of messages, and by the site file of a restart."""
EXERCISED = ("a blind jams", "an outlet takes commands and does nothing")
"""Of these another order uses the thing every day."""
