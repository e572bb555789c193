"""One turn: words and a snapshot in; commands, an answer, a question or a refusal out. The choice is the model's."""

import dataclasses
import datetime as dt
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from llmagentos.agent import wording
from llmagentos.agent.answers import Answers
from llmagentos.agent.confidence import mistake
from llmagentos.agent.draft import Draft
from llmagentos.agent.effects import AlarmOperation, CannotDo, Commands, TimerOperation, Which, effect
from llmagentos.agent.hearing import CANDIDATES, Earlier, hear
from llmagentos.agent.legal import legal
from llmagentos.agent.ports import Decided, Deciding, Retrieving, Selecting
from llmagentos.agent.prompt import dynamic_part, examples, static_part, talk_part
from llmagentos.agent.site_index import SiteIndex
from llmagentos.agent.unexplained import unexplained
from llmagentos.agent.wording import Language, join, language_of, say
from llmagentos.language import GrammarError, Program, Selector, Statement, parse, render
from llmagentos.language import tree as t
from llmagentos.messages.records import Command
from llmagentos.messages.snapshot import EntityView, Found, Snapshot, Speaker

MAX_WORDS = 500
"""Characters of one utterance: a long spoken order has about 200."""
MAX_TALK = 400
MEMORY_TURNS = 2
MEMORY_S = 300.0
CLOSE_CALL = 1.25
"""Two readings whose probabilities differ by less than this factor are too close to act on: the person is asked."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What one utterance came to. `sentence` is the canonical text of what was understood, `probability` calibrated."""

    kind: Literal["commands", "timer", "answer", "question", "refusal", "chat"]
    sentence: str
    probability: float
    decided: Decided
    language: Language
    text: str = ""
    commands: tuple[Command, ...] = ()
    timers: tuple[TimerOperation | AlarmOperation, ...] = ()
    about: tuple[str, ...] = ()
    """The entities that were changed or asked about: what "it" may mean next."""
    unexplained: int = 0
    """Words for things that this reading does not account for."""


@dataclass(slots=True)
class _Memory:
    """The last exchange of a conversation, for "it", "there" and answers to our questions."""

    at: float = 0.0
    last: Earlier | None = None
    asked: deque[tuple[str, str]] = field(default_factory=lambda: deque(maxlen=MEMORY_TURNS))
    """Exchanges in which we asked: all that an untrained model is shown, it copies what it sees."""


@dataclass(frozen=True, slots=True)
class _Meaning:
    """A sentence with what it would do, and the probability of everything that would do the same."""

    sentence: str
    program: Program
    turn: "Turn"
    probability: float


