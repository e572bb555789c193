from itertools import islice, pairwise

import numpy as np
import pytest

from llmagentos.bench.causes_reference import random_model
from llmagentos.reasoning.causes.bif import read_bif
from llmagentos.reasoning.causes.cliques import CliqueTree
from llmagentos.reasoning.causes.data import MISSING, Watching, counted, drawn
from llmagentos.reasoning.causes.learning import (
    LearningSettings,
    expectation_maximisation,
    fitted,
    gradient_ascent,
)
from llmagentos.reasoning.causes.model import CausalModel, ModelError, joint
from llmagentos.reasoning.causes.structure import Allowed, Scores, Search, SearchSettings, log_regret

RAIN = """
network "garden" { property of ours; }
variable rain { type discrete [ 2 ] { no, yes }; }
variable wet { type discrete [ 3 ] { dry, damp/moist, <soaked }; }  // odd names are allowed
probability ( rain ) { table 0.8, 0.2; }
probability ( wet | rain ) { (no) 0.9, 0.08, 0.02; (yes) 0.1, 0.4, 0.5; }
"""


def with_gaps(watching: Watching, share: float, seed: int) -> Watching:
    draw = np.random.default_rng(seed)
    gone = draw.random(watching.rows.shape) < share
    return Watching(watching.states, np.where(gone, MISSING, watching.rows).astype(np.int32))


def test_networks_are_read() -> None:
    model = read_bif(RAIN)
    assert model.variable("wet").states == ("dry", "damp/moist", "<soaked")
    assert model.variable("wet").chance.tolist() == [[0.9, 0.08, 0.02], [0.1, 0.4, 0.5]]


@pytest.mark.parametrize("cut", range(20, len(RAIN.strip()) - 3, 23))
def test_what_is_cut_off_is_refused(cut: int) -> None:
    try:
        model = read_bif(RAIN.strip()[:cut])
    except ModelError:
        return
    assert len(model.variables) < 2


@pytest.mark.parametrize("seed", range(12))
def test_beliefs_of_a_tree_are_those_of_adding_everything_up(seed: int) -> None:
    model = random_model(seed, most=6)
    sizes = {name: len(one.states) for name, one in model.variables.items()}
    families = [(*one.parents, name) for name, one in model.variables.items()]
    rows = with_gaps(drawn(model, 8, np.random.default_rng(seed)), 0.5, seed).rows
    evidence = {
        name: np.vstack([np.eye(size), np.ones(size)])[rows[:, place]]
        for place, (name, size) in enumerate(sizes.items())
    }
    beliefs, whole = CliqueTree(families, sizes).beliefs([one.chance for one in model.variables.values()], evidence)
    everything = joint(model, tuple(sizes)).values
    for number in range(len(rows)):
        weights = everything.copy()
        for place, name in enumerate(sizes):
            weights *= evidence[name][number].reshape([-1 if one == place else 1 for one in range(len(sizes))])
        assert whole[number] == pytest.approx(weights.sum())
        for family, belief in zip(families, beliefs, strict=True):
            axes = [list(sizes).index(one) for one in family]
            wanted = np.einsum(weights / weights.sum(), list(range(len(sizes))), axes)
            assert np.allclose(belief[number], wanted, atol=1e-12)


def test_complete_rows_are_counted() -> None:
    model = read_bif(RAIN)
    watching = drawn(model, 5_000, np.random.default_rng(0))
    learned = fitted({"rain": (), "wet": ("rain",)}, watching, LearningSettings())
    assert np.abs(learned.variable("wet").chance - model.variable("wet").chance).max() < 0.03
    assert counted(watching, ("rain", "wet")).sum() == 5_000


def test_gaps_are_filled_in_better_than_by_leaving_rows_out() -> None:
    """Rows are missing where it rained, so that the rows that are whole tell another story."""
    model = read_bif(RAIN)
    whole = drawn(model, 4_000, np.random.default_rng(0))
    rows = whole.rows.copy()
    rows[(whole.rows[:, 1] == 2) & (np.arange(4_000) % 4 != 0), 0] = MISSING
    learned = fitted({"rain": (), "wet": ("rain",)}, Watching(whole.states, rows), LearningSettings())
    assert learned.variable("rain").chance[1] == pytest.approx(0.2, abs=0.03)


