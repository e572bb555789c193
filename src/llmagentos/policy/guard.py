"""Deterministic limits of the equipment, after policy and whoever asks: range, rate, on and off times, starts per hour,
mutual exclusion, stale or bad input. Pure: what happened before comes in as `GuardState`."""

from collections import deque
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from llmagentos.messages.records import Command
from llmagentos.messages.site import Guard
from llmagentos.messages.snapshot import EntityView, Snapshot
from llmagentos.messages.values import Json

HOUR_S = 3600.0
RUNNING = (True, "open", "opening", "cleaning", "mowing", "heat", "cool", "auto", "playing", "unlocked")


@dataclass(slots=True)
class GuardState:
    """When each entity last started and stopped (seconds, wall clock), and its starts of the last hour."""

    started: dict[str, float] = field(default_factory=dict)
    stopped: dict[str, float] = field(default_factory=dict)
    starts: dict[str, deque[float]] = field(default_factory=dict)

    def note(self, entity: str, value: Json, at: float) -> None:
        """A command that was carried out."""
        if value in RUNNING:
            self.started[entity] = at
            starts = self.starts.setdefault(entity, deque(maxlen=1000))
            starts.append(at)
        else:
            self.stopped[entity] = at

    def starts_since(self, entity: str, since: float) -> int:
        """How often it was started since then."""
        return sum(one >= since for one in self.starts.get(entity, ()))


Limit = tuple[str, str]
"""(rule, reason)"""


def guard(
    command: Command, entity: EntityView, snapshot: Snapshot, guards: list[tuple[str, Guard]], state: GuardState
) -> Limit | None:
    """The first limit a command would break, None if it breaks none."""
    for name, one in guards:
        if one.property not in ("*", command.property):
            continue
        for check in (_range, _rate, _times, _exclusion, _freshness):
            reason = check(command, entity, snapshot, one, state)
            if reason is not None:
                return name, reason
    return None


def _number(value: Json) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _range(command: Command, entity: EntityView, _snapshot: Snapshot, one: Guard, _state: GuardState) -> str | None:
    value = _number(command.value)
    if value is None:
        return None
    if one.minimum is not None and value < one.minimum:
        return f"{entity.name} {command.property} must not go below {one.minimum:g}"
    if one.maximum is not None and value > one.maximum:
        return f"{entity.name} {command.property} must not go above {one.maximum:g}"
    return None


def _rate(command: Command, entity: EntityView, _snapshot: Snapshot, one: Guard, _state: GuardState) -> str | None:
    value, now = _number(command.value), _number(entity.value(command.property))
    if one.max_change is None or value is None:
        return None
    if now is None:
        return f"{entity.name} {command.property} is not known, so its change cannot be limited"
    if abs(value - now) > one.max_change:
        return f"{entity.name} {command.property} must not change by more than {one.max_change:g} at once"
    return None


def _times(command: Command, entity: EntityView, snapshot: Snapshot, one: Guard, state: GuardState) -> str | None:
    starting = command.value in RUNNING
    started, stopped = state.started.get(entity.id), state.stopped.get(entity.id)
    if starting and stopped is not None and snapshot.at - stopped < one.min_off_s:
        return f"{entity.name} must stay off for {one.min_off_s:g} s"
    if not starting and started is not None and snapshot.at - started < one.min_on_s and _number(command.value) is None:
        return f"{entity.name} must stay on for {one.min_on_s:g} s"
    if (
        starting
        and one.starts_per_hour is not None
        and state.starts_since(entity.id, snapshot.at - HOUR_S) >= one.starts_per_hour
    ):
        return f"{entity.name} must not start more than {one.starts_per_hour} times an hour"
    return None


def _exclusion(command: Command, entity: EntityView, snapshot: Snapshot, one: Guard, _state: GuardState) -> str | None:
    if command.value not in RUNNING:
        return None
    for other in snapshot.entities.values():
        if other.id == entity.id or not any(fnmatchcase(other.id, pattern) for pattern in one.excludes):
            continue
        running = [held.value for name, held in other.values.items() if name in ("on", "state", "mode", "activity")]
        if not running:
            return f"{other.name} excludes {entity.name}, and its state is not known"
        if any(value in RUNNING for value in running):
            return f"{entity.name} must not run together with {other.name}"
    return None


def _freshness(_command: Command, entity: EntityView, snapshot: Snapshot, one: Guard, _state: GuardState) -> str | None:
    if one.fresh is None:
        return None
    source = snapshot.entities.get(one.fresh[0])
    held = source.values.get(one.fresh[1]) if source else None
    if source is None or held is None or held.value is None or not source.online or held.quality != "good":
        return f"{entity.name} needs a good reading of {one.fresh[0]}"
    if snapshot.at - held.at > one.fresh_s:
        return f"{entity.name} needs a reading of {one.fresh[0]} not older than {one.fresh_s:g} s"
    return None
