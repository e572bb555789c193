"""An air handler with mixing dampers, two coils and a fan, and four rooms with boxes that throttle and reheat; and what can go wrong with them.

Many plants at once, one a row, each of its own size, weather and season, minute by minute: energy balances of coils and rooms, controllers with
proportional and integral parts, sensors with noise. What is recorded is what a building's controller sees: readings and commands, never what is
true. Sources: the sequences of ASHRAE Guideline 36-2018, sections 5.6 and 5.16; fault kinds of Granderson et al., "Building fault detection data to
aid diagnostic algorithm creation and performance testing", Scientific Data 7 (2020).
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]
ROOMS, MINUTES, KEPT_EVERY = 4, 1440, 5
KINDS = (
    "cooling valve stuck", "heating valve leaks", "cooling valve leaks", "outdoor damper stuck", "supply temperature sensor biased",
    "filter fouled", "phase lost", "room sensor drifts", "room sensor frozen", "window open", "set-point wrong", "box damper stuck",
)  # fmt: skip
"""What can go wrong; from the eighth on in one of the rooms."""
OF_ROOMS = KINDS[7:]


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is wrong with a plant: a kind, the room (0 where it is of none), and how badly, 0 to 1 or -1 to 1."""

    kind: str
    room: int = 0
    strength: float = 1.0


