"""What a sentence of the site language comes to on this site, for this speaker."""

import datetime as dt
from typing import Literal

from llmagentos.agent.answers import Answers
from llmagentos.agent.effects import concerns, effect, learnable, stands, watches, workable
from llmagentos.agent.outcomes import CannotDo, Commands, Effect, Lacks, Operation, Question, TimerOperation, Which
from llmagentos.agent.plans.outline import PlanError
from llmagentos.agent.ports import Decided, Selecting
from llmagentos.agent.turn import Turn
from llmagentos.agent.wording import Language, join, property_name, say
from llmagentos.language import Program, Selector, Statement, render
from llmagentos.language import tree as t
from llmagentos.messages.records import Command
from llmagentos.messages.snapshot import EntityView, Found, Snapshot, Speaker


class Understanding:
    """Effects, answers, questions back and refusals; nothing is chosen here."""

    def __init__(self, select: Selecting, zone: dt.tzinfo) -> None:
        self._select, self._zone = select, zone

    def turn(
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
        later: list[Command] = []
        timers: list[Operation] = []
        questions: list[Question] = []
        texts: list[str] = []
        sentence = render(program)
        for statement in program.statements:
            outcome = self._statement(statement, snapshot, speaker, language)
            if isinstance(statement, t.Delayed | t.Scheduled) and isinstance(outcome, TimerOperation):
                then = effect(
                    statement.action, snapshot, speaker, self._select
                )  # what cannot be done is said now, not then
                later += then.commands if isinstance(then, Commands) else ()
                outcome = then if isinstance(then, Which | Lacks | CannotDo) else outcome
            if isinstance(outcome, Commands):
                commands += outcome.commands
                texts += [] if outcome.commands else [say("nothing_to_do", language)]
            elif isinstance(outcome, Operation):
                timers.append(outcome)
            elif isinstance(outcome, Question):
                questions.append(outcome)
            elif isinstance(outcome, str):
                texts.append(outcome)
            elif isinstance(outcome, Which):
                text = self._which(outcome, snapshot, language)
                about = tuple(one.id for one in outcome.options)
                return Turn("question", sentence, probability, decided, language, text, about=about)
            elif isinstance(outcome, Lacks):
                text, about = _open_question(outcome, language), tuple(one.id for one in outcome.of)
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
            tuple(questions),
            tuple(later),
            tuple(dict.fromkeys(one for each in program.statements for one in self._subjects(each, snapshot, speaker))),
        )

    def _subjects(self, statement: Statement, snapshot: Snapshot, speaker: Speaker) -> list[str]:
        """The entities that a statement is about."""
        statement = statement.action if isinstance(statement, t.Delayed | t.Scheduled) else statement
        target = getattr(statement, "target", None) or getattr(statement, "list", None)
        found = self._select(target, snapshot, speaker, lambda _: True) if isinstance(target, Selector) else None
        return [one.id for one in found.entities] if isinstance(found, Found) else []

    def _statement(
        self, statement: Statement, snapshot: Snapshot, speaker: Speaker, language: Language
    ) -> Effect | Question | str | None:
        if isinstance(statement, t.Act):
            return effect(statement, snapshot, speaker, self._select)
        if isinstance(statement, t.Order):
            return stands(statement, snapshot, speaker, self._select)
        if isinstance(statement, t.AskOrders | t.ChangeOrders):
            return concerns(statement, snapshot, speaker, self._select)
        if isinstance(statement, t.Alarm):
            return watches(statement, snapshot, speaker, self._select)
        if isinstance(statement, t.Plan | t.Method):
            try:
                if isinstance(statement, t.Method):
                    return learnable(statement, snapshot, speaker, self._select)
                return workable(statement, snapshot, speaker, self._select)
            except PlanError as error:
                return CannotDo("plan", str(error))
        if isinstance(statement, t.Ask):
            return Answers(snapshot, speaker, self._select, language, self._zone).answer(statement)
        if isinstance(statement, t.Say):
            return str(statement.text) if statement.text is not None else None
        if isinstance(statement, t.Clarify):
            return Which((), "")
        if isinstance(statement, t.Refuse):
            return CannotDo("later") if statement.reason == "unsafe" else CannotDo(statement.reason)
        return say("nothing", language)

    def _which(self, which: Which, snapshot: Snapshot, language: Language) -> str:
        if not which.options:
            return say("what", language)
        return say("which", language, names=join([_distinct(one, which.options) for one in which.options], language))


def _open_question(lacks: Lacks, language: Language) -> str:
    """The question for what was left open."""
    name = join([one.name for one in lacks.of], language)
    if lacks.what in ("time", "duration", "item", "item off"):
        return say(f"open_{lacks.what}", language, name=name)
    amount = any(prop is not None and prop.kind == "number" for one in lacks.of for prop in [one.property(lacks.what)])
    key = "open_amount" if amount else "open_value"
    return say(key, language, name=name, what=property_name(lacks.what, language))


def _distinct(entity: EntityView, among: tuple[EntityView, ...]) -> str:
    twins = [one for one in among if one.name == entity.name]
    return f"{entity.name} ({entity.area})" if len(twins) > 1 and entity.area else entity.name


def _refusal(why: CannotDo, language: Language) -> str:
    if why.reason in ("absent", "impossible") and not why.detail:
        return say(f"{why.reason}_any", language)
    return say(why.reason, language, name=why.detail)
