"""The node: wires the rooms of one site together and carries an utterance from words to receipts.

The only writer of the journal. Every effect passes judge and executor; there is no other way to a device.
"""

import asyncio
import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from llmagentos.actuation import Executor
from llmagentos.agent import wording
from llmagentos.agent.dialogue import Dialogue, Turn
from llmagentos.agent.effects import TimerOperation
from llmagentos.agent.ports import Deciding, Prompt
from llmagentos.agent.wording import Language, join, say
from llmagentos.app.intake import Intake
from llmagentos.app.ports import CausalJournal, DevicePublisher
from llmagentos.devices.mqtt import MqttClient
from llmagentos.inference.ports import ModelUnavailable
from llmagentos.kernel.bus import EventBus
from llmagentos.kernel.journal import SqliteJournal
from llmagentos.kernel.timers import Timer, Timers
from llmagentos.knowledge import Retriever, World, select
from llmagentos.language import Program, render
from llmagentos.messages import Clock, IdSource, SystemClock
from llmagentos.messages.records import (
    Answer,
    Approval,
    Candidate,
    Command,
    Consent,
    ConsentRequest,
    Decision,
    Fault,
    Intent,
    Observation,
    Proposal,
    Receipt,
    Refusal,
    Sent,
    Utterance,
)
from llmagentos.messages.site import SiteConfig
from llmagentos.messages.snapshot import EntityView, Snapshot, Speaker
from llmagentos.policy import GuardState, Judge, RuleBook

EXPIRY_S = 60.0
"""How long a command is worth doing; a light switched on a minute late is a fright, not a service."""
CONSENT_S = 120.0
SAVE_EVERY_S = 10.0

