"""Fine-tuning on decisions: the loss is that of choosing the right one of the legal tokens, wherever there is a choice.

That is what the engine will ask of the model: probabilities among what is legal, nothing else. A run can be stopped and
taken up again; its length is given in minutes, and the learning rate falls to nothing at their end.
"""

import itertools
import json
import math
import pickle
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from llmagentos.training.architectures.transformer import filled
from llmagentos.training.corpus import Example
from llmagentos.training.network import Network


@dataclass(frozen=True)
class Recipe:
    """How to learn. `tokens` is the size of a step; `minutes` the time of the whole run, all its segments together."""

    rank: int = 16
    alpha: float = 32.0
    learning_from: int = 0
    rate: float = 3e-4
    warm_up: float = 0.04
    tokens: int = 2048
    minutes: float = 60.0
    seed: int = 1
    checkpoint_minutes: float = 5.0
    probe_minutes: float = 12.0
    probe: int = 240
    """Held-out examples that are tried every so often; when they get worse `patience` times in a row, learning ends."""
    patience: int = 3


@dataclass(frozen=True)
class Score:
    """Of one evaluation. `exact`: share of examples of which each choice is right."""

    loss: float
    exact: float


class FineTuning:
    """One run over a corpus: the network, the optimiser, and where it is."""

    def __init__(self, network: Network, recipe: Recipe, folder: Path) -> None:
        self.network, self.recipe, self.folder = network, recipe, folder
        self._parameters = [one for _, one in network.adapters()]
        self._optimiser = torch.optim.AdamW(self._parameters, lr=recipe.rate, betas=(0.9, 0.99), weight_decay=0.0)
        self._seconds, self._step, self._examples = 0.0, 0, 0
        self.curve: list[dict[str, float]] = []
        self._resume()

    def run(
        self, train: Sequence[Example], held_out: Sequence[Example], begin: Callable[[str], None], segment_minutes: float = math.inf,
    ) -> None:  # fmt: skip
        """Learn until the recipe's time, or this segment's, is over; checkpoints on the way."""
        total_s, segment_s = self.recipe.minutes * 60, segment_minutes * 60
        began, saved_at, spent_before = time.monotonic(), time.monotonic(), self._seconds
        probed_at = began
        batches = Batches(train, self.recipe)
        for _ in range(self._step):
            next(batches)
        try:
            while self._seconds < total_s and time.monotonic() - began < segment_s and not self.worsening:
                self.step(next(batches))
                if time.monotonic() - probed_at > self.recipe.probe_minutes * 60:
                    self._tried(held_out[:: max(1, len(held_out) // self.recipe.probe)])
                    probed_at = time.monotonic()
                self._seconds = spent_before + time.monotonic() - began
                self.curve[-1]["seconds"] = round(self._seconds, 1)
                begin(f"step {self._step}, {self._examples} examples, loss {_recent(self.curve):.3f}")
                if time.monotonic() - saved_at > self.recipe.checkpoint_minutes * 60:
                    self.save()
                    saved_at = time.monotonic()
        except KeyboardInterrupt:  # whoever stops it wants to go on later
            self.save()
            raise
        self._tried(held_out)
        self.save()

    def _tried(self, held_out: Sequence[Example]) -> None:
        """How well it does on what it never saw, into the curve."""
        score = evaluate(self.network, held_out, self.recipe.tokens)
        self.curve.append({"step": self._step, "held_out_loss": round(score.loss, 4), "held_out_exact": round(score.exact, 4), "seconds": round(self._seconds, 1)})  # fmt: skip

    @property
    def worsening(self) -> bool:
        """Whether the last probes on held-out examples were each worse than the one before."""
        losses = [one["held_out_loss"] for one in self.curve if "held_out_loss" in one][-self.recipe.patience - 1 :]
        return len(losses) > self.recipe.patience and all(
            before < after for before, after in itertools.pairwise(losses)
        )

    def step(self, batch: Sequence[Example]) -> None:
        """Learn from one batch."""
        loss = self._learn(batch, self._rate(self._seconds / (self.recipe.minutes * 60)))
        self._step += 1
        self._examples += len(batch)
        self.curve.append({"step": self._step, "examples": self._examples, "loss": round(loss, 4)})

    @property
    def done(self) -> bool:
        return self._seconds >= self.recipe.minutes * 60

    def save(self) -> None:
        """A checkpoint, whole or not at all."""
        self.folder.mkdir(parents=True, exist_ok=True)
        partial = self.folder / "checkpoint.partial"
        state = {
            "adapters": dict(self.network.adapters()), "optimiser": self._optimiser.state_dict(), "recipe": asdict(self.recipe),
            "progress": (self._seconds, self._step, self._examples), "curve": self.curve,
        }  # fmt: skip
        torch.save(state, partial)
        partial.replace(self.folder / "checkpoint.pt")
        (self.folder / "curve.json").write_text(json.dumps(self.curve), encoding="utf-8")

    def _resume(self) -> None:
        file = self.folder / "checkpoint.pt"
        if not file.exists():
            return
        try:
            state: dict[str, Any] = torch.load(file, weights_only=True)
        except (RuntimeError, EOFError, pickle.UnpicklingError) as error:
            raise ValueError(f"{file} is damaged; remove it to begin this run again") from error
        self.network.take(state["adapters"])
        self._optimiser.load_state_dict(state["optimiser"])
        self._seconds, self._step, self._examples = state["progress"]
        self.curve = state["curve"]

    def _rate(self, share: float) -> float:
        """Up in a line, then down as a cosine."""
        warm = self.recipe.warm_up
        if share < warm:
            return self.recipe.rate * min(1.0, (share + 0.002) / warm)
        return self.recipe.rate * 0.5 * (1 + math.cos(math.pi * min(1.0, (share - warm) / (1 - warm))))

    def _learn(self, batch: Sequence[Example], rate: float) -> float:
        for group in self._optimiser.param_groups:
            group["lr"] = rate
        self._optimiser.zero_grad(set_to_none=True)
        scores, right, _ = _scored(self.network, batch)
        loss = -(scores.gather(1, right[:, None]).squeeze(1)).sum() / len(batch)
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self._parameters, 1.0)
        self._optimiser.step()
        return loss.item()


@torch.no_grad()
def evaluate(network: Network, examples: Sequence[Example], tokens: int) -> Score:
    """Loss of a decision in nats, and share of decisions that are right all the way."""
    loss, exact = 0.0, 0
    ordered = sorted(examples, key=lambda one: len(one.tokens))
    for batch in _portions(ordered, tokens):
        scores, right, owner = _scored(network, batch)
        loss -= float(scores.gather(1, right[:, None]).sum())
        wrong = set(owner[(scores.argmax(dim=1) != right)].tolist())
        exact += len(batch) - len(wrong)
    return Score(loss / max(1, len(examples)), exact / max(1, len(examples)))


def _scored(network: Network, batch: Sequence[Example]) -> tuple[Tensor, Tensor, Tensor]:
    """Log probabilities at every choice, which is right, and whose choice it is."""
    hidden = network(filled([one.tokens for one in batch], 0))
    owner = [number for number, one in enumerate(batch) for _ in one.choices]
    at = [len(one.prompt) + choice.at - 1 for one in batch for choice in one.choices]
    choices = [choice for one in batch for choice in one.choices]
    scores = network.scores(hidden[owner, at], filled([one.allowed for one in choices], -1))
    return scores, torch.tensor([one.right for one in choices]), torch.tensor(owner)


class Batches:
    """Endless batches of about as many tokens each, of examples about as long as each other, in random order."""

    POOL = 800

    def __init__(self, examples: Sequence[Example], recipe: Recipe) -> None:
        self._examples, self._recipe = examples, recipe
        self._random = random.Random(recipe.seed)
        self._waiting: list[Sequence[Example]] = []
        self._order: list[int] = []

    def __next__(self) -> Sequence[Example]:
        while not self._waiting:
            if not self._order:
                self._order = list(range(len(self._examples)))
                self._random.shuffle(self._order)
            pool = [self._examples[one] for one in self._order[: self.POOL]]
            self._order = self._order[self.POOL :]
            self._waiting = list(_portions(sorted(pool, key=lambda one: len(one.tokens)), self._recipe.tokens))
            self._random.shuffle(self._waiting)
        return self._waiting.pop()


def _portions(ordered: Sequence[Example], tokens: int) -> "list[Sequence[Example]]":
    portions: list[Sequence[Example]] = []
    start = 0
    for end in range(1, len(ordered) + 1):
        longest = len(ordered[end - 1].tokens)
        if (end + 1 - start) * longest > tokens or end == len(ordered):
            portions.append(ordered[start:end])
            start = end
    return portions


def _recent(curve: Sequence[dict[str, float]]) -> float:
    losses = [one["loss"] for one in curve[-20:] if "loss" in one]
    return sum(losses) / max(1, len(losses))
