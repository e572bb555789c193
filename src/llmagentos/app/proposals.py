"""Proposals: judged, asked about where the rules say so, carried out, and told about from the receipts alone."""

import asyncio
import datetime as dt
from collections.abc import Awaitable, Callable
from typing import TypeAlias

from llmagentos.actuation import Executor
from llmagentos.actuation.executor import HALT, MOVING
from llmagentos.agent import wording
from llmagentos.agent.dialogue import Turn
from llmagentos.agent.wording import Language, join, say
from llmagentos.app.recorder import Recorder
from llmagentos.app.replies import Replies, Reply
from llmagentos.app.undo import Undo
from llmagentos.knowledge import World
from llmagentos.messages.records import (
    Approval,
    Command,
    Consent,
    ConsentRequest,
    Intent,
    Proposal,
    Receipt,
    Record,
    Refusal,
)
from llmagentos.messages.snapshot import EntityView, Snapshot, Speaker
from llmagentos.policy import GuardState, Judge

EXPIRY_S = 60.0
"""How long a command is worth doing; a light switched on a minute late is a fright, not a service."""
CONSENT_S, UNEXPECTED_S = 120.0, 900.0
"""How long a question waits for its yes; one that nobody expects, longer."""
Also: TypeAlias = Callable[[], Awaitable[list[str]]]


_Outcome = list[Approval] | Refusal | ConsentRequest