def test_the_likelihood_never_falls() -> None:
    model = random_model(7, most=5)
    watching = with_gaps(drawn(model, 400, np.random.default_rng(1)), 0.4, 2)
    start = fitted({name: one.parents for name, one in model.variables.items()}, drawn(model, 1, np.random.default_rng(3)), LearningSettings())  # fmt: skip
    steps = [likelihood for _, likelihood in islice(expectation_maximisation(start, watching, 0.0001), 12)]
    assert all(after > before - 1e-6 for before, after in pairwise(steps))
    uphill = [likelihood for _, likelihood in islice(gradient_ascent(start, watching, 1.0), 150)]
    assert uphill[-1] == pytest.approx(steps[-1], abs=0.02)


def chain(seed: int) -> tuple[CausalModel, Watching]:
    """The valve feeds the coil, the coil heats the room, the room and the window make the air."""
    table = "0.9, 0.1; (open) 0.15, 0.85;"
    model = read_bif(
        "".join(f"variable {one} {{ type discrete [ 2 ] {{ shut, open }}; }}" for one in ("valve", "coil", "room", "window", "air"))
        + "probability (valve) { table 0.5, 0.5; } probability (window) { table 0.6, 0.4; }"
        + f"probability (coil | valve) {{ (shut) {table} }} probability (room | coil) {{ (shut) {table} }}"
        + "probability (air | room, window) { (shut, shut) 0.9, 0.1; (open, shut) 0.2, 0.8; (shut, open) 0.3, 0.7; (open, open) 0.95, 0.05; }"
    )  # fmt: skip
    return model, drawn(model, 3_000, np.random.default_rng(seed))


def test_arrows_are_found_where_history_speaks_for_them() -> None:
    model, watching = chain(0)
    found = Search(watching, Allowed(), SearchSettings(shakes=3)).best()
    pairs = {frozenset((one, name)) for name, above in found.items() for one in above}
    assert pairs == {frozenset((one, name)) for name, each in model.variables.items() for one in each.parents}
    assert found["air"] == {"room", "window"}  # of a chain only what meets can be told by watching


def test_physics_tells_the_rest() -> None:
    _, watching = chain(0)
    allowed = Allowed(frozenset({("room", "coil"), ("coil", "valve")}), frozenset({("window", "valve")}))
    found = Search(watching, allowed, SearchSettings(shakes=3)).best()
    assert found["coil"] == {"valve"}
    assert found["room"] == {"coil"}
    assert "window" in found["valve"]
    with pytest.raises(ModelError, match="own cause"):
        Search(watching, Allowed(required=frozenset({("room", "coil"), ("coil", "room")})), SearchSettings()).best()


def test_equivalent_diagrams_score_the_same() -> None:
    _, watching = chain(1)
    scores = Scores(watching)
    forwards = scores.of("valve", frozenset()) + scores.of("coil", frozenset({"valve"}))
    backwards = scores.of("coil", frozenset()) + scores.of("valve", frozenset({"coil"}))
    assert forwards == pytest.approx(backwards)


def test_the_regret_of_two_states_is_that_of_adding_up() -> None:
    """Exact for two states: the sum over all counts of the maximised likelihood."""
    count = 200
    terms = [0.0]
    log_choose = np.cumsum(np.concatenate([[0.0], np.log(np.arange(count, 0, -1)) - np.log(np.arange(1, count + 1))]))
    for one in range(1, count):
        terms.append(float(log_choose[one] + one * np.log(one / count) + (count - one) * np.log(1 - one / count)))
    wanted = float(np.log(np.exp([*terms, 0.0]).sum()))
    assert log_regret(count, 2) == pytest.approx(wanted, abs=0.1)
