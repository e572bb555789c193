"""Rules mined from a graph: r(X, Y) follows from a path that joins X and Y, with how often it does.

Bottom-up and anytime, as in Meilicke et al., "Anytime Bottom-Up Rule Learning for Knowledge Graph Completion", IJCAI 2019: short
paths first, longer ones as they are found by walking around facts, for as long as there is time. A rule's confidence is measured
on facts that were hidden when its path was walked, so that no fact is its own evidence and what is trusted is what a path says of
pairs that nobody knew about.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import product

import numpy as np

from llmagentos.reasoning.links.graph import Floats, Ints, LinkGraph
from llmagentos.reasoning.links.paths import Keys, Path, Steps, TooWide

UNSEEN = 5
"""Wrong pairs that every rule is taken to have had beside those it had (Meilicke et al., section 3)."""
ALL_PAIRS_OF_CODES = 20_000
"""Up to so many paths of two steps all are tried; else those that walks find."""


@dataclass(frozen=True, slots=True)
class MiningSettings:
    """`seconds` bounds the walks for longer paths; the short ones are always tried."""

    seconds: float = 5.0
    longest: int = 3
    folds: int = 5
    widest: int = 2_000_000
    least_support: int = 2
    least_confidence: float = 0.01
    most_rules: int = 300


@dataclass(frozen=True, slots=True)
class MinedRule:
    """`head` follows from `body`, both relation codes. `support`: facts it foretold when they were hidden."""

    head: int
    body: Path
    confidence: float
    support: int


@dataclass(slots=True)
class _Found:
    """What is known so far of each path, (codes,) each."""

    paths: list[Path] = field(default_factory=list)
    right: list[Floats] = field(default_factory=list)
    wrong: list[Floats] = field(default_factory=list)


def mine(
    graph: LinkGraph, settings: MiningSettings, seed: int, clock: Callable[[], float] = time.monotonic
) -> list[list[MinedRule]]:
    """The most confident rules of each relation code, the best first."""
    draw = np.random.default_rng(seed)
    until = clock() + settings.seconds
    fold = draw.integers(0, settings.folds, len(graph.triples))
    shown = [Steps(graph, graph.triples[fold != one]) for one in range(settings.folds)]
    hidden = [Steps(graph, graph.triples[fold == one]) for one in range(settings.folds)]
    found = _Found()
    tried: set[Path] = set()
    for path, free in _candidates(graph, settings.longest, draw):
        if not free and clock() > until:
            break
        if path not in tried:
            tried.add(path)
            _weigh(path, shown, hidden, graph.codes, settings.widest, found)
    return _chosen(found, graph.codes, settings)


def _candidates(graph: LinkGraph, longest: int, draw: np.random.Generator) -> Iterator[tuple[Path, bool]]:
    """Paths to try, and whether they are tried whatever the time."""
    codes = range(graph.codes)
    yield from (((one,), True) for one in codes)
    if exhaustive := graph.codes**2 <= ALL_PAIRS_OF_CODES:
        yield from (((one, two), True) for one, two in product(codes, codes))
    lengths = range(3 if exhaustive else 2, longest + 1)
    if not lengths or not len(graph.triples):
        return
    out: dict[int, list[tuple[int, int]]] = {}
    questions, right = graph.questions(graph.triples)
    for (entity, code), answer in zip(questions.tolist(), right.tolist(), strict=True):
        out.setdefault(entity, []).append((code, answer))
    beginnings = list(out)
    while True:
        at = beginnings[draw.integers(len(beginnings))]
        path: list[int] = []
        for _ in range(int(draw.choice(lengths))):
            code, at = out[at][draw.integers(len(out[at]))]
            path.append(code)
        yield tuple(path), False


def _weigh(path: Path, shown: list[Steps], hidden: list[Steps], codes: int, widest: int, found: _Found) -> None:
    """Walk a path in each graph with a part hidden; count the hidden facts it leads to, and the pairs that are none."""
    right, wrong = np.zeros(codes, np.float32), np.zeros(codes, np.float32)
    for seen, held in zip(shown, hidden, strict=True):
        try:
            pairs: Keys = seen.reach(path, widest)
        except TooWide:
            return
        foretold = held.count_by_code(pairs, codes)
        right += foretold
        wrong += len(pairs) - foretold - seen.count_by_code(pairs, codes)
    found.paths.append(path)
    found.right.append(right)
    found.wrong.append(wrong / np.float32(len(shown)))


def _chosen(found: _Found, codes: int, settings: MiningSettings) -> list[list[MinedRule]]:
    if not found.paths:
        return [[] for _ in range(codes)]
    right, wrong = np.stack(found.right), np.stack(found.wrong)
    confidence = right / (right + wrong + UNSEEN)
    confidence[right < settings.least_support] = 0
    chosen = []
    for head in range(codes):
        best = np.argsort(-confidence[:, head], kind="stable")[: settings.most_rules]
        chosen.append(
            [
                MinedRule(head, found.paths[one], float(confidence[one, head]), int(right[one, head]))
                for one in best.tolist()
                if confidence[one, head] >= settings.least_confidence
            ]
        )
    return chosen


class RuleEvidence:
    """What the rules say of every answer, as numbers that a combination can weigh."""

    FEATURES = ("strongest", "second", "five together", "log strongest", "frequency")
    _TOGETHER = 5

    def __init__(self, graph: LinkGraph, rules: list[list[MinedRule]], widest: int = 2_000_000) -> None:
        self.graph, self.rules, self._widest = graph, rules, widest
        self._steps = Steps(graph, graph.triples)
        self._often = np.zeros((graph.codes, len(graph.entities)), np.float32)
        questions, right = graph.questions(graph.triples)
        np.add.at(self._often, (questions[:, 1], right), 1)

    def features(self, questions: Ints) -> Floats:
        """(n, 2) to (n, entities, 5), in the order of `FEATURES`."""
        size = len(self.graph.entities)
        found = np.zeros((len(questions), size, len(self.FEATURES)), np.float32)
        for code in np.unique(questions[:, 1]).tolist():
            rows = np.flatnonzero(questions[:, 1] == code)
            found[rows, :, :3] = self._fired(questions[rows, 0], self.rules[code])
            often = self._often[code]
            found[rows, :, 4] = np.log(often + 0.5) - np.log(often.sum() + 0.5 * size)
        found[..., 3] = np.log(found[..., 0] + 0.01)
        return found

    def _fired(self, beginnings: Ints, rules: list[MinedRule]) -> Floats:
        """Rules come strongest first, so the first that fires for an answer is its strongest."""
        size = len(self.graph.entities)
        flat = np.zeros((len(beginnings) * size, 3), np.float32)
        fired = np.zeros(len(flat), np.int32)
        start = np.arange(len(beginnings), dtype=np.int64) * size + beginnings
        for rule in rules:
            try:
                hit = self._steps.walk(start, rule.body, self._widest)
            except TooWide:
                continue
            flat[hit[fired[hit] == 0], 0] = rule.confidence
            flat[hit[fired[hit] == 1], 1] = rule.confidence
            flat[hit[fired[hit] < self._TOGETHER], 2] -= np.log1p(-min(rule.confidence, 0.99))
            fired[hit] += 1
        return flat.reshape(len(beginnings), size, 3)

    def why(self, head: int, code: int, tail: int, most: int = 5) -> list[MinedRule]:
        """The rules that lead from the one to the other, the strongest first."""
        start = np.array([head], np.int64)  # the only beginning is number 0, so a pair is its end
        reasons: list[MinedRule] = []
        for rule in self.rules[code]:
            try:
                hit = self._steps.walk(start, rule.body, self._widest)
            except TooWide:
                continue
            if tail in hit:
                reasons.append(rule)
                if len(reasons) == most:
                    break
        return reasons
