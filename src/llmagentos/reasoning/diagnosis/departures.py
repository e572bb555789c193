"""How far a day's symptoms depart from what is usual at a plant, in standard deviations of what is usual from day to day."""

from dataclasses import dataclass

import numpy as np

from llmagentos.reasoning.diagnosis import symptoms
from llmagentos.reasoning.diagnosis.habits import Habits
from llmagentos.reasoning.diagnosis.readings import Readings, Values


@dataclass(frozen=True)
class Symptoms:
    """Departures from what is usual, in standard deviations: (plants, symptoms), (plants, rooms, symptoms). NaN: not known."""

    plant: Values
    rooms: Values


@dataclass(frozen=True)
class Usual:
    """A plant's own means over its days, and what they are and how they vary over plants and from day to day."""

    plant: Values
    rooms: Values


@dataclass(frozen=True)
class Scale:
    """Of each symptom, from many plants: mean and spread over plants, and spread from day to day. (3, symptoms) each."""

    plant: Values
    rooms: Values


def raw(day: Readings, habits: Habits) -> Usual:
    """The symptoms themselves, of one day."""
    return Usual(np.stack(list(symptoms.of_plant(day, habits).values()), -1), np.stack(list(symptoms.of_rooms(day, habits).values()), -1))  # fmt: skip


def usual(readings: Readings, habits: Habits) -> tuple[Usual, Usual]:
    """The means of days on which nothing was wrong, and the days: (days, ...)."""
    days = [raw(readings.day(number), habits) for number in range(readings.days)]
    plant, rooms = np.stack([one.plant for one in days]), np.stack([one.rooms for one in days])
    return Usual(_mean(plant, 0), _mean(rooms, 0)), Usual(plant, rooms)


def scale(mean: Usual, days: Usual) -> Scale:
    """From many plants."""
    return Scale(_scale(mean.plant, days.plant), _scale(mean.rooms, days.rooms))


def departures(day: Usual, mean: Usual, by: Scale) -> Symptoms:
    """How far a day departs from a plant's own days; from those of all plants, where its own do not tell."""
    return Symptoms(_departure(day.plant, mean.plant, by.plant), _departure(day.rooms, mean.rooms, by.rooms))


def _mean(values: Values, axis: int | tuple[int, ...]) -> Values:
    known = ~np.isnan(values)
    count = known.sum(axis)
    return np.where(count > 0, np.where(known, values, 0).sum(axis) / np.maximum(count, 1), np.nan)


def _scale(mean: Values, days: Values) -> Values:
    around = tuple(range(days.ndim - 1))
    overall = _mean(days, around)
    spread = np.sqrt(_mean((days - overall) ** 2, around)) + 1e-3
    daily = 1.1 * np.sqrt(_mean((days - mean) ** 2, around)) + 1e-3
    found: Values = np.nan_to_num(np.stack([overall, spread, daily]), nan=1.0)
    return found


def _departure(day: Values, mean: Values, by: Values) -> Values:
    return np.asarray(np.where(np.isnan(mean), (day - by[0]) / by[1], (day - mean) / by[2]))
