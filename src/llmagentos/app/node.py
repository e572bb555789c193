"""The node: wires the rooms of one site together and carries an utterance from words to receipts.

The only writer of the journal. Every effect passes judge and executor; there is no other way to a device.
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from pathlib import Path

from llmagentos.actuation import Executor
from llmagentos.agent.dialogue import Dialogue
from llmagentos.agent.ports import Deciding
from llmagentos.agent.site_index import SiteIndex
from llmagentos.agent.wording import Language
from llmagentos.app.conversation import Conversation
from llmagentos.app.errands import Errands
from llmagentos.app.hands import Hands
from llmagentos.app.intake import Intake
from llmagentos.app.notices import Carrier, Notices
from llmagentos.app.orders import STATE, Orders
from llmagentos.app.own_lists import OwnLists
from llmagentos.app.ports import BiggerModel, CausalJournal, DevicePublisher
from llmagentos.app.proposals import Proposals
from llmagentos.app.recorder import Recorder
from llmagentos.app.reminders import Reminders
from llmagentos.app.replies import Replies, Reply
from llmagentos.app.ringing import Ringing
from llmagentos.app.unattended import Unattended
from llmagentos.devices.codecs import Publish
from llmagentos.devices.mqtt import MqttClient
from llmagentos.kernel.bus import EventBus
from llmagentos.kernel.journal import JournalFailed, SqliteJournal
from llmagentos.kernel.local_time import local_zone
from llmagentos.knowledge import Retriever, World, select
from llmagentos.messages import Clock, IdSource, Record, SystemClock
from llmagentos.messages.records import (
    Command,
    Decision,
    Intent,
    Observation,
    Sent,
)
from llmagentos.messages.site import SiteConfig
from llmagentos.messages.snapshot import Snapshot, Speaker
from llmagentos.policy import Judge, RuleBook

_log = logging.getLogger(__name__)
SAVE_EVERY_S = 10.0
RESTART_S, TICK_S = 0.5, 0.25
SETTLE_S, SETTLED_S = 1.5, 0.25
"""After a start retained states arrive; nothing is acted on before. They are all here soon after a message of our own that was sent
last has come back, or at the latest after so long."""
MISSED_AFTER_S = 30.0
"""Devices that were known before a restart have this long to announce themselves; then they count as gone."""


class Node:
    """One site. `start`, then `say`, `consent`, `stop_all`; `close` at the end."""

    def __init__(
        self,
        site: SiteConfig,
        folder: Path,
        client: MqttClient,
        model: Deciding,
        *,
        bigger: Deciding | None = None,
        clock: Clock | None = None,
        carrier: Carrier | None = None,
        confirm_s: float = 5.0,
    ) -> None:
        self.site, self.bus, self.zone = site, EventBus(), local_zone()
        self._clock: Clock = clock or SystemClock()
        self._ids = IdSource(site.node, self._clock)
        self.world = World(site)
        self.journal = SqliteJournal(folder / "journal.sqlite")
        self.client = client
        self.intake = Intake(site, self.world, self._clock, self._ids, self._changed)
        journal = CausalJournal(self.journal, self.intake.observation)
        self._recorder = Recorder(journal, self.bus, self._clock, self._ids)
        replies = Replies(self._recorder)
        self._notices = Notices(site.notify, site.name, self._recorder.fault, carrier)
        self._hands = Hands(site.hand_minutes * 60)
        self._executor = Executor(
            journal, self.bus, DevicePublisher(self.intake.encode, client), self.world, self._clock, self._ids, confirm_s=confirm_s,
        )  # fmt: skip
        self.judge = Judge(RuleBook(site.policies), site)
        self._proposals = Proposals(
            self.judge, self._executor, self.world, self.snapshot, replies,
            recorder=self._recorder, zone=self.zone, leaves=self._leaves,
        )  # fmt: skip
        self._reminders = Reminders(self._clock, self._ids, self.zone)
        self._lists = OwnLists(client, site.agentos_base, lambda state: self.journal.put_state("lists", state))
        self.orders = Orders(
            select, self.zone, site.location, self.snapshot,
            recorder=self._recorder, keep=lambda state: self.journal.put_state(STATE, state),
        )  # fmt: skip
        errands = Errands(self._reminders, self._keep_reminders, self._lists, self.orders, self._notices)
        dialogue = Dialogue(model, Retriever(), select, self.zone, BiggerModel(bigger) if bigger else None)
        language: Language = "zh" if site.language.startswith("zh") else "en"
        self._conversation = Conversation(
            dialogue, self.snapshot, self._proposals, errands, replies, self._recorder, language
        )
        self._unattended = Unattended(
            self._conversation, self.orders, self._hands, self._notices,
            world=self.world, replies=replies, recorder=self._recorder,
            keep=lambda state: self.journal.put_state("put back", state),
        )  # fmt: skip
        self._ringing = Ringing(
            self._reminders, replies, self._clock, self._keep_reminders, self._unattended.act, language
        )
        self._marker, self._echo = f"{site.agentos_base}/{site.node}/settled", asyncio.Event()
        self.settled = asyncio.Event()
        """What the broker retains is known: the node acts by itself from now on."""
        self._tasks: list[asyncio.Task[None]] = []
        self._dirty = self._closed = False

    async def start(self) -> None:
        """Take up the past, listen to the broker, end what was left open."""
        await self._claim()
        self.world.load(self.journal.state("world") or {})
        self._reminders.load(self.journal.state("reminders") or {"timers": self.journal.state("timers")})
        self._proposals.guards.load(self.journal.state("guards") or {})
        self.judge.stopped = self._executor.stopped = bool(self.journal.state("stopped"))
        self._lists.load(self.journal.state("lists") or {})
        self.orders.load(self.journal.state(STATE) or {})
        self._unattended.load(self.journal.state("put back") or {})
        self.intake.subscribe(self.client)
        self._lists.announce()
        self._tasks = [asyncio.create_task(self._keep(work)) for work in (self._listen, self._tick, self._obey)]
        open_intents = self.journal.open_intents()
        for name, work in (("settling", self._settle()), ("recovery of orders", self._unattended.recover(self.journal)),
                           ("recovery", self._recover(open_intents))):  # fmt: skip
            self._tasks.append(asyncio.create_task(self._once(name, work)))

    async def _claim(self) -> None:
        """A journal belongs to one site. Raises: JournalFailed for that of another."""
        owner = self.journal.state("site")
        if owner not in (None, self.site.name):
            raise JournalFailed(
                f"this folder holds the journal of {owner!r}, not of {self.site.name!r}; choose another with --data"
            )
        await self.journal.put_state("site", self.site.name)

    async def _settle(self) -> None:
        """A broker hands out what it retains in the order of subscription: what we say to ourselves last comes last."""
        self.client.subscribe(self._marker)
        with contextlib.suppress(ConnectionError, TimeoutError):
            async with asyncio.timeout(SETTLE_S):
                known = -1
                while known != self.client.subscriptions:  # what is described is subscribed to, and retained too
                    known = self.client.subscriptions
                    self._echo.clear()
                    self.client.publish(Publish(self._marker, self._ids.next()))
                    await self._echo.wait()
        await asyncio.sleep(SETTLED_S)
        self.settled.set()

    async def _recover(self, open_intents: list[Record]) -> None:
        """End what the last run left open, while the node already answers and can be stopped."""
        sent = [
            one.intent for intent in open_intents for one in self.journal.effects(intent.id) if isinstance(one, Sent)
        ]
        for one in open_intents:
            if isinstance(one, Intent):  # what they do now is no hand's work
                self._leaves(one.command)
        await self.settled.wait()  # retained states arrive first: recovery reads them back
        await self._executor.recover(open_intents, sent)

    async def close(self) -> None:
        """Save and stop. What is under way stays journaled and is ended by the next start. Again is nothing."""
        if self._closed:
            return
        self._closed = True
        working = (*self._tasks, *self._proposals.running, *self._notices.running)
        for task in working:
            task.cancel()
        await asyncio.gather(*working, return_exceptions=True)
        await self._save()
        self.journal.close()

    def snapshot(self) -> Snapshot:
        """The world now."""
        now = self._clock.now()
        timers, alarms = self._reminders.timers.views(now), self._reminders.alarms.views()
        before = self.world.snapshot(now)
        if timers or alarms or before.timers or before.alarms:
            self.world.set_timers(timers, alarms)
        return self.world.snapshot(now)

    async def say(self, words: str, speaker: Speaker) -> Reply:
        """A person said something. Never raises for what they said."""
        return await self._conversation.say(words, speaker)

    async def do(self, sentence: str, speaker: Speaker, *, wait: bool = True) -> Reply:
        """A sentence of the site language itself. Raises: GrammarError."""
        return await self._conversation.do(sentence, speaker, wait=wait)

    def readings(self, decision: Decision) -> list[tuple[str, str]]:
        """What the person may have meant, most likely first: (in words, sentence), only what could be done now."""
        return self._conversation.readings(decision)

    def index(self) -> SiteIndex:
        """The site by kinds and names, as it is now."""
        return self._conversation.index()

    async def consent(self, request_id: str, granted: bool, principal: str) -> Reply:
        """A person answers a ConsentRequest; the proposal is judged again now."""
        return await self._proposals.consent(request_id, granted, principal)

    def awaits(self, request_id: str) -> bool:
        """Whether a request for consent still waits for its answer."""
        return self._proposals.awaits(request_id)

    def last_of(self, name: str) -> str | None:
        """The newest receipt or refusal of an entity (by id or name), else the observation its state rests on."""
        entity = next((one for one in self.snapshot().entities.values() if one.called(name)), None)
        if entity is None:
            return None
        return self.journal.last_about(entity.id)

    def tasks(self) -> tuple[asyncio.Task[None], ...]:
        """What runs in the background; one that is done has failed."""
        return tuple(self._tasks)

    async def stop_all(self, stopped: bool, principal: str) -> None:
        """End every actuation at once, or release the stop: no command leaves, what moves and can be halted is halted.

        Raises: JournalFailed, and has stopped all the same: it is the one act that needs no disk.
        """
        self.judge.stopped = self._executor.stopped = stopped
        self._proposals.drop_questions()
        try:
            fault = await self._recorder.fault(
                "site", "stopped" if stopped else "released", source=f"person:{principal}"
            )
            if stopped:
                await self._proposals.halt(fault, principal)
            await self.journal.put_state("stopped", stopped)
        except JournalFailed:
            if stopped:
                self._proposals.halt_unwritten()
            raise

    async def _keep_reminders(self) -> None:
        await self.journal.put_state("reminders", self._reminders.dump())

    async def _once(self, name: str, work: Awaitable[None]) -> None:
        """What a start does beside answering: if it fails that is said, and the node goes on."""
        try:
            await work
        except JournalFailed as error:
            _log.error("%s: %s", name, error)
        except Exception as error:  # as below
            await self._failed(name, error)

    async def _failed(self, name: str, error: Exception) -> None:
        _log.error("%s failed", name, exc_info=error)
        with contextlib.suppress(JournalFailed):
            await self._recorder.fault("node", f"{name} failed", f"{type(error).__name__}: {error}")

    async def _keep(self, work: Callable[[], Awaitable[None]]) -> None:
        """Run a loop for ever: a node that no longer listens would be worse than one that lost a message."""
        while True:
            try:
                await work()
            except JournalFailed as error:  # the disk is full: said each time, without the places in the code
                _log.error("%s", error)
                await asyncio.sleep(RESTART_S)
            except Exception as error:  # the outer door of the node's own loops
                await self._failed(work.__name__.strip("_"), error)
                await asyncio.sleep(RESTART_S)

    async def _listen(self) -> None:
        while True:
            arrived = await self.client.receive()
            if arrived.topic == self._marker:
                self._echo.set()
                continue
            self.intake.take(arrived, self.client)
            await self._lists.take(arrived)

    def _changed(self, entity_id: str, observation: Observation | None) -> None:
        self._dirty = True
        self._executor.observed(entity_id)
        if observation is not None:
            entity = self.world.entity(entity_id)
            if entity is not None:
                self._hands.observed(observation, entity, self._clock.now())
            self.orders.observed(observation)
        if observation is None or observation.value != observation.previous:
            self.bus.publish(observation if observation is not None else entity_id)

    async def _tick(self) -> None:
        begun = last_save = self._clock.monotonic()
        connected, counted = True, False
        await self.settled.wait()
        if not self.orders.begun:
            self.orders.begin(self.snapshot())
        while True:
            await self._ringing.due()
            self.orders.site(self.snapshot())
            self.orders.advance()
            while self._hands.fights:
                await self._recorder.fault(
                    self._hands.fights.popleft(), "fought over", "something else sets it back whenever it is set here"
                )
            await asyncio.sleep(TICK_S)
            if not counted and self._clock.monotonic() - begun > MISSED_AFTER_S:
                counted = True
                for missed in self.world.miss():
                    await self._recorder.fault(missed, "gone", "known before the restart, not announced since")
            if connected != self.client.connected:
                connected = self.client.connected
                if connected:
                    self._lists.announce()
                await self._recorder.fault("broker", "back" if connected else "lost")
            if self._clock.monotonic() - last_save > SAVE_EVERY_S:
                last_save = self._clock.monotonic()
                await self._save()

    async def _obey(self) -> None:
        await self.orders.work(self._unattended.obey)

    def _leaves(self, command: Command) -> None:
        """A command of ours is about to leave."""
        self._hands.ours(command, self._clock.now())

    async def _save(self) -> None:
        if self._dirty:
            self._dirty = False
            await self.journal.put_state("world", self.world.dump())
            await self.journal.put_state("guards", self._proposals.guards.dump())
        if self.orders.begun and self.orders.all():
            await self.orders.save()
