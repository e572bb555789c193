"""One turn: words and a snapshot in; commands, an answer, a question or a refusal out. The choice is the model's."""

import asyncio
import dataclasses
import datetime as dt
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from llmagentos.agent.amending import LASTS_S, Focus, alike, amends, asks_for_time
from llmagentos.agent.assent import assent, chosen
from llmagentos.agent.choosing import Meaning, choose, cost, either, meanings, same_sense
from llmagentos.agent.confidence import HARMLESS
from llmagentos.agent.draft import Draft
from llmagentos.agent.hearing import CANDIDATES, Earlier, Heard, hear
from llmagentos.agent.legal import legal
from llmagentos.agent.orders.weighing import moments_left_out
from llmagentos.agent.outcomes import OrderOperation
from llmagentos.agent.ports import Decided, Deciding, Retrieving, Selecting
from llmagentos.agent.prompt import dynamic_part, examples, static_part, talk_part
from llmagentos.agent.site_index import SiteIndex
from llmagentos.agent.turn import Turn
from llmagentos.agent.understanding import Understanding
from llmagentos.agent.wording import Language, language_of, say
from llmagentos.language import Program, parse
from llmagentos.language import tree as t
from llmagentos.language.automaton import Automaton, requiring
from llmagentos.messages.snapshot import Snapshot, Speaker

__all__ = ["Dialogue", "Turn"]
DOUBTED, CLEARER = 0.7, 0.2
"""Of what was heard: less sure than this, and other readings of the sound are tried; so much surer, and one takes its place."""
MAX_WORDS = 500
"""Characters of one utterance: a long spoken order has about 200."""
MAX_TALK = 400
SECOND = 0.3
"""What an order is worth that the model chose only among those that leave no time out, relative to the choice it had of its own."""
PEOPLE = 100
MEMORY_TURNS = 2
MEMORY_S = 300.0


@dataclass(slots=True)
class _Memory:
    """The last exchange of a conversation, for "it", "there" and answers to our questions."""

    at: float = 0.0
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    last: Earlier | None = None
    amended: str | None = None
    """The order that the last question would change."""
    asked: deque[tuple[str, str]] = field(default_factory=lambda: deque(maxlen=MEMORY_TURNS))
    """Exchanges in which we asked: all that an untrained model is shown, it copies what it sees."""


@dataclass(frozen=True, slots=True)
class _Scene:
    """One utterance with everything it is decided over."""

    words: str
    heard: Heard
    memory: _Memory
    automaton: Automaton
    snapshot: Snapshot
    speaker: Speaker
    language: Language


