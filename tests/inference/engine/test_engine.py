"""The engine against the slow reference, on tiny models of every family."""

from pathlib import Path

import numpy as np
import pytest

from llmagentos.inference.compiler.compile import compiled, read_model
from llmagentos.inference.engine.engine import Engine
from llmagentos.inference.ports import ModelUnavailable
from llmagentos.inference.weights.model import FAMILIES
from tests.inference.reference import logits
from tests.inference.tiny import write_gguf

PROMPT = (5, 300, 17, 400, 8)
PATHS = ((), (20,), (20, 21), (20, 22, 30), (40, 41), (20, 21, 50))
ALLOWED = (3, 99, 500, 640)


def engine(folder: Path, family: str = "llama", capacity: int = 256) -> Engine:
    model = folder / f"{family}.gguf"
    return Engine(
        compiled(model if model.exists() else write_gguf(model, family), None, folder), name=family, threads=1, capacity=capacity
    )  # fmt: skip


@pytest.mark.parametrize("family", FAMILIES)
def test_a_tree_in_one_pass_is_what_each_path_is_alone(tmp_path: Path, family: str) -> None:
    together = engine(tmp_path, family)
    given = together.log_probs(PROMPT, [(path, ALLOWED) for path in PATHS])
    assert together.passes == 2
    model = read_model(tmp_path / f"{family}.gguf")
    for path, scores in zip(PATHS, given, strict=True):
        [alone] = engine(tmp_path, family).log_probs(PROMPT, [(path, ALLOWED)])
        assert np.allclose(scores, alone, atol=2e-3)
        exact = logits(model, [*PROMPT, *path])[-1][list(ALLOWED)]
        exact -= np.log(np.exp(exact).sum())
        assert np.allclose(scores, exact, atol=0.1)
        assert np.isclose(np.exp(scores).sum(), 1.0)


def test_what_was_evaluated_is_not_evaluated_again(tmp_path: Path) -> None:
    one = engine(tmp_path)
    first = one.log_probs(PROMPT, [((1,), ALLOWED)], ahead=[(2, 3)])
    assert one.log_probs(PROMPT, [((1,), ALLOWED), ((2,), ALLOWED), ((2, 3), ALLOWED)])[0] == first[0]
    assert one.passes == 2
    other = (*PROMPT[:3], 77, 78)
    [shared] = one.log_probs(other, [((), ALLOWED)])
    [fresh] = engine(tmp_path).log_probs(other, [((), ALLOWED)])
    assert np.allclose(shared, fresh, atol=2e-3)


def test_caches_of_different_prompts_do_not_disturb_each_other(tmp_path: Path) -> None:
    one = engine(tmp_path)
    long = tuple(range(100, 140))
    talk = tuple(range(200, 240))
    before = one.log_probs(long, [((), ALLOWED)])
    one.log_probs(talk, [((), ALLOWED)])
    assert one.log_probs(long, [((), ALLOWED)]) == before
    assert one.passes == 2


def test_what_does_not_fit_is_said(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match="a prompt of 60 tokens does not fit the context of 32"):
        engine(tmp_path, capacity=32).log_probs(tuple(range(60)), [((), ALLOWED)])


def test_free_text_streams_and_ends(tmp_path: Path) -> None:
    one = engine(tmp_path)
    messages = (("user", ("turn on the light",)), ("assistant", ("",)))
    pieces = list(one.generate(messages, max_tokens=12))
    assert "".join(pieces) == "".join(one.generate(messages, max_tokens=12))
