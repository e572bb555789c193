"""One loop for everything that learns: what a step is comes from an objective, all else is here.

A run is decided by its course and its seed: batches are drawn by the number of the step, the state of the random numbers is kept, and a run
that was killed goes on to the same weights, bit for bit on a CPU.
"""

import itertools
import math
import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import nullcontext
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Generic, Literal, Protocol, TypeVar

import torch
from torch import Tensor, nn

from llmagentos.training.optimisation.checkpoint import DamagedRun, Log, load, save
from llmagentos.training.optimisation.muon import Muon
from llmagentos.training.optimisation.schedule import Schedule, share_of_rate

Batch = TypeVar("Batch")


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """How a run goes. `rate` is AdamW's, `matrix_rate` Muon's for the matrices inside blocks; 0 leaves them to AdamW."""

    steps: int
    rate: float = 1e-3
    matrix_rate: float = 0.0
    weight_decay: float = 0.0
    betas: tuple[float, float] = (0.9, 0.99)
    warm_up: float = 0.02
    schedule: Schedule = "linear"
    accumulation: int = 1
    """Batches whose gradients make one step."""
    clip: float = 1.0
    averaged_over: int = 0
    """The weights that are kept are a running mean over about so many steps; 0: the last ones."""
    precision: Literal["float32", "bfloat16"] = "float32"
    """bfloat16 helps where the processor multiplies in it; weights stay float32."""
    checkpoint_every: int = 200
    try_every: int = 200
    patience: int | None = None
    """Stop when the held-out loss has not fallen in so many tries."""
    minutes: float = 0.0
    """The time of the whole run, where that and not `steps` is what there is to spend."""
    seed: int = 1


class Objective(Protocol[Batch]):
    """What is learned: a network, its batches, and how wrong it is."""

    @property
    def network(self) -> nn.Module: ...

    def batch(self, draw: torch.Generator) -> Batch:
        """A batch for training, decided by `draw` alone."""
        ...

    def loss(self, batch: Batch) -> Tensor:
        """A mean, in nats."""
        ...

    def held_out(self) -> Mapping[str, float]:
        """What it does on what it never learned from: at least `loss`."""
        ...


class Loop(Generic[Batch]):
    """One run in one folder. Raises: DamagedRun where the folder holds what is not its own."""

    def __init__(self, objective: Objective[Batch], course: Course, folder: Path) -> None:
        self.objective, self.course, self.folder = objective, course, folder
        self.step = 0
        self.best, self._since_best = math.inf, 0
        self.seconds = 0.0
        self._optimisers = list(optimisers(objective.network, course))
        self._average = _copied(objective.network) if course.averaged_over else None
        self._best_weights: dict[str, Tensor] | None = None
        self._resume()
        self.log = Log(folder, self.step)

    def run(
        self, tell: Callable[[str], None] = lambda _: None, until: int | None = None, segment_minutes: float = math.inf
    ) -> None:
        """Learn to the end of the course, to step `until` or for so long; a checkpoint every so often and at the end.

        In the end the network holds what is kept: the best that was tried where the course has patience, else the mean or the last.
        Whoever interrupts it has to wait for the end of the step, and can go on from there.
        """
        began, stop, saved = time.monotonic() - self.seconds, time.monotonic() + segment_minutes * 60, self.step
        with _Interrupts() as interrupts:
            while not (self.done or self.given_up or self.step == until or time.monotonic() >= stop):
                loss = self._learn()
                self.step += 1
                self.seconds = time.monotonic() - began
                self.log.add({"step": self.step, "loss": loss, "seconds": round(self.seconds, 2)})
                if self.done or self.step % self.course.try_every == 0:
                    self._try()
                ends = self.done or self.given_up or interrupts.asked
                if ends or self.step % self.course.checkpoint_every == 0:
                    self.save()
                    saved = self.step
                interrupts.end_here()
                tell(f"step {self.step}{self._of}, loss {self._recent():.3f}")
        if saved != self.step and time.monotonic() >= stop:
            self.save()
        if self.done or self.given_up:
            self._keep()

    @property
    def done(self) -> bool:
        """Whether the course is at its end."""
        limit = self.course.minutes * 60
        return self.step >= self.course.steps or (limit > 0 and self.seconds >= limit)

    @property
    def given_up(self) -> bool:
        """Whether the held-out loss has not fallen for as long as the course has patience."""
        return self.course.patience is not None and self._since_best >= self.course.patience

    def save(self) -> None:
        """A checkpoint, from which this run goes on as if nothing had been."""
        state = {
            "course": asdict(self.course), "step": self.step, "seconds": self.seconds, "best": (self.best, self._since_best),
            "network": self.objective.network.state_dict(), "optimisers": [one.state_dict() for one in self._optimisers],
            "best_weights": self._best_weights, "average": self._average, "random": torch.get_rng_state(),
        }  # fmt: skip
        save(self.folder, state)

    def _resume(self) -> None:
        torch.manual_seed(self.course.seed)
        state = load(self.folder)
        if state is None:
            return
        if state.get("course") != asdict(self.course):
            raise DamagedRun(f"{self.folder} holds a run of another course; give this one another folder")
        try:
            self.objective.network.load_state_dict(state["network"])
        except RuntimeError as error:
            raise DamagedRun(f"{self.folder} holds a run of another network; give this one another folder") from error
        for one, held in zip(self._optimisers, state["optimisers"], strict=True):
            one.load_state_dict(held)
        self.step, self.seconds, self._average = state["step"], state["seconds"], state["average"]
        self.best, self._since_best = state["best"]
        self._best_weights = state["best_weights"]
        torch.set_rng_state(state["random"])

    def _learn(self) -> float:
        course, network = self.course, self.objective.network
        network.train()
        progress = self.seconds / (course.minutes * 60) if course.minutes else self.step / course.steps
        share = share_of_rate(progress, course.warm_up, course.schedule)
        for optimiser in self._optimisers:
            for group in optimiser.param_groups:
                group["lr"] = group["highest"] * share
            optimiser.zero_grad(set_to_none=True)
        total = 0.0
        for part in range(course.accumulation):
            draw = torch.Generator().manual_seed(course.seed * 1_000_003 + self.step * course.accumulation + part)
            with self._mixed():
                loss = self.objective.loss(self.objective.batch(draw)) / course.accumulation
            loss.backward()  # type: ignore[no-untyped-call]
            total += loss.item()
        if not math.isfinite(total):
            raise DamagedRun(f"the loss of step {self.step} is {total}: learn more slowly, or look at the data")
        if course.clip:
            nn.utils.clip_grad_norm_(network.parameters(), course.clip)
        for optimiser in self._optimisers:
            optimiser.step()
        if self._average is not None:
            over = min(course.averaged_over, self.step + 1)
            for name, one in network.named_parameters():
                self._average[name].lerp_(one.detach(), 1 / over)
        return total

    def _try(self) -> None:
        """How well it does on what it never saw, into the log."""
        network = self.objective.network
        network.eval()
        learning = _copied(network)
        if self._average is not None:
            _load(network, self._average)
        with torch.no_grad():
            found = dict(self.objective.held_out())
        if found["loss"] < self.best:
            self.best, self._since_best = found["loss"], 0
            if self.course.patience is not None:
                self._best_weights = _copied(network)
        else:
            self._since_best += 1
        _load(network, learning)
        self.log.add({"step": self.step, **{f"held_out_{name}": value for name, value in found.items()}})

    def _keep(self) -> None:
        """Give the network what is kept; to do it twice changes nothing."""
        kept = self._best_weights or self._average
        if kept is not None:
            _load(self.objective.network, kept)

    def _mixed(self) -> Any:
        return torch.autocast("cpu", torch.bfloat16) if self.course.precision == "bfloat16" else nullcontext()

    @property
    def _of(self) -> str:
        return (
            f", {self.seconds / 60:.0f} of {self.course.minutes:.0f} min"
            if self.course.minutes
            else f" of {self.course.steps}"
        )

    def _recent(self) -> float:
        losses = [one["loss"] for one in self.log.lines[-20:] if "loss" in one]
        return sum(losses) / max(1, len(losses))


