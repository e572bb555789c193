"""Outputs with a value that is safe when the node is gone: the broker holds the command for it as the last will of a connection of its own.

If the node dies, hangs or loses its network, the connection falls silent and the broker carries the command out, at the latest after one and
a half times `KEEPALIVE_S`. A node that is stopped in order says it itself. What comes back stays safe until somebody wants it otherwise.
This is no interlock: it needs the broker and the device.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence

from llmagentos.devices.codecs import Publish
from llmagentos.devices.codecs.port import CannotEncode
from llmagentos.devices.mqtt import BrokerGone, MqttClient
from llmagentos.messages.records import Command
from llmagentos.messages.site import BrokerAddress, Lease

KEEPALIVE_S, LOOK_S = 5, 1.0
SAID_S = 0.1
"""A broker may drop what comes in one breath with the good-bye."""


class Leases:
    """One per node. `fault(subject, problem, detail)` tells what cannot be held; `known` gives a device that has announced itself."""

    def __init__(
        self, leases: Sequence[Lease], node: str, address: BrokerAddress, encode: Callable[[Command], list[Publish]],
        fault: Callable[[str, str, str], Awaitable[object]], known: Callable[[str], object | None],
    ) -> None:  # fmt: skip
        self._leases, self._node, self._address, self._encode, self._fault = tuple(leases), node, address, encode, fault
        self._known = known
        self._held: dict[int, tuple[Publish, MqttClient]] = {}
        self._told: set[int] = set()

    @property
    def held(self) -> int:
        """How many outputs are held now."""
        return sum(client.connected for _, client in self._held.values())

    async def hold(self) -> None:
        """Keep every lease, for ever: a device that is described otherwise gets a new one."""
        while True:
            for number, lease in enumerate(self._leases):
                await self._renew(number, lease)
            await asyncio.sleep(LOOK_S)

    async def _renew(self, number: int, lease: Lease) -> None:
        command = Command(entity=lease.entity, property=lease.property, value=lease.value, verb="set")
        try:
            messages = self._encode(command)
        except CannotEncode as error:
            if self._known(lease.entity) is not None:  # else it has not announced itself yet, or is gone
                await self._tell(number, lease, str(error))
            return
        if len(messages) != 1:
            await self._tell(number, lease, "its safe value takes more than one message, a last will is one")
            return
        if number in self._held:
            if self._held[number][0] == messages[0]:
                return
            await self._held.pop(number)[1].close()
        client = MqttClient(
            self._address, f"agentos-{self._node}-lease-{number}", will=messages[0], keepalive_s=KEEPALIVE_S
        )
        try:
            await client.connect()
        except BrokerGone:
            return
        self._held[number] = messages[0], client
        self._told.discard(number)

    async def _tell(self, number: int, lease: Lease, why: str) -> None:
        if number not in self._told:
            self._told.add(number)
            await self._fault(lease.entity, "cannot be leased", why)

    async def close(self) -> None:
        """The node goes in order: the safe values are said now."""
        for message, client in self._held.values():
            with contextlib.suppress(BrokerGone):
                client.publish(message)
        if self._held:
            await asyncio.sleep(SAID_S)
        for _, client in self._held.values():
            await client.close()
        self._held.clear()
