"""Rules over facts: stratified Datalog with tests. Pure data, and the checks that make a set of rules safe to run.

A fact is a tuple: its relation, then its arguments. `above(R) <- room(R), temperature(R, T), T > 21, not window_open(R)`.
Source: Ullman, Principles of Database and Knowledge-Base Systems I, 1988, chapter 3 (safety, stratification).
"""

import operator
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

Value: TypeAlias = str | float | bool
Fact: TypeAlias = tuple[Value, ...]
"""The relation first. Two facts are the same if they are equal."""


@dataclass(frozen=True, slots=True)
class Var:
    """A variable of one rule."""

    name: str


Term: TypeAlias = Var | Value
Bindings: TypeAlias = Mapping[str, Value]
OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Atom:
    """A pattern of facts. If `negated` it asks that there is none; variables that nothing else binds then mean "any"."""

    relation: str
    args: tuple[Term, ...] = ()
    negated: bool = False

    @property
    def variables(self) -> frozenset[str]:
        return frozenset(one.name for one in self.args if isinstance(one, Var))


@dataclass(frozen=True, slots=True)
class Test:
    """A comparison of what is bound; values of different types are never in order."""

    __test__ = False
    left: Term
    operator: str
    right: Term

    @property
    def variables(self) -> frozenset[str]:
        return frozenset(one.name for one in (self.left, self.right) if isinstance(one, Var))

    def holds(self, bindings: Bindings) -> bool:
        left, right = value_of(self.left, bindings), value_of(self.right, bindings)
        if self.operator not in ("=", "!=") and isinstance(left, str) != isinstance(right, str):
            return False
        return OPERATORS[self.operator](left, right)


@dataclass(frozen=True, slots=True)
class Rule:
    """The head follows from the body. Names are unique in a network; a proof tells them."""

    name: str
    head: Atom
    body: tuple[Atom | Test, ...]

    @property
    def positive(self) -> tuple[Atom, ...]:
        return tuple(one for one in self.body if isinstance(one, Atom) and not one.negated)

    @property
    def negative(self) -> tuple[Atom, ...]:
        return tuple(one for one in self.body if isinstance(one, Atom) and one.negated)

    @property
    def tests(self) -> tuple[Test, ...]:
        return tuple(one for one in self.body if isinstance(one, Test))


class RuleError(ValueError):
    """A rule, or a set of them, that has no meaning. The message says which and why."""


def value_of(term: Term, bindings: Bindings) -> Value:
    """What a term is. Raises: KeyError where it is not bound, which `check` rules out."""
    return bindings[term.name] if isinstance(term, Var) else term


def check(rule: Rule) -> None:
    """Raises: RuleError unless every variable of the head and of a test is bound by a positive atom."""
    bound = frozenset[str]().union(*(one.variables for one in rule.positive))
    if rule.head.negated:
        raise RuleError(f"{rule.name}: what follows from a rule cannot be that something is not")
    wanted = [("its conclusion", rule.head.variables), *(("a comparison", one.variables) for one in rule.tests)]
    for where, variables in wanted:
        if not variables <= bound:
            missing = ", ".join(sorted(variables - bound))
            raise RuleError(f"{rule.name}: {missing} in {where} is not bound by anything that must hold")
    if any(one.operator not in OPERATORS for one in rule.tests):
        raise RuleError(f"{rule.name}: a comparison is one of {' '.join(OPERATORS)}")


def strata(rules: Iterable[Rule]) -> dict[str, int]:
    """The stratum of each relation that follows from a rule; others are 0. Raises: RuleError where something rests on its own absence."""
    rules = list(rules)
    level: dict[str, int] = {one.head.relation: 0 for one in rules}
    limit = len(level)
    changed = True
    while changed:
        changed = False
        for rule in rules:
            needed = max(
                (level.get(one.relation, 0) + one.negated for one in rule.body if isinstance(one, Atom)), default=0
            )
            if needed > level[rule.head.relation]:
                if needed > limit:
                    raise RuleError(f"{rule.name}: {rule.head.relation} would rest on its own absence")
                level[rule.head.relation] = needed
                changed = True
    return level


def recursive(rules: Iterable[Rule]) -> frozenset[str]:
    """The relations that may follow from themselves."""
    follows: dict[str, set[str]] = {}
    for rule in rules:
        follows.setdefault(rule.head.relation, set()).update(one.relation for one in rule.positive)
    return frozenset(one for one in follows if one in _reached(one, follows))


def _reached(start: str, follows: Mapping[str, set[str]]) -> set[str]:
    found: set[str] = set()
    rest = list(follows[start])
    while rest:
        one = rest.pop()
        if one not in found:
            found.add(one)
            rest += follows.get(one, ())
    return found
