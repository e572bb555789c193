"""Round gauges: the numbers round the dial tell its scale, the one line from its middle tells the value.

Nothing is set up for a gauge. The numbers that were read give a circle, and along it a value for every angle, from number to number, so that a dial seen
from a side is read as well. The hand is what stands out against the dial at every radius between hub and numbers.
"""

import itertools
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from llmagentos.perception.sight.picture import Picture, vision
from llmagentos.perception.sight.written import Written

LEAST_NUMBERS, LEAST_SWEEP = 3, math.radians(100)
ROUND = 0.18
"""Of the radius: numbers that are farther from the circle are no part of the scale."""
EVEN = 0.06
"""Of the scale: numbers that are farther from where an even scale has them were read wrong."""
RADII = (0.36, 0.8)
"""Of the radius of the numbers: beyond the tail of the hand, and within the numbers."""
APART, LEAST_GAP = math.radians(3), math.radians(45)
ANGLES, STEPS = 1440, 40
STANDS_OUT = 4.0
"""Times as far from the dial's colour as the dial itself varies."""
_NUMBER = re.compile(r"[-−–]?\d{1,5}(?:[.,]\d{1,3})?")
_UNITS = ("bar", "mbar", "psi", "kPa", "MPa", "Pa", "%", "°C", "°F", "C", "rpm", "V", "A", "kW", "l/min", "m3/h", "l", "mm", "kg")  # fmt: skip

Points = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Gauge:
    """What a dial shows, on its scale from `least` to `most` (the first and last number that could be read); `sure`: 0 to 1."""

    value: float
    least: float
    most: float
    unit: str
    sure: float


def read_gauge(picture: Picture, written: Sequence[Written]) -> Gauge | None:
    """The gauge that these numbers belong to, if they do; `written` as it was read in the picture."""
    numbers = [(one, float(one.text.replace(",", ".").replace("−", "-").replace("–", "-"))) for one in written if _NUMBER.fullmatch(one.text)]  # fmt: skip
    places = np.array([(one.x, one.y) for one, _ in numbers], float).reshape(-1, 2)
    values = np.array([value for _, value in numbers])
    circle = _circle(places)
    if circle is None:
        return None
    middle, radius, on_it = circle
    hand = _hand(picture, middle, radius)
    scale = _scale(places[on_it] - middle, values[on_it])
    if hand is None or scale is None:
        return None
    angle, contrast = hand
    value = scale.value(angle)
    if value is None:
        return None
    sure = min(1.0, contrast / (3 * STANDS_OUT)) * min(1.0, len(scale.values) / (LEAST_NUMBERS + 1))
    unit = next((one.text for one in written if one.text in _UNITS), "")
    return Gauge(value, float(scale.values.min()), float(scale.values.max()), unit, sure)


def _circle(places: Points) -> tuple[Points, float, NDArray[np.bool_]] | None:
    """The circle through most of these places: middle, radius, which are on it."""
    best: tuple[int, float, Points, float, NDArray[np.bool_]] | None = None
    for chosen in itertools.islice(itertools.combinations(range(len(places)), 3), 2000):
        fitted = _through(places[list(chosen)])
        if fitted is None:
            continue
        middle, radius = fitted
        away = np.abs(np.linalg.norm(places - middle, axis=1) - radius)
        on_it = away < ROUND * radius
        score = (int(on_it.sum()), -float(away[on_it].mean() / radius))
        if best is None or score > best[:2]:
            best = (*score, middle, radius, on_it)
    if best is None or best[0] < LEAST_NUMBERS:
        return None
    fitted = _through(places[best[4]])
    return None if fitted is None else (*fitted, best[4])


def _through(places: Points) -> tuple[Points, float] | None:
    """Least squares. Source: Kåsa, IEEE Trans. Instrum. Meas. IM-25 (1976)."""
    system = np.column_stack((2 * places, np.ones(len(places))))
    solution, _, rank, _ = np.linalg.lstsq(system, (places**2).sum(axis=1), rcond=None)
    squared = solution[2] + solution[0] ** 2 + solution[1] ** 2
    if rank < 3 or squared <= 0:
        return None
    return solution[:2], math.sqrt(squared)


