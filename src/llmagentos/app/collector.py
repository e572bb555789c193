"""Python's garbage collector beside readings that must not wait: what lives long is set aside instead of being walked again and again.

A site of a thousand devices is half a million objects, which a full collection walks in 60 ms, many times an hour. Set aside
(`gc.freeze`), they cost nothing; what becomes garbage among them is found once a day.
"""

import asyncio
import contextlib
import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

EVERY_S, ALL_EVERY_S = 60.0, 86_400.0


@asynccontextmanager
async def collecting(begin: asyncio.Event) -> AsyncIterator[None]:
    """Short pauses in this process from `begin` on, while the context lasts."""
    task = asyncio.create_task(_collect(begin))
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        gc.unfreeze()


async def _collect(begin: asyncio.Event) -> None:
    await begin.wait()
    while True:
        gc.unfreeze()
        for _ in range(int(ALL_EVERY_S / EVERY_S)):
            gc.collect()
            gc.freeze()
            await asyncio.sleep(EVERY_S)