class AirHandlers:
    """`count` plants drawn by a seed. `run` goes on from where it was."""

    def __init__(self, count: int, seed: int) -> None:
        self._draw = np.random.default_rng(seed)
        self.count, rooms = count, (count, ROOMS)
        uniform = self._draw.uniform
        self._mean_c, self._swing_c, self._weather = uniform(-3, 27, count), uniform(3, 7, count), np.zeros(count)
        self._least_outdoor = uniform(0.15, 0.3, count)
        self._heating_k, self._cooling_k, self._reheat_k = (
            uniform(18, 28, count),
            uniform(12, 18, count),
            uniform(12, 20, rooms),
        )
        self._fan_k, self._filter_pa, self._amps = (
            uniform(0.5, 1.2, count),
            uniform(80, 140, count),
            uniform(6, 14, count),
        )
        self._loss, self._flow_share, self._inertia_min = (
            uniform(0.04, 0.09, rooms),
            uniform(0.8, 1.2, rooms),
            uniform(70, 140, rooms),
        )
        self._gain_k, self._sun_k, self._sun_hour = (
            uniform(0.3, 1.0, rooms),
            uniform(0.0, 1.5, rooms),
            uniform(9, 16, rooms),
        )
        self._set_c = uniform(20.5, 22.5, rooms)
        self._room_c = self._set_c + uniform(-0.5, 0.5, rooms)
        self._sensor_c, self._sensed_c = self._room_c.copy(), self._room_c.copy()
        self._supply_c, self._loop = np.full(count, 16.0), np.zeros(count)
        self._cooling_sum, self._heating_sum = np.zeros(rooms), np.zeros(rooms)

    def run(self, days: int, wrong: Sequence[Wrong | None]) -> tuple[dict[str, Values], dict[str, Values]]:
        """`wrong` by plant, through all of these days. What the controllers see, every five minutes: by point (plants, times), and by
        point of the rooms (plants, rooms, times).
        """
        faults = _Faults(wrong, self.count)
        plant: dict[str, list[Values]] = defaultdict(list)
        rooms: dict[str, list[Values]] = defaultdict(list)
        frozen = self._sensed_c.copy()
        for minute in range(days * MINUTES):
            readings, of_rooms = self._minute(minute, faults, frozen)
            if minute % KEPT_EVERY == 0:
                for name, one in readings.items():
                    plant[name].append(one)
                for name, one in of_rooms.items():
                    rooms[name].append(one)
        return {name: np.stack(each, -1) for name, each in plant.items()}, {name: np.stack(each, -1) for name, each in rooms.items()}  # fmt: skip

    def _minute(self, minute: int, faults: "_Faults", frozen: Values) -> tuple[dict[str, Values], dict[str, Values]]:
        hour = minute / 60 % 24
        self._weather += -0.002 * self._weather + self._draw.normal(0, 0.06, self.count)
        outdoor = self._mean_c + self._weather - self._swing_c * np.cos((hour - 3) / 24 * 2 * np.pi)
        running = 6 <= hour < 19
        fan = np.where(faults.of("phase lost") > 0, 0.6, 1.0) * running
        idle = np.where(outdoor[:, None] > 18, 4.0, -4.0) * (not running)
        wanted = self._set_c + idle + faults.in_room("set-point wrong") * 5
        damper, reheat = self._boxes(wanted, running)
        flow = np.where(faults.stuck_box, faults.in_room("box damper stuck"), damper) * self._flow_share * fan[:, None]
        back = (flow * self._room_c).sum(1) / np.maximum(flow.sum(1), 1e-6) if running else self._room_c.mean(1)
        setpoint = np.clip(18 - 0.2 * (outdoor - 5), 13, 18)
        mixed, commands = self._handler(outdoor, back, setpoint, flow.mean(1), running, faults)
        self._heat_rooms(outdoor, flow, reheat, hour, faults)
        self._sense_rooms(minute, faults, frozen)
        fouled, lost = faults.of("filter fouled"), faults.of("phase lost") > 0
        amps = self._amps * fan * (0.3 + 0.7 * flow.mean(1) ** 2) * (1 + 0.2 * fouled)
        readings = {
            "outdoor temperature": outdoor + self._noise(0.15), "mixed temperature": mixed + self._noise(0.2),
            "supply temperature": self._supply_sensed(faults) + self._noise(0.1), "return temperature": back + self._noise(0.1),
            "supply set-point": setpoint, **commands, "fan": np.full(self.count, float(running)),
            "filter pressure": self._filter_pa * flow.mean(1) ** 2 * (1 + 2 * fouled) * (1 + self._noise(0.03)),
            **{f"phase {number}": np.where(lost, 0.0 if number == 2 else 1.5, 1.0) * amps * (1 + self._noise(0.02)) for number in (1, 2, 3)},
        }  # fmt: skip
        noisy = flow * (1 + self._draw.normal(0, 0.02, flow.shape))
        return readings, {"temperature": self._sensed_c, "set-point": wanted, "flow": noisy, "damper": damper, "reheat valve": reheat}  # fmt: skip

    def _noise(self, size: float) -> Values:
        return np.asarray(self._draw.normal(0, size, self.count))

    def _boxes(self, wanted: Values, running: bool) -> tuple[Values, Values]:
        """Each room's damper and reheat valve follow what its sensor says."""
        above = self._sensed_c - wanted
        self._cooling_sum = np.clip(self._cooling_sum + 0.002 * (above - 0.5), 0, 1)
        self._heating_sum = np.clip(self._heating_sum - 0.002 * (above + 0.5), 0, 1)
        damper = np.clip(0.3 + 0.7 * (0.6 * (above - 0.5) + self._cooling_sum), 0.3, 1.0)
        reheat = np.clip(self._heating_sum - 0.5 * (above + 0.5), 0, 1)
        return damper * running, reheat * running

    def _supply_sensed(self, faults: "_Faults") -> Values:
        return self._supply_c + faults.of("supply temperature sensor biased") * 4

    def _handler(
        self, outdoor: Values, back: Values, setpoint: Values, flow: Values, running: bool, faults: "_Faults"
    ) -> tuple[Values, dict[str, Values]]:
        """One loop on the supply sensor: heat, then outdoor air where it is cool, then cool."""
        error = (self._supply_sensed(faults) - setpoint) * running
        self._loop = np.clip(self._loop + 0.006 * error, -1, 2) * (1.0 if running else 0.99)
        signal = np.clip(self._loop + 0.05 * error, -1, 2) * running
        free = outdoor < back - 1
        damper = (self._least_outdoor + np.where(free, np.clip(signal, 0, 1), 0) * (1 - self._least_outdoor)) * running
        heat, cool = np.clip(-signal, 0, 1), np.clip(np.where(free, signal - 1, signal), 0, 1)
        true_damper = np.where(faults.stuck_damper, faults.of("outdoor damper stuck"), damper) * running
        true_heat = np.maximum(heat, faults.of("heating valve leaks") * 0.5)
        leaking = np.maximum(cool, faults.of("cooling valve leaks") * 0.5)
        true_cool = np.where(faults.stuck_valve, faults.of("cooling valve stuck"), leaking)
        mixed = true_damper * outdoor + (1 - true_damper) * back
        if running:
            reach = np.minimum(1.2 / (0.2 + np.maximum(flow, 0.2)), 1.6)
            target = mixed + self._fan_k + (true_heat * self._heating_k - true_cool * self._cooling_k) * reach
            self._supply_c = self._supply_c + 0.2 * (np.maximum(target, 4.0) - self._supply_c)
        else:
            self._supply_c = self._supply_c + 0.02 * (back - self._supply_c)
        return mixed, {"outdoor damper": damper, "heating valve": heat, "cooling valve": cool}

    def _heat_rooms(self, outdoor: Values, flow: Values, reheat: Values, hour: float, faults: "_Faults") -> None:
        blown = self._supply_c[:, None] + reheat * self._reheat_k
        people = 1.0 if 7 <= hour < 18 else 0.2
        sun = self._sun_k * np.exp(-(((hour - self._sun_hour) / 2.5) ** 2))
        outside = (self._loss + faults.in_room("window open") * 0.5) * (outdoor[:, None] - self._room_c)
        change = outside + flow * 0.5 * (blown - self._room_c) + self._gain_k * people + sun
        self._room_c = self._room_c + change / self._inertia_min

    def _sense_rooms(self, minute: int, faults: "_Faults", frozen: Values) -> None:
        self._sensor_c = self._sensor_c + 0.2 * (self._room_c - self._sensor_c)
        drift = faults.in_room("room sensor drifts") * 5 * minute / MINUTES
        seen = self._sensor_c + drift + self._draw.normal(0, 0.05, self._sensor_c.shape)
        self._sensed_c = np.where(faults.in_room("room sensor frozen") > 0, frozen, seen)


