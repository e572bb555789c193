import json
from typing import Any

import pytest

from llmagentos.devices.codecs import Availability, CannotEncode, Described, Gone, Publish, Reported
from llmagentos.devices.codecs.zigbee2mqtt import Zigbee2MqttCodec
from llmagentos.messages.records import Command
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
