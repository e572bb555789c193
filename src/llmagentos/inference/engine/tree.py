"""Which tokens the key-value cache holds: a tree of prompts and of sentences under them. Bookkeeping alone, no numbers.

A node is a token after all tokens above it; its depth is its position, its slot is its row in the cache. Paths that share
a beginning share its nodes, so a sentence costs what no other path has paid for yet. Rows of dead nodes are hidden from
the living; `compact` says which rows to keep once there are too many.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

DEAD = -1


@dataclass(slots=True, eq=False)
class Node:
    """A token in its context. A dead node has the slot -1."""

    token: int
    depth: int
    slot: int
    parent: "Node | None"
    children: "dict[int, Node]" = field(default_factory=dict)

    @property
    def alive(self) -> bool:
        return self.slot != DEAD

    def upwards(self) -> "Iterator[Node]":
        """This node and all above it: the tokens it sees."""
        node: Node | None = self
        while node is not None and node.parent is not None:
            yield node
            node = node.parent


class TokenTree:
    """The tokens of one cache of `capacity` rows."""

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self._root = Node(-1, -1, DEAD, None)
        self.used = 0

    def common(self, tokens: Sequence[int]) -> int:
        """How many tokens of a path are here."""
        return len(self._known(tokens))

    def node(self, tokens: Sequence[int]) -> Node:
        """The node at the end of a path that is here."""
        found = self._known(tokens)
        assert len(found) == len(tokens)
        return found[-1]

    def grow(self, paths: Iterable[Sequence[int]]) -> list[Node]:
        """Add what is missing of some paths; the new nodes, parents first. The caller has made sure of the room."""
        new: list[Node] = []
        for path in paths:
            at = self._root
            for depth, token in enumerate(path):
                if token not in at.children:
                    assert self.used < self.capacity
                    node = Node(token, depth, self.used, at)
                    at.children[token] = node
                    self.used += 1
                    new.append(node)
                at = at.children[token]
        return new

    def missing(self, paths: Sequence[Sequence[int]]) -> int:
        """How many nodes `grow` would add."""
        count = 0
        for number, path in enumerate(paths):
            shared = max((_shared(path, one) for one in paths[:number]), default=0)
            count += len(path) - max(shared, self.common(path))
        return count

    def keep(self, paths: Sequence[Sequence[int]]) -> list[int]:
        """Forget all but the nodes on or under these paths; the rows to keep, in their new order."""
        alive: set[Node] = set()
        for path in paths:
            known = self._known(path)
            alive.update(known)
            if len(known) == len(path):
                alive.update(_below(known[-1] if known else self._root))
        unique = sorted(alive, key=lambda one: one.slot)
        rows = [one.slot for one in unique]
        new_slot = {old: new for new, old in enumerate(rows)}
        _prune(self._root, alive)
        for node in unique:
            node.slot = new_slot[node.slot]
        self.used = len(rows)
        return rows

    def _known(self, tokens: Sequence[int]) -> list[Node]:
        found: list[Node] = []
        at = self._root
        for token in tokens:
            if token not in at.children:
                break
            at = at.children[token]
            found.append(at)
        return found


def _shared(left: Sequence[int], right: Sequence[int]) -> int:
    return next(
        (n for n, (one, other) in enumerate(zip(left, right, strict=False)) if one != other), min(len(left), len(right))
    )


def _below(node: Node) -> list[Node]:
    found: list[Node] = []
    waiting = [node]
    while waiting:
        children = waiting.pop().children.values()
        found += children
        waiting += children
    return found


def _prune(node: Node, alive: set[Node]) -> None:
    waiting = [node]
    while waiting:
        one = waiting.pop()
        waiting += one.children.values()
        for child in one.children.values():
            child.slot = child.slot if child in alive else DEAD
        one.children = {token: child for token, child in one.children.items() if child in alive}
