"""`python -m llmagentos.bench.mortal COUNT run SITE --data FOLDER ...`: a node without a page that dies (SIGKILL) at its COUNT-th boundary.

Boundaries are the instants just before and just after each commit to disk and each message to the broker: between any two of them
a power cut leaves the same.
"""

import asyncio
import functools
import itertools
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from llmagentos.app.ports import NoModel
from llmagentos.app.run import running
from llmagentos.devices.mqtt import MqttClient
from llmagentos.kernel.journal import SqliteJournal


def die_at(count: int) -> None:
    """Arm every boundary of this process."""
    passed = itertools.count(1)

    def boundary() -> None:
        if next(passed) == count:
            os.kill(os.getpid(), signal.SIGKILL)

    def armed(function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def run(*arguments: Any, **named: Any) -> Any:
            boundary()
            result = function(*arguments, **named)
            boundary()
            return result

        return run

    for owner, name in ((SqliteJournal, "_commit"), (MqttClient, "publish")):
        setattr(owner, name, armed(getattr(owner, name)))


async def live(site: Path, folder: Path) -> None:
    """Until the boundary, or for ever."""
    async with running(site, folder, NoModel("mortals have no model"), simulate=False):
        await asyncio.Event().wait()


if __name__ == "__main__":
    die_at(int(sys.argv[1]))
    asyncio.run(live(Path(sys.argv[3]), Path(sys.argv[5])))
