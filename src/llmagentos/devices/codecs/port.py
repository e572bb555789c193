"""What every codec takes and gives. Limits: payloads over MAX_PAYLOAD and names over MAX_NAME are rejected."""

from dataclasses import dataclass
from typing import Protocol, TypeAlias

from llmagentos.messages.records import Command, EntityDescription
from llmagentos.messages.values import Json

MAX_PAYLOAD = 4 * 1024 * 1024
"""`bridge/devices` of a Zigbee2MQTT with 300 devices is 2 to 3 MB; nothing else comes near."""
MAX_NAME = 120


@dataclass(frozen=True, slots=True)
class Described:
    """An entity exists, or its description changed."""

    entity: EntityDescription


@dataclass(frozen=True, slots=True)
class Gone:
    """An entity was removed by its device or bridge."""

    entity: str


@dataclass(frozen=True, slots=True)
class Reported:
    """A device reported the value of a property. None: it says it does not know."""

    entity: str
    property: str
    value: Json
    device_at: float | None = None


@dataclass(frozen=True, slots=True)
class Availability:
    """A device came or went."""

    entity: str
    online: bool


@dataclass(frozen=True, slots=True)
class Subscribe:
    """The codec needs messages of this topic from now on, retained ones included."""

    topic: str


@dataclass(frozen=True, slots=True)
class Rejected:
    """A message that could not be used, and why; for the log, never an exception."""

    topic: str
    reason: str


Output: TypeAlias = Described | Gone | Reported | Availability | Subscribe | Rejected


@dataclass(frozen=True, slots=True)
class Publish:
    """Bytes to send. QoS 1: a broker that is there has them."""

    topic: str
    payload: str
    retain: bool = False


class CannotEncode(ValueError):
    """Our misuse: a command the entity's description does not allow."""


class Codec(Protocol):
    """Stateful and synchronous: what a device said before decides what its next message means."""

    @property
    def interests(self) -> tuple[str, ...]:
        """Topic filters to subscribe to at the start."""
        ...

    def receive(self, topic: str, payload: bytes, now: float) -> list[Output]:
        """What a message means. Never raises, whatever the bytes."""
        ...

    def owns(self, entity: str) -> bool:
        """Whether `encode` knows this entity."""
        ...

    def encode(self, command: Command) -> list[Publish]:
        """The messages that carry a command out. Raises: CannotEncode."""
        ...


def limits(prop_value: float, minimum: float | None, maximum: float | None) -> bool:
    """Whether a number is inside a property's range; an open end allows everything."""
    return (minimum is None or prop_value >= minimum) and (maximum is None or prop_value <= maximum)
