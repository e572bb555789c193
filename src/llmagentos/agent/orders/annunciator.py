"""Alarms as a plant expects them: raised, acknowledged, shelved, escalated, and calmed when they come in floods. Pure.

An alarm tells of something that needs a person's answer in time. It stays until it is over and somebody has taken note of it, whichever comes last.
Source: ANSI/ISA-18.2-2016 and IEC 62682: states (figure 3), shelving (clause 11.7), floods (clause 16.5: more than ten new
alarms in ten minutes, over when fewer than five come in ten minutes).
"""

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from llmagentos.language.tree import Priority

State = Literal["normal", "unacknowledged", "acknowledged", "returned", "shelved"]
"""`returned` is over, and nobody has taken note of it."""
Change = Literal[
    "raised", "returned", "acknowledged", "shelved", "unshelved", "escalated", "removed", "flood", "flood over"
]
RANK: Mapping[Priority, int] = {"critical": 0, "high": 1, "medium": 2, "low": 3}
ESCALATES_S: Mapping[Priority, float] = {"critical": 120.0, "high": 600.0, "medium": 3600.0}
"""How long one may wait for an answer before it is told again, and to more people."""
LONGEST_SHELF_S = 12 * 3600.0
FLOOD_S, FLOOD_BEGINS, FLOOD_ENDS = 600.0, 10, 5


@dataclass(slots=True)
class Alarm:
    """One alarm. `told` is when people were last told of it; `by` took note of it last."""

    id: str
    name: str
    priority: Priority
    advice: str | None = None
    active: bool = False
    noted: bool = True
    since: float = 0.0
    told: float | None = None
    by: str | None = None
    shelved_until: float | None = None
    raised: int = 0

    @property
    def state(self) -> State:
        if self.shelved_until is not None:
            return "shelved"
        if self.active:
            return "acknowledged" if self.noted else "unacknowledged"
        return "normal" if self.noted else "returned"


@dataclass(frozen=True, slots=True)
class Happening:
    """What has changed with an alarm; of a flood, with none in particular. `loud`: people are to be told."""

    change: Change
    at: float
    alarm: Alarm | None = None
    loud: bool = False
    by: str | None = None


