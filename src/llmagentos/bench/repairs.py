"""`agentos bench repairs FOLDER`: mistakes put into Brick models, and whether the proposals find them.

A tenth of the relations is taken out, in place of every second one stands a wrong one. Right is a proposal that adds what was taken out, or takes
out what was put in; the proposals learn from mistakes of the same making, and those of people may be of others. Inverse relations count as one, so that nothing is found by its own other end. The same for classes.
"""

from collections.abc import Callable, Collection
from pathlib import Path

from rich.console import Console
from rich.table import Table

from llmagentos.bench.report import BenchError, Figures
from llmagentos.knowledge.graph.imports import FORMATS, UnreadableGraph, imported
from llmagentos.knowledge.graph.links import Links, links
from llmagentos.reasoning.repairs.corruption import Corrupted, corrupted
from llmagentos.reasoning.repairs.proposals import CLASS, LEAST_LINKS, Link, Proposal, propose, propose_classes

SHARE, RECALL, LEAST, SURE = 0.1, 0.6, 0.02, 0.5
FEW, SEEDS, MANY_SEEDS = 500, 3, 20
"""A small model is measured more often."""
_Asking = Callable[[Collection[Link]], list[Proposal]]


def run_repairs(folder: Path, out: Console) -> Figures:
    """Every graph of the folder. Raises: BenchError."""
    files = sorted(file for file in folder.iterdir() if file.suffix in FORMATS)
    if not files:
        raise BenchError(f"there is no graph in {folder}: {', '.join(FORMATS)}")
    figures: Figures = {}
    table = Table("graph", "what", "links", "precision at 60 % found", "of those above 50 %: right", "said to be right")
    for file in files:
        try:
            known = links(imported(file.read_bytes(), file.suffix, file.stem).triples)
        except (OSError, UnreadableGraph) as error:
            raise BenchError(f"{file}: {error}") from error
        for prefix, what, recorded, ask in _subjects(known):
            if len(recorded) < LEAST_LINKS:
                continue
            row = _measured(recorded, what == "classes", ask)
            figures |= {f"{file.stem}/{prefix}{name}": round(one, 4) for name, one in row.items()}
            table.add_row(file.stem, what, str(len(recorded)), *(f"{one:.3f}" for one in row.values()))
    out.print(table)
    return figures


def _subjects(known: Links) -> list[tuple[str, str, tuple[Link, ...], _Asking]]:
    """Relations and classes: what is recorded, and how proposals for what is given are asked for."""
    labels = tuple((thing, CLASS, name) for thing, name in sorted(known.classes.items()))
    return [
        ("", "relations", known.links, lambda given: propose(known.classes, given, LEAST)),
        ("classes/", "classes", labels, lambda given: propose_classes({one: name for one, _, name in given}, known.links, LEAST)),
    ]  # fmt: skip


def _measured(recorded: tuple[Link, ...], tails_only: bool, ask: _Asking) -> dict[str, float]:
    precisions, right, said = list[float](), list[bool](), list[float]()
    for seed in range(MANY_SEEDS if len(recorded) < FEW else SEEDS):
        trial = corrupted(recorded, SHARE, seed, tails_only=tails_only)
        proposals = ask(trial.links)
        precisions.append(_precision(proposals, trial))
        sure = [one for one in proposals if one.confidence > SURE]
        right += [_right(one, trial) for one in sure]
        said += [one.confidence for one in sure]
    return {
        "precision_at_60": sum(precisions) / len(precisions),
        "right_above_50": sum(right) / max(len(right), 1),
        "said_above_50": sum(said) / max(len(said), 1),
    }


def _precision(proposals: list[Proposal], trial: Corrupted) -> float:
    """Among the surest that find 60 % of what is wrong; 0 where so many are not found."""
    wanted, right = RECALL * (len(trial.removed) + len(trial.false)), 0
    for number, one in enumerate(proposals, 1):
        right += _right(one, trial)
        if right >= wanted:
            return right / number
    return 0.0


def _right(one: Proposal, trial: Corrupted) -> bool:
    return one.link in (trial.removed if one.change == "add" else trial.false)
