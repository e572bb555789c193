"""A disk that takes nothing: it is said, and what was imported holds until the node ends."""

import asyncio
from pathlib import Path

import pytest

from llmagentos.app.site_graph import GraphRefused, SiteGraphKeeper
from llmagentos.messages import SystemClock
from llmagentos.messages.snapshot import SiteLinks, Snapshot

TURTLE = b"@prefix brick: <https://brickschema.org/schema/Brick#> . <urn:a> a brick:AHU ; brick:feeds <urn:b> ."


def test_what_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    drawn: list[SiteLinks | None] = []
    keeper = SiteGraphKeeper(
        tmp_path / "file" / "graph", "Site", lambda: Snapshot(0.0, 1, 1, {}, {}), SystemClock(), drawn.append
    )

    async def run() -> None:
        with pytest.raises(GraphRefused, match="could not be written down"):
            await keeper.read("plant", TURTLE, ".ttl")
        assert await keeper.sources() == {"plant": 2}

    asyncio.run(run())
    assert drawn[-1] is not None
    assert drawn[-1].links == (("a", "feeds", "b"),)
