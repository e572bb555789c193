"""From a corpus to a model that the engine runs, by the functions that the commands call."""

import json
import os
import signal
from pathlib import Path

import pytest

from llmagentos.inference.compiler.compile import read_model
from llmagentos.training import pretraining
from llmagentos.training.data.cleaning import Rules
from llmagentos.training.data.prepare import prepare
from llmagentos.training.optimisation.loop import Course
from llmagentos.training.pretraining import NothingToLearn, learn_vocabulary, pretrain

COURSE = Course(steps=30, rate=1e-2, matrix_rate=2e-2, try_every=10, checkpoint_every=10)


@pytest.fixture
def corpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setitem(pretraining.PRESETS, "tiny", (1, 2, 32, 64, 16))
    source = tmp_path / "source.jsonl"
    texts = [f"The {where} pump was {what} at {hour} o'clock." for where in ("cellar", "garden", "roof") for what in ("on", "off") for hour in range(24)]  # fmt: skip
    source.write_text("".join(json.dumps({"text": one, "language": "en"}) + "\n" for one in texts), encoding="utf-8")
    prepare([source], tmp_path / "corpus", Rules(), 1.0)
    learn_vocabulary(tmp_path / "corpus", 320, tmp_path / "vocabulary")
    return tmp_path / "corpus"


def test_a_model_is_learned_and_runs(corpus: Path, tmp_path: Path) -> None:
    report = pretrain(corpus, tmp_path / "vocabulary", tmp_path / "run", "tiny", COURSE, 4)
    lines = [json.loads(one) for one in (tmp_path / "run" / "log.jsonl").read_text(encoding="utf-8").splitlines()]
    tried = [one["held_out_loss"] for one in lines if "held_out_loss" in one]
    assert tried[-1] < tried[0] and report["held_out_loss"] == tried[-1]
    assert report["held_out_bits_per_byte"] < 8
    assert (tmp_path / "run" / "curve.svg").stat().st_size > 1000
    assert read_model(tmp_path / "run" / "model").architecture.family == "qwen3"


def test_it_goes_on_with_a_run_and_says_when_there_is_too_little(corpus: Path, tmp_path: Path) -> None:
    def stop(said: str) -> None:
        if said.startswith("step 12 "):
            os.kill(os.getpid(), signal.SIGINT)  # waits for the end of the next step

    with pytest.raises(KeyboardInterrupt):
        pretrain(corpus, tmp_path / "vocabulary", tmp_path / "run", "tiny", COURSE, 4, stop)
    begun: list[str] = []
    pretrain(corpus, tmp_path / "vocabulary", tmp_path / "run", "tiny", COURSE, 4, begun.append)
    assert begun[0].startswith("step 14 ")
    with pytest.raises(NothingToLearn, match="wants at least"):
        pretrain(corpus, tmp_path / "vocabulary", tmp_path / "other", "base", COURSE, 4)
