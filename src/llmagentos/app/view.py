"""The site as its faces show it: rooms, entities with their state in words and what can be done with them, traces. JSON."""

from typing import Any

from llmagentos.agent import abilities, wording
from llmagentos.agent.effects import items_of
from llmagentos.agent.plans.methods import told
from llmagentos.agent.site_index import SiteIndex
from llmagentos.app.node import Node
from llmagentos.language import Program, render
from llmagentos.language import tree as t
from llmagentos.language.vocabulary import EFFECTS, PRIMARY
from llmagentos.messages.records import Answer, ConsentRequest, Decision, Judgement, Percept, Proposal, Utterance
from llmagentos.messages.snapshot import EntityView, Snapshot

TRACES = 12
VALUES = 4
_BESIDE = ("on", "muted", "track")
"""Properties that say nothing beside the state."""


def site_view(node: Node) -> dict[str, Any]:
    """Everything a face starts from."""
    snapshot = node.snapshot()
    return {
        "site": node.site.name, "language": node.site.language, "level": node.site.level, "stopped": node.judge.stopped,
        "settled": node.settled.is_set(),
        "areas": [{"name": one.name, "floor": one.floor} for one in snapshot.areas.values()],
        "entities": {one.id: entity_view(one, snapshot, node) for one in snapshot.entities.values()},
        "traces": traces(node), "reminders": reminders(snapshot, node), "orders": orders(node), "plans": plans(node), "alarms": alarms(node),
    }  # fmt: skip


def reminders(snapshot: Snapshot, node: Node) -> list[dict[str, Any]]:
    """Alarms, then timers; `ends_at` is None for what stands still."""
    language = _language(node)
    alarms = [
        {"id": one.id, "text": wording.alarm(one, node.zone, snapshot.at, language), "ends_at": None, "alarm": True}
        for one in snapshot.alarms
    ]
    timers = [
        {"id": one.id, "text": one.name or one.area or "", "ends_at": snapshot.at + one.left_s if one.running else None,
         "left": wording.duration(one.left_s, language), "alarm": False}
        for one in snapshot.timers
    ]  # fmt: skip
    return [*alarms, *timers]


def _language(node: Node) -> wording.Language:
    return "zh" if node.site.language.startswith("zh") else "en"


def entity_view(entity: EntityView, snapshot: Snapshot, node: Node) -> dict[str, Any]:
    """One entity."""
    language = _language(node)
    primary = PRIMARY.get(entity.entity_class)
    values = {}
    for prop in entity.description.properties:
        value = entity.value(prop.name)
        if (
            prop.readable
            and prop.name not in (primary, *_BESIDE)
            and isinstance(value, bool | int | float | str)
            and value != ""
        ):
            values[prop.name] = wording.quantity(value, "" if isinstance(value, str) else prop.unit, language)
    word = abilities.state_word(entity)
    state = wording.state(word, language) if word is not None else _primary(entity, primary, language)
    return {
        "id": entity.id, "class": entity.entity_class, "kind": entity.description.kind, "name": entity.name, "area": entity.area,
        "online": entity.online, "diagnostic": entity.description.diagnostic, "state": state,
        "active": active(entity), "values": dict(list(values.items())[:VALUES]), "acts": acts(entity, node.index()),
    }  # fmt: skip


def _primary(entity: EntityView, primary: str | None, language: wording.Language) -> str:
    prop = entity.property(primary) if primary else None
    value = entity.value(primary) if primary else None
    if entity.entity_class == "list":
        return str(len(items_of(entity, done=False)))
    if prop is None or not isinstance(value, bool | int | float | str):
        return ""
    return wording.quantity(value, prop.unit, language)


def active(entity: EntityView) -> bool:
    """Whether it draws the eye: on, open, unlocked, playing, detected."""
    word = abilities.state_word(entity)
    quiet = (
        "off",
        "closed",
        "locked",
        "idle",
        "docked",
        "clear",
        "dry",
        "normal",
        "paused",
        "stopped",
        "home",
        "away",
        None,
    )
    return entity.entity_class not in ("climate", "weather", "sensor", "select", "text") and word not in quiet


def acts(entity: EntityView, index: SiteIndex) -> list[dict[str, str]]:
    """What a button can do with it: a label and a sentence of the site language."""
    target = index.named(entity)
    verbs = [verb for verb in EFFECTS if abilities.effect_of(verb, entity) is not None]
    return [{"label": verb, "sentence": render(Program((t.Do(verb, target),)))} for verb in verbs]


