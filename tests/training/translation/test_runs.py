"""A translator as a folder: learned from pairs, opened again, damaged."""

from pathlib import Path

import pytest

from llmagentos.training.optimisation.checkpoint import DamagedRun
from llmagentos.training.optimisation.loop import Course
from llmagentos.training.translation.pairs import Pair
from llmagentos.training.translation.runs import Size, opened, train

NUMBERS = {"one": "eins", "two": "zwei", "three": "drei", "four": "vier", "five": "fünf"}
PAIRS = [Pair(f"{a} and {b}", f"{NUMBERS[a]} und {NUMBERS[b]}") for a in NUMBERS for b in NUMBERS] * 4
SIZE = Size(vocabulary=512, width=32, inner=64, heads=2, encoder=1, decoder=1)
COURSE = Course(steps=120, rate=1e-2, matrix_rate=2e-2, try_every=60, checkpoint_every=60)


def test_it_is_learned_and_opened_again(tmp_path: Path) -> None:
    translator = train(PAIRS, PAIRS[:25], tmp_path, SIZE, COURSE, 16)
    said = translator.translated([one.source for one in PAIRS[:25]])
    assert sum(one == pair.target for one, pair in zip(said, PAIRS[:25], strict=True)) >= 23
    assert opened(tmp_path).translated([PAIRS[3].source]) == [said[3]]
    assert translator.translated(["", "one and " * 300])[0] is not None  # nothing, and far too much
    (tmp_path / "checkpoint.pt").write_bytes(b"PK no archive")
    with pytest.raises(DamagedRun, match="remove it"):
        opened(tmp_path)
    with pytest.raises(OSError, match="shapes"):
        opened(tmp_path / "nowhere")
