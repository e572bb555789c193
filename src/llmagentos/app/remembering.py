"""Questions that the snapshot cannot answer: what was, from the history."""

import asyncio
import datetime as dt
import logging
import sqlite3
from collections.abc import Callable

from llmagentos.agent.outcomes import Question
from llmagentos.agent.past import BACK_DAYS, Past, number_signal, state_signal
from llmagentos.agent.periods import DAY_S, span
from llmagentos.agent.unusual import Unusual, back, tell, told_by
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
        try:
            if isinstance(question.ask, t.AskUnusual):
                return await self._unusual(question.ask, list(entities.values()), snapshot.at, language)
            signal = state_signal if isinstance(question.ask, t.AskPast | t.AskChanged) else number_signal
            signals = [signal(one) for one in entities.values()]
            readings = await self._history.between(signals, self._start(question.ask, snapshot.at), snapshot.at)
        except (sqlite3.Error, OSError) as error:
            _log.warning("the history cannot be read: %s", error)
            return say("past_unknown", language, name=", ".join(one.name for one in entities.values()))
        return await asyncio.to_thread(Past(readings, snapshot.at, self._zone, language).answer, question.ask, entities)

    async def _unusual(self, ask: t.AskUnusual, entities: list[EntityView], now: float, language: Language) -> str:
        """One signal at a time: weeks of a whole site at once would not fit into memory."""
        start, found = back(ask.over, now, self._zone), []
        for one in entities:
            readings = await self._history.between([told_by(one)], start, now)
            unusual = Unusual(Past(readings, now, self._zone, language), now, self._zone, language)
            found.append(await asyncio.to_thread(unusual.of, ask.over, one))
        return tell(found, language)

    def _start(self, ask: t.Ask, now: float) -> float:
        if isinstance(ask, t.ComparedPeriods):
            return min(span(one, now, self._zone)[0] for one in (ask.over, ask.before))
        if isinstance(ask, t.AskPast | t.AskCrossed) and ask.measure == "last time":
            return now - BACK_DAYS * DAY_S
        assert isinstance(ask, t.AskPast | t.AskCrossed | t.AskChanged | t.Aggregate)
        return span(ask.over, now, self._zone)[0]
