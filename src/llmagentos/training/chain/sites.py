"""Homes and plants with their devices, drawn; and a case as its judge reads it."""

import datetime as dt
import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from llmagentos.agent.chain.facts import of_happening, of_remedy
from llmagentos.agent.chain.judging import Urgency
from llmagentos.agent.chain.remedies import Permission, remedies
from llmagentos.agent.chain.words import Happening, circumstances
from llmagentos.agent.site_index import SiteIndex
from llmagentos.app.simulated import snapshot_of
from llmagentos.messages.snapshot import Snapshot

Devices = dict[str, dict[str, Any]]
Deed = tuple[str, str]
"""A verb and the id of a device."""


@dataclass(frozen=True)
class Act:
    """What could be done, in words, with what is known of it."""

    sentence: str
    facts: tuple[float, ...]


@dataclass(frozen=True)
class Judged:
    """A happening as the judge reads it, what it should come to, and of what could be done what is wise and what is not."""

    text: str
    facts: tuple[float, ...]
    urgency: Urgency
    wise: tuple[Act, ...]
    unwise: tuple[Act, ...]
    kind: str


@dataclass(frozen=True)
class Case:
    """What a kind of happening draws. `after`: what devices report with it; `perhaps`: acts that nobody would mind."""

    happening: Callable[["DrawnSite", Snapshot, Snapshot], Happening]
    urgency: Urgency
    before: dict[str, dict[str, Any]]
    after: dict[str, dict[str, Any]]
    wise: frozenset[Deed] = frozenset()
    perhaps: frozenset[Deed] = frozenset()
    here: bool = True
    night: bool = False


class Unfit(Exception):
    """The site has nothing that such a thing could happen to."""


