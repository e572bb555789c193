"""Questions that the snapshot cannot answer: what was, from the history."""

import asyncio
import datetime as dt
import logging
import sqlite3
from collections.abc import Callable

from llmagentos.agent.outcomes import Question
from llmagentos.agent.past import BACK_DAYS, Past, number_signal, state_signal
from llmagentos.agent.periods import DAY_S, span
from llmagentos.agent.unusual import Unusual, told_by
from llmagentos.agent.wording import Language, say
from llmagentos.kernel.history import SqliteHistory
from llmagentos.language import tree as t
from llmagentos.messages.snapshot import EntityView, Snapshot

_log = logging.getLogger(__name__)


class Remembering:
    """One per node."""

    def __init__(self, history: SqliteHistory, snapshot: Callable[[], Snapshot], zone: dt.tzinfo) -> None:
        self._history, self._snapshot, self._zone = history, snapshot, zone

    async def answer(self, question: Question, language: Language) -> str:
        """In words; that nothing is known, where the history cannot be read."""
        snapshot = self._snapshot()
        entities = {one: snapshot.entities[one] for one in question.entities if one in snapshot.entities}
        signals = [_signal(question.ask, one) for one in entities.values()]
        try:
            readings = await self._history.between(signals, self._start(question.ask, snapshot.at), snapshot.at)
        except (sqlite3.Error, OSError) as error:
            _log.warning("the history cannot be read: %s", error)
            return say("past_unknown", language, name=", ".join(one.name for one in entities.values()))
        past = Past(readings, snapshot.at, self._zone, language)
        if isinstance(question.ask, t.AskUnusual):
            against = Unusual(past, snapshot.at, self._zone, language, self._start(question.ask, snapshot.at))
            return await asyncio.to_thread(against.answer, question.ask, entities)
        return await asyncio.to_thread(past.answer, question.ask, entities)

    def _start(self, ask: t.Ask, now: float) -> float:
        if isinstance(ask, t.ComparedPeriods):
            return min(span(one, now, self._zone)[0] for one in (ask.over, ask.before))
        if isinstance(ask, t.AskPast | t.AskCrossed) and ask.measure == "last time":
            return now - BACK_DAYS * DAY_S
        if isinstance(ask, t.AskUnusual):
            return now - BACK_DAYS * DAY_S
        assert isinstance(ask, t.AskPast | t.AskCrossed | t.AskChanged | t.Aggregate)
        return span(ask.over, now, self._zone)[0]


def _signal(ask: t.Ask, entity: EntityView) -> tuple[str, str]:
    """What of an entity an answer rests on."""
    if isinstance(ask, t.AskUnusual):
        return told_by(entity)
    return state_signal(entity) if isinstance(ask, t.AskPast | t.AskChanged) else number_signal(entity)
