"""Readings of the history on the grid that diagnosis looks at: what a signal said last, every five minutes."""

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from llmagentos.knowledge.graph.air_handlers import AirHandler, Signal
from llmagentos.messages.snapshot import Reading
from llmagentos.reasoning.diagnosis.readings import A_DAY, MINUTES, PLANT_POINTS, ROOM_POINTS, Values

STALE_S = 3600.0
"""What was not said again for so long is not known any more."""
SHARES = ("outdoor damper", "heating valve", "cooling valve", "damper", "reheat valve")
PER_CENT_FROM = 1.5


def gridded(
    handler: AirHandler, past: Sequence[Reading], starts: Sequence[float]
) -> tuple[dict[str, Values], dict[str, Values]]:
    """Of one plant, for days that start then: by point (1, times), by point of rooms (1, rooms, times). Points without a signal are not known (NaN)."""
    said: dict[Signal, list[Reading]] = defaultdict(list)
    for one in past:
        said[one.entity, one.property].append(one)
    times: Values = (np.array(starts)[:, None] + np.arange(A_DAY, dtype=np.float64) * (MINUTES * 60)).reshape(-1)
    plant = {name: _held(said.get(handler.points.get(name, ("", "")), []), times, name)[None] for name in PLANT_POINTS}
    rooms = {
        name: np.stack([_held(said.get(room.get(name, ("", "")), []), times, name) for room in handler.rooms.values()])[None]
        for name in ROOM_POINTS
    }  # fmt: skip
    return plant, rooms


def _held(readings: Sequence[Reading], times: Values, name: str) -> Values:
    """What was said last at each time. Commands in per cent become shares."""
    known = [(one.at, float(one.value)) for one in readings if isinstance(one.value, int | float | bool)]
    if not known:
        return np.full(len(times), np.nan)
    at, values = (np.array(each) for each in zip(*known, strict=True))
    place = np.searchsorted(at, times, side="right") - 1
    fresh = (place >= 0) & (times - at[np.maximum(place, 0)] <= STALE_S)
    held = np.where(fresh, values[np.maximum(place, 0)], np.nan)
    if name in SHARES and np.nanmax(values) > PER_CENT_FROM:
        held = held / 100
    return np.asarray(held)
