"""The benchmark's score: silence is 0, perfection 100, an early detection is worth more than a late one, a false one costs."""

import pytest

from llmagentos.bench.nab import PROFILES, Stream, best, judge, points
from llmagentos.bench.streams import drawn_streams

STREAM = Stream("a/b", tuple(float(one) for one in range(1000)), (0.0,) * 1000, ((300, 399), (700, 799)))


def score(alarms: dict[int, float], profile: str = "standard") -> float:
    scores = [alarms.get(place, 0.0) for place in range(1000)]
    return best(judge([STREAM], [scores]), PROFILES[profile])[0]


def test_silence_and_perfection() -> None:
    assert score({}) == 0
    assert score({300: 1.0, 700: 1.0}) == pytest.approx(100, abs=0.01)


def test_an_early_detection_is_worth_more_and_only_the_first_in_a_window_counts() -> None:
    early, late = score({310: 1.0}), score({390: 1.0})
    assert 50 > early > late > 25
    assert score({310: 1.0, 350: 1.0, 390: 1.0}) == early


def test_a_false_alarm_costs_less_right_behind_a_window_and_more_in_the_profile_that_hates_them() -> None:
    right = {300: 1.0, 700: 1.0}
    near, far = score({**right, 402: 1.0}), score({**right, 600: 1.0})
    assert 100 > near > far
    assert far == pytest.approx(100 - 100 * 0.11 / 4, abs=0.05)  # each window is worth a point won and one not lost
    assert score({**right, 600: 1.0}, "low_fp") < far


def test_the_threshold_serves_all_and_the_probation_counts_for_nothing() -> None:
    assert score({300: 0.9, 700: 0.9, 600: 0.4}) == pytest.approx(100, abs=0.01)
    assert len(points(STREAM, [0.0] * 1000)) == 850
    assert score({20: 1.0}) == 0


def test_drawn_streams_are_the_same_for_the_same_seed() -> None:
    one, other = drawn_streams(8, 3), drawn_streams(8, 3)
    assert one == other
    assert all(len(each.times) == len(each.values) and list(each.times) == sorted(each.times) for each in one)
    assert any(each.windows for each in one)
