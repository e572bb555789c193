"""What a new order would set off among the others, played through before it stands: loops, and commands against each other.

The orders are the real ones on a copy of the site, where devices do at once what they are told. What heat does to a thermometer
is not known here: only what a device itself reports.
"""

import datetime as dt
import heapq
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Literal

from llmagentos.agent.effects import effect
from llmagentos.agent.orders.compile import Parts, compiled
from llmagentos.agent.orders.standing import Due, Standing, StandingOrders
from llmagentos.agent.outcomes import Commands
from llmagentos.agent.ports import Selecting
from llmagentos.language import tree as t
from llmagentos.language.units import Duration
from llmagentos.messages.records import Command
from llmagentos.messages.site import Location
from llmagentos.messages.snapshot import EntityView, Held, Snapshot, Speaker
from llmagentos.messages.values import Json
from llmagentos.reasoning.rules import Value
from llmagentos.reasoning.signals import Signal, Threshold, Watch

HORIZON_S = 3600.0
AGAIN = 3
"""An order that fires so often within the horizon, with nobody doing anything, goes round."""
TOGETHER_S = 2.0
"""Two commands to one device so close to each other are against each other; later ones are a sequence, as in "off again"."""
MOST = 100
"""Firings that are played through; a site has fewer orders than go off in one hour."""


@dataclass(frozen=True, slots=True)
class Clash:
    """Orders (ids) that set each other off again and again, or tell a device different things at once."""

    kind: Literal["loop", "conflict"]
    orders: tuple[str, ...]
    entity: str


def rehearse(
    new: Standing, others: Sequence[Standing], snapshot: Snapshot, select: Selecting, zone: dt.tzinfo, place: Location | None
) -> tuple[Clash, ...]:  # fmt: skip
    """What would clash if the new order fired now. Raises: CannotCompile for one that cannot work here."""
    return _Rehearsal(new, others, snapshot, select, zone, place).run()


@dataclass(frozen=True, slots=True)
class Consequence:
    """An order that would act, and how long after."""

    order: str
    after_s: float


def suppose(
    act: t.Act, speaker: Speaker, others: Sequence[Standing], snapshot: Snapshot, select: Selecting, zone: dt.tzinfo, place: Location | None
) -> tuple[Consequence, ...]:  # fmt: skip
    """Which orders would act within an hour if this were done now and would not without it, in their turn. What cannot work here is left out."""
    able = [one for one in others if one.suspended is None]
    supposed, idle = (_Rehearsal(_supposed(each, speaker, snapshot.at), able, snapshot, select, zone, place, stands=False).suppose() for each in ((act,), ()))  # fmt: skip
    anyway = {one.order for one in idle}
    return tuple(one for one in supposed if one.order not in anyway)


def _supposed(acts: tuple[t.Act, ...], speaker: Speaker, at: float) -> Standing:
    """An order that nobody gave: it only does its acts."""
    never = t.AnyOf((t.AllOf((t.Presence("nobody", "home"),)),))
    return Standing("supposed", t.Order(never, None, None, None, None, acts), speaker.principal, speaker.area, at)


