"""Standing orders at work: readings and time in, what is due out. Pure, and the model is never asked.

An order fires when its trigger begins to hold (for as long as it must), if its condition holds then and its limit leaves room;
not again before the trigger has ended. What holds when an order is given counts as having begun then. What held at the end of the last
run and still holds does not fire again.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from llmagentos.agent.orders.clockwork import Clockwork, Passing
from llmagentos.agent.orders.compile import CannotCompile, Parts, compiled
from llmagentos.agent.ports import Selecting
from llmagentos.language import Program, parse, render
from llmagentos.language import tree as t
from llmagentos.messages.site import Location
from llmagentos.messages.snapshot import Snapshot, Speaker
from llmagentos.reasoning import Change, Fact
from llmagentos.reasoning.engine import Engine
from llmagentos.reasoning.held import HELD
from llmagentos.reasoning.rules import Value
from llmagentos.reasoning.signals import Signal

FIRINGS = 4
"""So many of the last are known of an order without a limit: they count against one that it is given later."""
Why = Literal["fired", "ended", "not now", "limit", "paused"]


@dataclass
class Standing:
    """One order. `suspended` says why it cannot work at present; `fired` are the instants that count against its limit."""

    id: str
    order: t.Order
    principal: str
    area: str | None
    placed_at: float
    paused: bool = False
    suspended: str | None = None
    active: bool = False
    fired: list[float] = field(default_factory=list)

    @cached_property
    def sentence(self) -> str:
        """In the site language, with the ids of devices: all orders are written down whenever one fires."""
        return render(Program((self.order,)))


@dataclass(frozen=True, slots=True)
class Due:
    """What has come about with an order at an instant. `because` are the facts that its trigger rested on."""

    order: str
    at: float
    why: Why
    because: tuple[Fact, ...] = ()


class StandingOrders:
    """All orders of a site. `site` comes first and after every change of its structure; then readings, and `advance` by `next_due`."""

    def __init__(self, select: Selecting, zone: dt.tzinfo, place: Location | None = None) -> None:
        self._select, self._place = select, place
        self._clockwork = Clockwork(zone, place)
        self._orders: dict[str, Standing] = {}
        self._parts: dict[str, Parts] = {}
        self._meaning: dict[Fact, tuple[str, Literal["fires", "ends"]]] = {}
        self._engine = Engine()
        self._held_before: set[str] = set()
        self._snapshot: Snapshot | None = None
        self._since: float | None = None
        self.lapsed = False
        """Whether some trigger has ended since the caller last wrote down what `dump` says: a start that does not know would not let it begin again."""

    # What there is

    def all(self) -> tuple[Standing, ...]:
        """In the order in which they were given."""
        return tuple(self._orders.values())

    def get(self, order_id: str) -> Standing | None:
        """One, if it is there."""
        return self._orders.get(order_id)

    def holds(self, order_id: str) -> bool:
        """Whether its trigger holds now."""
        parts = self._parts.get(order_id)
        return parts is not None and self._engine.network.holds(parts.fires)

    def unsettled(self, order_id: str) -> bool:
        """Whether its trigger held when the last run ended, and it is not known yet whether it does now."""
        return order_id in self._held_before

    # Orders come and go

    def place(self, standing: Standing, now: float) -> list[Due]:
        """An order begins to stand, in the place of one with its id. Raises: CannotCompile for one that cannot work here; then all is as it was."""
        parts = self._compile(standing) if self._snapshot is not None else None
        due = self.advance(now)
        if parts is not None and standing.id in self._parts:  # what held already is no reason to act anew
            self._orders[standing.id] = standing
            return [*due, *self._replace(standing.id, parts, now)]
        if parts is not None:
            self._orders[standing.id] = standing
            return [*due, *self._install({standing.id: parts}, now)]
        self._orders[standing.id] = standing
        return due

    def remove(self, order_id: str, now: float) -> list[Due]:
        """An order no longer stands."""
        due = self.advance(now)
        self._uninstall(order_id, now)
        self._orders.pop(order_id, None)
        return due

    def site(self, snapshot: Snapshot, now: float) -> list[Due]:
        """The site is so now: selectors may mean other things than before. What cannot work any more is suspended."""
        due = self.advance(now) if self._since is None else []
        self._snapshot = snapshot
        new: dict[str, Parts] = {}
        for standing in self._orders.values():
            try:
                parts, standing.suspended = self._compile(standing), None
            except CannotCompile as error:
                self._uninstall(standing.id, now)
                standing.suspended = f"{error.reason}: {error.detail}"
                continue
            if standing.id not in self._parts:
                new[standing.id] = parts
            elif parts != self._parts[standing.id]:
                due += self._replace(standing.id, parts, now)
        return [*due, *self._install(new, now)] if new else due

    def _replace(self, order_id: str, parts: Parts, now: float) -> list[Due]:
        """Other devices may be meant now: what held goes on holding, since when it did, and does not fire for that."""
        if self.holds(order_id):
            self._held_before.add(order_id)
        since = [one for one in self._engine.dump() if str(one[0][0]).startswith(f"{order_id} ")]
        self._uninstall(order_id, now)
        self._engine.load(since)
        due = self._install({order_id: parts}, now)
        if self._since is None:  # else a start is under way, and nothing is known yet
            due += self.advance(now)
            self._engine.settle()
            self._held_before.discard(order_id)
        return due

    def begin(self, snapshot: Snapshot, now: float) -> list[Due]:
        """The site is known again after a start: orders, then all that is known of it, then the time that has passed since the last run."""
        due = self.site(snapshot, now)
        for entity in snapshot.entities.values():
            for name, held in entity.values.items():
                said = min(held.at, now) if held.quality == "good" else 0.0
                last = self._clockwork.last_heard
                last[entity.id] = max(last.get(entity.id, 0.0), said)
                if isinstance(held.value, str | bool | int | float):
                    due += self._told(self._engine.reading(entity.id, name, held.value, now), now)
        due += self.advance(now)
        self._held_before = {one for one in self._held_before if self._waits(one)}
        self._engine.settle()
        self._since = None
        return due

    def _waits(self, order_id: str) -> bool:
        """Whether what an order watches is not all known yet: what held before may turn out to hold still."""
        parts = self._parts.get(order_id)
        return parts is not None and not all(self._engine.known(signal) for signal, _, _ in parts.watches)

    def _compile(self, standing: Standing) -> Parts:
        assert self._snapshot is not None
        speaker = Speaker(standing.principal, standing.area, standing.id)
        parts = compiled(standing.order, standing.id, self._snapshot, speaker, self._select)
        if self._place is None and any(isinstance(one, t.Sun) for _, one in parts.moments):
            raise CannotCompile("sun", "")
        return parts

    def _install(self, many: Mapping[str, Parts], now: float) -> list[Due]:
        """Set orders going, all in one step."""
        for order_id, parts in many.items():
            self._parts[order_id] = parts
            self._meaning[parts.fires] = (order_id, "fires")
            if parts.ends is not None:
                self._meaning[parts.ends] = (order_id, "ends")
        each = many.values()
        changes = self._engine.install(
            [rule for one in each for rule in one.rules], [watch for one in each for watch in one.watches],
            [hold for one in each for hold in one.holds], now,
        )  # fmt: skip
        inside = [fact for one in each for fact, period in one.periods if self._clockwork.inside(period, now)]
        changes += self._engine.update([*(fact for one in each for fact in one.members), *inside], (), now)
        for order_id, parts in many.items():
            self._clockwork.wait(order_id, parts, now, now if self._since is None else min(now, self._since))
        return self._told(changes, now)

    def _uninstall(self, order_id: str, now: float) -> None:
        parts = self._parts.pop(order_id, None)
        if parts is None:
            return
        for known in (parts.fires, parts.ends):
            self._meaning.pop(known or ("",), None)
        own = {*(fact for fact, _ in parts.periods), *(fact for fact, _, _ in parts.silences), *parts.members}
        self._clockwork.forget(order_id, parts)
        self._engine.remove([one.name for one in parts.rules], [one[2] for one in parts.watches], parts.holds, now)
        self._engine.update((), own, now)

    # The world goes on

    def reading(self, entity: str, name: str, value: Value | None, now: float) -> list[Due]:
        """A device said something; `value` None: it does not know."""
        due = self.advance(now)
        silent = self._clockwork.heard(entity, now, self._engine.network.holds)
        if silent:
            due += self._told(self._engine.update((), silent, now), now)
        due += self._told(self._engine.reading(entity, name, value, now), now)
        if self._held_before and self._since is None:
            self._held_before = {one for one in self._held_before if self._waits(one)}
        return due

    def watching(self) -> tuple[Signal, ...]:
        """The signals that some order rests on."""
        return tuple(self._engine.watching())

    def next_due(self) -> float | None:
        """When something will come about by itself."""
        times = [one for one in (self._engine.next_due(), self._clockwork.next_due()) if one is not None]
        return min(times, default=None)

    def advance(self, now: float) -> list[Due]:
        """Time has come to `now`; what was due on the way, each at its instant."""
        due: list[Due] = []
        while (at := self.next_due()) is not None and at <= now:
            due += self._told(self._engine.advance(at), at)
            for fact, passing in self._clockwork.due(at):
                due += self._passes(fact, passing, at)
        return due

    def _passes(self, fact: Fact, passing: Passing, at: float) -> list[Due]:
        """What the clock tells comes into the network; a moment goes again at once."""
        came = self._told(self._engine.update(() if passing == "outside" else [fact], [fact] if passing == "outside" else (), at), at)  # fmt: skip
        return [*came, *self._told(self._engine.update((), [fact], at), at)] if passing == "moment" else came

    # What it comes to

    def _told(self, changes: Sequence[Change], at: float) -> list[Due]:
        gone = (self._meaning.get(fact) for change in changes for fact in change.gone)
        self.lapsed |= any(one is not None and one[1] == "fires" for one in gone)
        return [due for change in changes for fact in change.appeared for due in self._of(fact, at)]

    def _of(self, fact: Fact, at: float) -> Iterator[Due]:
        order_id, role = self._meaning.get(fact, ("", "fires"))
        standing = self._orders.get(order_id)
        if standing is None:
            return
        if role == "ends":
            if standing.active:
                standing.active = False
                yield Due(order_id, at, "ended", self._because(fact))
            return
        if order_id in self._held_before:
            self._held_before.discard(order_id)
            return
        why = self._verdict(standing, at)
        if why == "fired":
            standing.fired.append(at)
            standing.active = standing.order.until is not None
        yield Due(order_id, at, why, self._because(fact))

    def _verdict(self, standing: Standing, at: float) -> Why:
        """Whether an order acts now that its trigger holds."""
        parts, limit = self._parts[standing.id], standing.order.limit
        if standing.paused:
            return "paused"
        if parts.allowed is not None and not self._engine.network.holds(parts.allowed):
            return "not now"
        if parts.ends is not None and self._engine.network.holds(parts.ends):  # over before it has begun
            return "not now"
        if limit is not None:
            standing.fired = [one for one in standing.fired if one > at - limit.per.seconds]
            return "fired" if len(standing.fired) < limit.times else "limit"
        standing.fired = standing.fired[-FIRINGS:]
        return "fired"

    def watched_by(self, order_id: str) -> tuple[Signal, ...]:
        """The signals that an order rests on."""
        parts = self._parts.get(order_id)
        return tuple(dict.fromkeys(signal for signal, _, _ in parts.watches)) if parts is not None else ()

    def signals_of(self, order_id: str, because: Sequence[Fact]) -> tuple[Signal, ...]:
        """The signals that hold these facts up."""
        parts = self._parts.get(order_id)
        known = {fact: signal for signal, _, fact in parts.watches} if parts is not None else {}
        return tuple(dict.fromkeys(known[one] for one in because if one in known))

    def _because(self, fact: Fact) -> tuple[Fact, ...]:
        """What was asserted, all the way down: the readings, moments and silences that it rests on."""
        found: dict[Fact, None] = {}
        rest, seen = [fact], {fact}
        while rest:
            one = rest.pop()
            supports = self._engine.network.supports(one)
            used = supports[0][1] if supports else ()
            if one[0] == HELD:
                used = (one[2:],)
            if not used:
                found[one] = None
            for other in used:
                if other not in seen:
                    seen.add(other)
                    rest.append(other)
        return tuple(found)

    # Over a restart

    def dump(self) -> dict[str, Any]:
        """As JSON."""
        return {"orders": self.dump_orders(), **self.dump_course()}

    def dump_orders(self) -> list[dict[str, Any]]:
        """What stands: changes when people give, pause or take back orders."""
        return [
            {"id": one.id, "order": one.sentence, "principal": one.principal, "area": one.area, "placed_at": one.placed_at, "paused": one.paused}
            for one in self._orders.values()
        ]  # fmt: skip

    def dump_course(self) -> dict[str, Any]:
        """How it goes with what stands: small, as it is written down whenever an order fires."""
        every = self._orders.values()
        return {
            "held": sorted({one.id for one in every if self.holds(one.id)} | self._held_before),
            "active": [one.id for one in every if one.active], "fired": {one.id: one.fired for one in every if one.fired},
            "since": self._engine.dump(), "heard": self._clockwork.dump(),
        }  # fmt: skip

    def load(self, state: dict[str, Any], at: float | None = None) -> None:
        """Take up what `dump` wrote at that instant, before the site is known; moments since then are due."""
        self._since = at
        apart, active, fired = "active" in state, state.get("active") or (), state.get("fired") or {}
        for one in state.get("orders") or ():
            [order] = parse(one["order"]).statements
            assert isinstance(order, t.Order)
            self._orders[one["id"]] = Standing(one["id"], order, one["principal"], one["area"], one["placed_at"], one["paused"],
                                               active=one["id"] in active if apart else one.get("active", False),
                                               fired=list(fired.get(one["id"], ()) if apart else one.get("fired") or ()))  # fmt: skip
        self._held_before = set(state.get("held") or ())
        self._engine.load(state.get("since") or [])
        self._clockwork.load(state.get("heard") or {})

    def pause(self, order_ids: Iterable[str], paused: bool) -> None:
        """Stand, but do not act."""
        for one in order_ids:
            if one in self._orders:
                self._orders[one].paused = paused
