import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from llmagentos.reasoning import Atom, Fact, Network, Rule, RuleError, Test, Var
from llmagentos.reasoning.network import ASSERTED
from tests.reasoning.naive import closure

X, Y, Z = Var("X"), Var("Y"), Var("Z")
FEEDS = (
    Rule("direct", Atom("upstream", (X, Y)), (Atom("feeds", (X, Y)),)),
    Rule("further", Atom("upstream", (X, Z)), (Atom("upstream", (X, Y)), Atom("feeds", (Y, Z)))),
)
COLD = Rule("cold", Atom("cold", (X,)), (Atom("room", (X,)), Atom("upstream", (Y, X)), Atom("closed", (Y,))))
EMPTY = Rule("empty", Atom("empty", (X,)), (Atom("room", (X,)), Atom("present", (Y, X), negated=True)))
WASTE = Rule("waste", Atom("waste", (X, Y)), (Atom("empty", (X,)), Atom("lit", (X, Y)), Test(Y, ">", 20.0)))
ALL = (*FEEDS, COLD, EMPTY, WASTE)


def test_conclusions_come_and_go_with_their_facts() -> None:
    network = Network(ALL)
    network.update([("room", "hall"), ("lit", "hall", 40.0), ("present", "ada", "hall")])
    assert not network.holds(("empty", "hall"))
    change = network.update(removed=[("present", "ada", "hall")])
    assert set(change.appeared) == {("empty", "hall"), ("waste", "hall", 40.0)}
    assert change.gone == (("present", "ada", "hall"),)
    change = network.update(added=[("present", "bob", "hall")], removed=[("lit", "hall", 40.0)])
    assert set(change.gone) == {("empty", "hall"), ("waste", "hall", 40.0), ("lit", "hall", 40.0)}


def test_a_conclusion_tells_why() -> None:
    network = Network(ALL)
    network.update([("room", "hall"), ("feeds", "boiler", "coil"), ("feeds", "coil", "hall"), ("closed", "boiler")])
    assert network.supports(("cold", "hall")) == (
        ("cold", (("room", "hall"), ("upstream", "boiler", "hall"), ("closed", "boiler"))),
    )
    assert network.supports(("closed", "boiler")) == (ASSERTED,)


def test_what_two_reasons_hold_falls_with_the_second() -> None:
    network = Network([Rule("a", Atom("warm"), (Atom("sun"),)), Rule("b", Atom("warm"), (Atom("fire"),))])
    network.update([("sun",), ("fire",)])
    assert network.update(removed=[("sun",)]).gone == (("sun",),)
    assert set(network.update(removed=[("fire",)]).gone) == {("fire",), ("warm",)}


def test_nothing_holds_itself_up() -> None:
    network = Network(FEEDS)
    network.update([("feeds", "a", "b"), ("feeds", "b", "c"), ("feeds", "c", "a")])
    assert len(network.facts("upstream")) == 9
    network.update(removed=[("feeds", "a", "b")])
    assert set(network.facts("upstream")) == {("upstream", "b", "c"), ("upstream", "c", "a"), ("upstream", "b", "a")}


def test_what_goes_does_not_help_to_come() -> None:
    network = Network(
        [
            Rule("a", Atom("r"), (Atom("b"),)),
            Rule("b", Atom("r"), (Atom("g"), Atom("h"))),
            Rule("c", Atom("h"), (Atom("r"),)),
        ]
    )
    network.update([("b",)])
    assert network.holds(("h",))
    change = network.update([("g",)], [("b",)])
    assert set(change.gone) == {("b",), ("r",), ("h",)} and change.appeared == (("g",),)


def test_what_was_taken_and_given_back_is_no_change() -> None:
    network = Network(FEEDS)
    network.update([("feeds", "a", "b"), ("feeds", "a", "c"), ("feeds", "c", "b"), ("feeds", "b", "b")])
    change = network.update(removed=[("feeds", "c", "b")])
    assert set(change.gone) == {("feeds", "c", "b"), ("upstream", "c", "b")}
    assert change.appeared == ()


def test_rules_come_and_go_while_facts_stay() -> None:
    network = Network(FEEDS)
    network.update([("feeds", "a", "b"), ("feeds", "b", "room"), ("closed", "a"), ("room", "room")])
    assert network.change_rules(add=[COLD]).appeared == (("cold", "room"),)
    assert network.change_rules(remove=["further"]).gone == (("upstream", "a", "room"), ("cold", "room"))


