"""Alarms at times of day that survive a restart. Pure: `due` says which ring, `dump` and `load` carry them over."""

import dataclasses
import datetime as dt
from dataclasses import dataclass
from typing import Any

from llmagentos.messages.snapshot import AlarmView
from llmagentos.reasoning.calendar import next_at


@dataclass(frozen=True, slots=True)
class Alarm:
    """`day`: "today", "tomorrow", a day of the week; with `repeats` a day of the week, "day", "weekday" or "weekend"."""

    id: str
    minute_of_day: int
    rings_at: float
    day: str | None = None
    repeats: bool = False
    area: str | None = None
    principal: str = "owner"
    session: str = "main"
    cause: str | None = None


def _same(one: Alarm, other: Alarm) -> bool:
    def key(alarm: Alarm) -> tuple[object, ...]:
        when = (alarm.minute_of_day, alarm.day) if alarm.repeats else alarm.rings_at
        return alarm.principal, alarm.area, alarm.repeats, when

    return key(one) == key(other)


class Alarms:
    """All alarms, by id."""

    def __init__(self, zone: dt.tzinfo) -> None:
        self._alarms: dict[str, Alarm] = {}
        self._zone = zone

    def set(self, alarm: Alarm, now: float) -> Alarm:
        """Take an alarm; its `rings_at` is worked out. One of the same person, place, time and day takes the other's place."""
        placed = dataclasses.replace(alarm, rings_at=next_at(alarm.minute_of_day, alarm.day, now, self._zone))
        for one in list(self._alarms.values()):
            if _same(one, placed):
                del self._alarms[one.id]
        self._alarms[placed.id] = placed
        return placed

    def cancel(self, alarm_id: str) -> bool:
        """End one; whether it was there."""
        return self._alarms.pop(alarm_id, None) is not None

    def cancel_all(self) -> int:
        """End all; how many there were."""
        count = len(self._alarms)
        self._alarms.clear()
        return count

    def due(self, now: float) -> list[Alarm]:
        """Those that ring, the earliest first; they stay as they are until they have `rung`."""
        return sorted((one for one in self._alarms.values() if one.rings_at <= now), key=lambda one: one.rings_at)

    def rung(self, alarm: Alarm, now: float) -> None:
        """One that repeats waits for its next day, any other is over."""
        if not alarm.repeats:
            self._alarms.pop(alarm.id, None)
        elif alarm.id in self._alarms:
            again = next_at(alarm.minute_of_day, alarm.day, now, self._zone)
            self._alarms[alarm.id] = dataclasses.replace(alarm, rings_at=again)

    def views(self) -> tuple[AlarmView, ...]:
        """What can be asked about, the next first."""
        return tuple(
            AlarmView(one.id, one.minute_of_day, one.rings_at, one.day, one.repeats)
            for one in sorted(self._alarms.values(), key=lambda one: one.rings_at)
        )

    def dump(self) -> list[dict[str, Any]]:
        """As JSON."""
        return [dataclasses.asdict(one) for one in self._alarms.values()]

    def load(self, data: list[dict[str, Any]]) -> None:
        """Take up what `dump` wrote; what should have rung meanwhile is due at once."""
        self._alarms = {one["id"]: Alarm(**one) for one in data}
