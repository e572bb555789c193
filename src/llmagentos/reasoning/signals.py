"""From readings to facts: thresholds with hysteresis, states, and silence. A reading costs one look-up and one comparison for each
test that watches its signal.

Unknown is not true: a signal that has not reported, or says it does not know, holds no fact up.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from llmagentos.reasoning.rules import OPERATORS, Fact, Value

Signal: TypeAlias = tuple[str, str]
"""An entity and a property of it."""


@dataclass(frozen=True, slots=True)
class Threshold:
    """Holds from where the comparison is true until the value has gone back by more than `hysteresis`."""

    operator: str
    value: float
    hysteresis: float = 0.0

    def holds(self, value: Value, before: bool) -> bool:
        if isinstance(value, str):
            return False
        edge = self.value
        if before and self.hysteresis:
            edge += -self.hysteresis if self.operator in (">", ">=") else self.hysteresis
        return OPERATORS[self.operator](float(value), edge)


@dataclass(frozen=True, slots=True)
class OneOf:
    """Holds while the value is one of these."""

    values: tuple[Value, ...]

    def holds(self, value: Value, before: bool) -> bool:
        return any(type(one) is type(value) and one == value for one in self.values)


class Watch(Protocol):
    """A test of a signal. `before`: whether it held until now."""

    def holds(self, value: Value, before: bool) -> bool: ...


@dataclass(slots=True)
class _Watched:
    watch: Watch
    fact: Fact
    holds: bool = False


class Signals:
    """All watched signals and what they last said. Facts are told when they begin and when they end."""

    def __init__(self) -> None:
        self._watched: dict[Signal, list[_Watched]] = {}
        self._last: dict[Signal, Value | None] = {}

    def watch(self, signal: Signal, watch: Watch, fact: Fact) -> Fact | None:
        """Hold `fact` up while `signal` passes; the fact if it does so by what is known already."""
        watched = _Watched(watch, fact)
        self._watched.setdefault(signal, []).append(watched)
        last = self._last.get(signal)
        watched.holds = last is not None and watch.holds(last, False)
        return fact if watched.holds else None

    def forget(self, facts: Iterable[Fact]) -> tuple[Fact, ...]:
        """Watch no longer for these; those of them that held."""
        unwanted, held = set(facts), []
        for signal in list(self._watched):
            rest = [one for one in self._watched[signal] if one.fact not in unwanted]
            held += [one.fact for one in self._watched[signal] if one.fact in unwanted and one.holds]
            if rest:
                self._watched[signal] = rest
            else:
                del self._watched[signal]
        return tuple(held)

    def reading(self, entity: str, name: str, value: Value | None) -> tuple[list[Fact], list[Fact]]:
        """What begins and what ends with this reading."""
        signal = (entity, name)
        self._last[signal] = value
        began: list[Fact] = []
        ended: list[Fact] = []
        for one in self._watched.get(signal, ()):
            holds = value is not None and one.watch.holds(value, one.holds)
            if holds != one.holds:
                one.holds = holds
                (began if holds else ended).append(one.fact)
        return began, ended

    def gone(self, entity: str) -> list[Fact]:
        """The entity is no more, or out of reach: what it held up ends."""
        ended: list[Fact] = []
        for signal in [one for one in self._last if one[0] == entity]:
            ended += self.reading(*signal, None)[1]
            del self._last[signal]
        return ended

    def known(self, signal: Signal) -> bool:
        """Whether it has said something, and not that it does not know."""
        return self._last.get(signal) is not None

    def watching(self) -> Iterator[Signal]:
        """The signals that matter."""
        yield from self._watched