SAID = 300
"""Characters of what was said that are shown: a message may be huge, the journal has all of it."""


def traces(node: Node) -> list[dict[str, Any]]:
    """The newest answers with what led to them, newest first."""
    return [
        trace
        for one in node.journal.latest("Answer", limit=TRACES)
        if isinstance(one, Answer)
        for trace in [trace_of(one, node)]
    ]


NOTICED = {"sensor": "noticed", "sight": "seen", "speech": "overheard", "sound": "heard"}
"""What stands where otherwise words of a person do."""


def trace_of(answer: Answer, node: Node) -> dict[str, Any]:
    """One exchange: what was said, what was understood, what came of it."""
    said, sentence, probability, consent = "", "", None, None
    options: list[tuple[str, str]] = []
    unasked = False
    for record in node.journal.chain(answer.id):
        if isinstance(record, Utterance):
            said = node.journal.words(record.words) or "…"
        elif isinstance(record, Percept):
            said, unasked = f"({NOTICED[record.sense]})", True
        elif isinstance(record, Judgement):
            probability = max(record.scores)
        elif isinstance(record, Decision) and record.candidates:
            sentence, probability = record.candidates[0].sentence, record.candidates[0].probability
            options = node.readings(record) if answer.kind == "question" else []
        elif isinstance(record, Proposal):
            sentence = record.sentence
        elif isinstance(record, ConsentRequest):
            consent = record.id if node.awaits(record.id) else None
            options = []
    return {
        "id": answer.id, "at": answer.at, "unasked": unasked, "kind": answer.kind, "said": said if len(said) <= SAID else f"{said[:SAID]} …", "sentence": sentence,
        "probability": probability, "text": node.journal.words(answer.words) or "…", "consent": consent,
        "options": [{"label": label, "sentence": one} for label, one in options],
    }  # fmt: skip


def plans(node: Node) -> list[dict[str, Any]]:
    """The plans and their steps as the page and the terminal show them."""
    return [
        {
            "number": number, "id": one.id, "title": one.title, "principal": one.principal, "over": one.over, "given_at": one.given_at,
            "steps": [
                {"name": step.name, "status": status, "why": why, "begun": begun or None, "seconds": step.seconds, "planned": planned,
                 "after": [one.steps[each].name for each in step.after]}
                for step, status, why, begun, planned in zip(one.steps, one.status, one.why, one.begun, one.order or one.begun, strict=True)
            ],
        }
        for number, one in enumerate(node.plans.all(), 1)
    ]  # fmt: skip


def methods(node: Node) -> list[dict[str, Any]]:
    """How things are done here, with what was learned of each step."""
    return [
        {
            "number": number, "title": one.tree.title, "sentence": told(one), "principal": one.principal,
            "steps": [
                {"name": step, "usual": one.usual(step), "done": one.done.get(step, 0), "failed": one.failed.get(step, 0)}
                for step in dict.fromkeys((*one.done, *one.failed))
            ],
        }
        for number, one in enumerate(node.methods.all(), 1)
    ]  # fmt: skip


def alarms(node: Node) -> list[dict[str, Any]]:
    """The alarms as the page and the terminal show them, those first that need somebody; their numbers stay what they were."""
    language = _language(node)
    standing = {one.id: one for one in node.alarms.all()}
    numbers = {one.id: number for number, one in enumerate(node.alarms.placed(), 1)}
    return [
        {
            "number": numbers[one.id], "id": one.id, "name": one.name, "priority": one.priority, "state": one.state, "active": one.active,
            "since": one.since or None, "by": one.by, "shelved_until": one.shelved_until, "raised": one.raised, "advice": one.advice,
            "text": node.alarms.cause(one.id, language), "suspended": node.alarms.suspended(one.id),
            "doubts": node.doubting.of(standing[one.id], language) if one.id in standing else [],
        }
        for one in node.alarms.alarms()
    ]  # fmt: skip


def orders(node: Node) -> list[dict[str, Any]]:
    """The standing orders as the page and the terminal show them, with the numbers that people change them by."""
    return [
        {
            "number": number, "id": one.id, "sentence": node.orders.sentence(one), "text": node.orders.told(one, _language(node)),
            "principal": one.principal, "paused": one.paused, "suspended": one.suspended, "holds": node.orders.holds(one.id),
            "last_fired": one.fired[-1] if one.fired else None, "doubts": node.doubting.of(one, _language(node)),
        }
        for number, one in enumerate(node.orders.all(), 1)
    ]  # fmt: skip
