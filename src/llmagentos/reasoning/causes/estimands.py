"""Formulas over what was only watched: sums, products and ratios of its probabilities, as text and as numbers."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from llmagentos.reasoning.causes.tables import Table, product

Watched: TypeAlias = Callable[[tuple[str, ...]], Table]
"""P(names), from data or from a model."""


@dataclass(frozen=True, slots=True)
class Chance:
    """P(names)."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sum:
    """Over all states of these."""

    over: tuple[str, ...]
    of: "Formula"


@dataclass(frozen=True, slots=True)
class Product:
    parts: tuple["Formula", ...]


@dataclass(frozen=True, slots=True)
class Ratio:
    """Nothing where it would be nothing by nothing."""

    above: "Formula"
    below: "Formula"


Formula: TypeAlias = Chance | Sum | Product | Ratio


def summed(over: frozenset[str], of: Formula) -> Formula:
    """Less of it: over nothing there is no sum, and probabilities add up by themselves."""
    if not over:
        return of
    if isinstance(of, Chance):
        return Chance(tuple(one for one in of.names if one not in over))
    if isinstance(of, Sum):
        return Sum(tuple(sorted({*of.over, *over})), of.of)
    return Sum(tuple(sorted(over)), of)


def multiplied(parts: list[Formula]) -> Formula:
    """Without what is surely one."""
    rest = [one for one in parts if one != Chance(())]
    return rest[0] if len(rest) == 1 else Product(tuple(rest))


def evaluated(formula: Formula, watched: Watched) -> Table:
    """The numbers of a formula."""
    match formula:
        case Chance(names):
            return watched(names)
        case Sum(over, of):
            return evaluated(of, watched).sum_out(over)
        case Product(parts):
            return product([evaluated(one, watched) for one in parts])
        case Ratio(above, below):
            upper, lower = evaluated(above, watched), evaluated(below, watched)
            if not set(lower.names) <= set(upper.names):
                raise ValueError("a ratio's lower part has variables that its upper part lacks")
            order = (*lower.names, *(one for one in upper.names if one not in lower.names))
            values = upper.over(order)
            bottom = lower.values.reshape(lower.values.shape + (1,) * (values.ndim - lower.values.ndim))
            return Table(order, np.divide(values, bottom, out=np.zeros_like(values), where=bottom > 0))


def shown(formula: Formula) -> str:
    """As a textbook writes it."""
    match formula:
        case Chance(names):
            return f"P({', '.join(names)})" if names else "1"
        case Sum(over, of):
            return (
                f"sum over {', '.join(over)} of {shown(of)}"
                if isinstance(of, Chance)
                else f"sum over {', '.join(over)} of [{shown(of)}]"
            )
        case Product(parts):
            return " ".join(f"({shown(one)})" if isinstance(one, Sum) else shown(one) for one in parts) or "1"
        case Ratio(Chance(above), Chance(below)) if set(below) <= set(above):
            return (
                f"P({', '.join(one for one in above if one not in below)} | {', '.join(below)})"
                if below
                else f"P({', '.join(above)})"
            )
        case Ratio(above, below):
            return f"[{shown(above)}] / [{shown(below)}]"
