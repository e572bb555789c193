"""The simulated site: devices, rooms and weather as one state that steps through time. No I/O."""

import math
from dataclasses import dataclass
from typing import Any

from llmagentos.devices.simulation.devices import Device, DeviceSpec
from llmagentos.devices.simulation.thermal import Building, Room
from llmagentos.messages.values import Json


@dataclass(frozen=True, slots=True)
class SiteSpec:
    """The `simulate` part of a site file."""

    devices: tuple[DeviceSpec, ...]
    rooms: tuple[Room, ...] = ()
    outside_c: float | None = 6.0
    """None: no weather; what devices report of it stays as the file says."""
    start_c: float = 19.0
    speed: float = 1.0
    """Simulated seconds per second."""


class SimulatedSite:
    """All devices by id, and the physics that moves some of their values."""

    def __init__(self, spec: SiteSpec) -> None:
        self.spec = spec
        self.devices = {one.id: Device(one) for one in spec.devices}
        self.building = Building(spec.rooms, spec.start_c)

    def command(self, device_id: str, name: str, value: Json) -> None:
        """A command arrived over some wire."""
        device = self.devices.get(device_id)
        if device is None or not device.online:
            return
        shape = device.spec.properties.get(name, {})
        if shape.get("kind") == "action" or device.spec.entity_class in ("button", "scene"):
            device.action(name, dict(value) if isinstance(value, dict) else {})
            for target, settings in device.spec.settings.items():
                for key, wanted in settings.items():
                    self.devices[target].command(key, wanted)
            self._count(device)
        else:
            device.command(name, value)

    def _count(self, device: Device) -> None:
        counter = self.devices.get(f"{device.spec.id}_counter")
        if counter is not None:
            counter.put("value", device.values.get("presses", 0))

    def step(self, seconds: float, clock_s: float) -> None:
        """Let simulated time pass; `clock_s` is the time of day and year in seconds since the epoch."""
        for device in self.devices.values():
            device.step(seconds)
        if self.spec.outside_c is None:
            return
        outside, sun = weather(self.spec.outside_c, clock_s)
        self.building.step(seconds, outside, sun, self._heating())
        self._measure(outside)

    def _heating(self) -> dict[str, float]:
        power: dict[str, float] = {}
        for device in self.devices.values():
            room = device.spec.heats
            if room and device.spec.power_w:
                power[room] = power.get(room, 0.0) + device.spec.power_w * self._duty(device, room)
        return power

    def _duty(self, device: Device, room: str) -> float:
        if device.spec.entity_class != "climate":
            return 1.0 if device.values.get("on") else 0.0
        target = device.values.get("temperature")
        if (
            device.values.get("mode") in (None, "off")
            or not isinstance(target, int | float)
            or room not in self.building.heat
        ):
            return 0.0
        return min(1.0, max(0.0, target - self.building.heat[room].air))

    def _measure(self, outside: float) -> None:
        for device in self.devices.values():
            spec, room = device.spec, device.spec.heats or device.spec.area
            heat = self.building.heat.get(room or "")
            if spec.entity_class == "climate" and heat and "current temperature" in spec.properties:
                device.put("current temperature", round(heat.air, 1))
            elif (
                spec.entity_class == "sensor"
                and spec.kind == "temperature"
                and heat
                and spec.values.get("follows") == "room"
            ):
                device.put("value", round(heat.air, 1))
            elif spec.entity_class == "weather":
                device.put("temperature", round(outside, 1))

    def load(self, values: dict[str, dict[str, Any]]) -> None:
        """Set a state from outside: a test's setup. Unlisted devices return to their first state."""
        for device in self.devices.values():
            device.values = {**device.spec.values, **values.get(device.spec.id, {})}
            device.changed = True


def weather(mean_c: float, clock_s: float) -> tuple[float, float]:
    """Outside temperature and sun on a window (W/m²) at a time: a clear day, warmest at three, lightest at noon (UTC)."""
    hour = clock_s / 3600 % 24
    temperature = mean_c + 4 * math.cos((hour - 15) / 24 * 2 * math.pi)
    return temperature, max(0.0, 400 * math.sin((hour - 6) / 12 * math.pi))
