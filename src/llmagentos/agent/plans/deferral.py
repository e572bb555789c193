"""When to begin what is wanted by a certain time: heating a room six hours early serves nobody.

A step that takes time and has a deadline, its own or that of what waits for it, begins as late as that lets it, with a margin; what takes no
time ("lock the door by ten") is done as soon as can be, as is everything without a deadline.
"""

import math
from collections.abc import Mapping, Sequence

from llmagentos.agent.plans.outline import Capacity, Step, fits

MARGIN = 0.1
"""Of its length a step begins earlier than it would have to."""
TICK_S = 60.0


def deferred(
    steps: Sequence[Step], starts: Sequence[float], deadlines: Mapping[int, float], capacity: Capacity
) -> dict[int, float]:
    """Seconds from the beginning before which steps need not begin. `starts`: as early as can be; `deadlines`: seconds by which steps are to be over.

    Guarantees: no step is late that would not have been, none begins before all that it waits for is over.
    """
    planned, latest = list(starts), [deadlines.get(number, math.inf) for number in range(len(steps))]
    later: dict[int, float] = {}
    moves = [True] * len(steps)
    """Whether nothing is held up by beginning it later, but for what takes neither time nor anything else."""
    for number in sorted(range(len(steps)), key=lambda one: (-starts[one], -one)):
        step = steps[number]
        if math.isfinite(latest[number]) and step.seconds > 0 and moves[number]:
            wished = latest[number] - step.seconds * (1 + MARGIN)
            start = _fitting(number, wished, steps, planned, capacity)
            if start > planned[number]:
                planned[number] = later[number] = start
        for one in step.after:
            latest[one] = min(latest[one], planned[number] if math.isfinite(latest[number]) else math.inf)
            moves[one] = (
                moves[one] and moves[number] and (math.isfinite(latest[number]) or not (step.seconds or step.needs))
            )
    return later


def _fitting(number: int, wished: float, steps: Sequence[Step], planned: Sequence[float], capacity: Capacity) -> float:
    """The latest start, not after that, at which there is enough of everything; where there is none, the one that was planned."""
    step, start = steps[number], wished
    while start > planned[number]:
        beside = [
            other
            for index, other in enumerate(steps)
            if index != number and planned[index] < start + step.seconds and start < planned[index] + other.seconds
        ]
        if fits(step, beside, capacity):
            return start
        start -= TICK_S
    return planned[number]
