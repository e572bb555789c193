"""Rows of states: what was watched, as numbers; -1 where nothing was."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from llmagentos.reasoning.causes.model import CausalModel

States = NDArray[np.int32]
MISSING = -1


@dataclass(frozen=True)
class Watching:
    """`rows` (n, variables): the number of a state, or MISSING. `states` names them, in the order of the columns."""

    states: Mapping[str, tuple[str, ...]]
    rows: States

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self.states)


def drawn(model: CausalModel, count: int, draw: np.random.Generator) -> Watching:
    """Rows as the model would give them, causes before effects."""
    rows = np.empty((count, len(model.variables)), np.int32)
    column = {name: number for number, name in enumerate(model.variables)}
    for name, one in model.variables.items():
        chances = one.chance[tuple(rows[:, column[each]] for each in one.parents)]
        borders = np.cumsum(chances, -1)[..., :-1]
        rows[:, column[name]] = (draw.random(count)[:, None] > borders).sum(-1)
    return Watching({name: one.states for name, one in model.variables.items()}, rows)


def counted(watching: Watching, names: Sequence[str]) -> NDArray[np.float64]:
    """How often each combination was watched, one axis a name; rows in which one of them is missing do not count."""
    columns = [watching.names.index(one) for one in names]
    shape = tuple(len(watching.states[one]) for one in names)
    part = watching.rows[:, columns]
    part = part[(part != MISSING).all(1)]
    if not names:
        return np.array(float(len(part)))
    flat = np.ravel_multi_index(tuple(part.T), shape)
    return np.bincount(flat, minlength=int(np.prod(shape))).reshape(shape).astype(np.float64)
