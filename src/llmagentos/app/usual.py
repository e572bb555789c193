"""What numbers usually are: the middle of what each said in the last week, worked out anew now and then."""

import asyncio
import logging
import sqlite3
from collections.abc import Mapping
from statistics import median

from llmagentos.kernel.history import DAY_S, SqliteHistory

LOOK_BACK_S, ANEW_S, NEWEST_S = 7 * DAY_S, 6 * 3600.0, 3600.0
"""How far back, how often, and what is too new to count: it may be what is to be judged."""
_log = logging.getLogger(__name__)
LEAST_S = DAY_S
"""A number that is known for less is not known."""


class UsualNumbers:
    """One per node; asked without waiting, so what was never asked for before is not known yet."""

    def __init__(self, history: SqliteHistory) -> None:
        self._history = history
        self._known: dict[tuple[str, str], float | None] = {}
        self._looked: dict[tuple[str, str], float] = {}
        self._given: set[tuple[str, str]] = set()
        self._one = asyncio.Lock()

    def __call__(self, entity: str, name: str) -> float | None:
        return self._known.get((entity, name))

    def know(self, usual: Mapping[tuple[str, str], float]) -> None:
        """What is known from elsewhere, for good."""
        self._known |= usual
        self._given |= set(usual)

    async def look(self, signals: list[tuple[str, str]], now: float) -> None:
        """Know these, from the disk where that is due."""
        async with self._one:
            for one in signals:
                if one not in self._given and not 0 <= now - self._looked.get(one, float("-inf")) < ANEW_S:
                    try:
                        self._known[one] = await self._middle(one, now)
                    except (sqlite3.Error, OSError) as error:  # nothing rests on the history: later, perhaps
                        _log.warning("what is usual cannot be worked out: %s", error)
                        return
                    self._looked[one] = now

    async def _middle(self, signal: tuple[str, str], now: float) -> float | None:
        readings = await self._history.between([signal], now - LOOK_BACK_S, now - NEWEST_S)
        numbers = [(one.at, float(one.value)) for one in readings if isinstance(one.value, int | float) and not isinstance(one.value, bool)]  # fmt: skip
        if not numbers or now - numbers[0][0] < LEAST_S:
            return None
        numbers[0] = (max(numbers[0][0], now - LOOK_BACK_S), numbers[0][1])
        return await asyncio.to_thread(weighted_median, numbers, now - NEWEST_S)


def weighted_median(readings: list[tuple[float, float]], end: float) -> float:
    """Of (time, number), each counting for as long as it stood; of one alone, itself."""
    spans = [(value, max(0.0, after - at)) for (at, value), (after, _) in zip(readings, [*readings[1:], (end, 0.0)], strict=True)]  # fmt: skip
    whole = sum(span for _, span in spans)
    if whole <= 0:
        return median(value for _, value in readings)
    passed = 0.0
    for value, span in sorted(spans):
        passed += span
        if passed >= whole / 2:
            return value
    return readings[-1][1]