class Dialogue:
    """The dialogue agent. Holds the short memory of each conversation and nothing else.

    A `bigger` model is asked where the first one is not sure enough to act; where it cannot answer, the person is asked.
    """

    def __init__(
        self, model: Deciding, retriever: Retrieving, select: Selecting, zone: dt.tzinfo, bigger: Deciding | None = None
    ) -> None:
        self._model, self._bigger, self._retriever = model, bigger, retriever
        self._understanding = Understanding(select, zone)
        self._memory: dict[str, _Memory] = {}
        self._focus: dict[str, Focus] = {}
        """Of a person: the order that acted, or was told of, last."""
        self._draft = Draft(examples())
        self._indexed: SiteIndex | None = None

    async def turn(
        self,
        words: str,
        snapshot: Snapshot,
        speaker: Speaker,
        *,
        language: Language | None = None,
        others: Sequence[str] = (),
    ) -> Turn:
        """Decide what the words mean; where they come to nothing, or to something doubtful, what `others` mean that may have been said instead, likeliest first.

        Raises: what the model raises when it cannot answer.
        """
        words = " ".join(words.split())[:MAX_WORDS]
        language = language or language_of(words)
        memory = self._recall(f"{speaker.principal} {speaker.session}", snapshot.at)
        async with memory.lock:  # of two sentences at once each is understood after the other
            turn = await self._taken(words, memory, snapshot, speaker, language)
            waiting = (
                memory.last is not None and memory.last.asked
            )  # an answer to us is taken as it was heard, or not at all
            for other in others if _doubted(turn) and not waiting else ():
                again = await self._taken(other[:MAX_WORDS], memory, snapshot, speaker, language)
                if again.kind != "question" and _clearer(again, turn) and same_sense(words, other, again.sentence):
                    words, turn = other[:MAX_WORDS], again
                    break
            if turn.kind == "chat":
                turn = dataclasses.replace(turn, text=await self._talk(words, language))
            self._remember(memory, words, turn, snapshot)
        if turn.kind != "question":
            self._draft.remember(words, turn.sentence)
        return dataclasses.replace(turn, words=words)

    async def _taken(
        self, words: str, memory: _Memory, snapshot: Snapshot, speaker: Speaker, language: Language
    ) -> Turn:
        turn = self._answered(words, memory, snapshot, speaker, language)
        if turn is None:
            self._attended(words, memory, speaker, snapshot.at)
            turn = self._when(words, memory, language)
        return turn or await self._understood(words, memory, snapshot, speaker, language)

    def _answered(
        self, words: str, memory: _Memory, snapshot: Snapshot, speaker: Speaker, language: Language
    ) -> Turn | None:
        """What a bare yes, no or "the second" to our question comes to; None where it is something else."""
        last = memory.last
        if last is None or not last.offered:
            return None
        agreed, number = assent(words), chosen(words, len(last.offered))
        if number is None and agreed and len(last.offered) == 1:
            number = 0
        if number is not None:
            return in_place_of(memory.amended, self.understand(last.offered[number], snapshot, speaker, language))
        if agreed is None:
            return None
        turns = [self.understand(one, snapshot, speaker, language) for one in last.offered]
        if not agreed:
            return self.understand("none", snapshot, speaker, language)
        return either(turns, snapshot, language)

    def attend(self, principal: str, focus: Focus) -> None:
        """An order of a person has acted, or they were told of it: what they say next may be about it."""
        self._focus.pop(principal, None)
        self._focus[principal] = focus
        if len(self._focus) > PEOPLE:
            del self._focus[next(iter(self._focus))]

    def _attended(self, words: str, memory: _Memory, speaker: Speaker, now: float) -> None:
        """Take an order up into the conversation, where the words may say how it should be instead."""
        focus = self._focus.get(speaker.principal)
        since = memory.at if memory.last is not None else 0.0
        if focus is not None and max(since, now - LASTS_S) <= focus.at and amends(words):
            memory.last = Earlier(focus.told, focus.sentence, asked=True)
            memory.amended = focus.order

    def _when(self, words: str, memory: _Memory, language: Language) -> Turn | None:
        """It was the wrong time: which is right?"""
        if memory.amended is None or memory.last is None or not asks_for_time(words):
            return None
        decided = Decided("code", (), 0, 0.0, 0)
        text = say("open_time", language)
        return Turn("question", memory.last.sentence, 1.0, decided, language, text, amended=memory.amended)

    async def _understood(
        self, words: str, memory: _Memory, snapshot: Snapshot, speaker: Speaker, language: Language
    ) -> Turn:
        heard = hear(words, memory.last, self._retriever, snapshot, speaker)
        automaton = legal(heard.words, snapshot, speaker, heard, self.index(snapshot))
        if memory.last is not None and memory.last.asked and memory.last.sentence.startswith("when ") and amends(words):
            automaton = requiring(automaton, " when", ()) or automaton  # what changes an order is an order
        scene = _Scene(words, heard, memory, automaton, snapshot, speaker, language)
        turn = _amending(await self._decided(self._model, scene), memory)
        if not turn.unsure or self._bigger is None:
            return turn
        second = await self._decided(self._bigger, scene)
        trusted = self._bigger.calibration.act_at is None or second.sentence in turn.offered[:1]
        if not second.decided.choices or (second.acts and cost(second, snapshot) > HARMLESS and not trusted):
            return turn  # what nobody calibrated moves nothing on its own word
        return second

    async def _decided(self, model: Deciding, scene: _Scene) -> Turn:
        snapshot, speaker, language, heard = scene.snapshot, scene.speaker, scene.language, scene.heard
        last, index = scene.memory.last, self.index(snapshot)
        before = tuple(scene.memory.asked) if not model.trained else ((last.words, last.sentence),) if last else ()
        prompt = dynamic_part(scene.words, snapshot, index, speaker, heard.shown, before, trained=model.trained)
        likely = self._draft.likely(scene.words, heard.shown, index)
        decided = await model.decide(static_part(trained=model.trained), prompt, scene.automaton, likely)
        found = self._meant(decided, scene)
        if found and (whole := _with_all_moments(found[0].program, scene)) is not None:
            again = await model.decide(static_part(trained=model.trained), prompt, whole)
            known = {one.turn.sentence for one in found}
            more = [one for one in self._meant(again, scene) if one.turn.sentence not in known]
            found += [dataclasses.replace(one, probability=one.probability * SECOND) for one in more]
        said_before = last.words if last is not None else None
        return choose(
            scene.words, found, decided, model.calibration, snapshot, heard.entities, language, speaker, said_before
        )

    def _meant(self, decided: Decided, scene: _Scene) -> list[Meaning]:
        turn, speaker, language = self._understanding.turn, scene.speaker, scene.language
        return meanings(decided, lambda program, chance: turn(program, decided, scene.snapshot, speaker, language, chance))  # fmt: skip

    def index(self, snapshot: Snapshot) -> SiteIndex:
        """The index of the snapshot's structure."""
        if self._indexed is None or self._indexed.structure != snapshot.structure:
            self._indexed = SiteIndex(snapshot)
        return self._indexed

    async def _talk(self, words: str, language: Language) -> str:
        """Free words, marked as such: what a model says of having done something is never left to be believed."""
        text = " ".join((await self._model.talk(talk_part(words))).split())[:MAX_TALK]
        return say("talked", language, text=text) if text else say("hello", language)

    def understand(self, sentence: str, snapshot: Snapshot, speaker: Speaker, language: Language = "en") -> Turn:
        """The turn of a sentence typed in the site language itself. Raises: GrammarError."""
        decided = Decided("typed", (), 0, 0.0, 0)
        return self._understanding.turn(parse(sentence), decided, snapshot, speaker, language, 1.0)

    def candidates(self, words: str, snapshot: Snapshot, speaker: Speaker) -> list[str]:
        """Names of what a sentence can be about, most likely first."""
        return [one.name for one in self._retriever.retrieve(words, snapshot, speaker, CANDIDATES).entities]

    def _recall(self, session: str, at: float) -> _Memory:
        memory = self._memory.setdefault(session, _Memory())
        if at - memory.at > MEMORY_S:
            memory = self._memory[session] = _Memory(at)
        if len(self._memory) > 200:
            oldest = min(self._memory, key=lambda one: self._memory[one].at)
            del self._memory[oldest]
        return memory

    def _remember(self, memory: _Memory, words: str, turn: Turn, snapshot: Snapshot) -> None:
        memory.at = snapshot.at
        asked = turn.kind == "question"
        about = turn.about or (memory.last.about if memory.last else ())
        if (
            asked and memory.last is not None and memory.last.asked
        ):  # asked again, the wish is still that of the first words
            words = f"{words} . {memory.last.words}"[:MAX_WORDS]
        memory.last = Earlier(words, turn.sentence, asked, about, turn.offered)
        memory.amended = turn.amended
        if asked:
            memory.asked.append((words, turn.sentence))
        else:
            memory.asked.clear()


