"""How well a model ranks the right answer among all entities, other right answers left out (the filtered setting).

Source: Bordes et al., "Translating Embeddings for Modeling Multi-relational Data", NIPS 2013, section 4.1. Equal scores share
their mean rank, so that a model that says the same of everything gains nothing by it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from llmagentos.reasoning.links.graph import Floats, Ints, LinkGraph

BATCH = 512


class LinkScorer(Protocol):
    """Scores every entity as an answer: (n, 2) questions to (n, entities), greater is likelier."""

    def scores(self, questions: Ints) -> Floats: ...


@dataclass(frozen=True, slots=True)
class Ranked:
    """Means over both questions of every triple, from 0 to 1."""

    mrr: float
    hits1: float
    hits3: float
    hits10: float


def ranks(model: LinkScorer, questions: Ints, right: Ints, known: Mapping[tuple[int, int], Ints]) -> Floats:
    """The rank of each right answer, from 1, (n,)."""
    found = np.empty(len(questions), np.float32)
    for start in range(0, len(questions), BATCH):
        asked, wanted = questions[start : start + BATCH], right[start : start + BATCH]
        scores = np.array(model.scores(asked), np.float32)
        own = scores[np.arange(len(asked)), wanted][:, None].copy()
        for row, (entity, code) in enumerate(asked.tolist()):
            scores[row, known.get((entity, code), ())] = -np.inf
        worse, same = (scores < own).sum(1), (scores == own).sum(1)  # a score that is no number is below none
        found[start : start + BATCH] = 1 + (scores.shape[1] - worse - same) + same / 2
    return found


def ranked(model: LinkScorer, graph: LinkGraph, triples: Ints, known: Mapping[tuple[int, int], Ints]) -> Ranked:
    """The figures of a model on these triples."""
    found = ranks(model, *graph.questions(triples), known)
    return Ranked(float((1 / found).mean()), *(float((found <= most).mean()) for most in (1, 3, 10)))