class _Rehearsal:
    def __init__(
        self, new: Standing, others: Sequence[Standing], snapshot: Snapshot, select: Selecting, zone: dt.tzinfo, place: Location | None, *, stands: bool = True
    ) -> None:  # fmt: skip
        self._new, self._select, self._snapshot = new, select, snapshot
        self._orders = {one.id: one for one in (*others, new) if not one.paused}
        self._entities = dict(snapshot.entities)
        for act in new.order.actions if stands else ():
            for command in self._commands(new, act, snapshot.at):
                self._otherwise(command)
        self._standing = StandingOrders(select, zone, place)
        self._standing.begin(self._now(snapshot.at), snapshot.at)
        for one in self._orders.values():
            if stands or one is not new:
                self._standing.place(replace(one, fired=[]), snapshot.at)
        self._consequences: list[Consequence] = []
        self._later: list[tuple[float, int, str, t.Act]] = []
        self._written: dict[Signal, tuple[float, str, Json]] = {}
        self._before: dict[str, dict[Signal, Value]] = {}
        """What an order with an end has changed, as it was."""
        self._fired: Counter[str] = Counter()
        self._moved: dict[str, str] = {}
        self._clashes: dict[tuple[str, ...], Clash] = {}

    def run(self) -> tuple[Clash, ...]:
        now = self._snapshot.at + 1.0
        speaker = Speaker(self._new.principal, self._new.area, self._new.id)
        parts = compiled(self._new.order, self._new.id, self._snapshot, speaker, self._select)
        causes = list(_causes(parts, self._new.id, self._entities))
        due = [one for signal, value in causes for one in self._reading(signal, value, now)]
        self._obey(self._new.id, now)
        self._follow([one for one in due if one.order != self._new.id], now)
        self._play(now)
        often = tuple(sorted(one for one, times in self._fired.items() if times >= AGAIN))
        if often:
            self._clashes[("loop",)] = Clash("loop", often, self._moved.get(often[0], ""))
        return tuple(self._clashes.values())

    def suppose(self) -> tuple[Consequence, ...]:
        now = self._snapshot.at + 1.0
        self._obey(self._new.id, now)
        self._play(now)
        return tuple(dict.fromkeys(one for one in self._consequences if one.order != self._new.id))

    def _play(self, now: float) -> None:
        """What follows within the horizon."""
        while (at := self._next()) is not None and at <= now + HORIZON_S and self._fired.total() < MOST:
            while self._later and self._later[0][0] <= at:
                _, _, order_id, act = heapq.heappop(self._later)
                self._act(order_id, act, at)
            self._follow(
                [one for one in self._standing.advance(at) if not _by_the_clock(self._orders[one.order].order)], at
            )

    def _next(self) -> float | None:
        times = [
            one for one in (self._standing.next_due(), self._later[0][0] if self._later else None) if one is not None
        ]
        return min(times, default=None)

    def _follow(self, due: Sequence[Due], at: float) -> None:
        for one in due:
            if one.why == "fired":
                self._obey(one.order, at)
            elif one.why == "ended":
                for signal, value in self._before.pop(one.order, {}).items():
                    self._follow(self._reading(signal, value, at), at)

    def _obey(self, order_id: str, at: float) -> None:
        self._fired[order_id] += 1
        self._consequences.append(Consequence(order_id, max(0.0, at - self._snapshot.at - 1.0)))
        if self._fired.total() < MOST and self._fired[order_id] <= AGAIN:
            for act in self._orders[order_id].order.actions:
                self._act(order_id, act, at)

    def _act(self, order_id: str, act: t.Act, at: float) -> None:
        standing = self._orders[order_id]
        if isinstance(act, t.Delayed):
            if isinstance(act.after, Duration):
                heapq.heappush(self._later, (at + act.after.seconds, len(self._later), order_id, act.action))
            return
        for command in self._commands(standing, act, at):
            signal = (command.entity, command.property)
            before = self._written.get(signal)
            if (
                before is not None
                and before[1] != order_id
                and before[2] != command.value
                and at - before[0] < TOGETHER_S
            ):
                pair = tuple(sorted((before[1], order_id)))
                self._clashes.setdefault((*pair, command.entity), Clash("conflict", pair, command.entity))
            self._written[signal] = (at, order_id, command.value)
            self._moved.setdefault(order_id, command.entity)
            if isinstance(command.value, str | bool | int | float):
                was = self._entities[command.entity].value(command.property)
                if standing.order.until is not None and isinstance(was, str | bool | int | float):
                    self._before.setdefault(order_id, {}).setdefault(signal, was)
                self._follow(self._reading(signal, command.value, at), at)

    def _now(self, at: float) -> Snapshot:
        return replace(self._snapshot, at=at, entities=MappingProxyType(self._entities))

    def _commands(self, standing: Standing, act: t.Act, at: float) -> tuple[Command, ...]:
        speaker = Speaker(standing.principal, standing.area, standing.id)
        outcome = effect(act, self._now(at), speaker, self._select)
        return outcome.commands if isinstance(outcome, Commands) else ()

    def _otherwise(self, command: Command) -> None:
        """Before, the device was not as the order wants it: else the order would change nothing, and nobody would notice."""
        entity = self._entities[command.entity]
        prop = entity.property(command.property)
        options: tuple[Value, ...] = (
            (False, True) if isinstance(command.value, bool) else prop.options if prop is not None else ()
        )
        other = next((one for one in options if one != command.value), None)
        if other is not None:
            values = MappingProxyType({**entity.values, command.property: Held(other, self._snapshot.at)})
            self._entities[entity.id] = replace(entity, values=values)

    def _reading(self, signal: Signal, value: Value, at: float) -> list[Due]:
        entity = self._entities[signal[0]]
        values = MappingProxyType({**entity.values, signal[1]: Held(value, at)})
        self._entities[signal[0]] = replace(entity, values=values)
        return self._standing.reading(*signal, value, at)


def _by_the_clock(order: t.Order) -> bool:
    """Whether it is the time of day that makes it fire: that is no echo of anything."""
    return any(isinstance(one, t.Clock | t.Sun) for every in order.trigger.conditions for one in every.conditions)


def _causes(parts: Parts, order_id: str, entities: dict[str, EntityView]) -> Iterator[tuple[Signal, Value]]:
    """Readings that make the trigger hold, by its first alternative."""
    beginning, seen = f"{order_id} trigger 0.", set[str]()
    every = {rule.name.removesuffix(" fails") for rule in parts.rules if rule.name.endswith(" fails")}
    for signal, watch, fact in parts.watches:
        key = str(fact[0]).removesuffix(" passes")
        if not key.startswith(beginning) or (key in seen and key not in every):
            continue
        seen.add(key)
        value = _fitting(watch, entities[signal[0]], signal[1])
        if value is not None:
            yield signal, value


def _fitting(watch: Watch, entity: EntityView, name: str) -> Value | None:
    """A value for which a watch holds."""
    prop = entity.property(name)
    if isinstance(watch, Threshold):
        tried: tuple[Value, ...] = (watch.value, watch.value + 1, watch.value - 1)
    else:
        tried = (True, False, "home", "away", *(prop.options if prop is not None else ()))
        tried = (*tried, "open", "closed", "locked", "unlocked", "playing", "paused", "idle")
    return next((one for one in tried if watch.holds(one, False)), None)
