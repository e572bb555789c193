"""Methods over a real broker: taught, asked for like a scene, carried out until something is so, and learned from."""

import asyncio
import json
from pathlib import Path
from typing import Any

from llmagentos.app.node import Node
from llmagentos.app.operations import handle
from llmagentos.messages.snapshot import Speaker
from tests.flows.house import ShiftedClock, house, restarted

OWNER = Speaker("owner", "Kitchen", "test")
COSY = (
    'method "Cosy evening": task "heat" takes 1 h until light "Bedroom Lamp" is on { set climate "Thermostat" temperature 22 C }, '
    'task "light" after "heat" { turn on light "Kitchen Light" }'
)


async def _ask(node: Node, **request: Any) -> Any:
    answer = await handle(node, json.dumps({"op": "methods", **request}).encode())
    return answer.get("result", answer.get("error"))


async def _status(node: Node, *statuses: str) -> None:
    async with asyncio.timeout(15):
        while tuple(node.plans.all()[-1].status) != statuses:  # noqa: ASYNC110 - the plan has its own clock
            await asyncio.sleep(0.05)


async def _acted(node: Node) -> None:
    """The first step's acts are carried out: the clock may jump."""
    async with asyncio.timeout(15):
        while node.plans.all()[-1].acted[0] == 0:  # noqa: ASYNC110
            await asyncio.sleep(0.05)


def test_a_method_is_a_scene_that_learns_how_long_it_takes(tmp_path: Path) -> None:
    async def run() -> None:
        clock = ShiftedClock()
        async with house(tmp_path, clock=clock) as (node, model, witness):
            said = await node.do(COSY, OWNER)
            assert (said.kind, said.text) == ("done", "Now I know how to do Cosy evening: heat and light.")
            model.sentences["time for a cosy evening"] = 'activate scene "Cosy evening"'
            for minutes in (20, 30):
                begun = await node.say("time for a cosy evening", OWNER)
                assert (
                    begun.kind == "done"
                    and 'Plan "Cosy evening":' in begun.text
                    and "Cosy evening / heat (60 min)" in begun.text
                )
                await _status(node, "running", "waiting")
                await _acted(node)
                clock.ahead_s += 60 * minutes
                await node.do('turn on light "Bedroom Lamp"', OWNER)
                await _status(node, "done", "done")
                assert (await witness.state("house/light.kitchen/state"))["on"] == "ON"
                await node.do('turn off light "Bedroom Lamp"; turn off light "Kitchen Light"', OWNER)
            [known] = await _ask(node)
            heat = known["steps"][0]
            assert (heat["name"], heat["done"], heat["failed"]) == ("heat", 2, 0) and 1500 <= heat["usual"] <= 1560
            again = await node.do('plan "party": task "Cosy evening"', OWNER)
            assert f"heat ({heat['usual'] // 60} min)" in again.text
            await node.plans.cancel(node.plans.all()[-1])
            await node.close()
            async with restarted(tmp_path, witness, clock=clock) as later:
                assert (await _ask(later, change="forget", method=1))[0]["steps"] == []
                assert "there is no method 3" in await _ask(later, change="forget", method=3)
                scenes = [one.name for one in later.snapshot().entities.values() if one.entity_class == "scene"]
                assert scenes == ["Cosy evening"]
                assert await _ask(later, change="remove", method=1) == []
                assert (await later.do('activate scene "Cosy evening"', OWNER)).kind == "refusal"

    asyncio.run(run())


def test_what_never_comes_about_fails_and_says_so(tmp_path: Path) -> None:
    async def run() -> None:
        clock = ShiftedClock()
        async with house(tmp_path, clock=clock) as (node, _model, _witness):
            await node.do(COSY.replace("1 h", "10 min"), OWNER)
            await node.do('activate scene "Cosy evening"', OWNER)
            await _status(node, "running", "waiting")
            await _acted(node)
            clock.ahead_s += 2700.0
            await _status(node, "failed", "skipped")
            assert (await _ask(node))[0]["steps"] == [{"name": "heat", "usual": None, "done": 0, "failed": 1}]
            assert node.plans.all()[-1].why[0] == "it did not come about"

    asyncio.run(run())


def test_methods_that_need_themselves_or_what_is_not_here_are_refused(tmp_path: Path) -> None:
    async def run() -> None:
        async with house(tmp_path) as (node, _model, _witness):
            said = await node.do('method "A": task "A"', OWNER)
            assert "needs itself" in said.text and await _ask(node) == []
            said = await node.do('method "B": task "x" { turn on light "Nowhere" }', OWNER)
            assert said.kind == "refusal" and "Nowhere" in said.text

    asyncio.run(run())
