"""From the probability of a reading to how often such a reading is right, and what to do with it.

Platt, "Probabilistic outputs for support vector machines", 1999, over the log odds; fitted on homes that training never saw.
"""

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Calibration:
    """`confidence` is the logistic of slope times log odds plus offset, less `penalty` for every word for a thing that the
    reading leaves unexplained; below `act_at` a person is asked.
    """

    slope: float = 1.0
    offset: float = 0.0
    penalty: float = 0.0
    act_at: float = 0.4

    def confidence(self, probability: float, unexplained: int = 0) -> float:
        """How often a reading of this probability is right."""
        if (self.slope, self.offset, self.penalty) == (1.0, 0.0, 0.0):
            return probability
        odds = self.slope * log_odds(probability) + self.offset - self.penalty * unexplained
        return 1 / (1 + math.exp(-odds))


def log_odds(probability: float) -> float:
    """Bounded, for 0 and 1 too."""
    bounded = min(max(probability, 1e-9), 1 - 1e-9)
    return math.log(bounded / (1 - bounded))


UNTRAINED = Calibration()
"""Nothing is known of how sure a model is that was not trained for this."""
MISTAKE = 4.0
"""How many needless questions one wrong act costs: a person forgives a question, not a light at night."""


def act_from(mistake: float = MISTAKE) -> float:
    """The confidence from which acting costs less than asking: (1 - c) * mistake < c."""
    return mistake / (1 + mistake)
