"""Alarms over a real broker: raised, told, answered, shelved, kept over a restart and a death in the middle."""

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from llmagentos.app.explain import explain
from llmagentos.app.node import Node
from llmagentos.app.operations import handle
from llmagentos.kernel.journal import JournalFailed, SqliteJournal
from llmagentos.messages.records import AlarmChange, Record
from llmagentos.messages.snapshot import Speaker
from tests.flows.house import ShiftedClock, house, restarted

OWNER = Speaker("owner", "Kitchen", "test")
OPEN = 'alarm "Kitchen lit" high when light "Kitchen Light" is on for 1 s: "Switch it off"'


class Heard:
    """A phone."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def __call__(self, _address: str, _title: str, text: str, /) -> bool:
        self.texts.append(text)
        return True

    async def count(self, wanted: int) -> None:
        async with asyncio.timeout(5):
            while len(self.texts) < wanted:  # noqa: ASYNC110 - another thread's list
                await asyncio.sleep(0.05)


async def _is(node: Node, state: str) -> dict[str, Any]:
    async with asyncio.timeout(10):
        while True:
            [one] = await _alarms(node)
            if one["state"] == state:
                return one
            await asyncio.sleep(0.05)


async def _alarms(node: Node, **change: Any) -> list[dict[str, Any]]:
    answer = await handle(node, _line({"op": "alarms", **change}))
    result: list[dict[str, Any]] = answer["result"]
    return result


def _line(request: dict[str, Any]) -> bytes:
    return json.dumps(request).encode()


def test_an_alarm_is_told_answered_and_explained(tmp_path: Path) -> None:
    async def run() -> None:
        heard = Heard()
        async with house(tmp_path, notify=["x://1"], carrier=heard) as (node, _model, _witness):
            said = await node.do(OPEN, OWNER)
            assert (said.kind, said.text) == ("done", "Alarm Kitchen lit (high): Kitchen Light is on for 1 second.")
            again = await node.do(OPEN, OWNER)
            assert (again.kind, again.text) == ("refusal", "There is an alarm Kitchen lit already.")
            assert (await _is(node, "normal"))["number"] == 1
            await node.do('turn on light "Kitchen Light"', OWNER)
            shown = await _is(node, "unacknowledged")
            assert shown["advice"] == "Switch it off" and shown["raised"] == 1
            await heard.count(1)
            assert heard.texts == ["Alarm (high): Kitchen lit. Kitchen Light is on for 1 second. Switch it off"]
            await _alarms(node, change="acknowledge", alarm=1, principal="ann")
            assert (await _is(node, "acknowledged"))["by"] == "ann"
            await node.do('turn off light "Kitchen Light"', OWNER)
            await _is(node, "normal")
            changes = [one for one in node.journal.latest("AlarmChange", limit=9) if isinstance(one, AlarmChange)]
            assert [one.change for one in reversed(changes)] == ["placed", "raised", "acknowledged", "returned"]
            raised = next(one for one in changes if one.change == "raised")
            told = [one["text"] for one in explain(node.journal.chain(raised.id), node.journal.words)]
            assert (
                any("Kitchen Light" in one or "light.kitchen" in one for one in told)
                and "high alarm Kitchen lit: raised" in told
            )
            assert "error" in await handle(node, _line({"op": "alarms", "change": "shelve", "alarm": 7}))
            assert "error" in await handle(node, _line({"op": "alarms", "change": "shelve", "alarm": 1, "minutes": 0}))
            assert "error" in await handle(node, _line({"op": "alarms", "change": "polish", "alarm": 1}))
            assert await _alarms(node, change="remove", alarm=1) == []

    asyncio.run(run())


def test_what_is_active_stays_so_over_a_restart_and_is_not_told_twice(tmp_path: Path) -> None:
    async def run() -> None:
        heard = Heard()
        clock = ShiftedClock()
        async with house(tmp_path, notify=["x://1"], carrier=heard, clock=clock) as (node, _model, witness):
            await node.do(OPEN, OWNER)
            await node.do('turn on light "Kitchen Light"', OWNER)
            await _is(node, "unacknowledged")
            await asyncio.sleep(0.5)
            await node.close()
            async with restarted(tmp_path, witness, clock=clock, notify=["x://1"], carrier=heard) as again:
                await asyncio.sleep(1.5)
                assert (await _is(again, "unacknowledged"))["raised"] == 1
                assert len(heard.texts) == 1
                clock.ahead_s = 700.0
                await heard.count(2)
                assert heard.texts[1].startswith("Nobody has answered for 11 minutes")
                await _alarms(again, change="shelve", alarm=1, minutes=30)
                assert (await _is(again, "shelved"))["shelved_until"] > clock.now() + 1700

    asyncio.run(run())


def test_what_cannot_be_written_down_was_not_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def run() -> None:
        async with house(tmp_path) as (node, _model, _witness):
            full = False
            append = SqliteJournal.append

            async def into(self: SqliteJournal, *records: Record, state: Mapping[str, Any] | None = None) -> None:
                if full and any(isinstance(one, AlarmChange) for one in records):
                    raise JournalFailed("the disk is full")
                await append(self, *records, state=state)

            monkeypatch.setattr(SqliteJournal, "append", into)
            await node.do(OPEN, OWNER)
            await node.do('turn on light "Kitchen Light"', OWNER)
            await _is(node, "unacknowledged")
            full = True
            for change in ("acknowledge", "shelve", "remove"):
                answer = await handle(node, _line({"op": "alarms", "change": change, "alarm": 1}))
                assert answer == {"error": "the disk is full"}
                assert [one["state"] for one in await _alarms(node)] == ["unacknowledged"]
            with pytest.raises(JournalFailed):
                await node.do(OPEN.replace("lit", "bright"), OWNER)
            assert len(await _alarms(node)) == 1
            full = False
            await _alarms(node, change="acknowledge", alarm=1)
            await node.do('turn off light "Kitchen Light"', OWNER)
            await _is(node, "normal")
            assert await _alarms(node, change="remove", alarm=1) == []

    asyncio.run(run())
