"""Paths through a graph as sorted arrays of pairs: what relation after relation leads to, for all beginnings at once.

A pair (x, y) is one number, x * entities + y, so that sets of pairs are sorted arrays and a step is a join of two of them.
"""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from llmagentos.reasoning.links.graph import Ints, LinkGraph

Path = tuple[int, ...]
"""Relation codes, the first from the beginning."""
Keys = NDArray[np.int64]


class TooWide(Exception):
    """A path leads to more pairs than anybody asked to keep."""


class Steps:
    """The facts of a graph by relation code, ready to be walked."""

    def __init__(self, graph: LinkGraph, triples: Ints) -> None:
        self.entities = len(graph.entities)
        questions, right = graph.questions(triples)
        heads, codes, tails = questions[:, 0].astype(np.int64), questions[:, 1].astype(np.int64), right.astype(np.int64)
        keys = heads * self.entities + tails
        order = np.argsort(codes * self.entities * self.entities + keys)
        bounds = np.searchsorted(codes[order], np.arange(graph.codes + 1))
        self.pairs: list[Keys] = [keys[order][start:end] for start, end in pairwise(bounds.tolist())]
        self._tails = [one % self.entities for one in self.pairs]
        self._starts = [
            np.searchsorted(one // self.entities, np.arange(self.entities + 1)).astype(np.int64) for one in self.pairs
        ]
        by_pair = np.argsort(keys, kind="stable")
        self.keys: Keys = keys[by_pair]
        """All facts, forwards and backwards, by pair ..."""
        self.codes: Ints = codes[by_pair].astype(np.int32)
        """... and the relation code of each."""

    def follow(self, pairs: Keys, code: int, most: int) -> Keys:
        """Where one more step leads, without repetitions. Raises: TooWide if that is more than `most` before they are left out."""
        begin, at = np.divmod(pairs, self.entities)
        starts = self._starts[code]
        counts = starts[at + 1] - starts[at]
        total = int(counts.sum())
        if total > most:
            raise TooWide
        within = np.arange(total) - np.repeat(np.cumsum(counts) - counts, counts)
        reached = self._tails[code][np.repeat(starts[at], counts) + within]
        return np.unique(np.repeat(begin, counts) * self.entities + reached)

    def walk(self, pairs: Keys, path: Path, most: int) -> Keys:
        """Where a path leads from the ends of these pairs. Raises: TooWide."""
        for code in path:
            pairs = self.follow(pairs, code, most)
        return pairs

    def reach(self, path: Path, most: int) -> Keys:
        """All pairs that a path joins. Raises: TooWide."""
        return self.walk(self.pairs[path[0]], path[1:], most)

    def count_by_code(self, pairs: Keys, codes: int) -> NDArray[np.int64]:
        """How many of these pairs are facts of each relation code, (codes,)."""
        if len(pairs) < len(self.keys) // 8:
            first, last = np.searchsorted(self.keys, pairs), np.searchsorted(self.keys, pairs, "right")
            counts = last - first
            within = np.arange(int(counts.sum())) - np.repeat(np.cumsum(counts) - counts, counts)
            return np.bincount(self.codes[np.repeat(first, counts) + within], minlength=codes)
        at = np.searchsorted(pairs, self.keys)
        inside = at < len(pairs)
        inside[inside] = pairs[at[inside]] == self.keys[inside]
        return np.bincount(self.codes[inside], minlength=codes)
