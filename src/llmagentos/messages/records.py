"""The records of one way through the house, from a reading or a sentence to a receipt.

    Reading -> Observation                      what a device said; what the node therefore holds true
    Utterance -> Decision -> Proposal           what a person said; what the model chose; what would be done
    Proposal -> Approval | ConsentRequest | Refusal -> Intent -> Sent -> Receipt

Every record is immutable, names its causes, and has a schema version that `codec` writes and migrates. Words of
people are not in records: an Utterance holds the key of a row in the deletable side table.
"""

import hashlib
import json
from dataclasses import dataclass, field
from typing import ClassVar, Literal

from llmagentos.messages.values import Json

Quality = Literal["good", "stale", "bad"]
PropertyKind = Literal["bool", "number", "enum", "text", "json", "action"]
Outcome = Literal["verified", "failed", "in_doubt"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What all records share. `at` is the node's wall clock in seconds; `causes` are ids of earlier records."""

    SCHEMA: ClassVar[int] = 1
    id: str
    at: float
    source: str
    causes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading(Record):
    """One property of one entity as its device reported it. `device_at`: the device's own time, if it told one."""

    entity: str
    property: str
    value: Json
    device_at: float | None = None
    quality: Quality = "good"


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation(Record):
    """A change of what the node holds true."""

    entity: str
    property: str
    value: Json
    previous: Json = None
    quality: Quality = "good"


@dataclass(frozen=True, slots=True, kw_only=True)
class Utterance(Record):
    """A person said or typed something. `words` is the key of the text in the side table; `area` where they are."""

    principal: str
    words: str
    session: str
    area: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One sentence of the site language the model could have chosen, with its probability among the legal ones."""

    sentence: str
    probability: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision(Record):
    """What the model chose and what else it considered. `words`: side-table key, as candidates may quote the person."""

    model: str
    candidates: tuple[Candidate, ...]
    calibrated: bool
    passes: int
    duration_ms: float
    prompt_tokens: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One property of one entity to be set (or one action to be done), absolute and therefore repeatable.

    `idempotent` is False where sending twice differs from sending once (a button, the next track): such a command is
    never sent again. `verb` is the word of the site language it came from, for policy and explanation.
    """

    entity: str
    property: str
    value: Json
    verb: str
    idempotent: bool = True

    def digest(self) -> str:
        """What an approval is bound to: the whole meaning of the command."""
        text = json.dumps([self.entity, self.property, self.value, self.verb, self.idempotent], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal(Record):
    """What an agent wants done, by whose rights, and for how long it is worth doing. Nothing has been allowed yet."""

    principal: str
    agent: str
    sentence: str
    commands: tuple[Command, ...]
    expires_at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval(Record):
    """Policy's yes to one command: bound to its digest, a principal and an expiry, good for a single use."""

    principal: str
    digest: str
    rule: str
    expires_at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentRequest(Record):
    """Policy asks a person before these commands may pass."""

    principal: str
    proposal: str
    commands: tuple[Command, ...]
    rule: str
    expires_at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent(Record):
    """A person's answer to a ConsentRequest."""

    principal: str
    request: str
    granted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal(Record):
    """Policy's no, with the rule that said it."""

    principal: str
    command: Command
    rule: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent(Record):
    """A command that will be carried out: written before anything is sent. Its end is a Receipt."""

    command: Command
    approval: str
    principal: str
    expires_at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent(Record):
    """Written immediately before the bytes leave; an intent without it was certainly never sent."""

    intent: str
    messages: tuple[tuple[str, str], ...]
    """(topic, payload) pairs, in order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt(Record):
    """How an intent ended. `observed` is what the device reported back, None if it reported nothing."""

    intent: str
    outcome: Outcome
    observed: Json = None
    detail: str = ""
    duration_ms: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer(Record):
    """Something was said to a person. `words`: side-table key of the text."""

    session: str
    words: str
    kind: Literal["done", "answer", "question", "refusal", "error"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fired(Record):
    """What came about with a standing order: it acted, ended, was tried out, or why it did not act although its trigger held.

    Causes are what was said when it was given, and the readings that its trigger rested on.
    """

    order: str
    sentence: str
    why: Literal["fired", "ended", "not now", "limit", "paused", "late", "hand", "tried"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmChange(Record):
    """What has changed with an alarm, and `by` whom; of a flood of alarms, with none in particular.

    Causes are what was said when it was placed, and the readings that it rests on.
    """

    alarm: str
    name: str
    priority: str
    change: Literal["placed", "raised", "returned", "acknowledged", "shelved", "unshelved", "escalated", "removed", "flood", "flood over"]  # fmt: skip
    by: str | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanStep(Record):
    """A step of a plan: begun (with `act`, the number of what is carried out now), over, or why not."""

    plan: str
    step: str
    status: Literal["begun", "done", "not needed", "failed", "skipped", "cancelled"]
    act: int = 0
    detail: str = ""


Sense = Literal["sensor", "sight", "speech", "sound"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Percept(Record):
    """What a sense made of raw data, which is not kept: `data` is its SHA-256, where there was any.

    `area` and `entity`: where, and with which device; `sure`: from 0 to 1; `words`: side-table key of it as a sentence, with what
    people wrote and said in quotes; `counts`: how many of what a picture shows.
    """

    sense: Sense
    words: str
    sure: float
    area: str | None = None
    entity: str | None = None
    data: str = ""
    counts: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement(Record):
    """What a percept was judged to come to, under circumstances (`words`: side-table key of all that the judge read).

    `scores`: of nothing, tell and alarm; `acts`: sentences that were offered, each with how wise it was judged to be.
    """

    urgency: Literal["nothing", "tell", "alarm"]
    scores: tuple[float, ...]
    words: str
    model: str
    acts: tuple[Candidate, ...] = ()
    duration_ms: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault(Record):
    """Something is wrong with the site or the node itself: silence, a full queue, a lost broker, a slow model."""

    subject: str
    problem: str
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Property:
    """What an entity has: its meaning is in its name and unit. `options` for enums; `minimum`.. in `unit`.

    `kind` "action" is something that can be done but has no state to read back.
    """

    name: str
    kind: PropertyKind
    unit: str = ""
    minimum: float | None = None
    maximum: float | None = None
    step: float | None = None
    options: tuple[str, ...] = ()
    readable: bool = True
    writable: bool = False
    optimistic: bool = False
    """The device never reports this property: what was sent is assumed, and said to be assumed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EntityDescription:
    """One thing of the site as its device describes it. `id` is stable over renames and restarts."""

    id: str
    entity_class: str
    name: str
    device: str
    kind: str = ""
    """Finer than the class: the device class of discovery, such as curtain or motion."""
    area: str | None = None
    aliases: tuple[str, ...] = ()
    properties: tuple[Property, ...] = field(default=())
    diagnostic: bool = False

    def property(self, name: str) -> Property | None:
        """The property of that name, None if the entity has none."""
        return next((one for one in self.properties if one.name == name), None)
