"""A question over time to a running house, answered from its history."""

import asyncio
from pathlib import Path

from llmagentos.messages.snapshot import Speaker
from tests.flows.house import house

OWNER = Speaker("owner", "Kitchen", "test")


async def _asked(tmp_path: Path) -> None:
    async with house(tmp_path) as (node, model, _witness):
        await node.do('turn on light "Kitchen Light"', OWNER)
        model.sentences["how often was the kitchen light on today"] = 'times of light "Kitchen Light" on today'
        model.sentences["what changed today"] = "changes today"
        said = await node.say("how often was the kitchen light on today", OWNER)
        assert said.kind == "answer"
        assert said.text.startswith("Kitchen Light: on 1 time. (I know of it since today at ")
        assert "Kitchen Light" in (await node.say("what changed today", OWNER)).text
        model.sentences["yes"] = "none"
        given = await node.do('when light "Kitchen Light" is off: turn on light "Bedroom Lamp"', OWNER)
        assert given.kind == "done"
        model.sentences["what if I turned the kitchen light off"] = 'what if turn off light "Kitchen Light"'
        supposed = await node.say("what if I turned the kitchen light off", OWNER)
        assert supposed.text.startswith("Then: ")
        assert "Bedroom Lamp" in supposed.text
        assert node.world.entity("light.kitchen").value("on") is True  # type: ignore[union-attr]  # it is there
        asked = await node.do('maximum of temperature "Nowhere" yesterday', OWNER)
        assert asked.kind in ("answer", "refusal")


def test_what_was(tmp_path: Path) -> None:
    asyncio.run(_asked(tmp_path))