class Annunciator:
    """All alarms of a site. Whoever feeds it says what came about; it says what people must know."""

    def __init__(self) -> None:
        self._alarms: dict[str, Alarm] = {}
        self._recent: deque[float] = deque()
        self.flood = False

    def all(self) -> tuple[Alarm, ...]:
        """In the order in which they were placed."""
        return tuple(self._alarms.values())

    def get(self, alarm_id: str) -> Alarm | None:
        """One, if it is there."""
        return self._alarms.get(alarm_id)

    def place(self, alarm: Alarm) -> None:
        """One more."""
        self._alarms[alarm.id] = alarm

    def remove(self, alarm_id: str, by: str, now: float) -> list[Happening]:
        """One is watched for no longer."""
        alarm = self._alarms.pop(alarm_id, None)
        return [] if alarm is None else [Happening("removed", now, alarm, by=by)]

    def raised(self, alarm_id: str, now: float) -> list[Happening]:
        """Its condition has come about. Again, before anybody took note, is counted and not told once more."""
        alarm = self._alarms.get(alarm_id)
        if alarm is None or alarm.active:
            return []
        news = alarm.noted or alarm.told is None  # what came and went on a shelf or in a flood was told to nobody
        alarm.active, alarm.noted, alarm.raised = True, False, alarm.raised + 1
        if news:
            alarm.since, alarm.told = now, None
        happened = self._counted(now) if news and alarm.shelved_until is None else []
        return [*happened, Happening("raised", now, alarm, loud=news and self._loud(alarm))]

    def returned(self, alarm_id: str, now: float) -> list[Happening]:
        """Its condition is over."""
        alarm = self._alarms.get(alarm_id)
        if alarm is None or not alarm.active:
            return []
        alarm.active = False
        return [Happening("returned", now, alarm)]

    def acknowledge(self, alarm_ids: Iterable[str], by: str, now: float) -> list[Happening]:
        """A person has taken note of these."""
        happened = []
        for alarm in (self._alarms[one] for one in alarm_ids if one in self._alarms):
            if not alarm.noted:
                alarm.noted, alarm.by = True, by
                happened.append(Happening("acknowledged", now, alarm, by=by))
        return happened

    def shelve(self, alarm_id: str, by: str, until: float, now: float) -> list[Happening]:
        """Not to be told of until then, twelve hours at most: a shelf is no grave."""
        alarm = self._alarms.get(alarm_id)
        if alarm is None:
            return []
        alarm.shelved_until, alarm.by = min(until, now + LONGEST_SHELF_S), by
        return [Happening("shelved", now, alarm, by=by)]

    def unshelve(self, alarm_id: str, by: str | None, now: float) -> list[Happening]:
        """Back from the shelf; what nobody has taken note of is told."""
        alarm = self._alarms.get(alarm_id)
        if alarm is None or alarm.shelved_until is None:
            return []
        alarm.shelved_until, alarm.told = None, None
        return [Happening("unshelved", now, alarm, loud=self._loud(alarm), by=by)]

    def unanswer(self, before: Alarm) -> None:
        """What a person said to one counts for nothing: it is as they found it, but for what has come about since."""
        alarm = self._alarms.get(before.id)
        if alarm is not None:
            alarm.noted, alarm.by, alarm.shelved_until = before.noted, before.by, before.shelved_until

    def advance(self, now: float) -> list[Happening]:
        """Time has come to `now`: shelves end, what waits too long is told again, floods are over."""
        happened: list[Happening] = []
        for alarm in self._alarms.values():
            if alarm.shelved_until is not None and alarm.shelved_until <= now:
                happened += self.unshelve(alarm.id, None, now)
            patience = ESCALATES_S.get(alarm.priority)
            waits = alarm.active and self._loud(alarm) and alarm.told is not None
            if waits and patience is not None and alarm.told is not None and now - alarm.told >= patience:
                alarm.told = now
                happened.append(Happening("escalated", now, alarm, loud=True))
        while self._recent and self._recent[0] <= now - FLOOD_S:
            self._recent.popleft()
        if self.flood and len(self._recent) < FLOOD_ENDS:
            self.flood = False
            untold = [one for one in self._alarms.values() if one.told is None and one.active and self._loud(one)]
            happened += [Happening("flood over", now), *(Happening("raised", now, one, loud=True) for one in untold)]
        return happened

    def untold(self) -> list[Alarm]:
        """Of which people should know and may not: the node died between writing an alarm down and telling it."""
        return [one for one in self._alarms.values() if one.active and one.told is None and self._loud(one)]

    def _counted(self, now: float) -> list[Happening]:
        self._recent.append(now)
        while self._recent[0] <= now - FLOOD_S:
            self._recent.popleft()
        if self.flood or len(self._recent) <= FLOOD_BEGINS:
            return []
        self.flood = True
        return [Happening("flood", now, loud=True)]

    def _loud(self, alarm: Alarm) -> bool:
        """Whether people are to be told of it: not on the shelf, not noted, and in a flood only what matters most."""
        return alarm.state == "unacknowledged" and (not self.flood or RANK[alarm.priority] <= RANK["high"])

    def dump(self) -> dict[str, Any]:
        """As JSON."""
        return {"alarms": [asdict(one) for one in self._alarms.values()], "recent": list(self._recent), "flood": self.flood}  # fmt: skip

    def load(self, state: Mapping[str, Any]) -> None:
        """Take up what `dump` wrote."""
        self._alarms = {one["id"]: Alarm(**one) for one in state.get("alarms") or ()}
        self._recent, self.flood = deque(state.get("recent") or ()), bool(state.get("flood"))
