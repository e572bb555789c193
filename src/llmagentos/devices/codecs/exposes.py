"""Zigbee2MQTT `exposes`: what a Zigbee device can do, to entities and channels.

A property is writable only if `access & 2`, reported only if `access & 1`. Specific exposes (light, cover, ...) become
one entity with the properties of its class; every other leaf becomes a property of that entity, or an entity of its
own where the expose is generic. Source: zigbee2mqtt.io, "Exposes".
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from llmagentos.devices.codecs.channels import Channel, Entity, describe
from llmagentos.devices.codecs.discovery.colors import COLOR, COLORS, nearest_color
from llmagentos.devices.codecs.payloads import UNKNOWN, Decoded, json_of, number_of, plain, scale, slug, word_of
from llmagentos.devices.codecs.port import MAX_NAME, Publish
from llmagentos.language.vocabulary import MEASURES
from llmagentos.messages.records import EntityDescription, Property
from llmagentos.messages.values import Json

MAX_EXPOSES = 400
SPECIFIC = {"light": "light", "switch": "switch", "fan": "fan", "cover": "cover", "lock": "lock", "climate": "climate"}
STATE, SET = 1, 2
PERCENT = (0.0, 100.0)

_BINARY_KINDS = {
    "contact": "door", "occupancy": "occupancy", "presence": "occupancy", "water_leak": "moisture", "smoke": "smoke",
    "gas": "gas", "carbon_monoxide": "carbon monoxide", "vibration": "vibration", "tamper": "tamper",
    "battery_low": "battery", "motion": "motion", "moving": "moving", "rain": "moisture", "sos": "safety",
}  # fmt: skip
_MEASURE_KINDS = {"co2": "carbon dioxide", "co": "carbon monoxide", "voc": "volatile organic compounds",
                  "illuminance_lux": "illuminance", "linkquality": "signal strength", "soil_moisture": "moisture",
                  "device_temperature": "temperature"}  # fmt: skip
_CLIMATE = {"occupied_heating_setpoint": "temperature", "current_heating_setpoint": "temperature",
            "local_temperature": "current temperature", "system_mode": "mode", "running_state": "action",
            "fan_mode": "fan mode", "swing_mode": "swing", "preset": "preset"}  # fmt: skip
_FAN = {"mode": "preset", "speed": "speed"}


@dataclass(frozen=True, slots=True)
class Leaf:
    """One value on the wire: where it is in the JSON, and how it maps. `expose` is the device's own description."""

    expose: dict[str, Any]
    path: tuple[str, ...]

    @property
    def access(self) -> int:
        value = self.expose.get("access")
        return value if isinstance(value, int) else 0

    @property
    def name(self) -> str:
        return str(self.expose.get("name") or self.path[-1])


def leaves(expose: dict[str, Any], path: tuple[str, ...] = (), depth: int = 0) -> Iterator[Leaf]:
    """The leaves of an expose: composites are opened, lists stay whole."""
    key = expose.get("property")
    own = (*path, key) if isinstance(key, str) and key else path
    features = expose.get("features")
    if isinstance(features, list) and depth < 6:
        for feature in features[:MAX_EXPOSES]:
            if isinstance(feature, dict):
                yield from leaves(feature, own, depth + 1)
    elif own:
        yield Leaf(expose, own)


def entities(device: str, name: str, area: str | None, exposes: list[Any], topic: str) -> list[Entity]:
    """All entities of a device. `topic` is where it reports; commands go to `topic/set`."""
    made: dict[str, Entity] = {}
    for expose in exposes[:MAX_EXPOSES]:
        if not isinstance(expose, dict):
            continue
        kind = expose.get("type")
        endpoint = expose.get("endpoint")
        suffix = f" {endpoint}" if isinstance(endpoint, str) and endpoint else ""
        if isinstance(kind, str) and kind in SPECIFIC:
            base = EntityDescription(id=f"z2m.{device}{slug(suffix) if suffix else ''}", entity_class=SPECIFIC[kind],
                                     name=f"{name}{suffix}"[:MAX_NAME], device=device, area=area)  # fmt: skip
            channels = _specific_channels(kind, expose, topic)
            if channels:
                made.setdefault(base.id, describe(base, channels, {}))
            continue
        for leaf in leaves(expose):
            entity = _generic(device, name, area, leaf, topic)
            made.setdefault(entity.description.id, entity)
    return list(made.values())


