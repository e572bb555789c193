"""What to look at next: the check whose answer is expected to tell most for its time.

The value of a check is the entropy of the causes that its answer is expected to take away (Lindley, "On a Measure of the Information Provided by an
Experiment", 1956).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from llmagentos.reasoning.diagnosis.diagnoser import Cause
from llmagentos.reasoning.diagnosis.readings import Values

RARELY = 0.03
"""How often a check finds what is not there."""


@dataclass(frozen=True, slots=True)
class Check:
    """`finds`: how often it says yes under each kind of cause. In rooms it is done in one room at a time."""

    what: str
    minutes: float
    finds: dict[str, float] = field(default_factory=dict)
    in_room: bool = False


AIR_HANDLER = (
    Check("does the stem of the cooling valve follow its command?", 5, {"cooling valve stuck": 0.95}),
    Check("with the cooling valve commanded shut, is its pipe still cold?", 10, {"cooling valve stuck": 0.8, "cooling valve leaks": 0.95}),
    Check("with the heating valve commanded shut, is its pipe still warm?", 10, {"heating valve leaks": 0.95}),
    Check("do the blades of the outdoor damper not follow its command?", 5, {"outdoor damper stuck": 0.95}),
    Check("does a thermometer in the supply air say otherwise than the sensor?", 10, {"supply temperature sensor biased": 0.95}),
    Check("is the filter dirty?", 10, {"filter fouled": 0.95}),
    Check("does one of the three phases lack?", 3, {"phase lost": 0.99}),
    Check("does a thermometer in the room say otherwise than the sensor?", 5, {"room sensor drifts": 0.9, "room sensor frozen": 0.8}, in_room=True),
    Check("is a window open?", 2, {"window open": 0.95}, in_room=True),
    Check("has somebody set another temperature?", 2, {"set-point wrong": 0.97}, in_room=True),
    Check("does the damper of the box not follow its command?", 8, {"box damper stuck": 0.95}, in_room=True),
)  # fmt: skip


def next_checks(
    probability: Values, causes: Sequence[Cause], rooms: int, most: int = 3
) -> list[tuple[Check, int | None, float]]:
    """The best first, each with its room and the bits it is expected to tell. `probability` (1 + causes,), first nothing wrong."""
    found: list[tuple[Check, int | None, float]] = []
    for check in AIR_HANDLER:
        for room in range(rooms) if check.in_room else (None,):
            yes = np.array(
                [RARELY, *(check.finds.get(one.kind, RARELY) if one.room == room else RARELY for one in causes)]
            )
            found.append((check, room, _told(probability, yes)))
    found.sort(key=lambda one: -one[2] / one[0].minutes)
    return found[:most]


def _told(probability: Values, yes: Values) -> float:
    chance = float(probability @ yes)
    after = chance * _entropy(probability * yes / chance) + (1 - chance) * _entropy(
        probability * (1 - yes) / (1 - chance)
    )
    return _entropy(probability) - after


def _entropy(probability: Values) -> float:
    known = probability[probability > 0]
    return float(-(known * np.log2(known)).sum())
