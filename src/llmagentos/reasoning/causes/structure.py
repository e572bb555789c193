"""Which arrows history speaks for: the best-scoring diagram that physics allows.

The search is over orders of the variables: within an order each variable takes the best of its candidate sets of parents that stand
before it, and one variable at a time is moved to where the whole gains most; begun again from shaken orders (Teyssier and Koller, "Ordering-Based
Search", UAI 2005; the moves are those of Lee and van Beek, "Metaheuristics for Score-and-Search Bayesian Network Structure Learning", 2017). The score is the quotient
normalised maximum likelihood, which has nothing to set and gives equivalent diagrams the same (Silander et al., "Quotient Normalized
Maximum Likelihood Criterion for Learning Bayesian Network Structures", AISTATS 2018, equation 9).
"""

import math
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from itertools import islice

import numpy as np

from llmagentos.reasoning.causes.data import Watching
from llmagentos.reasoning.causes.model import ModelError

Arrow = tuple[str, str]
"""From a cause to its effect."""
SMALL_GAIN = 1e-6


@dataclass(frozen=True, slots=True)
class SearchSettings:
    """`shakes`: how often the search begins again; `candidates`: from among how many a variable's parents are chosen."""

    shakes: int = 30
    candidates: int = 12
    most_parents: int = 5
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Allowed:
    """What is known beforehand: arrows that cannot be, and arrows that are."""

    forbidden: frozenset[Arrow] = frozenset()
    required: frozenset[Arrow] = frozenset()


class Scores:
    """How well a set of parents explains a variable, remembered."""

    def __init__(self, watching: Watching) -> None:
        self._columns = {name: watching.rows[:, place].astype(np.int64) for place, name in enumerate(watching.names)}
        self._sizes = {name: len(states) for name, states in watching.states.items()}
        self._count = len(watching.rows)
        self._known: dict[frozenset[str], float] = {}

    def of(self, name: str, parents: frozenset[str]) -> float:
        """In nats, greater is better; the sum over all variables is the score of a diagram."""
        return self._whole(parents | {name}) - self._whole(parents)

    def _whole(self, names: frozenset[str]) -> float:
        """The normalised maximum likelihood of these variables taken as one."""
        found = self._known.get(names)
        if found is None:
            code, states = np.zeros(self._count, np.int64), 1
            for one in sorted(names):
                code, states = code * self._sizes[one] + self._columns[one], states * self._sizes[one]
                if states > 4 * self._count:  # most combinations were never watched: number those that were
                    code = np.unique(code, return_inverse=True)[1]
            counts = np.bincount(code)
            counts = counts[counts > 0]
            likelihood = float((counts * np.log(counts / self._count)).sum())
            found = self._known[names] = likelihood - log_regret(self._count, states)
        return found


def log_regret(count: int, states: float) -> float:
    """How much better than any forecaster could one be who knows the frequencies beforehand, in nats.

    Source: Szpankowski and Weinberger, "Minimax Pointwise Redundancy for Memoryless Models over Large Alphabets", IEEE Transactions
    on Information Theory 58, 2012, theorem 2: right for any ratio of states to rows.
    """
    if states <= 1 or count == 0:
        return 0.0
    ratio = states / count
    bend = 0.5 + 0.5 * math.sqrt(1 + 4 / ratio)
    return count * (math.log(ratio) + (ratio + 2) * math.log(bend) - 1 / bend) - 0.5 * math.log(bend + 2 / ratio)


