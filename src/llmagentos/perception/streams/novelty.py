"""How far a number is from all that were seen before it.

What is rare is no anomaly where it was seen before, and what lies in a gap between two habits is one although it is no extreme: the distance to the nearest number that was ever
seen tells both (a nearest neighbour of one dimension, found by bisection).
"""

from bisect import bisect_left
from dataclasses import dataclass, field

RESOLUTION = 1024
"""Of the range so far: numbers that lie closer count as one, which bounds the memory."""


@dataclass(slots=True)
class Novelty:
    """Of one quantity. `seen` in order."""

    seen: list[float] = field(default_factory=list)

    def distance(self, value: float, extent: float) -> float:
        """From the nearest seen so far, 0 for the first; then it counts as seen. `extent`: the range of what it is a part of."""
        place = bisect_left(self.seen, value)
        near = min((abs(value - one) for one in self.seen[max(0, place - 1) : place + 1]), default=0.0)
        if not self.seen or near > extent / RESOLUTION:
            self.seen.insert(place, value)
        return near
