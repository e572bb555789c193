"""The network: facts come and go, and what follows from them comes and goes with them, at the price of what changed.

Every conclusion keeps its supports (a rule and the facts it used): when the last one falls, it falls. A conclusion that may
follow from itself is taken away when any of its supports falls, and put back if it still follows from what is left, so that
nothing holds itself up. Work goes stratum by stratum, so that "there is none" is asked only when that is settled.
Source: Gupta, Mumick, Subrahmanian, "Maintaining views incrementally", SIGMOD 1993 (counting; delete and rederive).
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TypeAlias, TypeVar

from llmagentos.reasoning.plans import Join, Plan, plan
from llmagentos.reasoning.rules import Bindings, Fact, Rule, Value, check, recursive, strata, value_of
from llmagentos.reasoning.store import Positions, Store

Support: TypeAlias = tuple[str, tuple[Fact, ...]]
"""A rule's name and the facts it used, in the order of its positive atoms."""
ASSERTED: Support = ("", ())
Absence: TypeAlias = tuple[str, Positions, tuple[Value, ...]]
"""No fact of this relation has these values at these positions."""

_Key = TypeVar("_Key")
_Entry = TypeVar("_Entry")


@dataclass(frozen=True, slots=True)
class Change:
    """What an update came to, conclusions included; no fact is in both."""

    appeared: tuple[Fact, ...] = ()
    gone: tuple[Fact, ...] = ()


@dataclass(slots=True)
class _Work:
    """The events of one update by stratum, what held before it, and what has to be looked at again."""

    strata: dict[str, int]
    gone: dict[int, deque[Fact]] = field(default_factory=dict)
    come: dict[int, deque[Fact]] = field(default_factory=dict)
    before: dict[Fact, bool] = field(default_factory=dict)
    suspects: dict[Fact, None] = field(default_factory=dict)

    def level(self, fact: Fact) -> int:
        return self.strata.get(str(fact[0]), 0)

    def add(self, fact: Fact, *, appeared: bool) -> None:
        self.before.setdefault(fact, not appeared)
        (self.come if appeared else self.gone).setdefault(self.level(fact), deque()).append(fact)


