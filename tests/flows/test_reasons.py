"""Why something is so, asked of a running house: by hand, at somebody's word, by an order, refused; and a number against its own past."""

import asyncio
from pathlib import Path

from llmagentos.messages.snapshot import Speaker
from tests.flows.house import house

OWNER, GUEST = Speaker("owner", "Kitchen", "test"), Speaker("guest", "Kitchen", "other")


async def _asked(tmp_path: Path) -> None:
    async with house(tmp_path) as (node, model, _witness):
        assert (await node.do("why", OWNER)).text == "I have done nothing lately."
        model.sentences["turn on the kitchen light"] = 'turn on light "Kitchen Light"'
        model.sentences["why is the kitchen light on"] = 'why light "Kitchen Light"'
        model.sentences["厨房的灯为什么开着"] = 'why light "Kitchen Light"'
        model.sentences["why did you do that"] = "why"
        await node.say("turn on the kitchen light", OWNER)
        told = (await node.say("why is the kitchen light on", OWNER)).text
        assert "It has been so since today at" in told
        assert "You asked for it today at" in told
        assert '"turn on the kitchen light"' in told
        others = (await node.say("why is the kitchen light on", GUEST)).text
        assert "owner asked for it today at" in others
        assert "turn on the kitchen light" not in others  # nobody hears another one's words
        assert "是您今天" in (await node.say("厨房的灯为什么开着", OWNER)).text
        assert "Kitchen Light" in (await node.say("why did you do that", OWNER)).text

        await node.do('when light "Kitchen Light" is off: turn on light "Bedroom Lamp"', OWNER)
        await node.do('turn off light "Kitchen Light"', OWNER)
        for _ in range(100):
            if node.snapshot().entities["z2m.light.bedroom"].value("on"):
                break
            await asyncio.sleep(0.05)
        ordered = (await node.do('why light "Bedroom Lamp"', OWNER)).text
        assert "A standing order did it: when Kitchen Light is off: turn on Bedroom Lamp" in ordered
        assert "(Kitchen Light off)" in ordered


def test_who_did_it(tmp_path: Path) -> None:
    asyncio.run(_asked(tmp_path))
