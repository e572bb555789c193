"""Gradient descent on tables of numbers: AdaGrad, whole tables or some rows of them.

Source: Duchi, Hazan, Singer, "Adaptive Subgradient Methods", JMLR 12, 2011.
"""

import numpy as np

from llmagentos.reasoning.links.graph import Floats, Ints


class AdaGrad:
    """Moves one table, in place. Rows that are named more than once in a step move by the sum."""

    def __init__(self, table: Floats, rate: float) -> None:
        self._table, self._rate = table, np.float32(rate)
        self._squares = np.full_like(table, 1e-10)

    def step(self, gradient: Floats) -> None:
        """`gradient` is as large as the table."""
        self._squares += gradient * gradient
        self._table -= self._rate * gradient / np.sqrt(self._squares)

    def step_rows(self, rows: Ints, gradient: Floats) -> None:
        """`rows` (n,), `gradient` (n, ...)."""
        which, summed = gathered(rows, gradient)
        self._squares[which] += summed * summed
        self._table[which] -= self._rate * summed / np.sqrt(self._squares[which])


def gathered(rows: Ints, values: Floats) -> tuple[Ints, Floats]:
    """Each row once, with the sum of its values."""
    order = np.argsort(rows, kind="stable")
    ordered = rows[order]
    first = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]])
    return ordered[first], np.add.reduceat(values[order], first, axis=0)
