"""`agentos bench reaction`: from a request on the local socket to the message on the broker, and how much of it is the decision."""

import asyncio
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from llmagentos.agent.ports import Decided, Deciding, Prompt
from llmagentos.app.local_socket import call
from llmagentos.app.run import running
from llmagentos.bench.house import still_house
from llmagentos.bench.report import BenchError, Figures, quantile, tracking
from llmagentos.devices.mqtt import MqttClient
from llmagentos.language.automaton import Automaton

WORDS = ("turn on the bedroom lamp", "turn off the bedroom lamp")
"""Said in turns, each time in other words after the first, so that nothing is remembered."""
NUMBERS = ("", "please ", "now ", "quickly ", "again ", "would you ", "go and ", "just ", "kindly ", "at once ")
SETTLE_S = 1.0


class Timed:
    """A `Deciding` that remembers how long its last decisions took together, in seconds."""

    def __init__(self, decider: Deciding) -> None:
        self._decider = decider
        self.trained, self.calibration = decider.trained, decider.calibration
        self.spent = 0.0

    async def decide(
        self, static: Prompt, dynamic: Prompt, automaton: Automaton, likely: Sequence[str] = ()
    ) -> Decided:
        started = time.perf_counter()
        try:
            return await self._decider.decide(static, dynamic, automaton, likely)
        finally:
            self.spent += time.perf_counter() - started

    async def talk(self, prompt: Prompt) -> str:
        return await self._decider.talk(prompt)


async def run_reaction(decider: Deciding, out: Console) -> Figures:
    """Say what can only mean one thing, watch the broker. Raises: BenchError where no message comes at all."""
    timed, totals, beyond = Timed(decider), [], []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        async with running(still_house(folder), folder, timed, simulate=True) as node:
            watcher = MqttClient(node.client.address, "watcher")
            await watcher.connect()
            watcher.subscribe("#")
            await asyncio.sleep(2.0)
            with tracking(len(NUMBERS) * len(WORDS)) as begin:
                for words in (f"{more}{one}" for more in NUMBERS for one in WORDS):
                    begin(words)
                    await _quiet(watcher)
                    timed.spent, started = 0.0, time.perf_counter()
                    command = asyncio.create_task(_command(watcher))
                    await call(folder, {"op": "say", "words": words})
                    await asyncio.wait([command], timeout=SETTLE_S)
                    if not command.done():  # an untrained model may ask instead
                        command.cancel()
                        continue
                    totals.append((command.result() - started) * 1000)
                    beyond.append((command.result() - started - timed.spent) * 1000)
            await watcher.close()
    if not totals:
        raise BenchError("the model asked back each time; nothing was sent")
    figures: Figures = {
        "requests": len(totals), "p50_ms": round(quantile(totals, 0.5), 1), "beyond_decision_p50_ms": round(quantile(beyond, 0.5), 1),
        "beyond_decision_p95_ms": round(quantile(beyond, 0.95), 1),
    }  # fmt: skip
    for figure, value in figures.items():
        out.print(f"{figure}: {value}", highlight=False)
    return figures


async def _quiet(watcher: MqttClient) -> None:
    await asyncio.sleep(0.2)
    while watcher.waiting():
        await watcher.receive()


async def _command(watcher: MqttClient) -> float:
    """When the next command passes the broker."""
    while not (await watcher.receive()).topic.endswith("/set"):
        pass
    return time.perf_counter()
