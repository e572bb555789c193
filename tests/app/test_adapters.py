import json
from pathlib import Path
from typing import Any

import pytest

from llmagentos.agent.confidence import UNTRAINED, Calibration
from llmagentos.agent.prompt import PROMPT_VERSION
from llmagentos.app.adapters import CARD, chosen_model
from llmagentos.inference.ports import ModelUnavailable
from llmagentos.inference.store import ModelStore
from llmagentos.language.tree import GRAMMAR_VERSION

FITTING = {"prompt": PROMPT_VERSION, "grammar": GRAMMAR_VERSION}


def model(folder: Path) -> str:
    file = folder / "model.gguf"
    file.write_bytes(b"GGUF")
    return str(file)


def adapter(folder: Path, card: dict[str, Any] | str) -> Path:
    path = folder / "adapter"
    path.mkdir()
    (path / CARD).write_text(card if isinstance(card, str) else json.dumps(card), encoding="utf-8")
    return path


def test_a_model_goes_alone_or_with_what_was_trained(tmp_path: Path) -> None:
    store, file = ModelStore(tmp_path), model(tmp_path)
    own = adapter(tmp_path, {**FITTING, "calibration": {"slope": 0.7, "offset": 0.2, "penalty": 1.0}})
    assert not chosen_model(store, file).trained
    assert chosen_model(store, f"{file}@none").adapter is None
    assert chosen_model(store, f"{file}@{own}").calibration == Calibration(0.7, 0.2, 1.0)


def test_one_that_was_not_calibrated_is_not_believed(tmp_path: Path) -> None:
    own = adapter(tmp_path, FITTING)
    assert chosen_model(ModelStore(tmp_path), f"{model(tmp_path)}@{own}").calibration == UNTRAINED


@pytest.mark.parametrize(
    ("card", "why"),
    [
        ({**FITTING, "prompt": PROMPT_VERSION - 1}, "train it again"),
        ({**FITTING, "grammar": GRAMMAR_VERSION + 1}, "train it again"),
        ({"prompt": PROMPT_VERSION}, "no adapter for the site language"),
        ({**FITTING, "calibration": {"slop": 1}}, "no adapter for the site language"),
        ("{broken", "no adapter for the site language"),
        ("[]", "no adapter for the site language"),
    ],
)
def test_what_does_not_fit_is_refused_with_a_reason(card: dict[str, Any] | str, why: str, tmp_path: Path) -> None:
    own = adapter(tmp_path, card)
    with pytest.raises(ModelUnavailable, match=why):
        chosen_model(ModelStore(tmp_path), f"{model(tmp_path)}@{own}")


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match="nowhere"):
        chosen_model(ModelStore(tmp_path), f"{model(tmp_path)}@{tmp_path / 'nowhere'}")
