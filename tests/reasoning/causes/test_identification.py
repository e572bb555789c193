"""Textbook diagrams, and random ones against what the act really does."""

from itertools import pairwise

import numpy as np
import pytest

from llmagentos.bench.causes_reference import random_model
from llmagentos.reasoning.causes.diagram import Diagram
from llmagentos.reasoning.causes.effects import effect
from llmagentos.reasoning.causes.estimands import shown
from llmagentos.reasoning.causes.identification import NotIdentifiable, back_door, identify
from llmagentos.reasoning.causes.model import CausalModel, ModelError, Variable, joint
from llmagentos.reasoning.causes.queries import intervention, posterior

X, Y = frozenset("x"), frozenset("y")


def drawn(text: str) -> Diagram:
    """`x > m > y, x ~ y`: arrows, and hidden common causes."""
    parents: dict[str, set[str]] = {}
    hidden = set()
    for number, part in enumerate(text.split(",")):
        ways = part.split()
        names = ways[::2]
        for one in names:
            parents.setdefault(one, set())
        for (above, below), way in zip(pairwise(names), ways[1::2], strict=True):
            if way == ">":
                parents[below].add(above)
            else:
                unseen = f"u{number}"
                hidden.add(unseen)
                parents[unseen] = set()
                parents[above].add(unseen)
                parents[below].add(unseen)
    return Diagram({name: frozenset(above) for name, above in parents.items()}, frozenset(hidden))


@pytest.mark.parametrize(
    ("text", "by"),
    [
        ("x > y", "back door"),
        ("x > y, z > x, z > y", "back door"),
        ("x > m > y, x ~ y", "front door"),
        ("x > z > y, z2 > x, x ~ z2, z2 > y", "back door"),
        # Pearl 2009, figure 3.8
        ("x > y, x ~ z, z > y", "back door"),
        ("x > y, z > x, z ~ x, z ~ y, z > y", None),
        ("x > z > y, x ~ y, z ~ y", None),
        ("x > y, x > z, z > y, x ~ z", None),
        # Pearl 2009, figure 3.9: none of these can be told
        ("x > y, x ~ y", None),
        ("x > z > y, x ~ z", None),
        ("x > y, z > x, x ~ y", None),
        ("x > z > y, x ~ y, x ~ z", None),
        ("x > w, w > y, x ~ y, w ~ y", None),
    ],
)
def test_textbook_diagrams(text: str, by: str | None) -> None:
    if by is None:
        with pytest.raises(NotIdentifiable):
            identify(drawn(text), Y, X)
    else:
        assert identify(drawn(text), Y, X).by == by


def test_an_effect_that_only_the_general_way_finds() -> None:
    """Pearl 2009, figure 3.8 (g)."""
    diagram = drawn("x > z1 > y, z2 > x, z2 > z1, z2 > z3, z3 > y, x ~ z2, x ~ y, x ~ z3, z2 ~ y")
    found = identify(diagram, Y, X)
    assert found.by == "general"
    assert "z1" in shown(found.formula)


def test_formulas_read_as_in_books() -> None:
    assert shown(identify(drawn("x > y"), Y, X).formula) == "P(y | x)"
    assert shown(identify(drawn("x > y, z > x, z > y"), Y, X).formula) == "sum over z of [P(y | x, z) P(z)]"


def test_a_collider_is_not_adjusted_for() -> None:
    assert back_door(drawn("x > y, x > c, y > c"), Y, X) == frozenset()
    assert back_door(drawn("x > y, m ~ x, m ~ y"), Y, X) == frozenset()


def test_what_has_no_meaning_is_refused() -> None:
    with pytest.raises(ModelError):
        identify(drawn("x > y"), X, X)
    with pytest.raises(ModelError):
        identify(drawn("x > y, x ~ y"), frozenset({"u1"}), X)


def separated_slowly(diagram: Diagram, one: str, other: str, given: frozenset[str]) -> bool:
    """By the moral graph of the ancestors."""
    kept = diagram.ancestors({one, other} | given)
    beside: dict[str, set[str]] = {name: set() for name in kept}
    for name in kept:
        above = sorted(diagram.parents[name])
        for first in above:
            for second in [name, *above]:
                if first != second:
                    beside[first].add(second)
                    beside[second].add(first)
    reached, rest = {one}, [one]
    while rest:
        for name in beside[rest.pop()] - given - reached:
            reached.add(name)
            rest.append(name)
    return other not in reached


@pytest.mark.parametrize("seed", range(40))
def test_separation_is_that_of_the_moral_graph(seed: int) -> None:
    diagram = Diagram.of(random_model(seed, most=6))
    draw = np.random.default_rng(seed)
    names = list(draw.permutation(sorted(diagram.parents)))
    one, other, given = str(names[0]), str(names[1]), frozenset(str(each) for each in names[2:] if draw.random() < 0.5)
    assert diagram.separated(frozenset({one}), frozenset({other}), given) == separated_slowly(
        diagram, one, other, given
    )


def test_identified_effects_are_what_the_act_does() -> None:
    told = refused = 0
    for seed in range(250):
        model = random_model(seed, most=6, zeros=0)
        if len(model.variables) < 4:
            continue
        draw = np.random.default_rng(seed)
        names = [str(one) for one in draw.permutation(list(model.variables))]
        done, asked, hidden = names[0], names[1], names[2:4]
        do = int(draw.integers(len(model.variable(done).states)))
        watched = lambda over, model=model: joint(model, over)  # noqa: E731
        try:
            table, _ = effect(Diagram.of(model, hidden), watched, [asked], {done: do})
        except NotIdentifiable:
            refused += 1
            continue
        told += 1
        wanted = intervention(model, [asked], {done: model.variable(done).states[do]}).values
        assert np.abs(table.values - wanted).max() < 1e-9
    assert told > 50
    assert refused > 5


def test_two_worlds_that_look_the_same_and_are_not() -> None:
    """Why a refusal is right: in one the act does all, in the other the hidden cause does."""
    both = np.array([0.5, 0.5])
    same = np.eye(2)
    acts = CausalModel.of([Variable("x", ("0", "1"), (), both), Variable("y", ("0", "1"), ("x",), same)])
    hides = CausalModel.of(
        [
            Variable("u", ("0", "1"), (), both), Variable("x", ("0", "1"), ("u",), same),
            Variable("y", ("0", "1"), ("x", "u"), np.stack([same, same])),
        ]
    )  # fmt: skip
    assert np.allclose(posterior(acts, ["x", "y"]).values, posterior(hides, ["x", "y"]).values)
    assert not np.allclose(intervention(acts, ["y"], {"x": "1"}).values, intervention(hides, ["y"], {"x": "1"}).values)
