"""Home Assistant discovery: a config, one JSON state topic and a command topic a property."""

import json
from collections.abc import Iterable
from typing import Any

from llmagentos.devices.codecs.discovery.colors import COLORS, nearest_color
from llmagentos.devices.codecs.payloads import number_of, plain
from llmagentos.devices.simulation.devices import Device
from llmagentos.devices.simulation.wires.port import Message, on_off
from llmagentos.messages.values import Json

_KEYS: dict[tuple[str, str], tuple[str, str, str]] = {
    ("light", "on"): ("state_topic", "state_value_template", "command_topic"),
    ("light", "brightness"): ("brightness_state_topic", "brightness_value_template", "brightness_command_topic"),
    ("light", "color temperature"): ("color_temp_state_topic", "color_temp_value_template", "color_temp_command_topic"),
    ("light", "color"): ("rgb_state_topic", "rgb_value_template", "rgb_command_topic"),
    ("light", "effect"): ("effect_state_topic", "effect_value_template", "effect_command_topic"),
    ("fan", "on"): ("state_topic", "state_value_template", "command_topic"),
    ("fan", "speed"): ("percentage_state_topic", "percentage_value_template", "percentage_command_topic"),
    ("fan", "oscillation"): ("oscillation_state_topic", "oscillation_value_template", "oscillation_command_topic"),
    ("fan", "preset"): ("preset_mode_state_topic", "preset_mode_value_template", "preset_mode_command_topic"),
    ("cover", "position"): ("position_topic", "position_template", "set_position_topic"),
    ("climate", "mode"): ("mode_state_topic", "mode_state_template", "mode_command_topic"),
    ("climate", "temperature"): ("temperature_state_topic", "temperature_state_template", "temperature_command_topic"),
    ("climate", "current temperature"): ("current_temperature_topic", "current_temperature_template", ""),
    ("climate", "current humidity"): ("current_humidity_topic", "current_humidity_template", ""),
    ("climate", "fan mode"): ("fan_mode_state_topic", "fan_mode_state_template", "fan_mode_command_topic"),
    ("climate", "preset"): ("preset_mode_state_topic", "preset_mode_value_template", "preset_mode_command_topic"),
    ("humidifier", "on"): ("state_topic", "state_value_template", "command_topic"),
    ("humidifier", "humidity"): ("target_humidity_state_topic", "target_humidity_state_template", "target_humidity_command_topic"),
    ("siren", "on"): ("state_topic", "state_value_template", "command_topic"),
    ("lawn mower", "activity"): ("activity_state_topic", "activity_value_template", ""),
    ("vacuum", "activity"): ("state_topic", "", "command_topic"),
}  # fmt: skip
_EXTRA: dict[str, dict[str, Any]] = {
    "cover": {"payload_open": "open", "payload_close": "closed", "payload_stop": "stop"},
    "valve": {"payload_open": "open", "payload_close": "closed", "payload_stop": "stop"},
    "lock": {"payload_lock": "locked", "payload_unlock": "unlocked", "state_locked": "locked", "state_unlocked": "unlocked"},
    "vacuum": {"payload_start": "cleaning", "payload_pause": "paused", "payload_stop": "idle", "payload_return_to_base": "returning"},
    "light": {"brightness_scale": 100, "color_temp_kelvin": True},
    "fan": {"payload_oscillation_on": "ON", "payload_oscillation_off": "OFF"},
    "scene": {"payload_on": "activate"},
    "button": {"payload_press": "press"},
}  # fmt: skip
_OPTIONS = {("fan", "preset"): "preset_modes", ("climate", "mode"): "modes", ("climate", "preset"): "preset_modes",
            ("climate", "fan mode"): "fan_modes", ("light", "effect"): "effect_list", ("select", "value"): "options"}  # fmt: skip
_COMPONENTS = {"lawn mower": "lawn_mower", "binary sensor": "binary_sensor", "outlet": "switch"}
HOMEASSISTANT_CLASSES = frozenset(
    ("light", "switch", "outlet", "cover", "lock", "fan", "climate", "valve", "vacuum", "lawn mower", "humidifier", "siren",
     "scene", "button", "number", "select", "text", "sensor", "binary sensor")
)  # fmt: skip


