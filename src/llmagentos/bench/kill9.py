"""`agentos bench kill9`: standing orders, an alarm and a plan while the node is killed (SIGKILL) again and again.

At every boundary (before and after each write and each message, `bench/mortal.py`) and at random instants. Somebody goes on turning two
switches, and stops while there is no node. Afterwards every turn must have fired its order and raised its alarm once, nothing that is not idempotent
may have been done twice, and what an order with an end has changed must be as it was. The plan rings a chime in each of its steps: every step must end, and
none may ring twice.
"""

import asyncio
import contextlib
import json
import random
import signal
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console

from llmagentos.app.local_socket import call
from llmagentos.bench.crash import all_ended, household, process_of
from llmagentos.bench.report import Figures, quantile, tracking
from llmagentos.devices.codecs import Publish
from llmagentos.devices.mqtt import BrokerGone, MqttClient
from llmagentos.kernel.journal import SqliteJournal
from llmagentos.messages.records import AlarmChange, Fired, Intent, PlanStep, Receipt, Sent

UP_S, SETTLED_S, LONGEST_LIFE_S = 60.0, 2.0, 2.5
SITE: dict[str, Any] = {
    "site": "Mortal House", "node": "mortal", "level": "act", "resources": {"chime": "1"},
    "simulate": {"outside": None, "devices": [
        {"id": "switch.gate", "class": "switch", "name": "Gate"},
        {"id": "switch.tap", "class": "switch", "name": "Tap"},
        {"id": "light.lamp", "class": "light", "name": "Lamp", "can": ["brightness"]},
        {"id": "button.bell", "class": "button", "name": "Bell"},
        {"id": "button.bell_counter", "class": "sensor", "name": "Bell Counter", "state": {"value": 0}, "unit": "rings"},
        {"id": "button.chime", "class": "button", "name": "Chime"},
        {"id": "button.chime_counter", "class": "sensor", "name": "Chime Counter", "state": {"value": 0}, "unit": "rings"},
    ]},
}  # fmt: skip
BELL = 'when switch "Gate" is on: press button "Bell"'
LAMP = 'when switch "Tap" is on until switch "Tap" is off: set light "Lamp" brightness 80%'
ALARM = 'alarm "Gate open" low when switch "Gate" is on: "Close it"'

STEPS, PLAN_S = 40, 240.0
PLAN = 'plan "chimes": ' + ", ".join(
    f'task "{number}" takes 1 s needs "chime" 1 {{ press button "Chime" }}' for number in range(STEPS)
)


class Somebody:
    """Turns the switches, by messages of their own, and counts how often each was turned on."""

    def __init__(self, client: MqttClient, random_: random.Random) -> None:
        self._client, self._random = client, random_
        self._on = {"gate": False, "tap": False}
        self.turned_on: Counter[str] = Counter()

    def turn(self) -> None:
        """One of the switches to where it is not."""
        self._set(self._random.choice(list(self._on)))

    def rest(self) -> None:
        """Everything off."""
        for name in [name for name, on in self._on.items() if on]:
            self._set(name)

    def _set(self, name: str) -> None:
        with contextlib.suppress(BrokerGone):
            self._client.publish(Publish(f"house/switch.{name}/set/on", "OFF" if self._on[name] else "ON"))
            self._on[name] = not self._on[name]
            self.turned_on[name] += self._on[name]


async def run_kill9(kills: int, boundaries: int, seed: int, out: Console) -> Figures:
    """Live and die so often; what became of the orders."""
    random_ = random.Random(seed)
    restarts: list[float] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        async with household(folder, SITE) as (site, witness):
            client = MqttClient(witness.address, "somebody")
            await client.connect()
            somebody = Somebody(client, random_)
            await _begin(site, folder, restarts)
            counts: Sequence[int | None] = [*range(1, boundaries + 1), *[None] * kills]
            with tracking(len(counts)) as begin:
                for number, count in enumerate(counts, 1):
                    begin(f"life {number}")
                    await _life(site, folder, somebody, count, random_, restarts)
            async with process_of(site, folder) as process:
                await _up(folder, restarts)
                await asyncio.sleep(SETTLED_S)
                somebody.rest()
                await asyncio.sleep(SETTLED_S)
                await _plan_over(folder)
                await all_ended(folder)
                process.terminate()
                await process.wait()
            states = _last_states(witness)
            await client.close()
        figures = _judged(folder / "journal.sqlite", somebody, states)
    return {"kills": len(counts), **figures, "recovery_s": round(quantile(restarts, 0.95), 2)}


