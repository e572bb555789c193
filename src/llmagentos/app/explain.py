"""Why something happened, in words: a chain of records, oldest first, one line each."""

import json
from collections.abc import Callable, Iterable
from typing import Any

from llmagentos.messages import Record
from llmagentos.messages.records import (
    AlarmChange,
    Answer,
    Approval,
    Command,
    Consent,
    ConsentRequest,
    Decision,
    Fault,
    Fired,
    Intent,
    Judgement,
    Observation,
    Percept,
    PlanStep,
    Proposal,
    Receipt,
    Refusal,
    Sent,
    Utterance,
)

Words = Callable[[str], str | None]
"""Words of people by their key; None if they were deleted."""
SHOWN_CANDIDATES = 5
_WHY = {
    "fired": "acted", "ended": "ended", "not now": "did not act, its condition did not hold", "limit": "did not act, it has acted often enough",
    "paused": "did not act, it is paused", "tried": "was tried out", "hand": "left alone what somebody had set by hand", "late": "did not act, it was too late: the node was not running",
}  # fmt: skip


def explain(chain: Iterable[Record], words: Words) -> list[dict[str, Any]]:
    """Each record as {id, at, kind, text}; the text says what a person wants to know of it."""
    return [
        {"id": one.id, "at": one.at, "kind": type(one).__name__, "source": one.source, "text": line(one, words)} for one in chain
    ]  # fmt: skip


def line(record: Record, words: Words) -> str:
    """One record in words."""
    return _LINES[type(record)](record, words)


def _utterance(one: Utterance, words: Words) -> str:
    place = f" in {one.area}" if one.area else ""
    return f"{one.principal}{place} said: {words(one.words) or '(deleted)'}"


def _decision(one: Decision, _words: Words) -> str:
    shown = ", ".join(f"{each.sentence} {each.probability:.0%}" for each in one.candidates[:SHOWN_CANDIDATES])
    return f"{one.model} weighed: {shown or 'nothing legal'} ({one.passes} passes, {one.duration_ms:.0f} ms)"


def _command(command: Command) -> str:
    value = json.dumps(command.value, ensure_ascii=False)
    return f"{command.verb} {command.entity}: {command.property} = {value}"


def _commands(commands: Iterable[Command]) -> str:
    return "; ".join(map(_command, commands))


def _proposal(one: Proposal, _words: Words) -> str:
    return f"{one.agent} proposes: {one.sentence} -> {_commands(one.commands)}"


def _sent(one: Sent, _words: Words) -> str:
    return "sent " + "; ".join(f"{topic} {payload}" for topic, payload in one.messages)


def _receipt(one: Receipt, _words: Words) -> str:
    told = "" if one.observed is None else f", the device says {json.dumps(one.observed, ensure_ascii=False)}"
    detail = f" ({one.detail})" if one.detail else ""
    return f"{one.outcome.replace('_', ' ')} after {one.duration_ms:.0f} ms{told}{detail}"


def _alarm(one: AlarmChange, _words: Words) -> str:
    what = f"{one.priority} alarm {one.name}: " if one.name else "alarms: "
    return what + one.change + (f" by {one.by}" if one.by else "") + (f" ({one.detail})" if one.detail else "")


def _observation(one: Observation, _words: Words) -> str:
    now, before = (json.dumps(value, ensure_ascii=False) for value in (one.value, one.previous))
    return f"{one.entity} reports {one.property} = {now}" + (f" (was {before})" if now != before else "")


def _judgement(one: Judgement, _words: Words) -> str:
    offered = sorted(one.acts, key=lambda act: -act.probability)[:SHOWN_CANDIDATES]
    acts = ", ".join(f"{act.sentence} {act.probability:.0%}" for act in offered if act.probability >= 0.1)
    what = {"nothing": "nothing to tell of", "tell": "worth a note", "alarm": "an alarm"}[one.urgency]
    return f"judged {what} ({max(one.scores):.0%}, {one.duration_ms:.0f} ms)" + (f"; weighed: {acts}" if acts else "")


_LINES: dict[type[Record], Callable[[Any, Words], str]] = {
    Utterance: _utterance, Decision: _decision, Proposal: _proposal, Sent: _sent, Receipt: _receipt, Observation: _observation, AlarmChange: _alarm,
    Approval: lambda one, _: f"allowed by {one.rule}",
    ConsentRequest: lambda one, _: f"{one.rule} asks {one.principal} for consent: {_commands(one.commands)}",
    Consent: lambda one, _: f"{one.principal} says {'yes' if one.granted else 'no'}",
    Refusal: lambda one, _: f"refused by {one.rule}: {one.reason}",
    Intent: lambda one, _: f"will {_command(one.command)}",
    Answer: lambda one, words: f"answered: {words(one.words) or '(deleted)'}",
    Fired: lambda one, _: f"standing order {_WHY[one.why]}: {one.sentence}",
    PlanStep: lambda one, _: f"plan step {one.step} {one.status}" + (f": {one.detail}" if one.detail else ""),
    Percept: lambda one, words: f"noticed ({one.sense}, {one.sure:.0%} sure): {words(one.words) or '(deleted)'}",
    Judgement: _judgement,
    Fault: lambda one, _: f"{one.subject}: {one.problem}" + (f" ({one.detail})" if one.detail else ""),
}  # fmt: skip
