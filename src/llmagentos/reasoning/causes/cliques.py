"""A tree of cliques, through which many rows of evidence flow at once: the belief about every family, for each row.

Two passes, leaves to roots and back (Koller and Friedman 2009, algorithm 10.2); rows are one more axis of every table.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from llmagentos.reasoning.causes.tables import Values

Names = tuple[str, ...]


@dataclass(slots=True)
class _Clique:
    """`names`: the variable that ends here, then those it meets."""

    names: Names
    parent: int | None = None
    families: list[int] = field(default_factory=list)

    @property
    def separator(self) -> Names:
        return self.names[1:]


class CliqueTree:
    """Made once for a diagram; then `beliefs` for any tables and evidence. Children come before their parents."""

    def __init__(self, families: Sequence[Names], sizes: Mapping[str, int]) -> None:
        self._families, self._sizes = tuple(families), sizes
        self._axis = {name: number for number, name in enumerate(sizes)}
        self._cliques = _cliques(self._families, sizes)

    def beliefs(self, tables: Sequence[Values], evidence: Mapping[str, Values]) -> tuple[list[Values], Values]:
        """For each family P(family | evidence), (rows, ...family); and the probability of the evidence, (rows,).

        `evidence`: for every variable how likely each state made what was seen of it, (rows, states): ones where nothing was.
        Of evidence that cannot be, the probability and all beliefs are 0.
        """
        rows = len(next(iter(evidence.values())))
        local = [self._local(one, tables, evidence) for one in self._cliques]
        upward: list[Values] = []
        whole = np.ones(rows)
        for number, one in enumerate(self._cliques):
            for child in self._children(number):
                local[number] = self._times(local[number], one.names, upward[child], self._cliques[child].separator)
            upward.append(local[number].sum(1))
            if one.parent is None:
                whole = whole * upward[number]
        for number in reversed(range(len(self._cliques))):
            one = self._cliques[number]
            if one.parent is not None:
                above = self._cliques[one.parent]
                told = self._marginal(local[one.parent], above.names, one.separator)
                message = np.divide(told, upward[number], out=np.zeros_like(told), where=upward[number] > 0)
                local[number] = self._times(local[number], one.names, message, one.separator)
        found: dict[int, Values] = {}
        for belief, one in zip(local, self._cliques, strict=True):
            total = belief.reshape(rows, -1).sum(1).reshape((rows,) + (1,) * len(one.names))
            share = np.divide(belief, total, out=np.zeros_like(belief), where=total > 0)
            for family in one.families:
                found[family] = self._marginal(share, one.names, self._families[family])
        return [found[number] for number in range(len(self._families))], whole

    def _children(self, number: int) -> list[int]:
        return [child for child, one in enumerate(self._cliques[:number]) if one.parent == number]

    def _local(self, one: _Clique, tables: Sequence[Values], evidence: Mapping[str, Values]) -> Values:
        rows = len(evidence[one.names[0]])
        value: Values = np.ones((rows, *(self._sizes[each] for each in one.names)))
        own = evidence[one.names[0]]
        value *= own.reshape(own.shape + (1,) * (len(one.names) - 1))
        for family in one.families:
            value = self._times(value, one.names, tables[family][None], self._families[family])
        return value

    def _times(self, value: Values, names: Names, other: Values, others: Names) -> Values:
        """The product, where the variables of the other are among the names."""
        places = [names.index(one) for one in others]
        order = np.argsort(places)
        spread = other.transpose(0, *(1 + order))
        shape = [other.shape[0], *(self._sizes[one] if one in others else 1 for one in names)]
        return value * spread.reshape(shape)

    def _marginal(self, value: Values, names: Names, kept: Names) -> Values:
        rows = len(self._axis)
        parts: list[Any] = [value, [rows, *(self._axis[one] for one in names)]]
        return np.asarray(np.einsum(*parts, [rows, *(self._axis[one] for one in kept)]))


def _cliques(families: Sequence[Names], sizes: Mapping[str, int]) -> list[_Clique]:
    """Variables end one after another, that first whose clique is smallest."""
    beside: dict[str, set[str]] = {name: set() for name in sizes}
    for family in families:
        for one in family:
            beside[one].update(other for other in family if other != one)
    cliques: list[_Clique] = []
    ended: dict[str, int] = {}
    while beside:
        name = min(beside, key=lambda one: (math.prod(sizes[each] for each in beside[one]), one))
        near = beside.pop(name)
        for one in near:
            beside[one] = (beside[one] | near) - {one, name}
        ended[name] = len(cliques)
        cliques.append(_Clique((name, *sorted(near))))
    for each in cliques:
        if each.separator:
            each.parent = min(ended[name] for name in each.separator)
    for number, family in enumerate(families):
        cliques[min(ended[name] for name in family)].families.append(number)
    return cliques
