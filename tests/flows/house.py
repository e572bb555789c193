"""A small house on a real broker for flow tests: broker, simulated site and node, as in production, on free ports."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Any

from llmagentos.agent.confidence import UNTRAINED
from llmagentos.agent.ports import Decided, Deciding, Prompt, Scored
from llmagentos.app.node import Node
from llmagentos.app.notices import Carrier
from llmagentos.app.sitefile import site_config
from llmagentos.devices.broker import LocalBroker
from llmagentos.devices.mqtt import MqttClient
from llmagentos.language.automaton import Automaton
from llmagentos.messages import Clock, SystemClock

SITE: dict[str, Any] = {
    "site": "Test House",
    "level": "act",
    "areas": [{"name": "Kitchen", "floor": "Ground", "aliases": ["厨房"]}, {"name": "Bedroom", "floor": "Upstairs", "aliases": ["卧室"]}],
    "names": {"z2m.light.bedroom": {"area": "Bedroom"}},  # Zigbee2MQTT knows no rooms; the owner places its devices
    "guards": [{"entities": "climate.*", "property": "temperature", "minimum": 12, "maximum": 25}],
    "simulate": {
        "devices": [
            {"id": "light.kitchen", "class": "light", "name": "Kitchen Light", "area": "Kitchen", "can": ["brightness"]},
            {"id": "light.bedroom", "class": "light", "name": "Bedroom Lamp", "area": "Bedroom", "can": ["brightness"], "via": "zigbee2mqtt"},
            {"id": "lock.front", "class": "lock", "name": "Front Door", "area": "Kitchen"},
            {"id": "climate.bedroom", "class": "climate", "name": "Thermostat", "area": "Bedroom"},
            {"id": "cover.blind", "class": "cover", "name": "Blind", "kind": "blind", "area": "Bedroom", "can": ["position"]},
            {"id": "radio", "class": "media player", "name": "Radio", "area": "Kitchen"},
            {"id": "shopping", "class": "list", "name": "Shopping"},
            {"id": "button.bell", "class": "button", "name": "Bell", "area": "Kitchen"},
            {"id": "sensor.bell_counter", "class": "sensor", "name": "Bell Counter", "state": {"value": 0}, "unit": "rings"},
        ]
    },
}  # fmt: skip


class Scripted:
    """A decider that says what the test wants said, provided the grammar of this site allows it."""

    trained, calibration = False, UNTRAINED

    def __init__(self) -> None:
        self.sentences: dict[str, str] = {}

    async def decide(
        self, static: Prompt, dynamic: Prompt, automaton: Automaton, likely: Sequence[str] = ()
    ) -> Decided:
        words = dynamic[-2][1][-1].removeprefix("Request: ")
        sentence = self.sentences[words]
        assert automaton.accepts(f" {sentence}"), f"{sentence} is not legal here"
        return Decided("scripted", (Scored(sentence, 1.0),), 1, 1.0, 1)

    async def talk(self, prompt: Prompt) -> str:
        return f"You said: {prompt[-1][1][0]}"


class ShiftedClock(SystemClock):
    """The wall clock, as far ahead as a test wants it."""

    ahead_s = 0.0

    def now(self) -> float:
        return super().now() + self.ahead_s


class Witness:
    """A second client on the broker: what devices say, not what the node believes."""

    def __init__(self, client: MqttClient, broker: LocalBroker) -> None:
        self._client, self.broker = client, broker
        self._states: dict[str, Any] = {}

    async def state(self, topic: str) -> Any:
        """The last JSON on a topic, after everything that is under way has arrived."""
        await asyncio.sleep(0.15)
        while self._client.waiting():
            arrived = await self._client.receive()
            try:
                self._states[arrived.topic] = json.loads(arrived.payload)
            except ValueError:
                self._states[arrived.topic] = arrived.payload.decode()
        return self._states.get(topic)


@asynccontextmanager
async def house(
    folder: Path,
    *,
    broker: str = "embedded",
    travel_s: float = 0.0,
    clock: Clock | None = None,
    decider: Deciding | None = None,
    notify: Sequence[str] = (),
    carrier: Carrier | None = None,
    more: Mapping[str, Any] = MappingProxyType({}),
) -> AsyncIterator[tuple[Node, Scripted, Witness]]:
    """The running house; covers take `travel_s` from end to end, `carrier` brings news to the addresses of `notify`, `more` stands in the site file as well."""
    server = LocalBroker(folder / "broker", kind=broker)
    await server.start()
    file = folder / "site.yaml"
    data = json.loads(json.dumps(SITE))
    for device in data["simulate"]["devices"]:
        if device["class"] == "cover":
            device["travel"] = travel_s
    file.write_text(json.dumps(data))
    simulation = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "llmagentos.devices.simulation", str(file), "127.0.0.1", str(server.port)
    )
    client, second = MqttClient(server.address, "node"), MqttClient(server.address, "witness")
    await client.connect()
    await second.connect()
    second.subscribe("#")
    model = Scripted()
    site = site_config({**SITE, **more, "notify": list(notify)}, file)
    node = Node(site, folder / "node", client, decider or model, clock=clock, carrier=carrier, confirm_s=3.0)
    await node.start()
    try:
        async with asyncio.timeout(20):
            while not ready(node):  # noqa: ASYNC110 - polls a process
                await asyncio.sleep(0.05)
        yield node, model, Witness(second, server)
    finally:
        await node.close()
        simulation.kill()
        await simulation.wait()
        await client.close()
        await second.close()
        await server.stop()


@asynccontextmanager
async def restarted(
    folder: Path,
    witness: Witness,
    *,
    clock: Clock | None = None,
    notify: Sequence[str] = (),
    carrier: Carrier | None = None,
) -> AsyncIterator[Node]:
    """The node of a house once more, on the broker and the journal of the one that was closed."""
    client = MqttClient(witness.broker.address, "again")
    await client.connect()
    site = site_config({**SITE, "notify": list(notify)}, folder / "site.yaml")
    node = Node(site, folder / "node", client, Scripted(), clock=clock, carrier=carrier)
    await node.start()
    try:
        async with asyncio.timeout(10):
            while not node.orders.begun:  # noqa: ASYNC110 - the node's own clock
                await asyncio.sleep(0.05)
        yield node
    finally:
        await node.close()
        await client.close()


def ready(node: Node) -> bool:
    """Whether every device is there and has reported, and orders stand."""
    return len(node.snapshot().entities) >= len(SITE["simulate"]["devices"]) and known(node) and node.orders.begun


def known(node: Node) -> bool:
    """Whether every device has reported; cameras may have seen nothing yet."""
    views = [one for one in node.snapshot().entities.values() if not one.description.device.startswith("camera.")]
    return all(one.values for one in views if one.entity_class not in ("button", "scene"))
