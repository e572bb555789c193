"""The node: wires the rooms of one site together and carries an utterance from words to receipts.

The only writer of the journal. Every effect passes judge and executor; there is no other way to a device.
"""

import asyncio
import contextlib
import dataclasses
import datetime as dt
import logging
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from llmagentos.actuation import Executor
from llmagentos.agent import wording
from llmagentos.agent.assent import undoes
from llmagentos.agent.dialogue import Dialogue, Turn
from llmagentos.agent.effects import ListOperation, Notice, Operation, OrderOperation
from llmagentos.agent.options import options
from llmagentos.agent.orders.standing import Standing
from llmagentos.agent.ports import Decided, Deciding
from llmagentos.agent.site_index import SiteIndex
from llmagentos.agent.wording import Language, say
from llmagentos.app.hands import Hands
from llmagentos.app.intake import Intake
from llmagentos.app.notices import Notices
from llmagentos.app.orders import STATE, Orders
from llmagentos.app.own_lists import OwnLists
from llmagentos.app.ports import BiggerModel, CausalJournal, DevicePublisher
from llmagentos.app.proposals import Proposals
from llmagentos.app.reminders import Reminders
from llmagentos.app.replies import Replies, Reply, ReplyKind
from llmagentos.app.ringing import LATEST_S, Ringing
from llmagentos.devices.mqtt import MqttClient
from llmagentos.inference.ports import ModelUnavailable
from llmagentos.kernel.bus import EventBus
from llmagentos.kernel.journal import JournalFailed, SqliteJournal
from llmagentos.kernel.timers import Timer
from llmagentos.knowledge import Retriever, World, select
from llmagentos.language import GrammarError, Program, render
from llmagentos.language import tree as t
from llmagentos.messages import Clock, IdSource, Record, SystemClock
from llmagentos.messages.records import (
    Answer,
    Candidate,
    Command,
    ConsentRequest,
    Decision,
    Fault,
    Fired,
    Intent,
    Observation,
    Refusal,
    Sent,
    Utterance,
)
from llmagentos.messages.site import SiteConfig
from llmagentos.messages.snapshot import Snapshot, Speaker
from llmagentos.policy import Judge, RuleBook
from llmagentos.policy.engine import dangerous

