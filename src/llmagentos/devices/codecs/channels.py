"""A channel ties one property of an entity to its topics: how to read it, how to write it.

Shared by the discovery codecs: each builds channels from a config, and this module does the rest.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from llmagentos.devices.codecs.payloads import UNKNOWN, Decoded
from llmagentos.devices.codecs.port import CannotEncode, Output, Publish, Rejected, Reported, limits
from llmagentos.devices.codecs.templates import TemplateRefused
from llmagentos.messages.records import Command, EntityDescription, Property
from llmagentos.messages.values import Json

Read = Callable[[str], Decoded]
Write = Callable[[Json], list[Publish]]


@dataclass(frozen=True, slots=True)
class Channel:
    """`topic` None: nothing is ever reported (an optimistic property, or an action)."""

    property: Property
    topic: str | None = None
    read: Read | None = None
    write: Write | None = None


@dataclass(frozen=True, slots=True)
class Entity:
    """A description with its channels, and topics that say whether it is there (topic -> online of a payload)."""

    description: EntityDescription
    channels: tuple[Channel, ...]
    availability: dict[str, Callable[[str], bool | None]] = field(default_factory=dict)
    availability_mode: str = "latest"

    def topics(self) -> set[str]:
        """What to subscribe to."""
        return {one.topic for one in self.channels if one.topic} | set(self.availability)

    def receive(self, topic: str, payload: str) -> list[Output]:
        """The readings of a payload. A channel that cannot read it rejects it; the others still do."""
        outputs: list[Output] = []
        for channel in self.channels:
            if channel.topic != topic or channel.read is None:
                continue
            try:
                value = channel.read(payload)
            except TemplateRefused as error:
                outputs.append(Rejected(topic, str(error)))
                continue
            if value is not UNKNOWN:
                outputs.append(Reported(self.description.id, channel.property.name, value))  # type: ignore[arg-type]
        return outputs

    def encode(self, command: Command) -> list[Publish]:
        """The messages of a command. Raises: CannotEncode."""
        for channel in self.channels:
            if channel.property.name == command.property and channel.write is not None:
                check(channel.property, command.value)
                return channel.write(command.value)
        raise CannotEncode(f"{self.description.name} has no {command.property} that can be set")


def check(prop: Property, value: Json) -> None:
    """Raises: CannotEncode for a value outside what the property says of itself."""
    if prop.kind == "bool" and not isinstance(value, bool):
        raise CannotEncode(f"{prop.name} is on or off, not {value!r}")
    if prop.kind == "number":
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise CannotEncode(f"{prop.name} is a number, not {value!r}")
        if not limits(value, prop.minimum, prop.maximum):
            raise CannotEncode(f"{prop.name} goes from {prop.minimum} to {prop.maximum}, not {value}")
    if prop.kind == "enum" and prop.options and value not in prop.options:
        raise CannotEncode(f"{prop.name} is one of {', '.join(prop.options)}, not {value!r}")


def describe(
    description: EntityDescription, channels: Sequence[Channel], availability: dict[str, Callable[[str], bool | None]],
    mode: str = "latest",
) -> Entity:  # fmt: skip
    """The entity of these channels; its description lists their properties, read-write ones once."""
    properties = {one.property.name: one.property for one in channels}
    filled = EntityDescription(
        id=description.id, entity_class=description.entity_class, name=description.name, device=description.device,
        kind=description.kind, area=description.area, aliases=description.aliases, diagnostic=description.diagnostic,
        properties=tuple(properties.values()),
    )  # fmt: skip
    return Entity(filled, tuple(channels), availability, mode)
