"""The network against the slow reference; learning, going on with it, and what the engine makes of what was learned."""

import itertools
import os
import signal
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import torch

from llmagentos.inference.compiler.compile import compiled, read_model
from llmagentos.inference.engine.engine import Engine
from llmagentos.inference.weights.model import FAMILIES
from llmagentos.training.corpus import Example, cut
from llmagentos.training.export import export, reduced
from llmagentos.training.network import Network
from llmagentos.training.objectives.deciding import Deciding
from llmagentos.training.optimisation.loop import Course, Loop
from llmagentos.training.situations import Situations
from tests.inference.reference import hidden_states
from tests.inference.tiny import write_gguf
from tests.training.test_situations import CHAT

COURSE = Course(steps=43, rate=2e-2, warm_up=0.05, schedule="constant", checkpoint_every=40, try_every=100)
TOKENS = 2400
"""All of a few examples in one batch."""


def network(folder: Path, family: str = "llama", learning_from: int = 0) -> Network:
    torch.manual_seed(1)
    file = folder / f"{family}.gguf"
    model = read_model(file if file.exists() else write_gguf(file, family))
    return Network(model, rank=8, alpha=16.0, learning_from=learning_from, kind=torch.float32)


def examples(count: int) -> list[Example]:
    short = (cut(one, CHAT) for one in Situations(5, {"en": 1.0}))
    return list(itertools.islice((one for one in short if len(one.tokens) < 300), count))


def loop(folder: Path, known: list[Example]) -> Loop[Sequence[Example]]:
    return Loop(Deciding(network(folder), known, known, TOKENS), COURSE, folder / "run")


def loss(of: Loop[Sequence[Example]]) -> float:
    return of.objective.held_out()["loss"]


@pytest.mark.parametrize("family", FAMILIES)
def test_the_network_is_the_model(tmp_path: Path, family: str) -> None:
    made = network(tmp_path, family)
    tokens = [5, 300, 17, 400, 8, 99]
    exact = hidden_states(read_model(tmp_path / f"{family}.gguf"), tokens)
    with torch.no_grad():
        given = made(torch.tensor([tokens]))[0].numpy()
    assert np.allclose(given, exact, atol=1e-3)


def test_it_learns_goes_on_and_the_engine_decides_so(tmp_path: Path) -> None:
    known = examples(6)
    tuning = loop(tmp_path, known)
    before = loss(tuning)
    tuning.run(until=40)
    after = loss(tuning)
    assert after < before / 3

    again = loop(tmp_path, known)
    assert again.step == 40 and loss(again) == after
    tuning.run()
    again.run()
    assert loss(again) == loss(tuning)

    learnt = again.objective.network
    assert isinstance(learnt, Network)
    matrices = {name: one.detach().numpy() for name, one in learnt.adapters()}
    export(matrices, rank=8, alpha=16.0, folder=tmp_path / "adapter", about={"seed": 1})
    engine = Engine(
        compiled(tmp_path / "llama.gguf", tmp_path / "adapter", tmp_path, precision="float32"), name="t", threads=1
    )
    for one in known[:3]:
        for choice in one.choices:
            [scores] = engine.log_probs(one.prompt, [(one.answer[: choice.at], choice.allowed)])
            with torch.no_grad():
                hidden = learnt(torch.tensor([one.tokens]))[0, len(one.prompt) + choice.at - 1]
                exact = learnt.scores(hidden[None], torch.tensor([choice.allowed]))[0].numpy()
            assert np.allclose(scores, exact, atol=0.02)


def test_frozen_layers_do_not_learn(tmp_path: Path) -> None:
    half = network(tmp_path, learning_from=1)
    assert all(name.startswith("blocks.1.") for name, _ in half.adapters())
    assert len(list(half.adapters())) == 14


def test_a_lower_rank_keeps_what_matters() -> None:
    random = np.random.default_rng(1)
    down, up = random.standard_normal((6, 40)).astype(np.float32), random.standard_normal((30, 6)).astype(np.float32)
    down[4:] *= 1e-4
    given = {"blocks.0.places.query.down": down, "blocks.0.places.query.up": up}
    smaller = reduced(given, 4)
    assert smaller["blocks.0.places.query.down"].shape == (4, 40)
    made = smaller["blocks.0.places.query.up"] @ smaller["blocks.0.places.query.down"]
    assert np.allclose(made, up @ down, atol=1e-2)


def test_whoever_stops_it_can_go_on(tmp_path: Path) -> None:
    known = examples(6)

    def stop(said: str) -> None:
        if said.startswith("step 3 "):
            os.kill(os.getpid(), signal.SIGINT)  # waits for the end of the next step

    with pytest.raises(KeyboardInterrupt):
        loop(tmp_path, known).run(stop)
    assert loop(tmp_path, known).step == 4


def test_a_batch_is_of_examples_about_as_long_as_each_other(tmp_path: Path) -> None:
    known = examples(30)
    objective = Deciding(network(tmp_path), known, known, 900)
    for seed in range(20):
        batch = objective.batch(torch.Generator().manual_seed(seed))
        assert len(batch) == 1 or len(batch) * max(len(one.tokens) for one in batch) <= 900
    decided = objective.evaluated(known)
    assert decided["loss"] > 0 and 0 <= decided["exact"] <= 1
