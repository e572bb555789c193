"""Tables of numbers over named variables, and sums of their products: exact inference by variable elimination.

Source: Koller and Friedman, "Probabilistic Graphical Models", 2009, algorithm 9.1, with the min-weight order of section 9.4.3.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Table:
    """One number for each combination of states; axis i is the variable `names[i]`."""

    names: tuple[str, ...]
    values: Values

    def __post_init__(self) -> None:
        if self.values.ndim != len(self.names) or len(set(self.names)) != len(self.names):
            raise ValueError(f"a table over {self.names} cannot have {self.values.ndim} axes")

    def at(self, states: Mapping[str, int]) -> "Table":
        """The part where these variables are in these states; others are not asked about."""
        index = tuple(states.get(one, slice(None)) for one in self.names)
        return Table(tuple(one for one in self.names if one not in states), self.values[index])

    def over(self, names: Sequence[str]) -> Values:
        """The values with the axes in this order. Raises: ValueError unless these are its names."""
        if set(names) != set(self.names):
            raise ValueError(f"a table over {self.names} is none over {tuple(names)}")
        return self.values.transpose([self.names.index(one) for one in names])

    def sum_out(self, names: Iterable[str]) -> "Table":
        gone = set(names)
        axes = tuple(number for number, one in enumerate(self.names) if one in gone)
        return Table(tuple(one for one in self.names if one not in gone), self.values.sum(axes))

    def normalised(self) -> "Table":
        """Raises: ZeroDivisionError where everything is impossible."""
        total = self.values.sum()
        if not total > 0:
            raise ZeroDivisionError("nothing that is possible is like that")
        return Table(self.names, self.values / total)


def product(tables: Sequence[Table], keep: Iterable[str] | None = None) -> Table:
    """The product of all, summed over what is not in `keep` (all is kept if that is None)."""
    names = tuple(dict.fromkeys(one for table in tables for one in table.names))
    kept = names if keep is None else tuple(one for one in names if one in set(keep))
    number = {one: place for place, one in enumerate(names)}
    parts: list[Any] = []
    for table in tables:
        parts += [table.values, [number[one] for one in table.names]]
    if not parts:
        return Table((), np.array(1.0))
    return Table(kept, np.asarray(np.einsum(*parts, [number[one] for one in kept], optimize="greedy")))


def eliminated(tables: Iterable[Table], keep: Iterable[str]) -> Table:
    """The product of all tables summed over everything but `keep`; variables that no table names are left out.

    One variable at a time, that first whose new table is smallest.
    """
    rest = list(tables)
    kept = set(keep)
    sizes = {one: size for table in rest for one, size in zip(table.names, table.values.shape, strict=True)}
    open_names = {one for table in rest for one in table.names} - kept
    touching = {one: {other for table in rest if one in table.names for other in table.names} for one in open_names}
    while open_names:
        cheapest = min(open_names, key=lambda one: (_weight(touching[one], sizes), one))
        near = touching.pop(cheapest)
        open_names.remove(cheapest)
        joined = [table for table in rest if cheapest in table.names]
        rest = [table for table in rest if cheapest not in table.names]
        rest.append(product(joined, near - {cheapest}))
        for one in near & open_names:
            touching[one] = (touching[one] | near) - {cheapest}
    return product(rest, kept)


def _weight(names: Iterable[str], sizes: Mapping[str, int]) -> int:
    weight = 1
    for one in names:
        weight *= sizes[one]
    return weight
