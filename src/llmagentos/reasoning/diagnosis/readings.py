"""Readings of air handlers and their rooms on a grid of five minutes, and the arithmetic over parts of a day."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]
Mask = NDArray[np.bool_]
MINUTES = 5
A_DAY = 24 * 60 // MINUTES
PLANT_POINTS = (
    "outdoor temperature", "mixed temperature", "supply temperature", "return temperature", "supply set-point", "outdoor damper", "heating valve",
    "cooling valve", "fan", "filter pressure", "phase 1", "phase 2", "phase 3",
)  # fmt: skip
"""Temperatures in C, dampers and valves as commands from 0 to 1, the fan 0 or 1, the pressure over the filter in Pa, currents in A."""
ROOM_POINTS = ("temperature", "set-point", "flow", "damper", "reheat valve")
FEWEST = 3
"""A mean over fewer readings than this is not known."""


@dataclass(frozen=True)
class Readings:
    """Several plants at once: by point (plants, times), by point of rooms (plants, rooms, times). Times begin at midnight."""

    plant: dict[str, Values]
    rooms: dict[str, Values]

    @property
    def days(self) -> int:
        return int(self.plant["fan"].shape[-1] // A_DAY)

    def day(self, number: int) -> "Readings":
        """One of the days."""
        part = slice(number * A_DAY, (number + 1) * A_DAY)
        return Readings(
            {name: one[..., part] for name, one in self.plant.items()},
            {name: one[..., part] for name, one in self.rooms.items()},
        )

    def hours(self) -> Values:
        """The hour of the day of each time, (times,)."""
        return np.asarray(np.arange(self.plant["fan"].shape[-1]) * MINUTES / 60 % 24)


def mean_where(values: Values, where: Mask) -> Values:
    """Over the last axis; NaN where there are too few, or where readings lack."""
    where = where & ~np.isnan(values)
    count = where.sum(-1)
    total = np.where(where, values, 0.0).sum(-1)
    return np.where(count >= FEWEST, total / np.maximum(count, 1), np.nan)


def ridge(features: Values, wanted: Values, where: Mask, prior: Values, strength: Values) -> Values:
    """Weights (..., k) of a linear model near a prior: features (..., times, k), wanted (..., times). What lacks is left out."""
    known = where & ~np.isnan(wanted) & ~np.isnan(features).any(-1)
    x = np.where(known[..., None], features, 0.0)
    y = np.where(known, wanted - np.nan_to_num(features) @ prior, 0.0)
    turned = np.swapaxes(x, -1, -2)
    return np.asarray(np.linalg.solve(turned @ x + np.diag(strength), turned @ y[..., None])[..., 0] + prior)
