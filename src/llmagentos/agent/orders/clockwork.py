"""What the clock tells orders: moments, the beginnings and ends of periods, and silences that have become long enough. Pure."""

import datetime as dt
import heapq
from collections.abc import Callable, Iterator
from typing import Any, Literal, TypeAlias

from llmagentos.agent.orders.compile import Parts
from llmagentos.language import tree as t
from llmagentos.messages.site import Location
from llmagentos.reasoning import Fact
from llmagentos.reasoning.calendar import next_at, next_sun, within

Passing: TypeAlias = Literal["moment", "inside", "outside", "silent"]
_Awaited: TypeAlias = t.Clock | t.Sun | t.Between | tuple[str, float]
"""A moment, a period, or how long an entity may be silent."""


class Clockwork:
    """One for all orders of a site. `place` is where the sun is followed."""

    def __init__(self, zone: dt.tzinfo, place: Location | None) -> None:
        self._zone, self._place = zone, place
        self._clock: list[tuple[float, int, str, Fact, _Awaited]] = []
        self._count = 0
        self._silent: dict[str, list[tuple[Fact, float]]] = {}
        self.last_heard: dict[str, float] = {}
        """When each entity said something last."""

    def wait(self, order_id: str, parts: Parts, now: float, since: float) -> None:
        """Note what an order waits for; moments since `since` are due."""
        for fact, moment in parts.moments:
            self._again(order_id, fact, moment, since)
        for fact, period in parts.periods:
            self._again(order_id, fact, period, now)
        for fact, entity, seconds in parts.silences:
            self._silent.setdefault(entity, []).append((fact, seconds))
            self._push(max(now, self.last_heard.setdefault(entity, now) + seconds), order_id, fact, (entity, seconds))

    def forget(self, order_id: str, parts: Parts) -> None:
        """An order waits for nothing any more."""
        own = {fact for fact, _, _ in parts.silences}
        for entity in {entity for _, entity, _ in parts.silences}:
            self._silent[entity] = [one for one in self._silent[entity] if one[0] not in own]
        self._clock = [one for one in self._clock if one[2] != order_id]
        heapq.heapify(self._clock)

    def inside(self, period: t.Between, at: float) -> bool:
        """Whether a period is on."""
        return within(period.start_minute, period.end_minute, at, self._zone)

    def heard(self, entity: str, now: float, holds: Callable[[Fact], bool]) -> list[Fact]:
        """It said something: the silences that end with it, of those that hold; they are waited for anew."""
        self.last_heard[entity] = now
        ended = [(fact, seconds) for fact, seconds in self._silent.get(entity, ()) if holds(fact)]
        for fact, seconds in ended:
            self._push(now + seconds, str(fact[0]).partition(" ")[0], fact, (entity, seconds))
        return [fact for fact, _ in ended]

    def next_due(self) -> float | None:
        """When something will come about."""
        return self._clock[0][0] if self._clock else None

    def due(self, at: float) -> Iterator[tuple[Fact, Passing]]:
        """What has come about by then, in its order."""
        while self._clock and self._clock[0][0] <= at:
            _, _, order_id, fact, what = heapq.heappop(self._clock)
            if isinstance(what, tuple):
                entity, seconds = what
                if self.last_heard[entity] + seconds > at:
                    self._push(self.last_heard[entity] + seconds, order_id, fact, what)
                elif any(one == fact for one, _ in self._silent.get(entity, ())):
                    yield fact, "silent"
                continue
            self._again(order_id, fact, what, at)
            if isinstance(what, t.Between):
                yield fact, "inside" if self.inside(what, at) else "outside"
            else:
                yield fact, "moment"

    def _again(self, order_id: str, fact: Fact, what: t.Clock | t.Sun | t.Between, after: float) -> None:
        """Note when a moment comes next, or a period next begins or ends."""
        if isinstance(what, t.Clock):
            at: float | None = next_at(what.minute_of_day, what.days, after, self._zone)
        elif isinstance(what, t.Between):
            at = min(next_at(one, None, after, self._zone) for one in (what.start_minute, what.end_minute))
        else:
            assert self._place is not None
            offset = what.offset.seconds if what.offset is not None else 0
            at = next_sun(what.event, -offset if what.before else offset, after, self._place)
        if at is not None:
            self._push(at, order_id, fact, what)

    def _push(self, at: float, order_id: str, fact: Fact, what: _Awaited) -> None:
        self._count += 1
        heapq.heappush(self._clock, (at, self._count, order_id, fact, what))

    def dump(self) -> dict[str, float]:
        """When those said something last whose silence is waited for."""
        return {
            one: self.last_heard[one] for one, waiting in self._silent.items() if waiting and one in self.last_heard
        }

    def load(self, heard: dict[str, Any]) -> None:
        """When entities said something before a restart."""
        self.last_heard = dict(heard)