class _Faults:
    """Strengths as arrays: (plants,), or (plants, rooms). What is stuck has a position, which may be 0."""

    def __init__(self, wrong: Sequence[Wrong | None], count: int) -> None:
        self._plant = {kind: np.zeros(count) for kind in KINDS}
        self._rooms = {kind: np.zeros((count, ROOMS)) for kind in OF_ROOMS}
        for number, one in enumerate(wrong):
            if one is not None and one.kind in OF_ROOMS:
                self._rooms[one.kind][number, one.room] = one.strength
            elif one is not None:
                self._plant[one.kind][number] = one.strength
        kinds = np.array([one.kind if one else "" for one in wrong])
        self.stuck_valve, self.stuck_damper = kinds == "cooling valve stuck", kinds == "outdoor damper stuck"
        self.stuck_box = np.zeros((count, ROOMS), bool)
        for number, one in enumerate(wrong):
            if one is not None and one.kind == "box damper stuck":
                self.stuck_box[number, one.room] = True

    def of(self, kind: str) -> Values:
        return self._plant[kind]

    def in_room(self, kind: str) -> Values:
        return self._rooms[kind]


def anything_wrong(draw: np.random.Generator) -> Wrong:
    """A kind, a room and a strength, all as likely as each other; from what barely shows to what is plain."""
    kind = KINDS[draw.integers(len(KINDS))]
    room = int(draw.integers(ROOMS)) if kind in OF_ROOMS else 0
    either = 1.0 if draw.random() < 0.5 else -1.0
    strength = {
        "cooling valve stuck": draw.uniform(0.0, 1.0), "heating valve leaks": draw.uniform(0.3, 1.0), "cooling valve leaks": draw.uniform(0.3, 1.0),
        "outdoor damper stuck": draw.uniform(0.0, 1.0), "supply temperature sensor biased": either * draw.uniform(0.4, 1.0),
        "filter fouled": draw.uniform(0.3, 1.0), "phase lost": 1.0, "room sensor drifts": either * draw.uniform(0.4, 1.0), "room sensor frozen": 1.0,
        "window open": draw.uniform(0.4, 1.0), "set-point wrong": either * draw.uniform(0.5, 1.0), "box damper stuck": draw.uniform(0.1, 1.0),
    }[kind]  # fmt: skip
    return Wrong(kind, room, float(strength))
