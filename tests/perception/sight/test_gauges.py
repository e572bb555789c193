"""Gauges as they are drawn for the bench, with numbers as a reader might have read them."""

import math

import numpy as np
import pytest

from llmagentos.bench import drawn_pictures
from llmagentos.bench.drawn_pictures import _gauge, drawn_gauges
from llmagentos.perception.sight.gauges import read_gauge
from llmagentos.perception.sight.written import Written

SWEEP = 260.0


class _Middling:
    """Draws the middle of every range, so that it is known where everything stands."""

    def uniform(self, low: float, high: float) -> float:
        return (low + high) / 2

    def random(self) -> float:
        return 0.5

    def integers(self, low: int, high: int | None = None, size: int | None = None) -> "np.ndarray | int":
        value = (low if high is None else low + high) // 2
        return value if size is None else np.full(size, value)


def _numbers(least: float, most: float, step: float) -> list[Written]:
    """Where `_gauge` writes them."""
    numbers = []
    for one in np.arange(least, most + step / 2, step):
        angle = math.radians(90 + (360 - SWEEP) / 2 + SWEEP * (one - least) / (most - least))
        numbers.append(Written(f"{one:g}", 210 + 122 * math.cos(angle), 210 + 122 * math.sin(angle), 20, 0.9))
    return numbers


@pytest.mark.parametrize("value", [0.4, 3.0, 5.0, 7.77, 9.8])
def test_the_hand_is_read_between_the_numbers(value: float) -> None:
    picture = _gauge(value, 0, 10, 1, "bar", _Middling())  # type: ignore[arg-type]
    gauge = read_gauge(picture, [*_numbers(0, 10, 1), Written("bar", 210, 280, 20, 0.9)])
    assert gauge is not None
    assert gauge.value == pytest.approx(value, abs=0.1)
    assert (gauge.least, gauge.most, gauge.unit) == (0, 10, "bar")


def test_a_misread_and_a_missing_number_do_not_matter() -> None:
    picture = _gauge(4.2, 0, 10, 1, "bar", _Middling())  # type: ignore[arg-type]
    numbers = _numbers(0, 10, 1)
    del numbers[4]
    numbers[7] = Written("88", numbers[7].x, numbers[7].y, 20, 0.9)
    gauge = read_gauge(picture, numbers)
    assert gauge is not None
    assert gauge.value == pytest.approx(4.2, abs=0.1)


def test_numbers_without_a_hand_are_no_gauge() -> None:
    blank = np.full((420, 420, 3), 240, np.uint8)
    assert read_gauge(blank, _numbers(0, 10, 1)) is None


def test_numbers_in_a_line_are_no_gauge() -> None:
    picture = _gauge(4.2, 0, 10, 1, "bar", _Middling())  # type: ignore[arg-type]
    line = [Written(str(one), 40 * one, 100, 20, 0.9) for one in range(8)]
    assert read_gauge(picture, line) is None
    assert read_gauge(picture, []) is None


def test_what_is_drawn_differs_and_can_be_drawn_again() -> None:
    first, again, other = drawn_gauges(1), drawn_gauges(1), drawn_gauges(2)
    assert [one.value for one in first] == [one.value for one in again]
    assert first[0].value != other[0].value
    assert np.array_equal(first[0].picture, again[0].picture)
    assert len(drawn_pictures.drawn_texts(1)) == 40
