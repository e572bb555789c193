import random
from pathlib import Path

from llmagentos.agent.confidence import Calibration
from llmagentos.training.calibrate import Observed, cross_fitted, error, fit
from llmagentos.training.plots import belief, learning_curve, risk_coverage


def test_what_was_distorted_is_found() -> None:
    random_ = random.Random(3)
    true = Calibration(0.7, 0.9, 1.8, -0.8)
    seen = []
    for _ in range(6000):
        probability, left, acts = random_.uniform(0.02, 0.999), random_.choice((0, 0, 0, 1, 2)), random_.random() < 0.6
        seen.append(Observed(probability, left, acts, random_.random() < true.confidence(probability, left, acts=acts)))
    found = fit(seen)
    for name in ("slope", "offset", "penalty", "reply"):
        assert abs(getattr(found, name) - getattr(true, name)) < 0.15, (name, found)
    assert found.act_at is None


def test_nothing_unexplained_costs_nothing() -> None:
    assert fit([Observed(0.9, 0, True, True)] * 90 + [Observed(0.9, 0, True, False)] * 10).penalty >= 0


def test_what_was_fitted_is_tried_on_others() -> None:
    random_ = random.Random(5)
    seen = [Observed(0.95, 0, True, random_.random() < 0.7) for _ in range(400)]
    believed = cross_fitted(seen)
    assert len(believed) == len(seen)
    assert error(believed) < 0.08
    assert error([(0.95, one.right) for one in seen]) > 0.2


def test_the_surest_come_first() -> None:
    coverage, risks = risk_coverage([(0.2, False), (0.9, True), (0.8, True), (0.5, False)])
    assert coverage == [0.25, 0.5, 0.75, 1.0]
    assert risks == [0.0, 0.0, 1 / 3, 0.5]


def test_pictures_are_drawn(tmp_path: Path) -> None:
    curve = [
        {"step": 1, "loss": 1.0},
        {"step": 2, "loss": 0.5},
        {"step": 2, "held_out_loss": 0.6, "held_out_exact": 0.5},
    ]
    learning_curve(curve, tmp_path / "curve.svg")
    belief([(0.9, True), (0.4, False)], tmp_path / "belief.svg")
    assert all(
        (tmp_path / name).read_text(encoding="utf-8").startswith("<?xml") for name in ("curve.svg", "belief.svg")
    )
