"""Homes written as Home Assistant fixtures (`_fixtures.yaml` of the assist and intent sets), as site files of ours.

Enters: areas, floors, devices and entities with Home Assistant's states and attributes. Leaves: the mapping a site file
holds. `to_values` translates one state both for the home and for a test's setup and expectation. No I/O.
Source: allenporter/home-assistant-datasets, `synthetic_home` inventory format; developers.home-assistant.io, entities.
"""

from collections.abc import Mapping
from typing import Any

from llmagentos.devices.codecs.payloads import number_of, plain
from llmagentos.messages.values import Json

_CLASSES = {
    "light": "light", "switch": "switch", "cover": "cover", "lock": "lock", "fan": "fan", "climate": "climate", "valve": "valve",
    "vacuum": "vacuum", "lawn_mower": "lawn mower", "humidifier": "humidifier", "siren": "siren", "scene": "scene", "script": "scene",
    "button": "button", "input_button": "button", "input_boolean": "switch", "number": "number", "input_number": "number",
    "select": "select", "input_select": "select", "sensor": "sensor", "binary_sensor": "binary sensor", "media_player": "media player",
    "todo": "list", "person": "person", "weather": "weather", "calendar": "calendar", "camera": "camera", "update": "update",
}  # fmt: skip
PROPERTY_OF = {
    "brightness": "brightness", "color_mode": "", "color_temp_kelvin": "color temperature", "current_position": "position",
    "position": "position", "percentage": "speed", "oscillating": "oscillation", "volume_level": "volume", "media_track": "track",
    "media_title": "title", "temperature": "temperature", "target_temperature": "temperature", "hvac_mode": "mode",
    "current_temperature": "current temperature", "current_humidity": "current humidity", "is_volume_muted": "muted",
    "native_temperature": "temperature", "humidity": "humidity", "native_wind_speed": "wind speed", "condition": "condition",
    "todo_items": "items", "events": "events", "preset_mode": "preset",
}  # fmt: skip
"""Attribute -> property of ours; empty where we hold nothing of the kind."""
_DIMMABLE = ("brightness", "color_temp", "hs", "rgb", "rgbw", "rgbww", "xy", "white")
_COLORED = ("hs", "rgb", "rgbw", "rgbww", "xy")
_STATES = {"vacuum": {"off": "idle", "on": "cleaning"}, "person": {"not_home": "away"}}


def is_fixtures(data: Mapping[str, Any]) -> bool:
    """Whether a YAML mapping is such a home and no site file."""
    return "site" not in data and isinstance(data.get("entities"), list)


def from_fixtures(data: Mapping[str, Any], name: str) -> dict[str, Any]:
    """The data of a site file. What has no class here (an unknown domain) is left out."""
    floors = {one["id"]: one["name"] for one in data.get("floors") or ()}
    areas = {one.get("id", one["name"]): one for one in data.get("areas") or ()}
    devices = [_device(one, areas) for one in data["entities"] if _domain(one) in _CLASSES]
    return {
        "site": name, "level": "act", "language": str(data.get("language", "en")),
        "areas": [{"name": one["name"], **({"floor": floors.get(one["floor"], one["floor"])} if one.get("floor") else {})}
                  for one in areas.values()],
        "simulate": {"outside": None, "devices": devices},
    }  # fmt: skip


def class_of(entity_id: str) -> str:
    """The class of ours for an entity id; "" for a domain we do not know."""
    return _CLASSES.get(entity_id.partition(".")[0], "")


def to_values(entity_class: str, state: Any, attributes: Mapping[str, Any]) -> dict[str, Json]:
    """A state of Home Assistant's in our properties and units. None states and attributes we do not hold are left out."""
    values: dict[str, Json] = {}
    if isinstance(state, Mapping):  # the intent sets: what people say and what the entity reports
        state = state.get("out")
    if state is not None:
        values.update(_state(entity_class, state))
    for key, value in attributes.items():
        name = PROPERTY_OF.get(key, "")
        if name and value is not None:
            values[name] = _attribute(key, value)
    return values


def _domain(entity: Mapping[str, Any]) -> str:
    return str(entity["id"]).partition(".")[0]


def _last(value: Any) -> str:
    """`cover.CoverDeviceClass.GARAGE` -> `garage`."""
    return str(value).rpartition(".")[2].lower()


