"""Examples for the diagnoser: plants drawn at random, days on which nothing is wrong with them, and one on which something may be."""

from dataclasses import dataclass

import numpy as np

from llmagentos.devices.simulation.air_handler import KINDS, OF_ROOMS, AirHandlers, Wrong, anything_wrong
from llmagentos.reasoning.diagnosis.departures import Scale, Symptoms, Usual, departures, raw, scale, usual
from llmagentos.reasoning.diagnosis.diagnoser import Cause, Diagnoser
from llmagentos.reasoning.diagnosis.habits import learned
from llmagentos.reasoning.diagnosis.readings import Readings

SETTLING_DAYS, NORMAL_DAYS = 1, 6
NORMAL = 0.25


@dataclass(frozen=True)
class Examples:
    """What is usual at each plant, its days, a day in question, and what is wrong on it."""

    usual: Usual
    days: Usual
    day: Usual
    causes: tuple[Cause | None, ...]

    def symptoms(self, by: Scale) -> Symptoms:
        return departures(self.day, self.usual, by)


def examples(count: int, seed: int, normal: float = NORMAL) -> Examples:
    """`normal`: on how many of the days nothing is wrong."""
    plants, draw = AirHandlers(count, seed), np.random.default_rng((seed, 1))
    plants.run(SETTLING_DAYS, [None] * count)
    before = Readings(*plants.run(NORMAL_DAYS, [None] * count))
    wrong = [None if draw.random() < normal else anything_wrong(draw) for _ in range(count)]
    after = Readings(*plants.run(1, wrong))
    habits = learned(before)
    mean, days = usual(before, habits)
    return Examples(mean, days, raw(after, habits), tuple(cause_of(one) for one in wrong))


def cause_of(wrong: Wrong | None) -> Cause | None:
    """What the diagnoser calls it."""
    if wrong is None:
        return None
    return Cause(wrong.kind, wrong.room if wrong.kind in OF_ROOMS else None)


def trained(count: int, seed: int) -> Diagnoser:
    """From so many plants."""
    seen = examples(count, seed)
    by = scale(seen.usual, seen.days)
    return Diagnoser.fitted(KINDS, OF_ROOMS, by, seen.symptoms(by), seen.causes)
