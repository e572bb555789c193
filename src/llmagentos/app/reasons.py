"""Why something is so or was done: from the journal who or what did it, from the history what else happened and what departs from what is usual."""

import asyncio
import datetime as dt
import logging
import sqlite3
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeVar

from llmagentos.agent import wording
from llmagentos.agent.abilities import is_share, state_words, word_of
from llmagentos.agent.outcomes import Question
from llmagentos.agent.past import BACK_DAYS, number_signal, state_signal
from llmagentos.agent.wording import Language, say
from llmagentos.app.orders import Orders
from llmagentos.kernel.history import DAY_S, SqliteHistory
from llmagentos.kernel.journal import SqliteJournal
from llmagentos.language import tree as t
from llmagentos.language.vocabulary import MEASURES
from llmagentos.messages.records import (
    Fault,
    Fired,
    Intent,
    Observation,
    PlanStep,
    Proposal,
    Receipt,
    Record,
    Refusal,
    Utterance,
)
from llmagentos.messages.snapshot import EntityView, Reading, Snapshot, Speaker
from llmagentos.messages.values import Json

if TYPE_CHECKING:
    from llmagentos.agent.because import Because, Origin

SAME_S = 60.0
"""A change so long after a command was meant, or after its receipt, is taken for its effect."""
LONGEST_S = 900.0
"""No command takes longer to show."""
LOOKED_BACK = 200
"""Among so many commands and refusals is the last of one person."""
_OF_SEVERAL = ("activate", "press")
"""Verbs whose effect shows in other things."""
AROUND_S, MOST_BESIDES = 120.0, 4
"""What changed in the same room so near in time is told; no more than so many things."""
MOST_SIGNALS = 14
"""So many things around a number are looked at."""
OUTER = ("weather",)
Kind = TypeVar("Kind", bound=Record)
_log = logging.getLogger(__name__)


