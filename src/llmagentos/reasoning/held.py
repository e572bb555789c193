"""What has held for so long: a fact that begins is waited for, one that ends before its time is waited for no longer.

Times are instants of one clock; nothing here reads it. What is waited for survives a restart by `dump` and `load`: whoever takes
up the facts again finds them begun when they began.
"""

import heapq
from collections.abc import Iterable
from typing import Any

from llmagentos.reasoning.network import Change
from llmagentos.reasoning.rules import Fact, Value

HELD = "held"
"""`("held", seconds, *fact)` is the fact that `fact` has held for so many seconds."""


def held(fact: Fact, seconds: float) -> Fact:
    """The fact that another has held so long."""
    return (HELD, float(seconds), *fact)


class Holding:
    """What is waited for. `follow` after every change, `due` when time has passed."""

    def __init__(self) -> None:
        self._wanted: dict[str, dict[float, int]] = {}
        self._since: dict[Fact, float] = {}
        self._told: dict[Fact, list[Fact]] = {}
        self._waiting: list[tuple[float, int, Fact, float]] = []
        self._remembered: dict[Fact, float] = {}
        self._count = 0

    def want(self, relation: str, seconds: float) -> None:
        """Tell of facts of this relation once they have held so long."""
        wanted = self._wanted.setdefault(relation, {})
        wanted[float(seconds)] = wanted.get(float(seconds), 0) + 1

    def unwant(self, relation: str, seconds: float) -> None:
        """No longer; as often as it was wanted."""
        wanted = self._wanted.get(relation, {})
        if wanted.get(float(seconds), 0) > 1:
            wanted[float(seconds)] -= 1
        else:
            wanted.pop(float(seconds), None)

    def follow(self, change: Change, now: float) -> list[Fact]:
        """Take note of what began and ended; the facts about having held that end with it."""
        ended: list[Fact] = []
        for fact in change.gone:
            if fact[0] in self._wanted:
                self._since.pop(fact, None)
                ended += self._told.pop(fact, ())
        for fact in change.appeared:
            if fact[0] in self._wanted:
                self._begin(fact, min(now, self._remembered.pop(fact, now)))
        return ended

    def _begin(self, fact: Fact, since: float) -> None:
        self._since[fact] = since
        for seconds in self._wanted[str(fact[0])]:
            self._count += 1
            heapq.heappush(self._waiting, (since + seconds, self._count, fact, seconds))

    def begin(self, facts: Iterable[Fact], now: float) -> None:
        """Wait for facts that hold already, of a relation that is wanted since now."""
        for fact in facts:
            self._begin(fact, self._since.get(fact, now))

    def next_due(self) -> float | None:
        """When `due` will next have something to tell, if nothing changes."""
        while self._waiting and not self._alive(self._waiting[0]):
            heapq.heappop(self._waiting)
        return self._waiting[0][0] if self._waiting else None

    def due(self, now: float) -> tuple[float, list[Fact]] | None:
        """The earliest instant that has come, and the facts about having held that begin then; None if there is none."""
        at = self.next_due()
        if at is None or at > now:
            return None
        told: dict[Fact, None] = {}
        while self._waiting and self._waiting[0][0] == at:
            entry = heapq.heappop(self._waiting)
            if self._alive(entry):
                new = held(entry[2], entry[3])
                self._told.setdefault(entry[2], []).append(new)
                told[new] = None
        return at, list(told)

    def _alive(self, entry: tuple[float, int, Fact, float]) -> bool:
        at, _, fact, seconds = entry
        since = self._since.get(fact)
        wanted = seconds in self._wanted.get(str(fact[0]), ())
        return (
            wanted
            and since is not None
            and since + seconds == at
            and held(fact, seconds) not in self._told.get(fact, ())
        )

    def dump(self) -> list[Any]:
        """As JSON: what has held since when."""
        return [[list(fact), since] for fact, since in self._since.items()]

    def load(self, state: list[Any]) -> None:
        """What held before a restart counts from then, if it is the case again when it is first known."""
        for fact, since in state:
            self._remembered[tuple(_value(one) for one in fact)] = float(since)

    def settle(self) -> None:
        """Everything has reported again: what did not come back did end."""
        self._remembered.clear()


def _value(data: Any) -> Value:
    return data if isinstance(data, str | bool) else float(data)