class DrawnSite:
    """One site, drawn anew every few happenings."""

    def __init__(self, random_: random.Random, words: dict[str, Any]) -> None:
        self.random, self.words = random_, words
        self.plant = random_.random() < 0.5
        places = words["devices"]["areas_plant" if self.plant else "areas_home"]
        self.areas = random_.sample(places, random_.randint(5, 8))
        self.people = random_.sample(words["devices"]["people"], random_.choice((1, 1, 2, 2, 3)))
        self.devices: Devices = {}
        for area in self.areas:
            self._furnish(area)
        for number, name in enumerate(self.people):
            self.devices[f"person{number}"] = {"class": "person", "name": name}
        self._add("weather", "weather", "Weather", None)
        self.usual = {
            (one, "value"): float(device["state"]["value"])
            for one, device in self.devices.items()
            if isinstance(device.get("state", {}).get("value"), int | float)
        }

    def find(self, entity_class: str, kind: str | None = None) -> str:
        """A device. Raises: Unfit."""
        found = [one for one, device in self.devices.items() if device["class"] == entity_class and kind in (None, device.get("kind"))]  # fmt: skip
        if not found:
            raise Unfit
        return self.random.choice(found)

    def beside(self, device: str, entity_class: str, kind: str | None = None) -> list[str]:
        """Devices of a class in the same area."""
        area = self.devices[device]["area"]
        return [one for one, other in self.devices.items() if other.get("area") == area and other["class"] == entity_class and kind in (None, other.get("kind"))]  # fmt: skip

    def one_of(self, *path: str) -> str:
        """A wording, with its holes filled."""
        found: Any = self.words
        for name in path:
            found = found[name]
        text = str(self.random.choice(found))
        machines = [one["name"] for one in self.devices.values() if one["class"] == "switch"] or ["Pump"]
        doors = [one["name"] for one in self.devices.values() if one["class"] in ("cover", "lock")] or ["Front Door"]
        holes = {"area": self.areas, "machine": machines, "name": self.people, "device": machines, "lock": doors, "door": doors}  # fmt: skip
        for hole, values in holes.items():
            text = text.replace(f"{{{hole}}}", self.random.choice(values))
        return text

    def _add(self, key: str, entity_class: str, name: str, area: str | None, **more: Any) -> None:
        self.devices[f"{key.replace(' ', '_')}{len(self.devices)}"] = {"class": entity_class, "name": name, **({"area": area} if area else {}), **more}  # fmt: skip

    def _furnish(self, area: str) -> None:
        chance, add = self.random.random, self._add
        if chance() < 0.7:
            add("light", "light", self.random.choice((f"{area} Light", f"{area} Lights", f"{area} Lamp")), area)
        if chance() < 0.35:
            add("motion", "binary sensor", f"{area} Motion", area, kind="motion")
        if chance() < 0.3:
            add("smoke", "binary sensor", self.random.choice((f"{area} Smoke", f"{area} Smoke Detector")), area, kind="smoke")  # fmt: skip
        if chance() < 0.25:
            add("leak", "binary sensor", self.random.choice((f"{area} Leak", f"{area} Water Sensor", f"{area} Floor Sensor")), area, kind="moisture")  # fmt: skip
        if chance() < 0.25:
            add("camera", "camera", self.random.choice((f"{area} Camera", f"{area} Cam")), area)
        if chance() < 0.25:
            add("window", "binary sensor", self.random.choice((f"{area} Window", f"{area} Door", f"{area} Back Door")), area, kind=self.random.choice(("window", "door")))  # fmt: skip
        if chance() < 0.2:
            add("lock", "lock", self.random.choice((f"{area} Door", "Front Door", "Side Entrance", f"{area} Lock")), area)  # fmt: skip
        if chance() < 0.2:
            kind = self.random.choice(("garage", "gate", "shutter", "door"))
            add("cover", "cover", f"{area} {kind.title()}", area, kind=kind)
        if chance() < 0.25:
            add("water", "valve", self.random.choice((*_WATER_VALVES, f"{area} Water")), area, kind="", state={"state": self.random.choice(("open", "open", "closed"))})  # fmt: skip
        if chance() < 0.3:
            add("fan", "fan", self.random.choice((f"{area} Fan", "Extractor", "Ventilation", f"{area} Extraction")), area)  # fmt: skip
        if chance() < 0.15:
            add("outlet", "outlet", self.random.choice(("Iron", "Kettle", "Toaster", "Heater Plug", "Hair Straightener", "Soldering Station", "Deep Fryer", "Glue Gun", "Oven Plug")), area, state={"on": chance() < 0.5})  # fmt: skip
        if chance() < 0.25:
            add("climate", "climate", self.random.choice((f"{area} Heating", f"{area} Radiator", f"{area} Thermostat")), area, state={"mode": self.random.choice(("heat", "off"))})  # fmt: skip
        for kind, unit, low, high, names in _MEASURES:
            if chance() < 0.16:
                usual = round(self.random.uniform(low, high), 1)
                add(kind, "sensor", f"{area} {self.random.choice(names)}", area, kind=kind, unit=unit, state={"value": usual})  # fmt: skip
        if chance() < (0.5 if self.plant else 0.12):
            self._machine(area)
        if chance() < 0.15:
            self._cold(area)
        if chance() < 0.2:
            self._boiler(area)

    def _machine(self, area: str) -> None:
        name = self.random.choice(self.words["devices"]["machines"])
        if any(name in one["name"] for one in self.devices.values()):
            return
        self._add("machine", "switch", name, area, state={"on": True}, role="machine")
        parts = (("", "mm/s", 1.2, 3.5, "Vibration"), ("temperature", "°C", 38, 60, "Bearing Temperature"), ("temperature", "°C", 40, 75, "Motor Temperature"),
                 ("power", "W", 400, 9000, "Power"), ("current", "A", 3, 20, "Current"))  # fmt: skip
        for kind, unit, low, high, part in self.random.sample(parts, 2):
            value = round(self.random.uniform(low, high), 1)
            self._add("part", "sensor", f"{name} {part}", area, kind=kind, unit=unit, state={"value": value}, role=name)
        if self.random.random() < 0.4:
            self._add(
                "guard",
                "binary sensor",
                self.random.choice((f"{name} Guard", f"{name} Guard Door", f"{name} Safety Gate", f"{name} Cover")),
                area,
                kind="door",
                role=name,
                guard=True,
            )

    def _cold(self, area: str) -> None:
        name = self.random.choice(("Freezer", "Fridge", "Cold Room", "Ice Cream Chest", "Vaccine Fridge", "Blast Chiller"))  # fmt: skip
        if any(name in one["name"] for one in self.devices.values()):
            return
        usual = self.random.choice((-21.0, -18.5, 2.5, 4.0, 5.0)) if name != "Freezer" else -19.0
        self._add("cold", "sensor", f"{name} Temperature", area, kind="temperature", unit="°C", state={"value": usual}, role="cold")  # fmt: skip
        if self.random.random() < 0.6:
            self._add("compressor", "switch", f"{name} Compressor", area, state={"on": True}, role=f"{name} cooling")

    def _boiler(self, area: str) -> None:
        if any(one.get("role") == "gas valve" for one in self.devices.values()):
            return
        self._add("gasvalve", "valve", self.random.choice(_GAS_VALVES), area, state={"state": "open"}, role="gas valve")  # fmt: skip
        self._add("gas", "binary sensor", self.random.choice((f"{area} Gas", "Gas Detector")), area, kind="gas")
        self._add("co", "sensor", self.random.choice((f"{area} Carbon Monoxide", "CO Monitor")), area, kind="carbon monoxide", unit="ppm", state={"value": self.random.randint(0, 6)})  # fmt: skip
        name = self.random.choice(("Boiler", "Furnace", "Steam Generator"))
        self._add("pressure", "sensor", f"{name} Pressure", area, kind="pressure", unit="bar", state={"value": round(self.random.uniform(1.2, 6), 1)}, role="fired")  # fmt: skip
        self._add("fired", "sensor", f"{name} Temperature", area, kind="temperature", unit="°C", state={"value": self.random.randint(60, 140)}, role="fired")  # fmt: skip

    def judged(self, case: Case, kind: str) -> Judged:
        """The case in words, with what could be done."""
        devices = {key: {**one, "state": dict(one.get("state", {}))} for key, one in self.devices.items()}
        for number, key in enumerate(one for one in devices if one.startswith("person")):
            home = case.here and (number == 0 or self.random.random() < 0.6)
            devices[key]["state"]["location"] = "home" if home else "away"
        if not case.here and self.plant:
            _at_rest(devices)
        for key, state in case.before.items():
            devices[key]["state"].update(state)
        before = self._snapshot(devices, case.night)
        for key, state in case.after.items():
            devices[key]["state"].update(state)
        after = replace(self._snapshot(devices, case.night), at=before.at)
        happening = case.happening(self, before, after)
        permissions = self._permissions(case)
        offered = remedies(after, SiteIndex(after), happening, permissions)
        text = f"{circumstances(after, happening, dt.UTC, lambda one, name: self.usual.get((one, name)))}\n{happening.told}"  # fmt: skip
        acts = {(one.verb, one.entity): Act(one.sentence, tuple(of_remedy(one, happening, after))) for one in offered}
        known = case.wise | case.perhaps
        return Judged(
            text, tuple(of_happening(happening, after, dt.UTC)), case.urgency, tuple(act for deed, act in acts.items() if deed in case.wise),
            tuple(act for deed, act in acts.items() if deed not in known), kind,
        )  # fmt: skip

    def _permissions(self, case: Case) -> list[Permission]:
        """Some of what helps, and some of what does not."""
        able = [(verb, one) for one, device in self.devices.items() for verb in _VERBS.get(device["class"], ())]
        some = self.random.sample(able, min(len(able), self.random.randint(2, 7)))
        return [(verb, frozenset({one})) for verb, one in (*some, *(one for one in sorted(case.wise) if self.random.random() < 0.8))]  # fmt: skip

    def _snapshot(self, devices: Devices, night: bool) -> Snapshot:
        site = {
            "site": "drawn", "level": "act", "areas": [{"name": one} for one in self.areas],
            "simulate": {"outside": None, "devices": [{"id": key, "via": "agentos", **{name: value for name, value in one.items() if name not in ("role", "guard")}} for key, one in devices.items()]},
        }  # fmt: skip
        hour = self.random.choice((23, 0, 1, 2, 3, 4)) if night else self.random.choice((*range(7, 22),))
        at = dt.datetime(2026, self.random.randint(1, 12), self.random.randint(1, 28), hour, self.random.randint(0, 59), tzinfo=dt.UTC)  # fmt: skip
        return replace(snapshot_of(site), at=at.timestamp())