def _specific_channels(kind: str, expose: dict[str, Any], topic: str) -> list[Channel]:
    channels: list[Channel] = []
    names: set[str] = set()
    for leaf in leaves(expose):
        if len(leaf.path) > 1 and leaf.path[0].startswith("color") and leaf.path[-1] in ("x", "y", "hue", "saturation"):
            made = [generic_channel(leaf, topic, "_".join(leaf.path).replace("_", " "))]
        else:
            made = _known_channel(kind, leaf, topic) or [generic_channel(leaf, topic, leaf.name.replace("_", " "))]
        for channel in made:
            name = channel.property.name
            if name in names:
                name = "_".join(leaf.path).replace("_", " ")
            names.add(name)
            channels.append(replace(channel, property=replace(channel.property, name=name)))
    if kind == "light" and any(leaf.path[0] == "color" and leaf.access & SET for leaf in leaves(expose)):
        channels.append(_color_channel(topic))
    return channels


def _known_channel(kind: str, leaf: Leaf, topic: str) -> list[Channel]:
    """The channels of a feature that its class has a property for."""
    name = leaf.name
    if name == "state" and kind in ("light", "switch", "fan"):
        return [_binary(leaf, topic, "on")]
    if name == "brightness" and kind == "light":
        return [
            _scaled(leaf, topic, Property(name="brightness", kind="number", unit="%", minimum=0, maximum=100), (0, 254))
        ]
    if name == "color_temp" and kind == "light":
        return [_color_temperature(leaf, topic)]
    if name in ("position", "tilt") and kind == "cover":
        return [_scaled(leaf, topic, Property(name=name, kind="number", unit="%", minimum=0, maximum=100), PERCENT)]
    if name == "state" and kind == "cover":
        return _cover_state(leaf, topic)
    if name == "state" and kind == "lock":
        return [_words(leaf, topic, "state", {"LOCK": "locked", "UNLOCK": "unlocked"})]
    if kind == "climate" and name in _CLIMATE:
        return [generic_channel(leaf, topic, _CLIMATE[name])]
    if kind == "fan" and name in _FAN and leaf.expose.get("type") == "enum":
        return [generic_channel(leaf, topic, "preset")]
    return []


def _generic(device: str, name: str, area: str | None, leaf: Leaf, topic: str) -> Entity:
    kind = leaf.expose.get("type")
    writable = bool(leaf.access & SET)
    entity_class, kind_word, prop = "sensor", "", "value"
    if kind == "binary":
        entity_class, prop = ("switch", "on") if writable else ("binary sensor", "on")
        kind_word = _BINARY_KINDS.get(leaf.name, "") if not writable else ""
    elif kind == "numeric":
        entity_class = "number" if writable else "sensor"
        kind_word = _MEASURE_KINDS.get(leaf.name, leaf.name.replace("_", " "))
        kind_word = kind_word if kind_word in MEASURES else ""
    elif kind == "enum":
        entity_class = "select" if writable else "sensor"
    elif writable:
        entity_class = "text"
    label = str(leaf.expose.get("label") or leaf.name.replace("_", " "))
    description = EntityDescription(
        id=f"z2m.{device}.{slug('_'.join(leaf.path))}", entity_class=entity_class, kind=kind_word, area=area,
        name=f"{name} {label}"[:MAX_NAME], device=device, diagnostic=leaf.expose.get("category") in ("config", "diagnostic"),
    )  # fmt: skip
    channel = _binary(leaf, topic, prop) if kind == "binary" else generic_channel(leaf, topic, prop)
    return describe(description, [channel], {})


def _channel(
    leaf: Leaf, topic: str, prop: Property, decode: Callable[[Any], Decoded], encode: Callable[[Json], Json]
) -> Channel:
    """A channel at the leaf's place in the state and set messages."""
    readable, writable = bool(leaf.access & STATE), bool(leaf.access & SET)

    def read(payload: str) -> Decoded:
        value = json_of(payload)
        for key in leaf.path:
            if not isinstance(value, dict) or key not in value:
                return UNKNOWN
            value = value[key]
        return None if value is None else decode(value)

    def write(value: Json) -> list[Publish]:
        nested: Json = encode(value)
        for key in reversed(leaf.path):
            nested = {key: nested}
        return [Publish(f"{topic}/set", json.dumps(nested, ensure_ascii=False))]

    full = replace(prop, readable=readable, writable=writable, optimistic=writable and not readable)
    return Channel(full, topic if readable else None, read if readable else None, write if writable else None)