def _device(entity: Mapping[str, Any], areas: Mapping[str, Any]) -> dict[str, Any]:
    attributes = entity.get("attributes") or {}
    kind = _last(attributes.get("device_class", ""))
    entity_class = _CLASSES[_domain(entity)]
    if entity_class == "switch" and kind == "outlet":
        entity_class, kind = "outlet", ""
    area = areas.get(entity.get("area") or "", {}).get("name", entity.get("area"))
    device: dict[str, Any] = {
        "id": str(entity["id"]).lower(), "class": entity_class, "name": str(entity["name"]).replace("[", "").replace("]", ""),
        "kind": kind.replace("_", " "), "can": _abilities(entity_class, attributes),
        "state": to_values(entity_class, entity.get("state", attributes.get("native_value")), attributes),
        **({"area": area} if area else {}),
    }  # fmt: skip
    unit = attributes.get("native_unit_of_measurement", attributes.get("unit_of_measurement"))
    if entity_class == "sensor":
        device["properties"] = {"value": _measure(device["state"].get("value"), str(unit or ""))}
    elif entity_class == "weather":
        unit = attributes.get("native_temperature_unit", attributes.get("temperature_unit", "°C"))
        device["properties"] = {"temperature": {"kind": "number", "unit": str(unit)}}
    elif entity_class == "climate":
        device["properties"] = _climate(attributes, str(unit or ""))
    return device


def _measure(value: Json, unit: str) -> dict[str, Any]:
    return {"kind": "text" if isinstance(value, str) and not unit else "number", "unit": unit}


def _climate(attributes: Mapping[str, Any], unit: str) -> dict[str, Any]:
    modes = [str(one) for one in attributes.get("hvac_modes", ("off", "heat", "cool", "auto"))]
    low, high = (45, 95) if unit.endswith("F") else (5, 35)
    return {
        "mode": {"kind": "enum", "options": modes, "writable": True},
        "temperature": {"kind": "number", "unit": unit or "C", "min": low, "max": high, "writable": True},
        "current temperature": {"kind": "number", "unit": unit or "C"},
    }


def _abilities(entity_class: str, attributes: Mapping[str, Any]) -> list[str]:
    modes = [_last(one) for one in _listed(attributes.get("supported_color_modes", _DIMMABLE))]
    said = attributes.get("supported_features")
    features = [_last(one) for one in _listed(said)] if said is not None else ["set_position", "set_speed", "oscillate"]
    if entity_class == "light":
        abilities = ["brightness"] if any(one in _DIMMABLE for one in modes) else []
        abilities += ["color temperature"] if "color_temp" in modes else []
        return abilities + (["color"] if any(one in _COLORED for one in modes) else [])
    if entity_class in ("cover", "valve"):
        return ["position"] if "set_position" in features else []
    if entity_class == "fan":
        return [word for feature, word in (("set_speed", "speed"), ("oscillate", "oscillation")) if feature in features]
    return []


def _listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else [value]


def _state(entity_class: str, state: Any) -> dict[str, Json]:
    word = {True: "on", False: "off"}.get(state, str(state)) if isinstance(state, bool) else str(state)
    word = _STATES.get(entity_class, {}).get(word, word)
    if entity_class in ("light", "switch", "outlet", "fan", "siren", "humidifier", "binary sensor"):
        return {"on": word == "on"}
    if entity_class in ("cover", "valve"):
        return {"state": {"on": "open", "off": "closed"}.get(word, word)}
    if entity_class == "lock":
        return {"state": {"on": "locked", "off": "unlocked"}.get(word, word)}
    if entity_class == "media player":
        return {"playback": word, "on": word not in ("off", "standby")}
    if entity_class in ("vacuum", "lawn mower"):
        return {"activity": word}
    if entity_class == "climate":
        return {"mode": word}
    if entity_class in ("person", "weather"):
        return {"location" if entity_class == "person" else "condition": word}
    if entity_class in ("sensor", "number"):
        number = number_of(word)
        return {"value": plain(number) if isinstance(number, float) else word}
    return {"value": word} if entity_class in ("select", "text", "update") else {}


def _attribute(key: str, value: Any) -> Json:
    if key == "brightness":
        return round(float(value) / 2.55)
    if key == "volume_level":
        return round(float(value) * (100 if float(value) <= 1 else 1))
    if key == "events":
        return [{name: str(part) for name, part in one.items() if part is not None} for one in value]
    number = number_of(value) if not isinstance(value, bool | list) else None
    shown: Json = plain(number) if isinstance(number, float) else value
    return shown
