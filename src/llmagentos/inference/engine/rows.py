"""Single rows of a large matrix on disk. The page cache keeps what is read often; this process keeps nothing."""

import os
import weakref
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from llmagentos.inference.weights.model import Matrix


class Rows:
    """A matrix in a file, row after row. A mapped file would count its neighbours as this process's memory."""

    def __init__(self, file: Path, columns: int, kind: type[np.float16] | type[np.float32]) -> None:
        self._columns, self._kind, self._size = columns, kind, columns * np.dtype(kind).itemsize
        self._file = os.open(file, os.O_RDONLY)
        weakref.finalize(self, os.close, self._file)

    def read(self, numbers: Sequence[int]) -> Matrix:
        """Some rows as float32. Shapes: [numbers, columns]."""
        data = b"".join(os.pread(self._file, self._size, self._size * number) for number in numbers)
        return np.frombuffer(data, self._kind).reshape(len(numbers), self._columns).astype(np.float32)