@dataclass(frozen=True, slots=True)
class _Scale:
    """Numbers clockwise from `start`, with the angles at which they stand."""

    start: float
    angles: Points
    values: Points

    def value(self, angle: float) -> float | None:
        """From number to number; two steps beyond the last as between the last two, and no farther."""
        along = (angle - self.start) % (2 * math.pi)
        number = int(np.clip(np.searchsorted(self.angles, along), 1, len(self.angles) - 1))
        step = self.angles[number] - self.angles[number - 1]
        share = (along - self.angles[number - 1]) / step
        if not -2 <= share <= 3:
            return None
        return float(self.values[number - 1] + share * (self.values[number] - self.values[number - 1]))


def _scale(arms: Points, values: Points) -> _Scale | None:
    """The most even scale of these numbers. It begins after a wide gap, and not always the widest: numbers may not have been read."""
    angles = np.arctan2(arms[:, 1], arms[:, 0])
    ordered = np.sort(angles)
    gaps = np.diff(np.append(ordered, ordered[0] + 2 * math.pi))
    scales = [
        _even((angles - start) % (2 * math.pi), values, float(start))
        for start in (ordered + gaps / 2)[gaps > LEAST_GAP]
    ]
    return max((one for one in scales if one is not None), key=lambda one: len(one.values), default=None)


def _even(angles: Points, values: Points, start: float) -> _Scale | None:
    """The numbers that rise or fall evenly, in their order; None where they are too few."""
    best: NDArray[np.bool_] | None = None
    for one, other in itertools.combinations(range(len(values)), 2):
        if values[one] == values[other] or abs(angles[one] - angles[other]) < 0.1:
            continue
        slope = (values[other] - values[one]) / (angles[other] - angles[one])
        away = np.abs(values - values[one] - slope * (angles - angles[one])) / (abs(slope) * 2 * math.pi)
        fits = away < EVEN
        if best is None or fits.sum() > best.sum():
            best = fits
    if best is None:
        return None
    order = np.argsort(angles[best])
    angles, values = angles[best][order], values[best][order]
    once = np.append(True, np.diff(angles) > APART)  # a number that was read twice, or a letter of the unit beside it
    angles, values = angles[once], values[once]
    rising = np.all(np.diff(values) > 0) or np.all(np.diff(values) < 0)
    enough = len(values) >= LEAST_NUMBERS and angles[-1] - angles[0] >= LEAST_SWEEP
    return _Scale(start, angles, values) if rising and enough else None


def _hand(picture: Picture, middle: Points, radius: float) -> tuple[float, float] | None:
    """Where the hand points, clockwise from the right, and how far it stands out."""
    cv2 = vision()
    angles = np.linspace(0, 2 * math.pi, ANGLES, endpoint=False)
    radii = np.linspace(*RADII, STEPS) * radius
    across = (middle[0] + np.outer(np.cos(angles), radii)).astype(np.float32)
    down = (middle[1] + np.outer(np.sin(angles), radii)).astype(np.float32)
    rings = cv2.remap(picture, across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE).astype(np.float64)
    away = np.abs(rings - np.median(rings, axis=0)).max(axis=2)
    standing = np.percentile(away, 25, axis=1)
    usual = float(np.median(away)) + 2.0
    peak = int(standing.argmax())
    if standing[peak] < STANDS_OUT * usual:
        return None
    near = np.arange(peak - ANGLES // 40, peak + ANGLES // 40 + 1)
    weight = np.clip(standing[near % ANGLES] - 0.5 * standing[peak], 0, None)
    return float((near * weight).sum() / weight.sum() * 2 * math.pi / ANGLES), float(standing[peak] / usual)
