"""How likely each state is, from what was watched: counts where all was seen, expectation and maximisation or gradients where not.

Sources: Dempster, Laird, Rubin, "Maximum Likelihood from Incomplete Data via the EM Algorithm", 1977; Binder, Koller, Russell,
Kanazawa, "Adaptive Probabilistic Networks with Hidden Variables", Machine Learning 29, 1997, for the gradient.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np

from llmagentos.reasoning.causes.cliques import CliqueTree
from llmagentos.reasoning.causes.data import MISSING, States, Watching, counted
from llmagentos.reasoning.causes.model import CausalModel, Variable
from llmagentos.reasoning.causes.tables import Values

BATCH = 500


@dataclass(frozen=True, slots=True)
class LearningSettings:
    """`prior`: how often every combination is taken to have been seen beforehand, in all rows of a table together."""

    prior: float = 10.0
    passes: int = 50
    tolerance: float = 1e-4
    """Nats a row; an improvement that is smaller ends it."""


def fitted(parents: Mapping[str, Sequence[str]], watching: Watching, settings: LearningSettings) -> CausalModel:
    """The model with these arrows that what was watched makes likeliest; missing states are filled in by what is likely."""
    model = _from_rows(parents, watching, settings.prior)
    if (watching.rows != MISSING).all():
        return model
    before = -np.inf
    for better, likelihood in islice(expectation_maximisation(model, watching, settings.prior), settings.passes):
        model = better
        if likelihood - before < settings.tolerance:
            break
        before = likelihood
    return model


def _from_rows(parents: Mapping[str, Sequence[str]], watching: Watching, prior: float) -> CausalModel:
    """Each table from the rows in which all of its variables were seen."""
    return CausalModel.of(
        Variable(name, watching.states[name], tuple(above), _shares(counted(watching, (*above, name)), prior))
        for name, above in parents.items()
    )


def expectation_maximisation(
    model: CausalModel, watching: Watching, prior: float
) -> Iterator[tuple[CausalModel, float]]:
    """One pass after another: the model that follows, and the log-likelihood of a row under the one before. It never falls."""
    expected = _Expected(model, watching)
    while True:
        counts, likelihood = expected.under(model)
        model = _with(model, [_shares(one, prior) for one in counts])
        yield model, likelihood


def gradient_ascent(model: CausalModel, watching: Watching, rate: float) -> Iterator[tuple[CausalModel, float]]:
    """The same, uphill in the logarithms of the chances: smaller steps, and each could be of other rows than the last."""
    expected = _Expected(model, watching)
    while True:
        counts, likelihood = expected.under(model)
        chances = []
        for one, count in zip(model.variables.values(), counts, strict=True):
            slope = count - count.sum(-1, keepdims=True) * one.chance
            logits = np.log(np.maximum(one.chance, 1e-12)) + rate * slope / np.maximum(count.sum(-1, keepdims=True), 1)
            chance = np.exp(logits - logits.max(-1, keepdims=True))
            chances.append(chance / chance.sum(-1, keepdims=True))
        model = _with(model, chances)
        yield model, likelihood


class _Expected:
    """Expected counts of every family, over batches of rows."""

    def __init__(self, model: CausalModel, watching: Watching) -> None:
        sizes = {name: len(one.states) for name, one in model.variables.items()}
        self._tree = CliqueTree([(*one.parents, name) for name, one in model.variables.items()], sizes)
        different, self._often = np.unique(watching.rows, axis=0, return_counts=True)
        column = {name: number for number, name in enumerate(watching.names)}
        self._columns = {name: different[:, column[name]] for name in model.variables}
        self._sizes, self._count = sizes, len(watching.rows)

    def under(self, model: CausalModel) -> tuple[list[Values], float]:
        """The counts, and the mean log-likelihood of a row; rows that the model rules out count for nothing."""
        tables = [one.chance for one in model.variables.values()]
        counts = [np.zeros_like(one) for one in tables]
        likelihood = 0.0
        for start in range(0, len(self._often), BATCH):
            part = slice(start, start + BATCH)
            evidence = {name: _seen(column[part], self._sizes[name]) for name, column in self._columns.items()}
            beliefs, whole = self._tree.beliefs(tables, evidence)
            weight = self._often[part].astype(np.float64)
            counts = [count + np.tensordot(weight, belief, 1) for count, belief in zip(counts, beliefs, strict=True)]
            likelihood += float((weight * np.log(np.maximum(whole, 1e-300))).sum())
        return counts, likelihood / self._count


def _seen(column: States, size: int) -> Values:
    """A one for what was seen, ones for what was not, (rows, states)."""
    return np.vstack([np.eye(size), np.ones(size)])[column]


def _shares(counts: Values, prior: float) -> Values:
    counts = counts + prior / counts.size
    return np.asarray(counts / counts.sum(-1, keepdims=True))


def _with(model: CausalModel, chances: Sequence[Values]) -> CausalModel:
    return CausalModel(
        {
            name: Variable(name, one.states, one.parents, chance)
            for (name, one), chance in zip(model.variables.items(), chances, strict=True)
        }
    )
