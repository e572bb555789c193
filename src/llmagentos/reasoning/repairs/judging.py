"""How likely each pair of each pattern is to be recorded, judged by all others. Whatever is judged most unlikely is left out and all is judged again."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from llmagentos.reasoning.repairs.equipment import Equipment, Link, Pattern, Recorded, Table
from llmagentos.reasoning.repairs.evidence import FEATURES, features
from llmagentos.reasoning.repairs.logistic import Logistic

ROUNDS = 2
MOST_NOT_LINKED = 100_000
DOUBTED, ERRORS = 0.5, 0.05
"""A link is left out of the second round when its probability is under this share of that of a mistake, of which there may be one in twenty."""
CLEAR = 6.0
"""Pairs that are not linked and less likely than this, in log-odds, are not looked at again."""
NONE, SURE = -20.0, 20.0
JUDGED = ("log-odds", "pairs", "linked pairs", "over others of the first", "over others of the second", "others")


@dataclass(frozen=True)
class Judged:
    """A pattern: what is recorded, what each pair's log-odds are and why. (heads, tails) and (heads, tails, features)."""

    recorded: Recorded
    log_odds: Table
    evidence: Table

    @property
    def linked(self) -> NDArray[np.bool_]:
        return self.recorded.table > 0


def judge(site: Equipment) -> dict[Pattern, Judged]:
    """Every pattern that occurs."""
    patterns = site.patterns()
    given = dict(site.recorded(patterns))
    seen, judged = site, dict[Pattern, Judged]()
    for _ in range(ROUNDS):
        evidence = {
            pattern: (features(seen, pattern, recorded), recorded) for pattern, recorded in seen.recorded(patterns)
        }
        model = _fitted(evidence)
        judged = {
            pattern: Judged(given[pattern], _log_odds(model, each, given[pattern]), each)
            for pattern, (each, _) in evidence.items()
        }  # fmt: skip
        seen = site.with_links(_believed(judged))
    return judged


def _log_odds(model: Logistic, evidence: Table, recorded: Recorded) -> Table:
    found = model.log_odds(evidence.reshape(-1, len(FEATURES))).reshape(evidence.shape[:2])
    column = {name: number for number, name in enumerate(recorded.tails)}
    for row, name in enumerate(recorded.heads):
        if name in column:
            found[row, column[name]] = NONE  # nothing is linked to itself
    return found


def _fitted(evidence: Mapping[Pattern, tuple[Table, Recorded]]) -> Logistic:
    """On all linked pairs, and on as many others as are needed: the others stand for each other."""
    x = np.concatenate([each.reshape(-1, len(FEATURES)) for each, _ in evidence.values()])
    linked = np.concatenate([recorded.table.reshape(-1) for _, recorded in evidence.values()])
    draw = np.random.default_rng(0)
    kept = (linked > 0) | (draw.random(len(linked)) < MOST_NOT_LINKED / max(len(linked), 1))
    return Logistic.fitted(x[kept], linked[kept])


def _believed(judged: Mapping[Pattern, Judged]) -> list[Link]:
    found: list[Link] = []
    for (_, relation, _), each in judged.items():
        linked = each.linked
        mistake = max(ERRORS * linked.sum() / linked.size, 1e-9)
        likely = 1 / (1 + np.exp(-np.clip(each.log_odds, NONE, SURE))) >= DOUBTED * mistake
        heads, tails = each.recorded.heads, each.recorded.tails
        found += [(heads[row], relation, tails[column]) for row, column in np.argwhere(linked & likely).tolist()]
    return found


@dataclass(frozen=True)
class Cells:
    """Pairs that are in question. `at`: pattern, row and column of each; `summary` (n, len(JUDGED))."""

    links: list[Link]
    at: list[tuple[Pattern, int, int]]
    summary: Table


def in_question(judged: Mapping[Pattern, Judged], linked: bool) -> Cells:
    """The recorded links, or else the pairs that may lack one, with what is known of their rivals."""
    links: list[Link] = []
    at: list[tuple[Pattern, int, int]] = []
    rows: list[Table] = []
    for pattern, each in judged.items():
        chosen = np.argwhere(each.linked if linked else ~each.linked & (each.log_odds > -CLEAR))
        if not len(chosen):
            continue
        row, column = chosen.T
        rows.append(_summary(each, row, column, linked))
        at += [(pattern, one, two) for one, two in chosen.tolist()]
        links += [(each.recorded.heads[one], pattern[1], each.recorded.tails[two]) for one, two in chosen.tolist()]
    return Cells(links, at, np.concatenate(rows) if rows else np.empty((0, len(JUDGED))))


def _summary(each: Judged, row: NDArray[np.int64], column: NDArray[np.int64], linked: bool) -> Table:
    own = each.log_odds[row, column]
    missing = np.where(each.linked, NONE, each.log_odds)
    if linked:
        in_row, in_column = missing.max(1)[row] - own, missing.max(0)[column] - own
        others = np.maximum(in_row, in_column) + own
    else:
        weakest = np.where(each.linked, np.minimum(each.log_odds, SURE / 2), SURE / 2)
        in_row, in_column = own - weakest.min(1)[row], own - weakest.min(0)[column]
        others = own - np.maximum(_rival(missing)[row, column], _rival(missing.T).T[row, column])
    size = np.full_like(own, np.log(each.linked.size))
    density = np.full_like(own, np.log(max(each.linked.sum(), 1)))
    return np.stack([own, size, density, in_row, in_column, others], 1)


def _rival(scores: Table) -> Table:
    """The best of each row beside the one in question."""
    if scores.shape[1] == 1:
        return np.full_like(scores, NONE)
    two = np.sort(scores, 1)[:, -2:]
    best = scores == two[:, 1:]
    return np.asarray(np.where(best, two[:, :1], two[:, 1:]))