class HomeAssistantWire:
    """Discovery configs with one JSON state topic a device and a command topic a property."""

    def __init__(self, prefix: str = "homeassistant", base: str = "house") -> None:
        self._prefix, self._base = prefix, base

    def announce(self, devices: list[Device]) -> Iterable[Message]:
        for device in devices:
            yield self._topic(device), json.dumps(self.config(device), ensure_ascii=False), True
            yield f"{self._base}/{device.spec.id}/online", "online" if device.online else "offline", True

    def retract(self, devices: list[Device]) -> Iterable[Message]:
        for device in devices:
            yield self._topic(device), "", True

    def _topic(self, device: Device) -> str:
        component = _COMPONENTS.get(device.spec.entity_class, device.spec.entity_class)
        return f"{self._prefix}/{component}/{device.spec.id}/config"

    def config(self, device: Device) -> dict[str, Any]:
        """The discovery config of a device, single-component form."""
        spec = device.spec
        own = spec.id.partition(".")[2] or spec.id
        config: dict[str, Any] = {
            "name": spec.name, "unique_id": spec.id, "object_id": own, "~": f"{self._base}/{spec.id}",
            "availability_topic": "~/online",
            "device": {"identifiers": [spec.id], **({"suggested_area": spec.area} if spec.area else {})},
            **_EXTRA.get(spec.entity_class, {}),
        }  # fmt: skip
        kind = "outlet" if spec.entity_class == "outlet" else spec.kind.replace(" ", "_")
        if kind:
            config["device_class"] = kind
        positioned = spec.entity_class == "valve" and "position" in spec.properties
        for name, shape in spec.properties.items():
            if not (positioned and name == "state"):  # a valve that knows its position speaks of nothing else
                config |= self._property(spec.entity_class, name, shape)
        if positioned:
            config["reports_position"] = True
        if spec.entity_class == "lawn mower":
            config |= {f"{word}_command_topic": "~/set/activity" for word in ("start_mowing", "pause", "dock")}
        if spec.entity_class in ("scene", "button"):
            config["command_topic"] = "~/set/do"
        return config

    def _property(self, entity_class: str, name: str, shape: dict[str, Any]) -> dict[str, Any]:
        state, template, command = _KEYS.get((entity_class, name), ("state_topic", "value_template", "command_topic"))
        if shape.get("kind") == "action":
            return {}
        config: dict[str, Any] = {state: "~/state"}
        if template:
            config[template] = f"{{{{ value_json['{name}'] }}}}"
        if command and shape.get("writable"):
            config[command] = f"~/set/{name}"
        if entity_class == "climate" and name == "temperature":
            config |= {
                "min_temp": shape.get("min", 7),
                "max_temp": shape.get("max", 35),
                "temperature_unit": str(shape.get("unit", "C"))[-1],
            }
        elif entity_class in ("number",):
            config |= {"min": shape.get("min", 0), "max": shape.get("max", 100), "step": shape.get("step", 1)}
        if shape.get("unit") and entity_class in ("sensor", "number"):
            config["unit_of_measurement"] = shape["unit"]
        if (entity_class, name) in _OPTIONS and shape.get("options"):
            config[_OPTIONS[entity_class, name]] = shape["options"]
        return config

    def state(self, device: Device) -> Iterable[Message]:
        spec = device.spec
        if spec.entity_class in ("scene", "button"):
            return
        values = {name: on_off(device.values.get(name)) for name in spec.properties}
        if isinstance(values.get("color"), str):
            values["color"] = ",".join(map(str, COLORS.get(str(values["color"]), (255, 255, 255))))
        if spec.entity_class == "vacuum":
            values["state"] = values.get("activity")
        yield f"{self._base}/{spec.id}/state", json.dumps(values, ensure_ascii=False), True

    def filters(self) -> tuple[str, ...]:
        return (f"{self._base}/+/set/+",)

    def receive(self, topic: str, payload: str) -> tuple[str, str, Json] | None:
        parts = topic.split("/")
        if len(parts) != 4 or parts[0] != self._base or parts[2] != "set":
            return None
        name = parts[3]
        if name == "do" or payload in ("stop", "locate"):
            return parts[1], payload, None
        words = {"start_mowing": "mowing", "pause": "paused", "dock": "returning"}
        if name == "color":
            rgb = [number_of(one) for one in payload.split(",")]
            numbers = [one for one in rgb if isinstance(one, float)]
            return (parts[1], name, nearest_color((numbers[0], numbers[1], numbers[2]))) if len(numbers) == 3 else None
        if payload in ("ON", "OFF"):
            return parts[1], name, payload == "ON"
        number = number_of(payload)
        return parts[1], name, plain(number) if isinstance(number, float) else words.get(payload, payload)
