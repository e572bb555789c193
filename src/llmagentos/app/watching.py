"""What the node has learned of its devices from watching them: the course of each signal, and how their commands ended."""

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from llmagentos.kernel.bus import EventBus
from llmagentos.messages.records import Intent, Observation, Receipt
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


class Watching:
    """One per node. `keep` writes what was learned."""

    def __init__(self, bus: EventBus, keep: Callable[[list[Any]], Awaitable[None]]) -> None:
        self._health, self._bus, self._keep = Health(), bus, keep
        self._under_way: OrderedDict[str, str] = OrderedDict()
        self._failed: set[str] = set()
        self._kept = float("-inf")

    def load(self, state: Iterable[Any]) -> None:
        """Take up what `keep` wrote."""
        self._health.load(state)

    async def save(self, monotonic: float, *, now: bool = False) -> None:
        """To disk, from time to time or `now`."""
        if now or monotonic - self._kept > KEEP_EVERY_S:
            self._kept = monotonic
            await self._keep(self._health.dump())

    def observed(self, observation: Observation, entity: EntityView) -> None:
        """A device reported something, changed or not; what the broker remembers is no news."""
        value = observation.value
        if observation.quality != "good" or not isinstance(value, str | bool | int | float):
            return
        prop = entity.property(observation.property)
        if entity.entity_class not in _SENSES or (prop is not None and prop.writable):
            return
        kind = entity.description.kind if observation.property == "value" else _KINDS.get(observation.property, "")
        self._health.read(entity.id, observation.property, value, observation.at, kind)

    def gone(self, entity: str) -> None:
        """A device is no more."""
        self._health.forget(entity)
        self._failed.discard(entity)

    async def follow(self) -> None:
        """See how commands end, for ever."""
        with self._bus.subscribe() as events:
            while True:
                event = await events.next()
                if isinstance(event, Intent):
                    self._under_way[event.id] = event.command.entity
                    if len(self._under_way) > UNDER_WAY:
                        self._under_way.popitem(last=False)
                elif isinstance(event, Receipt):
                    self._ended(event)

    def _ended(self, receipt: Receipt) -> None:
        entity = self._under_way.pop(receipt.intent, None)
        if entity is None:
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
