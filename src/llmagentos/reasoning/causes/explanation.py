"""Why a number is as it is: which of the things around it, had they been as usual, would have left it as usual.

A model of this one question is learned from the weeks before. Time gives the arrows: the hour and the weather are nobody's effect, how it was at the
beginning comes before what was done meanwhile, and all of that before how it is now; so a heater that runs because it is cold is not taken for what makes
it cold. The answer is a counterfactual on that model (`queries.counterfactual`), so it rests on what is measured: what nobody measures explains nothing here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from llmagentos.reasoning.causes.data import MISSING, Watching
from llmagentos.reasoning.causes.learning import LearningSettings, fitted
from llmagentos.reasoning.causes.queries import counterfactual
from llmagentos.reasoning.causes.structure import Allowed, Search, SearchSettings

Numbers = NDArray[np.float64]
HOUR_S, DAY_S = 3600.0, 86_400.0
WINDOWS_S = tuple(hours * HOUR_S for hours in (1, 2, 4, 8, 12))
"""How far back the beginning of a departure is looked for."""
RARE = 0.15
"""So many of the lowest values, and of the highest, do not count as usual."""
LEAST_ROWS, LEAST_KNOWN = 60, 0.5
"""Fewer moments to compare with explain nothing; nor does what is not known at half of them."""
Departs = Literal["lower", "usual", "higher"]
DEPARTS: tuple[Departs, ...] = ("lower", "usual", "higher")
PARTS = 13
"""A window is looked at so finely."""
_HOURS = ("night", "morning", "afternoon", "evening")
_HOUR, _BEFORE, _NOW = "the hour", "before", "now"


@dataclass(frozen=True, slots=True)
class Course:
    """What a signal said, oldest first, (n,) each: seconds since the epoch, and values that hold until the next; of what is on or off 1 and 0. `outer`: nothing
    here can be its cause (the weather). `pushes`: what can only drive what is asked about one way, as a heater does.
    """

    times: Numbers
    values: Numbers
    outer: bool = False
    pushes: Departs | None = None

    def at(self, moments: Numbers) -> Numbers:
        """The value at each moment; nan before the first."""
        place = np.searchsorted(self.times, moments, side="right") - 1
        return np.where(place < 0, np.nan, self.values[np.maximum(place, 0)])

    def over(self, moments: Numbers, window: float) -> Numbers:
        """The mean of the time before each moment."""
        return np.asarray(self.at(moments[:, None] + np.linspace(-window, 0, PARTS)[1:]).mean(1))


@dataclass(frozen=True, slots=True)
class Reason:
    """What lately (for `window_s`) was `value` in the mean, which is lower or higher than it mostly is (from `low` to `high`). `still`: the chance that all would
    be as it is, had this been as usual.
    """

    name: str
    departs: Departs
    value: float
    low: float
    high: float
    window_s: float
    still: float


@dataclass(frozen=True, slots=True)
class Explanation:
    """`departs`: lower, usual or higher than at this hour on the days before, of which most lie from `low` to `high`; reasons are the strongest first."""

    departs: Departs
    low: float
    high: float
    reasons: tuple[Reason, ...] = ()


def explain(target: Course, others: Mapping[str, Course], now: float, zone_s: float = 0.0) -> Explanation | None:
    """None where too little is known. `zone_s`: what the local clock is ahead of UTC."""
    window = _window(target, now, zone_s)
    step = max(HOUR_S / 2, window / 8)
    moments = np.arange(now, target.times[0] + window, -step)
    if len(moments) < LEAST_ROWS:
        return None
    usual, departure = _departures(target, moments, zone_s)
    low, high = np.quantile(departure[1:], [RARE, 1 - RARE])
    rows = {
        _HOUR: (_hour(moments, zone_s) // 6).astype(np.int32),
        _BEFORE: _cut(_departures(target, moments - window, zone_s)[1], low, high),
    }
    lately: dict[str, Reason] = {}
    for name, course in others.items():
        means = course.over(moments, window)
        known = means[1:][~np.isnan(means[1:])]
        if len(known) < LEAST_KNOWN * len(means) or np.isnan(means[0]):
            continue
        bounds = np.quantile(known, [RARE, 1 - RARE])
        column = _cut(means, *bounds)
        if len(set(column)) > 1:
            rows[name] = column
            lately[name] = Reason(
                name, DEPARTS[column[0]], float(means[0]), float(bounds[0]), float(bounds[1]), window, 1.0
            )
    rows[_NOW] = _cut(departure, low, high)
    seen = Explanation(DEPARTS[rows[_NOW][0]], float(usual[0] + low), float(usual[0] + high))
    if seen.departs == "usual":
        return seen
    outer = {name for name, one in others.items() if one.outer}
    able = {one for one in lately if _could(lately[one].departs, others[one].pushes, seen.departs)}
    return replace(seen, reasons=_reasons(rows, outer, [lately[one] for one in sorted(able)]))


def _could(was: Departs, pushes: Departs | None, departs: Departs) -> bool:
    """Whether something out of the usual can have this effect at all."""
    if was == "usual":
        return False
    return pushes is None or (was == "higher") == (pushes == departs)


def _window(target: Course, now: float, zone_s: float) -> float:
    """Since when it departs, of the windows that are looked at."""
    ago = np.array([0.0, *WINDOWS_S])
    _, departure = _departures(target, now - ago, zone_s)
    begun = departure[0] - departure
    for window, change in zip(WINDOWS_S, begun[1:], strict=True):
        if abs(change) >= abs(departure[0]) / 2 and change * departure[0] > 0:
            return window
    return WINDOWS_S[-1]


def _departures(target: Course, moments: Numbers, zone_s: float) -> tuple[Numbers, Numbers]:
    """What is usual at the hours of these moments (their median), and by how much it was otherwise."""
    grid = np.arange(target.times[0], target.times[-1] + DAY_S, HOUR_S)
    grid = grid[grid <= moments.max()]
    hours, values = _hour(grid, zone_s).astype(int), target.at(grid)
    whole = float(np.median(values))
    median = np.array([np.median(values[hours == one]) if (hours == one).any() else whole for one in range(24)])
    usual = median[_hour(moments, zone_s).astype(int)]
    return usual, target.at(moments) - usual


def _hour(moments: Numbers, zone_s: float) -> Numbers:
    return ((moments + zone_s) % DAY_S) / HOUR_S


def _cut(values: Numbers, low: float, high: float) -> NDArray[np.int32]:
    cut = np.where(np.isnan(values), MISSING, (values >= low).astype(np.int32) + (values > high))
    return np.asarray(cut, np.int32)


def _reasons(rows: Mapping[str, NDArray[np.int32]], outer: set[str], able: Sequence[Reason]) -> tuple[Reason, ...]:
    """By a model of all moments but the first, which is the one in question."""
    states = {name: _HOURS if name == _HOUR else DEPARTS for name in rows}
    past = Watching(states, np.stack([one[1:] for one in rows.values()], 1))
    parents = Search(past, _allowed(list(rows), outer), SearchSettings(shakes=3, candidates=8, most_parents=3)).best()
    model = fitted({name: sorted(above) for name, above in parents.items()}, past, LearningSettings())
    needed = model.ancestors([_NOW])
    facts = {name: states[name][one[0]] for name, one in rows.items() if name in needed and one[0] != MISSING}
    here = model.state(_NOW, facts[_NOW])
    found = [
        replace(one, still=float(counterfactual(model, [_NOW], {one.name: "usual"}, facts).over([_NOW])[here]))
        for one in able
        if one.name in needed
    ]
    return tuple(sorted(found, key=lambda one: one.still))


def _allowed(names: list[str], outer: set[str]) -> Allowed:
    """Nothing leads back in time."""
    stage = {name: 1 if name in outer else 3 for name in names} | {_HOUR: 0, _BEFORE: 2, _NOW: 4}
    forbidden = {(one, other) for one in names for other in names if stage[one] > stage[other]}
    return Allowed(frozenset(forbidden))