@pytest.mark.parametrize(
    ("rule", "why"),
    [
        (Rule("r", Atom("p", (X,)), (Atom("q", (X,), negated=True),)), "X in its conclusion"),
        (Rule("r", Atom("p", (X,)), (Atom("q", (X,)), Test(Y, "=", 1.0))), "Y in a comparison"),
        (Rule("r", Atom("p"), (Atom("q"), Atom("p", negated=True))), "own absence"),
        (Rule("r", Atom("p"), (Atom("q"), Test(1.0, "~", 1.0))), "comparison is one of"),
        (Rule("r", Atom("p", negated=True), (Atom("q"),)), "something is not"),
    ],
)
def test_rules_without_meaning_are_refused_and_change_nothing(rule: Rule, why: str) -> None:
    network = Network(FEEDS)
    with pytest.raises(RuleError, match=why):
        network.change_rules(add=[rule])
    assert network.rules() == FEEDS


NAMES = st.sampled_from(["a", "b", "c"])
RELATIONS = {"e": 2, "p": 1, "q": 2, "r": 1}
BASE = {"e": 2, "b": 1, "n": 2}
VARS = [X, Y, Z]


@st.composite
def rules(draw: st.DrawFn) -> list[Rule]:
    """Small sets of rules of every kind: joins, recursion, negation of another or of a lower relation, tests."""
    made = []
    for number in range(draw(st.integers(1, 5))):
        relation = draw(st.sampled_from(sorted({**RELATIONS, **BASE})))
        body: list[Atom | Test] = [_atom(draw, negated=False) for _ in range(draw(st.integers(1, 3)))]
        body += [_atom(draw, negated=True) for _ in range(draw(st.integers(0, 1)))]
        bound = sorted({one for atom in body if isinstance(atom, Atom) and not atom.negated for one in atom.variables})
        if not bound:
            continue
        if draw(st.booleans()):
            body.append(Test(Var(draw(st.sampled_from(bound))), draw(st.sampled_from(["=", "!=", "<"])), draw(NAMES)))
        width = {**RELATIONS, **BASE}[relation]
        head = tuple(Var(draw(st.sampled_from(bound))) for _ in range(width))
        made.append(Rule(f"rule {number}", Atom(relation, head), tuple(body)))
    return made


def _atom(draw: st.DrawFn, *, negated: bool) -> Atom:
    relation = draw(st.sampled_from(sorted({**RELATIONS, **BASE})))
    width = {**RELATIONS, **BASE}[relation]
    terms: list[Var | str] = [*VARS, "a"]
    return Atom(relation, tuple(draw(st.sampled_from(terms)) for _ in range(width)), negated)


FACTS: st.SearchStrategy[Fact] = (
    st.builds(lambda a, b: ("e", a, b), NAMES, NAMES)
    | st.builds(lambda a: ("b", a), NAMES)
    | st.builds(lambda a, b: ("n", a, b), NAMES, NAMES)
)
UPDATES = st.lists(st.tuples(st.lists(FACTS, max_size=3), st.lists(FACTS, max_size=3)), max_size=10)


@settings(max_examples=600, deadline=None)
@given(rules(), UPDATES)
def test_it_is_always_what_a_new_computation_gives(
    some: list[Rule], updates: list[tuple[list[Fact], list[Fact]]]
) -> None:
    try:
        network = Network(some)
    except RuleError:
        return
    asserted: dict[Fact, None] = {}
    relations = {*RELATIONS, *BASE}
    for added, removed in updates:
        before = {fact for relation in relations for fact in network.facts(relation)}
        for fact in removed:
            asserted.pop(fact, None)
        asserted.update(dict.fromkeys(added))
        change = network.update(added, removed)
        now = {fact for relation in relations for fact in network.facts(relation)}
        assert now == closure(asserted, some)
        assert set(change.appeared) == now - before
        assert set(change.gone) == before - now
        for fact in now:  # every proof rests on what holds
            assert all(used in now for _, each in network.supports(fact) for used in each)
    network.change_rules(remove=[one.name for one in some])
    assert {fact for relation in relations for fact in network.facts(relation)} == set(asserted)
    network.change_rules(add=some)
    assert {fact for relation in relations for fact in network.facts(relation)} == closure(asserted, some)
