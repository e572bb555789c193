"""Small heads on a frozen model: what it holds at the end of a text, with a few facts known beside it, made into scores.

A head is a few perceptrons that are averaged, over the main directions of the model's states. It is some hundred thousand numbers beside an adapter.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Head:
    """Shapes: mean [hidden], basis [hidden, directions]; with n inputs (directions and facts), m members and w units each:

    inner [m, n, w], inner_bias [m, w], outer [m, w, classes], direct [m, n, classes], bias [m, classes].
    """

    mean: Matrix
    basis: Matrix
    inner: Matrix
    inner_bias: Matrix
    outer: Matrix
    direct: Matrix
    bias: Matrix

    def probabilities(self, states: Matrix, facts: Matrix) -> Matrix:
        """Shapes: [n, hidden] and [n, facts] to [n, classes]."""
        inputs = self.inputs(states, facts)
        units = np.maximum(0, inputs @ self.inner + self.inner_bias[:, None])
        logits = units @ self.outer + inputs @ self.direct + self.bias[:, None]
        shares = np.exp(logits - logits.max(axis=2, keepdims=True))
        return np.asarray((shares / shares.sum(axis=2, keepdims=True)).mean(axis=0), np.float32)

    def inputs(self, states: Matrix, facts: Matrix) -> Matrix:
        """What the perceptrons see."""
        return np.concatenate(((states - self.mean) @ self.basis, facts), axis=1, dtype=np.float32)


class DamagedHead(ValueError):
    """A file that holds no heads, or not those that are asked for."""


def save(path: Path, heads: dict[str, Head], about: str) -> None:
    """All heads of a model in one file."""
    arrays: dict[str, Any] = {"about": np.array(about)}
    for name, head in heads.items():
        for part in fields(Head):
            values = getattr(head, part.name)
            arrays[f"{name}.{part.name}"] = values.astype(np.float16 if part.name in ("basis", "inner") else np.float32)
    np.savez_compressed(path, **arrays)


def load(path: Path, facts: Mapping[str, int], about: str) -> dict[str, Head]:
    """Those of these names, that take so many facts. Raises: DamagedHead, also where they were made for something else than `about`."""
    try:
        with path.open("rb") as opened, np.load(opened, allow_pickle=False) as file:
            if str(file["about"]) != about:
                raise DamagedHead(f"{path} was made for {file['about']}, this is {about}; train it again")
            heads = {name: Head(*(file[f"{name}.{part.name}"].astype(np.float32) for part in fields(Head))) for name in facts}  # fmt: skip
            fit = all(_fits(head, facts[name]) for name, head in heads.items())
    except DamagedHead:
        raise
    except Exception as error:  # NumPy raises what it likes of a damaged archive
        raise DamagedHead(f"{path} holds no heads: {error}") from error
    if not fit:
        raise DamagedHead(f"{path} holds heads that are damaged")
    return heads


def _fits(head: Head, facts: int) -> bool:
    members, inputs, units = head.inner.shape if head.inner.ndim == 3 else (0, 0, 0)
    classes = head.bias.shape[-1]
    shapes = (
        head.basis.ndim == 2 and head.mean.shape == head.basis.shape[:1] and inputs == head.basis.shape[1] + facts and members > 0
        and head.inner_bias.shape == (members, units) and head.outer.shape == (members, units, classes) and head.direct.shape == (members, inputs, classes)
        and head.bias.shape == (members, classes)
    )  # fmt: skip
    return shapes and all(np.isfinite(getattr(head, part.name)).all() for part in fields(Head))
