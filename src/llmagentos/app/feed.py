"""What changes, as a stream: first the whole site, then deltas, gathered for a quarter of a second each.

A face that falls behind loses deltas and is sent the whole site again, so what it shows is never older than it looks.
"""

from collections.abc import AsyncIterator
from typing import Any

from llmagentos.app.explain import line
from llmagentos.app.node import Node
from llmagentos.app.view import alarms, entity_view, orders, plans, reminders, site_view, trace_of
from llmagentos.messages import Record
from llmagentos.messages.records import (
    AlarmChange,
    Answer,
    Consent,
    ConsentRequest,
    Fault,
    Fired,
    Observation,
    PlanStep,
)

GATHER_S = 0.25
QUIET_S = 15.0
"""A sign of life is sent after this long without news; proxies and people hang up on silence."""


async def follow(node: Node) -> AsyncIterator[dict[str, Any]]:
    """{"type": "site", ...} at first and after a loss, then {"type": "delta", ...} or {"type": "alive"}. Never ends."""
    with node.bus.subscribe() as events:
        yield {"type": "site", **site_view(node)}
        while True:
            first = await events.next(QUIET_S)
            if first is None:
                yield {"type": "alive"}
                continue
            gathered = [first, *await events.gather(GATHER_S)]
            if events.lost:
                events.lost = 0
                yield {"type": "site", **site_view(node)}
            else:
                yield delta(gathered, node)


def delta(events: list[Any], node: Node) -> dict[str, Any]:
    """What faces must change for these events. Entities that are gone are None."""
    snapshot = node.snapshot()
    touched = [
        one.entity if isinstance(one, Observation) else one for one in events if isinstance(one, Observation | str)
    ]
    entities = {
        key: entity_view(snapshot.entities[key], snapshot, node) if key in snapshot.entities else None
        for key in dict.fromkeys(touched)
    }
    records = [one for one in events if isinstance(one, Record)]
    answers = [one for one in records if isinstance(one, Answer)]
    change: dict[str, Any] = {"type": "delta", "entities": entities, "events": [_event(one, node) for one in records]}
    if answers:
        change["traces"] = [trace_of(one, node) for one in reversed(answers)]
        change["reminders"] = reminders(snapshot, node)
    if answers or any(isinstance(one, Fired | Fault) for one in records):
        change["orders"] = orders(node)
    if any(isinstance(one, AlarmChange | Fault) for one in records):
        change["alarms"] = alarms(node)
    if any(isinstance(one, PlanStep) for one in records):
        change["plans"] = plans(node)
    if any(isinstance(one, str) for one in events):
        change["areas"] = [{"name": one.name, "floor": one.floor} for one in snapshot.areas.values()]
    if any(isinstance(one, Fault | Consent | ConsentRequest) for one in records):
        change["stopped"] = node.judge.stopped
    return change


def _event(record: Record, node: Node) -> dict[str, Any]:
    return {"id": record.id, "at": record.at, "kind": type(record).__name__, "text": line(record, node.journal.words)}
