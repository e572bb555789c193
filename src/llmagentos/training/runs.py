"""A training run from its files: base model and corpora in, checkpoints, curve and plot, and in the end an adapter out."""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch

from llmagentos.inference.compiler.compile import read_model
from llmagentos.training.corpus import read
from llmagentos.training.export import export, reduced
from llmagentos.training.merge import read_adapter
from llmagentos.training.network import Network
from llmagentos.training.objectives.deciding import Deciding
from llmagentos.training.optimisation.checkpoint import CHECKPOINT, load
from llmagentos.training.optimisation.loop import Course, Loop
from llmagentos.training.plots import learning_curve

RECIPE = "recipe.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """What learns and how: adapters of this rank in the layers from `learning_from` on, so many tokens a batch."""

    rank: int = 16
    alpha: float = 32.0
    learning_from: int = 0
    tokens: int = 2048
    course: Course = field(default_factory=lambda: Course(steps=1000))


def train(
    model: Path, corpus: Path, held_out: Path, folder: Path, recipe: Recipe, segment_minutes: float, begin: Callable[[str], None],
    start: Path | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Go on with a run, or begin it, perhaps with what another run learned or an adapter holds; returns where it stands.

    Raises: OSError, ValueError, UnsupportedModel.
    """
    torch.manual_seed(recipe.course.seed)
    about, examples = read(corpus)
    _, unseen = read(held_out)
    network = Network(read_model(model), rank=recipe.rank, alpha=recipe.alpha, learning_from=recipe.learning_from)
    if start is not None:
        network.take(learned(start, recipe))
    loop = Loop(Deciding(network, examples, unseen, recipe.tokens), recipe.course, folder)
    (folder / RECIPE).write_text(json.dumps(asdict(recipe), indent=1), encoding="utf-8")
    loop.run(begin, segment_minutes=segment_minutes)
    learning_curve(loop.log.lines, folder / "curve.svg")
    report = {
        "base": model.name,
        "start": start.name if start else None,
        "corpus": about,
        "recipe": asdict(recipe),
        "minutes": round(loop.seconds / 60, 1),
        "steps": loop.step,
        "done": loop.done,
        "held_out": next((one for one in reversed(loop.log.lines) if "held_out_loss" in one), None),
    }
    (folder / "report.json").write_text(json.dumps(report, indent=1, ensure_ascii=False), encoding="utf-8")
    return report


def learned(start: Path, recipe: Recipe) -> dict[str, torch.Tensor]:
    """What a run has learned, or an adapter that was exported, in factors of this recipe's rank. Raises: OSError, ValueError."""
    state = load(start)
    if state is not None:
        known: dict[str, torch.Tensor] = state["network"]
        return known
    adapter = read_adapter(start).matrices
    rank = min(min(one.shape) for one in adapter.values())
    if rank < recipe.rank:
        raise ValueError(f"{start} is of rank {rank}: go on from it with --rank {rank} or less")
    matrices = reduced(adapter, recipe.rank)
    factor = (recipe.rank / recipe.alpha) ** 0.5  # the network scales by alpha over rank what the adapter holds scaled
    return {name: torch.from_numpy(one * factor).contiguous() for name, one in matrices.items()}


def export_run(folder: Path, target: Path, rank: int | None = None) -> None:
    """The adapter of a run's last checkpoint, perhaps of a lower rank. Raises: OSError where there is none, DamagedRun."""
    recipe = json.loads((folder / RECIPE).read_text(encoding="utf-8"))
    state = load(folder)
    if state is None:
        raise FileNotFoundError(2, "nothing has been learned there yet", str(folder / CHECKPOINT))
    report_file = folder / "report.json"
    report = json.loads(report_file.read_text(encoding="utf-8")) if report_file.exists() else {"recipe": recipe}
    about = {**report, "minutes": round(state["seconds"] / 60, 1), "steps": state["step"]}
    matrices = {name: one.detach().float().numpy() for name, one in state["network"].items()}
    learned, alpha = recipe["rank"], recipe["alpha"]
    if rank is not None and rank < learned:  # what is added is scaled by alpha over rank: it stays the same
        matrices, alpha, learned = reduced(matrices, rank), alpha * rank / learned, rank
    export(matrices, rank=learned, alpha=alpha, folder=target, about=about)
