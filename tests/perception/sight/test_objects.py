"""Boxes out of distances, one an object; twice seen is there."""

import numpy as np
import pytest

from llmagentos.messages.site import Zone
from llmagentos.perception.sight import objects
from llmagentos.perception.sight.objects import DISTANCES, NAMES, SCENE, SCORES, SIDE, STRIDES, Objects, Thing


class _Model:
    """Sees what it was told to, at places (stride, row, column, class, score), each four strides in all directions."""

    def __init__(self, looks: list[list[tuple[int, int, int, str, float]]]) -> None:
        self._looks = looks

    def run(self, names: tuple[str, ...], _inputs: object) -> list[np.ndarray]:
        seen = self._looks.pop(0)
        found: dict[str, np.ndarray] = {SCENE: np.ones((1, 512, 13, 13), np.float32)}
        for stride, score, distance in zip(STRIDES, SCORES, DISTANCES, strict=True):
            side = SIDE // stride
            found[score] = np.zeros((1, side * side, 80), np.float32)
            bins = np.full((1, side * side, 4, 11), -20, np.float32)
            bins[:, :, :, 4] = 20
            found[distance] = bins.reshape(1, side * side, 44)
            for at, row, column, name, sure in seen:
                if at == stride:
                    found[score][0, row * side + column, NAMES.index(name)] = sure
        return [found[one] for one in names]


def _objects(*looks: list[tuple[int, int, int, str, float]]) -> Objects:
    made = Objects.__new__(Objects)
    made._session = _Model(list(looks))
    return made


SQUARE = np.zeros((416, 416, 3), np.uint8)


def test_a_place_becomes_a_box_in_shares_of_the_picture() -> None:
    there = [(32, 6, 6, "cat", 0.8)]
    [thing], scene = _objects(there, there).find(SQUARE)
    assert thing.name == "cat"
    assert thing.sure == pytest.approx(0.8)
    middle, reach = 6.5 * 32 / 416, 4 * 32 / 416
    assert thing.box == pytest.approx((middle - reach, middle - reach, middle + reach, middle + reach), abs=1e-3)
    assert np.linalg.norm(scene) == pytest.approx(1.0)


def test_neighbouring_places_are_one_object_and_distant_ones_two() -> None:
    there = [(8, 10, 10, "person", 0.9), (8, 10, 11, "person", 0.7), (8, 40, 40, "person", 0.6)]
    things, _ = _objects(there, there).find(SQUARE)
    assert [round(one.sure, 2) for one in things] == [0.9, 0.6]


def test_what_only_one_look_shows_must_be_sure() -> None:
    things, _ = _objects([(32, 6, 6, "cat", 0.6)], []).find(SQUARE)
    assert things == ()
    things, _ = _objects([(32, 6, 6, "cat", 0.9)], []).find(SQUARE)
    assert [one.name for one in things] == ["cat"]


def test_feet_decide_on_the_zone() -> None:
    from llmagentos.perception.sight.sight import Seen

    seen = Seen((Thing("person", (0.1, 0.1, 0.3, 0.9), 0.9), Thing("dog", (0.7, 0.1, 0.9, 0.3), 0.9)), (), None, np.zeros(512, np.float32))  # fmt: skip
    assert seen.people == 1
    assert seen.counts() == {"person": 1, "dog": 1}
    assert seen.counts(Zone("gate", 0.0, 0.5, 0.5, 1.0)) == {"person": 1}
    assert objects.SURE < 0.5
