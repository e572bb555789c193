"""The node's own broker dies: acting fails with a clear sentence, then everything is there again by itself."""

import asyncio
import os
import signal
from pathlib import Path

from llmagentos.messages.snapshot import Speaker
from tests.flows.house import house

OWNER = Speaker("owner", "Kitchen", "test")
ON, OFF = 'turn on light "Kitchen Light"', 'turn off light "Kitchen Light"'


async def play(folder: Path) -> None:
    async with house(folder) as (node, _model, witness):
        assert (await node.do(ON, OWNER)).kind == "done"
        assert witness.broker.pid is not None
        os.kill(witness.broker.pid, signal.SIGKILL)
        await asyncio.sleep(0.2)
        reply = await node.do(OFF, OWNER)
        assert "not reachable" in reply.text
        async with asyncio.timeout(25):
            while (await node.do(OFF, OWNER)).kind != "done":  # noqa: ASYNC110 - polls a process
                await asyncio.sleep(0.5)
        assert (await witness.state("house/light.kitchen/state"))["on"] == "OFF"
        assert (await node.do(ON, OWNER)).kind == "done"


def test_it_comes_back(tmp_path: Path) -> None:
    asyncio.run(play(tmp_path))
