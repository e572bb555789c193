"""A training run from its files: base model and corpora in, checkpoints, curve and plot, and in the end an adapter out."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

from llmagentos.inference.compiler.compile import read_model
from llmagentos.training.corpus import read
from llmagentos.training.export import export, reduced
from llmagentos.training.finetune import FineTuning, Recipe
from llmagentos.training.merge import read_adapter
from llmagentos.training.network import Network
from llmagentos.training.plots import learning_curve


def train(
    model: Path, corpus: Path, held_out: Path, folder: Path, recipe: Recipe, segment_minutes: float, begin: Callable[[str], None],
    start: Path | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Go on with a run, or begin it, perhaps with what another run learned or an adapter holds; returns where it stands.

    Raises: OSError, ValueError, UnsupportedModel.
    """
    torch.manual_seed(recipe.seed)
    about, examples = read(corpus)
    _, unseen = read(held_out)
    network = Network(read_model(model), rank=recipe.rank, alpha=recipe.alpha, learning_from=recipe.learning_from)
    if start is not None:
        network.take(learned(start, recipe))
    tuning = FineTuning(network, recipe, folder)
    tuning.run(examples, unseen, begin, segment_minutes)
    learning_curve(tuning.curve, folder / "curve.svg")
    report = {
        "base": model.name,
        "start": start.name if start else None,
        "corpus": about,
        "done": tuning.done,
        "last": tuning.curve[-1],
    }
    (folder / "report.json").write_text(json.dumps(report, indent=1, ensure_ascii=False), encoding="utf-8")
    return report


def learned(start: Path, recipe: Recipe) -> dict[str, torch.Tensor]:
    """What a run has learned, or an adapter that was exported, in factors of this recipe's rank. Raises: OSError, ValueError."""
    checkpoint = start / "checkpoint.pt"
    if checkpoint.exists():
        known: dict[str, torch.Tensor] = torch.load(checkpoint, weights_only=True)["adapters"]
        return known
    adapter = read_adapter(start).matrices
    rank = min(min(one.shape) for one in adapter.values())
    if rank < recipe.rank:
        raise ValueError(f"{start} is of rank {rank}: go on from it with --rank {rank} or less")
    matrices = reduced(adapter, recipe.rank)
    factor = (recipe.rank / recipe.alpha) ** 0.5  # the network scales by alpha over rank what the adapter holds scaled
    return {name: torch.from_numpy(one * factor).contiguous() for name, one in matrices.items()}


def export_run(folder: Path, target: Path, rank: int | None = None) -> None:
    """The adapter of a run's last checkpoint, perhaps of a lower rank. Raises: OSError where there is none."""
    state = torch.load(folder / "checkpoint.pt", weights_only=True, map_location="cpu")
    report_file = folder / "report.json"
    report = json.loads(report_file.read_text(encoding="utf-8")) if report_file.exists() else {}
    seconds, steps, examples = state["progress"]
    about = {
        **report,
        "recipe": state["recipe"],
        "minutes": round(seconds / 60, 1),
        "steps": steps,
        "examples_seen": examples,
    }
    matrices = {name: one.detach().float().numpy() for name, one in state["adapters"].items()}
    learned, alpha = state["recipe"]["rank"], state["recipe"]["alpha"]
    if rank is not None and rank < learned:  # what is added is scaled by alpha over rank: it stays the same
        matrices, alpha, learned = reduced(matrices, rank), alpha * rank / learned, rank
    export(matrices, rank=learned, alpha=alpha, folder=target, about=about)
