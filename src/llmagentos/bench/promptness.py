"""From a reading on the broker to the command on it, by standing orders, while a thousand readings a second pass: the model idle, then busy.

The node is a process of its own, as in life; devices are messages on a real broker. What is measured is what a device would see.
A command leaves after three commits to the disk, so how long one takes is measured beside it, on the same disk in the same minutes.
"""

import asyncio
import contextlib
import json
import os
import random
import sqlite3
import sys
import tempfile
import time
from pathlib import Path

from llmagentos.app.local_socket import call
from llmagentos.bench.report import BenchError, Figures, quantile, tracking
from llmagentos.devices.broker import LocalBroker
from llmagentos.devices.codecs import Publish
from llmagentos.devices.mqtt import MqttClient
from llmagentos.inference.store import default_folder

SENSORS, ORDERS, READINGS_PER_S = 1_000, 200, 1_000
EVERY_S, UP_S, LATE_S = 0.2, 120.0, 5.0
SITE = "site: Plant\nlevel: act\nhand_minutes: 0\nhistory_days: 0\nbroker: 127.0.0.1:{port}\n"
ORDER = 'when sensor "Sensor {n}" > 20 C back by 1 C: turn on light "Light {n}"'
WORDS = ("turn on light {n}", "is light {n} on", "turn off light {n} please", "how warm is sensor {n}")


class Plant:
    """A thousand sensors and two hundred lights, as messages."""

    def __init__(self, client: MqttClient, random_: random.Random) -> None:
        self._client, self._random = client, random_
        self.reacted: dict[str, asyncio.Future[float]] = {}

    def announce(self) -> None:
        """Discovery and first states, retained."""
        for n in range(SENSORS):
            config = {"name": f"Sensor {n}", "unique_id": f"s{n}", "state_topic": f"p/s{n}", "unit_of_measurement": "°C", "device_class": "temperature"}  # fmt: skip
            self._retained(f"homeassistant/sensor/s{n}/config", json.dumps(config))
            self._retained(f"p/s{n}", "10.0")
        for n in range(ORDERS):
            config = {
                "name": f"Light {n}",
                "unique_id": f"l{n}",
                "state_topic": f"p/l{n}",
                "command_topic": f"p/l{n}/set",
            }
            self._retained(f"homeassistant/light/l{n}/config", json.dumps(config))
            self._retained(f"p/l{n}", "OFF")

    async def obey(self) -> None:
        """Lights do what they are told, and say so; for ever."""
        self._client.subscribe("p/+/set")
        while True:
            arrived = await self._client.receive()
            at, light = time.perf_counter(), arrived.topic.split("/")[1]
            self._client.publish(Publish(f"p/{light}", arrived.payload.decode()))
            waiting = self.reacted.pop(light, None)
            if waiting is not None and not waiting.done():
                waiting.set_result(at)

    async def chatter(self) -> None:
        """The other sensors, all the time."""
        last, sent = time.perf_counter(), 0
        while True:
            due = int((time.perf_counter() - last) * READINGS_PER_S)
            for _ in range(due - sent):
                self._client.publish(Publish(f"p/s{self._random.randrange(ORDERS, SENSORS)}", f"{10 + self._random.random():.2f}"))  # fmt: skip
            sent = due
            await asyncio.sleep(0.005)

    async def reaction(self, n: int) -> float:
        """Seconds from a reading to the command that it calls for. Raises: TimeoutError."""
        waiting = self.reacted[f"l{n}"] = asyncio.get_running_loop().create_future()
        begun = time.perf_counter()
        self._client.publish(Publish(f"p/s{n}", "30.0"))
        took: float = await asyncio.wait_for(waiting, LATE_S) - begun
        self._client.publish(Publish(f"p/s{n}", "10.0"))
        self._client.publish(Publish(f"p/l{n}", "OFF"))
        return took

    def _retained(self, topic: str, payload: str) -> None:
        self._client.publish(Publish(topic, payload, retain=True))


