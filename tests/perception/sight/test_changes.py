"""What changed before a camera, and what is unusual there."""

import json

import numpy as np
from numpy.typing import NDArray

from llmagentos.perception.sight.changes import Watched


def _yard(random: np.random.Generator, light: float = 0.0) -> NDArray[np.uint8]:
    rows = np.linspace(40, 180, 240)[:, None, None] * np.ones((1, 320, 3))
    return np.clip(rows + light + random.normal(0, 6, rows.shape), 0, 255).astype(np.uint8)


def test_grain_and_daylight_are_no_change() -> None:
    random = np.random.default_rng(1)
    watched = Watched()
    assert watched.changed(_yard(random))
    assert not any(watched.changed(_yard(random, light)) for light in (0, 5, 12, 20, 28))


def test_somebody_in_the_yard_is_a_change_and_their_leaving_too() -> None:
    random = np.random.default_rng(1)
    watched = Watched()
    watched.changed(_yard(random))
    visited = _yard(random)
    visited[90:200, 100:150] = (30, 40, 120)
    assert watched.changed(visited)
    assert not watched.changed(visited)
    assert watched.changed(_yard(random))


def _scene(random: np.random.Generator, about: NDArray[np.float32], spread: float) -> NDArray[np.float32]:
    scene = about + random.normal(0, spread, len(about))
    return np.asarray(scene / np.linalg.norm(scene), np.float32)


def test_a_scene_unlike_all_others_is_unusual_and_known_from_then_on() -> None:
    random = np.random.default_rng(2)
    usual, other = random.normal(size=(2, 512)).astype(np.float32)
    watched = Watched()
    told = [watched.surprise(_scene(random, usual, 0.2)) for _ in range(40)]
    assert max(told) < 0.5
    kept = Watched()
    kept.load(json.loads(json.dumps(watched.dump())))
    strange = _scene(random, other, 0.2)
    assert watched.surprise(strange) == 1.0
    assert watched.surprise(_scene(random, other, 0.2)) < 1.0
    assert kept.surprise(strange) == 1.0


def test_of_a_young_camera_nothing_is_unusual() -> None:
    random = np.random.default_rng(3)
    watched = Watched()
    assert all(watched.surprise(_scene(random, random.normal(size=512).astype(np.float32), 1.0)) == 0 for _ in range(8))
