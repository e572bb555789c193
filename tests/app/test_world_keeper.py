"""The world over a restart."""

import asyncio
import dataclasses
from pathlib import Path
from typing import Any

import pytest

from llmagentos.app.world_keeper import WorldKeeper
from llmagentos.kernel.journal import JournalFailed, SqliteJournal
from llmagentos.knowledge import World
from llmagentos.messages.records import EntityDescription
from llmagentos.messages.site import SiteConfig

LAMP = EntityDescription(id="light.a", entity_class="light", name="Lamp", device="a")


def known() -> World:
    world = World(SiteConfig("S"))
    world.describe(LAMP)
    world.report("light.a", "on", True, 1.0)
    return world


def test_what_was_saved_is_taken_up_by_the_next_run_and_so_is_what_older_versions_saved(tmp_path: Path) -> None:
    async def run() -> None:
        journal = SqliteJournal(tmp_path / "journal")
        await journal.put_state(
            "world", {"entities": [dataclasses.asdict(LAMP)], "values": {"light.a": {"on": [False, 1.0, "good"]}}}
        )
        older = World(SiteConfig("S"))
        WorldKeeper(older, journal).load()
        assert older.snapshot(2.0).entities["light.a"].value("on") is False
        keeper = WorldKeeper(known(), journal)
        assert not await keeper.save()
        keeper.touched()
        assert await keeper.save()
        later = World(SiteConfig("S"))
        WorldKeeper(later, journal).load()
        assert later.snapshot(2.0).entities["light.a"].value("on") is True
        journal.close()

    asyncio.run(run())


def test_what_the_disk_does_not_take_is_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def full(_journal: SqliteJournal, _key: str, _make: Any) -> None:
        raise JournalFailed("the disk is full")

    async def run() -> None:
        journal = SqliteJournal(tmp_path / "journal")
        keeper = WorldKeeper(known(), journal)
        keeper.touched()
        with monkeypatch.context() as disk:
            disk.setattr(SqliteJournal, "put_made", full)
            with pytest.raises(JournalFailed):
                await keeper.save()
        assert await keeper.save()
        assert journal.state("values") == {"light.a": {"on": [True, 1.0, "good"]}}
        journal.close()

    asyncio.run(run())
