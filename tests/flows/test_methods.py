"""Methods over a real broker: taught, asked for like a scene, carried out until something is so, and learned from."""

import asyncio
import datetime as dt
import json
from pathlib import Path
from typing import Any

from llmagentos.app.node import Node
from llmagentos.app.operations import handle
from llmagentos.messages.snapshot import Speaker
from tests.flows.house import ShiftedClock, Witness, house, restarted

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


def test_a_step_may_last_until_a_time_of_day(tmp_path: Path) -> None:
    async def run() -> None:
        clock = ShiftedClock()
        async with house(tmp_path, clock=clock) as (node, _model, _witness):
            now = dt.datetime.fromtimestamp(clock.now(), node.zone)
            hours = [(now + dt.timedelta(hours=one)).strftime("%H:00") for one in (2, 4)]
            await node.do(f'plan "p": task "a" takes 4 h until between {hours[0]} and {hours[1]} {{ turn on light "Kitchen Light" }}', OWNER)  # fmt: skip
            await _status(node, "running")
            await _acted(node)
            await asyncio.sleep(1.5)  # nothing on the site changes any more
            assert node.plans.all()[-1].status == ["running"]
            clock.ahead_s += 2.5 * 3600
            await _status(node, "done")

    asyncio.run(run())


def test_methods_that_need_themselves_or_what_is_not_here_are_refused(tmp_path: Path) -> None:
    async def run() -> None:
        async with house(tmp_path) as (node, _model, _witness):
            said = await node.do('method "A": task "A"', OWNER)
            assert "needs itself" in said.text and await _ask(node) == []
            assert said.kind == "refusal"
            said = await node.do('method "B": task "x" { turn on light "Nowhere" }', OWNER)
            assert said.kind == "refusal" and "Nowhere" in said.text


def test_a_method_taught_anew_is_the_same_to_orders_and_belongs_to_who_gave_it(tmp_path: Path) -> None:
    async def run() -> None:
        async with house(tmp_path) as (node, _model, witness):
            await node.do('method "Evening": task "a" takes 5 min { turn on light "Kitchen Light" }', OWNER)
            await node.do('when light "Bedroom Lamp" is on: activate scene "Evening"', OWNER)
            again = await node.do('method "evening": task "a" { turn on light "Kitchen Light" }', OWNER)
            assert again.kind == "done" and len(await _ask(node)) == 1
            await node.do('turn on light "Bedroom Lamp"', OWNER)
            await _on(witness)
            guest = await node.do('method "Evening": task "a" { notify owner }', Speaker("guest", None, "other"))
            assert guest.kind == "refusal" and "was given by owner" in guest.text
            itself = await node.do('method "evening": task "a" { activate scene "evening" }', OWNER)
            assert itself.kind == "refusal" and "as a task of its own" in itself.text
            later = await node.do('method "evening": task "a" { after 5 min: activate scene "evening" }', OWNER)
            assert later.kind == "refusal"
            assert (await _ask(node))[0]["title"] == "evening"

    asyncio.run(run())


async def _on(witness: Witness) -> None:
    async with asyncio.timeout(10):
        while ((await witness.state("house/light.kitchen/state")) or {}).get("on") != "ON":
            pass
