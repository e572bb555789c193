"""What is wrong with the air handlers of the site: points from the graph, readings from the history, causes from the diagnoser."""

import asyncio
import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any

from llmagentos.app.site_graph import SiteGraphKeeper
from llmagentos.kernel.history import DAY_S, SqliteHistory
from llmagentos.knowledge.graph.air_handlers import AirHandler, Signal, air_handlers
from llmagentos.language.vocabulary import PRIMARY
from llmagentos.messages.snapshot import Reading, Snapshot

NORMAL_DAYS, FEWEST_DAYS = 10, 3
"""Days before the one in question that are taken to be usual; with fewer than three nothing is said."""


class Diagnosing:
    """One per node."""

    def __init__(
        self, graph: SiteGraphKeeper, history: SqliteHistory, snapshot: Callable[[], Snapshot], zone: dt.tzinfo
    ) -> None:
        self._graph, self._history, self._snapshot, self._zone = graph, history, snapshot, zone

    async def look(self, day: dt.date | None = None) -> list[dict[str, Any]]:
        """Each air handler on a day, yesterday unless another is named: causes with their chances, reasons and what to look at next."""
        at = self._snapshot().at
        wanted = day or (dt.datetime.fromtimestamp(at, self._zone) - dt.timedelta(days=1)).date()
        handlers = await asyncio.to_thread(air_handlers, await self._graph.said(), self._signal)
        return [await self._of(one, wanted) for one in handlers]

    def _signal(self, called: str) -> Signal | None:
        for entity in self._snapshot().entities.values():
            if called in (entity.id, entity.name):
                return entity.id, PRIMARY.get(entity.entity_class, "value")
        return None

    async def _of(self, handler: AirHandler, day: dt.date) -> dict[str, Any]:
        signals = [*handler.points.values(), *(one for room in handler.rooms.values() for one in room.values())]
        midnight = self._midnight(day)
        begun = await self._history.begun()
        days = 0 if begun is None else min(NORMAL_DAYS, int((midnight - begun) // DAY_S))
        result: dict[str, Any] = {"name": handler.name, "day": day.isoformat(), "days": days, "points": len(signals)}
        if days < FEWEST_DAYS:
            return {**result, "causes": [], "checks": [], "nothing": None}
        starts = [self._midnight(day - dt.timedelta(days=back)) for back in range(days, -1, -1)]
        past = await self._history.between(signals, starts[0], midnight + DAY_S)
        return {**result, **await asyncio.to_thread(_diagnosed, handler, past, starts)}

    def _midnight(self, day: dt.date) -> float:
        return dt.datetime.combine(day, dt.time(), self._zone).timestamp()


def _diagnosed(handler: AirHandler, past: Sequence[Reading], starts: Sequence[float]) -> dict[str, Any]:
    from llmagentos.app.readings import gridded  # numpy, for which nobody else waits
    from llmagentos.reasoning.diagnosis.checks import next_checks
    from llmagentos.reasoning.diagnosis.departures import departures, raw, usual
    from llmagentos.reasoning.diagnosis.diagnoser import air_handlers as trained
    from llmagentos.reasoning.diagnosis.habits import learned
    from llmagentos.reasoning.diagnosis.readings import Readings

    days = len(starts) - 1
    readings = Readings(*gridded(handler, past, starts))
    before = Readings(*(  # the days before the one in question
        {name: one[..., : -(one.shape[-1] // (days + 1))] for name, one in part.items()} for part in (readings.plant, readings.rooms)
    ))  # fmt: skip
    habits, diagnoser, rooms = learned(before), trained(), list(handler.rooms)
    mean, _ = usual(before, habits)
    seen = departures(raw(readings.day(days), habits), mean, diagnoser.scale)
    chance = diagnoser.probabilities(seen)[0]
    causes = diagnoser.causes(len(rooms))
    ranked = sorted(zip(causes, chance[1:].tolist(), strict=True), key=lambda one: -one[1])[:3]
    return {
        "nothing": float(chance[0]),
        "causes": [
            {
                "cause": cause.kind, "room": None if cause.room is None else rooms[cause.room], "chance": share,
                "reasons": [{"symptom": name, "room": None if room is None else rooms[room], "departs": far} for name, room, far in diagnoser.reasons(seen, cause)],
            }
            for cause, share in ranked
        ],
        "checks": [
            {"check": check.what, "room": None if room is None else rooms[room], "minutes": check.minutes, "bits": bits}
            for check, room, bits in next_checks(chance, causes, len(rooms))
        ],
    }  # fmt: skip
