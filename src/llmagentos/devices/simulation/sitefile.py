"""The `simulate` part of a site file, and Home-Assistant-style fixtures, to a SiteSpec."""

from typing import Any

from llmagentos.devices.simulation.devices import DeviceSpec
from llmagentos.devices.simulation.site import SiteSpec
from llmagentos.devices.simulation.thermal import Room
from llmagentos.devices.simulation.wires import HOMEASSISTANT_CLASSES

PERCENT = {"kind": "number", "unit": "%", "min": 0, "max": 100, "writable": True}
SWITCH = {"kind": "bool", "writable": True}
ACTION = {"kind": "action"}


def _enum(*options: str, writable: bool = True) -> dict[str, Any]:
    return {"kind": "enum", "options": list(options), "writable": writable}


def _measure(unit: str) -> dict[str, Any]:
    return {"kind": "number", "unit": unit}


DEFAULTS: dict[str, dict[str, dict[str, Any]]] = {
    "light": {"on": SWITCH}, "switch": {"on": SWITCH}, "outlet": {"on": SWITCH}, "siren": {"on": SWITCH},
    "cover": {"state": _enum("open", "closed", "opening", "closing"), "stop": ACTION},
    "valve": {"state": _enum("open", "closed", "opening", "closing"), "stop": ACTION},
    "lock": {"state": _enum("locked", "unlocked")}, "fan": {"on": SWITCH},
    "climate": {"mode": _enum("off", "heat", "cool", "auto"), "current temperature": _measure("C"),
                "temperature": {"kind": "number", "unit": "C", "min": 5, "max": 30, "writable": True}},
    "vacuum": {"activity": _enum("cleaning", "docked", "returning", "paused", "idle")},
    "lawn mower": {"activity": _enum("mowing", "docked", "returning", "paused")},
    "humidifier": {"on": SWITCH, "humidity": PERCENT}, "scene": {"activate": ACTION}, "button": {"press": ACTION},
    "number": {"value": {"kind": "number", "min": 0, "max": 100, "writable": True}}, "select": {"value": _enum()},
    "text": {"value": {"kind": "text", "writable": True}}, "sensor": {"value": _measure("")}, "binary sensor": {"on": {"kind": "bool"}},
    "media player": {"on": SWITCH, "playback": _enum("playing", "paused", "stopped", "idle", "off"), "volume": PERCENT, "muted": SWITCH,
                     "track": {"kind": "number"}, "title": {"kind": "text"}, "next": ACTION, "previous": ACTION, "play": ACTION},
    "list": {"items": {"kind": "json"}, "add": ACTION, "remove": ACTION, "complete": ACTION},
    "person": {"location": {"kind": "text"}}, "calendar": {"events": {"kind": "json"}},
    "weather": {"condition": {"kind": "text"}, "temperature": _measure("C"), "humidity": _measure("%"), "wind speed": _measure("km/h")},
    "update": {"value": {"kind": "text"}}, "camera": {"value": {"kind": "text"}},
}  # fmt: skip
"""What a device of a class has unless the file says otherwise."""

OPTIONAL: dict[str, dict[str, Any]] = {
    "brightness": PERCENT, "position": PERCENT, "tilt": PERCENT, "speed": PERCENT, "oscillation": SWITCH,
    "color temperature": {"kind": "number", "unit": "K", "min": 2000, "max": 6500, "writable": True},
    "color": {"kind": "enum", "options": ["red", "green", "blue", "yellow", "orange", "purple", "pink", "white", "warm white"], "writable": True},
    "preset": _enum("eco", "comfort", "boost"), "current humidity": _measure("%"), "source": _enum("TV", "Radio", "Bluetooth"),
}  # fmt: skip

FIRST: dict[str, Any] = {"on": False, "brightness": 100, "position": 0, "state": None, "mode": "heat", "temperature": 20, "volume": 20,
                         "activity": "docked", "playback": "idle", "items": [], "events": [], "location": "home", "muted": False,
                         "track": 1, "title": "", "current temperature": 20, "speed": 0, "condition": "sunny", "humidity": 50,
                         "wind speed": 8, "oscillation": False, "color temperature": 2700}  # fmt: skip


class SiteFileError(ValueError):
    """The person's fault: what is wrong in the file and where."""


def site_spec(data: Any) -> SiteSpec:
    """The simulated site of a `simulate` mapping. Raises: SiteFileError."""
    if not isinstance(data, dict) or not isinstance(data.get("devices"), list):
        raise SiteFileError("simulate: needs a list `devices`")
    rooms = tuple(_room(one) for one in data.get("rooms", []))
    devices = tuple(_device(one, index) for index, one in enumerate(data["devices"]))
    outside = data.get("outside", 6.0)
    return SiteSpec(
        devices=devices,
        rooms=rooms,
        outside_c=None if outside is None else float(outside),
        start_c=float(data.get("start", 19.0)),
        speed=float(data.get("speed", 1.0)),
    )


def _room(data: Any) -> Room:
    if not isinstance(data, dict) or "name" not in data:
        raise SiteFileError(f"simulate: rooms: a room needs a name: {data!r}")
    known = {name: data[name] for name in Room.__dataclass_fields__ if name in data}
    return Room(**known)


def _device(data: Any, index: int) -> DeviceSpec:
    where = f"simulate: devices[{index}]"
    if not isinstance(data, dict) or not all(isinstance(data.get(key), str) for key in ("id", "class", "name")):
        raise SiteFileError(f"{where}: needs `id`, `class` and `name`")
    entity_class = data["class"]
    if entity_class not in DEFAULTS:
        raise SiteFileError(f"{where}: unknown class {entity_class!r}; known: {', '.join(DEFAULTS)}")
    unknown = [name for name in data.get("can", []) if name not in OPTIONAL]
    if unknown:
        raise SiteFileError(f"{where}: `can` has unknown {', '.join(unknown)}; known: {', '.join(OPTIONAL)}")
    properties = {
        **DEFAULTS[entity_class],
        **{name: OPTIONAL[name] for name in data.get("can", [])},
        **data.get("properties", {}),
    }
    if "unit" in data and "value" in properties:
        properties = {**properties, "value": {**properties["value"], "unit": data["unit"]}}
    values = {name: FIRST.get(name) for name, shape in properties.items() if shape.get("kind") != "action"}
    values.update(
        {"state": "locked"}
        if entity_class == "lock"
        else {"state": "closed"}
        if entity_class in ("cover", "valve")
        else {}
    )
    values.update(data.get("state", {}))
    via = data.get("via") or ("homeassistant" if entity_class in HOMEASSISTANT_CLASSES else "agentos")
    return DeviceSpec(
        id=data["id"], entity_class=entity_class, name=data["name"], via=via, area=data.get("area"), kind=data.get("kind", ""),
        aliases=tuple(data.get("aliases", ())), properties=properties, values=values, travel_s=float(data.get("travel", 0)),
        power_w=float(data.get("power", 0)), heats=data.get("heats"), settings=data.get("settings", {}),
    )  # fmt: skip
