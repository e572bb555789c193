"""Lists of the node's own over a real broker: made by words, kept over a restart, seen and moved by others on the broker."""

import asyncio
from pathlib import Path
from typing import Any

from llmagentos.app.node import Node
from llmagentos.devices.codecs import Publish
from llmagentos.devices.mqtt import MqttClient
from llmagentos.messages.snapshot import Speaker
from tests.flows.house import house, restarted

OWNER = Speaker("owner", None, "test")
TOPIC = "agentos/list.own1/state"


async def _known(node: Node, name: str) -> Any:
    async with asyncio.timeout(5):
        while not (found := [one for one in node.snapshot().entities.values() if one.name == name]):  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    return found[0]


def test_a_list_is_made_filled_cleared_and_dropped(tmp_path: Path) -> None:
    async def run() -> None:
        async with house(tmp_path) as (node, model, witness):
            model.sentences["make a list for the party"] = 'new list "party"'
            assert (await node.say("make a list for the party", OWNER)).text == "Party: a new list."
            assert "already" in (await node.do('new list "party list"', OWNER)).text
            assert "called" in (await node.do("new list", OWNER)).text
            await _known(node, "Party")
            for item in ("crisps", "ice"):
                assert (await node.do(f'add "{item}" to list "Party"', OWNER)).kind == "done"
            assert [one["summary"] for one in (await witness.state(TOPIC))["items"]] == ["crisps", "ice"]
            assert "crisps and ice" in (await node.do('items of list "Party"', OWNER)).text
            assert (await node.do('clear list "Party"', OWNER)).kind == "done"
            assert (await witness.state(TOPIC))["items"] == []
            assert "already" in (await node.do('clear list "Party"', OWNER)).text
            assert (await node.do('drop list "Party"', OWNER)).kind == "done"
            await witness.state(TOPIC)
            assert not [one for one in node.snapshot().entities.values() if one.name == "Party"]
            assert (await node.do('drop list "Shopping"', OWNER)).kind == "refusal"  # that one belongs to a device

    asyncio.run(run())


def test_a_list_survives_and_others_may_write_on_it(tmp_path: Path) -> None:
    async def run() -> None:
        async with house(tmp_path) as (node, _model, witness):
            await node.do('new list "Party"', OWNER)
            await _known(node, "Party")
            phone = MqttClient(witness.broker.address, "phone")
            await phone.connect()
            phone.publish(Publish("agentos/list.own1/do", '{"action": "add", "item": "olives"}'))
            phone.publish(Publish("agentos/list.own1/do", "no JSON"))
            phone.publish(Publish("agentos/list.own1/do", '{"action": "__init__"}'))
            assert [one["summary"] for one in (await witness.state(TOPIC))["items"]] == ["olives"]
            await node.close()
            async with restarted(tmp_path, witness) as again:
                await _known(again, "Party")
                await asyncio.sleep(0.2)
                assert "olives" in (await again.do('items of list "Party"', OWNER)).text
            await phone.close()

    asyncio.run(run())
