"""Whether a camera's picture has changed since it was last looked at, and whether the scene is one that it usually shows."""

from collections import deque
from typing import Any

import numpy as np
from numpy.typing import NDArray

from llmagentos.perception.sight.picture import Picture, vision

SMALL = (32, 24)
DIFFERENT, SOMEWHERE = 14.0, 0.006
"""So many levels of 256 in a cell, in such a share of the cells: less is grain, or light that creeps."""
KNOWN, YOUNG = 96, 12
"""Scenes that are kept of a camera; with fewer nothing is called unusual."""
FAR = 1.6
"""Times as far from its nearest scene as known ones are from theirs."""

SCENE = 512
Scene = NDArray[np.float32]
"""(SCENE,), of length one."""


class Watched:
    """One camera: a few kilobytes of what it showed, no picture. `dump` and `load` carry the scenes over."""

    def __init__(self) -> None:
        self._last: NDArray[np.float32] | None = None
        self._scenes: deque[Scene] = deque(maxlen=KNOWN)

    def changed(self, picture: Picture) -> bool:
        """Against the last that had changed; brightness as a whole does not count. Costs under a millisecond."""
        small = vision().resize(vision().cvtColor(picture, vision().COLOR_RGB2GRAY), SMALL, interpolation=vision().INTER_AREA)  # fmt: skip
        now = small.astype(np.float32) - float(np.median(small))
        if self._last is not None and float((np.abs(now - self._last) > DIFFERENT).mean()) < SOMEWHERE:
            return False
        self._last = now
        return True

    def surprise(self, scene: Scene) -> float:
        """From 0 (as usual) to 1; the scene is known from then on."""
        far = 0.0
        if len(self._scenes) >= YOUNG:
            known = np.stack(self._scenes)
            among = 1 - known @ known.T
            np.fill_diagonal(among, 2.0)
            usual = float(np.percentile(among.min(axis=1), 95)) + 1e-3
            far = float((1 - known @ scene).min()) / usual
        self._scenes.append(scene)
        return float(np.clip((far - 1) / (2 * (FAR - 1)), 0, 1))

    def dump(self) -> list[list[float]]:
        """As JSON."""
        return [[round(float(one), 4) for one in scene] for scene in self._scenes]

    def load(self, state: list[Any]) -> None:
        """Take up what `dump` wrote; what is no scene is left out."""
        scenes = [np.asarray(one, np.float32) for one in state]
        self._scenes.extend(one for one in scenes if one.shape == (SCENE,) and np.isfinite(one).all())
