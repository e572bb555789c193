"""ComplEx: an answer scores Re(<e_h, w_r, conj(e_t)>), which tells directions apart and costs no more than a product.

Source: Trouillon et al., "Complex Embeddings for Simple Link Prediction", ICML 2016, equation 11. Trained on the log-loss of the
right answer among all entities (every other one is a negative) with the weighted nuclear 3-norm as regulariser: Lacroix,
Usunier, Obozinski, "Canonical Tensor Decomposition for Knowledge Base Completion", ICML 2018, equations 5 and 7.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from llmagentos.reasoning.links.descent import AdaGrad
from llmagentos.reasoning.links.graph import Floats, Ints, LinkGraph


@dataclass(frozen=True, slots=True)
class ComplExSettings:
    """`dimension` counts complex numbers. `regularisation` is lambda of equation 7."""

    dimension: int = 256
    epochs: int = 60
    batch: int = 256
    rate: float = 0.1
    regularisation: float = 0.02
    spread: float = 1e-2


class ComplEx:
    """The tables: entities and relation codes, each row real parts then imaginary parts, float32."""

    def __init__(self, graph: LinkGraph, settings: ComplExSettings, seed: int) -> None:
        self._graph, self.settings = graph, settings
        self._draw = np.random.default_rng(seed)
        width = 2 * settings.dimension
        self.entities = self._random(len(graph.entities), width)
        self.relations = self._random(graph.codes, width)
        self._entity_descent = AdaGrad(self.entities, settings.rate)
        self._relation_descent = AdaGrad(self.relations, settings.rate)

    def _random(self, rows: int, width: int) -> Floats:
        return (self._draw.standard_normal((rows, width)) * self.settings.spread).astype(np.float32)

    def scores(self, questions: Ints) -> Floats:
        """(n, 2) to (n, entities)."""
        product: Floats = _times(self.entities[questions[:, 0]], self.relations[questions[:, 1]])
        return product @ self.entities.T

    def fit(self) -> Iterator[float]:
        """One pass over all questions after another; gives the mean loss of each."""
        questions, right = self._graph.questions(self._graph.triples)
        for _ in range(self.settings.epochs):
            order = self._draw.permutation(len(questions))
            losses = [
                self._step(questions[rows], right[rows]) * len(rows)
                for rows in np.array_split(order, max(1, len(order) // self.settings.batch))
            ]
            yield sum(losses) / len(questions)

    def _step(self, questions: Ints, right: Ints) -> float:
        heads, codes, count = questions[:, 0], questions[:, 1], len(questions)
        head, relation, tail = self.entities[heads], self.relations[codes], self.entities[right]
        product = _times(head, relation)
        surprise, share = _softmax_loss(product @ self.entities.T, right)
        share /= count
        back = share @ self.entities
        whole = share.T @ product
        strength = self.settings.regularisation / count
        np.add.at(whole, heads, _times_conjugate(back, relation) + _cube(head, strength))
        np.add.at(whole, right, _cube(tail, strength))
        self._relation_descent.step_rows(codes, _times_conjugate(back, head) + _cube(relation, strength))
        self._entity_descent.step(whole)
        return surprise


def _times(left: Floats, right: Floats) -> Floats:
    """The products of complex numbers, (n, 2d) each."""
    a, b = np.split(left, 2, 1)
    c, d = np.split(right, 2, 1)
    return np.concatenate([a * c - b * d, a * d + b * c], 1)


def _times_conjugate(left: Floats, right: Floats) -> Floats:
    """`left` times the conjugate of `right`: how a gradient goes back through `_times`."""
    a, b = np.split(left, 2, 1)
    c, d = np.split(right, 2, 1)
    return np.concatenate([a * c + b * d, b * c - a * d], 1)


def _cube(rows: Floats, strength: float) -> Floats:
    """The gradient of the sum of cubed moduli."""
    real, imaginary = np.split(rows, 2, 1)
    modulus = np.sqrt(real * real + imaginary * imaginary)
    return np.asarray(3 * strength * rows * np.concatenate([modulus, modulus], 1), np.float32)


def _softmax_loss(scores: Floats, right: Ints) -> tuple[float, Floats]:
    """The mean surprise at the right answers, and its gradient by the scores times n; overwrites `scores`."""
    scores -= scores.max(1, keepdims=True)
    np.exp(scores, out=scores)
    scores /= scores.sum(1, keepdims=True)
    rows = np.arange(len(right))
    surprise = -float(np.log(np.maximum(scores[rows, right], 1e-30)).mean())
    scores[rows, right] -= 1
    return surprise, scores
