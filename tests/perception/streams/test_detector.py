"""Streams with things that happen to them, and streams to which nothing does."""

import json
import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmagentos.perception.streams.cycle import DAY_S, Cycle
from llmagentos.perception.streams.detector import Detector
from llmagentos.perception.streams.novelty import RESOLUTION, Novelty

STEP_S = 900.0


def day(number: int, noise: random.Random) -> float:
    return 20 + 3 * math.sin(2 * math.pi * number * STEP_S / DAY_S) + noise.gauss(0, 0.2)


def fed(detector: Detector, values: list[float], start: int = 0) -> list[float]:
    return [detector.surprise((start + number) * STEP_S, value) for number, value in enumerate(values)]


def usual(days: int, seed: int) -> list[float]:
    noise = random.Random(seed)
    return [day(number, noise) for number in range(int(days * DAY_S / STEP_S))]


@pytest.mark.parametrize("seed", range(4))
def test_days_like_the_others_are_no_news(seed: int) -> None:
    surprises = fed(Detector(), usual(28, seed))
    assert max(surprises[14 * 96 :]) < 0.5


@pytest.mark.parametrize("seed", range(4))
def test_a_spike_a_gap_and_a_wrong_hour_are(seed: int) -> None:
    values, noise = usual(21, seed), random.Random(seed)
    for happened in (
        [30.0],  # higher than ever
        [15.0],  # lower than ever
        [
            day(number + 48, noise) for number in range(len(values), len(values) + 40)
        ],  # night for day: no value is new, the hour is
    ):
        detector = Detector()
        fed(detector, values)
        assert max(fed(detector, happened, len(values))) > 0.5


def test_what_lies_between_two_habits_is_unusual_though_it_is_no_extreme() -> None:
    noise, detector = random.Random(1), Detector()
    fed(detector, [noise.choice((0.0, 100.0)) + noise.gauss(0, 1) for _ in range(2000)])
    assert max(fed(detector, [50.0, 51.0, 49.0], 2000)) > 0.8


def test_one_thing_is_told_once_and_again_only_if_it_becomes_worse() -> None:
    detector = Detector()
    fed(detector, usual(14, 1))
    first, *rest = fed(detector, [30.0] * 50, 14 * 96)
    assert first > 0.5
    assert sum(one > 0.5 for one in rest) <= 3  # as the mean of the last few follows
    assert fed(detector, [90.0], 14 * 96 + 50)[0] > 0.9


def test_it_goes_on_after_a_restart_as_if_nothing_had_been() -> None:
    values = [*usual(10, 3), 40.0, *usual(1, 4)]
    whole, halved = Detector(), Detector()
    expected = fed(whole, values)
    first = fed(halved, values[:700])
    halved = Detector.load(json.loads(json.dumps(halved.dump())))
    assert first + fed(halved, values[700:], 700) == expected
    assert Detector.load(json.loads(json.dumps(Detector().dump()))) == Detector()


@given(st.lists(st.floats(allow_nan=True, allow_infinity=True, width=32), max_size=60))
def test_nothing_breaks_it(values: list[float]) -> None:
    assert all(0 <= one <= 1 for one in fed(Detector(), values))


def test_a_single_glitch_does_not_make_all_else_small() -> None:
    detector = Detector()
    fed(detector, usual(14, 2))
    assert fed(detector, [1e6], 14 * 96)[0] > 0.99
    fed(detector, usual(2, 3), 14 * 96 + 1)
    assert fed(detector, [60.0], 16 * 96 + 2)[0] > 0.9


def test_its_memory_has_an_end() -> None:
    noise, novelty = random.Random(1), Novelty()
    for _ in range(20_000):
        novelty.distance(noise.uniform(0, 1), 1.0)
    assert len(novelty.seen) <= RESOLUTION + 1
    assert novelty.seen == sorted(novelty.seen)


def test_novelty_is_the_distance_to_the_nearest_of_all() -> None:
    noise, novelty, seen = random.Random(2), Novelty(), list[float]()
    for _ in range(300):
        value = noise.gauss(0, 1)
        expected = min((abs(value - one) for one in seen), default=0.0)
        assert novelty.distance(value, 1e-9) == pytest.approx(expected)
        seen.append(value)


def test_a_cycle_is_known_after_it_was_seen_twice() -> None:
    cycle = Cycle(DAY_S)
    for hour in range(24 * 4):
        assert (cycle.expected(hour * 3600.0) is None) == (hour < 49)
        cycle.update(hour * 3600.0, float(hour % 24))
        cycle.update(hour * 3600.0 + 1800, float(hour % 24))
    assert cycle.expected(4 * DAY_S + 6 * 3600 + 900) == pytest.approx(6.0)
