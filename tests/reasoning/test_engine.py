"""Time and readings together, against a slow re-evaluation of everything at every instant."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from llmagentos.reasoning import Atom, Fact, Rule, Var
from llmagentos.reasoning.engine import Engine
from llmagentos.reasoning.held import held
from llmagentos.reasoning.rules import Value
from llmagentos.reasoning.signals import OneOf, Signal, Threshold, Watch
from tests.reasoning.naive import closure

X = Var("X")
RULES = (
    Rule(
        "warm", Atom("alarm", (X,)), (Atom("freezer", (X,)), Atom("warm", (X,)), Atom("home", ("ada",), negated=True))
    ),
    Rule("call", Atom("call", (X,)), (Atom("held", (10.0, "alarm", X)),)),
    Rule("again", Atom("again", (X,)), (Atom("held", (5.0, "call", X)), Atom("warm", (X,)))),
)
WATCHES: list[tuple[Signal, Watch, Fact]] = [
    (("f1", "temperature"), Threshold(">", -15.0, 1.0), ("warm", "f1")),
    (("f2", "temperature"), Threshold(">", -15.0), ("warm", "f2")),
    (("ada", "location"), OneOf(("home",)), ("home", "ada")),
]
HOLDS = [("alarm", 10.0), ("call", 5.0), ("alarm", 3.0)]
RELATIONS = ("alarm", "call", "again", "held", "warm", "home")


def engine() -> Engine:
    made = Engine()
    made.install(RULES, WATCHES, HOLDS, 0.0)
    made.update([("freezer", "f1"), ("freezer", "f2")], (), 0.0)
    return made


def test_what_holds_long_enough_is_told_at_its_instant() -> None:
    made = engine()
    made.reading("f1", "temperature", -10.0, 100.0)
    assert made.next_due() == 103.0
    assert not made.network.holds(("call", "f1"))
    changes = made.advance(120.0)
    assert [one.appeared for one in changes][-1] == (held(("call", "f1"), 5.0), ("again", "f1"))
    made.reading("f1", "temperature", -15.5, 121.0)  # within the hysteresis
    assert made.network.holds(("call", "f1"))
    made.reading("ada", "location", "home", 122.0)
    assert not made.network.holds(("call", "f1"))
    assert made.next_due() is None


def test_a_restart_goes_on_counting() -> None:
    made = engine()
    made.reading("f1", "temperature", -10.0, 100.0)
    state = json.loads(json.dumps(made.dump()))
    again = Engine()
    again.load(state)
    again.install(RULES, WATCHES, HOLDS, 104.0)
    again.update([("freezer", "f1")], (), 104.0)
    again.reading("f1", "temperature", -10.0, 104.0)
    again.settle()
    assert again.next_due() == 103.0  # has passed meanwhile: told at once
    again.advance(109.0)
    assert not again.network.holds(("call", "f1"))
    again.advance(110.0)
    assert again.network.holds(("call", "f1"))


def test_rules_that_go_take_their_facts_along() -> None:
    made = engine()
    made.reading("f1", "temperature", -10.0, 100.0)
    made.advance(200.0)
    made.remove([one.name for one in RULES], [one[2] for one in WATCHES], HOLDS, 200.0)
    assert all(made.network.facts(one) == () for one in RELATIONS)
    assert made.next_due() is None


class Slow:
    """The same by working out everything anew."""

    def __init__(self) -> None:
        self.asserted: set[Fact] = {("freezer", "f1"), ("freezer", "f2")}
        self.since: dict[Fact, float] = {}
        self.held: set[Fact] = set()
        self.now: frozenset[Fact] = frozenset()

    def settle(self, now: float) -> None:
        while True:
            self.now = closure(self.asserted | self.held, RULES)
            wanted = {one for one in self.now if one[0] in ("alarm", "call")}
            self.since = {one: self.since.get(one, now) for one in wanted}
            stale = {one for one in self.held if tuple(one[2:]) not in wanted}
            if not stale:
                return
            self.held -= stale

    def advance(self, to: float) -> None:
        while True:
            due = [
                (self.since[fact] + seconds, held(fact, seconds))
                for relation, seconds in HOLDS
                for fact in self.since
                if fact[0] == relation
            ]
            due = [(at, fact) for at, fact in due if at <= to and fact not in self.held]
            if not due:
                return
            first = min(at for at, _ in due)
            self.held |= {fact for at, fact in due if at == first}
            self.settle(first)

    def reading(self, entity: str, value: Value | None, now: float) -> None:
        self.advance(now)
        fact: Fact = ("home", "ada") if entity == "ada" else ("warm", entity)
        edge = -16.0 if entity == "f1" and fact in self.asserted else -15.0
        true = value == "home" if entity == "ada" else isinstance(value, float) and value > edge
        self.asserted = self.asserted | {fact} if true else self.asserted - {fact}
        self.settle(now)


EVENTS = st.lists(
    st.tuples(
        st.integers(0, 6),
        st.tuples(st.sampled_from(["f1", "f2"]), st.sampled_from([-20.0, -15.5, -10.0, None]))
        | st.tuples(st.just("ada"), st.sampled_from(["home", "away"])),
    ),
    max_size=25,
)


@settings(max_examples=300, deadline=None)
@given(EVENTS)
def test_it_is_always_what_a_new_computation_gives(events: list[tuple[int, tuple[str, Value | None]]]) -> None:
    fast, slow, now = engine(), Slow(), 0.0
    for wait, (entity, value) in events:
        now += wait
        fast.reading(entity, "location" if entity == "ada" else "temperature", value, now)
        slow.reading(entity, value, now)
        assert {one for relation in RELATIONS for one in fast.network.facts(relation)} == {
            one for one in slow.now if one[0] in RELATIONS
        }
    fast.advance(now + 30)
    slow.advance(now + 30)
    assert {one for relation in RELATIONS for one in fast.network.facts(relation)} == {
        one for one in slow.now if one[0] in RELATIONS
    }
