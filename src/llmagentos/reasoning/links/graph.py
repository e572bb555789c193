"""A graph as numbers: entities and relations in a fixed order, and what is known of them as an array of triples.

A question is an entity and a relation code: code r asks for the tails of relation r, code r + relations for its heads. So every
model answers one kind of question (reciprocal relations: Lacroix, Usunier, Obozinski, ICML 2018, section 3).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Triple = tuple[str, str, str]
"""Head, relation, tail."""
Ints = NDArray[np.int32]
Floats = NDArray[np.float32]


@dataclass(frozen=True)
class LinkGraph:
    """What is known, numbered. `triples` is (n, 3): head, relation, tail."""

    entities: tuple[str, ...]
    relations: tuple[str, ...]
    triples: Ints

    @classmethod
    def of(cls, triples: Iterable[Triple], *others: Iterable[Triple]) -> "LinkGraph":
        """The graph of the first triples; the names of all are numbered, each in the order of the alphabet."""
        known = list(dict.fromkeys(triples))
        everything = [*known, *(one for each in others for one in each)]
        entities = tuple(sorted({name for head, _, tail in everything for name in (head, tail)}))
        relations = tuple(sorted({relation for _, relation, _ in everything}))
        graph = cls(entities, relations, np.empty((0, 3), np.int32))
        return cls(entities, relations, graph.numbered(known))

    @cached_property
    def entity_numbers(self) -> dict[str, int]:
        return {name: number for number, name in enumerate(self.entities)}

    @cached_property
    def relation_numbers(self) -> dict[str, int]:
        return {name: number for number, name in enumerate(self.relations)}

    @property
    def codes(self) -> int:
        """How many relation codes there are: each relation forwards, then each backwards."""
        return 2 * len(self.relations)

    def numbered(self, triples: Iterable[Triple]) -> Ints:
        """(n, 3). Raises: KeyError for a name that the graph does not have."""
        entity, relation = self.entity_numbers, self.relation_numbers
        rows = [(entity[head], relation[name], entity[tail]) for head, name, tail in triples]
        return np.array(rows, np.int32).reshape(-1, 3)

    def questions(self, triples: Ints) -> tuple[Ints, Ints]:
        """Both questions that each triple answers, (2n, 2): entity and code; and the answers, (2n,)."""
        forwards = triples[:, [0, 1]]
        backwards = np.stack([triples[:, 2], triples[:, 1] + len(self.relations)], 1)
        return np.concatenate([forwards, backwards]).astype(np.int32), np.concatenate([triples[:, 2], triples[:, 0]])

    def without(self, rows: NDArray[np.bool_]) -> "LinkGraph":
        """The same graph with these triples taken out."""
        return LinkGraph(self.entities, self.relations, self.triples[~rows])


def answers(graph: LinkGraph, *parts: Ints) -> dict[tuple[int, int], Ints]:
    """What is known to answer each question."""
    found: dict[tuple[int, int], list[int]] = {}
    for part in parts:
        asked, given = graph.questions(part)
        for (entity, code), answer in zip(asked.tolist(), given.tolist(), strict=True):
            found.setdefault((entity, code), []).append(answer)
    return {question: np.unique(np.array(each, np.int32)) for question, each in found.items()}
