"""What a wire is: how simulated devices speak one protocol. No I/O."""

from collections.abc import Iterable
from typing import Protocol

from llmagentos.devices.simulation.devices import Device
from llmagentos.messages.values import Json

Message = tuple[str, str, bool]
"""(topic, payload, retained)"""


class Wire(Protocol):
    """One protocol over all its devices."""

    def announce(self, devices: list[Device]) -> Iterable[Message]: ...

    def retract(self, devices: list[Device]) -> Iterable[Message]: ...

    def state(self, device: Device) -> Iterable[Message]: ...

    def filters(self) -> tuple[str, ...]: ...

    def receive(self, topic: str, payload: str) -> tuple[str, str, Json] | None:
        """(device id, property or action, value) of a command; None for anything else."""
        ...


def on_off(value: Json) -> Json:
    """A truth value as most devices write it."""
    return ("ON" if value else "OFF") if isinstance(value, bool) else value