def generic_channel(leaf: Leaf, topic: str, name: str) -> Channel:
    """A leaf as its type says: numeric with unit and range, enum with options, binary, text, or JSON as it is."""
    kind = leaf.expose.get("type")
    if kind == "binary":
        return _binary(leaf, topic, name)
    if kind == "numeric":
        prop = Property(name=name, kind="number", unit=str(leaf.expose.get("unit") or ""), minimum=_bound(leaf, "value_min"),
                        maximum=_bound(leaf, "value_max"), step=_bound(leaf, "value_step"))  # fmt: skip
        return _channel(
            leaf, topic, prop, number_of, lambda value: plain(value) if isinstance(value, int | float) else value
        )
    if kind == "enum":
        values = leaf.expose.get("values")
        wire = (
            {str(one): one for one in values[:MAX_EXPOSES] if isinstance(one, str | int)}
            if isinstance(values, list)
            else {}
        )
        prop = Property(name=name, kind="enum", options=tuple(wire))
        return _channel(leaf, topic, prop, lambda value: word_of(str(value)) if isinstance(value, str | int) else UNKNOWN,
                        lambda value: wire.get(str(value), value))  # fmt: skip
    if kind == "text":
        return _channel(
            leaf,
            topic,
            Property(name=name, kind="text"),
            lambda value: str(value)[:1_000] if isinstance(value, str | int | float) else UNKNOWN,
            lambda value: value,
        )
    return _channel(leaf, topic, Property(name=name, kind="json"), lambda value: value, lambda value: value)


def _bound(leaf: Leaf, key: str) -> float | None:
    value = number_of(leaf.expose.get(key))
    return value if isinstance(value, float) else None


def _binary(leaf: Leaf, topic: str, name: str) -> Channel:
    on, off = leaf.expose.get("value_on", True), leaf.expose.get("value_off", False)

    def decode(value: Any) -> Decoded:
        if value == on and type(value) is type(on):
            return True
        return False if value == off and type(value) is type(off) else UNKNOWN

    return _channel(leaf, topic, Property(name=name, kind="bool"), decode, lambda value: on if value else off)


def _scaled(leaf: Leaf, topic: str, prop: Property, default: tuple[float, float]) -> Channel:
    low, high = _bound(leaf, "value_min"), _bound(leaf, "value_max")
    wire = (low if low is not None else default[0], high if high is not None and high > (low or 0) else default[1])

    def decode(value: Any) -> Decoded:
        number = number_of(value)
        return scale(number, wire, PERCENT) if isinstance(number, float) else number

    return _channel(leaf, topic, prop, decode, lambda value: round(scale(float(value), PERCENT, wire)))  # type: ignore[arg-type]  # kind "number" is checked before


def _color_temperature(leaf: Leaf, topic: str) -> Channel:
    low, high = _bound(leaf, "value_min") or 150, _bound(leaf, "value_max") or 500
    prop = Property(
        name="color temperature",
        kind="number",
        unit="K",
        minimum=round(1e6 / max(high, 1)),
        maximum=round(1e6 / max(low, 1)),
    )

    def decode(value: Any) -> Decoded:
        number = number_of(value)
        return float(round(1e6 / number)) if isinstance(number, float) and number > 0 else UNKNOWN

    return _channel(leaf, topic, prop, decode, lambda value: round(1e6 / float(value)))  # type: ignore[arg-type]  # as above


def _words(leaf: Leaf, topic: str, name: str, says: dict[str, str]) -> Channel:
    sends = {word: wire for wire, word in says.items()}
    prop = Property(name=name, kind="enum", options=tuple(sends))
    return _channel(
        leaf, topic, prop, lambda value: says.get(str(value), UNKNOWN), lambda value: sends.get(str(value), value)
    )


def _cover_state(leaf: Leaf, topic: str) -> list[Channel]:
    state = _words(leaf, topic, "state", {"OPEN": "open", "CLOSE": "closed"})
    stop = Property(name="stop", kind="action", readable=False, writable=True, options=("stop",))
    values = leaf.expose.get("values")
    if not (leaf.access & SET and isinstance(values, list) and "STOP" in values):
        return [state]
    key = leaf.path[0]
    return [state, Channel(stop, None, None, lambda _value: [Publish(f"{topic}/set", json.dumps({key: "STOP"}))])]


def _color_channel(topic: str) -> Channel:
    """Named colours over Zigbee2MQTT's `color: {r, g, b}`, which it converts for every light."""

    def read(payload: str) -> Decoded:
        data = json_of(payload)
        color = data.get("color") if isinstance(data, dict) else None
        if isinstance(color, dict) and all(isinstance(color.get(one), int | float) for one in "rgb"):
            return nearest_color((color["r"], color["g"], color["b"]))
        return UNKNOWN

    def write(value: Json) -> list[Publish]:
        return [Publish(f"{topic}/set", json.dumps({"color": dict(zip("rgb", COLORS[str(value)], strict=True))}))]

    return Channel(replace(COLOR, writable=True, optimistic=True), topic, read, write)
