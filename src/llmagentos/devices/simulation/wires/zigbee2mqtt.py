"""A Zigbee2MQTT bridge with its devices: lights, switches, covers, sensors."""

import json
from collections.abc import Iterable
from typing import Any

from llmagentos.devices.simulation.devices import Device
from llmagentos.devices.simulation.wires.port import Message, on_off
from llmagentos.messages.values import Json


def _feature(name: str, kind: str, access: int, **more: Any) -> dict[str, Any]:
    return {"name": name, "property": name, "type": kind, "access": access, **more}


_SWITCH = _feature("state", "binary", 7, value_on="ON", value_off="OFF")
_BRIGHTNESS = _feature("brightness", "numeric", 7, value_min=0, value_max=254)
_MOVEMENT = _feature("state", "enum", 3, values=["OPEN", "CLOSE", "STOP"])
_POSITION = _feature("position", "numeric", 7, value_min=0, value_max=100, unit="%")
_CONTACTS = {"door": "contact", "window": "contact", "motion": "occupancy", "moisture": "water_leak"}


class Zigbee2MqttWire:
    """A bridge with its devices: lights, switches, covers, sensors."""

    def __init__(self, base: str = "zigbee2mqtt") -> None:
        self._base = base
        self._names: dict[str, str] = {}

    def announce(self, devices: list[Device]) -> Iterable[Message]:
        self._names = {device.spec.name: device.spec.id for device in devices}
        described = [{"friendly_name": one.spec.name, "ieee_address": one.spec.id, "type": "EndDevice", "disabled": False,
                      "definition": {"model": one.spec.entity_class, "vendor": "simulated", "exposes": self.exposes(one)}}
                     for one in devices]  # fmt: skip
        yield f"{self._base}/bridge/state", '{"state": "online"}', True
        yield f"{self._base}/bridge/devices", json.dumps(described, ensure_ascii=False), True
        for one in devices:
            yield (
                f"{self._base}/{one.spec.name}/availability",
                json.dumps({"state": "online" if one.online else "offline"}),
                True,
            )

    def retract(self, devices: list[Device]) -> Iterable[Message]:
        yield f"{self._base}/bridge/devices", "[]", True

    def exposes(self, device: Device) -> list[dict[str, Any]]:
        """The device's exposes, as Zigbee2MQTT words them."""
        spec = device.spec
        if spec.entity_class in ("switch", "outlet"):
            return [{"type": "switch", "features": [_SWITCH]}]
        if spec.entity_class == "light":
            return [
                {"type": "light", "features": [_SWITCH, *([_BRIGHTNESS] if "brightness" in spec.properties else [])]}
            ]
        if spec.entity_class == "cover":
            return [{"type": "cover", "features": [_MOVEMENT, _POSITION]}]
        if spec.entity_class == "binary sensor":
            word = _CONTACTS.get(spec.kind, "state")
            closed = word == "contact"  # Zigbee contacts are true when closed
            return [_feature(word, "binary", 1, value_on=not closed, value_off=closed)]
        unit = next(iter(spec.properties.values()), {}).get("unit", "")
        return [{**_feature("value", "numeric", 1, unit=unit), "name": spec.kind or "value"}]

    def state(self, device: Device) -> Iterable[Message]:
        spec, values = device.spec, device.values
        payload: dict[str, Json] = {"linkquality": 120}
        if "on" in values and spec.entity_class != "binary sensor":
            payload["state"] = on_off(values["on"])
        if "brightness" in values and isinstance(values["brightness"], int | float):
            payload["brightness"] = round(values["brightness"] * 2.54)
        if spec.entity_class == "cover":
            payload |= {
                "state": "OPEN" if values.get("state") in ("open", "opening") else "CLOSE",
                "position": values.get("position"),
            }
        if spec.entity_class == "binary sensor":
            expose = self.exposes(device)[0]
            payload[expose["property"]] = expose["value_on"] if values.get("on") else expose["value_off"]
        if "value" in values:
            payload["value"] = values["value"]
        yield f"{self._base}/{spec.name}", json.dumps(payload), True

    def filters(self) -> tuple[str, ...]:
        return (f"{self._base}/#",)

    def receive(self, topic: str, payload: str) -> tuple[str, str, Json] | None:
        name = topic.removeprefix(f"{self._base}/").removesuffix("/set")
        if not topic.endswith("/set") or name not in self._names:
            return None
        [(key, value)] = json.loads(payload).items()
        device = self._names[name]
        if key == "state" and value in ("ON", "OFF"):
            return device, "on", value == "ON"
        if key == "state":
            return (
                device,
                {"OPEN": "state", "CLOSE": "state"}.get(value, "stop"),
                {"OPEN": "open", "CLOSE": "closed"}.get(value),
            )
        if key == "brightness":
            return device, key, round(value / 2.54)
        return device, key, value
