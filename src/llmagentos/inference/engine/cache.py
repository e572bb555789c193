"""Keys and values of a model's layers, in buffers that passes update in place."""

from collections.abc import Sequence

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray

from llmagentos.inference.weights.model import Architecture


class KeyValues:
    """The buffers of one tree of tokens. Shapes: [1, kv_heads, capacity, head_size], a pair for each layer."""

    def __init__(self, architecture: Architecture, capacity: int) -> None:
        a = architecture
        shape = (1, a.kv_heads, capacity, a.head_size)
        names = [f"{kind}.{layer}" for layer in range(a.layers) for kind in ("keys", "values")]
        self._arrays: list[NDArray[np.float32]] = [np.zeros(shape, np.float32) for _ in names]
        self._values = [ort.OrtValue.ortvalue_from_numpy(one) for one in self._arrays]
        self._names = names

    def bind(self, binding: ort.IOBinding) -> None:
        """Let a pass read them and write its own rows into them: the same memory goes in and comes out."""
        for name, value in zip(self._names, self._values, strict=True):
            binding.bind_ortvalue_input(name, value)
            binding.bind_ortvalue_output(f"new_{name}", value)

    def keep(self, rows: Sequence[int]) -> None:
        """Move these rows to the front, in this order."""
        moved = next((new for new, old in enumerate(rows) if new != old), len(rows))
        if moved == len(rows):
            return
        sources = np.asarray(rows[moved:])
        for array in self._arrays:
            array[:, :, moved : len(rows)] = array[:, :, sources]
