"""The container format of Hugging Face: a JSON header, then raw tensors. Read through a memory map.

Source: huggingface/safetensors, "Format". Our own lines, because its library needs another package for bfloat16.
"""

import json
import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from llmagentos.inference.weights.model import Matrix, UnsupportedModel

MAX_HEADER = 100_000_000
"""As the format's own reference."""
_TYPES = {"F32": np.float32, "F16": np.float16, "BF16": np.uint16, "F64": np.float64}


@dataclass(frozen=True, slots=True)
class _Entry:
    kind: str
    shape: tuple[int, ...]
    start: int
    end: int


class SafetensorsFile:
    """The tensors of one file, by name. Raises: UnsupportedModel."""

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            with path.open("rb") as file:
                length = int.from_bytes(file.read(8), "little")
                if not 2 <= length <= MAX_HEADER:
                    raise UnsupportedModel(f"{path.name} is no safetensors file")
                header = json.loads(file.read(length))
            self._entries = {name: _entry(one) for name, one in header.items() if name != "__metadata__"}
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise UnsupportedModel(f"{path.name} cannot be read: {error}") from error
        self._data = np.memmap(path, np.uint8, "r", offset=8 + length) if self._entries else np.zeros(0, np.uint8)

    def names(self) -> frozenset[str]:
        """All tensors."""
        return frozenset(self._entries)

    def tensor(self, name: str) -> Matrix:
        """A tensor as float32, in its own shape."""
        entry = self._entries[name]
        kind = _TYPES.get(entry.kind)
        if kind is None or entry.end - entry.start != math.prod(entry.shape) * np.dtype(kind).itemsize:
            raise UnsupportedModel(f"{self._path.name}: {name} is stored in a way unknown here ({entry.kind})")
        if not 0 <= entry.start <= entry.end <= len(self._data):
            raise UnsupportedModel(f"{self._path.name} ends in the middle of {name}")
        raw = np.frombuffer(self._data[entry.start : entry.end].tobytes(), kind)
        values = (raw.astype(np.uint32) << 16).view(np.float32) if entry.kind == "BF16" else raw.astype(np.float32)
        return values.reshape(entry.shape)


def _entry(data: dict[str, object]) -> _Entry:
    shape, offsets = data["shape"], data["data_offsets"]
    if not isinstance(shape, list) or not isinstance(offsets, list):
        raise TypeError("a tensor without shape or place")
    start, end = map(int, offsets)
    return _Entry(str(data["dtype"]), tuple(map(int, shape)), start, end)
