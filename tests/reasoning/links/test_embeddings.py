"""Each gradient is compared with finite differences, each model learns a graph that it can learn."""

from collections.abc import Callable

import numpy as np
import pytest

from llmagentos.reasoning.links import complex as complex_model
from llmagentos.reasoning.links.complex import ComplEx, ComplExSettings
from llmagentos.reasoning.links.descent import gathered
from llmagentos.reasoning.links.graph import Floats, Ints, answers
from llmagentos.reasoning.links.ranking import ranked
from llmagentos.reasoning.links.translation import TransE, TranslationSettings, TransR

from .families import graph


def test_rows_that_are_named_twice_are_summed() -> None:
    rows, summed = gathered(np.array([2, 0, 2], np.int32), np.array([[1.0], [2.0], [4.0]], np.float32))
    assert rows.tolist() == [0, 2]
    assert summed.tolist() == [[2.0], [5.0]]


class Recorded:
    """In the place of the descent: keeps the gradient of a step and moves nothing."""

    def __init__(self, table: Floats, rate: float) -> None:
        self.gradient = np.zeros_like(table)

    def step(self, gradient: Floats) -> None:
        self.gradient += gradient

    def step_rows(self, rows: Ints, gradient: Floats) -> None:
        np.add.at(self.gradient, rows, gradient)


def slope(loss: Callable[[], float], table: Floats, at: tuple[int, ...], step: float = 1e-3) -> float:
    before = table[at]
    table[at] = before + step
    above = loss()
    table[at] = before - step
    below = loss()
    table[at] = before
    return (above - below) / (2 * step)


def test_complex_goes_down_its_loss(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(complex_model, "AdaGrad", Recorded)
    known = graph()
    model = ComplEx(known, ComplExSettings(dimension=3, regularisation=0.1, spread=0.5), 1)
    questions, right = (one[:20] for one in known.questions(known.triples))

    def loss() -> float:
        scores = model.scores(questions).astype(np.float64)
        surprise = np.log(np.exp(scores).sum(1)) - scores[np.arange(20), right]
        parts = model.entities[questions[:, 0]], model.relations[questions[:, 1]], model.entities[right]
        cubes = sum((np.hypot(*np.split(one.astype(np.float64), 2, 1)) ** 3).sum() for one in parts)
        return float(surprise.mean() + 0.1 * cubes / 20)

    model._step(questions, right)
    for table, kept in ((model.entities, model._entity_descent), (model.relations, model._relation_descent)):
        assert isinstance(kept, Recorded)
        for at in [(0, 0), (1, 4), (2, 5), (3, 2)]:
            assert kept.gradient[at] == pytest.approx(slope(loss, table, at), abs=2e-3)


@pytest.mark.parametrize("kind", [TransE, TransR])
def test_translations_go_down_their_loss(kind: type[TransE] | type[TransR]) -> None:
    known = graph()
    model = kind(known, TranslationSettings(dimension=4, epochs=1, margin=3.0, negatives=3), 1)
    model._entity_descent = Recorded(model.entities, 0)  # type: ignore[assignment]
    model._relation_descent = Recorded(model.relations, 0)  # type: ignore[assignment]
    tables = [(model.entities, model._entity_descent), (model.relations, model._relation_descent)]
    if isinstance(model, TransR):
        model._matrix_descent = Recorded(model.matrices, 0)  # type: ignore[assignment]
        tables.append((model.matrices, model._matrix_descent))
    questions, right = (one[:12] for one in known.questions(known.triples))
    wrong = np.random.default_rng(3).integers(0, len(known.entities), (12, 3), dtype=np.int32)

    def loss() -> float:
        scores = model.scores(questions).astype(np.float64)
        if isinstance(model, TransR):
            scores = -(scores**2)
        rows = np.arange(12)
        return float(np.maximum(3.0 - scores[rows, right][:, None] + scores[rows[:, None], wrong], 0).sum())

    model._step(questions, right, wrong)
    for table, kept in tables:
        assert isinstance(kept, Recorded)
        for at in [(0, 0), (1, 2), (0, 3)]:
            place = at if table.ndim == 2 else (*at, 1)
            wanted = slope(loss, table, place)
            assert kept.gradient[place] == pytest.approx(wanted, rel=0.05, abs=0.1)


@pytest.mark.parametrize(
    ("make", "least"),
    [
        (lambda known: ComplEx(known, ComplExSettings(dimension=16, epochs=80, batch=16, regularisation=0.0), 0), 0.9),
        (lambda known: TransE(known, TranslationSettings(dimension=16, epochs=60, batch=32), 0), 0.5),
        (lambda known: TransR(known, TranslationSettings(dimension=16, epochs=60, batch=32), 0), 0.5),
    ],
)
def test_models_learn_what_they_are_shown(make: Callable[..., ComplEx | TransE | TransR], least: float) -> None:
    known = graph()
    model = make(known)
    losses = list(model.fit())
    assert losses[-1] < losses[0] / 2
    assert ranked(model, known, known.triples, answers(known, known.triples)).mrr > least


def test_the_same_seed_makes_the_same_model() -> None:
    settings = ComplExSettings(dimension=4, epochs=3)
    first, again = ComplEx(graph(), settings, 5), ComplEx(graph(), settings, 5)
    assert list(first.fit()) == list(again.fit())
    assert np.array_equal(first.entities, again.entities)
