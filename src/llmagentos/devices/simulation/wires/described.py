"""Our own description topic, see `devices.codecs.described`."""

import json
from collections.abc import Iterable

from llmagentos.devices.simulation.devices import Device
from llmagentos.devices.simulation.wires.port import Message
from llmagentos.messages.values import Json


class DescribedWire:
    """Our own description topic."""

    def __init__(self, base: str = "agentos") -> None:
        self._base = base

    def announce(self, devices: list[Device]) -> Iterable[Message]:
        for device in devices:
            spec = device.spec
            description = {"class": spec.entity_class, "name": spec.name, "area": spec.area, "kind": spec.kind,
                           "aliases": list(spec.aliases), "properties": spec.properties}  # fmt: skip
            yield f"{self._base}/{spec.id}/describe", json.dumps(description, ensure_ascii=False), True
            yield f"{self._base}/{spec.id}/availability", "online" if device.online else "offline", True

    def retract(self, devices: list[Device]) -> Iterable[Message]:
        for device in devices:
            yield f"{self._base}/{device.spec.id}/describe", "", True

    def state(self, device: Device) -> Iterable[Message]:
        values = {
            name: device.values.get(name)
            for name, shape in device.spec.properties.items()
            if shape.get("kind") != "action"
        }
        yield f"{self._base}/{device.spec.id}/state", json.dumps(values, ensure_ascii=False), True

    def filters(self) -> tuple[str, ...]:
        return (f"{self._base}/+/set", f"{self._base}/+/do")

    def receive(self, topic: str, payload: str) -> tuple[str, str, Json] | None:
        parts = topic.split("/")
        if len(parts) != 3 or parts[0] != self._base or parts[2] not in ("set", "do"):
            return None
        data = json.loads(payload)
        if parts[2] == "do":
            return parts[1], str(data.pop("action")), data
        [(name, value)] = data.items()
        return parts[1], name, value
