"""From the probability of a reading to how often such a reading is right, and what to do with it.

Platt, "Probabilistic outputs for support vector machines", 1999, over the log odds; fitted on homes that training never saw.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from llmagentos.messages.snapshot import EntityView


@dataclass(frozen=True, slots=True)
class Calibration:
    """`confidence` is the logistic of slope times log odds plus offset, less `penalty` for every word for a thing that the
    reading leaves unexplained, plus `reply` for one that does nothing. A person is asked below `act_at`, or, without it, below what a mistake would cost.
    """

    slope: float = 1.0
    offset: float = 0.0
    penalty: float = 0.0
    reply: float = 0.0
    act_at: float | None = None

    def acts(self, confidence: float, mistake: float) -> bool:
        """Whether to act on a reading rather than to ask."""
        return confidence >= (act_from(mistake) if self.act_at is None else self.act_at)

    def confidence(self, probability: float, unexplained: int = 0, *, acts: bool = True) -> float:
        """How often a reading of this probability is right."""
        if (self.slope, self.offset, self.penalty, self.reply) == (1.0, 0.0, 0.0, 0.0):
            return probability
        odds = self.slope * log_odds(probability) + self.offset - self.penalty * unexplained
        odds += 0.0 if acts else self.reply
        return 1 / (1 + math.exp(-odds))


def log_odds(probability: float) -> float:
    """Bounded, for 0 and 1 too."""
    bounded = min(max(probability, 1e-9), 1 - 1e-9)
    return math.log(bounded / (1 - bounded))


UNTRAINED = Calibration(act_at=0.4)
"""Nothing is known of how sure a model is that was not trained for this."""
HARMLESS, USUAL, MACHINE, HAZARD = 1.0, 2.5, 4.0, 9.0
"""How many needless questions one wrong act costs: a wrong song or timer, a light at night, a heater or a machine, anything unknown.

Locks, doors, valves, sirens and mowers ask for a yes before they move; asking whether one was meant as well is asking twice.
"""
_MISTAKES = {
    "media player": HARMLESS, "list": HARMLESS, "light": USUAL, "fan": USUAL, "scene": USUAL, "humidifier": USUAL, "vacuum": USUAL, "cover": USUAL,
    "lock": USUAL, "valve": USUAL, "siren": USUAL, "lawn mower": USUAL, "climate": MACHINE, "switch": MACHINE, "outlet": MACHINE,
}  # fmt: skip


def mistake(entities: Iterable[EntityView]) -> float:
    """What it would cost to have changed these by mistake; unknown machines are hazards."""
    return max((_MISTAKES.get(one.entity_class, HAZARD) for one in entities), default=HARMLESS)


def act_from(mistake: float) -> float:
    """The confidence from which acting costs less than asking: (1 - c) * mistake < c."""
    return mistake / (1 + mistake)
