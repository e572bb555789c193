"""A home under test: broker, simulated site and node as in production, put into a state before each case, and read back
by a second client on the broker: what devices say, not what the node believes.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from llmagentos.agent.ports import Deciding
from llmagentos.app.node import Node
from llmagentos.app.run import running
from llmagentos.devices.codecs.port import Publish
from llmagentos.devices.mqtt import MqttClient
from llmagentos.devices.simulation.__main__ import CONTROL, READY
from llmagentos.messages import Clock
from llmagentos.messages.values import Json

DEADLINE_S = 20.0
SETTLE_S = 0.1
"""Messages that left before one we have seen arrive within this on one machine."""
Home = dict[str, dict[str, Any]]
"""Device id -> property -> value, as the simulated devices report it."""


class HomeUnderTest:
    """One running home."""

    def __init__(self, node: Node, witness: MqttClient) -> None:
        self.node = node
        self._witness = witness
        self._states: Home = {}
        self._number = 0

    async def reset(self, setup: Mapping[str, Mapping[str, Json]]) -> Home:
        """Every device in its first state but for `setup`; returns the home as it then is. Raises: TimeoutError."""
        self._number += 1
        request = {"number": self._number, "setup": {key: dict(value) for key, value in setup.items()}}
        self._witness.publish(Publish(CONTROL, json.dumps(request, ensure_ascii=False)))
        async with asyncio.timeout(DEADLINE_S):
            while self._take(await self._witness.receive()) != self._number:
                pass
        return await self.read()

    async def read(self) -> Home:
        """The home now, after everything under way has arrived here and at the node."""
        await asyncio.sleep(SETTLE_S)
        while self._witness.waiting() or self.node.client.waiting():
            while self._witness.waiting():
                self._take(await self._witness.receive())
            await asyncio.sleep(0.01)
        return {key: dict(value) for key, value in self._states.items()}

    def _take(self, arrived: Any) -> int | None:
        parts = arrived.topic.split("/")
        if arrived.topic == READY:
            return int(json.loads(arrived.payload)["number"])
        if (parts[-1] == "state" and len(parts) == 3 and parts[0] in ("house", "agentos")) or (
            parts[0] == "zigbee2mqtt" and len(parts) == 2
        ):
            self._states[parts[1]] = json.loads(arrived.payload)
        return None


@asynccontextmanager
async def home_under_test(
    site_file: Path, folder: Path, decider: Deciding, clock: Clock | None = None
) -> AsyncIterator[HomeUnderTest]:
    """A running home, every device announced and reported. Raises: what `running` raises, TimeoutError."""
    async with running(site_file, folder, decider, simulate=True, clock=clock) as node:
        witness = MqttClient(node.client.address, "witness")
        await witness.connect()
        try:
            for topic in ("house/+/state", "agentos/+/state", "zigbee2mqtt/+", READY):
                witness.subscribe(topic)
            home = HomeUnderTest(node, witness)
            await _present(node)
            yield home
        finally:
            await witness.close()


async def _present(node: Node) -> None:
    """Wait until the devices are there and no more come."""
    known = -1
    async with asyncio.timeout(DEADLINE_S):
        while known <= 0 or known != len(node.snapshot().entities):
            known = len(node.snapshot().entities)
            await asyncio.sleep(0.5)