async def _begin(site: Path, folder: Path, restarts: list[float]) -> None:
    async with process_of(site, folder) as process:
        await _up(folder, restarts)
        await asyncio.sleep(SETTLED_S)
        for sentence in ('set light "Lamp" brightness 30%', BELL, LAMP, ALARM, PLAN):
            await call(folder, {"op": "do", "sentence": sentence})
        process.terminate()
        await process.wait()


async def _plan_over(folder: Path) -> None:
    """Wait for its last step; if that does not come, what is missing is counted."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(PLAN_S):
            while not all(one["over"] for one in await call(folder, {"op": "plans"})):  # noqa: ASYNC110 - another process
                await asyncio.sleep(0.5)


async def _life(site: Path, folder: Path, somebody: Somebody, count: int | None, random_: random.Random, restarts: list[float]) -> None:  # fmt: skip
    program = ("llmagentos",) if count is None else ("llmagentos.bench.mortal", str(count))
    async with process_of(site, folder, program) as process:
        if not await _up(folder, restarts, process):
            return
        ends = time.monotonic() + random_.uniform(0.1, LONGEST_LIFE_S if count is None else 2 * LONGEST_LIFE_S)
        while process.returncode is None and (count is not None or time.monotonic() < ends):
            if count is not None and time.monotonic() > ends + SETTLED_S:
                break
            somebody.turn()
            await asyncio.sleep(random_.uniform(0.05, 0.4))
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(signal.SIGKILL)
        await process.wait()


async def _up(folder: Path, restarts: list[float], process: asyncio.subprocess.Process | None = None) -> bool:
    """Whether the node answers and knows its devices before it dies."""
    started = time.monotonic()
    async with asyncio.timeout(UP_S):
        while process is None or process.returncode is None:
            with contextlib.suppress(ConnectionError, OSError, ValueError):
                site = await call(folder, {"op": "site"})
                if site["settled"] and len(site["entities"]) == len(SITE["simulate"]["devices"]):
                    restarts.append(time.monotonic() - started)
                    return True
            await asyncio.sleep(0.05)
    return False


def _last_states(witness: MqttClient) -> dict[str, dict[str, Any]]:
    states: dict[str, dict[str, Any]] = {}
    while witness.waiting():
        arrived = witness.receive_nowait()
        states[arrived.topic.split("/")[1]] = json.loads(arrived.payload)
    return states


def _judged(file: Path, somebody: Somebody, states: dict[str, dict[str, Any]]) -> Figures:
    journal = SqliteJournal(file)
    try:
        records = journal.latest("Fired", "AlarmChange", "Intent", "Sent", "Receipt", "PlanStep", limit=10_000_000)
    finally:
        journal.close()
    fired = Counter(one.sentence for one in records if isinstance(one, Fired) and one.why == "fired")
    raised = sum(isinstance(one, AlarmChange) and one.change == "raised" for one in records)
    intents = {one.id: one for one in records if isinstance(one, Intent)}
    ended = {one.intent for one in records if isinstance(one, Receipt)}
    sent = Counter(one.intent for one in records if isinstance(one, Sent))
    pressed = [one.id for one in intents.values() if one.command.entity == "button.bell"]
    chimed = [one.id for one in intents.values() if one.command.entity == "button.chime"]
    over = {one.step: one.status for one in records if isinstance(one, PlanStep) and one.status in ("done", "failed")}
    chimes = int(states["button.chime_counter"]["value"])
    rung = int(states["button.bell_counter"]["value"])
    turned = {BELL: somebody.turned_on["gate"], LAMP: somebody.turned_on["tap"]}
    unfired = sum(max(0, turned[one] - fired[one]) for one in turned)
    return {
        "turned_on": sum(turned.values()), "fired": sum(fired.values()), "alarms_raised": raised, "bell_rung": rung,
        "steps": STEPS, "steps_done": sum(one == "done" for one in over.values()), "chimes": chimes,
        "lost": unfired + max(0, turned[BELL] - raised) + max(0, fired[BELL] - len(pressed)) + sum(one not in ended for one in intents) + (states["light.lamp"]["brightness"] != 30)
        + STEPS - len(over) + max(0, sum(one == "done" for one in over.values()) - chimes),
        "duplicated": sum(max(0, fired[one] - turned[one]) for one in turned) + max(0, raised - turned[BELL]) + max(0, rung - turned[BELL]) + max(0, len(pressed) - fired[BELL])
        + sum(sent[one] > 1 for one in (*pressed, *chimed)) + max(0, len(chimed) - STEPS) + max(0, chimes - STEPS),
    }  # fmt: skip


def broken(figures: Figures) -> Sequence[str]:
    """What is wrong, in sentences; nothing if all promises held."""
    promises = {"lost": "things were lost", "duplicated": "things were done twice"}
    return [f"{figures[key]} {what}" for key, what in promises.items() if figures[key]]
