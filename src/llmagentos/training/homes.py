"""Random sites: rooms, floors and devices with the names that people give them. Deterministic by the generator given."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from llmagentos.training.speech import Speech, expand

HEATING = (("off", "heat"), ("off", "heat", "cool", "auto"), ("off", "heat", "auto"), ("off", "heat", "cool"))
COOLING = (("off", "cool"), ("off", "heat", "cool", "auto"), ("off", "heat", "cool", "heat_cool", "dry", "fan_only"))
RANGES = ((0, 10), (0, 100), (0, 240))
CHOICES = (
    ("Cotton", "Wool", "Quick"),
    ("Eco", "Normal", "Turbo"),
    ("Home", "Away", "Night"),
    ("Rainbow", "Fire", "Calm"),
)


@dataclass(frozen=True)
class DeviceType:
    """A kind of device: its class, its kind, what it may be able to do, how common it is, and what it measures."""

    entity_class: str
    weight: float
    kind: str = ""
    can: tuple[tuple[str, ...], ...] = ((),)
    unit: str = ""
    everywhere: bool = True
    """Whether it stands in a room."""


_LIGHT = ((), ("brightness",), ("brightness",), ("brightness", "color temperature"), ("brightness", "color"), ("brightness", "color", "color temperature"))  # fmt: skip
_COVER = ((), ("position",), ("position",), ("position", "tilt"))
TYPES: dict[str, DeviceType] = {
    "light": DeviceType("light", 9, can=_LIGHT),
    "appliance": DeviceType("switch", 4), "fan": DeviceType("fan", 2.5, can=((), ("speed",), ("speed", "oscillation"))),
    "thermostat": DeviceType("climate", 2.5, can=((), (), ("preset",))), "air conditioner": DeviceType("climate", 1),
    "blind": DeviceType("cover", 1.2, "blind", _COVER), "curtain": DeviceType("cover", 1.5, "curtain", ((), ("position",))),
    "shutter": DeviceType("cover", 0.7, "shutter", _COVER), "shade": DeviceType("cover", 0.5, "shade", _COVER),
    "awning": DeviceType("cover", 0.2, "awning", ((), ("position",))), "window": DeviceType("cover", 0.3, "window", ((), ("position",))),
    "garage": DeviceType("cover", 0.7, "garage", everywhere=False), "gate": DeviceType("cover", 0.4, "gate", everywhere=False),
    "door": DeviceType("cover", 0.2, "door"), "lock": DeviceType("lock", 1.5), "valve": DeviceType("valve", 0.9, can=((), ("position",))),
    "vacuum": DeviceType("vacuum", 0.9, everywhere=False), "lawn mower": DeviceType("lawn mower", 0.4, everywhere=False),
    "humidifier": DeviceType("humidifier", 0.4), "siren": DeviceType("siren", 0.2, everywhere=False),
    "scene": DeviceType("scene", 1.0, everywhere=False), "button": DeviceType("button", 0.4, everywhere=False),
    "tv": DeviceType("media player", 1.2, can=((), ("source",))), "speaker": DeviceType("media player", 1.5, can=((), ("source",))),
    "radio": DeviceType("media player", 0.4), "list": DeviceType("list", 2.6, everywhere=False),
    "person": DeviceType("person", 1.0, everywhere=False), "weather": DeviceType("weather", 1.0, everywhere=False),
    "calendar": DeviceType("calendar", 0.7, everywhere=False), "number": DeviceType("number", 0.3), "select": DeviceType("select", 0.3),
    "temperature": DeviceType("sensor", 1.5, "temperature", unit="°C"), "humidity": DeviceType("sensor", 0.8, "humidity", unit="%"),
    "battery": DeviceType("sensor", 0.4, "battery", unit="%"), "power": DeviceType("sensor", 0.4, "power", unit="W"),
    "energy": DeviceType("sensor", 0.3, "energy", unit="kWh"), "illuminance": DeviceType("sensor", 0.3, "illuminance", unit="lx"),
    "carbon dioxide": DeviceType("sensor", 0.3, "carbon dioxide", unit="ppm"), "pm25": DeviceType("sensor", 0.2, "pm25", unit="µg/m³"),
    "pressure": DeviceType("sensor", 0.2, "pressure", unit="hPa"), "contact": DeviceType("binary sensor", 0.8, "door"),
    "window contact": DeviceType("binary sensor", 0.8, "window"), "motion": DeviceType("binary sensor", 0.7, "motion"),
    "occupancy": DeviceType("binary sensor", 0.4, "occupancy"), "smoke": DeviceType("binary sensor", 0.3, "smoke"),
    "leak": DeviceType("binary sensor", 0.3, "moisture"),
}  # fmt: skip
SIZES = (2, 3, 4, 5, 6, 8, 10, 12, 16, 24, 40, 70)


class HomeMaker:
    """Makes homes of one language. `foreign` may lend aliases: many homes are spoken to in two languages."""

    def __init__(self, speech: Speech, foreign: Speech | None, random_: random.Random) -> None:
        self._speech, self._foreign, self._random = speech, foreign, random_
        self._names: set[tuple[str, str, str]] = set()

    def make(self) -> dict[str, Any]:
        """The data of a site file with a simulated site."""
        random_, words = self._random, self._speech.data
        size = random_.choice(SIZES)
        self._names = set()
        names = random_.sample(
            list(words["areas"]), min(len(words["areas"]), max(1, round(size / random_.uniform(2, 5))))
        )
        floors = random_.sample(words["floors"], random_.choice((0, 0, 2, 3)) if len(names) > 2 else 0)
        areas = [self._area(name, floors) for name in names]
        devices = list(self._devices(size, names))
        return {"site": "Home", "areas": areas, "simulate": {"outside": None, "devices": devices}}

    def _area(self, name: str, floors: list[str]) -> dict[str, Any]:
        random_ = self._random
        aliases = [one for one in self._speech.data["areas"][name] if random_.random() < 0.25]
        if self._foreign is not None:
            known = self._foreign.data.get("translated", {}).get(name)
            aliases.append(known or random_.choice(list(self._foreign.data["areas"])))
        area: dict[str, Any] = {"name": self._casing(name), **({"aliases": aliases} if aliases else {})}
        return {**area, "floor": random_.choice(floors)} if floors and random_.random() < 0.9 else area

    def _devices(self, size: int, names: list[str]) -> Iterator[dict[str, Any]]:
        random_ = self._random
        # A home leans to a few kinds: small test benches and plants have many of one and none of most.
        weights = [kind.weight * random_.choice((0.2, 1, 1, 3)) for kind in TYPES.values()]
        for number in range(size):
            key = random_.choices(list(TYPES), weights)[0]
            kind = TYPES[key]
            area = random_.choice(names) if kind.everywhere and random_.random() < 0.93 else None
            if not kind.everywhere and random_.random() < 0.2:
                area = random_.choice(names)
            name = self._name(key, kind, area)
            if name is not None:
                yield self._device(number, key, kind, name, area)

    def _name(self, key: str, kind: DeviceType, area: str | None) -> str | None:
        """A name that this class does not have in this area yet; None after some tries."""
        random_, words = self._random, self._speech.data
        for _ in range(6):
            pattern = random_.choice(words["devices"][key])
            if "{a}" in pattern and area is None:
                continue
            name = expand(pattern, random_, a=area or "", p=random_.choice(words["people"]), o=random_.choice(words["odd_names"]))  # fmt: skip
            if (kind.entity_class, name, area or "") not in self._names:
                self._names.add((kind.entity_class, name, area or ""))
                return self._casing(name)
        return None

    def _casing(self, name: str) -> str:
        return name.lower() if self._random.random() < 0.03 else name

    def _device(self, number: int, key: str, kind: DeviceType, name: str, area: str | None) -> dict[str, Any]:
        random_ = self._random
        entity_class = "outlet" if key == "appliance" and random_.random() < 0.4 else kind.entity_class
        device: dict[str, Any] = {
            "id": f"{entity_class.replace(' ', '_')}.d{number}", "class": entity_class, "name": name, "kind": kind.kind,
            "can": list(random_.choice(kind.can)), **({"area": area} if area else {}),
        }  # fmt: skip
        aliases = list(self._aliases(key, kind, area))
        if aliases:
            device["aliases"] = aliases
        properties = self._properties(key, kind)
        return {**device, **({"properties": properties} if properties else {})}

    def _aliases(self, key: str, kind: DeviceType, area: str | None) -> Iterator[str]:
        random_ = self._random
        if random_.random() < 0.06:
            alias = self._name(key, kind, area)
            if alias is not None:
                yield alias
        if self._foreign is not None and random_.random() < 0.5:
            known = self._foreign.data.get("translated", {}).get(area)
            there = known or random_.choice(list(self._foreign.data["areas"]))
            pattern = random_.choice(self._foreign.data["devices"][key])
            yield expand(pattern, random_, a=there, p=random_.choice(self._foreign.data["people"]), o=random_.choice(self._foreign.data["odd_names"]))  # fmt: skip

    def _properties(self, key: str, kind: DeviceType) -> dict[str, Any]:
        random_ = self._random
        if kind.entity_class == "sensor":
            return {"value": {"kind": "number", "unit": kind.unit}}
        if kind.entity_class == "climate":
            return _climate(random_, cooling=key == "air conditioner")
        if key == "select":
            return {"value": {"kind": "enum", "options": list(random_.choice(CHOICES)), "writable": True}}
        if key == "number":
            low, high = random_.choice(RANGES)
            return {"value": {"kind": "number", "min": low, "max": high, "writable": True}}
        return {}


def _climate(random_: random.Random, *, cooling: bool) -> dict[str, Any]:
    fahrenheit = random_.random() < 0.15
    modes = random_.choice(COOLING if cooling else HEATING)
    unit, low, high = ("°F", 45, 95) if fahrenheit else ("°C", 5, 35)
    properties: dict[str, Any] = {
        "mode": {"kind": "enum", "options": list(modes), "writable": True},
        "temperature": {"kind": "number", "unit": unit, "min": low, "max": high, "writable": True},
    }
    if random_.random() < 0.8:
        properties["current temperature"] = {"kind": "number", "unit": unit}
    return properties
