"""A standing order as rules, watched signals and instants: what the rule network runs without the model.

Selectors are resolved here, once for each structure of the site. A group is a relation of its members, so that "any" and "every"
are joins; "nobody home" is that everybody is known to be away.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Literal

from llmagentos.agent import abilities
from llmagentos.agent.ports import Selecting
from llmagentos.language import Selector
from llmagentos.language import tree as t
from llmagentos.language.units import Quantity, convert
from llmagentos.language.vocabulary import PRIMARY
from llmagentos.messages.records import EntityDescription
from llmagentos.messages.snapshot import EntityView, Found, Snapshot, Speaker
from llmagentos.reasoning import Atom, Fact, Rule, Var
from llmagentos.reasoning.rules import Value
from llmagentos.reasoning.signals import Signal, Threshold, Watch

MEMBER = "in"
_E = Var("E")
_SOMEBODY, _PLACE = Selector("person", everywhere=True), "location"


class CannotCompile(ValueError):
    """An order that cannot work here. `reason` as in `effects.CannotDo`, `detail` what it is about."""

    def __init__(self, reason: Literal["absent", "impossible", "unknown", "moment", "sun"], detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason, self.detail = reason, detail


@dataclass(frozen=True, slots=True)
class Called:
    """The state of a device has this name."""

    description: EntityDescription
    word: str

    def holds(self, value: Value, before: bool) -> bool:
        now = abilities.word_of(self.description, value)
        return now is not None and abilities.is_called(self.description.entity_class, now, self.word)


@dataclass(slots=True)
class Parts:
    """What an order comes to. Facts named here are its own; `moments` last no time, `periods` and `silences` are told by a clock."""

    fires: Fact = ("",)
    allowed: Fact | None = None
    ends: Fact | None = None
    rules: list[Rule] = field(default_factory=list)
    watches: list[tuple[Signal, Watch, Fact]] = field(default_factory=list)
    members: list[Fact] = field(default_factory=list)
    holds: list[tuple[str, float]] = field(default_factory=list)
    moments: list[tuple[Fact, t.Clock | t.Sun]] = field(default_factory=list)
    periods: list[tuple[Fact, t.Between]] = field(default_factory=list)
    silences: list[tuple[Fact, str, float]] = field(default_factory=list)


def compiled(order: t.Order, name: str, snapshot: Snapshot, speaker: Speaker, select: Selecting) -> Parts:
    """The parts of an order. Raises: CannotCompile."""
    return _Compiler(name, snapshot, speaker, select).compile(order)


class _Compiler:
    """One order at work."""

    def __init__(self, name: str, snapshot: Snapshot, speaker: Speaker, select: Selecting) -> None:
        self._name, self._snapshot, self._speaker, self._select = name, snapshot, speaker, select
        self._parts = Parts()

    def compile(self, order: t.Order) -> Parts:
        parts = self._parts
        parts.fires = self._any(order.trigger, "trigger")
        moments = [fact for fact, _ in parts.moments]
        if order.hold is not None:
            if moments:
                raise CannotCompile("moment", "")
            parts.holds.append((str(parts.fires[0]), float(order.hold.seconds)))
            parts.fires = ("held", float(order.hold.seconds), *parts.fires)
        if order.condition is not None:
            parts.allowed = self._any(order.condition, "if")
        if len(parts.moments) > len(moments):
            raise CannotCompile("moment", "")
        if order.until is not None:
            parts.ends = self._any(order.until, "until")
        return parts

    def _any(self, conditions: t.AnyOf, part: str) -> Fact:
        """The fact that one of the alternatives holds."""
        relation = f"{self._name} {part}"
        for number, every in enumerate(conditions.conditions):
            body = tuple(self._condition(one, f"{relation} {number}.{at}") for at, one in enumerate(every.conditions))
            if sum(isinstance(one, t.Clock | t.Sun) for one in every.conditions) > 1:
                raise CannotCompile("moment", "")
            self._parts.rules.append(Rule(f"{relation} {number}", Atom(relation), body))
        return (relation,)

    def _condition(self, condition: t.Condition, key: str) -> Atom:
        """What must hold for a condition; its rules are noted on the way."""
        if isinstance(condition, t.Clock | t.Sun):
            self._parts.moments.append(((key,), condition))
        elif isinstance(condition, t.Between):
            self._parts.periods.append(((key,), condition))
        elif isinstance(condition, t.Silence):
            for entity in self._resolved(condition.target):
                fact: Fact = (f"{key} silent", entity.id)
                self._parts.silences.append((fact, entity.id, float(condition.duration.seconds)))
            self._parts.rules.append(Rule(key, Atom(key), (Atom(f"{key} silent", (_E,)),)))
        elif isinstance(condition, t.Compare):
            self._quantified(key, "any", list(self._comparisons(condition)))
        elif isinstance(condition, t.InState):
            target = condition.target if condition.quantifier == "is" else _all_of(condition.target)
            self._quantified(key, condition.quantifier, list(self._states(target, condition.state)))
        else:
            self._presence(condition, key)
        return Atom(key)

    def _presence(self, condition: t.Presence, key: str) -> None:
        if condition.person is not None:
            one = Selector("person", name=condition.person)
            self._quantified(key, "any", list(self._states(one, condition.place)))
            return
        word = {"home": "away", "away": "home"}[condition.place] if condition.who == "nobody" else condition.place
        quantifier = "any" if condition.who == "somebody" else "every"
        self._quantified(key, quantifier, list(self._states(_SOMEBODY, word)))

    def _quantified(self, key: str, quantifier: str, watched: list[tuple[Signal, Watch]]) -> None:
        """Any or every one of the watched passes; of none, neither is true."""
        passes, parts = f"{key} passes", self._parts
        for signal, watch in watched:
            parts.watches.append((signal, watch, (passes, signal[0])))
            parts.members.append((MEMBER, key, signal[0]))
        member = Atom(MEMBER, (key, _E))
        if quantifier == "every":
            fails = f"{key} fails"
            parts.rules.append(Rule(fails, Atom(fails), (member, Atom(passes, (_E,), negated=True))))
            parts.rules.append(Rule(key, Atom(key), (member, Atom(fails, (), negated=True))))
        else:
            parts.rules.append(Rule(key, Atom(key), (member, Atom(passes, (_E,)))))

    def _states(self, target: Selector, word: str) -> Iterator[tuple[Signal, Watch]]:
        for entity in self._resolved(target):
            primary = PRIMARY.get(entity.entity_class)
            if primary is None or entity.property(primary) is None:
                raise CannotCompile("impossible", entity.name)
            yield (entity.id, primary), Called(entity.description, word)

    def _comparisons(self, condition: t.Compare) -> Iterator[tuple[Signal, Watch]]:
        for entity in self._resolved(condition.target):
            name = condition.property or PRIMARY.get(entity.entity_class, "value")
            prop = entity.property(name)
            if prop is None or prop.kind != "number":
                raise CannotCompile("impossible", entity.name)
            assert isinstance(condition.value, Quantity)
            edge = _in_unit(condition.value, prop.unit)
            back = _span_in_unit(condition.hysteresis, prop.unit)
            if edge is None or back is None:
                raise CannotCompile("impossible", f"{entity.name}: {condition.value}")
            yield (entity.id, name), Threshold(condition.operator, edge, back)

    def _resolved(self, target: Selector) -> tuple[EntityView, ...]:
        """All that a selector means now. Raises: CannotCompile where that is nothing, or one of several."""
        found = self._select(target, self._snapshot, self._speaker, lambda _: True)
        if not isinstance(found, Found):
            raise CannotCompile("unknown" if hasattr(found, "options") else "absent", target.name or target.kind)
        return found.entities


def _all_of(target: Selector) -> Selector:
    """Of a bare kind all there are: "any light is on"."""
    bare = Selector(target.kind, exceptions=target.exceptions)
    return replace(target, everywhere=True) if target == bare else target


def _in_unit(quantity: Quantity, unit: str) -> float | None:
    return convert(quantity.value, quantity.unit, unit) if quantity.unit else quantity.value


def _span_in_unit(span: Quantity | None, unit: str) -> float | None:
    """A difference, not a place on a scale: 1 F is 5/9 C."""
    if span is None:
        return 0.0
    far, near = _in_unit(span, unit), _in_unit(Quantity(0.0, span.unit), unit)
    return None if far is None or near is None else far - near
