"""How the body of a rule is joined: from one fact that came or went, from its conclusion, or from nothing.

Each next atom is the one of which most is bound by then, so that the index leaves the fewest facts to look at.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from llmagentos.reasoning.rules import Atom, Bindings, Fact, Rule, Term, Value, Var, value_of
from llmagentos.reasoning.store import Positions, Store


@dataclass(frozen=True, slots=True)
class Pattern:
    """An atom once some variables are bound: what to look up, what it binds, what must be equal within it."""

    relation: str
    width: int
    positions: Positions
    terms: tuple[Term, ...]
    binds: tuple[tuple[int, str], ...]
    equal: tuple[tuple[int, int], ...]

    def facts(self, store: Store, bindings: Bindings) -> Iterator[Fact]:
        """The facts it fits."""
        values = tuple(value_of(one, bindings) for one in self.terms)
        for fact in store.matching(self.relation, self.positions, values):
            if len(fact) == self.width + 1 and all(fact[1 + one] == fact[1 + other] for one, other in self.equal):
                yield fact

    def bound(self, fact: Fact, bindings: Bindings) -> dict[str, Value]:
        """The bindings with those of a fact that it fits."""
        return {**bindings, **{name: fact[1 + position] for position, name in self.binds}}

    def fits(self, fact: Fact) -> bool:
        """Whether a fact fits when nothing is bound yet: then its terms are constants."""
        return (
            len(fact) == self.width + 1
            and all(fact[1 + position] == value_of(term, {}) for position, term in zip(self.positions, self.terms, strict=True))
            and all(fact[1 + one] == fact[1 + other] for one, other in self.equal)
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Join:
    """The positive atoms of a rule in an order, after `start`, whose fact is given; `numbers` says which atom each step is."""

    start: Pattern | None
    first: int | None
    steps: tuple[Pattern, ...]
    numbers: tuple[int, ...]

    def run(self, store: Store, fact: Fact | None = None) -> Iterator[tuple[Bindings, tuple[Fact, ...]]]:
        """Every way to satisfy them: the bindings, and the facts used, in the order of the rule's positive atoms."""
        bindings: Bindings = {}
        used: dict[int, Fact] = {}
        if self.start is not None:
            assert fact is not None
            if not self.start.fits(fact):
                return
            bindings = self.start.bound(fact, bindings)
            if self.first is not None:
                used[self.first] = fact
        yield from self._rest(store, 0, bindings, used)

    def _rest(self, store: Store, at: int, bindings: Bindings, used: dict[int, Fact]) -> Iterator[tuple[Bindings, tuple[Fact, ...]]]:  # fmt: skip
        if at == len(self.steps):
            yield bindings, tuple(used[one] for one in sorted(used))
            return
        for fact in tuple(self.steps[at].facts(store, bindings)):
            used[self.numbers[at]] = fact
            yield from self._rest(store, at + 1, self.steps[at].bound(fact, bindings), used)
        used.pop(self.numbers[at], None)


@dataclass(frozen=True, slots=True)
class Plan:
    """A rule with every way to run it."""

    rule: Rule
    whole: Join
    joins: tuple[Join, ...] = field(compare=False)
    """From each positive atom."""
    openings: tuple[Join, ...] = field(compare=False)
    """From each negated atom, of which a fact went."""
    goal: Join = field(compare=False)
    """From its conclusion."""
    absences: tuple[Pattern, ...] = field(compare=False)

    def head(self, bindings: Bindings) -> Fact:
        return (self.rule.head.relation, *(value_of(one, bindings) for one in self.rule.head.args))


def plan(rule: Rule) -> Plan:
    """The plan of a rule that `rules.check` let pass."""
    positive = rule.positive
    bound = frozenset[str]().union(*(one.variables for one in positive))
    joins = tuple(
        _join(_pattern(atom, frozenset()), number, atom.variables, positive) for number, atom in enumerate(positive)
    )
    openings = tuple(
        _join(_pattern(_only(atom, bound), frozenset()), None, atom.variables & bound, positive)
        for atom in rule.negative
    )
    goal = _join(_pattern(rule.head, frozenset()), None, rule.head.variables, positive)
    absences = tuple(_pattern(_only(one, bound), bound) for one in rule.negative)
    return Plan(rule, _join(None, None, frozenset(), positive), joins, openings, goal, absences)


def _only(atom: Atom, bound: frozenset[str]) -> Atom:
    """With variables that nothing binds made distinct: each means "any"."""
    free = (Var(f" {number}") for number in range(len(atom.args)))
    return Atom(
        atom.relation, tuple(next(free) if isinstance(one, Var) and one.name not in bound else one for one in atom.args)
    )


def _join(start: Pattern | None, first: int | None, bound: frozenset[str], positive: Sequence[Atom]) -> Join:
    rest = [number for number in range(len(positive)) if number != first]
    steps, numbers = [], []
    while rest:
        number = max(rest, key=lambda one: (_known(positive[one], bound), -one))
        rest.remove(number)
        steps.append(_pattern(positive[number], bound))
        numbers.append(number)
        bound |= positive[number].variables
    return Join(start, first, tuple(steps), tuple(numbers))


def _known(atom: Atom, bound: frozenset[str]) -> int:
    return sum(not isinstance(one, Var) or one.name in bound for one in atom.args)


def _pattern(atom: Atom, bound: frozenset[str]) -> Pattern:
    positions = tuple(n for n, one in enumerate(atom.args) if not isinstance(one, Var) or one.name in bound)
    first: dict[str, int] = {}
    equal = []
    for position, term in enumerate(atom.args):
        if isinstance(term, Var) and term.name not in bound:
            if term.name in first:
                equal.append((first[term.name], position))
            first.setdefault(term.name, position)
    return Pattern(
        atom.relation, len(atom.args), positions, tuple(atom.args[one] for one in positions),
        tuple((position, name) for name, position in first.items()), tuple(equal),
    )  # fmt: skip
