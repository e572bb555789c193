"""Decision decoding: the most probable legal sentences, with a forward pass only where the grammar branches.

The legal sentences form a tree of tokens. Each node's children share one softmax over the tokens the grammar allows
there; a sentence's probability is the product along its path, so the legal sentences' probabilities sum to one and a
forced token costs nothing. Best-first search (Hart, Nilsson, Raphael 1968, with a zero heuristic) is exact: every
extension only lowers a probability, so the first sentence that leaves the queue is the most probable one.
"""

import heapq
import itertools
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

from llmagentos.inference.ports import Scorer
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
    """What one decision may cost. `floor`: sentences less probable than this share of the best are not looked for."""

    n_best: int = 5
    passes: int = 64
    deadline_s: float = 20.0
    floor: float = 0.01
    longest: int = 160


_END = -1
"""The node after the end of a sentence."""


class TokenAutomaton:
    """An automaton over the tokens of a scorer; several pieces may begin with the same token.

    The last piece of a sentence is tokenised together with `end`: some vocabularies have one token for a closing quote
    and a line end, and a model that has seen the quote alone is sure that no line end follows.
    """

    def __init__(self, automaton: Automaton, scorer: Scorer, end: str) -> None:
        self._automaton, self._end = automaton, end
        self._pieces = lru_cache(maxsize=None)(scorer.encode)

    def start(self) -> State:
        """The state before anything was said."""
        return frozenset({(0, ())})

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
                    last = self._pieces(piece + self._end)
                    branches.setdefault(last[0], set()).add((_END, last[1:]))
        return {token: None if (_END, ()) in states else frozenset(states) for token, states in branches.items()}


def decide(
    scorer: Scorer, prompt: Tokens, automaton: Automaton, end: str, detokenize: Callable[[Tokens], str],
    bounds: Bounds = Bounds(), cancelled: Callable[[], bool] = lambda: False,
) -> Outcome:  # fmt: skip
    """The n most probable legal sentences after a prompt.

    Guarantees: every text returned is accepted by the automaton; with `exact`, no legal sentence is more probable than
    those returned (above the floor). Raises: ModelUnavailable from the scorer.
    """
    started = time.monotonic()
    legal = TokenAutomaton(automaton, scorer, end)
    order = itertools.count()
    queue: list[tuple[float, int, Tokens, State | None]] = [(0.0, next(order), (), legal.start())]
    found: list[tuple[float, Tokens]] = []
    passes, exact = 0, True
    while queue and len(found) < bounds.n_best:
        cost, _, tokens, state = heapq.heappop(queue)
        if found and cost > found[0][0] - math.log(bounds.floor):
            break
        tokens, state, branches = _forced(legal, tokens, state, bounds.longest)
        if state is None:
            found.append((cost, tokens))
            continue
        if passes >= bounds.passes or time.monotonic() - started > bounds.deadline_s or cancelled():
            exact = False
            break
        allowed = sorted(branches)
        passes += 1
        for token, log_prob in zip(allowed, scorer.log_probs((*prompt, *tokens), allowed), strict=True):
            if math.isfinite(log_prob):
                heapq.heappush(queue, (cost - log_prob, next(order), (*tokens, token), branches[token]))
    choices = tuple(Choice(detokenize(tokens).removesuffix(end).strip(), math.exp(-cost)) for cost, tokens in found)
    return Outcome(choices, passes, (time.monotonic() - started) * 1000, exact and bool(choices), len(prompt))


def _forced(
    legal: TokenAutomaton, tokens: Tokens, state: State | None, longest: int
) -> tuple[Tokens, State | None, dict[int, State | None]]:
    """Follow tokens that have no alternative. A sentence that outgrows `longest` may only end where it can."""
    while state is not None:
        branches = legal.next(state)
        if len(tokens) >= longest and None in branches.values():
            branches = {token: after for token, after in branches.items() if after is None}
        if len(branches) != 1:
            return tokens, state, branches
        token, state = next(iter(branches.items()))
        tokens = (*tokens, token)
    return tokens, None, {}
