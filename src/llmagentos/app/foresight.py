"""What a new order would do, said before it stands: clashes with others, and how often it would have acted lately."""

import asyncio
import datetime as dt
import logging
import sqlite3
from collections.abc import Callable, Sequence

from llmagentos.agent.lately import span_of, times_of, when_of
from llmagentos.agent.orders.compile import CannotCompile
from llmagentos.agent.orders.dry_run import dry_run, watched
from llmagentos.agent.orders.rehearsal import Clash, rehearse, suppose
from llmagentos.agent.orders.standing import Standing
from llmagentos.agent.ports import Selecting
from llmagentos.agent.wording import Language, join, say
from llmagentos.kernel.history import DAY_S, SqliteHistory
from llmagentos.language import tree as t
from llmagentos.messages.site import Location
from llmagentos.messages.snapshot import Snapshot, Speaker

_log = logging.getLogger(__name__)
BACK_S, SHORTEST_S = 7 * DAY_S, 6 * 3600.0
"""How far back a dry run goes, and how much past it needs to say anything."""
Told = Callable[[Standing], str]


class Foresight:
    """One per node."""

    def __init__(self, select: Selecting, zone: dt.tzinfo, place: Location | None, now: Callable[[], Snapshot], history: SqliteHistory) -> None:  # fmt: skip
        self._select, self._zone, self._place, self._now, self._history = select, zone, place, now, history

    async def of(self, new: Standing, others: Sequence[Standing], language: Language, told: Told) -> list[str]:
        """In words; nothing for an order that cannot work here, which is said elsewhere."""
        try:
            clashes = rehearse(new, others, self._now(), self._select, self._zone, self._place)
            lately = await self._lately(new, language)
        except CannotCompile:
            return []
        return [*(self._clash(one, new, others, language, told) for one in clashes), *lately]

    def supposed(self, act: t.Act, speaker: Speaker, orders: Sequence[Standing], language: Language, told: Told) -> str:
        """What standing orders would do if something were done now."""
        found = suppose(act, speaker, orders, self._now(), self._select, self._zone, self._place)
        if not found:
            return say("suppose_nothing", language)
        named = {one.id: told(one) for one in orders}
        parts = [
            say("suppose_after", language, time=span_of(one.after_s, language, minutes=True), order=named[one.order])
            if one.after_s >= 60
            else say("suppose_at_once", language, order=named[one.order])
            for one in found
        ]
        return say("suppose_orders", language, what="; ".join(parts))

    def _clash(self, clash: Clash, new: Standing, others: Sequence[Standing], language: Language, told: Told) -> str:
        entity = self._now().entities.get(clash.entity)
        orders = join([f'"{told(one)}"' for one in others if one.id in clash.orders and one.id != new.id], language)
        phrase = "conflicts" if clash.kind == "conflict" else "loops" if orders else "loops_alone"
        return say(phrase, language, orders=orders, name=entity.name if entity is not None else clash.entity)

    async def _lately(self, new: Standing, language: Language) -> list[str]:
        snapshot = self._now()
        signals = watched(new, snapshot, self._select, self._zone, self._place)
        try:
            begun = await self._history.begun(signals)
            if begun is None or snapshot.at - begun < SHORTEST_S:
                return []
            start = max(begun, snapshot.at - BACK_S)
            past = await self._history.between(signals, start, snapshot.at)
        except (sqlite3.Error, OSError) as error:  # an order needs no past
            _log.warning("the history cannot be read: %s", error)
            return []
        acted = await asyncio.to_thread(dry_run, new, past, start, snapshot, self._select, self._zone, self._place)
        if acted is None:
            return []
        span = span_of(snapshot.at - start, language)
        if not acted:
            return [say("would_not_have", language, span=span)]
        last = when_of(acted[-1], snapshot.at, self._zone, language)
        return [say("would_have", language, span=span, times=times_of(len(acted), language), when=last)]