class Reasons:
    """One per node."""

    def __init__(
        self, journal: SqliteJournal, history: SqliteHistory, snapshot: Callable[[], Snapshot], zone: dt.tzinfo,
        orders: Orders,
    ) -> None:  # fmt: skip
        self._journal, self._history, self._snapshot, self._zone, self._orders = (
            journal,
            history,
            snapshot,
            zone,
            orders,
        )

    async def answer(self, question: Question, language: Language, speaker: Speaker) -> str:
        """In words; what cannot be read is said to be unknown."""
        from llmagentos.agent.because import Because  # numpy, for which nobody else waits

        snapshot = self._snapshot()
        because = Because(snapshot.at, self._zone, language, speaker.principal)
        entities = [snapshot.entities[one] for one in question.entities if one in snapshot.entities]
        try:
            if not entities:
                return await self._last(question.ask, because, language, speaker.principal)
            measured = (
                isinstance(question.ask, t.Why)
                and question.ask.subject is not None
                and question.ask.subject.kind in MEASURES
            )
            return " ".join([await self._of(one, snapshot, because, language, measured=measured) for one in entities])
        except (sqlite3.Error, OSError) as error:
            _log.warning("the past cannot be read: %s", error)
            return say("past_unknown", language, name=", ".join(one.name for one in entities))

    async def _last(self, ask: t.Ask, because: "Because", language: Language, principal: str) -> str:
        """Of what was done or refused last for this person, or of what came of one record."""
        wanted = ask.record if isinstance(ask, t.Why) else None
        one = (
            await asyncio.to_thread(self._came_of, wanted)
            if wanted
            else await asyncio.to_thread(self._newest_for, principal)
        )
        if isinstance(one, Refusal):
            return because.refused(one.principal, one.at, one.reason)
        if not isinstance(one, Intent):
            return say("why_nothing", language)
        snapshot = self._snapshot()
        what = wording.done(one.command, snapshot.entities.get(one.command.entity), language)
        receipt = self._receipt(one)
        failed = receipt is not None and receipt.outcome == "failed"
        return say("why_failed" if failed else "done", language, what=what) + " " + because.origin(self._origin(one, snapshot, language))  # fmt: skip

    def _newest_for(self, principal: str) -> Record | None:
        latest = self._journal.latest("Intent", "Refusal", limit=LOOKED_BACK)
        return next((one for one in latest if isinstance(one, Intent | Refusal) and one.principal == principal), None)

    def _came_of(self, record: str) -> Record | None:
        """The first command, or refusal, that a record led to; of a receipt its own."""
        ahead, seen = [record], set[str]()
        while ahead:
            known = self._journal.record(ahead.pop(0))
            if known is None or known.id in seen:
                continue
            if isinstance(known, Intent | Refusal):
                return known
            seen.add(known.id)
            ahead += (
                [known.intent] if isinstance(known, Receipt) else [one.id for one in self._journal.effects(known.id)]
            )
        return None

    async def _of(
        self, entity: EntityView, snapshot: Snapshot, because: "Because", language: Language, *, measured: bool
    ) -> str:
        """A thermostat is asked about as what it does, or as what it measures."""
        if state_words(entity) and not measured:
            return await self._state(entity, snapshot, because, language)
        return await self._number(entity, snapshot, because)

    async def _state(self, entity: EntityView, snapshot: Snapshot, because: "Because", language: Language) -> str:
        signal = state_signal(entity)
        readings = await self._history.between([signal], snapshot.at - BACK_DAYS * DAY_S, snapshot.at)
        since, prop = _since(readings), entity.property(signal[1])
        origin, sure = (
            (None, True)
            if since is None
            else await asyncio.to_thread(self._did, entity, signal[1], since, snapshot, language)
        )
        besides = await self._besides(entity, since, snapshot, language)
        told = because.state(entity, since, origin, besides, ours=prop is not None and prop.writable, sure=sure)
        refused = await asyncio.to_thread(self._journal.refused, entity.id)
        if isinstance(refused, Refusal) and (since is None or refused.at > since):
            told += " " + because.refused(refused.principal, refused.at, refused.reason)
        return told

    def _did(
        self, entity: EntityView, name: str, at: float, snapshot: Snapshot, language: Language
    ) -> "tuple[Origin | None, bool]":
        """Which command of ours a change then was the effect of, and whether that is sure: what was set itself is, a scene may have been."""
        meant = [
            one
            for one in self._journal.meant(at - LONGEST_S, at + 1)
            if isinstance(one, Intent) and self._fits(one, at)
        ]
        own = [one for one in meant if one.command.entity == entity.id]
        value = entity.value(name)
        exact = next((one for one in own if one.command.property == name and _same(one.command.value, value)), None)
        near = next((one for one in own if one.command.property != name), None)
        if (own_one := exact or near) is not None:
            return self._origin(own_one, snapshot, language), True
        scene = next((one for one in meant if one.command.verb in _OF_SEVERAL), None)
        return (None, True) if scene is None else (self._origin(scene, snapshot, language), False)

    def _fits(self, intent: Intent, at: float) -> bool:
        receipt = self._receipt(intent)
        end = intent.at if receipt is None else receipt.at
        return intent.at - 1 <= at <= end + SAME_S and (receipt is None or receipt.outcome != "failed")

    def _receipt(self, intent: Intent) -> Receipt | None:
        return next((one for one in self._journal.effects(intent.id) if isinstance(one, Receipt)), None)

    def _origin(self, intent: Intent, snapshot: Snapshot, language: Language) -> "Origin":
        from llmagentos.agent.because import Origin

        chain = self._journal.chain(intent.id)
        fired = _newest(chain, Fired)
        if fired is not None:
            standing = self._orders.get(fired.order)
            told = fired.sentence if standing is None else self._orders.told(standing, language)
            return Origin(
                "order", fired.at, intent.principal, told, tuple(self._facts(fired, chain, snapshot, language))
            )
        uttered = _newest(chain, Utterance)
        if _newest(chain, PlanStep) is not None:
            return Origin("plan", intent.at, intent.principal)
        if _newest(chain, Fault) is not None:  # everything was stopped
            return Origin("asked", intent.at, intent.principal)
        if uttered is not None:
            return Origin("asked", uttered.at, uttered.principal, self._journal.words(uttered.words) or "")
        proposal = _newest(chain, Proposal)
        return Origin("agent", intent.at, intent.principal, intent.source if proposal is None else proposal.agent)

    def _facts(self, fired: Fired, chain: Sequence[Record], snapshot: Snapshot, language: Language) -> list[str]:
        """What an order's trigger rested on."""
        seen = [one for one in chain if isinstance(one, Observation) and one.id in fired.causes]
        return [
            self._said(one.entity, one.value, snapshot, language) for one in seen if one.entity in snapshot.entities
        ]

    async def _besides(
        self, entity: EntityView, since: float | None, snapshot: Snapshot, language: Language
    ) -> list[str]:
        """What else changed its state in the same room at that moment."""
        if since is None or entity.area is None:
            return []
        near = {state_signal(one): one for one in snapshot.entities.values() if one.area == entity.area and one.id != entity.id and state_words(one)}  # fmt: skip
        readings = await self._history.between(list(near), since - AROUND_S, since + AROUND_S / 4)
        changed, last = [], dict[str, Reading]()
        for one in readings:
            before, last[one.entity] = last.get(one.entity), one
            if (
                before is not None
                and before.value != one.value
                and one.value is not None
                and one.at >= since - AROUND_S
            ):
                changed.append(one)
        return [self._said(one.entity, one.value, snapshot, language) for one in changed[:MOST_BESIDES]]

    def _said(self, entity: str, value: Json, snapshot: Snapshot, language: Language) -> str:
        """How a thing was: "Motion Hall detected"."""
        one = snapshot.entities[entity]
        word = word_of(one.description, value) if isinstance(value, bool | str) else None
        return f"{one.name} {wording.state(word, language) if word else wording.quantity(value, '', language)}"

    async def _number(self, entity: EntityView, snapshot: Snapshot, because: "Because") -> str:
        """Against the weeks before, in a thread: a model of its own is learned for each question."""
        things = {one.id: one for one in self._around(entity, snapshot)}
        signals = {one.id: state_signal(one) if is_share(one) else number_signal(one) for one in things.values()}
        of = number_signal(entity)
        readings = await self._history.between([of, *signals.values()], snapshot.at - BACK_DAYS * DAY_S, snapshot.at)
        zone_s = dt.datetime.fromtimestamp(snapshot.at, self._zone).utcoffset() or dt.timedelta()

        def explained() -> str:
            from llmagentos.app.courses import course
            from llmagentos.reasoning.causes.explanation import explain

            target = course(readings, of, entity, entity.description.kind)
            others = {
                name: course(readings, signals[name], one, entity.description.kind) for name, one in things.items()
            }
            known = {name: one for name, one in others.items() if one is not None}
            found = None if target is None else explain(target, known, snapshot.at, zone_s.total_seconds())
            return because.number(entity, found, things)

        return await asyncio.to_thread(explained)

    def _around(self, entity: EntityView, snapshot: Snapshot) -> list[EntityView]:
        """What may be a cause: what is done, stands open or moves in the same room, and the weather. What only measures is no cause."""
        here = [
            one for one in snapshot.entities.values()
            if one.id != entity.id and not one.description.diagnostic
            and (one.entity_class in OUTER or _outdoors(one) or (one.area == entity.area and entity.area is not None and _acts(one)))
        ]  # fmt: skip
        return sorted(here, key=_weight)[:MOST_SIGNALS]


