"""What the node has learned of its devices from watching them: the course of each signal, and how their commands ended."""

import asyncio
import contextlib
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from llmagentos.kernel.bus import EventBus
from llmagentos.language.units import canonical_unit, convert
from llmagentos.messages.records import Intent, Observation, Property, Receipt
from llmagentos.messages.snapshot import EntityView
from llmagentos.reasoning.health import Health, Trouble
from llmagentos.reasoning.signals import Signal

STATE = "health"
"""Of the journal."""
KEEP_EVERY_S = 900.0
UNDER_WAY = 1_000
_SENSES = ("sensor", "binary sensor", "weather", "climate", "person")
_KINDS = {"current temperature": "temperature", "current humidity": "humidity", "temperature": "temperature", "humidity": "humidity",
          "battery": "battery", "pressure": "pressure"}  # fmt: skip
"""What a property measures that is not the entity's own value."""
_UNITS = {"temperature": ("C", "F"), "humidity": ("%",), "battery": ("%", ""), "moisture": ("%",), "pressure": ("hPa",),
          "carbon dioxide": ("ppm",), "illuminance": ("lx",)}  # fmt: skip
SANE, LONGEST = 1e12, 60
_NO_FAULT = ("a newer command took its place", "everything was stopped", "expired before it could be sent")
"""Endings that say nothing of the device."""


class Watching:
    """One per node. `keep` writes what was learned."""

    def __init__(self, bus: EventBus, keep: Callable[[list[Any]], Awaitable[None]]) -> None:
        self._health, self._bus, self._keep = Health(), bus, keep
        self._under_way: OrderedDict[str, str] = OrderedDict()
        self._failed: set[str] = set()
        self._newest: dict[str, str] = {}
        self._kept = float("-inf")

    def load(self, state: Iterable[Any]) -> None:
        """Take up what `keep` wrote."""
        self._health.load(state)

    async def save(self, monotonic: float, *, now: bool = False) -> None:
        """To disk, from time to time or `now`."""
        if now or monotonic - self._kept > KEEP_EVERY_S:
            self._kept = monotonic
            with contextlib.suppress(RuntimeError):  # read while it was dumped: next time
                await self._keep(await asyncio.to_thread(self._health.dump))

    def observed(self, observation: Observation, entity: EntityView) -> None:
        """A device reported something, changed or not; what the broker remembers is no news."""
        value = observation.value
        prop = entity.property(observation.property)
        if observation.quality != "good" or prop is None or prop.writable or entity.entity_class not in _SENSES:
            return
        if isinstance(value, int | float) and not isinstance(value, bool):
            kind = self._kind(entity, prop)
            number = convert(value, prop.unit, "C") if kind == "temperature" and abs(value) < SANE else value
            if number is not None and abs(number) < SANE:  # not infinite, not a number, or a mistake of the device
                self._health.read(entity.id, prop.name, float(number), observation.at, kind)
        elif isinstance(value, bool) or (isinstance(value, str) and len(value) <= LONGEST):
            kind = entity.entity_class if entity.entity_class in ("person", "weather") else ""
            self._health.read(entity.id, prop.name, value, observation.at, kind or self._kind(entity, prop))

    @staticmethod
    def _kind(entity: EntityView, prop: Property) -> str:
        """What is measured, if that is known and in a unit whose limits are known."""
        kind = entity.description.kind if prop.name in ("value", "on") else _KINDS.get(prop.name, "")
        units = _UNITS.get(kind)
        return kind if units is None or canonical_unit(prop.unit) in units else ""

    def gone(self, entity: str) -> None:
        """A device is no more."""
        self._health.forget(entity)
        self._failed.discard(entity)
        self._newest.pop(entity, None)

    def resumed(self, at: float) -> None:
        """The broker is there, or there again: silence is counted from now on."""
        self._health.resumed(at)

    async def follow(self) -> None:
        """See how commands end, for ever."""
        with self._bus.subscribe() as events:
            while True:
                event = await events.next()
                if isinstance(event, Intent):
                    self._under_way[event.id] = event.command.entity
                    self._newest[event.command.entity] = event.id
                    if len(self._under_way) > UNDER_WAY:
                        self._under_way.popitem(last=False)
                elif isinstance(event, Receipt):
                    self._ended(event)

    def _ended(self, receipt: Receipt) -> None:
        entity = self._under_way.pop(receipt.intent, None)
        if entity is None or receipt.detail in _NO_FAULT or self._newest.get(entity) != receipt.intent:
            return
        if receipt.outcome == "verified":
            self._failed.discard(entity)
        else:
            self._failed.add(entity)

    def troubles(self, signal: Signal, alike: Iterable[Signal], now: float) -> list[Trouble]:
        """What speaks against a signal. `alike` are the others of its device."""
        return self._health.troubles(signal, [one for one in alike if one != signal], now)

    def failed(self, entity: str) -> bool:
        """Whether the last command to a device did not show."""
        return entity in self._failed
