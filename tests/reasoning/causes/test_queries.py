import numpy as np
import pytest

from llmagentos.bench.causes_reference import question, random_model, slow_counterfactual, slow_posterior
from llmagentos.reasoning.causes.model import CausalModel, ModelError, Variable, joint
from llmagentos.reasoning.causes.queries import counterfactual, intervention, posterior
from llmagentos.reasoning.causes.tables import Table


@pytest.mark.parametrize("seed", range(60))
def test_all_three_rungs_are_those_of_adding_everything_up(seed: int) -> None:
    model = random_model(seed, most=4)
    asked, do, seen = question(model, seed)
    found = posterior(model, [asked], seen).values
    assert np.abs(found - slow_posterior(model, [asked], seen)).max() < 1e-9
    without = {name: state for name, state in seen.items() if name not in do}
    try:
        found = intervention(model, [asked], do, without).values
    except ModelError:
        assert joint(model.doing(do), list(without)).at(model.numbers(without)).values == 0
    else:
        assert np.abs(found - slow_posterior(model.doing(do), [asked], without)).max() < 1e-9
    would = counterfactual(model, [asked], do, seen).values
    assert np.abs(would - slow_counterfactual(model, [asked], do, seen)).max() < 1e-9


def valve() -> CausalModel:
    """An open valve heats the room, nine times of ten; a window cools it."""
    return CausalModel.of(
        [
            Variable(
                "warm", ("no", "yes"), ("valve", "window"), np.array([[[0.9, 0.1], [1, 0]], [[0.1, 0.9], [0.6, 0.4]]])
            ),
            Variable("valve", ("shut", "open"), (), np.array([0.5, 0.5])),
            Variable("window", ("shut", "open"), (), np.array([0.8, 0.2])),
        ]
    )


def test_what_happened_says_what_would_have() -> None:
    """It was cold with the valve shut: had it been open, it would have been warm in eight of nine such rooms, for the one in nine
    in which even an open valve does not help is among those that are cold."""
    found = counterfactual(valve(), ["warm"], {"valve": "open"}, {"valve": "shut", "window": "shut", "warm": "no"})
    assert found.values[1] == pytest.approx(0.8 / 0.9)


def test_what_cannot_be_is_said() -> None:
    with pytest.raises(ModelError, match="cannot be that"):
        posterior(valve(), [], {"warm": "yes", "window": "open", "valve": "shut"})
    with pytest.raises(ModelError, match="valve was seen"):
        posterior(valve(), ["valve"], {"valve": "shut"})
    with pytest.raises(ModelError, match="no variable 'door'"):
        intervention(valve(), ["warm"], {"door": "open"})
    with pytest.raises(ModelError, match="can be no, yes"):
        posterior(valve(), ["valve"], {"warm": "maybe"})


def test_models_without_meaning_are_refused() -> None:
    half = np.array([0.5, 0.5])
    both = np.array([[0.5, 0.5], [0.5, 0.5]])
    with pytest.raises(ModelError, match="its own cause"):
        CausalModel.of([Variable("a", ("x", "y"), ("b",), both), Variable("b", ("x", "y"), ("a",), both)])
    with pytest.raises(ModelError, match="add up"):
        CausalModel.of([Variable("a", ("x", "y"), (), half * 0.9)])
    with pytest.raises(ModelError, match="shape"):
        CausalModel.of([Variable("a", ("x", "y"), (), both)])
    with pytest.raises(ModelError, match="does not have"):
        CausalModel.of([Variable("a", ("x", "y"), ("b",), both)])
    with pytest.raises(ValueError, match="axes"):
        Table(("a",), both)
