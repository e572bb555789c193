"""A day of a plant as numbers that would be near zero, or near what they always are, if nothing were wrong.

The checks are those of rules for air handlers (House, Vaezi-Nejad, Whitcomb, "An Expert Rule Set for Fault Detection in Air-Handling Units", ASHRAE
Transactions 107, 2001), as differences instead of verdicts: mixing against dampers, coils against valves, pressure against flow, boxes against
dampers, rooms against their own balance of heat.
"""

from functools import cache

import numpy as np

from llmagentos.reasoning.diagnosis.habits import START, Habits, coil_features, half_hours, room_features, working
from llmagentos.reasoning.diagnosis.readings import (
    A_DAY,
    MINUTES,
    PLANT_POINTS,
    ROOM_POINTS,
    Mask,
    Readings,
    Values,
    mean_where,
    ridge,
)

MIXES_K = 3.0
"""Outdoor and return air must differ by so much to tell how they are mixed."""
CLOSED, OPEN, WIDE, FULL = 0.03, 0.15, 0.5, 0.97
SETTLED = 9.0
LEAST_FLOW, LEAST_DAMPER = 0.05, 0.05
NIGHT = (5.0, 22.0)
HOUR = 60 // MINUTES


def of_plant(day: Readings, habits: Habits) -> dict[str, Values]:
    """By name, (plants,); NaN where the day does not tell."""
    on = working(day)
    return {**_mixing(day, on), **_coils(day, habits, on), **_fan(day, on)}


def of_rooms(day: Readings, habits: Habits) -> dict[str, Values]:
    """By name, (plants, rooms); NaN where the day does not tell."""
    return {**_boxes(day, habits), **_balance(day, habits)}


@cache
def names_of_symptoms() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Of plants and of rooms, in their order."""
    unknown = Readings({name: np.full((1, A_DAY), np.nan) for name in PLANT_POINTS}, {name: np.full((1, 1, A_DAY), np.nan) for name in ROOM_POINTS})  # fmt: skip
    habits = Habits(np.zeros((1, 3)), np.zeros((1, 1, 8)), np.zeros((1, 1, A_DAY)))
    return tuple(of_plant(unknown, habits)), tuple(of_rooms(unknown, habits))


def _mixing(day: Readings, on: Mask) -> dict[str, Values]:
    plant = day.plant
    gap = plant["outdoor temperature"] - plant["return temperature"]
    tells = on & (np.abs(gap) > MIXES_K)
    off = (plant["mixed temperature"] - plant["return temperature"]) / np.where(tells, gap, 1.0) - plant["outdoor damper"]  # fmt: skip
    return {
        "more outdoor air than asked": mean_where(off, tells),
        "more outdoor air than asked, damper low": mean_where(off, tells & (plant["outdoor damper"] < 0.4)),
        "more outdoor air than asked, damper high": mean_where(off, tells & (plant["outdoor damper"] > 0.7)),
    }


def _coils(day: Readings, habits: Habits, on: Mask) -> dict[str, Values]:
    plant = day.plant
    heat, cool, supply = plant["heating valve"], plant["cooling valve"], plant["supply temperature"]
    warmed = supply - plant["mixed temperature"]
    off = warmed - (coil_features(day) * habits.coils[:, None]).sum(-1)
    fan, per_heat, per_cool = (habits.coils[:, number, None] for number in range(3))
    need = plant["supply set-point"] - plant["mixed temperature"] - fan
    hours = day.hours()
    night = np.broadcast_to((hours < NIGHT[0]) | (hours > NIGHT[1]), heat.shape)
    return {
        "supply air warmer than the coils make it": mean_where(off, on),
        "the same, both valves closed": mean_where(off, on & (heat < CLOSED) & (cool < CLOSED)),
        "the same, cooling": mean_where(off, on & (cool > OPEN)),
        "the same, cooling much": mean_where(off, on & (cool > WIDE)),
        "the same, heating": mean_where(off, on & (heat > OPEN)),
        "supply air above its set-point": mean_where(supply - plant["supply set-point"], on),
        "time heated in full": mean_where((heat > FULL).astype(float), on),
        "time cooled in full": mean_where((cool > FULL).astype(float), on),
        "heated more than needed": mean_where(heat - np.clip(need / per_heat, 0, 1), on),
        "cooled more than needed": mean_where(cool - np.clip(need / per_cool, 0, 1), on),
        "supply air warmer than the rooms at night": mean_where(supply - plant["return temperature"], night),
    }


def _fan(day: Readings, on: Mask) -> dict[str, Values]:
    flow = day.rooms["flow"].mean(1)
    blows = on & (flow > LEAST_FLOW)
    resistance = np.log(np.maximum(day.plant["filter pressure"], 1.0) / np.maximum(flow, LEAST_FLOW) ** 2)
    phases = np.stack([day.plant[f"phase {number}"] for number in (1, 2, 3)])
    uneven = (phases.max(0) - phases.min(0)) / np.maximum(phases.mean(0), 0.1)
    return {"resistance of the filter": mean_where(resistance, blows), "phases uneven": mean_where(uneven, on)}


def _boxes(day: Readings, habits: Habits) -> dict[str, Values]:
    temperature, wanted, flow, damper, reheat = (day.rooms[name] for name in ("temperature", "set-point", "flow", "damper", "reheat valve"))  # fmt: skip
    settled = np.broadcast_to((working(day) & (day.hours() >= SETTLED))[:, None], flow.shape)
    blows = settled & (damper > LEAST_DAMPER)
    passed = np.log(np.maximum(flow, 0.01) / np.maximum(damper, LEAST_DAMPER))
    usual = mean_where(passed, blows)
    return {
        "room above its set-point": mean_where(temperature - wanted, settled),
        "restlessness of the sensor": np.log(np.abs(np.diff(temperature, axis=-1)).mean(-1) + 1e-3),
        "flow for its damper": usual,
        "flow for its damper, nearly closed": mean_where(passed, blows & (damper < 0.4)),
        "flow for its damper, nearly open": mean_where(passed, blows & (damper > 0.6)),
        "flow that does not follow its damper": np.log(
            np.sqrt(mean_where((passed - usual[..., None]) ** 2, blows)) + 1e-3
        ),
        "set-point above the usual": (wanted - habits.set_points[..., : wanted.shape[-1]]).mean(-1),
        "reheated": mean_where(reheat, settled),
        "damper": mean_where(damper, settled),
        "warmer at the end of the day": temperature[..., -HOUR:].mean(-1) - temperature[..., :HOUR].mean(-1),
    }


def _balance(day: Readings, habits: Habits) -> dict[str, Values]:
    """What a room gains beyond what its habits explain, K per half hour."""
    features, change, usable = room_features(day)
    more = change - (features * habits.rooms[:, :, None]).sum(-1)
    colder = features[..., 0]
    both = ridge(np.stack([np.ones_like(more), colder], -1), more, usable, np.zeros(2), np.array([1.0, 20.0]))
    outwards, hours = more * np.sign(colder), half_hours(day)
    idle = np.broadcast_to((hours < START - 1) | (hours > 19.5), more.shape)
    every = np.ones_like(idle)
    return {
        "gain not explained": mean_where(more, every),
        "gain not explained, by night": mean_where(more, idle & usable),
        "gain not explained, by day": mean_where(more, ~idle),
        "gain that does not depend on outside": both[..., 0],
        "gain that grows with outside": both[..., 1],
        "gain towards outside": mean_where(outwards, every),
        "gain towards outside, by night": mean_where(outwards, idle & usable),
    }
