"""TransE and TransR: a relation moves its head to its tail, in the space of entities or in one of the relation's own.

Both learn by ranking: a true answer shall be nearer than a random one by a margin (equation 1 of Bordes et al. 2013, equation 9 of
Lin et al. 2015); of each question the wrong answers are drawn anew every time. Asked for heads, the relation moves backwards.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from llmagentos.reasoning.links.descent import AdaGrad
from llmagentos.reasoning.links.graph import Floats, Ints, LinkGraph

TINY = np.float32(1e-9)


@dataclass(frozen=True, slots=True)
class TranslationSettings:
    """`negatives` wrong answers are drawn for each question."""

    dimension: int = 64
    epochs: int = 100
    batch: int = 256
    rate: float = 0.1
    margin: float = 1.0
    negatives: int = 16


class _Translation(ABC):
    """What the two share: the loop, the drawing of wrong answers, entities of length one."""

    def __init__(self, graph: LinkGraph, settings: TranslationSettings, seed: int) -> None:
        self._graph, self._settings = graph, settings
        self._draw = np.random.default_rng(seed)
        bound = 6 / np.sqrt(settings.dimension)
        width = settings.dimension
        self.entities = self._draw.uniform(-bound, bound, (len(graph.entities), width)).astype(np.float32)
        self.relations = _unit(self._draw.uniform(-bound, bound, (len(graph.relations), width)).astype(np.float32))
        self._entity_descent = AdaGrad(self.entities, settings.rate)
        self._relation_descent = AdaGrad(self.relations, settings.rate)

    @abstractmethod
    def scores(self, questions: Ints) -> Floats:
        """(n, 2) to (n, entities): less the distance of each entity from where the relation leads."""

    @abstractmethod
    def _step(self, questions: Ints, right: Ints, wrong: Ints) -> float:
        """Learn from questions (n, 2), their answers (n,) and others (n, negatives); the summed loss."""

    def fit(self) -> Iterator[float]:
        """One pass over all questions after another; gives the mean loss of each."""
        questions, right = self._graph.questions(self._graph.triples)
        for _ in range(self._settings.epochs):
            order = self._draw.permutation(len(questions))
            total = 0.0
            for rows in np.array_split(order, max(1, len(order) // self._settings.batch)):
                self.entities[:] = _unit(self.entities)
                size = (len(rows), self._settings.negatives)
                wrong = self._draw.integers(0, len(self.entities), size, dtype=np.int32)
                total += self._step(questions[rows], right[rows], wrong)
            yield total / (len(questions) * self._settings.negatives)

    def _moves(self, codes: Ints) -> tuple[Ints, Floats]:
        """The relation of each code, and 1 forwards or -1 backwards, (n, 1)."""
        count = len(self._graph.relations)
        return codes % count, np.where(codes < count, 1, -1).astype(np.float32)[:, None]


class TransE(_Translation):
    """Distance |h + r - t|. Source: Bordes et al., NIPS 2013."""

    def scores(self, questions: Ints) -> Floats:
        which, sign = self._moves(questions[:, 1])
        return -_distances(self.entities[questions[:, 0]] + sign * self.relations[which], self.entities)

    def _step(self, questions: Ints, right: Ints, wrong: Ints) -> float:
        which, sign = self._moves(questions[:, 1])
        reached = self.entities[questions[:, 0]] + sign * self.relations[which]
        near = reached - self.entities[right]
        far = reached[:, None] - self.entities[wrong]
        near_size, far_size = _length(near), _length(far)
        over = np.maximum(self._settings.margin + near_size[:, None] - far_size, 0)
        hit = (over > 0).astype(np.float32)
        pull = near / (near_size[:, None] + TINY) * hit.sum(1, keepdims=True)
        push = far / (far_size[..., None] + TINY) * hit[..., None]
        back = pull - push.sum(1)
        self._relation_descent.step_rows(which, sign * back)
        rows = np.concatenate([questions[:, 0], right, wrong.ravel()])
        self._entity_descent.step_rows(rows, np.concatenate([back, -pull, push.reshape(-1, push.shape[-1])]))
        return float(over.sum())


class TransR(_Translation):
    """Squared distance |h M_r + r - t M_r|^2: each relation looks at entities through a matrix of its own.

    Entities and relations begin as a TransE, the matrices as the identity (section 3.1 of Lin et al., "Learning Entity and Relation
    Embeddings for Knowledge Graph Completion", AAAI 2015).
    """

    def __init__(self, graph: LinkGraph, settings: TranslationSettings, seed: int) -> None:
        super().__init__(graph, settings, seed)
        before = TransE(graph, settings, seed)
        for _ in before.fit():
            pass
        self.entities[:], self.relations[:] = before.entities, before.relations
        self.matrices = np.tile(np.eye(settings.dimension, dtype=np.float32), (len(graph.relations), 1, 1))
        self._matrix_descent = AdaGrad(self.matrices, settings.rate / 10)

    def scores(self, questions: Ints) -> Floats:
        which, sign = self._moves(questions[:, 1])
        found = np.empty((len(questions), len(self.entities)), np.float32)
        for one in np.unique(which):
            rows = which == one
            seen = self.entities @ self.matrices[one]
            found[rows] = -_distances(seen[questions[rows, 0]] + sign[rows] * self.relations[one], seen)
        return found

    def _step(self, questions: Ints, right: Ints, wrong: Ints) -> float:
        total = 0.0
        which, sign = self._moves(questions[:, 1])
        for one in np.unique(which):
            rows = which == one
            total += self._step_of(int(one), questions[rows, 0], sign[rows], right[rows], wrong[rows])
        return total

    def _step_of(self, relation: int, heads: Ints, sign: Floats, right: Ints, wrong: Ints) -> float:
        """The questions of one relation."""
        matrix, negatives = self.matrices[relation], wrong.shape[1]
        head, good, bad = self.entities[heads], self.entities[right], self.entities[wrong]
        reached = head @ matrix + sign * self.relations[relation]
        near, far = reached - good @ matrix, reached[:, None] - bad @ matrix
        over = np.maximum(self._settings.margin + (near * near).sum(1)[:, None] - (far * far).sum(2), 0)
        hit = (over > 0).astype(np.float32)
        pull, push = 2 * near * hit.sum(1, keepdims=True), 2 * far * hit[..., None]
        back = pull - push.sum(1)
        flat = push.reshape(-1, push.shape[-1])
        turn = head.T @ back - good.T @ pull + bad.reshape(len(heads) * negatives, -1).T @ flat
        self._matrix_descent.step_rows(np.array([relation], np.int32), turn[None])
        self._relation_descent.step_rows(np.array([relation], np.int32), (sign * back).sum(0)[None])
        moved = np.concatenate([back, -pull, flat]) @ matrix.T
        self._entity_descent.step_rows(np.concatenate([heads, right, wrong.ravel()]), moved)
        return float(over.sum())


def _unit(rows: Floats) -> Floats:
    return np.asarray(rows / (_length(rows)[:, None] + TINY), np.float32)


def _length(rows: Floats) -> Floats:
    return np.asarray(np.sqrt((rows * rows).sum(-1)), np.float32)


def _distances(points: Floats, places: Floats) -> Floats:
    """(n, d) and (m, d) to (n, m)."""
    squares = (points * points).sum(1)[:, None] + (places * places).sum(1) - 2 * points @ places.T
    return np.asarray(np.sqrt(np.maximum(squares, 0)), np.float32)