_log = logging.getLogger(__name__)
SAVE_EVERY_S = 10.0
RESTART_S = 0.5
SETTLE_S = 1.5
"""After a start devices announce themselves and retained states arrive; nothing is acted on before."""
MISSED_AFTER_S = 30.0
"""Devices that were known before a restart have this long to announce themselves; then they count as gone."""
READINGS, CHOICES = 3, 8
"""How many buttons a question gets: readings that are close, things that could be meant."""


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
        confirm_s: float = 5.0,
    ) -> None:
        self.site, self.bus, self.zone = site, EventBus(), local_zone()
        self._clock: Clock = clock or SystemClock()
        self._ids = IdSource(site.node, self._clock)
        self.world = World(site)
        self.journal = SqliteJournal(folder / "journal.sqlite")
        self.client = client
        self.intake = Intake(site, self.world, self._clock, self._ids, self._changed)
        self._journal = CausalJournal(self.journal, self.intake.observation)
        publisher = DevicePublisher(self.intake.encode, client)
        self._executor = Executor(
            self._journal, self.bus, publisher, self.world, self._clock, self._ids, confirm_s=confirm_s
        )
        self.judge = Judge(RuleBook(site.policies), site)
        self._replies = Replies(self._journal, self.bus, self._clock, self._ids)
        self._proposals = Proposals(
            self.judge, self._executor, self.world, self.snapshot, self._replies,
            journal=self._journal, bus=self.bus, clock=self._clock, ids=self._ids, zone=self.zone, leaves=self._leaves,
        )  # fmt: skip
        self._dialogue = Dialogue(model, Retriever(), select, self.zone, BiggerModel(bigger) if bigger else None)
        self._reminders = Reminders(self._clock, self._ids, self.zone)
        self._lists = OwnLists(client, site.agentos_base, lambda state: self.journal.put_state("lists", state))
        self.orders = Orders(
            select, self.zone, site.location, self.snapshot, clock=self._clock, ids=self._ids, journal=self._journal, bus=self.bus,
            keep=lambda state: self.journal.put_state(STATE, state), obey=self._obey, fault=self._fault,
        )  # fmt: skip
        self._hands = Hands(site.hand_minutes * 60)
        self.notices = Notices(site.notify, site.name, self._fault)
        self._ringing = Ringing(
            self._reminders,
            self._replies,
            self._clock,
            self._keep_reminders,
            self._act,
            "zh" if site.language.startswith("zh") else "en",
        )
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
        self.intake.subscribe(self.client)
        self._lists.announce()
        self._tasks = [asyncio.create_task(self._keep(work)) for work in (self._listen, self._tick, self.orders.work)]
        self._tasks.append(asyncio.create_task(self._recover_orders()))
        open_intents = self.journal.open_intents()
        if open_intents:
            self._tasks.append(asyncio.create_task(self._recover(open_intents)))

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
        await asyncio.sleep(SETTLE_S)  # retained states arrive first: recovery reads them back
        await self._executor.recover(open_intents, sent)

    async def _recover_orders(self) -> None:
        """Carry out what had fired when the last run ended and had come to nothing yet."""
        fired = [one for one in self.journal.latest("Fired", limit=50) if isinstance(one, Fired) and one.why == "fired"]
        while not self.orders.begun:  # noqa: ASYNC110 - the node's own clock begins them
            await asyncio.sleep(0.05)
        for one in reversed(fired):
            if not self._came_to_something(
                one, Answer if self.orders.only_tells(one.order) else Intent | Refusal | ConsentRequest | Fired
            ):
                await self.orders.recover(one)

    def _came_to_something(self, record: Record, ends: Any) -> bool:
        """Whether something of these kinds followed."""
        return any(
            isinstance(one, ends) or self._came_to_something(one, ends) for one in self.journal.effects(record.id)
        )

    async def close(self) -> None:
        """Save and stop. What is under way stays journaled and is ended by the next start. Again is nothing."""
        if self._closed:
            return
        self._closed = True
        working = (*self._tasks, *self._proposals.running, *self.notices.running)
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
        started = self._clock.monotonic()
        key = await self._journal.remember(words)
        utterance = Utterance(id=self._ids.next(), at=self._clock.now(), source=f"person:{speaker.principal}", principal=speaker.principal,
                              words=key, session=speaker.session, area=speaker.area)  # fmt: skip
        await self._journal.append(utterance)
        self.bus.publish(utterance)
        language = wording.language_of(words, "zh" if self.site.language.startswith("zh") else "en")
        if undoes(words):
            return await self._take_back(utterance.id, speaker, language, started)
        try:
            turn = await self._dialogue.turn(words, self.snapshot(), speaker, language=language)
        except ModelUnavailable as error:
            return await self._replies.give(
                utterance.id, speaker, "error", say("no_model", language, why=str(error)), started
            )
        decision = Decision(
            id=self._ids.next(), at=self._clock.now(), source="agent.dialogue", causes=(utterance.id,), model=turn.decided.model,
            candidates=tuple(Candidate(sentence=one.text, probability=one.probability) for one in turn.decided.choices),
            calibrated=False, passes=turn.decided.passes, duration_ms=turn.decided.duration_ms, prompt_tokens=turn.decided.prompt_tokens,
        )  # fmt: skip
        await self._journal.append(decision)
        self.bus.publish(decision)
        return await self._carry_out(turn, decision.id, speaker, started)

    async def _take_back(self, cause: str, speaker: Speaker, language: Language, started: float) -> Reply:
        """Make it as it was before the last act of this conversation, as far as that can be."""
        taken = self._proposals.undo.last(speaker)
        if taken is None:
            return await self._replies.give(cause, speaker, "answer", say("nothing_to_undo", language), started)
        names = [self.world.entity(one) for one in dict.fromkeys(taken.stuck)]
        stuck = wording.join([one.name for one in names if one is not None], language)
        said = [say("cannot_undo", language, names=stuck)] if stuck else []
        if not taken.commands:
            return await self._replies.give(cause, speaker, "refusal", " ".join(said), started)
        turn = Turn("commands", "undo", 1.0, Decided("undo", (), 0, 0.0, 0), language, commands=taken.commands)
        return await self._proposals.propose(turn, cause, speaker, started, said, wait=True, also=_nothing_more)

    def index(self) -> SiteIndex:
        """The site by kinds and names, as it is now."""
        return self._dialogue.index(self.snapshot())

    async def do(self, sentence: str, speaker: Speaker, *, wait: bool = True) -> Reply:
        """A sentence of the site language itself. Raises: GrammarError."""
        started = self._clock.monotonic()
        turn = self._dialogue.understand(sentence, self.snapshot(), speaker)
        key = await self._journal.remember(sentence)
        utterance = Utterance(id=self._ids.next(), at=self._clock.now(), source=f"person:{speaker.principal}", principal=speaker.principal,
                              words=key, session=speaker.session, area=speaker.area)  # fmt: skip
        await self._journal.append(utterance)
        self.bus.publish(utterance)
        return await self._carry_out(turn, utterance.id, speaker, started, wait=wait)

    async def _carry_out(self, turn: Turn, cause: str, speaker: Speaker, started: float, *, wait: bool = True) -> Reply:
        said = [turn.text] if turn.text else []

        async def timers() -> list[str]:
            if turn.timers and not turn.commands:
                self._proposals.undo.forget(speaker)
            return [await self._operate(operation, turn.language, speaker, cause) for operation in turn.timers]

        if turn.commands:
            return await self._proposals.propose(turn, cause, speaker, started, said, wait=wait, also=timers)
        said += await timers()
        kinds: dict[str, ReplyKind] = {"question": "question", "refusal": "refusal", "timer": "done"}
        text = " ".join(said) or say("hello", turn.language)
        return await self._replies.give(cause, speaker, kinds.get(turn.kind, "answer"), text, started, turn)

    async def consent(self, request_id: str, granted: bool, principal: str) -> Reply:
        """A person answers a ConsentRequest; the proposal is judged again now."""
        return await self._proposals.consent(request_id, granted, principal)

    def readings(self, decision: Decision) -> list[tuple[str, str]]:
        """What the person may have meant, most likely first: (in words, sentence), only what could be done now."""
        snapshot, found = self.snapshot(), dict[str, str]()
        sentences = [one.sentence for one in decision.candidates]
        asked = self._dialogue.understand(sentences[0], snapshot, Speaker()) if sentences else None
        if asked is not None and asked.kind == "question" and asked.about:
            meant = [snapshot.entities[one] for one in asked.about[:CHOICES]]
            sentences = options(sentences[0], meant, self.index()) or sentences
        for sentence in sentences:
            turn = self._dialogue.understand(sentence, snapshot, Speaker())
            if turn.kind == "commands":
                words = [wording.order(one, snapshot.entities.get(one.entity), turn.language) for one in turn.commands]
                found.setdefault(wording.join(words, turn.language), sentence)
        return list(found.items())[: READINGS if asked is None or asked.kind != "question" else CHOICES]

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
        """End every actuation at once, or release the stop: no command leaves, what moves and can be halted is halted."""
        self.judge.stopped = self._executor.stopped = stopped
        self._proposals.drop_questions()
        fault = Fault(id=self._ids.next(), at=self._clock.now(), source=f"person:{principal}", subject="site",
                      problem="stopped" if stopped else "released")  # fmt: skip
        await self._journal.append(fault)
        self.bus.publish(fault)
        if stopped:
            await self._proposals.halt(fault.id, principal)
        await self.journal.put_state("stopped", stopped)

    async def _operate(self, operation: Operation, language: Language, speaker: Speaker, cause: str) -> str:
        if isinstance(operation, ListOperation):
            return await self._lists.do(operation, language)
        if isinstance(operation, OrderOperation):
            return await self.orders.give(operation, speaker, language, cause)
        if isinstance(operation, Notice):
            text = operation.text or say("notice", language)
            self.notices.tell(text)
            return text
        text = self._reminders.do(operation, language, speaker, cause)
        await self._keep_reminders()
        return text

    async def _keep_reminders(self) -> None:
        await self.journal.put_state("reminders", self._reminders.dump())

    async def _keep(self, work: Callable[[], Awaitable[None]]) -> None:
        """Run a loop for ever: a node that no longer listens would be worse than one that lost a message."""
        while True:
            try:
                await work()
            except Exception as error:  # the outer door of the node's own loops
                _log.exception("%s failed and goes on", work.__name__)
                with contextlib.suppress(JournalFailed):
                    await self._fault("node", f"{work.__name__.strip('_')} failed", f"{type(error).__name__}: {error}")
                await asyncio.sleep(RESTART_S)

    async def _listen(self) -> None:
        while True:
            arrived = await self.client.receive()
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
        connected, counted, settled = True, False, False
        while True:
            await asyncio.sleep(0.25)
            if self._clock.monotonic() - begun > SETTLE_S:  # devices announce themselves first
                await self._ringing.due()
                (self.orders.site if settled else self.orders.begin)(self.snapshot())
                self.orders.advance()
                settled = True
            if not counted and self._clock.monotonic() - begun > MISSED_AFTER_S:
                counted = True
                for missed in self.world.miss():
                    await self._fault(missed, "gone", "known before the restart, not announced since")
            if connected != self.client.connected:
                connected = self.client.connected
                if connected:
                    self._lists.announce()
                await self._fault("broker", "back" if connected else "lost")
            if self._clock.monotonic() - last_save > SAVE_EVERY_S:
                last_save = self._clock.monotonic()
                await self._save()

    def _leaves(self, command: Command) -> None:
        """A command of ours is about to leave."""
        self._hands.ours(command.entity, self._clock.now())

    async def _obey(self, standing: Standing, fired: Fired) -> None:
        """What a standing order says, with the rights of who gave it: people are told first, whatever becomes of the rest."""
        speaker = Speaker(standing.principal, standing.area, "orders")
        language: Language = "zh" if self.site.language.startswith("zh") else "en"
        cause = self.orders.cause(standing, language)
        notices = [one for one in standing.order.actions if isinstance(one, t.Notify)]
        for one in notices:
            await self._tell(str(one.text or cause), fired.id, speaker)
        actions = tuple(one for one in standing.order.actions if not isinstance(one, t.Notify))
        if not actions:
            return
        turn = self._dialogue.understand(render(Program(actions)), self.snapshot(), speaker, language)
        free = tuple(one for one in turn.commands if not self._held_by_hand(one))
        if len(free) < len(turn.commands):
            told = Fired(id=self._ids.next(), at=self._clock.now(), source="agent.orders", causes=(fired.id,), order=standing.id,
                         sentence=fired.sentence, why="hand")  # fmt: skip
            await self._journal.append(told)
            self.bus.publish(told)
            turn = dataclasses.replace(turn, commands=free)
            if not free and not turn.timers:
                return
        reply = await self._carry_out(turn, fired.id, speaker, self._clock.monotonic(), wait=False)
        if reply.kind in ("question", "refusal", "error"):  # nobody may be looking
            self.notices.tell(f"{cause}: {reply.text}")

    def _held_by_hand(self, command: Command) -> bool:
        """Whether somebody's hand beats an order here; never where harm is to be averted."""
        entity = self.world.entity(command.entity)
        return entity is not None and not dangerous(entity) and self._hands.beats(command.entity, self._clock.now())

    async def _tell(self, text: str, cause: str, speaker: Speaker) -> None:
        await self._replies.give(cause, speaker, "answer", text, self._clock.monotonic())
        self.notices.tell(text)

    async def _act(self, timer: Timer, speaker: Speaker) -> None:
        """What a timer was set to do."""
        late = self._clock.now() - timer.ends_at
        if late > LATEST_S:
            await self._fault("timer", "too late to act", f"{timer.action}, due {late / 60:.0f} minutes ago")
            return
        try:
            turn = self._dialogue.understand(timer.action or "", self.snapshot(), speaker)
        except GrammarError as error:
            await self._fault("timer", "cannot be read any more", f"{timer.action}: {error}")
            return
        await self._carry_out(turn, timer.cause or timer.id, speaker, self._clock.monotonic(), wait=False)

    async def _fault(self, subject: str, problem: str, detail: str = "") -> None:
        fault = Fault(
            id=self._ids.next(), at=self._clock.now(), source="node", subject=subject, problem=problem, detail=detail
        )
        await self._journal.append(fault)
        self.bus.publish(fault)

    async def _save(self) -> None:
        if self._dirty:
            self._dirty = False
            await self.journal.put_state("world", self.world.dump())
            await self.journal.put_state("guards", self._proposals.guards.dump())
        if self.orders.begun and self.orders.all():
            await self.orders.save()


async def _nothing_more() -> list[str]:
    return []


def local_zone() -> dt.tzinfo:
    """The time zone of this machine, which is that of its site."""
    return _LocalTime()


class _LocalTime(dt.tzinfo):
    """The machine's own rules, summer time included, asked anew for every instant."""

    def fromutc(self, when: dt.datetime) -> dt.datetime:
        local = when.replace(tzinfo=dt.UTC).astimezone().replace(tzinfo=None)
        return local.replace(tzinfo=self)

    def utcoffset(self, when: dt.datetime | None) -> dt.timedelta | None:
        return when.replace(tzinfo=None).astimezone().utcoffset() if when is not None else None

    def dst(self, when: dt.datetime | None) -> dt.timedelta | None:
        return None

    def tzname(self, when: dt.datetime | None) -> str:
        return "local"
