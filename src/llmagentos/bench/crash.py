"""`agentos bench crash`: the node is killed (SIGKILL) at random instants while commands stream, and started again.

Afterwards every accepted intent must have ended verified, failed or in doubt, and nothing that is not idempotent may have
been sent twice: a bell that counts in the simulated house proves it. Broker and house live through all of it.
"""

import asyncio
import contextlib
import json
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from llmagentos.app.local_socket import call
from llmagentos.bench.report import Figures, quantile, tracking
from llmagentos.devices.broker import LocalBroker
from llmagentos.devices.mqtt import MqttClient
from llmagentos.kernel.journal import SqliteJournal
from llmagentos.messages.records import Intent, Receipt, Sent

UP_S = 60.0
LONGEST_RUN_S = 0.8
"""A killed run streams commands for up to this long: long enough to die before, between and after every write."""
SITE: dict[str, Any] = {
    "site": "Crash House", "node": "crash", "level": "act",
    "simulate": {"outside": None, "devices": [
        {"id": "light.lamp", "class": "light", "name": "Lamp", "can": ["brightness"]},
        {"id": "switch.pump", "class": "switch", "name": "Pump"},
        {"id": "button.bell", "class": "button", "name": "Bell"},
        {"id": "button.bell_counter", "class": "sensor", "name": "Bell Counter", "state": {"value": 0}, "unit": "rings"},
    ]},
}  # fmt: skip


@dataclass(slots=True)
class Stream:
    """What was accepted so far: intent ids as the node returned them."""

    accepted: list[str] = field(default_factory=list)
    restarts_s: list[float] = field(default_factory=list)


async def run_crash(kills: int, seed: int, out: Console) -> Figures:
    """Kill the node so often and return what became of the intents."""
    random_ = random.Random(seed)
    stream = Stream()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        async with household(folder, SITE) as (site, witness):
            with tracking(kills) as begin:
                for number in range(kills):
                    begin(f"kill {number + 1}")
                    await _one_life(site, folder, stream, random_)
            async with process_of(site, folder) as process:
                await _up(folder, stream)
                await all_ended(folder)
                process.terminate()
                await process.wait()
            rung = await _rung(witness)
        return _judged(folder / "journal.sqlite", stream, rung, kills, out)


async def _one_life(site: Path, folder: Path, stream: Stream, random_: random.Random) -> None:
    async with process_of(site, folder) as process:
        await _up(folder, stream)
        streaming = asyncio.create_task(_command(folder, stream, random_))
        await asyncio.sleep(random_.uniform(0.02, LONGEST_RUN_S))
        process.send_signal(signal.SIGKILL)
        await process.wait()
        streaming.cancel()
        await asyncio.gather(streaming, return_exceptions=True)


async def _command(folder: Path, stream: Stream, random_: random.Random) -> None:
    """Commands without pause; each answer means that its intents are on disk."""
    with contextlib.suppress(ConnectionError, OSError, json.JSONDecodeError, ValueError):
        while True:
            sentence = random_.choice(
                ('press button "Bell"', f'set light "Lamp" brightness {random_.randint(1, 100)}%', 'turn on switch "Pump"',
                 'turn off switch "Pump"')
            )  # fmt: skip
            reply = await call(folder, {"op": "do", "sentence": sentence, "wait": False})
            stream.accepted += reply["receipts"]


@asynccontextmanager
async def household(folder: Path, data: dict[str, Any]) -> AsyncIterator[tuple[Path, MqttClient]]:
    """Broker and simulated house; gives the site file and a client that hears what its devices say."""
    broker = LocalBroker(folder / "broker")
    await broker.start()
    site = folder / "site.yaml"
    site.write_text(json.dumps({**data, "broker": f"127.0.0.1:{broker.port}"}), encoding="utf-8")
    simulation = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "llmagentos.devices.simulation", str(site), "127.0.0.1", str(broker.port)
    )
    witness = MqttClient(broker.address, "witness")
    try:
        await witness.connect()
        witness.subscribe("house/+/state")
        yield site, witness
    finally:
        await witness.close()
        simulation.kill()
        await simulation.wait()
        await broker.stop()


@asynccontextmanager
async def process_of(
    site: Path, folder: Path, program: Sequence[str] = ("llmagentos",)
) -> AsyncIterator[asyncio.subprocess.Process]:
    """A node process, gone at the end whatever happens. `program`: the module to run, with arguments that come first."""
    with (folder / "node.log").open("ab") as log:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", *program, "run", str(site), "--data", str(folder), "--model", "none", "--port", "0", stdout=log, stderr=log
        )  # fmt: skip
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def _up(folder: Path, stream: Stream) -> None:
    """Wait until the node answers and knows its devices."""
    started = time.monotonic()
    async with asyncio.timeout(UP_S):
        while True:
            with contextlib.suppress(ConnectionError, OSError, ValueError):
                site = await call(folder, {"op": "site"})
                if len(site["entities"]) == len(SITE["simulate"]["devices"]):
                    break
            await asyncio.sleep(0.05)
    stream.restarts_s.append(time.monotonic() - started)


async def all_ended(folder: Path) -> None:
    """Wait until no intent is open: what the last life left is ended by the start, within the confirmation time."""
    async with asyncio.timeout(UP_S):
        while True:
            journal = SqliteJournal(folder / "journal.sqlite")
            left = journal.open_intents()
            journal.close()
            if not left:
                return
            await asyncio.sleep(0.2)


async def _rung(witness: MqttClient) -> int:
    """How often the bell rang."""
    await asyncio.sleep(0.5)
    count = 0
    while witness.waiting():
        arrived = witness.receive_nowait()
        if arrived.topic == "house/button.bell_counter/state":
            count = int(json.loads(arrived.payload)["value"])
    return count


def _judged(file: Path, stream: Stream, rung: int, kills: int, out: Console) -> Figures:
    journal = SqliteJournal(file)
    try:
        records = journal.latest("Intent", "Sent", "Receipt", limit=10_000_000)
    finally:
        journal.close()
    intents = {one.id: one for one in records if isinstance(one, Intent)}
    sent = Counter(one.intent for one in records if isinstance(one, Sent))
    ends = {one.intent: one.outcome for one in records if isinstance(one, Receipt)}
    bells = [one.id for one in intents.values() if not one.command.idempotent]
    lost = [one for one in stream.accepted if one not in intents or one not in ends]
    _show(ends, out)
    return {
        "kills": kills, "accepted": len(stream.accepted), "intents": len(intents), "lost": len(lost),
        "open": sum(one not in ends for one in intents), "bell_intents": len(bells), "bell_sent": sum(sent[one] for one in bells), "bell_rung": rung,
        "sent_twice": sum(sent[one] > 1 for one in bells) + max(0, rung - sum(sent[one] for one in bells)),
        **Counter(ends.values()),
        "restart_p95_s": round(quantile(stream.restarts_s, 0.95), 2),
    }  # fmt: skip


def _show(ends: dict[str, Any], out: Console) -> None:
    table = Table("how intents ended", "count")
    for outcome, count in sorted(Counter(ends.values()).items()):
        table.add_row(outcome, str(count))
    out.print(table)


def passed(figures: Figures) -> Sequence[str]:
    """What is wrong, in sentences; nothing if all promises held."""
    promises = {
        "lost": "accepted intents have no end",
        "open": "intents are still open",
        "sent_twice": "bells were sent twice",
    }
    return [f"{figures[key]} {what}" for key, what in promises.items() if figures[key]]
