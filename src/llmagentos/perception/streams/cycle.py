"""What is usual at each hour of a day, or of a week."""

import math
from dataclasses import dataclass, field

DAY_S, WEEK_S = 86_400.0, 604_800.0
SLOTS = {DAY_S: 48, WEEK_S: 168}
"""Into how many parts a cycle is divided."""
SETTLED, MEMORY = 2, 8
"""So often a part must have been seen to say what is usual in it; and so many of the last weigh."""


@dataclass(slots=True)
class Cycle:
    """Of one signal over one period. A part of it counts by its mean, once it is over."""

    period: float
    mean: list[float] = field(default_factory=list)
    seen: list[int] = field(default_factory=list)
    slot: int = -1
    total: float = 0.0
    count: int = 0

    def __post_init__(self) -> None:
        slots = SLOTS[self.period]
        self.mean, self.seen = self.mean or [0.0] * slots, self.seen or [0] * slots

    def expected(self, at: float) -> float | None:
        """Between the middles of two parts; None while they are not known."""
        place = at % self.period / self.period * len(self.mean) - 0.5
        low = math.floor(place)
        first, second, share = low % len(self.mean), (low + 1) % len(self.mean), place - low
        if self.seen[first] < SETTLED or self.seen[second] < SETTLED:
            return None
        return (1 - share) * self.mean[first] + share * self.mean[second]

    def update(self, at: float, value: float) -> None:
        """A reading, none older than the last."""
        slot = int(at % self.period / self.period * len(self.mean))
        if slot != self.slot:
            if self.count:
                self.seen[self.slot] += 1
                rate = 1 / min(self.seen[self.slot], MEMORY)
                self.mean[self.slot] += rate * (self.total / self.count - self.mean[self.slot])
            self.slot, self.total, self.count = slot, 0.0, 0
        self.total += value
        self.count += 1
