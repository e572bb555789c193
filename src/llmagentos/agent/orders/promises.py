"""Whether an order would work tonight: every order is a promise, and what speaks against keeping it is known before it is needed."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from llmagentos.agent import abilities
from llmagentos.messages.snapshot import EntityView, Snapshot
from llmagentos.reasoning.health import Trouble
from llmagentos.reasoning.signals import Signal

LOW_PERCENT = 15.0
"""A battery below that is changed before the winter is over."""
WEAK_LQI, WEAK_DBM = 15.0, -92.0
"""A radio link below that loses messages (IEEE 802.15.4 link quality of 255; received signal strength)."""
Reason = (
    Trouble
    | Literal[
        "gone", "unreachable", "unknown", "battery", "weak", "problem", "jammed", "impossible", "forbidden", "asks", "undelivered",
    ]
)  # fmt: skip
_IN_TROUBLE = ("jammed", "error", "problem")


@dataclass(frozen=True, slots=True, order=True)
class Doubt:
    """What speaks against an order: of which device (its id, or a name where there is none), and why."""

    entity: str
    reason: Reason


class Evidence(Protocol):
    """What was learned of devices."""

    def troubles(self, signal: Signal, alike: Iterable[Signal], now: float, /) -> list[Trouble]:
        """What speaks against a signal. `alike` are the others of its device."""
        ...

    def failed(self, entity: str, /) -> bool:
        """Whether the last command to a device did not show."""
        ...


Devices = Mapping[str, Sequence[str]]
"""The ids of the entities of each device."""


def devices_of(snapshot: Snapshot) -> Devices:
    """All of them; it holds as long as the structure does."""
    found: dict[str, list[str]] = {}
    for one in snapshot.entities.values():
        if one.description.device:
            found.setdefault(one.description.device, []).append(one.id)
    return found


def doubts(
    watched: Iterable[Signal], moved: Iterable[str], snapshot: Snapshot, evidence: Evidence, devices: Devices
) -> tuple[Doubt, ...]:
    """Of what an order watches and what it moves."""
    found: set[Doubt] = set()
    signals, targets = list(watched), list(moved)
    for entity_id, name in signals:
        entity = snapshot.entities.get(entity_id)
        if entity is None or not entity.online:
            continue
        if entity.value(name) is None:
            found.add(Doubt(entity_id, "unknown"))
        alike = [signal for one in _of_its_device(entity, snapshot, devices) for signal in _signals(one)]
        found |= {Doubt(entity_id, one) for one in evidence.troubles((entity_id, name), alike, snapshot.at)}
    for entity_id in {*(entity for entity, _ in signals), *targets}:
        entity = snapshot.entities.get(entity_id)
        if entity is None or not entity.online:
            found.add(Doubt(entity_id, "gone" if entity is None else "unreachable"))
        else:
            found |= {Doubt(entity_id, one) for one in _of_device(entity, snapshot, evidence, devices)}
    found |= {
        Doubt(one, "jammed") for one in targets if evidence.failed(one) and Doubt(one, "unreachable") not in found
    }
    return tuple(sorted(found))


def _of_device(entity: EntityView, snapshot: Snapshot, evidence: Evidence, devices: Devices) -> Iterator[Reason]:
    """What the other parts of its device say: batteries, the radio link, faults."""
    parts = list(_of_its_device(entity, snapshot, devices))
    if any(_is_low(one) for one in parts):
        yield "battery"
    elif any("empties" in evidence.troubles(signal, (), snapshot.at) for one in parts for signal in _signals(one)):
        yield "empties"
    if any(_is_weak(one) for one in parts):
        yield "weak"
    if abilities.state_word(entity) in _IN_TROUBLE or any(
        one.description.kind == "problem" and one.value("on") is True for one in parts
    ):
        yield "problem"


def _of_its_device(entity: EntityView, snapshot: Snapshot, devices: Devices) -> Iterator[EntityView]:
    yield entity
    for one in devices.get(entity.description.device, ()):
        if one != entity.id and one in snapshot.entities:
            yield snapshot.entities[one]


def _signals(entity: EntityView) -> list[Signal]:
    return [(entity.id, name) for name in entity.values]


def _is_low(entity: EntityView) -> bool:
    level = entity.value("value") if entity.description.kind == "battery" else entity.value("battery")
    if isinstance(level, int | float) and not isinstance(level, bool):
        return level < LOW_PERCENT
    return entity.description.kind == "battery" and abilities.state_word(entity) == "low"


def _is_weak(entity: EntityView) -> bool:
    level, value = entity.value("value"), entity.property("value")
    if entity.description.kind != "signal strength" or not isinstance(level, int | float) or value is None:
        return False
    return level < (WEAK_DBM if value.unit == "dBm" or level < 0 else WEAK_LQI)
