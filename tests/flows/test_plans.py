"""Plans over a real broker: begun, carried out step by step, failing in part, cancelled, and taken up after a crash."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from llmagentos.app.explain import explain
from llmagentos.app.node import Node
from llmagentos.app.notices import Carrier
from llmagentos.app.operations import handle
from llmagentos.app.plan_acts import PlanActs
from llmagentos.devices.codecs import Publish
from llmagentos.kernel.journal import SqliteJournal
from llmagentos.messages.records import Fault, Intent, PlanStep
from llmagentos.messages.snapshot import Speaker
from tests.flows.house import ShiftedClock, Witness, house, restarted

OWNER = Speaker("owner", "Kitchen", "test")
GUESTS = (
    'plan "guests": task "warm" takes 20 min { set climate "Thermostat" temperature 22 C }, '
    'task "light" after "warm" { turn on light "Kitchen Light"; set light "Bedroom Lamp" brightness 40% }'
)


async def _ask(node: Node, **request: Any) -> Any:
    answer = await handle(node, json.dumps({"op": "plans", **request}).encode())
    return answer.get("result", answer.get("error"))


def _into(brought: list[str]) -> Carrier:
    """A carrier that puts what it brings there."""

    def bring(_address: str, _title: str, text: str) -> bool:
        brought.append(text)
        return True

    return bring


async def _until(node: Node, *statuses: str) -> None:
    async with asyncio.timeout(15):
        while tuple(node.plans.all()[-1].status) != statuses:  # noqa: ASYNC110 - the plan has its own clock
            await asyncio.sleep(0.05)


async def _steps(node: Node) -> list[tuple[str, str]]:
    records = [one for one in node.journal.latest("PlanStep") if isinstance(one, PlanStep)]
    return [(one.step, one.status) for one in reversed(records)]


def test_a_plan_is_carried_out_in_its_order_and_explained(tmp_path: Path) -> None:
    async def run() -> None:
        clock = ShiftedClock()
        async with house(tmp_path, clock=clock) as (node, _model, witness):
            said = await node.do(GUESTS, OWNER)
            assert said.kind == "done" and 'Plan "guests":' in said.text and "warm (20 min)" in said.text
            await _until(node, "running", "waiting")
            await asyncio.sleep(1)
            assert (await witness.state("house/light.kitchen/state") or {}).get("on") != "ON"
            clock.ahead_s += 20 * 60
            await _until(node, "done", "done")
            assert (await witness.state("house/light.kitchen/state"))["on"] == "ON"
            assert await _steps(node) == [("warm", "begun"), ("warm", "done"), ("light", "begun"), ("light", "begun"), ("light", "done")]  # fmt: skip
            lines = [one["text"] for one in explain(node.journal.chain(node.last_of("Kitchen Light") or ""), node.journal.words)]  # fmt: skip
            assert any("plan step light begun" in one for one in lines)
            [shown] = await _ask(node)
            assert [one["status"] for one in shown["steps"]] == ["done", "done"] and shown["over"]

    asyncio.run(run())


def test_a_plan_is_only_shown_where_that_is_asked(tmp_path: Path) -> None:
    async def run() -> None:
        async with house(tmp_path) as (node, _model, _witness):
            text = (await _ask(node, preview=GUESTS))["text"]
            assert 'Plan "guests"' in text and node.plans.all() == ()
            assert '"a" comes after "b"' in await _ask(node, preview='plan "x": task "a" after "b"')
            assert "that is no plan" in await _ask(node, preview='turn on light "Kitchen Light"')
            refused = await node.do('plan "x": task "a" { turn on light "Nothing" }', OWNER)
            assert refused.kind == "refusal" and node.plans.all() == ()

    asyncio.run(run())


def test_what_fails_takes_what_rests_on_it_along_and_is_told(tmp_path: Path) -> None:
    async def run() -> None:
        brought: list[str] = []
        async with house(tmp_path, notify=["json://phone"], carrier=_into(brought)) as (node, _model, _witness):
            await node.do(
                'plan "mixed": task "too hot" { set climate "Thermostat" temperature 29 C }, task "then" after "too hot" { turn on light "Kitchen Light" }, '
                'task "apart" { turn on light "Bedroom Lamp" }', OWNER,
            )  # fmt: skip
            await _until(node, "failed", "skipped", "done")
            async with asyncio.timeout(5):
                while not brought:  # noqa: ASYNC110 - the carrier is a thread
                    await asyncio.sleep(0.05)
            assert brought[0].startswith('Plan "mixed" has ended, but not all of it was done: too hot (')

    asyncio.run(run())


def test_a_plan_that_is_cancelled_puts_back_what_it_changed(tmp_path: Path) -> None:
    async def run() -> None:
        async with house(tmp_path) as (node, _model, witness):
            await node.do('turn off light "Kitchen Light"', OWNER)
            await node.do('plan "evening": task "light" takes 3 h { turn on light "Kitchen Light" }, task "later" after "light" { turn on light "Bedroom Lamp" }', OWNER)  # fmt: skip
            await _until(node, "running", "waiting")
            await _becomes(witness, "house/light.kitchen/state", "on", "ON")
            [shown] = await _ask(node, cancel=1)
            assert [one["status"] for one in shown["steps"]] == ["cancelled", "cancelled"]
            await _becomes(witness, "house/light.kitchen/state", "on", "OFF")
            assert await _ask(node, cancel=1) == "plan 1 is over; nothing of it is under way"
            assert await _ask(node, cancel=2) == "there is no plan 2; there are 1"

    asyncio.run(run())


def test_a_plan_is_taken_up_after_a_crash_and_rings_the_bell_once(tmp_path: Path) -> None:
    async def run() -> None:
        clock = ShiftedClock()
        async with house(tmp_path, clock=clock) as (node, _model, witness):
            await node.do('plan "bell": task "ring" takes 10 min { press button "Bell" }, task "light" after "ring" { turn on light "Kitchen Light" }', OWNER)  # fmt: skip
            await _until(node, "running", "waiting")
            await asyncio.sleep(0.5)
            await node.close()
            clock.ahead_s += 11 * 60
            async with restarted(tmp_path, witness, clock=clock) as again:
                await _until(again, "done", "done")
                await _becomes(witness, "house/light.kitchen/state", "on", "ON")
                intents = [one for one in again.journal.latest("Intent") if isinstance(one, Intent)]
                assert (
                    sum(one.command.entity == "ha.button.bell" or "bell" in one.command.entity for one in intents) == 1
                )

    asyncio.run(run())


def test_a_condition_that_does_not_hold_makes_a_step_needless(tmp_path: Path) -> None:
    async def run() -> None:
        async with house(tmp_path) as (node, _model, witness):
            await _set(witness, "light.bedroom", "OFF")
            await node.do('turn off light "Bedroom Lamp"', OWNER)
            await node.do('plan "if": task "light" if light "Bedroom Lamp" is on { turn on light "Kitchen Light" }, task "after" after "light" { turn on light "Bedroom Lamp" }', OWNER)  # fmt: skip
            await _until(node, "not needed", "done")

    asyncio.run(run())


def test_an_act_that_had_begun_at_a_crash_is_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def hang(*_arguments: object) -> str:
        await asyncio.Event().wait()
        return ""

    async def run() -> None:
        async with house(tmp_path) as (node, _model, witness):
            with monkeypatch.context() as crash:
                crash.setattr(PlanActs, "carry_out", hang)
                await node.do('plan "bell": task "ring" { press button "Bell" }', OWNER)
                async with asyncio.timeout(10):
                    while await _steps(node) != [("ring", "begun")]:  # noqa: ASYNC110 - the journal has no event for it
                        await asyncio.sleep(0.05)
                await node.close()
            async with restarted(tmp_path, witness) as again:
                await _until(again, "done")
                assert len(again.journal.latest("Intent")) == 1

    asyncio.run(run())


@pytest.mark.parametrize(("yes", "status"), [(True, "done"), (False, "failed")])
def test_a_step_that_asks_waits_for_an_answer(tmp_path: Path, yes: bool, status: str) -> None:
    async def run() -> None:
        brought: list[str] = []
        async with house(tmp_path, notify=["json://phone"], carrier=_into(brought)) as (node, _model, _witness):
            await node.do('plan "open": task "door" { unlock lock "Front Door" }', OWNER)
            async with asyncio.timeout(10):
                while not brought:  # noqa: ASYNC110 - the carrier is a thread
                    await asyncio.sleep(0.05)
            assert brought[0].startswith('Plan "open" needs your yes: ')
            assert node.plans.all()[0].why == [brought[0].removeprefix('Plan "open" needs your yes: ')]
            [request] = node.journal.latest("ConsentRequest")
            await node.consent(request.id, yes, "owner")
            await _until(node, status)
            assert node.plans.all()[0].why == ["" if yes else "nobody said yes"]

    asyncio.run(run())


def test_a_plan_that_cannot_be_read_any_more_is_told_and_stops_nothing(tmp_path: Path) -> None:
    async def run() -> None:
        async with house(tmp_path) as (node, _model, witness):
            await node.do('plan "old": task "wait" takes 1 h', OWNER)
            state = node.journal.state("plans")
            state["courses"][0]["sentence"] = 'plan "old": task "what this no longer is'
            await node.close()
            journal = SqliteJournal(tmp_path / "node" / "journal.sqlite")
            await journal.put_state("plans", state)
            journal.close()
            async with restarted(tmp_path, witness) as again:
                await again.do('plan "new": task "light" { turn on light "Kitchen Light" }', OWNER)
                await _until(again, "done")
                assert any(
                    "cannot be read any more" in one.problem
                    for one in again.journal.latest("Fault")
                    if isinstance(one, Fault)
                )

    asyncio.run(run())


async def _set(witness: Witness, device: str, state: str) -> None:
    witness._client.publish(Publish(f"zigbee2mqtt/{device}/set", json.dumps({"state": state})))
    await asyncio.sleep(0.2)


async def _becomes(witness: Witness, topic: str, name: str, value: Any) -> None:
    async with asyncio.timeout(10):
        while ((await witness.state(topic)) or {}).get(name) != value:
            pass
