"""`agentos bench diagnosis`: random plants, days on which something is wrong with them or nothing, and what the diagnoser says.

The plants, their weather and their faults are drawn from a seed that training never used. First of all that could be said, `nothing is wrong`
among it, must stand what is wrong. Beside it rules with fixed thresholds, as plants have them.
"""

import time
from collections import defaultdict

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from llmagentos.bench.report import Figures
from llmagentos.devices.simulation.air_handler import KINDS, ROOMS
from llmagentos.reasoning.diagnosis.checks import next_checks
from llmagentos.reasoning.diagnosis.departures import Usual
from llmagentos.reasoning.diagnosis.diagnoser import Cause, Diagnoser, air_handlers
from llmagentos.reasoning.diagnosis.symptoms import names_of_symptoms
from llmagentos.training.plants import examples

SEED, NORMAL = 90_001, 0.5
Ranks = NDArray[np.int64]

_RULES: dict[str, tuple[tuple[str, float], ...]] = {
    "cooling valve stuck": (("time cooled in full", 0.3), ("the same, cooling", 2.0)),
    "heating valve leaks": (("the same, both valves closed", 2.0), ("cooled more than needed", 0.15)),
    "cooling valve leaks": (("the same, both valves closed", -2.0), ("heated more than needed", 0.15)),
    "outdoor damper stuck": (("more outdoor air than asked, damper low", 0.2), ("more outdoor air than asked, damper high", -0.2)),
    "supply temperature sensor biased": (("supply air warmer than the rooms at night", 1.5), ("supply air warmer than the rooms at night", -1.5)),
    "filter fouled": (("resistance of the filter", 0.3),),
    "phase lost": (("phases uneven", 0.3),),
    "room sensor drifts": (("gain that does not depend on outside", 0.08), ("gain that does not depend on outside", -0.08)),
    "room sensor frozen": (("restlessness of the sensor", -1.5),),
    "window open": (("gain that grows with outside", 0.05),),
    "set-point wrong": (("set-point above the usual", 1.0), ("set-point above the usual", -1.0)),
    "box damper stuck": (("flow that does not follow its damper", 1.0),),
}  # fmt: skip
"""What speaks for each cause in rule sets: a symptom, and how far beyond the plant's own mean it is a verdict, in the symptom's unit."""


def run_diagnosis(episodes: int, out: Console) -> Figures:
    """Draw, diagnose, count."""
    diagnoser = air_handlers()
    seen = examples(episodes, SEED, NORMAL)
    causes = (None, *diagnoser.causes(ROOMS))
    wanted = np.array([causes.index(one) for one in seen.causes])
    begun = time.perf_counter()
    probability = diagnoser.probabilities(seen.symptoms(diagnoser.scale))
    took = (time.perf_counter() - begun) / episodes
    ranks, by_rules = np.argsort(-probability, 1, kind="stable"), _by_rules(seen.day, seen.usual, diagnoser)
    wrong = wanted > 0
    figures: Figures = {
        "episodes": episodes, "wrong": int(wrong.sum()), "top1": _share(ranks, wanted, wrong, 1), "top3": _share(ranks, wanted, wrong, 3),
        "false_alarm": round(float((ranks[~wrong, 0] > 0).mean()), 4), "baseline_top1": _share(by_rules, wanted, wrong, 1),
        "baseline_top3": _share(by_rules, wanted, wrong, 3), "baseline_false_alarm": round(float((by_rules[~wrong, 0] > 0).mean()), 4),
        "calibration_error": _calibration_error(probability, wanted), "checks": _checks_needed(probability, wanted, diagnoser), "diagnosis_ms": round(took * 1000, 2),
    }  # fmt: skip
    _show(ranks, by_rules, wanted, causes, out)
    return figures


def _share(ranks: Ranks, wanted: Ranks, where: NDArray[np.bool_], most: int) -> float:
    return round(float((ranks[where, :most] == wanted[where, None]).any(1).mean()), 4)


def _by_rules(day: Usual, usual: Usual, diagnoser: Diagnoser) -> Ranks:
    """Ranked by how far beyond its threshold the strongest rule of a cause is; under all thresholds nothing is wrong."""
    plant, rooms = (dict(zip(names, range(len(names)), strict=True)) for names in names_of_symptoms())
    scores = [np.ones(len(day.plant))]
    for cause in diagnoser.causes(ROOMS):
        beyond = [np.zeros(len(day.plant))]
        for name, threshold in _RULES[cause.kind]:
            if cause.room is None:
                off = day.plant[:, plant[name]] - np.nan_to_num(usual.plant[:, plant[name]])
            else:
                off = day.rooms[:, cause.room, rooms[name]] - np.nan_to_num(usual.rooms[:, cause.room, rooms[name]])
            beyond.append(np.nan_to_num(off / threshold))
        scores.append(np.max(beyond, 0))
    return np.argsort(-np.stack(scores, 1), 1, kind="stable")


def _calibration_error(probability: NDArray[np.float64], wanted: Ranks) -> float:
    """Of what is said first: its probability against how often it is so, in tenths."""
    said, right = probability.max(1), probability.argmax(1) == wanted
    tenth = np.minimum((said * 10).astype(int), 9)
    parts = [(tenth == one) for one in range(10)]
    return round(float(sum(abs(said[one].mean() - right[one].mean()) * one.mean() for one in parts if one.any())), 4)


def _checks_needed(probability: NDArray[np.float64], wanted: Ranks, diagnoser: Diagnoser) -> float:
    """Where the first is not what is wrong: how often the check that is proposed first would say whether the true cause is there."""
    causes = diagnoser.causes(ROOMS)
    missed = [row for row in np.flatnonzero(wanted > 0) if probability[row].argmax() != wanted[row]]
    told = 0
    for row in missed:
        true: Cause = causes[wanted[row] - 1]
        told += any(true.kind in check.finds and room == true.room for check, room, _ in next_checks(probability[row], causes, ROOMS))  # fmt: skip
    return round(told / max(len(missed), 1), 4)


def _show(ranks: Ranks, by_rules: Ranks, wanted: Ranks, causes: tuple[Cause | None, ...], out: Console) -> None:
    rows: dict[str, list[tuple[bool, bool, bool]]] = defaultdict(list)
    for row, number in enumerate(wanted.tolist()):
        cause = causes[number]
        rows[cause.kind if cause else "nothing wrong"].append((ranks[row, 0] == number, number in ranks[row, :3], by_rules[row, 0] == number))  # fmt: skip
    table = Table("what was wrong", "days", "first", "among three", "rules")
    for kind in ("nothing wrong", *KINDS):
        each = np.array(rows.get(kind, [(False, False, False)]), float).mean(0)
        table.add_row(kind, str(len(rows.get(kind, []))), *(f"{one:.0%}" for one in each))
    out.print(table)
