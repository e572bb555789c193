"""What is left safe when the node is gone: last wills at a real broker."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from llmagentos.app.heartbeat import last_will
from llmagentos.app.leases import Leases
from llmagentos.app.node import Node
from llmagentos.app.ports import NoModel
from llmagentos.app.sitefile import SiteFileError, site_config
from llmagentos.devices.broker import LocalBroker, mosquitto
from llmagentos.devices.codecs import Publish
from llmagentos.devices.codecs.port import CannotEncode
from llmagentos.devices.mqtt import MqttClient
from llmagentos.messages.records import Command
from llmagentos.messages.site import BrokerAddress, Lease

SITE: dict[str, Any] = {
    "site": "Plant",
    "level": "act",
    "leases": [{"entity": "feed", "property": "state", "value": "closed"}],
}
SHAPE = {
    "class": "valve",
    "name": "Feed",
    "properties": {"state": {"kind": "enum", "options": ["open", "closed"], "writable": True}},
}
KINDS = ["embedded", *(["mosquitto"] if mosquitto() else [])]


async def _arrives(client: MqttClient, topic: str) -> str:
    async with asyncio.timeout(20):
        while True:
            arrived = await client.receive()
            if arrived.topic == topic:
                return arrived.payload.decode()


@asynccontextmanager
async def plant(folder: Path, kind: str) -> AsyncIterator[tuple[Node, MqttClient]]:
    """A node that holds one valve, and somebody who sees what is said to it."""
    broker = LocalBroker(folder / "broker", kind=kind)
    await broker.start()
    witness = MqttClient(broker.address, "witness")
    client = MqttClient(broker.address, "node", will=last_will("agentos", "node"), keepalive_s=2)
    await witness.connect()
    await client.connect()
    witness.publish(Publish("agentos/feed/describe", json.dumps(SHAPE), retain=True))
    for topic in ("agentos/feed/set", "agentos/node/+"):
        witness.subscribe(topic)
    node = Node(site_config(SITE, folder / "site.yaml"), folder / "node", client, NoModel("none"))
    await node.start()
    try:
        async with asyncio.timeout(15):
            while node.leases.held < 1:  # noqa: ASYNC110 - the node has its own clock
                await asyncio.sleep(0.05)
        yield node, witness
    finally:
        await node.close()
        await client.close()
        await witness.close()
        await broker.stop()


@pytest.mark.parametrize("kind", KINDS)
def test_a_node_that_is_cut_off_leaves_its_output_safe(tmp_path: Path, kind: str) -> None:
    async def run() -> None:
        async with plant(tmp_path, kind) as (node, witness):
            [(_, held)] = node.leases._held.values()
            held._client._connection._transport.abort()  # as when the process is killed: no good-bye
            assert json.loads(await _arrives(witness, "agentos/feed/set")) == {"state": "closed"}

    asyncio.run(run())


def test_a_node_that_stops_in_order_says_it_itself(tmp_path: Path) -> None:
    async def run() -> None:
        async with plant(tmp_path, "embedded") as (node, witness):
            assert await _arrives(witness, "agentos/node/availability") == "online"
            beat = json.loads(await _arrives(witness, "agentos/node/heartbeat"))
            assert beat["alive"] and beat["at"] > 0
            await node.close()
            said = set[tuple[str, str]]()  # by two connections, in any order
            async with asyncio.timeout(20):
                while (
                    not {("agentos/feed/set", '{"state": "closed"}'), ("agentos/node/availability", "offline")} <= said
                ):
                    arrived = await witness.receive()
                    said.add((arrived.topic, arrived.payload.decode()))

    asyncio.run(run())


def test_a_lease_in_the_site_file_is_checked() -> None:
    with pytest.raises(SiteFileError, match="leases"):
        site_config({"site": "P", "leases": [{"entity": "feed", "wrong": 1}]}, Path("site.yaml"))


def test_a_safe_value_that_the_device_does_not_know_is_told(tmp_path: Path) -> None:
    async def run() -> None:
        said: list[str] = []

        async def fault(subject: str, problem: str, detail: str) -> None:
            said.append(f"{subject} {problem}: {detail}")

        def refuse(_command: Command) -> list[Publish]:
            raise CannotEncode("state can be open or closed, not shut")

        known: set[str] = set()
        lease = Lease("feed", "state", "shut")
        leases = Leases(
            [lease], "node", BrokerAddress("127.0.0.1"), refuse, fault, lambda one: one if one in known else None
        )
        for announced in (set[str](), {"feed"}, {"feed"}):
            known |= announced
            await leases._renew(0, lease)
        assert said == ["feed cannot be leased: state can be open or closed, not shut"]

    asyncio.run(run())
