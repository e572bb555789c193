"""How alike names of equipment are. `vav_R369` and `temp_sensor_hvac_zone_R369` share what few others have; `R364` shares a beginning."""

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float32]
_TOKEN = re.compile(r"[^\W_]+")
_PART = re.compile(r"[^\W\d_]+|\d+")


def parts(name: str) -> list[str]:
    """What may be shared: words, letters and numbers within them, and beginnings of words that hold a number.

    Beginnings carry how long they are, so that the 3 of `3` is not that of `369`; numbers lose their leading zeros.
    """
    found: list[str] = []
    for token in _TOKEN.findall(name.casefold()):
        found.append(token)
        pieces = _PART.findall(token)
        found += [piece for piece in (one.lstrip("0") or "0" for one in pieces) if piece != token]
        if any(piece.isdigit() for piece in pieces):
            found += [f"^{token[:length]}" for length in range(1, len(token))]
            number = next(piece for piece in pieces if piece.isdigit())
            found += [f"#{number[:length]}" for length in range(1, len(number) + 1)]
    return found


def _words(name: str) -> list[str]:
    return [token for token in _TOKEN.findall(name.casefold()) if not any(one.isdigit() for one in token)]


class NameSpace:
    """The names of all entities as vectors of unit length, weighed by how few have a part (inverse document frequency).

    `words_only`: without what holds a number. Numbers say which one a thing is, words what it is.
    """

    def __init__(self, names: Sequence[str], *, words_only: bool = False) -> None:
        self._columns: dict[str, int] = {}
        self._rows = [
            sorted({self._columns.setdefault(part, len(self._columns)) for part in (_words(name) if words_only else parts(name))})
            for name in names
        ]  # fmt: skip

    def parts(self, name: int) -> list[int]:
        """The numbers of the parts of a name."""
        return self._rows[name]

    def vectors(self, of: Sequence[int], among: Sequence[int]) -> Matrix:
        """(len(of), parts) for these names; how rare a part is counts within `among`."""
        often = np.zeros(len(self._columns), np.float32)
        for entity in among:
            often[self._rows[entity]] += 1
        rare = np.log((1 + len(among)) / (1 + often))
        found = np.zeros((len(of), len(self._columns)), np.float32)
        for row, entity in enumerate(of):
            columns = self._rows[entity]
            found[row, columns] = rare[columns]
        length = np.sqrt((found**2).sum(1, keepdims=True))
        return np.asarray(found / np.maximum(length, 1e-6), np.float32)
