"""Fitting a fusion to examples: batches in which senses are left out at random, and Adam (Kingma and Ba, 2015)."""

from collections.abc import Callable

import numpy as np

from llmagentos.perception.fusion.gated import Labels, Shape, Values, Weights, drawn, forward, gradient

Batch = tuple[list[Values], Labels]
OWN, CONTRAST = 0.5, 0.2
"""What each sense's own answer, and the contrast between senses, count beside the answer of all."""
LEFT_OUT = 0.3
"""How often one of the senses is missing."""
RATE, DECAY = 2e-3, 1e-4


def fitted(shape: Shape, batch: Callable[[np.random.Generator], Batch], steps: int, seed: int) -> Weights:
    """Weights after so many batches; the same for the same seed."""
    random = np.random.default_rng(seed)
    weights = drawn(shape, random)
    first = {name: np.zeros_like(one) for name, one in weights.items()}
    second = {name: np.zeros_like(one) for name, one in weights.items()}
    mean = {name: one.copy() for name, one in weights.items()}
    for step in range(1, steps + 1):
        inputs, labels = batch(random)
        state = forward(weights, shape, inputs, left_out(random, len(labels), len(shape.senses)))
        slopes = gradient(weights, shape, state, labels, OWN, CONTRAST)
        rate = RATE * min(1.0, step / 100) * (0.5 + 0.5 * np.cos(np.pi * step / steps))
        for name, slope in slopes.items():
            first[name] += 0.1 * (slope - first[name])
            second[name] += 0.001 * (slope**2 - second[name])
            move = first[name] / (1 - 0.9**step) / (np.sqrt(second[name] / (1 - 0.999**step)) + 1e-8)
            weights[name] = weights[name] - rate * (move + DECAY * weights[name] / RATE * name.endswith("/w"))
            mean[name] += 0.005 * (weights[name] - mean[name])
    return mean


def left_out(random: np.random.Generator, count: int, senses: int) -> Values:
    """(count, senses) which are there: all, or in some rows one is missing."""
    there = np.ones((count, senses))
    if senses > 1:
        rows = (random.random(count) < LEFT_OUT).nonzero()[0]
        there[rows, random.integers(0, senses, len(rows))] = 0.0
    return there