def _amending(turn: Turn, memory: _Memory) -> Turn:
    """The turn, with the order that it would change: that which is spoken of, where what is offered is much like it."""
    if memory.amended is None or memory.last is None or not turn.offered:
        return turn
    before, after = (parse(one).statements[0] for one in (memory.last.sentence, turn.offered[0]))
    same = isinstance(before, t.Order) and isinstance(after, t.Order) and alike(before, after)
    return dataclasses.replace(turn, amended=memory.amended) if same else turn


def in_place_of(order: str | None, turn: Turn) -> Turn:
    """The turn with what it places in the place of that order."""
    if order is None:
        return turn
    placed = [dataclasses.replace(one, replaces=order) if isinstance(one, OrderOperation) else one for one in turn.timers]  # fmt: skip
    return dataclasses.replace(turn, timers=tuple(placed))


def _with_all_moments(program: Program, scene: _Scene) -> Automaton | None:
    """The orders that leave no time of day out that was said, where this one does."""
    if not isinstance(program.statements[0], t.Order):
        return None
    missed = moments_left_out(scene.words, program)
    return requiring(scene.automaton, " when", missed) if missed else None


def _doubted(turn: Turn) -> bool:
    """Whether something else may have been said."""
    return turn.lost or turn.unsure or turn.probability < DOUBTED


def _clearer(again: Turn, turn: Turn) -> bool:
    """Whether another reading of a sound makes so much more sense that it was rather that."""
    return not again.lost and (turn.lost or again.probability > turn.probability + CLEARER)
