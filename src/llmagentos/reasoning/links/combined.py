"""Embeddings and rules as one probability: log-linear, a handful of weights for the whole graph, fitted on facts that neither saw.

So few weights cannot learn a set by heart, and each says what a kind of evidence is worth. Source: Meilicke et al., "Why a Naive Way to Combine
Symbolic and Latent Knowledge Base Completion Works Surprisingly Well", AKBC 2021, for why the two complete each other.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from llmagentos.reasoning.links.graph import Floats, Ints, LinkGraph, answers
from llmagentos.reasoning.links.mining import RuleEvidence
from llmagentos.reasoning.links.ranking import LinkScorer

STEPS, RATE, OUT = 300, 0.03, np.float32(-1e9)
MOST_CELLS = 20_000_000
"""A fit looks at no more questions times entities; as few weights need no more."""


class Together:
    """Several embeddings as one: the mean of their log-probabilities."""

    def __init__(self, models: Sequence[LinkScorer]) -> None:
        self._models = models

    def scores(self, questions: Ints) -> Floats:
        """(n, 2) to (n, entities)."""
        total = sum(_log_softmax(one.scores(questions)) for one in self._models)
        return np.asarray(total / len(self._models), np.float32)


class Combined:
    """`fit` once; then `scores` are log-probabilities."""

    def __init__(self, models: Sequence[LinkScorer], evidence: RuleEvidence) -> None:
        self._models, self._evidence = models, evidence
        self.weights = np.ones(len(models) + len(RuleEvidence.FEATURES), np.float32)

    def fit(self, graph: LinkGraph, held_out: Ints) -> None:
        """Weigh the evidence by facts that none of it was made from, by the surprise at the right answer among all that are not known."""
        questions, right = graph.questions(held_out)
        some = np.random.default_rng(0).permutation(len(right))[: max(1, MOST_CELLS // len(graph.entities))]
        questions, right = questions[some], right[some]
        features = self._features(questions)
        known = _known(questions, right, answers(graph, graph.triples, held_out), features.shape[1])
        scale = features.std((0, 1)) + 1e-6
        features /= scale
        weights = np.zeros_like(self.weights)
        weights[: len(self._models)] = scale[: len(self._models)] / len(self._models)
        mean: Floats = np.zeros_like(weights)
        square: Floats = np.zeros_like(weights)
        for step in range(1, STEPS + 1):
            scores = np.where(known, OUT, features @ weights)
            share = np.exp(_log_softmax(scores))
            share[np.arange(len(right)), right] -= 1
            gradient = (np.tensordot(share, features, 2) / len(right)).astype(np.float32)
            mean = 0.9 * mean + 0.1 * gradient
            square = 0.99 * square + 0.01 * gradient**2
            weights -= RATE * (mean / (1 - 0.9**step)) / (np.sqrt(square / (1 - 0.99**step)) + 1e-8)
        self.weights = (weights / scale).astype(np.float32)

    def scores(self, questions: Ints) -> Floats:
        """(n, 2) to (n, entities)."""
        return _log_softmax(self._features(questions) @ self.weights)

    def _features(self, questions: Ints) -> Floats:
        latent = [_log_softmax(one.scores(questions))[..., None] for one in self._models]
        return np.concatenate([*latent, self._evidence.features(questions)], 2)


def _known(questions: Ints, right: Ints, known: Mapping[tuple[int, int], Ints], size: int) -> NDArray[np.bool_]:
    """(n, size): other right answers, that shall not count as wrong."""
    mask = np.zeros((len(questions), size), bool)
    for row, (entity, code) in enumerate(questions.tolist()):
        mask[row, known[entity, code]] = True
    mask[np.arange(len(right)), right] = False
    return mask


def _log_softmax(scores: Floats) -> Floats:
    shifted = scores - scores.max(1, keepdims=True)
    return np.asarray(shifted - np.log(np.exp(shifted).sum(1, keepdims=True)), np.float32)
