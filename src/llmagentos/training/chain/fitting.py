"""Fitting the judge's heads: the model stays as it is, only what it holds at the end of each text is learned from.

Source: linear probes, Alain and Bengio, arXiv:1610.01644. What is told apart on happenings that were held out is the measure of a fit.
"""

import itertools
import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from llmagentos.agent.chain.judging import URGENCIES, continuation, prompt
from llmagentos.inference.engine.engine import Engine
from llmagentos.inference.head import Head
from llmagentos.training.chain.happenings import happenings

UNWISE = 3
"""Acts of each happening that are no help, which are learned from."""
MEMBERS, UNITS, DROPPED, DECAY, RATE, BATCH, SMOOTHED = 5, 32, 0.4, 0.1, 2e-3, 128, 0.05
HELD_OUT = 6
"""One happening in so many."""
Matrix = NDArray[np.float32]
Labels = NDArray[np.int64]


@dataclass(frozen=True)
class Rows:
    """States and facts with what is right of each. `happening`: of which one a row is, so that none stands on both sides."""

    states: Matrix
    facts: Matrix
    right: Labels
    happening: Labels

    def part(self, chosen: NDArray[np.bool_]) -> "Rows":
        return Rows(self.states[chosen], self.facts[chosen], self.right[chosen], self.happening[chosen])


def rows(engine: Engine, count: int, seed: int, begin: Callable[[str], None]) -> tuple[Rows, Rows]:
    """Of urgency, and of acts: the model reads `count` happenings."""
    choose = random.Random(seed)
    urgency: list[tuple[Matrix, Sequence[float], int, int]] = []
    wise: list[tuple[Matrix, Sequence[float], int, int]] = []
    for number, one in enumerate(itertools.islice(happenings(seed), count)):
        begin(one.kind)
        acts = [*one.wise, *choose.sample(one.unwise, min(len(one.unwise), UNWISE))]
        states = read(engine, one.text, [act.sentence for act in acts])
        urgency.append((states[0], one.facts, URGENCIES.index(one.urgency), number))
        wise += [(state, (*act.facts, *one.facts), int(act in one.wise), number) for state, act in zip(states[1:], acts, strict=True)]  # fmt: skip
    return _gathered(urgency), _gathered(wise)


def read(engine: Engine, told: str, acts: Sequence[str]) -> Matrix:
    """What the model holds after the happening, and after each act. Shapes: [1 + acts, hidden]."""
    paths = [(), *(tuple(engine.chat.encode(continuation(one))) for one in acts)]
    return engine.states(engine.chat.opened(prompt(told)), paths)


def _gathered(found: Iterable[tuple[Matrix, Sequence[float], int, int]]) -> Rows:
    states, facts, right, happening = zip(*found, strict=True)
    return Rows(np.asarray(states, np.float32), np.asarray(facts, np.float32), np.asarray(right), np.asarray(happening))


def fitted(found: Rows, classes: int, directions: int, epochs: int) -> tuple[Head, float]:
    """The head, and the share right of what was held out (of each class alike) by one that was fitted without it."""
    held = found.happening % HELD_OUT == 0
    trial = fit(found.part(~held), classes, directions, epochs)
    tested = found.part(held)
    chosen = trial.probabilities(tested.states, tested.facts).argmax(axis=1)
    shares = [float((chosen[tested.right == one] == one).mean()) for one in np.unique(tested.right)]
    return fit(found, classes, directions, epochs), float(np.mean(shares))


def fit(found: Rows, classes: int, directions: int, epochs: int) -> Head:
    """The states in their main directions (of standardised numbers), then some perceptrons that differ in where they began."""
    mean, spread = found.states.mean(axis=0), found.states.std(axis=0) + 1e-3
    _, sizes, axes = np.linalg.svd((found.states - mean) / spread, full_matrices=False)
    directions = min(directions, len(sizes))
    usual = sizes[:directions].mean() / np.sqrt(len(found.states))
    basis = axes[:directions].T / usual / spread[:, None]
    inputs = torch.tensor(np.concatenate(((found.states - mean) @ basis, found.facts), axis=1, dtype=np.float32))
    members = [_perceptron(inputs, torch.tensor(found.right), classes, epochs, seed) for seed in range(MEMBERS)]

    def stacked(name: str) -> Matrix:
        return np.stack([one[name] for one in members])

    return Head(mean, basis.astype(np.float32), *(stacked(name) for name in ("inner", "inner_bias", "outer", "direct", "bias")))  # fmt: skip


def _perceptron(inputs: Tensor, right: Tensor, classes: int, epochs: int, seed: int) -> dict[str, Matrix]:
    torch.manual_seed(seed)
    inner, outer = nn.Linear(inputs.shape[1], UNITS), nn.Linear(UNITS, classes)
    direct, drop = nn.Linear(inputs.shape[1], classes, bias=False), nn.Dropout(DROPPED)
    parameters = [one for part in (inner, outer, direct) for one in part.parameters()]
    optimiser = torch.optim.AdamW(parameters, lr=RATE, weight_decay=DECAY)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, epochs)
    share = torch.bincount(right, minlength=classes).float() / len(right)
    importance = share.clamp_min(1e-3) ** -0.3
    for _ in range(epochs):
        for batch in torch.split(torch.randperm(len(inputs)), BATCH):
            optimiser.zero_grad()
            seen = drop(inputs[batch])
            logits = outer(torch.relu(inner(seen))) + direct(seen)
            loss = nn.functional.cross_entropy(logits, right[batch], importance, label_smoothing=SMOOTHED)
            loss.backward()  # type: ignore[no-untyped-call]  # torch leaves it untyped
            optimiser.step()
        schedule.step()
    kept = {"inner": inner.weight.T, "inner_bias": inner.bias, "outer": outer.weight.T, "direct": direct.weight.T, "bias": outer.bias}  # fmt: skip
    return {name: one.detach().numpy().copy() for name, one in kept.items()}