class Proposals:
    """One per node. Nothing reaches the executor but what `judge` approved."""

    def __init__(
        self, judge: Judge, executor: Executor, world: World, snapshot: Callable[[], Snapshot], replies: Replies, *,
        recorder: Recorder, zone: dt.tzinfo, leaves: Callable[[Command], None],
    ) -> None:  # fmt: skip
        self._judging, self._executor, self._world, self._snapshot = judge, executor, world, snapshot
        self._replies, self._recorder, self._zone, self._leaves = replies, recorder, zone, leaves
        self.guards, self.undo = GuardState(), Undo()
        self._gate = asyncio.Lock()
        self._asking: dict[str, tuple[ConsentRequest, Proposal, Language, str, Also]] = {}
        self.running: set[asyncio.Task[Receipt]] = set()

    async def propose(
        self, turn: Turn, cause: str, speaker: Speaker, started: float, said: list[str], *, wait: bool, also: Also
    ) -> Reply:
        """What a turn wants done: refused, asked about, or carried out. Without `wait`, accepted is enough.

        `also` is done with it, once it is allowed: timers that belong to the same wish.
        """
        self._asking = {key: one for key, one in self._asking.items() if self._recorder.now() <= one[0].expires_at}
        proposal = Proposal(**self._recorder.stamp(), source=f"agent.{speaker.agent}", causes=(cause,), principal=speaker.principal,
                            agent=speaker.agent, sentence=turn.sentence, commands=turn.commands, expires_at=self._recorder.now() + EXPIRY_S)  # fmt: skip
        async with self._gate:  # from judging to accepting: no other command may come in between
            outcome = self._judge(proposal, consented=None)
            intents = await self._accept(proposal, outcome, speaker, proposal)
        if isinstance(outcome, Refusal):
            text = self._told_no(outcome, proposal, turn.language)
            return await self._replies.give(outcome.id, speaker, "refusal", text, started, turn)
        if isinstance(outcome, ConsentRequest):
            self._asking[outcome.id] = (outcome, proposal, turn.language, speaker.session, also)
            what = self._orders(outcome.commands, turn.language)
            text = say("consent", turn.language, what=what[:1].upper() + what[1:])
            return await self._replies.give(outcome.id, speaker, "question", text, started, turn, consent=outcome.id)
        return await self._execute(
            proposal, intents, turn.language, speaker, started, [*said, *await also()], turn, wait=wait
        )

    async def consent(self, request_id: str, granted: bool, principal: str) -> Reply:
        """A person answers a ConsentRequest; the proposal is judged again now."""
        started = self._recorder.monotonic()
        asked = self._asking.pop(request_id, None)
        if asked is None or self._recorder.now() > asked[0].expires_at:
            return Reply(
                kind="error", text="That question is answered already or has expired; say again what you want."
            )
        request, proposal, language, session, also = asked
        speaker = Speaker(principal, None, session)
        consent = Consent(**self._recorder.stamp(), source=f"person:{principal}", causes=(request.id,), principal=principal,
                          request=request.id, granted=granted)  # fmt: skip
        await self._recorder.write(consent)
        if not granted:
            return await self._replies.give(consent.id, speaker, "done", say("nothing", language), started)
        async with self._gate:
            outcome = self._judge(proposal, consented=consent)
            intents = await self._accept(proposal, outcome, speaker)
        if not isinstance(outcome, list):
            why = outcome.reason if isinstance(outcome, Refusal) else outcome.rule
            return await self._replies.give(outcome.id, speaker, "refusal", say("refused", language, why=why), started)
        return await self._execute(proposal, intents, language, speaker, started, await also(), None, wait=True)

    async def halt(self, cause: str, principal: str) -> None:
        """Tell everything that is on its way to stop where it is. Raises: JournalFailed."""
        commands, expires_at = self._halting(), self._recorder.now() + EXPIRY_S
        approvals = [
            Approval(**self._recorder.stamp(), source="policy", causes=(cause,), principal=principal, digest=one.digest(), rule="stop-all",
                     expires_at=expires_at) for one in commands
        ]  # fmt: skip
        if commands:
            approved = list(zip(commands, approvals, strict=True))
            intents = await self._executor.accept_all(approved, resting_on=approvals)
            await asyncio.gather(*(self._executor.finish(one) for one in intents))

    def halt_unwritten(self) -> None:
        """The same where nothing can be written down any more."""
        for one in self._halting():
            self._executor.halt(one)

    def _halting(self) -> list[Command]:
        return [
            Command(entity=one.id, property="stop", value="stop", verb=HALT)
            for one in self._snapshot().entities.values()
            if one.value("state") in MOVING.values() and one.property("stop") is not None
        ]

    def drop_questions(self) -> None:
        """Nothing that waits for a yes may pass any more: everything was stopped."""
        self._asking.clear()

    def awaits(self, request_id: str) -> bool:
        """Whether a request for consent still waits for its answer."""
        asked = self._asking.get(request_id)
        return asked is not None and self._recorder.now() <= asked[0].expires_at

    def _judge(self, proposal: Proposal, *, consented: Consent | None) -> _Outcome:
        """All commands of a proposal pass, or none: the first no (or question) decides."""
        snapshot, now = self._snapshot(), self._recorder.now()
        hour = dt.datetime.fromtimestamp(now, self._zone).hour
        approvals, asked, rule, trial = [], [], "", self.guards.trial()
        principal = consented.principal if consented else proposal.principal
        for command in proposal.commands:
            verdict = self._judging.judge(
                command,
                principal,
                snapshot,
                trial,
                agent=proposal.agent,
                hour=hour,
                consented=consented is not None,
            )
            if verdict.kind == "refuse":
                return Refusal(**self._recorder.stamp(), source="policy", causes=(proposal.id,), principal=principal, command=command,
                               rule=verdict.rule, reason=verdict.reason)  # fmt: skip
            trial.note(command.entity, command.property, command.value, now)
            if verdict.kind == "ask":
                asked.append(command)
                rule = verdict.rule
                continue
            causes = (proposal.id, consented.id) if consented else (proposal.id,)
            approvals.append(Approval(**self._recorder.stamp(), source="policy", causes=causes, principal=principal,
                                      digest=command.digest(), rule=verdict.rule, expires_at=now + EXPIRY_S))  # fmt: skip
        if asked:
            return ConsentRequest(**self._recorder.stamp(), source="policy", causes=(proposal.id,), principal=principal, proposal=proposal.id,
                                  commands=tuple(asked), rule=rule, expires_at=now + (UNEXPECTED_S if proposal.agent.startswith("chain") else CONSENT_S))  # fmt: skip
        return approvals

    async def _accept(self, proposal: Proposal, outcome: _Outcome, speaker: Speaker, *new: Record) -> list[Intent]:
        """What was judged goes to disk, with `new` records that it rests on and, if it passed, with the intents: one write, so that one wait is enough."""
        if not isinstance(outcome, list):
            await self._recorder.write_all(*new, outcome)
            return []
        before = self._snapshot()
        approved = list(zip(proposal.commands, outcome, strict=True))
        intents = await self._executor.accept_all(approved, resting_on=(*new, *outcome))
        self.undo.note(speaker, proposal.commands, before)
        for one in intents:
            self._leaves(one.command)
            self.guards.note(one.command.entity, one.command.property, one.command.value, one.at)
        return intents

    async def _execute(
        self, proposal: Proposal, intents: list[Intent], language: Language, speaker: Speaker, started: float, said: list[str],
        turn: Turn | None, *, wait: bool,
    ) -> Reply:  # fmt: skip
        work = [asyncio.create_task(self._finish(one)) for one in intents]
        for task in work:
            self.running.add(task)
            task.add_done_callback(self.running.discard)
        if not wait:
            return Reply(
                kind="done", text="accepted", sentence=proposal.sentence, record=proposal.id, receipts=tuple(one.id for one in intents)
            )  # fmt: skip
        receipts = await asyncio.gather(*(asyncio.shield(task) for task in work))
        told = said + self._told(proposal.commands, receipts, language)
        bad = any(one.outcome != "verified" for one in receipts)
        ids = tuple(one.id for one in receipts)
        return await self._replies.give(
            receipts[0].id, speaker, "error" if bad else "done", " ".join(told), started, turn, receipts=ids
        )

    async def _finish(self, intent: Intent) -> Receipt:
        try:
            return await self._executor.finish(intent)
        finally:
            self.guards.settled(intent.command.entity)

    def _orders(self, commands: tuple[Command, ...], language: Language) -> str:
        return join([wording.order(one, self._world.entity(one.entity), language) for one in commands], language)

    def _told_no(self, refusal: Refusal, proposal: Proposal, language: Language) -> str:
        if refusal.rule == "level-advise":
            return say("advise", language, what=self._orders(proposal.commands, language))
        return say("refused", language, why=refusal.reason)

    def _told(self, commands: tuple[Command, ...], receipts: list[Receipt], language: Language) -> list[str]:
        """What happened, from the receipts alone."""
        groups: dict[tuple[str, str], list[str]] = {}
        for command, receipt in zip(commands, receipts, strict=True):
            entity = self._world.entity(command.entity)
            if receipt.outcome == "verified":
                phrase = "assumed" if receipt.detail == "assumed" and not _reports(entity, command) else "done"
                groups.setdefault((phrase, ""), []).append(wording.done(command, entity, language))
            else:
                groups.setdefault((receipt.outcome, receipt.detail), []).append(
                    wording.order(command, entity, language)
                )
        return [say(phrase, language, what=join(names, language), why=why) for (phrase, why), names in groups.items()]


def _reports(entity: EntityView | None, command: Command) -> bool:
    prop = entity.property(command.property) if entity else None
    return prop is None or prop.kind == "action"
