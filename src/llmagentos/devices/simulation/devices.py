"""What simulated devices do with what they are told: values in, values out, one small behaviour a class. No I/O.

Values are in the site's own words and units; `wires` translates them for each protocol.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from llmagentos.messages.values import Json


@dataclass(frozen=True, slots=True)
class DeviceSpec:
    """One device of a site file. `properties` are in the form of our description topic; `values` is its first state."""

    id: str
    entity_class: str
    name: str
    via: str = "homeassistant"
    area: str | None = None
    kind: str = ""
    aliases: tuple[str, ...] = ()
    properties: dict[str, dict[str, Any]] = field(default_factory=dict)
    values: dict[str, Json] = field(default_factory=dict)
    travel_s: float = 0.0
    """How long a cover or valve takes from end to end; 0 moves at once."""
    power_w: float = 0.0
    heats: str | None = None
    """The room a heater warms."""
    settings: dict[str, dict[str, Json]] = field(default_factory=dict)
    """What a scene sets: device id -> property -> value."""


class Device:
    """A device and its state. `changed` tells what must be reported."""

    def __init__(self, spec: DeviceSpec) -> None:
        self.spec = spec
        self.values: dict[str, Json] = dict(spec.values)
        self.changed = True
        self.online = True
        self._goal: float | None = None

    def put(self, name: str, value: Json) -> None:
        """Change a value of its own accord or by command."""
        if self.values.get(name) != value or name not in self.values:
            self.values[name] = value
            self.changed = True

    def command(self, name: str, value: Json) -> None:
        """Someone set a property."""
        self.changed = True  # a real device answers a command even when nothing changed
        _BEHAVIOUR.get(self.spec.entity_class, _plain)(self, name, value)

    def action(self, name: str, arguments: dict[str, Any]) -> None:
        """Someone asked for an action."""
        self.changed = True
        act = _ACTIONS.get((self.spec.entity_class, name))
        if act is not None:
            act(self, arguments)

    def move_to(self, position: float) -> None:
        """A cover or valve starts towards a position."""
        now = float(self.values.get("position") or 0.0)  # type: ignore[arg-type]  # a number or None
        if self.spec.travel_s <= 0 or now == position:
            self._arrive(position)
            return
        self._goal = position
        self.put("state", "opening" if position > now else "closing")

    def stop(self) -> None:
        """A cover or valve stops where it is."""
        self._goal = None
        self._arrive(float(self.values.get("position") or 0.0))  # type: ignore[arg-type]  # as above

    def step(self, seconds: float) -> None:
        """Let time pass."""
        if self._goal is None:
            return
        now = float(self.values.get("position") or 0.0)  # type: ignore[arg-type]  # as above
        reach = 100.0 * seconds / self.spec.travel_s
        if abs(self._goal - now) <= reach:
            self._arrive(self._goal)
        else:
            self.put("position", round(now + (reach if self._goal > now else -reach), 1))

    def _arrive(self, position: float) -> None:
        self._goal = None
        if "position" in self.spec.properties or "position" in self.values:
            self.put("position", position)
        self.put("state", "open" if position > 0 else "closed")


def _plain(device: Device, name: str, value: Json) -> None:
    device.put(name, value)


def _light(device: Device, name: str, value: Json) -> None:
    device.put(name, value)
    if name != "on":
        device.put("on", not (name == "brightness" and value == 0))


def _fan(device: Device, name: str, value: Json) -> None:
    device.put(name, value)
    if name == "speed":
        device.put("on", value != 0)
    elif name == "on" and "speed" in device.spec.properties:
        device.put("speed", (device.values.get("speed") or 100) if value else 0)


def _moving(device: Device, name: str, value: Json) -> None:
    if name == "position" and isinstance(value, int | float):
        device.move_to(float(value))
    elif name == "state":
        device.move_to(100.0 if value == "open" else 0.0)
    else:
        device.put(name, value)


def _player(device: Device, name: str, value: Json) -> None:
    if name == "on":
        device.put("on", value)
        device.put("playback", "idle" if value else "off")
        return
    if name == "muted":
        device.put("muted", value)
        if value:
            device.values["unmuted volume"] = device.values.get("volume", 0)
        device.put("volume", 0 if value else device.values.get("unmuted volume", 20))
        return
    device.put(name, value)
    if name == "playback":
        device.put("on", value not in ("off", "standby"))


def _track(step: int) -> Callable[[Device, dict[str, Any]], None]:
    def move(device: Device, _arguments: dict[str, Any]) -> None:
        now = device.values.get("track")
        device.put("track", (now if isinstance(now, int) else 1) + step)

    return move


def _play(device: Device, arguments: dict[str, Any]) -> None:
    device.put("title", str(arguments.get("query", "")))
    device.put("on", True)
    device.put("playback", "playing")


def _press(device: Device, _arguments: dict[str, Any]) -> None:
    presses = device.values.get("presses")
    device.values["presses"] = (presses if isinstance(presses, int) else 0) + 1


def _items(device: Device) -> list[dict[str, Any]]:
    items = device.values.get("items")
    return [dict(one) for one in items if isinstance(one, dict)] if isinstance(items, list | tuple) else []


def _add(device: Device, arguments: dict[str, Any]) -> None:
    device.put("items", [*_items(device), {"summary": str(arguments.get("item")), "status": "needs_action"}])


def _remove(device: Device, arguments: dict[str, Any]) -> None:
    wanted = str(arguments.get("item")).casefold()
    device.put("items", [one for one in _items(device) if str(one["summary"]).casefold() != wanted])


def _complete(device: Device, arguments: dict[str, Any]) -> None:
    wanted = str(arguments.get("item")).casefold()
    done = [
        {**one, "status": "completed"} if str(one["summary"]).casefold() == wanted else one for one in _items(device)
    ]
    device.put("items", done)


_BEHAVIOUR: dict[str, Callable[[Device, str, Json], None]] = {
    "light": _light, "fan": _fan, "cover": _moving, "valve": _moving, "media player": _player,
}  # fmt: skip
_ACTIONS: dict[tuple[str, str], Callable[[Device, dict[str, Any]], None]] = {
    ("cover", "stop"): lambda device, _: device.stop(), ("valve", "stop"): lambda device, _: device.stop(),
    ("media player", "next"): _track(1), ("media player", "previous"): _track(-1), ("media player", "play"): _play,
    ("button", "press"): _press, ("list", "add"): _add, ("list", "remove"): _remove, ("list", "complete"): _complete,
}  # fmt: skip
