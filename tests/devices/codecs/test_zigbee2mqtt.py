import gzip
import json
from collections.abc import Iterator
from typing import Any

import pytest

from llmagentos.devices.codecs import Availability, CannotEncode, Described, Gone, Publish, Reported
from llmagentos.devices.codecs.channels import Channel
from llmagentos.devices.codecs.exposes import SET, STATE, Leaf, entities, leaves
from llmagentos.devices.codecs.payloads import UNKNOWN
from llmagentos.devices.codecs.zigbee2mqtt import Zigbee2MqttCodec
from llmagentos.messages.records import Command, Property
from tests.shared import needs

BULB = {
    "friendly_name": "küche/Lampe 1", "ieee_address": "0x01", "type": "Router",
    "definition": {"exposes": [
        {"type": "light", "features": [
            {"name": "state", "property": "state", "type": "binary", "access": 7, "value_on": "ON", "value_off": "OFF"},
            {"name": "brightness", "property": "brightness", "type": "numeric", "access": 7, "value_min": 0, "value_max": 254}]},
        {"name": "linkquality", "property": "linkquality", "type": "numeric", "access": 1, "unit": "lqi"}]},
}  # fmt: skip


def bridge(*devices: dict[str, Any]) -> Zigbee2MqttCodec:
    codec = Zigbee2MqttCodec()
    codec.receive("zigbee2mqtt/bridge/devices", json.dumps(devices).encode(), 0)
    return codec


def test_describes_reports_and_commands() -> None:
    codec = Zigbee2MqttCodec()
    outputs = codec.receive("zigbee2mqtt/bridge/devices", json.dumps([BULB]).encode(), 0)
    assert {one.entity.id for one in outputs if isinstance(one, Described)} == {"z2m.0x01", "z2m.0x01.linkquality"}
    said = codec.receive("zigbee2mqtt/küche/Lampe 1", b'{"state": "ON", "brightness": 127, "linkquality": 80}', 0)
    assert said == [
        Reported("z2m.0x01", "on", True),
        Reported("z2m.0x01", "brightness", 50.0),
        Reported("z2m.0x01.linkquality", "value", 80.0),
    ]
    sent = codec.encode(Command(entity="z2m.0x01", property="brightness", value=50, verb="set"))
    assert sent == [Publish("zigbee2mqtt/küche/Lampe 1/set", '{"brightness": 127}')]
    with pytest.raises(CannotEncode):
        codec.encode(Command(entity="z2m.0x01.linkquality", property="value", value=1, verb="set"))


def test_devices_leave_and_go_offline() -> None:
    codec = bridge(BULB)
    assert Availability("z2m.0x01", False) in codec.receive(
        "zigbee2mqtt/küche/Lampe 1/availability", b'{"state":"offline"}', 0
    )
    assert Availability("z2m.0x01", False) in codec.receive("zigbee2mqtt/bridge/state", b"offline", 0)
    assert Gone("z2m.0x01") in codec.receive("zigbee2mqtt/bridge/devices", b"[]", 0)


def test_a_real_bridge() -> None:
    devices = json.loads(needs("devices/luligu-bridge-devices.json").read_text())
    codec = Zigbee2MqttCodec()
    outputs = codec.receive("zigbee2mqtt/bridge/devices", json.dumps(devices).encode(), 0)
    assert len([one for one in outputs if isinstance(one, Described)]) > 100
    reported = 0
    for line in needs("devices/luligu-bridge-payloads.txt").read_text().splitlines():
        try:
            entry = json.loads(line)
        except ValueError:
            continue
        topic = f"zigbee2mqtt/{entry['entity']}" + (f"/{entry['service']}" if entry.get("service") else "")
        reported += len(
            [one for one in codec.receive(topic, entry["payload"].encode(), 0) if isinstance(one, Reported)]
        )
    assert reported > 1_000


def sample(prop: Property) -> Any:
    if prop.kind == "bool":
        return True
    if prop.kind == "number":
        low = prop.minimum if prop.minimum is not None else 0
        high = prop.maximum if prop.maximum is not None else low + 100
        return float(round((low + high) / 2))
    return prop.options[0] if prop.options else {"a": 1} if prop.kind == "json" else "x"


def mapped(leaf: Leaf, prop: Property) -> bool:
    """Whether a property has the leaf's type, unit and range (percent, kelvin and words of a class count as its range)."""
    kind = {"numeric": "number", "binary": "bool", "enum": "enum", "text": "text"}.get(
        str(leaf.expose.get("type")), "json"
    )
    if prop.unit in ("%", "K") and leaf.name in ("brightness", "color_temp", "position", "tilt"):
        return True
    if prop.kind == "enum" and prop.name == "state":
        return True
    return (
        prop.kind == kind
        and prop.unit == (leaf.expose.get("unit") or "")
        and prop.minimum == leaf.expose.get("value_min")
        and prop.maximum == leaf.expose.get("value_max")
    )


def every_leaf(exposes: list[Any]) -> Iterator[Leaf]:
    for expose in exposes:
        yield from leaves(expose)


def wire_sample(leaf: Leaf) -> Any:
    """A value the device itself could send for this leaf."""
    kind = leaf.expose.get("type")
    if kind == "binary":
        return leaf.expose.get("value_on", True)
    if kind == "numeric":
        return leaf.expose.get("value_max", leaf.expose.get("value_min", 0))
    if kind == "enum":
        return (leaf.expose.get("values") or ["x"])[0]
    return "x" if kind == "text" else [1]


def nested(path: tuple[str, ...], value: Any) -> Any:
    for key in reversed(path):
        value = {key: value}
    return value


def concerns(leaf: Leaf, channel: Channel) -> bool:
    """Whether a channel reads this leaf's place in the state, or, for what is only set, writes there."""
    if channel.read is not None:
        return channel.read(json.dumps(nested(leaf.path, wire_sample(leaf)))) is not UNKNOWN
    if channel.write is None or channel.property.kind == "action":
        return False
    written = json.loads(channel.write(sample(channel.property))[0].payload)
    for key in leaf.path:
        if not isinstance(written, dict) or key not in written:
            return False
        written = written[key]
    return True


def test_all_known_device_models() -> None:
    """4,516 models: none breaks the codec, at least 95 % of properties are mapped, writable ones round-trip."""
    models = json.loads(gzip.decompress(needs("devices/zigbee2mqtt-exposes.json.gz").read_bytes()))
    total = good = written = returned = 0
    for model in models:
        channels = [
            channel for entity in entities("0x01", "It", None, model["exposes"], "z/It") for channel in entity.channels
        ]
        for leaf in every_leaf(model["exposes"]):
            if not leaf.access & (STATE | SET):
                continue  # it can only be asked for; nothing is ever said of it
            total += 1
            good += any(
                concerns(leaf, channel) and mapped(leaf, channel.property)
                and channel.property.writable == bool(leaf.access & SET) and channel.property.readable == bool(leaf.access & STATE)
                for channel in channels
            )  # fmt: skip
        for channel in channels:
            if not (channel.property.writable and channel.property.readable and channel.write and channel.read):
                continue
            if channel.property.name == "color":
                continue  # the bridge converts r, g, b to what the lamp has; it does not echo them
            written += 1
            value = sample(channel.property)
            [sent] = channel.write(value)
            back = channel.read(sent.payload)
            returned += back == value or (isinstance(back, float) and abs(back - value) <= max(0.4, abs(value) * 0.01))
    assert len(models) == 4516
    assert good / total >= 0.95, good / total
    assert returned / written >= 0.99, returned / written
