"""`agentos bench causes FOLDER`: causal models against adding everything up, textbook diagrams, and known networks learned from samples.

FOLDER holds networks in BIF (NAME.bif); the usual ones are in the wheel of pgmpy. Where pyAgrum and pandas are installed its learners see the same
samples, each with every setting it has; the best of them by the figure itself is what is reported beside ours.
"""

import time
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from llmagentos.bench.causes_reference import question, random_model, slow_counterfactual, slow_posterior
from llmagentos.bench.report import BenchError, Figures, tracking
from llmagentos.reasoning.causes.bif import read_bif
from llmagentos.reasoning.causes.data import MISSING, Watching, drawn
from llmagentos.reasoning.causes.diagram import Diagram
from llmagentos.reasoning.causes.effects import effect
from llmagentos.reasoning.causes.identification import NotIdentifiable, identify
from llmagentos.reasoning.causes.learning import LearningSettings, fitted
from llmagentos.reasoning.causes.model import CausalModel, ModelError, joint
from llmagentos.reasoning.causes.queries import counterfactual, intervention, posterior
from llmagentos.reasoning.causes.structure import Allowed, Search, SearchSettings
from llmagentos.reasoning.causes.tables import Values

SAMPLES, UNSEEN, GAPS, MODELS = 10_000, 20_000, 0.3, 200
TINY = 1e-9
UNTELLABLE = {  # Pearl, "Causality", 2009, figure 3.9: arrows, and pairs that something hidden moves together
    "a": ("x>y", "x~y"),
    "b": ("x>z z>y", "x~z"),
    "c": ("x>z z>y", "x~z z~y"),
    "d": ("x>y z>x", "x~z x~y"),
    "e": ("x>y z>y", "x~z z~y x~y"),
    "f": ("x>z z>y", "x~y z~y"),
    "g": ("x>z1 z1>y z2>y", "x~z2 z1~z2 z1~y"),
    "h": ("x>w z>x w>y z>w", "x~z x~y z~w z~y w~y"),
}

Parents = Mapping[str, frozenset[str]]


def run_causes(folder: Path, names: list[str], out: Console) -> Figures:
    """All parts, shown; the figures. Raises: BenchError."""
    networks = {name: _network(folder / f"{name}.bif") for name in names}
    figures: Figures = {**_exactness(), **_untellable()}
    shown = Table("network", "skeleton F1", "by pyAgrum", "seconds", "KL complete", "KL with gaps", "seconds")
    gaps = []
    for name, network in networks.items():
        structure, other, took = _structure(network)
        complete, holed, learning = _parameters(network)
        gaps.append(holed - complete)
        figures[f"structure_f1/{name}"], figures[f"structure_s/{name}"] = round(structure, 4), round(took, 2)
        if other is not None:
            figures[f"structure_f1_pyagrum/{name}"] = round(other, 4)
        figures[f"em_kl/{name}"] = round(gaps[-1], 5)
        best = "" if other is None else f"{other:.3f}"
        shown.add_row(
            name, f"{structure:.3f}", best, f"{took:.1f}", f"{complete:.4f}", f"{holed:.4f}", f"{learning:.1f}"
        )
    if gaps:
        figures["em_kl"] = round(sum(gaps) / len(gaps), 5)
    out.print(shown)
    out.print(
        f"largest error against adding everything up, {figures['models']} models: {figures['max_error']:.1e}; "
        f"effects that cannot be told: {figures['untellable_told']} of {figures['untellable']} mistaken"
    )
    return figures


def _network(file: Path) -> CausalModel:
    try:
        return read_bif(file.read_text(encoding="utf-8"))
    except (OSError, ModelError) as error:
        raise BenchError(f"{file} is no network in BIF: {error}") from error


def _exactness() -> Figures:
    """Seeing, doing, imagining; and effects by formula from what is seen, with one variable hidden."""
    worst, asked, told = 0.0, 0, 0
    with tracking(MODELS) as begin:
        for seed in range(MODELS):
            begin(f"random model {seed}")
            model = random_model(seed, most=4)
            for error in _errors(model, seed):
                worst, asked = max(worst, error), asked + 1
            found = _formula_error(random_model(seed, most=6, zeros=0), seed)
            if found is not None:
                worst, told = max(worst, found), told + 1
    return {"models": MODELS, "queries": asked, "formulas": told, "max_error": float(worst)}


def _errors(model: CausalModel, seed: int) -> Iterator[float]:
    name, do, seen = question(model, seed)
    yield _far(posterior(model, [name], seen).values, slow_posterior(model, [name], seen))
    yield _far(counterfactual(model, [name], do, seen).values, slow_counterfactual(model, [name], do, seen))
    others = {one: state for one, state in seen.items() if one not in do}
    done = model.doing(do)
    if joint(done, list(others)).at(model.numbers(others)).values > TINY:
        yield _far(intervention(model, [name], do, others).values, slow_posterior(done, [name], others))


