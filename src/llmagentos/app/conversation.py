"""From words, or a sentence of the site language, to what comes of it: understood, carried out, answered."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from llmagentos.agent import wording
from llmagentos.agent.amending import Focus
from llmagentos.agent.assent import undoes
from llmagentos.agent.dialogue import Dialogue, Turn, in_place_of
from llmagentos.agent.options import options
from llmagentos.agent.outcomes import OrderOperation
from llmagentos.agent.ports import Decided
from llmagentos.agent.site_index import SiteIndex
from llmagentos.agent.wording import Language, say
from llmagentos.app.errands import Errands
from llmagentos.app.proposals import Proposals
from llmagentos.app.recorder import Recorder
from llmagentos.app.replies import Declined, Replies, Reply, ReplyKind
from llmagentos.inference.ports import ModelUnavailable
from llmagentos.messages.records import Candidate, Command, Decision, Utterance
from llmagentos.messages.snapshot import Snapshot, Speaker

READINGS, CHOICES = 3, 8
"""How many buttons a question gets: readings that are close, things that could be meant."""


class Conversation:
    """One per node, for all who speak to it. `language` is spoken where nobody's words tell."""

    def __init__(
        self, dialogue: Dialogue, snapshot: Callable[[], Snapshot], proposals: Proposals, errands: Errands, replies: Replies,
        recorder: Recorder, language: Language,
    ) -> None:  # fmt: skip
        self._dialogue, self._snapshot, self._proposals = dialogue, snapshot, proposals
        self._errands, self._replies, self._recorder = errands, replies, recorder
        self.language = language

    async def say(self, words: str, speaker: Speaker, others: Sequence[str] = ()) -> Reply:
        """A person said something, or where it was heard, perhaps one of `others`. Never raises for what they said."""
        started = self._recorder.monotonic()
        utterance = await self._heard(words, speaker)
        language = wording.language_of(words, self.language)
        if undoes(words):
            return await self._take_back(utterance.id, speaker, language, started)
        try:
            turn = await self._dialogue.turn(words, self._snapshot(), speaker, language=language, others=others)
        except ModelUnavailable as error:
            return await self._replies.give(
                utterance.id, speaker, "error", say("no_model", language, why=str(error)), started
            )
        if turn.words in others:
            utterance = await self._heard(turn.words, speaker, utterance.id)
        decision = Decision(
            **self._recorder.stamp(), source="agent.dialogue", causes=(utterance.id,), model=turn.decided.model,
            candidates=tuple(Candidate(sentence=one.text, probability=one.probability) for one in turn.decided.choices),
            calibrated=False, passes=turn.decided.passes, duration_ms=turn.decided.duration_ms, prompt_tokens=turn.decided.prompt_tokens,
        )  # fmt: skip
        await self._recorder.write(decision)
        return await self.carry_out(await self._warned(turn, speaker), decision.id, speaker, started)

    async def do(self, sentence: str, speaker: Speaker, *, wait: bool = True, replaces: str | None = None) -> Reply:
        """A sentence of the site language itself; an order in the place of one that stands. Raises: GrammarError."""
        started = self._recorder.monotonic()
        turn = in_place_of(replaces, self.understand(sentence, speaker))
        utterance = await self._heard(sentence, speaker)
        return await self.carry_out(turn, utterance.id, speaker, started, wait=wait)

    def understand(self, sentence: str, speaker: Speaker, language: Language = "en") -> Turn:
        """What a sentence means on the site as it is now. Raises: GrammarError."""
        return self._dialogue.understand(sentence, self._snapshot(), speaker, language)

    async def carry_out(self, turn: Turn, cause: str, speaker: Speaker, started: float, *, wait: bool = True) -> Reply:
        """Do what a turn wants, as far as it is allowed, and tell. Without `wait`, accepted is enough."""
        said, declined = [turn.text] if turn.text else [], list[str]()

        async def errands() -> list[str]:
            if turn.timers and not turn.commands:
                self._proposals.undo.forget(speaker)
            told = list[str]()
            for one in turn.timers:
                try:
                    told.append(await self._errands.do(one, turn.language, speaker, cause))
                except Declined as why:
                    declined.append(str(why))
            return told + declined

        if turn.commands:
            return await self._proposals.propose(turn, cause, speaker, started, said, wait=wait, also=errands)
        said += await errands()
        said += [await self._errands.answer(one, turn.language, speaker) for one in turn.questions]
        kinds: dict[str, ReplyKind] = {"question": "question", "refusal": "refusal", "timer": "done"}
        text = " ".join(said) or say("hello", turn.language)
        kind = "refusal" if declined else kinds.get(turn.kind, "answer")
        return await self._replies.give(cause, speaker, kind, text, started, turn)

    async def tell(self, text: str, cause: str, speaker: Speaker) -> None:
        """Something to say that nobody asked for."""
        await self._replies.give(cause, speaker, "answer", text, self._recorder.monotonic())

    async def answer(self, text: str, cause: str, speaker: Speaker, started: float) -> Reply:
        """What came of something that was asked for without words."""
        return await self._replies.give(cause, speaker, "answer", text, started)

    def attend(self, principal: str, focus: Focus) -> None:
        """An order of a person has acted, or they were told of it: what they say next may be about it."""
        self._dialogue.attend(principal, focus)

    def index(self) -> SiteIndex:
        """The site by kinds and names, as it is now."""
        return self._dialogue.index(self._snapshot())

    def readings(self, decision: Decision) -> list[tuple[str, str]]:
        """What the person may have meant, most likely first: (in words, sentence), only what could be done now."""
        snapshot, found = self._snapshot(), dict[str, str]()
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

    async def _heard(self, words: str, speaker: Speaker, instead_of: str | None = None) -> Utterance:
        key = await self._recorder.remember(words)
        causes = (instead_of,) if instead_of else ()
        utterance = Utterance(**self._recorder.stamp(), source=f"person:{speaker.principal}", causes=causes, principal=speaker.principal,
                              words=key, session=speaker.session, area=speaker.area)  # fmt: skip
        return await self._recorder.write(utterance)

    async def _warned(self, turn: Turn, speaker: Speaker) -> Turn:
        """A question with what speaks against a yes."""
        if turn.kind != "question":
            return turn
        offered = [self.understand(one, speaker, turn.language) for one in turn.offered]
        operations = [
            replace(operation, replaces=turn.amended) if isinstance(operation, OrderOperation) else operation
            for one in offered
            for operation in one.timers
        ]
        warnings = [text for one in operations for text in await self._errands.warnings(one, turn.language, speaker)]
        return replace(turn, text=" ".join((turn.text, *warnings))) if warnings else turn

    async def _take_back(self, cause: str, speaker: Speaker, language: Language, started: float) -> Reply:
        """Make it as it was before the last act of this conversation, as far as that can be."""
        taken = self._proposals.undo.last(speaker)
        if taken is None:
            return await self._replies.give(cause, speaker, "answer", say("nothing_to_undo", language), started)
        entities = self._snapshot().entities
        stuck = [entities[one].name for one in dict.fromkeys(taken.stuck) if one in entities]
        said = [say("cannot_undo", language, names=wording.join(stuck, language))] if stuck else []
        if not taken.commands:
            return await self._replies.give(cause, speaker, "refusal", " ".join(said), started)
        turn = undoing(taken.commands, language)
        return await self._proposals.propose(turn, cause, speaker, started, said, wait=True, also=_nothing_more)


def undoing(commands: tuple[Command, ...], language: Language) -> Turn:
    """Commands that nobody said: they make it as it was."""
    return Turn("commands", "undo", 1.0, Decided("undo", (), 0, 0.0, 0), language, commands=commands)


async def _nothing_more() -> list[str]:
    return []
