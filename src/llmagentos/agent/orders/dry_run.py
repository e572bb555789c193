"""What an order would have done if it had stood already: played over what devices reported, by the engine that runs the real ones."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from types import MappingProxyType

from llmagentos.agent.orders.standing import Standing, StandingOrders
from llmagentos.agent.ports import Selecting
from llmagentos.language import tree as t
from llmagentos.messages.site import Location
from llmagentos.messages.snapshot import Held, Reading, Snapshot
from llmagentos.reasoning.signals import Signal


def watched(new: Standing, snapshot: Snapshot, select: Selecting, zone: dt.tzinfo, place: Location | None) -> tuple[Signal, ...]:  # fmt: skip
    """The signals whose past the dry run needs. Raises: CannotCompile."""
    return _alone(new, snapshot, select, zone, place, snapshot.at)[0].watched_by(new.id)


def dry_run(
    new: Standing, past: Sequence[Reading], start: float, snapshot: Snapshot, select: Selecting, zone: dt.tzinfo, place: Location | None
) -> tuple[float, ...] | None:  # fmt: skip
    """When it would have acted between `start` and now. None for one that waits for silence: what did not come is not written down.

    The site is taken as it is now; of `past`, in its order, what was said until `start` is how it began. Raises: CannotCompile.
    """
    if any(isinstance(one, t.Silence) for one in _conditions(new.order)):
        return None
    values: dict[str, dict[str, Held]] = {}
    for one in past:
        if one.at <= start:
            values.setdefault(one.entity, {})[one.property] = Held(one.value, one.at)
    then = {
        key: replace(entity, values=MappingProxyType(values.get(key, {}))) for key, entity in snapshot.entities.items()
    }
    begun = replace(snapshot, at=start, entities=MappingProxyType(then))
    standing, _ = _alone(new, begun, select, zone, place, start)
    due = []
    for one in past:
        if one.at > start:
            value = one.value if isinstance(one.value, str | bool | int | float) else None
            due += standing.reading(one.entity, one.property, value, one.at)
    due += standing.advance(snapshot.at)
    return tuple(one.at for one in due if one.why == "fired")


def _alone(
    new: Standing, snapshot: Snapshot, select: Selecting, zone: dt.tzinfo, place: Location | None, at: float
) -> tuple[StandingOrders, Standing]:
    """A site where this is the only order."""
    standing = StandingOrders(select, zone, place)
    standing.begin(snapshot, at)
    copy = replace(new, fired=[], paused=False, active=False)
    standing.place(copy, at)
    return standing, copy


def _conditions(order: t.Order) -> list[t.Condition]:
    parts = [order.trigger, *(one for one in (order.condition, order.until) if one is not None)]
    return [condition for part in parts for every in part.conditions for condition in every.conditions]
