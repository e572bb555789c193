import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmagentos.reasoning.links.combined import Combined, Together
from llmagentos.reasoning.links.complex import ComplEx, ComplExSettings
from llmagentos.reasoning.links.graph import LinkGraph, Triple, answers
from llmagentos.reasoning.links.mining import MiningSettings, RuleEvidence, mine
from llmagentos.reasoning.links.paths import Steps, TooWide
from llmagentos.reasoning.links.ranking import ranked

from .families import family, graph, hidden

names = st.sampled_from("abcde")
facts = st.lists(st.tuples(names, st.sampled_from("rs"), names), min_size=1, max_size=15)


@given(facts, st.lists(st.integers(0, 3), min_size=1, max_size=3))
def test_paths_lead_where_walking_by_hand_leads(triples: list[Triple], path: list[int]) -> None:
    known = LinkGraph.of([("a", "r", "a"), ("a", "s", "a"), *triples])
    questions, right = known.questions(known.triples)
    edges = [(head, code, tail) for (head, code), tail in zip(questions.tolist(), right.tolist(), strict=True)]
    pairs = {(one, one) for one in range(len(known.entities))}
    for code in path:
        pairs = {(start, tail) for start, at in pairs for head, each, tail in edges if head == at and each == code}
    steps = Steps(known, known.triples)
    found = steps.reach(tuple(path), 10_000)
    assert [divmod(int(one), len(known.entities)) for one in found] == sorted(pairs)
    counts = [sum((one, code, two) in set(edges) for one, two in pairs) for code in range(known.codes)]
    assert steps.count_by_code(found, known.codes).tolist() == counts


def test_what_leads_everywhere_is_not_walked() -> None:
    known = graph()
    with pytest.raises(TooWide):
        Steps(known, known.triples).reach((0, 1), most=3)


def test_the_rule_that_is_in_the_graph_is_found_and_explains() -> None:
    known = graph()
    rules = mine(known, MiningSettings(seconds=0), 0)
    parent, grandparent = known.relation_numbers["parent of"], known.relation_numbers["grandparent of"]
    best = rules[grandparent][0]
    assert best.body == (parent, parent)
    assert best.confidence > 0.6
    head, _, tail = (known.numbered(hidden()[:1])[0]).tolist()
    assert RuleEvidence(known, rules).why(head, grandparent, tail)[0] == best


def test_walks_find_longer_rules_while_there_is_time() -> None:
    lines = [(f"{line}{at}", f"r{at}", f"{line}{at + 1}") for line in "abcdefghij" for at in range(3)]
    known = LinkGraph.of([*lines, *((f"{line}0", "far", f"{line}3") for line in "abcdefghij")])
    far = known.relation_numbers["far"]
    body = tuple(known.relation_numbers[one] for one in ("r0", "r1", "r2"))
    assert all(one.body != body for one in mine(known, MiningSettings(seconds=0), 0)[far])
    ticks = iter(range(100_000))
    rules = mine(known, MiningSettings(seconds=5_000), 0, clock=lambda: float(next(ticks)))
    assert body in [one.body for one in rules[far]]


def test_a_fact_is_not_its_own_evidence() -> None:
    """r(X, Y) follows from r(X, A), s(A, B), s(Y, B) for A = Y alone: true of every known fact, and worth nothing."""
    known = LinkGraph.of([*((f"x{n}", "r", f"y{n}") for n in range(20)), *((f"y{n}", "s", f"z{n}") for n in range(20))])
    rules = mine(known, MiningSettings(seconds=1, folds=5), 0)
    assert all(one.confidence < 0.1 for one in rules[known.relation_numbers["r"]])


def test_both_together_are_better_than_each() -> None:
    known = graph()
    held = known.numbered(hidden())
    everything = answers(known, known.triples, held)
    models = [ComplEx(known, ComplExSettings(dimension=4, epochs=3, batch=16), seed) for seed in (0, 1)]
    for one in models:
        for _ in one.fit():
            pass
    evidence = RuleEvidence(known, mine(known, MiningSettings(seconds=0), 0))
    both = Combined([Together(models)], evidence)
    both.fit(known, held)
    latent = ranked(Together(models), known, held, everything).mrr
    assert ranked(both, known, held, everything).mrr > max(latent, 0.9)
    assert np.allclose(np.exp(both.scores(np.array([[0, 0]], np.int32))).sum(), 1, atol=1e-4)
    assert len(family()) + len(hidden()) == 36 + 32
