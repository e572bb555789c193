"""The garbage collector beside the node."""

import asyncio
import gc

from llmagentos.app.collector import collecting


def test_what_lives_long_is_set_aside_once_the_site_is_known_and_given_back_at_the_end() -> None:
    asyncio.run(_set_aside())


async def _set_aside() -> None:
    begin = asyncio.Event()
    async with collecting(begin):
        await asyncio.sleep(0)
        assert gc.get_freeze_count() == 0
        begin.set()
        await asyncio.sleep(0.01)
        assert gc.get_freeze_count() > 10_000
    assert gc.get_freeze_count() == 0
