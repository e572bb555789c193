"""Deterministic limits of the equipment, after policy and whoever asks: range, rate, on and off times, starts per hour,
mutual exclusion, stale or bad input. Pure: what happened before comes in as `GuardState`."""

from collections import deque
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from llmagentos.messages.records import Command
from llmagentos.messages.site import Guard
from llmagentos.messages.snapshot import EntityView, Snapshot
from llmagentos.messages.values import Json

HOUR_S = 3600.0
RUNNING = ("open", "opening", "cleaning", "mowing", "heat", "cool", "auto", "playing", "unlocked")


def runs(name: str, value: Json) -> bool | None:
    """Whether a property of this value means that the thing runs; None for one that says nothing of it."""
    if name == "position":
        number = _number(value)
        return None if number is None else number > 0
    if name not in ("on", "state", "mode", "activity", "playback"):
        return None
    return value is True or (isinstance(value, str) and value in RUNNING)


@dataclass(slots=True)
class GuardState:
    """When each entity last started and stopped (seconds, wall clock), and its starts of the last hour."""

    started: dict[str, float] = field(default_factory=dict)
    stopped: dict[str, float] = field(default_factory=dict)
    starts: dict[str, deque[float]] = field(default_factory=dict)
    pending: dict[str, bool] = field(default_factory=dict)
    """What accepted commands make of an entity before it reports: whether it will run."""

    def note(self, entity: str, name: str, value: Json, at: float) -> None:
        """A command was accepted."""
        running = runs(name, value)
        if running is None:
            return
        self.pending[entity] = running
        if running:
            self.started[entity] = at
            self.starts.setdefault(entity, deque(maxlen=1000)).append(at)
        else:
            self.stopped[entity] = at

    def settled(self, entity: str) -> None:
        """Its command has ended: from now on its own report counts."""
        self.pending.pop(entity, None)

    def trial(self) -> "GuardState":
        """A copy to judge several commands one after the other."""
        starts = {entity: deque(times, maxlen=1000) for entity, times in self.starts.items()}
        return GuardState(dict(self.started), dict(self.stopped), starts, dict(self.pending))

    def dump(self) -> dict[str, Any]:
        """As JSON: minimum times and starts per hour survive a restart."""
        return {
            "started": self.started,
            "stopped": self.stopped,
            "starts": {key: list(one) for key, one in self.starts.items()},
        }

    def load(self, data: dict[str, Any]) -> None:
        """Take up what `dump` wrote."""
        self.started, self.stopped = dict(data.get("started", {})), dict(data.get("stopped", {}))
        self.starts = {key: deque(times, maxlen=1000) for key, times in data.get("starts", {}).items()}

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
    starting = runs(command.property, command.value)
    if starting is None:
        return None
    started, stopped = state.started.get(entity.id), state.stopped.get(entity.id)
    if starting and stopped is not None and snapshot.at - stopped < one.min_off_s:
        return f"{entity.name} must stay off for {one.min_off_s:g} s"
    if not starting and started is not None and snapshot.at - started < one.min_on_s:
        return f"{entity.name} must stay on for {one.min_on_s:g} s"
    if (
        starting
        and one.starts_per_hour is not None
        and state.starts_since(entity.id, snapshot.at - HOUR_S) >= one.starts_per_hour
    ):
        return f"{entity.name} must not start more than {one.starts_per_hour} times an hour"
    return None


def _exclusion(command: Command, entity: EntityView, snapshot: Snapshot, one: Guard, state: GuardState) -> str | None:
    if not runs(command.property, command.value):
        return None
    for other in snapshot.entities.values():
        if other.id == entity.id or not any(fnmatchcase(other.id, pattern) for pattern in one.excludes):
            continue
        known = [runs(name, held.value) for name, held in other.values.items() if held.value is not None]
        running = [one for one in known if one is not None]
        if not running and other.id not in state.pending:
            return f"{other.name} excludes {entity.name}, and its state is not known"
        if state.pending.get(other.id, False) or (any(running) and state.pending.get(other.id, True)):
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