class Network:
    """Facts and rules. Between updates every fact that follows is there, and none else.

    Raises: RuleError for rules that have no meaning together; then nothing has changed.
    """

    def __init__(self, rules: Iterable[Rule] = ()) -> None:
        self._plans: dict[str, Plan] = {}
        self._store = Store()
        self._supports: dict[Fact, dict[Support, tuple[Absence, ...]]] = {}
        self._used: dict[Fact, dict[tuple[Fact, Support], None]] = {}
        self._absent: dict[Absence, dict[tuple[Fact, Support], None]] = {}
        self._joins: dict[str, list[tuple[Plan, Join]]] = {}
        self._openings: dict[str, list[tuple[Plan, Join]]] = {}
        self._goals: dict[str, list[Plan]] = {}
        self._shapes: dict[str, set[Positions]] = {}
        self._strata: dict[str, int] = {}
        self._recursive: frozenset[str] = frozenset()
        self.change_rules(add=rules)

    # Questions

    def holds(self, fact: Fact) -> bool:
        """Whether it was asserted or follows."""
        return fact in self._supports

    def facts(self, relation: str) -> tuple[Fact, ...]:
        """All of a relation, oldest first."""
        return tuple(self._store.all(relation))

    def supports(self, fact: Fact) -> tuple[Support, ...]:
        """Why it holds: each rule with the facts it used; for what was asserted there is `ASSERTED`."""
        return tuple(self._supports.get(fact, ()))

    def rules(self) -> tuple[Rule, ...]:
        """All rules."""
        return tuple(one.rule for one in self._plans.values())

    # Changes

    def update(self, added: Iterable[Fact] = (), removed: Iterable[Fact] = ()) -> Change:
        """Assert and retract, in one step; what was never asserted is not retracted."""
        work = _Work(self._strata)
        for fact in removed:
            self._withdraw(fact, ASSERTED, work)
        for fact in added:
            self._support(fact, ASSERTED, (), work)
        return self._settle(work)

    def change_rules(self, add: Iterable[Rule] = (), remove: Iterable[str] = ()) -> Change:
        """Rules come and go while facts stay; a rule of a name that is known takes the place of the old one."""
        wanted = {name: one.rule for name, one in self._plans.items()}
        for name in remove:
            wanted.pop(name, None)
        for rule in add:
            check(rule)
            wanted[rule.name] = rule
        levels = strata(wanted.values())
        gone = {name for name, one in self._plans.items() if wanted.get(name) != one.rule}
        new = [rule for name, rule in wanted.items() if name in gone or name not in self._plans]
        self._strata, self._recursive = levels, recursive(wanted.values())
        self._take({name: plan(rule) if rule in new else self._plans[name] for name, rule in wanted.items()})
        work = _Work(levels)
        for fact, each in list(self._supports.items()):
            for support in [one for one in each if one[0] in gone]:
                self._withdraw(fact, support, work)
        for rule in new:
            made = self._plans[rule.name]
            for bindings, used in tuple(made.whole.run(self._store)):
                self._conclude(made, bindings, used, work)
        return self._settle(work)

    def _take(self, plans: dict[str, Plan]) -> None:
        """File the plans by what sets them going."""
        self._plans, self._joins, self._openings, self._goals, self._shapes = plans, {}, {}, {}, {}
        for one in plans.values():
            self._goals.setdefault(one.rule.head.relation, []).append(one)
            for atom, join in zip(one.rule.positive, one.joins, strict=True):
                self._joins.setdefault(atom.relation, []).append((one, join))
            for absence, opening in zip(one.absences, one.openings, strict=True):
                self._openings.setdefault(absence.relation, []).append((one, opening))
                self._shapes.setdefault(absence.relation, set()).add(absence.positions)

    # One update

    def _settle(self, work: _Work) -> Change:
        """Follow every coming and going to its end.

        In a stratum first all that goes, then what was taken away to be sure, then what comes: a conclusion that is about to go
        must not help another to come.
        """
        while work.gone or work.come:
            level = min((*work.gone, *work.come))
            going, coming = work.gone.setdefault(level, deque()), work.come.setdefault(level, deque())
            while going:
                fact = going.popleft()
                if not self.holds(fact):  # else it was asserted again
                    self._went(fact, work)
            for fact in [one for one in work.suspects if work.level(one) == level]:
                del work.suspects[fact]
                self._rederive(fact, work)
            while coming and not going:
                fact = coming.popleft()
                if self.holds(fact):
                    self._came(fact, work)
            if not going and not coming:
                del work.gone[level], work.come[level]
        now = {fact: self.holds(fact) for fact in work.before}
        return Change(
            tuple(fact for fact, held in now.items() if held and not work.before[fact]),
            tuple(fact for fact, held in now.items() if not held and work.before[fact]),
        )

    def _came(self, fact: Fact, work: _Work) -> None:
        relation = str(fact[0])
        for made, join in self._joins.get(relation, ()):
            for bindings, used in join.run(self._store, fact):
                self._conclude(made, bindings, used, work)
        for positions in self._shapes.get(relation, ()):
            absence = (relation, positions, tuple(fact[1 + one] for one in positions))
            for head, support in tuple(self._absent.get(absence, ())):
                self._withdraw(head, support, work)

    def _went(self, fact: Fact, work: _Work) -> None:
        for head, support in tuple(self._used.get(fact, ())):
            self._withdraw(head, support, work)
        for made, opening in self._openings.get(str(fact[0]), ()):
            for bindings, used in opening.run(self._store, fact):
                self._conclude(made, bindings, used, work)

    def _rederive(self, fact: Fact, work: _Work) -> None:
        """What was taken away to be sure comes back if it follows from what is left."""
        if self.holds(fact):
            return
        for made in self._goals.get(str(fact[0]), ()):
            for bindings, used in tuple(made.goal.run(self._store, fact)):
                self._conclude(made, bindings, used, work)

    def _conclude(self, made: Plan, bindings: Bindings, used: tuple[Fact, ...], work: _Work) -> None:
        """One more reason for a conclusion, if nothing speaks against it."""
        if not all(one.holds(bindings) for one in made.rule.tests):
            return
        absences: list[Absence] = []
        for one in made.absences:
            if next(one.facts(self._store, bindings), None) is not None:
                return
            absences.append((one.relation, one.positions, tuple(value_of(term, bindings) for term in one.terms)))
        self._support(made.head(bindings), (made.rule.name, used), tuple(absences), work)

    def _support(self, fact: Fact, support: Support, absences: tuple[Absence, ...], work: _Work) -> None:
        each = self._supports.get(fact)
        if each is not None and support in each:
            return
        for one in support[1]:
            self._used.setdefault(one, {})[fact, support] = None
        for absence in absences:
            self._absent.setdefault(absence, {})[fact, support] = None
        if each is not None:
            each[support] = absences
            return
        self._supports[fact] = {support: absences}
        self._store.add(fact)
        work.add(fact, appeared=True)

    def _withdraw(self, fact: Fact, support: Support, work: _Work) -> None:
        """A reason falls; the fact with its last one, or at once where it might hold itself up."""
        each = self._supports.get(fact)
        if each is None or support not in each:
            return
        self._forget(fact, support, each.pop(support))
        if each and (ASSERTED in each or str(fact[0]) not in self._recursive):
            return
        if each:
            work.suspects[fact] = None
            for other, absences in each.items():
                self._forget(fact, other, absences)
        del self._supports[fact]
        self._store.remove(fact)
        work.add(fact, appeared=False)

    def _forget(self, fact: Fact, support: Support, absences: tuple[Absence, ...]) -> None:
        """No longer listed under what it rested on."""
        for one in support[1]:
            _drop(self._used, one, (fact, support))
        for absence in absences:
            _drop(self._absent, absence, (fact, support))


def _drop(listed: dict[_Key, dict[_Entry, None]], key: _Key, entry: _Entry) -> None:
    entries = listed.get(key)
    if entries is not None:
        entries.pop(entry, None)
        if not entries:
            del listed[key]
