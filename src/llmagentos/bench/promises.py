"""`agentos bench promises`: kinds of silent breakage in a simulated week, and whether they are said before the order that needs the thing.

A node as in production, on a broker, with a clock that the bench moves. Each kind has a thing that breaks in the middle of the week and a twin
that does not (`bench/breakages.py`); the orders need them on Sunday evening. What a person sees is what counts: the doubts beside an order.
On the fourth day the node is started anew, with other people in its site file.
"""

import asyncio
import random
import tempfile
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from rich.console import Console

from llmagentos.app.node import Node
from llmagentos.app.ports import NoModel
from llmagentos.app.sitefile import site_config
from llmagentos.bench.breakages import DAY, EXERCISED, KINDS, Kind, Thing
from llmagentos.bench.report import BenchError, Figures, quantile, tracking
from llmagentos.devices.broker import LocalBroker
from llmagentos.devices.mqtt import MqttClient
from llmagentos.messages import SimulatedClock
from llmagentos.messages.site import SiteConfig
from llmagentos.messages.snapshot import Speaker

MONDAY = 1_750_032_000.0  # 2025-06-16 00:00 UTC
STEP_S, TICK_S, DEADLINE_S = 1200.0, 0.002, 60.0
NEEDED = 6 * DAY + 20 * 3600
RESTART, PHONE = 4 * DAY, 5.5 * DAY
ALLOWED = 2
UNDELIVERED = "the last message to your phone did not arrive"


@dataclass
class Promise:
    """An order, the things it needs, and when they break; `struck` is None for a twin."""

    kind: Kind
    things: list[Thing]
    order: str
    struck: float | None
    announced: float | None = None
    false: str = ""
    done: bool = False


class Phone:
    """Takes messages until it does not."""

    arrives = True

    def __call__(self, _address: str, _title: str, _text: str) -> bool:
        return self.arrives


class Week:
    """The house, its things, and its promises."""

    def __init__(self, client: MqttClient, random_: random.Random) -> None:
        self._client, self.clock, self.phone = client, SimulatedClock(MONDAY), Phone()
        self._pulse = Thing(
            "pulse",
            {"class": "sensor", "name": "Pulse", "properties": {"value": {"kind": "number"}}},
            lambda _at: {"value": self._beats},
        )
        self._beats = 0
        self.promises: list[Promise] = []
        for number, kind in enumerate(KINDS, 1):
            struck = DAY * random_.uniform(3.0, 4.4)
            struck = RESTART if kind.principal != "owner" else PHONE if "phone" in kind.name else struck
            for n, when in ((str(number), struck), (str(number + len(KINDS)), None)):
                self.promises.append(Promise(kind, kind.things(n, random_), kind.order.format(n=n), when))
        shared = [KINDS[22].things("100", random_)[0], KINDS[9].things("101", random_)[0]]
        self._things = [self._pulse, *shared, *(thing for one in self.promises for thing in one.things)]

    async def announce(self) -> None:
        """Everything describes itself."""
        self._client.subscribe("agentos/+/set")
        for one in self._things:
            self._client.publish(one.described())
        await self._report(0.0)

    async def order(self, node: Node) -> dict[str, Promise]:
        """Give the orders; which of them is whose. Raises: BenchError for one that is not taken."""
        given: dict[str, Promise] = {}
        for one in self.promises:
            known = {standing.id for standing in node.orders.all()}
            principal = one.kind.principal if one.struck is not None else "owner"
            reply = await node.do(one.order, Speaker(principal, None, "bench"))
            new = [standing.id for standing in node.orders.all() if standing.id not in known]
            if len(new) != 1:
                raise BenchError(f"the house does not take {one.order!r}: {reply.text}")
            given[new[0]] = one
            if one.kind.name in EXERCISED:
                for sentence in _used_daily(one.things[0]):
                    await node.do(sentence, Speaker("owner", None, "bench"))
        await node.do("when every day at 09:00: notify owner", Speaker("owner", None, "bench"))
        return given

    async def listen(self) -> None:
        """Things do what they are told, and say so, for ever."""
        while True:
            arrived = await self._client.receive()
            known = next((one for one in self._things if arrived.topic == f"agentos/{one.id}/set"), None)
            if known is not None:
                known.told(arrived.payload)
                for message in known.reports(self.clock.now() - MONDAY):
                    self._client.publish(message)

    async def step(self, node: Node, at: float) -> None:
        """The clock moves, things break and report, and the node has looked at every order since."""
        self.clock.advance(STEP_S)
        self.phone.arrives = at < PHONE
        for one in self.promises:
            if one.struck is not None and not one.done and one.struck <= at:
                one.done = True
                for message in one.kind.strike(one.things):
                    self._client.publish(message)
        await self._report(at)
        await self.seen(node)

    async def seen(self, node: Node) -> None:
        """Everything has arrived at the node, and it has looked at every order since."""
        async with asyncio.timeout(DEADLINE_S):
            while (view := node.world.entity("pulse")) is None or view.value("value") != self._beats:  # noqa: ASYNC110
                await asyncio.sleep(0.002)
            if node.orders.all():
                rounds = node.doubting.rounds
                while node.doubting.rounds < rounds + 2:  # noqa: ASYNC110
                    await asyncio.sleep(0.002)

    async def _report(self, at: float) -> None:
        self._beats += 1
        for one in self._things:
            if one is not self._pulse:
                for message in one.reports(at):
                    self._client.publish(message)
        self._client.publish(*self._pulse.reports(at))

    def look(self, node: Node, given: dict[str, Promise], at: float) -> None:
        """What a person sees beside each order."""
        for standing in node.orders.all():
            promise = given.get(standing.id)
            if promise is None:
                continue
            about_phone = "phone" in promise.kind.name and promise.struck is not None
            doubts = [one for one in node.doubting.of(standing, "en") if about_phone or one != UNDELIVERED]
            if not doubts:
                continue
            if promise.struck is None or at < promise.struck:
                promise.false = promise.false or f"{at / DAY:.2f} d: {', '.join(doubts)}"
            elif promise.announced is None and at < NEEDED:
                promise.announced = at


