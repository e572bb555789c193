import random

from llmagentos.agent.confidence import Calibration
from llmagentos.training.calibrate import Observed, fit


def test_what_was_distorted_is_found() -> None:
    random_ = random.Random(3)
    true = Calibration(0.7, 0.9, 1.8)
    seen = []
    for _ in range(6000):
        probability, left = random_.uniform(0.02, 0.999), random_.choice((0, 0, 0, 1, 2))
        seen.append(Observed(probability, left, random_.random() < true.confidence(probability, left)))
    found = fit(seen)
    for name in ("slope", "offset", "penalty"):
        assert abs(getattr(found, name) - getattr(true, name)) < 0.15, (name, found)
    assert found.act_at is None


def test_nothing_unexplained_costs_nothing() -> None:
    assert fit([Observed(0.9, 0, True)] * 90 + [Observed(0.9, 0, False)] * 10).penalty >= 0
