"""Heads on a frozen model: written, read again, refused where damaged."""

from pathlib import Path

import numpy as np
import pytest

from llmagentos.inference.head import DamagedHead, Head, load, save


def _head(random: np.random.Generator) -> Head:
    def some(*shape: int) -> np.ndarray:
        return random.normal(size=shape).astype(np.float32)

    return Head(some(12), some(12, 5), some(2, 8, 4), some(2, 4), some(2, 4, 3), some(2, 8, 3), some(2, 3))


def _slowly(head: Head, state: np.ndarray, facts: np.ndarray) -> np.ndarray:
    """One row, one member at a time."""
    inputs, total = np.append((state - head.mean) @ head.basis, facts), np.zeros(3)
    for member in range(2):
        units = np.maximum(0, inputs @ head.inner[member] + head.inner_bias[member])
        logits = units @ head.outer[member] + inputs @ head.direct[member] + head.bias[member]
        total += np.exp(logits) / np.exp(logits).sum()
    return total / 2


def test_what_is_written_is_read_again_and_comes_to_the_same(tmp_path: Path) -> None:
    random = np.random.default_rng(1)
    head = _head(random)
    save(tmp_path / "h.npz", {"one": head}, "v1")
    again = load(tmp_path / "h.npz", {"one": 3}, "v1")["one"]
    states, facts = random.normal(size=(4, 12)).astype(np.float32), random.normal(size=(4, 3)).astype(np.float32)
    found = head.probabilities(states, facts)
    assert np.allclose(
        found, [_slowly(head, state, fact) for state, fact in zip(states, facts, strict=True)], atol=1e-5
    )
    assert np.allclose(again.probabilities(states, facts), found, atol=0.02)  # half precision


def test_what_was_made_for_something_else_or_is_damaged_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "h.npz"
    head = _head(np.random.default_rng(2))
    save(file, {"one": head}, "v1")
    with pytest.raises(DamagedHead, match="train it again"):
        load(file, {"one": 3}, "v2")
    with pytest.raises(DamagedHead, match="no heads"):
        load(file, {"two": 3}, "v1")
    data = file.read_bytes()
    random = np.random.default_rng(3)
    for _ in range(60):
        broken = bytearray(data)
        broken[int(random.integers(len(data)))] ^= int(random.integers(1, 256))
        (tmp_path / "broken.npz").write_bytes(bytes(broken[: int(random.integers(1, len(data) + 1))]))
        try:
            load(tmp_path / "broken.npz", {"one": 3}, "v1")
        except DamagedHead as error:
            assert "broken.npz" in str(error)
    head.bias[0, 0] = np.nan
    save(file, {"one": head}, "v1")
    with pytest.raises(DamagedHead, match="damaged"):
        load(file, {"one": 3}, "v1")
