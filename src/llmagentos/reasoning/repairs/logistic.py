"""Logistic regression by Newton's method: a dozen weights from a hundred thousand cells in a fraction of a second."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]
RIDGE, ROUNDS, ENOUGH = 1e-3, 60, 1e-4


@dataclass(frozen=True)
class Logistic:
    """Log-odds that are a weighted sum of features, which are centred and scaled first."""

    mean: Vector
    scale: Vector
    weights: Vector

    @classmethod
    def fitted(cls, features: Vector, truth: Vector) -> "Logistic":
        """`features` (n, k), `truth` (n,) of 0 and 1. With nothing of one kind all answers are near the other."""
        mean, scale = features.mean(0), features.std(0) + 1e-6
        x = np.c_[(features - mean) / scale, np.ones(len(features))]
        weights = np.zeros(x.shape[1])
        for _ in range(ROUNDS):
            p = _sigmoid(x @ weights)
            slope = x.T @ (p - truth) / len(truth) + RIDGE * np.r_[weights[:-1], 0]
            curve = (x * (p * (1 - p))[:, None]).T @ x / len(truth) + RIDGE * np.eye(len(weights))
            step = np.linalg.solve(curve, slope)
            weights -= step
            if np.abs(step).max() < ENOUGH:
                break
        return cls(mean, scale, weights)

    def log_odds(self, features: Vector) -> Vector:
        """(n, k) to (n,)."""
        x = np.c_[(features - self.mean) / self.scale, np.ones(len(features))]
        return np.asarray(x @ self.weights)

    def probability(self, features: Vector) -> Vector:
        """(n, k) to (n,)."""
        return _sigmoid(self.log_odds(features))


def _sigmoid(x: Vector) -> Vector:
    return np.asarray(1 / (1 + np.exp(-np.clip(x, -40, 40))))
