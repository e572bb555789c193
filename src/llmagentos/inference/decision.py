"""Decision decoding: the most probable legal sentences, with a forward pass only where the grammar branches.

The legal sentences form a tree of tokens. Each node's children share one softmax over the tokens the grammar allows
there; a sentence's probability is the product along its path, so the legal sentences' probabilities sum to one and a
forced token costs nothing. Best-first search (Hart, Nilsson, Raphael 1968, with a zero heuristic) is exact: every
extension only lowers a probability, so the first sentence that leaves the queue is the most probable one. A pass costs
nearly the same for one branch as for eight, so each carries the most probable ones together; that changes what is
looked at, never what is found. The same holds for `likely`: guesses of the outcome that go with the prompt through the
first pass. Where a guess is right, that pass is the only one (speculative decoding: Leviathan et al. 2023; a tree of
guesses: Miao et al., "SpecInfer", 2024).
"""

import heapq
import itertools
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TypeAlias

from llmagentos.inference.ports import Scorer, TextModel
from llmagentos.language.automaton import Automaton

Tokens: TypeAlias = tuple[int, ...]
State: TypeAlias = frozenset[tuple[int, Tokens]]
"""Where the automaton can be: (node, tokens still to come before that node is reached)."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A legal sentence and its probability among all of them."""

    text: str
    probability: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """`choices` best first. `exact` is False if a bound stopped the search before the n best were certain."""

    choices: tuple[Choice, ...]
    passes: int
    duration_ms: float
    exact: bool
    prompt_tokens: int


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one decision may cost. `floor`: sentences less probable than this share of the best are not looked for.

    Many sentences may have one effect on a site, and count together: too few of them, and one seems less sure than one is.

    A pass carries up to `width` branches, none more than `reach` nats less probable than the first.
    """

    n_best: int = 10
    passes: int = 64
    deadline_s: float = 20.0
    floor: float = 0.05
    longest: int = 160
    width: int = 8
    reach: float = 3.0


_END = -1
"""The node after the end of a sentence."""


class TokenAutomaton:
    """An automaton over the tokens of a scorer; several pieces may begin with the same token.

    The last piece of a sentence is tokenised together with what ends it: some vocabularies have one token for a closing quote
    and a line end, and a model that has seen the quote alone is sure that no line end follows.
    """

    def __init__(self, automaton: Automaton, text: TextModel) -> None:
        self._automaton = automaton
        self._pieces = lru_cache(maxsize=None)(text.encode)
        self._last = text.last

    def start(self) -> State:
        """The state before anything was said."""
        return frozenset({(0, ())})

    def tokens(self, sentence: str) -> Tokens | None:
        """The tokens of a legal sentence as the automaton cuts them, None for what is not legal."""
        waiting: list[tuple[int, str, Tokens]] = [(0, f" {sentence}", ())]
        while waiting:
            node, rest, tokens = waiting.pop()
            for piece, target in self._automaton.edges[node]:
                if piece == rest and target in self._automaton.accepting:
                    return (*tokens, *self._last(piece))
                if rest.startswith(piece) and piece != rest:
                    waiting.append((target, rest[len(piece) :], (*tokens, *self._pieces(piece))))
        return None

    def next(self, state: State) -> dict[int, State | None]:
        """Each token that may follow, with the state after it; None where the sentence is over."""
        branches: dict[int, set[tuple[int, Tokens]]] = {}
        for node, pending in state:
            if pending:
                branches.setdefault(pending[0], set()).add((node, pending[1:]))
                continue
            for piece, target in self._automaton.edges[node]:
                if self._automaton.edges[target]:
                    tokens = self._pieces(piece)
                    branches.setdefault(tokens[0], set()).add((target, tokens[1:]))
                if target in self._automaton.accepting:
                    last = self._last(piece)
                    branches.setdefault(last[0], set()).add((_END, last[1:]))
        return {token: None if (_END, ()) in states else frozenset(states) for token, states in branches.items()}


@dataclass(frozen=True, slots=True, order=True)
class _Branch:
    """A beginning of sentences, and what may follow it. Ordered by cost (negative log probability), then by age."""

    cost: float
    age: int
    tokens: Tokens = field(compare=False)
    following: dict[int, State | None] | None = field(compare=False)
    """None where the sentence is over."""


class _Search:
    """The queue of beginnings, cheapest first, and the sentences that have left it."""

    def __init__(self, legal: TokenAutomaton, bounds: Bounds) -> None:
        self._legal, self._bounds = legal, bounds
        self._ages = itertools.count()
        self._queue: list[_Branch] = []
        self.found: list[_Branch] = []
        self.add(0.0, (), legal.start())

    def add(self, cost: float, tokens: Tokens, state: State | None) -> None:
        """Put a beginning into the queue, with all that it forces; what leads nowhere is left out."""
        tokens, following = _forced(self._legal, tokens, state, self._bounds.longest)
        if following == {}:
            return
        heapq.heappush(self._queue, _Branch(cost, next(self._ages), tokens, following))

    def next(self, known: Callable[[Tokens], bool]) -> list[_Branch]:
        """The branches to look at now; none when all that may be found was found. What is `known` is looked at alone."""
        while self._queue and len(self.found) < self._bounds.n_best:
            if self.found and self._queue[0].cost > self.found[0].cost - math.log(self._bounds.floor):
                break
            if self._queue[0].following is not None:
                return [heapq.heappop(self._queue)] if known(self._queue[0].tokens) else self._open()
            self.found.append(heapq.heappop(self._queue))
        return []

    def _open(self) -> list[_Branch]:
        """The first branches of the queue that are no whole sentences."""
        taken: list[_Branch] = []
        passed: list[_Branch] = []
        furthest = self._queue[0].cost + self._bounds.reach
        while self._queue and len(taken) < self._bounds.width and self._queue[0].cost <= furthest:
            one = heapq.heappop(self._queue)
            (passed if one.following is None else taken).append(one)
        for one in passed:
            heapq.heappush(self._queue, one)
        return taken


def decide(
    scorer: Scorer, text: TextModel, prompt: Tokens, automaton: Automaton, bounds: Bounds = Bounds(),
    likely: Sequence[str] = (), cancelled: Callable[[], bool] = lambda: False,
) -> Outcome:  # fmt: skip
    """The n most probable legal sentences after a prompt. `likely` ones are looked at first.

    Guarantees: every text returned is accepted by the automaton; with `exact`, no legal sentence is more probable than
    those returned (above the floor). Raises: ModelUnavailable from the scorer.
    """
    started, before, exact = time.monotonic(), scorer.passes, True
    legal = TokenAutomaton(automaton, text)
    ahead = [one[:-1] for one in map(legal.tokens, likely) if one is not None]
    search = _Search(legal, bounds)
    while branches := search.next(lambda path: scorer.known(prompt, path)):
        if scorer.passes - before >= bounds.passes or time.monotonic() - started > bounds.deadline_s or cancelled():
            exact = False
            break
        questions = [(one.tokens, sorted(one.following or ())) for one in branches]
        for branch, (_, allowed), scores in zip(
            branches, questions, scorer.log_probs(prompt, questions, ahead), strict=True
        ):
            assert branch.following is not None
            for token, log_prob in zip(allowed, scores, strict=True):
                if math.isfinite(log_prob):
                    search.add(branch.cost - log_prob, (*branch.tokens, token), branch.following[token])
        ahead = []
    choices = tuple(Choice(text.decode(one.tokens).strip(), math.exp(-one.cost)) for one in search.found)
    duration_ms = (time.monotonic() - started) * 1000
    return Outcome(choices, scorer.passes - before, duration_ms, exact and bool(choices), len(prompt))


def _forced(
    legal: TokenAutomaton, tokens: Tokens, state: State | None, longest: int
) -> tuple[Tokens, dict[int, State | None] | None]:
    """Follow tokens that have no alternative. A sentence that outgrows `longest` may only end where it can."""
    while state is not None:
        branches = legal.next(state)
        if len(tokens) >= longest and None in branches.values():
            branches = {token: after for token, after in branches.items() if after is None}
        if len(branches) != 1:
            return tokens, branches
        token, state = next(iter(branches.items()))
        tokens = (*tokens, token)
    return tokens, None