def _formula_error(model: CausalModel, seed: int) -> float | None:
    name, do, _ = question(model, seed)
    hidden = [one for one in model.variables if one != name and one not in do][:1]
    try:
        found, _ = effect(Diagram.of(model, hidden), lambda names: joint(model, names), [name], model.numbers(do))
    except NotIdentifiable:
        return None
    return _far(found.values, slow_posterior(model.doing(do), [name], {}))


def _far(found: Values, wanted: Values) -> float:
    return float(np.abs(found - wanted).max())


def _untellable() -> Figures:
    mistaken = 0
    for arrows, pairs in UNTELLABLE.values():
        parents: dict[str, set[str]] = {}
        for cause, _, below in (one.partition(">") for one in arrows.split()):
            parents.setdefault(cause, set())
            parents.setdefault(below, set()).add(cause)
        hidden = [f"u{number}" for number, _ in enumerate(pairs.split())]
        for unseen, (one, _, other) in zip(hidden, (each.partition("~") for each in pairs.split()), strict=True):
            parents[unseen] = set()
            parents[one].add(unseen)
            parents[other].add(unseen)
        diagram = Diagram({name: frozenset(above) for name, above in parents.items()}, frozenset(hidden))
        try:
            identify(diagram, frozenset("y"), frozenset("x"))
        except NotIdentifiable:
            continue
        mistaken += 1
    return {"untellable": len(UNTELLABLE), "untellable_told": mistaken}


def _structure(network: CausalModel) -> tuple[float, float | None, float]:
    """Our F1 of arrows without their direction, the best of pyAgrum's, and our seconds."""
    watching = drawn(network, SAMPLES, np.random.default_rng(1))
    true = {name: frozenset(one.parents) for name, one in network.variables.items()}
    begun = time.monotonic()
    found = Search(watching, Allowed(), SearchSettings()).best()
    took = time.monotonic() - begun
    others = [_f1(true, one) for one in _pyagrum(watching)]
    return _f1(true, found), max(others, default=None), took


def _f1(true: Parents, found: Parents) -> float:
    wanted, given = (
        {frozenset((cause, name)) for name, above in one.items() for cause in above} for one in (true, found)
    )
    return 2 * len(wanted & given) / max(1, len(wanted) + len(given))


def _pyagrum(watching: Watching) -> Iterator[Parents]:
    if find_spec("pyagrum") is None or find_spec("pandas") is None:
        return
    import pandas
    import pyagrum

    pyagrum.setNumberOfThreads(1)
    frame = pandas.DataFrame(watching.rows, columns=list(watching.names)).astype(str)
    for search in ("useGreedyHillClimbing", "useLocalSearchWithTabuList", "useMIIC"):
        for score in ("useScoreBIC", "useScoreBDeu", "useScoreK2", "useMDLCorrection", "useNMLCorrection"):
            if (search == "useMIIC") == score.startswith("useScore"):
                continue
            learner: Any = pyagrum.BNLearner(frame)  # type: ignore[no-untyped-call,unused-ignore]
            getattr(learner, search)()
            getattr(learner, score)()
            dag = learner.learnPDAG() if search == "useMIIC" else learner.learnDAG()
            names = {number: learner.nameFromId(number) for number in dag.nodes()}
            pairs = [*dag.arcs(), *(dag.edges() if search == "useMIIC" else ())]
            parents: dict[str, frozenset[str]] = {name: frozenset() for name in names.values()}
            for one, other in pairs:
                parents[names[other]] |= {names[one]}
            yield parents


def _parameters(network: CausalModel) -> tuple[float, float, float]:
    """How far models learned from complete rows and from rows with gaps are from the truth, in nats; and the seconds of the second."""
    draw = np.random.default_rng(2)
    whole = drawn(network, SAMPLES, draw)
    holes = np.where(draw.random(whole.rows.shape) < GAPS, MISSING, whole.rows).astype(np.int32)
    parents = {name: one.parents for name, one in network.variables.items()}
    unseen = drawn(network, UNSEEN, draw)
    complete = fitted(parents, whole, LearningSettings())
    begun = time.monotonic()
    holed = fitted(parents, Watching(whole.states, holes), LearningSettings())
    took = time.monotonic() - begun
    truth = _log_likelihood(network, unseen)
    return truth - _log_likelihood(complete, unseen), truth - _log_likelihood(holed, unseen), took


def _log_likelihood(model: CausalModel, watching: Watching) -> float:
    """Of a row, in nats."""
    column = {name: watching.rows[:, place] for place, name in enumerate(watching.names)}
    chances = (
        one.chance[tuple(column[each] for each in (*one.parents, name))] for name, one in model.variables.items()
    )
    return sum(float(np.log(np.maximum(one, 1e-12)).mean()) for one in chances)
