"""Plants that training never saw; the file that ships; what lacks; what to look at next."""

from pathlib import Path

import numpy as np
import pytest

from llmagentos.devices.simulation.air_handler import KINDS, OF_ROOMS, ROOMS, AirHandlers, Wrong
from llmagentos.reasoning.diagnosis.checks import AIR_HANDLER, next_checks
from llmagentos.reasoning.diagnosis.departures import Symptoms, departures, raw, usual
from llmagentos.reasoning.diagnosis.diagnoser import Cause, Diagnoser, air_handlers
from llmagentos.reasoning.diagnosis.habits import learned
from llmagentos.reasoning.diagnosis.readings import A_DAY, Readings, mean_where, ridge
from llmagentos.reasoning.diagnosis.symptoms import names_of_symptoms
from llmagentos.training.plants import cause_of, examples, trained

DIAGNOSER = air_handlers()


def test_what_is_plainly_wrong_is_said_first() -> None:
    wrong = [Wrong(kind, 1 if kind in OF_ROOMS else 0, 0.9) for kind in KINDS]
    plants = AirHandlers(len(wrong), seed=77)
    plants.run(1, [None] * len(wrong))
    before, after = Readings(*plants.run(5, [None] * len(wrong))), Readings(*plants.run(1, wrong))
    habits = learned(before)
    seen = departures(raw(after, habits), usual(before, habits)[0], DIAGNOSER.scale)
    chance = DIAGNOSER.probabilities(seen)
    causes = (None, *DIAGNOSER.causes(ROOMS))
    assert np.allclose(chance.sum(1), 1)
    ranks = [np.argsort(-row).tolist().index(causes.index(cause_of(one))) for row, one in zip(chance, wrong, strict=True)]  # fmt: skip
    assert sum(rank == 0 for rank in ranks) >= 10, ranks
    assert max(ranks) <= 2, ranks


def test_a_normal_day_is_one() -> None:
    seen = examples(60, seed=5, normal=1.0)
    chance = DIAGNOSER.probabilities(seen.symptoms(DIAGNOSER.scale))
    assert (chance.argmax(1) == 0).mean() >= 0.98


def test_it_says_less_where_points_lack() -> None:
    """Of a plant of which only the rooms' temperatures are known, a frozen one is found, and nothing fails."""
    plants = AirHandlers(1, seed=8)
    plants.run(1, [None])
    before, after = plants.run(5, [None]), plants.run(1, [Wrong("room sensor frozen", 3)])

    def bare(held: tuple[dict[str, np.ndarray], dict[str, np.ndarray]]) -> Readings:
        unknown = {name: np.full_like(one, np.nan) for name, one in held[0].items()}
        rooms = {name: one if name == "temperature" else np.full_like(one, np.nan) for name, one in held[1].items()}
        return Readings(unknown, rooms)

    habits = learned(bare(before))
    seen = departures(raw(bare(after), habits), usual(bare(before), habits)[0], DIAGNOSER.scale)
    chance = DIAGNOSER.probabilities(seen)[0]
    causes = DIAGNOSER.causes(ROOMS)
    assert causes[int(chance[1:].argmax())] == Cause("room sensor frozen", 3)
    assert np.isfinite(chance).all()


def test_nothing_known_is_nothing_learned() -> None:
    names, rooms = names_of_symptoms()
    seen = Symptoms(np.full((1, len(names)), np.nan), np.full((1, 3, len(rooms)), np.nan))
    chance = DIAGNOSER.probabilities(seen)[0]
    assert chance[0] == pytest.approx(0.8)
    assert DIAGNOSER.reasons(seen, Cause("window open", 1)) == []


def test_saved_is_loaded_and_training_is_deterministic(tmp_path: Path) -> None:
    one, two = trained(150, 4), trained(150, 4)
    one.save(tmp_path / "one.json")
    two.save(tmp_path / "two.json")
    assert (tmp_path / "one.json").read_text() == (tmp_path / "two.json").read_text()
    seen = examples(20, 9)
    again = Diagnoser.load((tmp_path / "one.json").read_text())
    assert np.allclose(again.probabilities(seen.symptoms(again.scale)), one.probabilities(seen.symptoms(one.scale)), atol=0.02)  # fmt: skip
    with pytest.raises(ValueError, match="train it again"):
        Diagnoser.load('{"schema": 0}')


def test_the_check_that_decides_comes_first() -> None:
    causes = DIAGNOSER.causes(2)
    chance = np.full(1 + len(causes), 0.001)
    chance[1 + causes.index(Cause("window open", 1))] = 0.5
    chance[1 + causes.index(Cause("room sensor drifts", 1))] = 0.4
    chance /= chance.sum()
    (first, room, bits), *_ = next_checks(chance, causes, 2)
    assert (first.what, room) == ("is a window open?", 1)
    assert 0.5 < bits <= 1
    sure = np.zeros(1 + len(causes))
    sure[0] = 1.0
    assert all(bits == pytest.approx(0) for _, _, bits in next_checks(sure, causes, 2))
    assert {kind for check in AIR_HANDLER for kind in check.finds} == set(KINDS)


def test_arithmetic_with_gaps() -> None:
    values = np.array([[1.0, np.nan, 3.0, 5.0], [np.nan, np.nan, 1.0, 2.0]])
    found = mean_where(values, np.ones_like(values, bool))
    assert found[0] == pytest.approx(3.0)
    assert np.isnan(found[1])
    x = np.random.default_rng(0).normal(size=(2, 50, 2))
    y = x @ np.array([2.0, -1.0])
    y[0, 3] = np.nan
    weights = ridge(x, y, np.ones(y.shape, bool), np.zeros(2), np.full(2, 1e-9))
    assert np.allclose(weights, [2.0, -1.0])


def test_a_plant_is_what_its_seed_makes_it() -> None:
    one, two = (AirHandlers(2, 6).run(1, [None, Wrong("filter fouled")]) for _ in range(2))
    assert all(np.array_equal(one[0][name], two[0][name]) for name in one[0])
    assert one[0]["fan"].shape == (2, A_DAY)
    assert one[1]["flow"].shape == (2, ROOMS, A_DAY)
