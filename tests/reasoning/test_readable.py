"""Rules as people write them: read, followed, proved; what is wrong is told with its line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmagentos.reasoning import Atom, Network, RuleError, Test, Var
from llmagentos.reasoning.proofs import Proof, proof
from llmagentos.reasoning.readable import matching, parse_pattern, parse_rules, told

RULES = """
# what feeds what
X upstream Y if X feeds Y.
X upstream Z if X feeds Y and Y upstream Z.
X starved if X is Room and not Y upstream X.   # nothing feeds it
X hot if X temperature > 26.5 and X is Room.
"""


def known() -> Network:
    network = Network(parse_rules(RULES))
    network.update(
        [("feeds", "ahu", "vav 1"), ("feeds", "vav 1", "hall"), ("feeds", "hall", "ahu"), ("is", "hall", "Room"), ("is", "attic", "Room"), ("temperature", "hall", 27.0)]
    )  # fmt: skip
    return network


def test_rules_are_what_they_say() -> None:
    first, second, third, fourth = parse_rules(RULES)
    assert (first.name, second.name) == ("line 3", "line 4")
    assert second.body == (Atom("feeds", (Var("X"), Var("Y"))), Atom("upstream", (Var("Y"), Var("Z"))))
    assert third.body[1] == Atom("upstream", (Var("Y"), Var("X")), negated=True)
    assert fourth.body[1] == Test(Var("_0"), ">", 26.5)


def test_what_follows_and_why() -> None:
    network = known()
    assert matching(parse_pattern('X upstream "hall"'), network.facts("upstream")) == [
        fact for fact in network.facts("upstream") if fact[2] == "hall"
    ]
    assert matching(parse_pattern("X upstream X."), network.facts("upstream"))  # the loop
    assert [told(one) for one in network.facts("starved")] == ["attic starved"]
    assert [told(one) for one in network.facts("hot")] == ["hall hot"]
    found = proof(network, ("upstream", "ahu", "hall"))
    assert found == Proof(
        ("upstream", "ahu", "hall"),
        "line 4",
        (
            Proof(("feeds", "ahu", "vav 1")),
            Proof(("upstream", "vav 1", "hall"), "line 3", (Proof(("feeds", "vav 1", "hall")),)),
        ),
    )
    assert proof(network, ("upstream", "attic", "hall")) is None


def test_two_rules_on_one_line_are_two() -> None:
    network = Network(parse_rules("X p Y if X q Y. X p Y if X r Y."))
    network.update([("q", "a", "b"), ("r", "c", "d")])
    assert set(network.facts("p")) == {("p", "a", "b"), ("p", "c", "d")}


def test_a_proof_through_many_ways_is_found_at_once() -> None:
    network = Network(parse_rules("X up Y if X on Y. X up Z if X on Y and Y up Z."))
    ladder = [("on", f"{side}{step}", f"{other}{step + 1}") for step in range(14) for side in "ab" for other in "ab"]
    network.update(ladder)
    assert proof(network, ("up", "a0", "b14")) is not None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("X upstream Y if X feeds Y", "full stop"), ("X upstream Y.", "then `if`"), ("X upstream Y if X feeds Z.", "not bound"), ("\nX a if X b c d.", "line 2.*'d'"),
        ("X > 3 if X is Room.", "relation"), ("X a if not X b.", "not bound"), ("X a if X b and.", "ends too early"), ("X a if X b and not X t > 3.", "turn the comparison"),
        ("if a.", "line 1"), ('X "a" if X b.', "relation"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told(text: str, said: str) -> None:
    with pytest.raises(RuleError, match=said):
        parse_rules(text)


@pytest.mark.parametrize("text", ["", "X", "X a if X b", "X a. Y b.", "X t > 3", "not"])
def test_a_question_is_one_clause(text: str) -> None:
    with pytest.raises(RuleError):
        parse_pattern(text)


@given(st.text(max_size=60))
def test_any_text_is_rules_or_told_why_not(text: str) -> None:
    for read in (parse_rules, parse_pattern):
        try:
            read(text)
        except RuleError as error:
            assert str(error)


@given(st.lists(st.one_of(st.text(min_size=1, max_size=8), st.integers(-5, 5).map(float)), min_size=2, max_size=2))
def test_a_told_fact_is_read_again(args: list[str | float]) -> None:
    fact = ("feeds", *args)
    if all(isinstance(one, float) or "\n" not in one for one in args) and not isinstance(args[0], float):
        assert parse_pattern(told(fact)) == Atom("feeds", tuple(args))
