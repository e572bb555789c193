from pathlib import Path

import numpy as np
import pytest

from llmagentos.training.export import export
from llmagentos.training.merge import merge, read_adapter
from llmagentos.training.runs import Recipe, learned

NAMES = ("blocks.4.places.query", "blocks.4.places.up")


def written(folder: Path, seed: int, rank: int, alpha: float, names: tuple[str, ...] = NAMES) -> None:
    random_ = np.random.default_rng(seed)
    matrices = {}
    for name in names:
        matrices[f"{name}.down"] = random_.normal(size=(rank, 12)).astype(np.float32)
        matrices[f"{name}.up"] = random_.normal(size=(9, rank)).astype(np.float32)
    export(matrices, rank=rank, alpha=alpha, folder=folder, about={"minutes": seed, "calibration": {"slope": 1.0}})


def added(folder: Path, name: str) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    matrices = read_adapter(folder).matrices
    return np.asarray(matrices[f"{name}.up"] @ matrices[f"{name}.down"])


def test_the_mean_adds_what_is_between_both(tmp_path: Path) -> None:
    one, other, both = tmp_path / "one", tmp_path / "other", tmp_path / "both"
    written(one, 1, rank=2, alpha=4.0)
    written(other, 2, rank=3, alpha=3.0)
    merge(one, other, 0.25, 5, both)
    for name in NAMES:
        between = 0.75 * added(one, name) + 0.25 * added(other, name)
        assert np.abs(added(both, name) - between).max() < 0.02  # float16 on disk
    card = read_adapter(both).card
    assert (card["mean_of"], card["share"], card["minutes"]) == (
        ["one", "other"],
        0.25,
        2,
    ) and "calibration" not in card


def test_learning_goes_on_from_an_adapter(tmp_path: Path) -> None:
    adapter = tmp_path / "adapter"
    written(adapter, 3, rank=4, alpha=8.0)
    recipe = Recipe(rank=4, alpha=12.0)
    begun = learned(adapter, recipe)
    for name in NAMES:
        down, up = (begun[f"{name}.{side}"].numpy() for side in ("down", "up"))
        assert np.abs(up @ down * recipe.alpha / recipe.rank - added(adapter, name)).max() < 1e-3
    with pytest.raises(ValueError, match="--rank 4"):
        learned(adapter, Recipe(rank=8))


def test_adapters_of_other_layers_have_no_mean(tmp_path: Path) -> None:
    written(tmp_path / "one", 1, rank=2, alpha=4.0)
    written(tmp_path / "other", 2, rank=2, alpha=4.0, names=NAMES[:1])
    with pytest.raises(ValueError, match="different layers"):
        merge(tmp_path / "one", tmp_path / "other", 0.5, 2, tmp_path / "both")
