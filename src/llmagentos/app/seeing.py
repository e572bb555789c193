"""The node's eyes: what the models of seeing make of a picture. One at a time, in a thread of its own; the picture is dropped."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from llmagentos.inference.store import ModelStore
from llmagentos.perception.extras import MissingSense

if TYPE_CHECKING:
    from llmagentos.perception.sight.picture import Picture
    from llmagentos.perception.sight.sight import Seen, Sight

NANODET, TFJS_VERSION = "nanodet", 1
"""Raise the version with every change of what the compiler writes."""


class Seer(Protocol):
    """Turns pictures into what is in them."""

    async def look(self, picture: "Picture") -> "Seen":
        """Raises: MissingSense."""
        ...


class Blind:
    """Why nothing can be seen here."""

    def __init__(self, why: str) -> None:
        self._why = why

    async def look(self, picture: "Picture") -> "Seen":
        raise MissingSense(self._why)


def eyes(store: ModelStore) -> Seer:
    """With the model that is here."""
    folder = store.path(NANODET)
    if folder is None:
        return Blind(f"there is no model to see with: `agentos models fetch {NANODET}`")
    return ModelSeer(folder, store.folder / "compiled" / f"{NANODET}-{TFJS_VERSION}.onnx")


class ModelSeer:
    """Makes its model ready and loads it when the first picture comes."""

    def __init__(self, folder: Path, compiled: Path) -> None:
        self._folder, self._compiled = folder, compiled
        self._sight: Sight | None = None
        self._thread = ThreadPoolExecutor(1, "eyes")

    async def look(self, picture: "Picture") -> "Seen":
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._look, picture)

    def _look(self, picture: "Picture") -> "Seen":
        if self._sight is None:
            self._sight = self._loaded()
        return self._sight.look(picture)

    def _loaded(self) -> "Sight":
        from llmagentos.inference.compiler.tfjs import write_onnx
        from llmagentos.perception.sight.objects import SCENE, SCENE_SIZES
        from llmagentos.perception.sight.sight import Sight

        if not self._compiled.exists():
            self._compiled.parent.mkdir(parents=True, exist_ok=True)
            write_onnx(self._folder / "nanodet.json", self._folder / "nanodet.bin", self._compiled, {SCENE: SCENE_SIZES})  # fmt: skip
        return Sight(self._compiled)