def _acts(one: EntityView) -> bool:
    return one.entity_class not in ("sensor", "scene", "button", "list", "calendar", "update") and bool(
        state_words(one) or one.entity_class == "number"
    )


def _outdoors(one: EntityView) -> bool:
    """A thermometer outside, by its name."""
    called = f"{one.name} {one.area or ''}".casefold()
    return (
        one.entity_class == "sensor"
        and one.description.kind == "temperature"
        and any(word in called for word in ("outdoor", "outside", "室外", "户外"))
    )


_ORDER = ("weather", "sensor", "binary sensor", "climate", "cover", "fan", "valve", "humidifier", "switch", "outlet")


def _weight(one: EntityView) -> int:
    """What is looked at first: weather and openings, then what heats, cools and moves air, lights and the rest last."""
    return _ORDER.index(one.entity_class) if one.entity_class in _ORDER else len(_ORDER)


def _same(wanted: Json, value: Json) -> bool:
    """Whether a state is what was wanted, or on the way there (opening, for open)."""
    if isinstance(wanted, str) and isinstance(value, str):
        return value.casefold().startswith(wanted.casefold()[:4])
    return wanted == value


def _since(readings: Sequence[Reading]) -> float | None:
    """From when on it has been as it is now; None where no change was seen."""
    known = [one for one in readings if one.value is not None]
    for before, after in zip(reversed(known[:-1]), reversed(known[1:]), strict=True):
        if before.value != after.value:
            return after.at
    return None


def _newest(chain: Sequence[Record], kind: type[Kind]) -> Kind | None:
    return next((one for one in reversed(chain) if isinstance(one, kind)), None)
