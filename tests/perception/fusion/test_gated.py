"""Fusion by gates: gradients against differences, a sense that is missing or says only noise, the same for the same seed."""

import numpy as np
import pytest

from llmagentos.perception.fusion.fitting import fitted, left_out
from llmagentos.perception.fusion.gated import Labels, Shape, Values, drawn, forward, gradient, losses, softmax

SHAPE = Shape((("heard", 6), ("seen", 5)), hidden=7, classes=4)
OWN, CONTRAST, STEP = 0.5, 0.2, 1e-6


def batch(random: np.random.Generator, count: int = 9) -> tuple[list[Values], Labels]:
    return [random.normal(size=(count, size)) for _, size in SHAPE.senses], random.integers(0, SHAPE.classes, count)


@pytest.mark.parametrize("seed", range(3))
def test_the_gradient_is_that_of_the_losses(seed: int) -> None:
    random = np.random.default_rng(seed)
    weights, (inputs, labels), there = drawn(SHAPE, random), batch(random), left_out(random, 9, 2)
    slopes = gradient(weights, SHAPE, forward(weights, SHAPE, inputs, there), labels, OWN, CONTRAST)

    def loss() -> float:
        whole, own, contrast = losses(forward(weights, SHAPE, inputs, there), labels)
        return whole + OWN * own + CONTRAST * contrast

    assert slopes.keys() == weights.keys()
    for name, slope in slopes.items():
        place = tuple(random.integers(0, one) for one in slope.shape)
        weights[name][place] += STEP
        above = loss()
        weights[name][place] -= 2 * STEP
        below = loss()
        weights[name][place] += STEP
        assert slope[place] == pytest.approx((above - below) / (2 * STEP), abs=1e-6), name


def test_a_missing_sense_has_no_say() -> None:
    random = np.random.default_rng(1)
    weights, (inputs, _) = drawn(SHAPE, random), batch(random)
    there = np.ones((9, 2)) * [1.0, 0.0]
    one = forward(weights, SHAPE, inputs, there)
    other = forward(weights, SHAPE, [inputs[0], inputs[1] * 100], there)
    assert np.array_equal(one.logits, other.logits)
    assert one.probabilities().sum(1) == pytest.approx(np.ones(9))


CENTRES = np.random.default_rng(0).normal(size=(2, 4, 6))


def examples(
    random: np.random.Generator, noise: tuple[float, float] = (0.5, 0.5), count: int = 64
) -> tuple[list[Values], Labels]:
    """Four classes, each with a place in either sense; noise comes in bursts that only the values show."""
    labels = random.integers(0, 4, count)
    bursts = np.where(random.random((2, count, 1)) < 0.3, 4.0, 1.0)
    heard = CENTRES[0][labels] + noise[0] * bursts[0] * random.normal(size=(count, 6))
    seen = CENTRES[1][labels][:, :5] + noise[1] * bursts[1] * random.normal(size=(count, 5))
    return [heard, seen], labels


def test_both_together_know_more_than_each_and_the_gate_leaves_noise_out() -> None:
    weights = fitted(SHAPE, examples, 600, seed=1)
    inputs, labels = examples(np.random.default_rng(9), count=2000)

    def right(there: tuple[float, float]) -> float:
        state = forward(weights, SHAPE, inputs, np.ones((2000, 2)) * there)
        return float((state.logits.argmax(1) == labels).mean())

    state = forward(weights, SHAPE, inputs, np.ones((2000, 2)))
    summed = sum(state.heads).argmax(1)  # type: ignore[union-attr]  # a sum of arrays, not of nothing
    assert right((1, 1)) > max(right((1, 0)), right((0, 1))) + 0.03
    assert right((1, 1)) >= float((summed == labels).mean()) - 0.005


def test_fitting_is_the_same_for_the_same_seed() -> None:
    one, other = (fitted(SHAPE, examples, 5, seed=3) for _ in range(2))
    assert all(np.array_equal(one[name], other[name]) for name in one)


def test_large_numbers_do_not_overflow() -> None:
    assert np.isfinite(softmax(np.array([[1e4, -1e4, 0.0]]))).all()
