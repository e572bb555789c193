"""Heat in rooms: a resistance-capacity network, stepped exactly enough for minutes.

Each room is one air node and one mass node (2R2C): the air exchanges heat with the outside and the mass, neighbours
through shared walls; heaters, sun and people add power. Units: W, K/W, J/K, s. Source: Bacher and Madsen,
"Identifying suitable models for the heat dynamics of buildings", Energy and Buildings 43 (2011), model TiTe.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

MAX_STEP_S = 60.0
"""The smallest time constant of a room is about 20 minutes; explicit steps of a minute stay stable."""


@dataclass(frozen=True, slots=True)
class Room:
    """Parameters of one room; `window_m2` lets the sun in, `walls` are resistances to neighbours in K/W."""

    name: str
    to_outside_k_per_w: float = 0.03
    to_mass_k_per_w: float = 0.004
    air_j_per_k: float = 4.0e5
    mass_j_per_k: float = 8.0e6
    window_m2: float = 1.5
    walls: Mapping[str, float] = field(default_factory=dict)


@dataclass(slots=True)
class Heat:
    """Temperatures of one room in °C."""

    air: float
    mass: float


class Building:
    """Rooms and their temperatures. `step` moves time; nothing here knows a device."""

    def __init__(self, rooms: tuple[Room, ...], start_c: float) -> None:
        self.rooms = {room.name: room for room in rooms}
        self.heat = {room.name: Heat(start_c, start_c) for room in rooms}

    def step(self, seconds: float, outside_c: float, sun_w_per_m2: float, power_w: Mapping[str, float]) -> None:
        """Let time pass under constant weather and heater power (W by room)."""
        while seconds > 0:
            part = min(seconds, MAX_STEP_S)
            self._euler(part, outside_c, sun_w_per_m2, power_w)
            seconds -= part

    def _euler(self, seconds: float, outside_c: float, sun: float, power_w: Mapping[str, float]) -> None:
        flows = {}
        for name, room in self.rooms.items():
            now = self.heat[name]
            into_mass = (now.air - now.mass) / room.to_mass_k_per_w
            air = (
                power_w.get(name, 0.0)
                + 0.5 * sun * room.window_m2
                - into_mass
                + (outside_c - now.air) / room.to_outside_k_per_w
            )
            air += sum(
                (self.heat[other].air - now.air) / wall for other, wall in room.walls.items() if other in self.heat
            )
            flows[name] = (air, into_mass)
        for name, (air, mass) in flows.items():
            room, now = self.rooms[name], self.heat[name]
            now.air += air * seconds / room.air_j_per_k
            now.mass += mass * seconds / room.mass_j_per_k
