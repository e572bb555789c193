"""Proposals for a person: links to add and links to take out, the surest first, each with its confidence and what speaks for it.

Confidence is what proposals like it were worth in trials on the site itself: mistakes are put into what is recorded, as many as are
expected, and it is seen which of them are found. Nothing is known of a site but what is recorded of it, and no part of this needs more.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from llmagentos.reasoning.repairs.corruption import corrupted
from llmagentos.reasoning.repairs.equipment import CLASS, Equipment, Link, Pattern
from llmagentos.reasoning.repairs.judging import Cells, Judged, in_question, judge
from llmagentos.reasoning.repairs.logistic import Logistic, Vector
from llmagentos.reasoning.repairs.telling import reasons

EXPECTED = 0.1
"""One link in ten is expected to be missing or wrong."""
FEW, TRIALS, MANY_TRIALS, FIRST_SEED = 500, 3, 10, 1_000
LEAST_LINKS, LEAST_OF_CLASS = 20, 3
ADJUSTMENTS, BETTER = 30, 5.0
"""A site may be better drawn than was expected, up to so many times; not worse. A few links do not tell."""
DOUBTED = 0.2
"""What is found with this confidence at first is neither right nor wrong in the trials."""
Change = Literal["add", "remove"]
CHANGES: tuple[Change, ...] = ("remove", "add")


@dataclass(frozen=True)
class Proposal:
    """One change. `reasons` are sentences."""

    change: Change
    link: Link
    confidence: float
    reasons: tuple[str, ...]


def propose(
    classes: Mapping[str, str], links: Iterable[Link], least: float = 0.2, expected: float = EXPECTED
) -> list[Proposal]:
    """Changes to links. Fewer than twenty links say nothing about each other: no proposals."""
    return _proposals(Equipment.of(classes, links), least, expected)


def propose_classes(
    classes: Mapping[str, str], links: Iterable[Link], least: float = 0.2, expected: float = EXPECTED
) -> list[Proposal]:
    """Changes to what things are said to be: links to their classes, by the relation `CLASS`; one class for each thing at most.

    Of a class of two or fewer nothing is said: they have nobody to be compared with.
    """
    often, best = Counter(classes.values()), dict[tuple[str, Change], Proposal]()
    for one in _proposals(Equipment.labels(classes, links), least, expected):
        if often[one.link[2]] >= LEAST_OF_CLASS:
            best.setdefault((one.link[0], one.change), one)
    return list(best.values())


def _proposals(site: Equipment, least: float, expected: float) -> list[Proposal]:
    if len(site.links) < LEAST_LINKS:
        return []
    judged = judge(site)
    worth = _Worth(site, judged, expected)
    found: list[Proposal] = []
    for change in CHANGES:
        found += _sure(worth, judged, in_question(judged, change == "remove"), change, least)
    return sorted(found, key=lambda one: (-one.confidence, one.change, one.link))


def _sure(
    worth: "_Worth", judged: Mapping[Pattern, Judged], cells: Cells, change: Change, least: float
) -> list[Proposal]:
    confidence = worth.confidence(change, cells)
    return [
        Proposal(change, cells.links[number], float(confidence[number]), reasons(change == "add", judged[pattern], pattern, row, column))
        for number, (pattern, row, column) in enumerate(cells.at)
        if confidence[number] >= least
    ]  # fmt: skip


class _Worth:
    """What judgements are worth on this site, learned from trials.

    What is wrong with the site already stands in the trials, too, as if it were right. So they are weighed twice: the second time
    without what the first finds.
    """

    def __init__(self, site: Equipment, judged: Mapping[Pattern, Judged], expected: float) -> None:
        trials: dict[Change, list[tuple[Cells, list[bool]]]] = {"remove": [], "add": []}
        labels = any(relation == CLASS for _, relation, _ in site.links)
        self._many = len(site.links) >= FEW
        for number in range(TRIALS if self._many else MANY_TRIALS):
            trial = corrupted(site.links, expected, FIRST_SEED + number, tails_only=labels)
            tried = judge(site.with_links(trial.links))
            for change in CHANGES:
                wrong = trial.false if change == "remove" else trial.removed
                cells = in_question(tried, change == "remove")
                trials[change].append((cells, [link in wrong for link in cells.links]))
        self._models: dict[Change, tuple[Logistic, float] | None] = {}
        for change, each in trials.items():
            self._models[change] = _fitted(each, frozenset())
            cells = in_question(judged, change == "remove")
            doubted = self.confidence(change, cells) >= DOUBTED
            self._models[change] = _fitted(each, {link for link, one in zip(cells.links, doubted, strict=True) if one})

    def confidence(self, change: Change, cells: Cells) -> Vector:
        """(n,): the chance that each change is right."""
        found = self._models[change]
        if found is None or not len(cells.links):
            return np.zeros(len(cells.links))
        model, share = found
        return _at_home(model.log_odds(cells.summary), share, BETTER if self._many else 1.0)


def _at_home(log_odds: Vector, share: float, better: float) -> Vector:
    """Probabilities where not as many are right as in the trials, but as many as these say themselves.

    Source: Saerens, Latinne, Decaestecker, "Adjusting the Outputs of a Classifier to New a Priori Probabilities", Neural Computation 2002.
    """
    here = share
    for _ in range(ADJUSTMENTS):
        shift = np.log(here / (1 - here)) - np.log(share / (1 - share))
        probability = 1 / (1 + np.exp(-np.clip(log_odds + shift, -40, 40)))
        here = float(np.clip(probability.mean(), share / better, share))
    return np.asarray(probability)


def _fitted(trials: list[tuple[Cells, list[bool]]], doubted: Collection[Link]) -> tuple[Logistic, float] | None:
    """Weights, and the share of the trials' cells that were right to change."""
    kept = np.array([link not in doubted for cells, _ in trials for link in cells.links], bool)
    right = np.array([one for _, each in trials for one in each], float)[kept]
    if not 0 < right.mean() < 1:
        return None
    return Logistic.fitted(np.concatenate([cells.summary for cells, _ in trials])[kept], right), float(right.mean())


__all__ = ["CLASS", "EXPECTED", "Change", "Link", "Proposal", "propose", "propose_classes"]