class Search:
    """One search over the diagrams of what was watched; rows with missing states are left out."""

    def __init__(self, watching: Watching, allowed: Allowed, settings: SearchSettings) -> None:
        whole = Watching(watching.states, watching.rows[(watching.rows >= 0).all(1)])
        self._names, self._allowed, self._settings = watching.names, allowed, settings
        self._bit = {name: 1 << place for place, name in enumerate(self._names)}
        self._scores = Scores(whole)
        self._draw = np.random.default_rng(settings.seed)
        self._sets = [self._parent_sets(name) for name in self._names]

    def best(self) -> dict[str, frozenset[str]]:
        """The parents of each variable. Raises: ModelError where required arrows run in a circle."""
        required = {
            name: frozenset(one for one, other in self._allowed.required if other == name) for name in self._names
        }
        try:
            order = [self._names.index(one) for one in TopologicalSorter(required).static_order()]
        except CycleError as error:
            raise ModelError(f"nothing can be its own cause: {' -> '.join(error.args[1])}") from error
        best, score = self._climbed(order)
        for _ in range(self._settings.shakes):
            again, other = self._climbed(self._shaken(best))
            if other > score + SMALL_GAIN:
                best, score = again, other
        return self._parents(best)

    def _parent_sets(self, name: str) -> list[tuple[float, int]]:
        """Sets of parents that are better than all their parts, as bits, the best first.

        A set is tried if one of its parts with one parent less was worth keeping.
        """
        required = frozenset(cause for cause, effect in self._allowed.required if effect == name)
        some = self._candidates(name) - required
        best = {required: self._scores.of(name, required)}
        level = [required]
        while level and len(level[0]) < self._settings.most_parents + len(required):
            wider = {one | {other} for one in level for other in some - one}
            level = []
            for one in wider:
                score = self._scores.of(name, one)
                if score > max(best.get(one - {other}, -math.inf) for other in one - required) + SMALL_GAIN:
                    best[one] = score
                    level.append(one)
        kept = ((score, sum(self._bit[other] for other in one)) for one, score in best.items())
        return sorted(kept, key=lambda each: (-each[0], each[1]))

    def _candidates(self, name: str) -> frozenset[str]:
        """Those that explain it best by themselves, and those that add most to the ones before."""
        free = [one for one in self._names if one != name and (one, name) not in self._allowed.forbidden]
        alone = sorted(free, key=lambda one: -self._scores.of(name, frozenset({one})))
        chosen: frozenset[str] = frozenset()
        while len(chosen) < min(len(free), self._settings.candidates // 2):
            score, one = max((self._scores.of(name, chosen | {one}), one) for one in free if one not in chosen)
            if score <= self._scores.of(name, chosen):
                break
            chosen |= {one}
        missing = (one for one in alone if one not in chosen)
        return chosen | frozenset(islice(missing, self._settings.candidates - len(chosen)))

    def _first(self, name: int, before: int) -> tuple[float, int]:
        """The best set of parents among those that stand before."""
        for each in self._sets[name]:
            if not each[1] & ~before:
                return each
        return -math.inf, 0  # what is required does not stand before

    def _climbed(self, order: list[int]) -> tuple[list[int], float]:
        """Each variable in turn to its best place, until nothing gains."""
        order = list(order)
        moved = True
        while moved:
            moved = False
            for name in self._draw.permutation(len(order)).tolist():
                place = self._best_place(order, name)
                if place is not None:
                    order.remove(name)
                    order.insert(place, name)
                    moved = True
        return order, self._score(order)

    def _best_place(self, order: list[int], name: int) -> int | None:
        """Where the whole gains most by moving one variable; None where it stands well. Each step is a swap of neighbours."""
        at, bit = order.index(name), 1 << name
        before = sum(1 << one for one in order[:at])
        own = self._first(name, before)[0]
        best, found = SMALL_GAIN, None
        gain, seen = 0.0, before
        for place in range(at - 1, -1, -1):  # towards the front: the passed one now has it before
            other = order[place]
            seen &= ~(1 << other)
            gain += self._first(other, seen | bit)[0] - self._first(other, seen)[0]
            total = gain + self._first(name, seen)[0] - own
            if total > best:
                best, found = total, place
        gain, seen = 0.0, before
        for place in range(at + 1, len(order)):  # towards the end: the passed one loses it
            other = order[place]
            gain += self._first(other, seen)[0] - self._first(other, seen | bit)[0]
            seen |= 1 << other
            total = gain + self._first(name, seen)[0] - own
            if total > best:
                best, found = total, place
        return found

    def _score(self, order: list[int]) -> float:
        total, before = 0.0, 0
        for name in order:
            total += self._first(name, before)[0]
            before |= 1 << name
        return total

    def _shaken(self, order: list[int]) -> list[int]:
        """Some variables put elsewhere, at random."""
        order = list(order)
        for _ in range(max(2, len(order) // 4)):
            order.insert(int(self._draw.integers(len(order))), order.pop(int(self._draw.integers(len(order)))))
        return order

    def _parents(self, order: list[int]) -> dict[str, frozenset[str]]:
        found, before = {}, 0
        for name in order:
            chosen = self._first(name, before)[1]
            found[self._names[name]] = frozenset(one for one, bit in self._bit.items() if chosen & bit)
            before |= 1 << name
        return found
