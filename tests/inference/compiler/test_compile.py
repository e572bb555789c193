import os
import time
from pathlib import Path

import pytest

from llmagentos.inference.compiler.artefact import load
from llmagentos.inference.compiler.compile import KEPT_FORMS, compiled
from llmagentos.inference.weights.model import UnsupportedModel
from tests.inference.tiny import write_gguf


def steps(model: Path, store: Path) -> int:
    """How many steps it took to have the model compiled."""
    seen: list[int] = []
    compiled(model, None, store, lambda done, _all: seen.append(done))
    return len(seen)


@pytest.mark.parametrize("part", ("decoder.bin", "head.f16", "embedding.f16", "model.json", "vocabulary.json"))
def test_what_is_damaged_is_made_again(tmp_path: Path, part: str) -> None:
    model = write_gguf(tmp_path / "m.gguf")
    assert steps(model, tmp_path) > 0
    assert steps(model, tmp_path) == 0
    file = compiled(model, None, tmp_path).folder / part
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) // 3])
    assert steps(model, tmp_path) > 0
    assert file.read_bytes() == whole
    assert load(file.parent).architecture.layers == 2


def test_a_flipped_bit_is_made_again(tmp_path: Path) -> None:
    model = write_gguf(tmp_path / "m.gguf")
    file = compiled(model, None, tmp_path).folder / "decoder.bin"
    whole = file.read_bytes()
    file.write_bytes(whole[:500] + bytes([whole[500] ^ 4]) + whole[501:])
    assert steps(model, tmp_path) > 0
    assert file.read_bytes() == whole


def test_leftovers_go_and_failures_leave_nothing(tmp_path: Path) -> None:
    left = tmp_path / "compiled" / ".partial-old"
    left.mkdir(parents=True)
    os.utime(left, (0, time.time() - 7200))
    broken = tmp_path / "x.gguf"
    broken.write_bytes(write_gguf(tmp_path / "m.gguf").read_bytes()[:-5000])
    with pytest.raises(UnsupportedModel, match="ends in the middle"):
        compiled(broken, None, tmp_path)
    assert [one.name for one in (tmp_path / "compiled").iterdir()] == [".hashes"]


def test_compiled_forms_do_not_pile_up(tmp_path: Path) -> None:
    model = write_gguf(tmp_path / "m.gguf")
    first = compiled(model, None, tmp_path)
    made = []
    for number in range(KEPT_FORMS + 1):
        if first.folder.exists():
            os.utime(first.folder / "used", (0, 0))
        model.write_bytes(model.read_bytes() + bytes([number]))
        made.append(compiled(model, None, tmp_path))
    left = {one.name for one in (tmp_path / "compiled").iterdir() if not one.name.startswith(".")}
    assert left == {one.folder.name for one in made[-KEPT_FORMS:]}
