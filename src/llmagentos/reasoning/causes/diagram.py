"""A causal diagram: what listens to what, some of it hidden; what is blocked by what, and the same without its hidden part.

Source: Pearl, "Causality", 2009, sections 1.2.3 (d-separation) and 3.2; the projection is that of Tian and Pearl, "A General
Identification Condition for Causal Effects", AAAI 2002, section 5.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from graphlib import TopologicalSorter
from itertools import combinations

from llmagentos.reasoning.causes.model import CausalModel, ModelError

Names = frozenset[str]


@dataclass(frozen=True)
class Diagram:
    """`parents` of every variable; `hidden` ones are never seen."""

    parents: Mapping[str, Names]
    hidden: Names = frozenset()

    @classmethod
    def of(cls, model: CausalModel, hidden: Iterable[str] = ()) -> "Diagram":
        """The diagram of a model, some of whose variables nobody measures. Raises: ModelError."""
        unseen = frozenset(model.variable(one).name for one in hidden)
        return cls({name: frozenset(one.parents) for name, one in model.variables.items()}, unseen)

    @cached_property
    def order(self) -> tuple[str, ...]:
        """Causes before effects."""
        return tuple(TopologicalSorter(self.parents).static_order())

    @cached_property
    def children(self) -> Mapping[str, Names]:
        return {name: frozenset(one for one, above in self.parents.items() if name in above) for name in self.parents}

    @property
    def seen(self) -> Names:
        return frozenset(self.parents) - self.hidden

    def ancestors(self, names: Iterable[str]) -> Names:
        """These and all that leads to them."""
        return _reached(names, self.parents)

    def descendants(self, names: Iterable[str]) -> Names:
        """These and all they lead to."""
        return _reached(names, self.children)

    def without_causes_of(self, names: Names) -> "Diagram":
        """As it is when these are set by hand."""
        return Diagram(
            {one: frozenset() if one in names else above for one, above in self.parents.items()}, self.hidden
        )

    def without_effects_of(self, names: Names) -> "Diagram":
        """With every arrow that leaves these taken out."""
        return Diagram({one: above - names for one, above in self.parents.items()}, self.hidden)

    def separated(self, one: Names, other: Names, given: Names) -> bool:
        """Whether nothing can be learned of the one from the other once `given` is known: d-separation.

        Walks as in Shachter's Bayes ball (UAI 1998): a ball that comes from below passes upwards and downwards unless the variable is
        given; one from above passes downwards, or bounces where the variable or an effect of it is given.
        """
        opened = self.ancestors(given)
        rest: list[tuple[str, bool]] = [(name, True) for name in one]
        done: set[tuple[str, bool]] = set()
        while rest:
            name, from_below = visit = rest.pop()
            if visit in done:
                continue
            done.add(visit)
            if name in other and name not in given:
                return False
            if (from_below and name not in given) or (not from_below and name in opened):
                rest += [(above, True) for above in self.parents[name]]
            if name not in given:
                rest += [(below, False) for below in self.children[name]]
        return True

    def projected(self) -> "Mixed":
        """The same without its hidden part."""
        parents: dict[str, Names] = {}
        touched: dict[str, Names] = {}
        for name in self.seen:
            above = _reached_through(self.parents[name], self.parents, self.hidden)
            parents[name] = above - self.hidden
            touched[name] = above & self.hidden
        confounded = {
            frozenset(pair) for pair in combinations(sorted(self.seen), 2) if touched[pair[0]] & touched[pair[1]]
        }
        return Mixed(parents, frozenset(confounded))


@dataclass(frozen=True)
class Mixed:
    """A diagram of seen variables alone: arrows, and pairs that something hidden moves together."""

    parents: Mapping[str, Names]
    confounded: frozenset[Names]

    @cached_property
    def order(self) -> tuple[str, ...]:
        """Causes before effects, the same each time."""
        sorter = TopologicalSorter({one: sorted(above) for one, above in sorted(self.parents.items())})
        return tuple(sorter.static_order())

    @property
    def names(self) -> Names:
        return frozenset(self.parents)

    def ancestors(self, names: Iterable[str]) -> Names:
        return _reached(names, self.parents)

    def of(self, names: Names) -> "Mixed":
        """The part that has these alone."""
        parents = {one: above & names for one, above in self.parents.items() if one in names}
        return Mixed(parents, frozenset(pair for pair in self.confounded if pair <= names))

    def without_causes_of(self, names: Names) -> "Mixed":
        parents = {one: frozenset[str]() if one in names else above for one, above in self.parents.items()}
        return Mixed(parents, frozenset(pair for pair in self.confounded if not pair & names))

    def districts(self) -> list[Names]:
        """The parts that hidden things hold together (c-components)."""
        beside: dict[str, set[str]] = {one: set() for one in self.parents}
        for pair in self.confounded:
            one, other = sorted(pair)
            beside[one].add(other)
            beside[other].add(one)
        rest, found = set(self.parents), []
        for name in self.order:
            if name in rest:
                found.append(_reached([name], beside))
                rest -= found[-1]
        return found


def _reached(start: Iterable[str], edges: Mapping[str, Iterable[str]]) -> Names:
    found: set[str] = set()
    rest = list(start)
    while rest:
        name = rest.pop()
        if name not in edges:
            raise ModelError(f"the diagram has no variable {name!r}; it has {', '.join(sorted(edges))}")
        if name not in found:
            found.add(name)
            rest += edges[name]
    return frozenset(found)


def _reached_through(start: Iterable[str], edges: Mapping[str, Names], through: Names) -> Names:
    """What is reached by ways on which all but the last are of `through`."""
    found: set[str] = set()
    rest = list(start)
    while rest:
        name = rest.pop()
        if name not in found:
            found.add(name)
            if name in through:
                rest += edges[name]
    return frozenset(found)
