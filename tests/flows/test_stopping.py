"""What moves can be stopped: by a newer command, and by stop-all."""

import asyncio
from pathlib import Path

import pytest

from llmagentos.kernel.journal import JournalFailed, SqliteJournal
from llmagentos.messages.records import Receipt
from llmagentos.messages.snapshot import Speaker
from tests.flows.house import house

OWNER = Speaker("owner", None, "test")


def test_a_blind_on_its_way_obeys_a_newer_command(tmp_path: Path) -> None:
    async def run() -> None:
        async with house(tmp_path, travel_s=30) as (node, _model, witness):
            opening = asyncio.create_task(node.do('open blind "Blind"', OWNER))
            await asyncio.sleep(1.2)
            stopped = await asyncio.wait_for(node.do('stop blind "Blind"', OWNER), 5)
            assert stopped.kind == "done"
            assert (await asyncio.wait_for(opening, 5)).kind == "error"
            state = await witness.state("house/cover.blind/state")
            assert 0 < state["position"] < 50
            [receipt] = [
                one for one in node.journal.latest("Receipt") if isinstance(one, Receipt) and one.outcome == "in_doubt"
            ]
            assert receipt.detail == "a newer command took its place"

    asyncio.run(run())


def test_stop_all_halts_what_moves(tmp_path: Path) -> None:
    async def run() -> None:
        async with house(tmp_path, travel_s=30) as (node, _model, witness):
            await node.do('open blind "Blind"', OWNER, wait=False)
            await asyncio.sleep(1.2)
            await node.stop_all(True, "owner")
            first = (await witness.state("house/cover.blind/state"))["position"]
            await asyncio.sleep(1.2)
            assert (await witness.state("house/cover.blind/state"))["position"] == first > 0
            assert (await node.do('open blind "Blind"', OWNER)).kind == "refusal"

    asyncio.run(run())


def test_stop_all_needs_no_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def full(*_given: object, **_named: object) -> None:
        raise JournalFailed("no space left")

    async def run() -> None:
        async with house(tmp_path, travel_s=30) as (node, _model, witness):
            await node.do('open blind "Blind"', OWNER, wait=False)
            await asyncio.sleep(1.2)
            with monkeypatch.context() as disk:
                disk.setattr(SqliteJournal, "append", full)
                with pytest.raises(JournalFailed):
                    await node.stop_all(True, "owner")
                first = (await witness.state("house/cover.blind/state"))["position"]
                await asyncio.sleep(1.2)
                assert (await witness.state("house/cover.blind/state"))["position"] == first > 0

    asyncio.run(run())
