"""A causal model: variables with states, what each listens to, and how likely each state then is.

A variable listens to its causes alone, so that setting it by hand cuts it from them and changes nothing else (Pearl, "Causality",
2009, section 1.3).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter

import numpy as np

from llmagentos.reasoning.causes.tables import Table, Values

CLOSE = 1e-6


class ModelError(ValueError):
    """A model, or a question to one, that has no meaning. The message says which and why."""


@dataclass(frozen=True, slots=True)
class Variable:
    """`chance`: P(variable | parents), one axis a parent in their order, the last its own."""

    name: str
    states: tuple[str, ...]
    parents: tuple[str, ...]
    chance: Values


@dataclass(frozen=True, slots=True)
class CausalModel:
    """Variables by name, causes before effects. Raises: ModelError."""

    variables: Mapping[str, Variable] = field(default_factory=dict)

    @classmethod
    def of(cls, variables: Iterable[Variable]) -> "CausalModel":
        """Checked and put in order."""
        named = {one.name: one for one in variables}
        for one in named.values():
            _check(one, named)
        try:
            order = list(TopologicalSorter({name: one.parents for name, one in named.items()}).static_order())
        except CycleError as error:
            raise ModelError(f"nothing can be its own cause: {' -> '.join(error.args[1])}") from error
        return cls({name: named[name] for name in order})

    def variable(self, name: str) -> Variable:
        """Raises: ModelError."""
        found = self.variables.get(name)
        if found is None:
            raise ModelError(f"the model has no variable {name!r}; it has {', '.join(self.variables)}")
        return found

    def state(self, name: str, state: str) -> int:
        """The number of a state. Raises: ModelError."""
        one = self.variable(name)
        if state not in one.states:
            raise ModelError(f"{name} cannot be {state!r}; it can be {', '.join(one.states)}")
        return one.states.index(state)

    def numbers(self, states: Mapping[str, str]) -> dict[str, int]:
        """Raises: ModelError."""
        return {name: self.state(name, state) for name, state in states.items()}

    def tables(self) -> list[Table]:
        """P(variable | parents) of each."""
        return [Table((*one.parents, one.name), one.chance) for one in self.variables.values()]

    def ancestors(self, names: Iterable[str]) -> frozenset[str]:
        """These and all that leads to them."""
        found: set[str] = set()
        rest = list(names)
        while rest:
            name = rest.pop()
            if name not in found:
                found.add(name)
                rest += self.variable(name).parents
        return frozenset(found)

    def doing(self, states: Mapping[str, str]) -> "CausalModel":
        """The model in which these variables are set by hand: do(X = x). Raises: ModelError."""
        numbers = self.numbers(states)
        return CausalModel(
            {
                name: Variable(name, one.states, (), np.eye(len(one.states))[numbers[name]]) if name in numbers else one
                for name, one in self.variables.items()
            }
        )


def _check(one: Variable, named: Mapping[str, Variable]) -> None:
    if missing := [each for each in one.parents if each not in named]:
        raise ModelError(f"{one.name} listens to {', '.join(missing)}, which the model does not have")
    shape = (*(len(named[each].states) for each in one.parents), len(one.states))
    if one.chance.shape != shape:
        raise ModelError(f"the table of {one.name} has the shape {one.chance.shape} instead of {shape}")
    if len(set(one.states)) != len(one.states) or not one.states:
        raise ModelError(f"{one.name} needs states, each of another name")
    if (one.chance < -CLOSE).any() or not np.allclose(one.chance.sum(-1), 1, atol=CLOSE):
        raise ModelError(f"the chances of {one.name} do not add up to one")


def joint(model: CausalModel, names: Sequence[str]) -> Table:
    """P(names) by adding up all there is: for small models, and for tests."""
    whole = model.tables()
    result = Table((), np.array(1.0))
    for one in whole:
        result = _outer(result, one)
    return Table(tuple(names), result.sum_out(set(result.names) - set(names)).over(names))


def _outer(left: Table, right: Table) -> Table:
    names = (*left.names, *(one for one in right.names if one not in left.names))

    def spread(table: Table) -> Values:
        ordered = [one for one in names if one in table.names]
        values = table.over(ordered)
        sizes = dict(zip(ordered, values.shape, strict=True))
        return values.reshape([sizes.get(one, 1) for one in names])

    return Table(names, spread(left) * spread(right))
