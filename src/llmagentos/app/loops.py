"""What runs beside the answers: loops that go on whatever happens, and what a start does once. What fails is said."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable

from llmagentos.app.recorder import Recorder
from llmagentos.kernel.journal import JournalFailed

_log = logging.getLogger(__name__)
RESTART_S = 0.5


class Loops:
    """The tasks of one node."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        self._for_ever: list[asyncio.Task[None]] = []
        self._once: list[asyncio.Task[None]] = []

    def alive(self) -> bool:
        """Whether every loop runs."""
        return not any(one.done() for one in self._for_ever)

    async def close(self) -> None:
        """End all of it."""
        for task in (*self._for_ever, *self._once):
            task.cancel()
        await asyncio.gather(*self._for_ever, *self._once, return_exceptions=True)

    def keep(self, name: str, work: Callable[[], Awaitable[None]]) -> None:
        """Run for ever: a node that no longer listens would be worse than one that lost a message."""
        self._for_ever.append(asyncio.create_task(self._kept(name, work)))

    def once(self, name: str, work: Awaitable[None]) -> None:
        """Run beside the rest."""
        self._once.append(asyncio.create_task(self._guarded(name, work)))

    async def _kept(self, name: str, work: Callable[[], Awaitable[None]]) -> None:
        while True:
            await self._guarded(name, work())
            await asyncio.sleep(RESTART_S)

    async def _guarded(self, name: str, work: Awaitable[None]) -> None:
        try:
            await work
        except JournalFailed as error:  # the disk is full: said each time, without the places in the code
            _log.error("%s: %s", name, error)
        except Exception as error:  # the outer door of the node's own work
            _log.error("%s failed", name, exc_info=error)
            with contextlib.suppress(JournalFailed):
                await self._recorder.fault("node", f"{name} failed", f"{type(error).__name__}: {error}")