class Dialogue:
    """The dialogue agent. Holds the short memory of each conversation and nothing else."""

    def __init__(self, model: Deciding, retriever: Retrieving, select: Selecting, zone: dt.tzinfo) -> None:
        self._model, self._retriever, self._select, self._zone = model, retriever, select, zone
        self._memory: dict[str, _Memory] = {}
        self._static = static_part(trained=model.trained)
        self._draft = Draft(examples())
        self._indexed: SiteIndex | None = None

    async def turn(self, words: str, snapshot: Snapshot, speaker: Speaker, *, language: Language | None = None) -> Turn:
        """Decide what the words mean. Raises: what the model raises when it cannot answer."""
        words = " ".join(words.split())[:MAX_WORDS]
        language = language or language_of(words)
        memory = self._recall(speaker.session, snapshot.at)
        heard = hear(words, memory.last, self._retriever, snapshot, speaker)
        index = self.index(snapshot)
        automaton = legal(heard.words, snapshot, speaker, heard, index)
        trained, last = self._model.trained, memory.last
        before = tuple(memory.asked) if not trained else ((last.words, last.sentence),) if last else ()
        prompt = dynamic_part(words, snapshot, index, speaker, heard.shown, before, trained=trained)
        likely = self._draft.likely(words, heard.shown, index)
        decided = await self._model.decide(self._static, prompt, automaton, likely)
        meanings = self._meanings(decided, snapshot, speaker, language)
        turn = self._choose(words, meanings, decided, snapshot, heard.entities, language)
        if turn.kind == "chat":
            turn = dataclasses.replace(turn, text=await self._talk(words, language))
        self._remember(memory, words, turn, snapshot)
        if turn.kind != "question":
            self._draft.remember(words, turn.sentence)
        return turn

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
        return self._turn(parse(sentence), decided, snapshot, speaker, language, 1.0)

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
        memory.last = Earlier(words, turn.sentence, asked, about)
        if asked:
            memory.asked.append((words, turn.sentence))
        else:
            memory.asked.clear()

    def _meanings(self, decided: Decided, snapshot: Snapshot, speaker: Speaker, language: Language) -> list[_Meaning]:
        """The choices with equal effect merged, most probable first."""
        merged: dict[str, _Meaning] = {}
        for choice in decided.choices:
            try:
                program = parse(choice.text)
            except GrammarError:  # cannot happen for choices of our own automaton; a Generator may say anything
                continue
            turn = self._turn(program, decided, snapshot, speaker, language, choice.probability)
            key = repr((turn.kind, turn.commands, turn.timers, turn.text))
            known = merged.get(key)
            if known is None:
                merged[key] = _Meaning(choice.text, program, turn, choice.probability)
            else:
                merged[key] = _Meaning(
                    known.sentence, known.program, known.turn, known.probability + choice.probability
                )
        return sorted(merged.values(), key=lambda one: -one.probability)

    def _choose(
        self, words: str, meanings: list[_Meaning], decided: Decided, snapshot: Snapshot, near: Sequence[EntityView], language: Language,
    ) -> Turn:  # fmt: skip
        if not meanings:
            return Turn("question", "clarify", 0.0, decided, language, say("what", language))
        best = meanings[0]
        acts = [one for one in meanings[:2] if one.turn.kind in ("commands", "timer")]
        left = len(unexplained(words, best.program, snapshot, near)) if acts[:1] == [best] else 0
        confidence = self._model.calibration.confidence(best.probability, left)
        cost = mistake([snapshot.entities[one.entity] for one in best.turn.commands])
        unsure = len(acts) == 2 and best.probability < CLOSE_CALL * acts[1].probability
        if unsure or (acts[:1] == [best] and not self._model.calibration.acts(confidence, cost)):
            names = [_gist(one.turn, snapshot, language) for one in acts]
            return Turn(
                "question",
                "clarify",
                confidence,
                decided,
                language,
                say("either", language, names=" / ".join(names)),
                about=tuple(dict.fromkeys(entity for one in acts for entity in one.turn.about)),
            )
        return dataclasses.replace(best.turn, probability=confidence, unexplained=left)

    def _turn(
        self,
        program: Program,
        decided: Decided,
        snapshot: Snapshot,
        speaker: Speaker,
        language: Language,
        probability: float,
    ) -> Turn:
        """What a program comes to. One part that cannot be done stops all of it: half a wish is not the wish."""
        commands: list[Command] = []
        timers: list[TimerOperation | AlarmOperation] = []
        texts: list[str] = []
        sentence = render(program)
        for statement in program.statements:
            outcome = self._statement(statement, snapshot, speaker, language)
            if isinstance(outcome, Commands):
                commands += outcome.commands
            elif isinstance(outcome, TimerOperation | AlarmOperation):
                timers.append(outcome)
            elif isinstance(outcome, str):
                texts.append(outcome)
            elif isinstance(outcome, Which):
                text = self._which(outcome, snapshot, language)
                about = tuple(one.id for one in outcome.options)
                return Turn("question", sentence, probability, decided, language, text, about=about)
            elif isinstance(outcome, CannotDo):
                return Turn("refusal", sentence, probability, decided, language, _refusal(outcome, language))
            else:
                return Turn("chat", sentence, probability, decided, language)
        kind: Literal["commands", "timer", "answer"] = "commands" if commands else "timer" if timers else "answer"
        return Turn(
            kind,
            sentence,
            probability,
            decided,
            language,
            " ".join(texts),
            tuple({one.digest(): one for one in commands}.values()),
            tuple(timers),
            tuple(dict.fromkeys(one for each in program.statements for one in self._subjects(each, snapshot, speaker))),
        )

    def _subjects(self, statement: Statement, snapshot: Snapshot, speaker: Speaker) -> list[str]:
        """The entities that a statement is about."""
        target = getattr(statement, "target", None) or getattr(statement, "list", None)
        found = self._select(target, snapshot, speaker, lambda _: True) if isinstance(target, Selector) else None
        return [one.id for one in found.entities] if isinstance(found, Found) else []

    def _statement(
        self, statement: Statement, snapshot: Snapshot, speaker: Speaker, language: Language
    ) -> Commands | TimerOperation | AlarmOperation | Which | CannotDo | str | None:
        if isinstance(statement, t.Act):
            return effect(statement, snapshot, speaker, self._select)
        if isinstance(statement, t.Ask):
            return Answers(snapshot, speaker, self._select, language, self._zone).answer(statement)
        if isinstance(statement, t.Say):
            return str(statement.text) if statement.text is not None else None
        if isinstance(statement, t.Clarify):
            return Which((), "")
        if isinstance(statement, t.Refuse):
            return CannotDo("later") if statement.reason == "unsafe" else CannotDo(statement.reason)
        if isinstance(statement, t.Nothing):
            return say("nothing", language)
        return CannotDo("later")

    def _which(self, which: Which, snapshot: Snapshot, language: Language) -> str:
        if not which.options:
            return say("what", language)
        return say("which", language, names=join([_distinct(one, which.options) for one in which.options], language))


def _distinct(entity: EntityView, among: tuple[EntityView, ...]) -> str:
    twins = [one for one in among if one.name == entity.name]
    return f"{entity.name} ({entity.area})" if len(twins) > 1 and entity.area else entity.name


def _gist(turn: Turn, snapshot: Snapshot, language: Language) -> str:
    return (
        join([wording.order(one, snapshot.entities.get(one.entity), language) for one in turn.commands], language)
        or turn.sentence
    )


def _refusal(why: CannotDo, language: Language) -> str:
    if why.reason in ("absent", "impossible") and not why.detail:
        return say(f"{why.reason}_any", language)
    return say(why.reason, language, name=why.detail)
