"""Timers that survive a restart. Pure: `due` says which are over, `dump` and `load` carry them over."""

import dataclasses
from dataclasses import dataclass
from typing import Any

from llmagentos.messages.snapshot import TimerView


@dataclass(frozen=True, slots=True)
class Timer:
    """`ends_at` on the wall clock while running; `left_s` while paused. `action` is a sentence to carry out at the end."""

    id: str
    started_for_s: float
    ends_at: float
    left_s: float | None = None
    name: str | None = None
    area: str | None = None
    action: str | None = None
    principal: str = "owner"
    session: str = "main"
    cause: str | None = None


class Timers:
    """All timers, by id."""

    def __init__(self) -> None:
        self._timers: dict[str, Timer] = {}

    def start(self, timer: Timer) -> None:
        """Begin."""
        self._timers[timer.id] = timer

    def cancel(self, timer_id: str) -> bool:
        """End without effect; whether it was there."""
        return self._timers.pop(timer_id, None) is not None

    def cancel_all(self) -> int:
        """End all without effect; how many there were."""
        count = len(self._timers)
        self._timers.clear()
        return count

    def pause(self, timer_id: str, now: float) -> bool:
        """Hold a running timer; whether it was there."""
        timer = self._timers.get(timer_id)
        if timer is not None and timer.left_s is None:
            self._timers[timer_id] = dataclasses.replace(timer, left_s=max(0.0, timer.ends_at - now))
        return timer is not None

    def resume(self, timer_id: str, now: float) -> bool:
        """Go on with a paused timer; whether it was there."""
        timer = self._timers.get(timer_id)
        if timer is not None and timer.left_s is not None:
            self._timers[timer_id] = dataclasses.replace(timer, ends_at=now + timer.left_s, left_s=None)
        return timer is not None

    def adjust(self, timer_id: str, seconds: float, now: float) -> bool:
        """Add (or, negative, take away) time, never below zero left; whether it was there."""
        timer = self._timers.get(timer_id)
        if timer is not None and timer.left_s is not None:
            self._timers[timer_id] = dataclasses.replace(timer, left_s=max(0.0, timer.left_s + seconds))
        elif timer is not None:
            self._timers[timer_id] = dataclasses.replace(timer, ends_at=max(now, timer.ends_at + seconds))
        return timer is not None

    def due(self, now: float) -> list[Timer]:
        """The timers that are over, the earliest first. They stay until they are cancelled: done twice rather than never."""
        return sorted(
            (one for one in self._timers.values() if one.left_s is None and one.ends_at <= now),
            key=lambda one: one.ends_at,
        )

    def all(self) -> tuple[Timer, ...]:
        """Running or paused."""
        return tuple(self._timers.values())

    def views(self, now: float) -> tuple[TimerView, ...]:
        """What can be asked about."""
        return tuple(
            TimerView(one.id, one.started_for_s, one.left_s if one.left_s is not None else max(0.0, one.ends_at - now), one.left_s is None, one.name, one.area)
            for one in self._timers.values()
        )  # fmt: skip

    def dump(self) -> list[dict[str, Any]]:
        """As JSON."""
        return [dataclasses.asdict(one) for one in self._timers.values()]

    def load(self, data: list[dict[str, Any]]) -> None:
        """Take up what `dump` wrote; those that ended meanwhile are due at once."""
        self._timers = {one["id"]: Timer(**one) for one in data}