def _used_daily(thing: Thing) -> list[str]:
    name, entity_class = thing.shape["name"], thing.shape["class"]
    if entity_class == "cover":
        return [f'when every day at 12:00: close blind "{name}"', f'when every day at 13:00: open blind "{name}"']
    return [f'when every day at 12:00: turn on outlet "{name}"', f'when every day at 13:00: turn off outlet "{name}"']


@asynccontextmanager
async def _running(site: SiteConfig, folder: Path, broker: LocalBroker, week: Week) -> AsyncIterator[Node]:
    client = MqttClient(broker.address, "node")
    await client.connect()
    node = Node(site, folder, client, NoModel("promises need no model"), clock=week.clock, carrier=week.phone, confirm_s=1.0, tick_s=TICK_S)  # fmt: skip
    await node.start()
    try:
        async with asyncio.timeout(DEADLINE_S):
            while not node.orders.begun:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        yield node
    finally:
        await node.close()
        await client.close()


async def _live(folder: Path, seed: int) -> list[Promise]:
    data = {"site": "Week", "level": "act", "people": ["guest"], "notify": ["json://phone"]}
    broker = LocalBroker(folder / "broker")
    await broker.start()
    client = MqttClient(broker.address, "things")
    await client.connect()
    week = Week(client, random.Random(seed))
    listening = asyncio.create_task(week.listen())
    steps = int(NEEDED / STEP_S)
    try:
        site = site_config(data, folder / "site.yaml")
        with tracking(steps) as step_done:
            async with _running(site, folder / "node", broker, week) as node:
                await week.announce()
                await week.seen(node)
                given = await week.order(node)
                for number in range(1, int(RESTART / STEP_S)):
                    await week.step(node, number * STEP_S)
                    week.look(node, given, number * STEP_S)
                    step_done(f"day {number * STEP_S / DAY:.1f}")
            async with _running(replace(site, people=()), folder / "node", broker, week) as node:
                for number in range(int(RESTART / STEP_S), steps):
                    await week.step(node, number * STEP_S)
                    week.look(node, given, number * STEP_S)
                    step_done(f"day {number * STEP_S / DAY:.1f}")
    finally:
        listening.cancel()
        await client.close()
        await broker.stop()
    return week.promises


async def run_promises(seed: int, out: Console) -> Figures:
    """Breakages announced before they are needed, and announcements for nothing."""
    with tempfile.TemporaryDirectory() as folder:
        promises = await _live(Path(folder), seed)
    broken = [one for one in promises if one.struck is not None]
    after = [
        (one.announced - one.struck) / 3600 for one in broken if one.announced is not None and one.struck is not None
    ]
    for one in promises:
        if one.struck is not None and one.announced is None:
            out.print(f"[red]not announced[/]: {one.kind.name}")
        if one.false:
            out.print(f"[red]for nothing[/]: {one.kind.name}{'' if one.struck is not None else ' (twin)'}: {one.false}")
    kinds = Counter(one.kind.name for one in broken if one.announced is not None)
    return {
        "breakages": len(broken), "announced": sum(kinds.values()), "false": sum(bool(one.false) for one in promises),
        "orders": len(promises), "after_h_p50": round(quantile(after, 0.5), 1), "after_h_p95": round(quantile(after, 0.95), 1),
    }  # fmt: skip


def broken(figures: Figures) -> list[str]:
    """What fails, in words."""
    missed = int(figures["breakages"]) - int(figures["announced"])
    return [
        *([f"{figures['false']} announcements for nothing"] if figures["false"] else []),
        *([f"{missed} breakages were not announced"] if missed > ALLOWED else []),
    ]
