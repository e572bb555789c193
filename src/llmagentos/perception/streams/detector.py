"""What is unusual in a stream of numbers, as it comes, with nothing to set: some ten microseconds a reading.

A reading is looked at in five ways: itself, the mean of the last few, its step, and how far the last readings lie from what is usual at this hour of the day and of the week.
Each is as unusual as it is far from all it ever was (`novelty.py`), in shares of the range of the signal; a mean of n readings speaks for as many, its distance counts root n
times (half of that where it rests on an expectation, which errs too). What was told lately is told again only if it has become worse.
"""

import math
from dataclasses import dataclass, field
from typing import Any

from llmagentos.perception.streams.cycle import DAY_S, WEEK_S, Cycle
from llmagentos.perception.streams.novelty import Novelty

SHORT, LONG = 4, 32
"""Readings that a mean looks back on."""
SETTLED = 30
"""Departures from a cycle that are only collected."""
HALF = 0.05
"""So many shares of the range, all ways together, are half way to certainty."""
CONFIRMED = 3
"""So many readings beyond it widen the range."""
QUIET, WORSE = 100, 1.3
"""So many readings after something was told, only what is so many times worse is news."""


@dataclass(slots=True)
class Detector:
    """Of one signal. `low` and `high`: what it can be, where its device says so; else what it has been."""

    low: float = math.inf
    high: float = -math.inf
    count: int = 0
    last: float = 0.0
    short: float = 0.0
    away: list[float] = field(default_factory=lambda: [0.0, 0.0])
    known: list[int] = field(default_factory=lambda: [0, 0])
    cycles: tuple[Cycle, Cycle] = field(default_factory=lambda: (Cycle(DAY_S), Cycle(WEEK_S)))
    novelties: tuple[Novelty, ...] = field(default_factory=lambda: tuple(Novelty() for _ in range(5)))
    beyond: list[list[float]] = field(default_factory=lambda: [[], []])
    """Readings below and above the range, which widen it when there are enough of them."""
    told: float = 0.0
    told_ago: int = QUIET + 1

    def surprise(self, at: float, value: float) -> float:
        """How unusual it is that the signal is so now, 0 to 1; 0 also for what was told already. `at` in seconds, never falling; a value that is no number is 0 and not counted."""
        if not math.isfinite(value):
            return 0.0
        extent = max(0.0, self.high - self.low)
        self._widen(value)
        far = self._far(at, value, extent)
        self.count, self.last = self.count + 1, value
        return self._news(far / extent if extent > 0 else 0.0)

    def _widen(self, value: float) -> None:
        """The range reaches as far as a few readings were: one that is beyond all reason, once, must not make all others small."""
        for number, beyond in ((0, value < self.low), (1, value > self.high)):
            if not beyond:
                continue
            sign = -1.0 if number == 0 else 1.0
            kept = sorted([*self.beyond[number], sign * value])[-CONFIRMED:]
            self.beyond[number] = kept
            if len(kept) == CONFIRMED or self.count < CONFIRMED:
                reached = value if self.count < CONFIRMED else sign * kept[0]
                self.low, self.high = min(self.low, reached), max(self.high, reached)
                self.beyond[number] = [one for one in kept if one > sign * reached]

    def _far(self, at: float, value: float, extent: float) -> float:
        """All distances, each by what it weighs."""
        first = self.count == 0
        near = (
            min(max(value, self.low - extent), self.high + extent) if extent > 0 else value
        )  # a mean forgets a glitch
        self.short += (near - self.short) / min(SHORT, self.count + 1)
        itself, mean, step = self.novelties[:3]
        far = itself.distance(value, extent) + math.sqrt(SHORT) * mean.distance(self.short, extent)
        far += 0.5 * step.distance(0.0 if first else value - self.last, extent)
        for number, (cycle, novelty) in enumerate(zip(self.cycles, self.novelties[3:], strict=True)):
            usual = cycle.expected(at)
            cycle.update(at, near)
            if usual is None:
                continue
            self.known[number] += 1
            self.away[number] += (near - usual - self.away[number]) / min(LONG, self.known[number])
            distance = novelty.distance(self.away[number], extent)
            far += 0.5 * math.sqrt(LONG) * distance * (self.known[number] > SETTLED)
        return far

    def _news(self, far: float) -> float:
        self.told_ago += 1
        if far <= 0 or (self.told_ago <= QUIET and far < WORSE * self.told):
            return 0.0
        if far > self.told or self.told_ago > QUIET:
            self.told, self.told_ago = far, 0
        return far / (far + HALF)

    def dump(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "low": self.low if self.count else None, "high": self.high if self.count else None, "count": self.count, "last": self.last, "short": self.short,
            "away": self.away, "beyond": self.beyond, "known": self.known, "told": self.told, "told_ago": self.told_ago, "seen": [one.seen for one in self.novelties],
            "cycles": [[one.mean, one.seen, one.slot, one.total, one.count] for one in self.cycles],
        }  # fmt: skip

    @classmethod
    def load(cls, kept: dict[str, Any]) -> "Detector":
        """As it was."""
        fresh = cls()
        cycles = [Cycle(period, *each) for period, each in zip((DAY_S, WEEK_S), kept["cycles"], strict=True)]
        low, high = (fresh.low, fresh.high) if kept["low"] is None else (kept["low"], kept["high"])
        return cls(low, high, kept["count"], kept["last"], kept["short"], kept["away"], kept["known"], (cycles[0], cycles[1]),
                   tuple(map(Novelty, kept["seen"])), kept["beyond"], kept["told"], kept["told_ago"])  # fmt: skip
