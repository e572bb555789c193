"""Whether an order would work tonight: every order is a promise, and what speaks against keeping it is known before it is needed."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from llmagentos.agent import abilities
from llmagentos.messages.snapshot import EntityView, Snapshot
from llmagentos.reasoning.signals import Signal

LOW_PERCENT = 15.0
"""A battery below that is changed before the winter is over."""
Reason = Literal["gone", "unreachable", "unknown", "battery"]


@dataclass(frozen=True, slots=True, order=True)
class Doubt:
    """What speaks against an order: of which device, and why."""

    entity: str
    reason: Reason


def doubts(watched: Iterable[Signal], moved: Iterable[str], snapshot: Snapshot) -> tuple[Doubt, ...]:
    """Of what an order watches and what it moves."""
    found: set[Doubt] = set()
    signals, targets = list(watched), list(moved)
    for entity_id, name in signals:
        entity = snapshot.entities.get(entity_id)
        if entity is not None and entity.online and entity.value(name) is None:
            found.add(Doubt(entity_id, "unknown"))
    for entity_id in {*(entity for entity, _ in signals), *targets}:
        entity = snapshot.entities.get(entity_id)
        if entity is None or not entity.online:
            found.add(Doubt(entity_id, "gone" if entity is None else "unreachable"))
        elif _low(entity, snapshot):
            found.add(Doubt(entity_id, "battery"))
    return tuple(sorted(found))


def _low(entity: EntityView, snapshot: Snapshot) -> bool:
    """Whether its battery is low, or that of the device it is a part of."""
    return any(_is_low(one) for one in _of_its_device(entity, snapshot))


def _of_its_device(entity: EntityView, snapshot: Snapshot) -> Iterator[EntityView]:
    device = entity.description.device
    yield entity
    yield from (
        one for one in snapshot.entities.values() if device and one.id != entity.id and one.description.device == device
    )


def _is_low(entity: EntityView) -> bool:
    level = entity.value("value") if entity.description.kind == "battery" else entity.value("battery")
    if isinstance(level, int | float) and not isinstance(level, bool):
        return level < LOW_PERCENT
    return entity.description.kind == "battery" and abilities.state_word(entity) == "low"
