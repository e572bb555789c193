"""The node: wires the rooms of one site together and carries an utterance from words to receipts.

The only writer of the journal. Every effect passes judge and executor; there is no other way to a device.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from llmagentos.actuation import Executor
from llmagentos.agent.dialogue import Dialogue
from llmagentos.agent.ports import Deciding
from llmagentos.agent.site_index import SiteIndex
from llmagentos.agent.wording import Language
from llmagentos.app.annunciation import STATE as ALARMS
from llmagentos.app.annunciation import Annunciation
from llmagentos.app.conversation import Conversation
from llmagentos.app.diagnosing import Diagnosing
from llmagentos.app.doubting import Doubting
from llmagentos.app.errands import Errands
from llmagentos.app.foresight import Foresight
from llmagentos.app.hands import Hands
from llmagentos.app.heartbeat import Heartbeat
from llmagentos.app.intake import Intake
from llmagentos.app.leases import Leases
from llmagentos.app.loops import Loops
from llmagentos.app.methods import STATE as METHODS
from llmagentos.app.methods import OwnMethods
from llmagentos.app.notices import Carrier, Notices
from llmagentos.app.order_words import OrderWords
from llmagentos.app.orders import COURSE, STATE, Orders
from llmagentos.app.own_lists import OwnLists
from llmagentos.app.plan_acts import PlanActs
from llmagentos.app.plans import STATE as PLANS
from llmagentos.app.plans import Plans
from llmagentos.app.ports import BiggerModel, CausalJournal, DevicePublisher
from llmagentos.app.proposals import Proposals
from llmagentos.app.reasons import Reasons
from llmagentos.app.recorder import Recorder
from llmagentos.app.remembering import Remembering
from llmagentos.app.reminders import Reminders
from llmagentos.app.replies import Replies, Reply
from llmagentos.app.ringing import Ringing
from llmagentos.app.senses import Senses
from llmagentos.app.settling import Settling
from llmagentos.app.site_graph import SiteGraphKeeper
from llmagentos.app.trials import STATE as TRIALS
from llmagentos.app.trials import Trials
from llmagentos.app.unattended import Unattended
from llmagentos.app.watching import STATE as HEALTH
from llmagentos.app.watching import Watching
from llmagentos.app.world_keeper import WorldKeeper
from llmagentos.devices.mqtt import MqttClient
from llmagentos.kernel.bus import EventBus
from llmagentos.kernel.history import SqliteHistory
from llmagentos.kernel.journal import JournalFailed, SqliteJournal
from llmagentos.kernel.local_time import local_zone
from llmagentos.knowledge import Retriever, World, select
from llmagentos.language.units import Quantity
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

SAVE_EVERY_S = 10.0
TICK_S = 0.25
INSPECT_AFTER_S = 10.0
"""From then on orders are looked at in turn, whether they would work; before, devices may still be announcing themselves."""
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
        tick_s: float = TICK_S,
    ) -> None:
        self.site, self.bus, self.zone, self._tick_s = site, EventBus(), local_zone(), tick_s
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
        self._history = SqliteHistory(folder / "history.sqlite", site.history_days)
        self._watching = Watching(self.bus, lambda state: self.journal.put_state(HEALTH, state))
        self.orders = Orders(
            select, self.zone, site.location, self.snapshot, recorder=self._recorder,
            keep=self.journal.put_states,
            foresight=Foresight(select, self.zone, site.location, self.snapshot, self._history),
        )  # fmt: skip
        language: Language = "zh" if site.language.startswith("zh") else "en"
        self.alarms = Annunciation(
            select, self.zone, site.location, self.snapshot, recorder=self._recorder, keep=lambda state: self.journal.put_state(ALARMS, state),
            notices=self._notices, escalation=Notices(site.escalate, site.name, self._recorder.fault, carrier), language=language,
        )  # fmt: skip
        self.doubting = Doubting(
            (self.orders, self.alarms), self._watching, self.judge, self._notices, select, self.snapshot, self._recorder
        )
        order_words = OrderWords(self.orders, select, self.snapshot)
        errands = Errands(self._reminders, self._keep_reminders, self._lists, self.orders, order_words, self.alarms, self._notices)  # fmt: skip
        dialogue = Dialogue(model, Retriever(), select, self.zone, BiggerModel(bigger) if bigger else None)
        self._conversation = Conversation(
            dialogue, self.snapshot, self._proposals, errands, replies, self._recorder, language
        )
        self._unattended = Unattended(
            self._conversation, self.orders, self._hands, self._notices,
            world=self.world, replies=replies, recorder=self._recorder, journal=self.journal, taken_up=self._taken_up,
            keep=lambda state: self.journal.put_state("put back", state),
        )  # fmt: skip
        self.methods = OwnMethods(
            self.world, self._recorder, lambda entity: self._changed(entity, None), lambda state: self.journal.put_state(METHODS, state)
        )  # fmt: skip
        acts = PlanActs(self._conversation, self._recorder, self.journal, self.awaits)
        self.plans = Plans(
            self._conversation, acts, self._notices, self.snapshot, self._recorder, select=select, zone=self.zone, place=site.location,
            capacity={name: Quantity(*one) for name, one in site.resources.items()}, methods=self.methods, keep=lambda state: self.journal.put_state(PLANS, state),
        )  # fmt: skip
        errands.remember = Remembering(self._history, self.snapshot, self.zone).answer
        errands.account = Reasons(self.journal, self._history, self.snapshot, self.zone, self.orders).answer
        errands.plan, errands.method, order_words.attend = self.plans.give, self.methods.give, self._conversation.attend
        self.trials = Trials(
            self._conversation, self.orders, self._notices, self.world, self._recorder, keep=lambda state: self.journal.put_state(TRIALS, state)
        )  # fmt: skip
        self._ringing = Ringing(
            self._reminders, replies, self._clock, self._keep_reminders, self._unattended.act, language
        )
        self._settling = Settling(client, f"{site.agentos_base}/{site.node}/settled")
        self.settled = self._settling.settled
        """What the broker retains is known: the node acts by itself from now on."""
        self._heartbeat = Heartbeat(client, site.agentos_base, site.node)
        self.leases = Leases(
            site.leases, site.node, client.address, self.intake.encode, self._recorder.fault, self.world.entity
        )
        self.graph = SiteGraphKeeper(folder / "graph", site.name, self.snapshot, self._clock, self.world.set_links)
        self.diagnosing = Diagnosing(self.graph, self._history, self.snapshot, self.zone)
        self.senses = Senses(
            site, folder, model, snapshot=self.snapshot, select=select, conversation=self._conversation, notices=self._notices,
            recorder=self._recorder, history=self._history, intake=self.intake, orders=self.orders, alarms=self.alarms, hands=self._hands,
        )  # fmt: skip
        self.judge.mandated = self.senses.mandated
        self._loops = Loops(self._recorder)
        self._kept_world = WorldKeeper(self.world, self.journal)
        self._closed = False

    async def start(self) -> None:
        """Take up the past, listen to the broker, end what was left open."""
        await self._claim()
        self._kept_world.load()
        self._reminders.load(self.journal.state("reminders") or {"timers": self.journal.state("timers")})
        self._proposals.guards.load(self.journal.state("guards") or {})
        self.judge.stopped = self._executor.stopped = bool(self.journal.state("stopped"))
        self._lists.load(self.journal.state("lists") or {})
        self.orders.load(self.journal.state(STATE) or {}, self.journal.state(COURSE) or {})
        self.alarms.load(self.journal.state(ALARMS) or {})
        self._unattended.load(self.journal.state("put back") or {})
        self.trials.load(self.journal.state(TRIALS) or {})
        self.methods.load(self.journal.state(METHODS) or [])
        self.plans.load(self.journal.state(PLANS) or {})
        self._watching.load(self.journal.state(HEALTH) or [])
        self.senses.load(self.client)
        self.intake.subscribe(self.client)
        self._lists.announce()
        for name, loop in (
            ("listening", self._listen),
            ("the clock", self._tick),
            ("orders", self._obey),
            ("alarms", self.alarms.work),
            ("watching", self._watching.follow),
            ("plans", self._carry_out_plans),
            ("leases", self.leases.hold),
            ("the graph", self.graph.follow),
            *((name, self._once_settled(loop)) for name, loop in self.senses.loops()),
        ):
            self._loops.keep(name, loop)
        self._loops.once("settling", self._settling.run())
        self._loops.once("recovery of orders", self._unattended.recover())
        self._loops.once("recovery of trials", self._recover_trials())
        self._loops.once("recovery", self._recover(self.journal.open_intents()))

    def _once_settled(self, loop: Callable[[], Awaitable[None]]) -> Callable[[], Awaitable[None]]:
        async def waiting() -> None:
            await self.settled.wait()
            await loop()

        return waiting

    async def _claim(self) -> None:
        """A journal belongs to one site. Raises: JournalFailed for that of another."""
        owner = self.journal.state("site")
        if owner not in (None, self.site.name):
            raise JournalFailed(
                f"this folder holds the journal of {owner!r}, not of {self.site.name!r}; choose another with --data"
            )
        await self.journal.put_state("site", self.site.name)

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

    async def _recover_trials(self) -> None:
        await self.settled.wait()
        await self.trials.recover()

    def _taken_up(self, cause: str) -> bool:
        """Whether a plan or a timer began because of a record."""
        begun = [*(one.cause for one in self.plans.all()), *(one.cause for one in self._reminders.timers.all())]
        return cause in begun

    async def close(self) -> None:
        """Save and stop. What is under way stays journaled and is ended by the next start. Again is nothing."""
        if self._closed:
            return
        self._closed = True
        await self._loops.close()
        await self.plans.close()
        self._heartbeat.end()
        await self.leases.close()
        working = (*self._proposals.running, *self._notices.running)
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

    async def say(self, words: str, speaker: Speaker, others: Sequence[str] = ()) -> Reply:
        """A person said something, or perhaps one of `others`. Never raises for what they said."""
        return await self._conversation.say(words, speaker, others)

    async def do(self, sentence: str, speaker: Speaker, *, wait: bool = True, replaces: str | None = None) -> Reply:
        """A sentence of the site language itself; an order in the place of one that stands. Raises: GrammarError."""
        return await self._conversation.do(sentence, speaker, wait=wait, replaces=replaces)

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

    def alive(self) -> bool:
        """Whether it listens, looks at the clock and obeys its orders."""
        return self._loops.alive()

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

    async def _listen(self) -> None:
        while True:
            arrived = await self.client.receive()
            if self._settling.takes(arrived.topic) or self.senses.takes(arrived):
                continue
            self.intake.take(arrived, self.client)
            await self._lists.take(arrived)

    def _changed(self, entity_id: str, observation: Observation | None) -> None:
        self._kept_world.touched()
        self._executor.observed(entity_id)
        if observation is None and self.world.entity(entity_id) is None:
            self._watching.gone(entity_id)
            self.senses.gone(entity_id)
        if observation is not None:
            self._history.note(entity_id, observation.property, observation.value, observation.at)
            entity = self.world.entity(entity_id)
            if entity is not None:
                self._hands.observed(observation, entity, self._clock.now())
                self._watching.observed(observation, entity)
                self.senses.observed(observation, entity)
            self.orders.observed(observation)
            self.alarms.observed(observation)
        if observation is None or observation.value != observation.previous:
            self.bus.publish(observation if observation is not None else entity_id)

    async def _tick(self) -> None:
        begun = last_save = self._clock.monotonic()
        connected, counted = True, False
        await self.settled.wait()
        self._watching.resumed(self._clock.now())
        if not self.orders.begun:
            self.orders.begin(self.snapshot())
            self.alarms.begin(self.snapshot())
        while True:
            await self._ringing.due()
            self._heartbeat.beat(self._clock.monotonic(), self._clock.now(), self.journal.seal, alive=self.alive())
            self.orders.site(self.snapshot())
            self.orders.advance()
            await self._unattended.resume()
            self.alarms.site(self.snapshot())
            self.alarms.advance()
            await self.senses.tell()
            while self._hands.fights:
                await self._recorder.fault(
                    self._hands.fights.popleft(), "fought over", "something else sets it back whenever it is set here"
                )
            await asyncio.sleep(self._tick_s)
            if self._clock.monotonic() - begun > INSPECT_AFTER_S:
                await self.doubting.look(self._conversation.language)
            if not counted and self._clock.monotonic() - begun > MISSED_AFTER_S:
                counted = True
                for missed in self.world.miss():
                    await self._recorder.fault(missed, "gone", "known before the restart, not announced since")
            if connected != self.client.connected:
                connected = self.client.connected
                if connected:
                    self._lists.announce()
                    self._watching.resumed(self._clock.now())
                await self._recorder.fault("broker", "back" if connected else "lost")
            if self._clock.monotonic() - last_save > SAVE_EVERY_S:
                last_save = self._clock.monotonic()
                await self._save()

    async def _carry_out_plans(self) -> None:
        await self.settled.wait()
        await self.plans.work()

    async def _obey(self) -> None:
        await self.orders.work(self._unattended.obey)

    def _leaves(self, command: Command) -> None:
        """A command of ours is about to leave."""
        self._hands.ours(command, self._clock.now())

    async def _save(self) -> None:
        if await self._kept_world.save():
            await self.journal.put_state("guards", self._proposals.guards.dump())
        if self.orders.begun and (self.orders.all() or self.orders.changed):
            await self.orders.save()
        if self.alarms.begun and self.alarms.all():
            await self.alarms.save()
        await self._history.flush(self._clock.now())
        await self.senses.save(self._clock.monotonic(), at_once=self._closed)
        await self._watching.save(self._clock.monotonic(), now=self._closed)
