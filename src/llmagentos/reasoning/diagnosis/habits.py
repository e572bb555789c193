"""What is usual for a plant, learned from days on which nothing was wrong: how its coils heat and cool, and how its rooms warm and lose.

Linear models near what such plants have in common, so a few mild days do no harm: the supply air is warmed by the fan and by each coil in
proportion to its valve; a room moves towards the outside, towards the air that is blown in, with people and with the sun.
"""

from dataclasses import dataclass

import numpy as np

from llmagentos.reasoning.diagnosis.readings import Mask, Readings, Values, mean_where, ridge

START, END = 7.0, 19.0
"""Hours in which the plant works and has settled."""
COIL_PRIOR, COIL_STRENGTH = np.array([0.85, 25.0, -16.0]), np.array([2.0, 2.0, 2.0])
ROOM_PRIOR = np.array([0.02, 0.15, 0.15, 0.15, 0.1, 0.1, 0.1, 0.05])
ROOM_STRENGTH = np.array([5.0, 1.0, 1.0, 0.2, 0.2, 0.2, 0.2, 0.2])
BLOCK = 6
"""Rooms are looked at by the half hour: six readings."""
SUN_HOURS, SUN_WIDTH, REHEAT_K, JUMP_K = (10, 13, 16), 2.5, 15.0, 5.0


@dataclass(frozen=True)
class Habits:
    """`coils` (plants, 3): fan, heating, cooling, in K; `rooms` (plants, rooms, 8); `set_points` (plants, rooms, times of a day)."""

    coils: Values
    rooms: Values
    set_points: Values


def working(readings: Readings) -> Mask:
    """(plants, times): the fan runs, and the morning is over."""
    hours = readings.hours()
    return np.asarray((readings.plant["fan"] > 0) & (hours >= START) & (hours < END))


def learned(readings: Readings) -> Habits:
    """From whole days."""
    per_day = readings.rooms["set-point"].reshape(*readings.rooms["set-point"].shape[:2], readings.days, -1)
    warmed = readings.plant["supply temperature"] - readings.plant["mixed temperature"]
    coils = ridge(coil_features(readings), warmed, working(readings), COIL_PRIOR, COIL_STRENGTH)
    features, change, usable = room_features(readings)
    rooms = ridge(features, change, usable, ROOM_PRIOR, ROOM_STRENGTH)
    by_time = np.moveaxis(per_day, 2, -1)
    return Habits(coils, rooms, mean_where(by_time, np.ones(by_time.shape, bool)))


def coil_features(readings: Readings) -> Values:
    """(plants, times, 3)."""
    plant = readings.plant
    return np.stack([np.ones_like(plant["fan"]), plant["heating valve"], plant["cooling valve"]], -1)


def room_features(readings: Readings) -> tuple[Values, Values, Mask]:
    """What may warm a room, (plants, rooms, half hours, 8); how far it warmed until the next; and where that may be used."""
    rooms = readings.rooms
    temperature = halves(rooms["temperature"])
    now, change = temperature[..., :-1], np.diff(temperature, axis=-1)
    outside, supply = (halves(readings.plant[name])[:, None, :-1] for name in ("outdoor temperature", "supply temperature"))  # fmt: skip
    flow, reheat = (halves(rooms[name])[..., :-1] for name in ("flow", "reheat valve"))
    hours = half_hours(readings)
    people = ((hours >= START) & (hours < END - 1)).astype(float)
    sun = [np.exp(-(((hours - at) / SUN_WIDTH) ** 2)) for at in SUN_HOURS]
    parts = [
        outside - now,
        flow * (supply - now),
        flow * reheat * REHEAT_K,
        *(one * np.ones_like(now) for one in (people, *sun)),
        np.ones_like(now),
    ]
    return np.stack(parts, -1), change, np.abs(change) < JUMP_K


def half_hours(readings: Readings) -> Values:
    """The hours of `room_features`, (half hours,)."""
    hours = readings.hours()
    return np.asarray(hours[: len(hours) // BLOCK * BLOCK].reshape(-1, BLOCK).mean(1)[:-1])


def halves(values: Values) -> Values:
    """Means of half hours over the last axis."""
    whole = values.shape[-1] // BLOCK * BLOCK
    return np.asarray(values[..., :whole].reshape(*values.shape[:-1], -1, BLOCK).mean(-1))
