"""How fast to learn, over the course of a run."""

import math
from typing import Literal

Schedule = Literal["cosine", "linear", "constant"]


def share_of_rate(progress: float, warm_up: float, schedule: Schedule, least: float = 0.0) -> float:
    """The share of the highest rate at a point of the run between 0 and 1: up in a line, then down to `least`."""
    if progress < warm_up:
        return max(progress, 1e-3 * warm_up) / warm_up
    left = 1 - min(1.0, (progress - warm_up) / max(1e-9, 1 - warm_up))
    match schedule:
        case "constant":
            return 1.0
        case "linear":
            return least + (1 - least) * left
        case "cosine":
            return least + (1 - least) * 0.5 * (1 - math.cos(math.pi * left))
