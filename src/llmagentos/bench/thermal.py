"""`agentos bench thermal FILE`: the simulated house's heat model against a real house, hour by hour.

The model's four parameters are fitted on the first half of the record and then run freely, from the first temperature on,
over the half it never saw; a day ahead from each midnight is the error of what a person sees of the simulation.
Columns of the file: time, Ph (heating, W), Ti (inside, degrees C), Ta (outside, degrees C).
"""

import csv
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from rich.console import Console
from rich.table import Table

from llmagentos.bench.report import BenchError, Figures, tracking
from llmagentos.devices.simulation.thermal import Building, Room

HOUR_S, DAY_H = 3600.0, 24
NAMES = ("to_outside_k_per_w", "to_mass_k_per_w", "air_j_per_k", "mass_j_per_k")
START = Room("house", to_outside_k_per_w=0.01, to_mass_k_per_w=0.003, air_j_per_k=3e6, mass_j_per_k=3e7, window_m2=0.0)
ROUNDS = 12


@dataclass(frozen=True, slots=True)
class Hour:
    """One line of the record: power in W, temperatures in °C."""

    power_w: float
    inside_c: float
    outside_c: float


def read_record(file: Path) -> list[Hour]:
    """The hours of a record. Raises: BenchError."""
    try:
        with file.open(encoding="utf-8", newline="") as lines:
            return [Hour(float(one["Ph"]), float(one["Ti"]), float(one["Ta"])) for one in csv.DictReader(lines)]
    except (OSError, KeyError, ValueError) as error:
        raise BenchError(f"{file} is no hourly record with the columns Ph, Ti and Ta: {error!r}") from error


def simulate(room: Room, hours: Sequence[Hour]) -> list[float]:
    """Inside temperatures of a free run that starts at the first one measured."""
    building = Building((room,), hours[0].inside_c)
    inside = [hours[0].inside_c]
    for hour in hours[:-1]:
        building.step(HOUR_S, hour.outside_c, 0.0, {room.name: hour.power_w})
        inside.append(building.heat[room.name].air)
    return inside


def rmse(room: Room, hours: Sequence[Hour]) -> float:
    """Root mean square error of a free run, in K."""
    pairs = zip(simulate(room, hours), hours, strict=True)
    return math.sqrt(sum((simulated - hour.inside_c) ** 2 for simulated, hour in pairs) / len(hours))


def day_ahead(room: Room, hours: Sequence[Hour]) -> float:
    """Root mean square error of runs of a day that each start from what was measured, in K."""
    days = [hours[start : start + DAY_H + 1] for start in range(0, len(hours) - DAY_H, DAY_H)]
    return math.sqrt(sum(rmse(room, day) ** 2 for day in days) / len(days))


def fit(hours: Sequence[Hour], begin: Callable[[str], None] = lambda _text: None) -> Room:
    """The parameters with the least error: a pattern search in their logarithms (Hooke and Jeeves, J. ACM 8, 1961)."""
    best, least, step = START, rmse(START, hours), 1.0
    for number in range(ROUNDS):
        begin(f"fitting, round {number + 1}: {least:.2f} K")
        improved = False
        for name in NAMES:
            for factor in (math.exp(step), math.exp(-step)):
                tried = replace(best, **{name: getattr(best, name) * factor})
                error = _stable_rmse(tried, hours)
                if error < least:
                    best, least, improved = tried, error, True
        step = step if improved else step / 2
    return best


def _stable_rmse(room: Room, hours: Sequence[Hour]) -> float:
    """Infinite for parameters whose time constant is shorter than a step of the simulation."""
    fastest = min(room.air_j_per_k, room.mass_j_per_k) * min(room.to_mass_k_per_w, room.to_outside_k_per_w)
    return rmse(room, hours) if fastest > 120 else math.inf


def run_thermal(file: Path, out: Console) -> Figures:
    """Fit on the first half, report on both."""
    hours = read_record(file)
    if len(hours) < 4 * DAY_H:
        raise BenchError(f"{file} holds less than four days")
    half = len(hours) // 2
    seen, unseen = hours[:half], hours[half:]
    with tracking(ROUNDS) as begin:
        room = fit(seen, begin)
    table = Table("parameter", "fitted")
    for name in NAMES:
        table.add_row(name, f"{getattr(room, name):.4g}")
    out.print(table)
    return {
        "hours": len(hours), "train_rmse_k": round(rmse(room, seen), 2), "held_out_rmse_k": round(rmse(room, unseen), 2),
        "day_ahead_rmse_k": round(day_ahead(room, unseen), 2), "constant_rmse_k": round(_constant(unseen), 2),
    }  # fmt: skip


def _constant(hours: Sequence[Hour]) -> float:
    """The error of believing that nothing changes within a day: what a model must beat."""
    days = [hours[start : start + DAY_H + 1] for start in range(0, len(hours) - DAY_H, DAY_H)]
    errors = [(one.inside_c - day[0].inside_c) ** 2 for day in days for one in day]
    return math.sqrt(sum(errors) / len(errors))