ReplyKind = Literal["done", "answer", "question", "refusal", "error"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What a person gets back. `consent` is the id of a request that waits for their yes."""

    kind: ReplyKind
    text: str
    sentence: str = ""
    probability: float = 0.0
    duration_ms: float = 0.0
    record: str = ""
    consent: str | None = None
    receipts: tuple[str, ...] = ()


class NoModel:
    """Stands where no model is installed: dialogue says so, everything else works."""

    def __init__(self, why: str) -> None:
        self._why = why

    async def decide(self, static: Prompt, dynamic: Prompt, automaton: Any) -> Any:
        raise ModelUnavailable(self._why)

    async def talk(self, prompt: Prompt) -> str:
        raise ModelUnavailable(self._why)


class Node:
    """One site. `start`, then `say`, `consent`, `stop_all`; `close` at the end."""

    def __init__(
        self,
        site: SiteConfig,
        folder: Path,
        client: MqttClient,
        model: Deciding,
        *,
        clock: Clock | None = None,
        confirm_s: float = 5.0,
    ) -> None:
        self.site, self.bus = site, EventBus()
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
        self._guard_state = GuardState()
        self._dialogue = Dialogue(model, Retriever(), select, local_zone())
        self._timers = Timers()
        self._asking: dict[str, tuple[ConsentRequest, Proposal, Language, str]] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self._dirty = False

    async def start(self) -> None:
        """Take up the past, listen to the broker, end what was left open."""
        self.world.load(self.journal.state("world") or {})
        self._timers.load(self.journal.state("timers") or [])
        self.judge.stopped = self._executor.stopped = bool(self.journal.state("stopped"))
        self.intake.subscribe(self.client)
        self._tasks = [asyncio.create_task(work()) for work in (self._listen, self._tick)]
        open_intents = self.journal.open_intents()
        sent = [
            one.intent for intent in open_intents for one in self.journal.effects(intent.id) if isinstance(one, Sent)
        ]
        if open_intents:
            await asyncio.sleep(1.0)  # retained states arrive first: recovery reads them back
            await self._executor.recover(open_intents, sent)

    async def close(self) -> None:
        """Save and stop. What is under way stays journaled and is ended by the next start."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._save()
        self.journal.close()

    def snapshot(self) -> Snapshot:
        """The world now."""
        now = self._clock.now()
        if self._timers.views(now) or self.world.snapshot(now).timers:
            self.world.set_timers(self._timers.views(now))
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
        try:
            turn = await self._dialogue.turn(words, self.snapshot(), speaker, language=language)
        except ModelUnavailable as error:
            return await self._answer(
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

    async def do(self, sentence: str, speaker: Speaker, *, wait: bool = True) -> Reply:
        """A sentence of the site language itself. Raises: GrammarError."""
        started = self._clock.monotonic()
        turn = self._dialogue.understand(sentence, self.snapshot(), speaker)
        key = await self._journal.remember(sentence)
        utterance = Utterance(id=self._ids.next(), at=self._clock.now(), source=f"person:{speaker.principal}", principal=speaker.principal,
                              words=key, session=speaker.session, area=speaker.area)  # fmt: skip
        await self._journal.append(utterance)
        return await self._carry_out(turn, utterance.id, speaker, started, wait=wait)

    async def _carry_out(self, turn: Turn, cause: str, speaker: Speaker, started: float, *, wait: bool = True) -> Reply:
        said = [turn.text] if turn.text else []
        for operation in turn.timers:
            said.append(await self._timer(operation, turn.language, speaker, cause))
        if turn.commands:
            return await self._propose(turn, cause, speaker, started, said, wait=wait)
        kinds: dict[str, ReplyKind] = {"question": "question", "refusal": "refusal", "timer": "done"}
        text = " ".join(said) or say("hello", turn.language)
        return await self._answer(cause, speaker, kinds.get(turn.kind, "answer"), text, started, turn)

    async def _propose(
        self, turn: Turn, cause: str, speaker: Speaker, started: float, said: list[str], *, wait: bool
    ) -> Reply:
        proposal = Proposal(id=self._ids.next(), at=self._clock.now(), source="agent.dialogue", causes=(cause,), principal=speaker.principal,
                            agent="dialogue", sentence=turn.sentence, commands=turn.commands, expires_at=self._clock.now() + EXPIRY_S)  # fmt: skip
        await self._journal.append(proposal)
        self.bus.publish(proposal)
        outcome = await self._judge(proposal, consented=None)
        if isinstance(outcome, Refusal):
            text = say("refused", turn.language, why=outcome.reason)
            return await self._answer(outcome.id, speaker, "refusal", text, started, turn)
        if isinstance(outcome, ConsentRequest):
            self._asking[outcome.id] = (outcome, proposal, turn.language, speaker.session)
            what = join(
                [wording.order(one, self.world.entity(one.entity), turn.language) for one in outcome.commands],
                turn.language,
            )
            text = say("consent", turn.language, what=what[:1].upper() + what[1:])
            return await self._answer(outcome.id, speaker, "question", text, started, turn, consent=outcome.id)
        return await self._execute(proposal, outcome, turn.language, speaker, started, said, turn, wait=wait)

    async def consent(self, request_id: str, granted: bool, principal: str) -> Reply:
        """A person answers a ConsentRequest; the proposal is judged again now."""
        started = self._clock.monotonic()
        asked = self._asking.pop(request_id, None)
        if asked is None or self._clock.now() > asked[0].expires_at:
            return Reply(
                kind="error", text="That question is answered already or has expired; say again what you want."
            )
        request, proposal, language, session = asked
        speaker = Speaker(principal, None, session)
        consent = Consent(id=self._ids.next(), at=self._clock.now(), source=f"person:{principal}", causes=(request.id,), principal=principal,
                          request=request.id, granted=granted)  # fmt: skip
        await self._journal.append(consent)
        self.bus.publish(consent)
        if not granted:
            return await self._answer(consent.id, speaker, "done", say("nothing", language), started)
        outcome = await self._judge(proposal, consented=consent)
        if not isinstance(outcome, list):
            why = outcome.reason if isinstance(outcome, Refusal) else outcome.rule
            return await self._answer(outcome.id, speaker, "refusal", say("refused", language, why=why), started)
        return await self._execute(proposal, outcome, language, speaker, started, [], None, wait=True)

    def last_of(self, name: str) -> str | None:
        """The newest receipt or refusal of an entity (by id or name), else the observation its state rests on."""
        entity = next((one for one in self.snapshot().entities.values() if one.called(name)), None)
        if entity is None:
            return None
        return self.journal.last_about(entity.id)

    def tasks(self) -> tuple[asyncio.Task[None], ...]:
        """What runs in the background; one that is done has failed."""
        return tuple(self._tasks)

    def awaits(self, request_id: str) -> bool:
        """Whether a request for consent still waits for its answer."""
        asked = self._asking.get(request_id)
        return asked is not None and self._clock.now() <= asked[0].expires_at

    async def _judge(
        self, proposal: Proposal, *, consented: Consent | None
    ) -> list[Approval] | Refusal | ConsentRequest:
        """All commands of a proposal pass, or none: the first no (or question) decides."""
        snapshot, now = self.snapshot(), self._clock.now()
        hour = dt.datetime.fromtimestamp(now, local_zone()).hour
        approvals, asked, rule = [], [], ""
        principal = consented.principal if consented else proposal.principal
        for command in proposal.commands:
            verdict = self.judge.judge(
                command,
                principal,
                snapshot,
                self._guard_state,
                agent=proposal.agent,
                hour=hour,
                consented=consented is not None,
            )
            if verdict.kind == "refuse":
                refusal = Refusal(id=self._ids.next(), at=now, source="policy", causes=(proposal.id,), principal=principal, command=command,
                                  rule=verdict.rule, reason=verdict.reason)  # fmt: skip
                await self._journal.append(refusal)
                self.bus.publish(refusal)
                return refusal
            if verdict.kind == "ask":
                asked.append(command)
                rule = verdict.rule
                continue
            causes = (proposal.id, consented.id) if consented else (proposal.id,)
            approvals.append(Approval(id=self._ids.next(), at=now, source="policy", causes=causes, principal=principal,
                                      digest=command.digest(), rule=verdict.rule, expires_at=now + EXPIRY_S))  # fmt: skip
        if asked:
            request = ConsentRequest(id=self._ids.next(), at=now, source="policy", causes=(proposal.id,), principal=principal, proposal=proposal.id,
                                     commands=tuple(asked), rule=rule, expires_at=now + CONSENT_S)  # fmt: skip
            await self._journal.append(request)
            self.bus.publish(request)
            return request
        await self._journal.append(*approvals)
        return approvals

    async def _execute(
        self, proposal: Proposal, approvals: list[Approval], language: Language, speaker: Speaker, started: float, said: list[str],
        turn: Turn | None, *, wait: bool,
    ) -> Reply:  # fmt: skip
        pairs = list(zip(proposal.commands, approvals, strict=True))
        intents = [await self._executor.accept(command, approval) for command, approval in pairs]
        if not wait:
            self._tasks += [asyncio.create_task(self._finish(one)) for one in intents]
            self._tasks = [one for one in self._tasks if not one.done()]
            return Reply(
                kind="done",
                text="accepted",
                sentence=proposal.sentence,
                record=proposal.id,
                receipts=tuple(one.id for one in intents),
            )
        receipts = await asyncio.gather(*(self._executor.finish(one) for one in intents))
        for intent, receipt in zip(intents, receipts, strict=True):
            self._note(intent, receipt)
        said += self._told(proposal.commands, receipts, language)
        bad = any(one.outcome != "verified" for one in receipts)
        ids = tuple(one.id for one in receipts)
        return await self._answer(
            receipts[0].id, speaker, "error" if bad else "done", " ".join(said), started, turn, receipts=ids
        )

    async def _finish(self, intent: Intent) -> None:
        self._note(intent, await self._executor.finish(intent))

    def _note(self, intent: Intent, receipt: Receipt) -> None:
        if receipt.outcome != "failed":
            self._guard_state.note(intent.command.entity, intent.command.value, receipt.at)

    def _told(self, commands: tuple[Command, ...], receipts: list[Receipt], language: Language) -> list[str]:
        """What happened, from the receipts alone."""
        groups: dict[tuple[str, str], list[str]] = {}
        for command, receipt in zip(commands, receipts, strict=True):
            entity = self.world.entity(command.entity)
            if receipt.outcome == "verified":
                phrase = "assumed" if receipt.detail == "assumed" and not _reports(entity, command) else "done"
                groups.setdefault((phrase, ""), []).append(wording.done(command, entity, language))
            else:
                groups.setdefault((receipt.outcome, receipt.detail), []).append(
                    wording.order(command, entity, language)
                )
        return [say(phrase, language, what=join(names, language), why=why) for (phrase, why), names in groups.items()]

    async def _answer(
        self, cause: str, speaker: Speaker, kind: ReplyKind, text: str, started: float, turn: Turn | None = None, *,
        consent: str | None = None, receipts: tuple[str, ...] = (),
    ) -> Reply:  # fmt: skip
        key = await self._journal.remember(text)
        answer = Answer(
            id=self._ids.next(),
            at=self._clock.now(),
            source="agent.dialogue",
            causes=(cause,),
            session=speaker.session,
            words=key,
            kind=kind,
        )
        await self._journal.append(answer)
        self.bus.publish(answer)
        duration = (self._clock.monotonic() - started) * 1000
        return Reply(kind=kind, text=text, sentence=turn.sentence if turn else "", probability=turn.probability if turn else 0.0,
                     duration_ms=duration, record=answer.id, consent=consent, receipts=receipts)  # fmt: skip

    async def stop_all(self, stopped: bool, principal: str) -> None:
        """End every actuation at once, or release the stop."""
        self.judge.stopped = self._executor.stopped = stopped
        fault = Fault(id=self._ids.next(), at=self._clock.now(), source=f"person:{principal}", subject="site",
                      problem="stopped" if stopped else "released")  # fmt: skip
        await self.journal.put_state("stopped", stopped)
        await self._journal.append(fault)
        self.bus.publish(fault)

    async def _timer(self, operation: TimerOperation, language: Language, speaker: Speaker, cause: str) -> str:
        now, verb, timer = self._clock.now(), operation.verb, operation.timer
        text = say("timer_done", language, name=verb)
        if verb == "start":
            action = render(Program((operation.action,))) if operation.action else None
            self._timers.start(Timer(self._ids.next(), operation.seconds, now + operation.seconds, None, operation.name, operation.area,
                                     action, speaker.principal, speaker.session, cause))  # fmt: skip
            phrase = "delayed" if action else "timer_started"
            text = say(phrase, language, time=wording.duration(operation.seconds, language))
        elif verb == "cancel all":
            self._timers.cancel_all()
        elif timer is not None:
            changes: dict[str, Callable[[], object]] = {
                "cancel": lambda: self._timers.cancel(timer), "pause": lambda: self._timers.pause(timer, now),
                "resume": lambda: self._timers.resume(timer, now), "extend": lambda: self._timers.adjust(timer, operation.seconds, now),
                "shorten": lambda: self._timers.adjust(timer, -operation.seconds, now),
            }  # fmt: skip
            changes[verb]()
        await self.journal.put_state("timers", self._timers.dump())
        return text

    async def _listen(self) -> None:
        while True:
            self.intake.take(await self.client.receive(), self.client)

    def _changed(self, entity_id: str, observation: Observation | None) -> None:
        self._dirty = True
        self._executor.observed(entity_id)
        if observation is None or observation.value != observation.previous:
            self.bus.publish(observation if observation is not None else entity_id)

    async def _tick(self) -> None:
        last_save, connected = self._clock.monotonic(), True
        while True:
            await asyncio.sleep(0.25)
            for timer in self._timers.due(self._clock.now()):
                await self._ring(timer)
            if connected != self.client.connected:
                connected = self.client.connected
                await self._fault("broker", "back" if connected else "lost")
            if self._clock.monotonic() - last_save > SAVE_EVERY_S:
                last_save = self._clock.monotonic()
                await self._save()

    async def _ring(self, timer: Timer) -> None:
        await self.journal.put_state("timers", self._timers.dump())
        speaker = Speaker(timer.principal, timer.area, timer.session)
        if timer.action is not None:
            turn = self._dialogue.understand(timer.action, self.snapshot(), speaker)
            self._tasks.append(asyncio.create_task(self._ring_action(turn, timer, speaker)))
            return
        name = f": {timer.name}" if timer.name else ""
        await self._answer(
            timer.cause or timer.id, speaker, "done", say("timer_over", "en", name=name), self._clock.monotonic()
        )

    async def _ring_action(self, turn: Turn, timer: Timer, speaker: Speaker) -> None:
        await self._carry_out(turn, timer.cause or timer.id, speaker, self._clock.monotonic())

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


def _reports(entity: EntityView | None, command: Command) -> bool:
    prop = entity.property(command.property) if entity else None
    return prop is None or prop.kind == "action"


def local_zone() -> dt.tzinfo:
    """The time zone of this machine, which is that of its site."""
    zone = dt.datetime.now().astimezone().tzinfo
    assert zone is not None
    return zone
