"""Readings and time in, conclusions out: signals, the network and what has held for so long, in one step.

Pure: the instant comes with every call and never goes back. Between two calls nothing happens; `next_due` says when to call.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from llmagentos.reasoning.held import Holding
from llmagentos.reasoning.network import Change, Network
from llmagentos.reasoning.rules import Fact, Rule, Value
from llmagentos.reasoning.signals import Signal, Signals, Watch


class Engine:
    """One site's rules at work. Every call returns what it brought about, the time that has passed before it included."""

    def __init__(self) -> None:
        self.network, self._signals, self._holding = Network(), Signals(), Holding()

    def reading(self, entity: str, name: str, value: Value | None, now: float) -> list[Change]:
        """A signal said something; None: it does not know."""
        began, ended = self._signals.reading(entity, name, value)
        if not began and not ended:
            due = self._holding.next_due()
            return self.advance(now) if due is not None and due <= now else []
        return [*self.advance(now), *self._apply(began, ended, now)]

    def update(self, added: Iterable[Fact], removed: Iterable[Fact], now: float) -> list[Change]:
        """Facts that no signal tells of."""
        return [*self.advance(now), *self._apply(added, removed, now)]

    def advance(self, now: float) -> list[Change]:
        """Time has come to `now`: everything that was due is told in its order, each at its own instant."""
        changes: list[Change] = []
        while (due := self._holding.due(now)) is not None:
            at, facts = due
            changes += self._apply(facts, (), at)
        return changes

    def _apply(self, added: Iterable[Fact], removed: Iterable[Fact], now: float) -> list[Change]:
        changes = []
        while True:
            change = self.network.update(added, removed)
            if change.appeared or change.gone:
                changes.append(change)
            added, removed = (), self._holding.follow(change, now)
            if not removed:
                return changes

    def gone(self, entity: str, now: float) -> list[Change]:
        """An entity is out of reach: nothing that it said counts any more."""
        return self.update((), self._signals.gone(entity), now)

    def install(self, rules: Iterable[Rule], watches: Iterable[tuple[Signal, Watch, Fact]], holds: Iterable[tuple[str, float]], now: float) -> list[Change]:  # fmt: skip
        """Rules with what they watch and wait for. Raises: RuleError, and then nothing has changed."""
        changes = self.advance(now)
        change = self.network.change_rules(add=rules)
        for relation, seconds in holds:
            self._holding.want(relation, seconds)
            self._holding.begin((one for one in self.network.facts(relation) if one not in change.appeared), now)
        self._holding.follow(change, now)
        begun = [fact for signal, watch, fact in watches if self._signals.watch(signal, watch, fact) is not None]
        return [*changes, *([change] if change != Change() else []), *self._apply(begun, (), now)]

    def remove(self, rules: Iterable[str], facts: Iterable[Fact], holds: Iterable[tuple[str, float]], now: float) -> list[Change]:  # fmt: skip
        """Rules away, with the facts they watched for and what was waited for."""
        changes = [*self.advance(now), *self._apply((), self._signals.forget(facts), now)]
        change = self.network.change_rules(remove=rules)
        ended = self._holding.follow(change, now)
        for relation, seconds in holds:
            self._holding.unwant(relation, seconds)
        return [*changes, *([change] if change != Change() else []), *self._apply((), ended, now)]

    def known(self, signal: Signal) -> bool:
        """Whether a signal has said something."""
        return self._signals.known(signal)

    def watching(self) -> Iterator[Signal]:
        """The signals that matter."""
        return self._signals.watching()

    def next_due(self) -> float | None:
        """When something will next come about by itself."""
        return self._holding.next_due()

    def dump(self) -> list[Any]:
        """What has held since when, for the next start."""
        return self._holding.dump()

    def load(self, state: list[Any]) -> None:
        """Take up what `dump` wrote, before the first reading."""
        self._holding.load(state)

    def settle(self) -> None:
        """All signals have reported since the start."""
        self._holding.settle()
