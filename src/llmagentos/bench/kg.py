"""`agentos bench kg FOLDER`: which fact of a graph is missing, on the standard sets and splits.

Filtered ranks of the test facts, both questions of each. What is chosen (the strength of the regulariser, the weights of the combination) is
chosen on the validation facts. Source of the protocol: Bordes et al., NIPS 2013, section 4.
"""

import tarfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from rich.console import Console
from rich.table import Table

from llmagentos.bench.report import BenchError, Figures
from llmagentos.reasoning.links.combined import Combined, Together
from llmagentos.reasoning.links.complex import ComplEx, ComplExSettings
from llmagentos.reasoning.links.graph import Ints, LinkGraph, Triple, answers
from llmagentos.reasoning.links.mining import MiningSettings, RuleEvidence, mine
from llmagentos.reasoning.links.ranking import LinkScorer, Ranked, ranked
from llmagentos.reasoning.links.translation import TransE, TranslationSettings, TransR

PARTS = ("train", "valid", "test")
LARGE = 2_000
"""Entities from which on one set of settings, few passes and a single seed have to do."""
STRENGTHS = (0.005, 0.01, 0.02)
_Model = TypeVar("_Model", ComplEx, TransE, TransR)
MODELS = ("transe", "transr", "complex", "rules", "combined")


def read_set(archive: Path) -> tuple[LinkGraph, Ints, Ints]:
    """The training graph, the validation and the test facts of one archive. Raises: BenchError."""
    parts: list[list[Triple]] = []
    try:
        with tarfile.open(archive) as held:
            names = {Path(one).name: one for one in held.getnames()}
            for part in PARTS:
                lines = held.extractfile(names[f"{part}.txt"]).read().decode().splitlines()  # type: ignore[union-attr]
                parts.append([_triple(line) for line in lines if line])
    except (OSError, tarfile.TarError, KeyError, ValueError) as error:
        raise BenchError(f"{archive} is no archive of train.txt, valid.txt and test.txt: {error}") from error
    graph = LinkGraph.of(*parts)
    return graph, graph.numbered(parts[1]), graph.numbered(parts[2])


def _triple(line: str) -> Triple:
    head, relation, tail = line.split("\t")
    return head, relation, tail


def run_kg(folder: Path, sets: list[str], models: list[str], out: Console) -> Figures:
    """Train, rank, show, return the figures. Raises: BenchError."""
    if unknown := sorted(set(models) - set(MODELS)):
        raise BenchError(f"no model {', '.join(unknown)}; there are {', '.join(MODELS)}")
    figures: Figures = {}
    table = Table("set", "model", "MRR", "hits@1", "hits@3", "hits@10", "seconds")
    for name in sets:
        graph, valid, test = read_set(folder / f"{name}.tar.gz")
        known = answers(graph, graph.triples, valid, test)
        for model, made, seconds in _made(graph, valid, models, lambda one, g=graph, v=valid: _mrr(one, g, v)):  # type: ignore[misc]
            found = ranked(made, graph, test, known)
            _file(figures, f"{name}/{model}" if model != "combined" else name, found, seconds)
            shown = (f"{one:.3f}" for one in (found.mrr, found.hits1, found.hits3, found.hits10))
            table.add_row(name, model, *shown, f"{seconds:.0f}")
    out.print(table)
    return figures


def _mrr(model: LinkScorer, graph: LinkGraph, valid: Ints) -> float:
    return ranked(model, graph, valid, answers(graph, graph.triples, valid)).mrr


def _made(
    graph: LinkGraph, valid: Ints, models: list[str], judged: Callable[[LinkScorer], float]
) -> list[tuple[str, LinkScorer, float]]:
    """What was asked for, trained, with how long it took."""
    made: list[tuple[str, LinkScorer, float]] = []
    large = len(graph.entities) > LARGE
    begun = time.monotonic()

    def add(name: str, model: LinkScorer) -> None:
        nonlocal begun
        if name in models:
            made.append((name, model, time.monotonic() - begun))
        begun = time.monotonic()

    moves = TranslationSettings(margin=0.5, dimension=100 if large else 64, epochs=20 if large else 50)
    if "transe" in models:
        add("transe", _trained(TransE(graph, moves, 0)))
    if "transr" in models:
        few = TranslationSettings(margin=0.5, dimension=50 if large else 32, epochs=5 if large else 15)
        add("transr", _trained(TransR(graph, few, 0)))
    if {"complex", "combined"} & set(models):
        members = _complexes(graph, large, judged)
        add("complex", members[0])
    if {"rules", "combined"} & set(models):
        evidence = RuleEvidence(
            graph, mine(graph, MiningSettings(seconds=600 if large else 5, folds=2 if large else 5), 0)
        )
        alone = Combined([], evidence)
        alone.fit(graph, valid)
        add("rules", alone)
    if "combined" in models:
        both = Combined([Together(members)], evidence)
        both.fit(graph, valid)
        add("combined", both)
    return made


def _complexes(graph: LinkGraph, large: bool, judged: Callable[[LinkScorer], float]) -> list[ComplEx]:
    """Five of them, with the regulariser that the validation facts like best; the best first. Of a large graph one."""
    if large:
        return [_trained(ComplEx(graph, ComplExSettings(dimension=128, epochs=12, batch=1000, regularisation=0.05), 0))]
    tried = [
        _trained(ComplEx(graph, ComplExSettings(dimension=128, epochs=30, batch=128, regularisation=one), 0))
        for one in STRENGTHS
    ]
    best = max(tried, key=judged)
    more = [_trained(ComplEx(graph, best.settings, seed)) for seed in range(1, 5)]
    return sorted([best, *more], key=judged, reverse=True)


def _trained(model: _Model) -> _Model:
    for _ in model.fit():
        pass
    return model


def _file(figures: Figures, name: str, found: Ranked, seconds: float) -> None:
    figures[f"{name}/mrr"], figures[f"{name}/hits1"] = round(found.mrr, 4), round(found.hits1, 4)
    figures[f"{name}/hits10"], figures[f"{name}/seconds"] = round(found.hits10, 4), round(seconds, 1)