def optimisers(network: nn.Module, course: Course) -> Iterator[torch.optim.Optimizer]:
    """Muon for matrices inside blocks where the course wants it, AdamW for all else; vectors do not decay."""
    learning = [(name, one) for name, one in network.named_parameters() if one.requires_grad]
    inside = [(name, one) for name, one in learning if course.matrix_rate and one.dim() == 2 and "blocks." in name]
    taken = {name for name, _ in inside}
    others = [one for name, one in learning if name not in taken]
    made: list[torch.optim.Optimizer] = []
    if inside:
        made.append(Muon((one for _, one in inside), lr=course.matrix_rate, weight_decay=course.weight_decay))
    decaying = [one for one in others if one.dim() >= 2]
    groups = [
        {"params": decaying, "weight_decay": course.weight_decay},
        {"params": [one for one in others if one.dim() < 2], "weight_decay": 0.0},
    ]
    made.append(torch.optim.AdamW([one for one in groups if one["params"]], lr=course.rate, betas=course.betas))
    for group in itertools.chain.from_iterable(one.param_groups for one in made):
        group["highest"] = group["lr"]
    yield from made


class _Interrupts:
    """Ctrl-C waits for the end of a step, where a checkpoint is whole. Elsewhere than in the main thread it does not come at all."""

    def __init__(self) -> None:
        self.asked = False
        self._main = threading.current_thread() is threading.main_thread()

    def __enter__(self) -> "_Interrupts":
        self._before = signal.signal(signal.SIGINT, self._ask) if self._main else None
        return self

    def __exit__(self, *_: object) -> None:
        if self._main:
            signal.signal(signal.SIGINT, self._before)

    def _ask(self, *_: object) -> None:
        self.asked = True

    def end_here(self) -> None:
        """Raises: KeyboardInterrupt where one was asked for."""
        if self.asked:
            raise KeyboardInterrupt


@torch.no_grad()
def _load(network: nn.Module, weights: Mapping[str, Tensor]) -> None:
    for name, one in network.named_parameters():
        one.copy_(weights[name])


def _copied(network: nn.Module) -> dict[str, Tensor]:
    return {name: one.detach().clone() for name, one in network.named_parameters()}