_WATER_VALVES = ("Water Main", "Water Inlet", "Feed Water", "Main Water Valve", "Stopcock", "Mains Supply", "Inlet Valve", "Well Feed", "Raw Water", "Rinse Supply", "Irrigation", "Cold Feed", "Borehole Inlet", "Sprinkler Supply", "River Intake", "Tank Filling Valve", "Brook Inlet", "Wash Water")  # fmt: skip
_GAS_VALVES = (
    "Gas Supply",
    "Gas Valve",
    "Main Gas",
    "Propane",
    "Burner Gas",
    "Gas Shutoff",
    "LPG Valve",
    "Natural Gas",
    "Gas Inlet",
)
_MEASURES = (
    ("temperature", "°C", 17, 23, ("Temperature", "Thermometer")), ("humidity", "%", 35, 55, ("Humidity",)),
    ("carbon dioxide", "ppm", 450, 800, ("Carbon Dioxide", "CO2", "Air Quality")), ("level", "%", 45, 80, ("Tank Level", "Silo Level", "Oil Level")),
    ("battery", "%", 60, 100, ("Battery",)), ("illuminance", "lx", 50, 400, ("Brightness",)),
)  # fmt: skip
_VERBS = {
    "valve": ("close",), "switch": ("turn off",), "outlet": ("turn off",), "fan": ("turn on",), "light": ("turn on",), "lock": ("lock",), "cover": ("close",),
}  # fmt: skip


def _at_rest(devices: Devices) -> None:
    """A plant when nobody works there: machines off, cold or still."""
    for one in devices.values():
        if one.get("role") == "machine":
            one["state"]["on"] = False
    stopped = {one["name"] for one in devices.values() if one.get("role") == "machine"}
    for one in devices.values():
        if one.get("role") in stopped and one["class"] == "sensor":
            one["state"]["value"] = 19 if one["kind"] == "temperature" else 0