async def run_promptness(model: str, count: int) -> Figures:
    """Milliseconds at the median and at 99 %, and how much a busy model costs. Raises: BenchError."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        broker = LocalBroker(folder / "broker")
        await broker.start()
        (folder / "site.yaml").write_text(SITE.format(port=broker.port))
        client = MqttClient(broker.address, "plant")
        await client.connect()
        plant = Plant(client, random.Random(5))
        plant.announce()
        tasks = [asyncio.create_task(plant.obey())]
        environment = {**os.environ, "AGENTOS_MODELS": str(default_folder())}
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "llmagentos", "run", str(folder / "site.yaml"), "--data", str(folder / "node"), "--model", model, "--port", "0",
            stdout=asyncio.subprocess.DEVNULL, env=environment,
        )  # fmt: skip
        try:
            await _ready(folder / "node")
            tasks.append(asyncio.create_task(plant.chatter()))
            disk = asyncio.create_task(_commits(folder))
            idle = await _measured(plant, count, "model idle")
            tasks.append(asyncio.create_task(_talk(folder / "node")))
            await asyncio.sleep(2.0)
            busy = await _measured(plant, count, "model busy")
            disk.cancel()
            commits = await disk
        finally:
            for one in tasks:
                one.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
            await process.wait()
            await client.close()
            await broker.stop()
    idle_p99, busy_p99 = quantile(idle, 0.99), quantile(busy, 0.99)
    return {
        "reactions": len(idle) + len(busy), "readings_per_s": READINGS_PER_S, "p50_ms": round(quantile(busy, 0.5), 1), "p99_ms": round(busy_p99, 1),
        "idle_p50_ms": round(quantile(idle, 0.5), 1), "idle_p99_ms": round(idle_p99, 1), "busy_over_idle": round(busy_p99 / idle_p99, 2),
        "commit_p50_ms": round(quantile(commits, 0.5), 1), "commit_p99_ms": round(quantile(commits, 0.99), 1), "commit_worst_ms": round(max(commits), 1),
    }  # fmt: skip


async def _ready(folder: Path) -> None:
    """The node knows every device, and the orders stand. Raises: BenchError."""
    until = time.monotonic() + UP_S
    known = 0
    while known < SENSORS + ORDERS:
        if time.monotonic() > until:
            raise BenchError(f"the node knew {known} of {SENSORS + ORDERS} devices after {UP_S:.0f} s")
        await asyncio.sleep(1.0)
        with contextlib.suppress(OSError, ValueError):
            known = len((await call(folder, {"op": "site"}))["entities"])
    for n in range(ORDERS):
        await call(folder, {"op": "do", "sentence": ORDER.format(n=n)})


async def _measured(plant: Plant, count: int, what: str) -> list[float]:
    """Milliseconds."""
    taken = []
    with tracking(count) as begin:
        for number in range(count):
            begin(what)
            try:
                taken.append(await plant.reaction(number % ORDERS) * 1000)
            except TimeoutError as error:
                raise BenchError(f"no command came within {LATE_S:.0f} s of a reading") from error
            await asyncio.sleep(EVERY_S)
    return taken


async def _commits(folder: Path) -> list[float]:
    """Milliseconds that single commits to this disk take, until it is cancelled."""
    taken: list[float] = []
    with contextlib.closing(sqlite3.connect(folder / "commits.sqlite", check_same_thread=False)) as disk:
        disk.execute("PRAGMA journal_mode = WAL")
        disk.execute("PRAGMA synchronous = FULL")
        disk.execute("CREATE TABLE one (text TEXT)")

        def commit() -> None:
            with disk:
                disk.execute("INSERT INTO one VALUES ('a record')")

        with contextlib.suppress(asyncio.CancelledError):
            while True:
                begun = time.perf_counter()
                await asyncio.to_thread(commit)
                taken.append((time.perf_counter() - begun) * 1000)
                await asyncio.sleep(EVERY_S)
    return taken


async def _talk(folder: Path) -> None:
    """Keep the model busy, for ever, with something new each time."""
    number = 0
    while True:
        for words in WORDS:
            number += 1
            said = words.format(n=ORDERS + number % 500)
            await call(folder, {"op": "say", "words": said, "session": f"s{number}"})
