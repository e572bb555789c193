"""One act of a plan: carried out, tried again where that is safe, and looked up after a crash so that nothing is done twice."""

import asyncio
from collections.abc import Callable
from typing import Any

from llmagentos.agent.dialogue import Turn
from llmagentos.agent.wording import Language, say
from llmagentos.app.conversation import Conversation
from llmagentos.app.recorder import Recorder
from llmagentos.app.replies import Reply
from llmagentos.kernel.journal import SqliteJournal
from llmagentos.messages.records import Answer, Consent, ConsentRequest, Intent, Receipt, Record, Refusal
from llmagentos.messages.snapshot import Speaker

LOOK_S, TRIES = 0.25, 2
RECEIPT_S, ANSWERED_S = 600.0, 15.0
"""How long is waited for what devices say, and for a yes to become a command: recovery ends one intent after another."""


class PlanActs:
    """One per node. What `carry_out` and `became` return is why an act failed, "" where it did not."""

    def __init__(self, conversation: Conversation, recorder: Recorder, journal: SqliteJournal, awaits: Callable[[str], bool]) -> None:  # fmt: skip
        self._conversation, self._recorder, self._journal, self._awaits = conversation, recorder, journal, awaits

    async def carry_out(self, turn: Turn, record: str, speaker: Speaker, asked: Callable[[str], None]) -> str:
        """The same commands again if they did not show and doing them twice is the same as once. `asked` is told of a question for a yes."""
        safe = all(one.idempotent for one in turn.commands)
        reply = Reply(kind="error", text="")
        for _ in range(TRIES):
            reply = await self._conversation.carry_out(turn, record, speaker, self._recorder.monotonic(), wait=True)
            if reply.consent is not None:
                asked(reply.text)
                return await self._consented(reply.consent, turn.language)
            if reply.kind in ("done", "answer"):
                return ""
            if reply.kind != "error" or not safe:
                break
        return reply.text

    async def became(self, record: str, language: Language) -> str | None:
        """What came of an act that was under way when the last run ended; None if it has to be done (again)."""
        intents = [one for one in _all_of(record, Intent, self._journal) if isinstance(one, Intent)]
        if intents:
            why = await self._receipts(intents, language)
            return None if why and all(one.command.idempotent for one in intents) else why
        answers = [one for one in _all_of(record, Answer, self._journal) if isinstance(one, Answer)]
        return "" if any(one.kind in ("done", "answer") for one in answers) else None

    async def _consented(self, request: str, language: Language) -> str:
        """Wait for somebody's yes, and for what comes of it."""
        while self._awaits(request):  # noqa: ASYNC110 - a person takes minutes
            await asyncio.sleep(LOOK_S)
        consent = await self._first(request, Consent, ANSWERED_S if self._was_answered(request) else LOOK_S)
        if not isinstance(consent, Consent) or not consent.granted:
            return say("plan_no_yes", language)
        outcome = await self._first(consent.id, Intent | Refusal, ANSWERED_S)
        if isinstance(outcome, Refusal):
            return outcome.reason
        intents = [one for one in _all_of(consent.id, Intent, self._journal) if isinstance(one, Intent)]
        return await self._receipts(intents, language) if intents else say("plan_no_yes", language)

    def _was_answered(self, request: str) -> bool:
        """Whether it ended before its time: then a record of the answer is on its way to the disk."""
        asked = self._journal.record(request)
        return isinstance(asked, ConsentRequest) and self._recorder.now() <= asked.expires_at

    async def _first(self, record: str, kinds: Any, within_s: float) -> Record | None:
        until = self._recorder.monotonic() + within_s
        while True:
            found = _all_of(record, kinds, self._journal)
            if found or self._recorder.monotonic() >= until:
                return found[0] if found else None
            await asyncio.sleep(0.05)

    async def _receipts(self, intents: list[Intent], language: Language) -> str:
        """Wait for the receipts of these."""
        until = self._recorder.monotonic() + RECEIPT_S
        while self._recorder.monotonic() < until:
            ends = [one for intent in intents for one in self._journal.effects(intent.id) if isinstance(one, Receipt)]
            if len(ends) >= len(intents):
                bad = [one for one in ends if one.outcome != "verified"]
                return bad[0].detail or say("plan_not_shown", language) if bad else ""
            await asyncio.sleep(LOOK_S)
        return say("plan_not_shown", language)


def _all_of(record: str, kinds: Any, journal: SqliteJournal) -> list[Record]:
    """Everything of these kinds that followed from a record, as far as its intents."""
    found: dict[str, Record] = {}
    for one in journal.effects(record):
        if isinstance(one, kinds):
            found[one.id] = one
        if not isinstance(one, Intent | Receipt):
            found |= {each.id: each for each in _all_of(one.id, kinds, journal)}
    return list(found.values())
