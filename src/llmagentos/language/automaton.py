"""The legal sentences of one moment as a finite automaton over pieces of text.

Built from skeletons (pieces, with alternatives where a skeleton has a slot); shared beginnings are merged. It crosses
the process border to the model's worker as JSON, so the worker needs to know neither language nor site.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

MAX_EDGES = 200_000


@dataclass(frozen=True, slots=True)
class Automaton:
    """`edges[node]` are (piece, next node); `accepting` nodes may end a sentence; node 0 is the start."""

    edges: tuple[tuple[tuple[str, int], ...], ...]
    accepting: frozenset[int]

    def to_json(self) -> dict[str, Any]:
        return {"edges": self.edges, "accepting": sorted(self.accepting)}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Automaton":
        edges = tuple(tuple((str(piece), int(node)) for piece, node in one) for one in data["edges"])
        return cls(edges, frozenset(data["accepting"]))

    def accepts(self, text: str) -> bool:
        """Whether a text is legal; for tests and for sentences that came from a Generator."""
        states = {(0, 0)}
        seen = set(states)
        while states:
            node, at = states.pop()
            if at == len(text) and node in self.accepting:
                return True
            for piece, target in self.edges[node]:
                if text.startswith(piece, at) and (target, at + len(piece)) not in seen:
                    seen.add((target, at + len(piece)))
                    states.add((target, at + len(piece)))
        return False


def requiring(automaton: Automaton, first: str, groups: Sequence[frozenset[str]]) -> Automaton | None:
    """Of the sentences that begin with a piece those that hold a piece of every group; None where there is none.

    The product with the automaton that counts which groups were met (Hopcroft and Ullman, 1979, theorem 3.3), without dead ends.
    """
    everything = (1 << len(groups)) - 1
    numbers: dict[tuple[int, int], int] = {(0, 0): 0}
    edges: list[list[tuple[str, int]]] = [[]]
    waiting = [(0, 0)]
    while waiting:
        node, met = state = waiting.pop()
        for piece, target in automaton.edges[node]:
            if (state == (0, 0) and piece != first) or (node != 0 and target == 0):  # one sentence, not several
                continue
            reached = (target, met | sum(1 << n for n, group in enumerate(groups) if piece in group))
            if reached not in numbers:
                if len(numbers) > MAX_EDGES:
                    return None
                numbers[reached] = len(edges)
                edges.append([])
                waiting.append(reached)
            edges[numbers[state]].append((piece, numbers[reached]))
    accepting = {number for (node, met), number in numbers.items() if node in automaton.accepting and met == everything}
    alive = _reaching(edges, accepting)
    if 0 not in alive:
        return None
    kept = tuple(tuple(one for one in outgoing if one[1] in alive) for outgoing in edges)
    return Automaton(kept, frozenset(accepting))


def _reaching(edges: Sequence[Sequence[tuple[str, int]]], goals: set[int]) -> set[int]:
    """The nodes from which a goal can be reached."""
    before: dict[int, list[int]] = {}
    for node, outgoing in enumerate(edges):
        for _, target in outgoing:
            before.setdefault(target, []).append(node)
    reached, waiting = set(goals), list(goals)
    while waiting:
        for node in before.get(waiting.pop(), ()):
            if node not in reached:
                reached.add(node)
                waiting.append(node)
    return reached


class Builder:
    """Grows an automaton. Nodes are numbers; a path from `start` is added piece by piece."""

    def __init__(self) -> None:
        self._edges: list[dict[str, int]] = [{}]
        self._accepting: set[int] = set()
        self._spans: dict[int, int] = {}
        self._count = 0
        self.start = 0

    def node(self) -> int:
        """A fresh node."""
        self._edges.append({})
        return len(self._edges) - 1

    def step(self, node: int, piece: str, target: int | None = None) -> int:
        """Follow or make the edge for a piece; `target` joins an existing node where there is no such edge yet."""
        if piece not in self._edges[node]:
            self._count += 1
            if self._count > MAX_EDGES:
                raise ValueError(f"a grammar of more than {MAX_EDGES} pieces")
            self._edges[node][piece] = self.node() if target is None else target
        return self._edges[node][piece]

    def path(self, node: int, pieces: Sequence[str]) -> int:
        """Follow or make the edges of several pieces."""
        for piece in pieces:
            node = self.step(node, piece)
        return node

    def span(self, node: int, words: Sequence[str], longest: int) -> int:
        """Any run of up to `longest` of these words (pieces with their own spaces), in quotes. Returns the end node.

        The words of one automaton are always the same: asked again at the same node, it is the same end.
        """
        if node in self._spans:
            return self._spans[node]
        end, opened = self.node(), self.step(node, ' "')
        self._spans[node] = end
        for start, first in enumerate(words):
            at = self.step(opened, first.lstrip())
            for length in range(1, longest + 1):
                self.step(at, '"', end)
                following = start + length
                if following >= len(words) or length == longest:
                    break
                at = self.step(at, words[following])
        return end

    def accept(self, node: int) -> None:
        """A sentence may end here."""
        self._accepting.add(node)

    def loop(self, node: int, piece: str) -> None:
        """After `piece` another sentence may follow."""
        self.step(node, piece, self.start)

    def build(self) -> Automaton:
        """The automaton as it is now."""
        return Automaton(tuple(tuple(one.items()) for one in self._edges), frozenset(self._accepting))
