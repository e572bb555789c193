"""The alarms of a node: fed with what devices report, written down, told to people, and answered by them.

A change is on disk before anybody hears of it. What was written and perhaps not told when the node died is told by the next start.
"""

import asyncio
import datetime as dt
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from llmagentos.agent.orders.annunciator import RANK, Alarm, Annunciator, Happening
from llmagentos.agent.orders.compile import CannotCompile
from llmagentos.agent.orders.standing import Due, Standing, StandingOrders
from llmagentos.agent.orders.told import tell_cause
from llmagentos.agent.outcomes import WatchOperation
from llmagentos.agent.ports import Selecting
from llmagentos.agent.wording import Language, duration, priority, say
from llmagentos.app.notices import Notices
from llmagentos.app.recorder import Recorder
from llmagentos.app.replies import Declined
from llmagentos.kernel.journal import JournalFailed
from llmagentos.messages.records import AlarmChange, Observation
from llmagentos.messages.site import Location
from llmagentos.messages.snapshot import Snapshot, Speaker
from llmagentos.reasoning.signals import Signal

STATE = "alarms"
"""Of the journal."""
WAITING = 1_000
"""Changes that are not on disk yet. Beyond that, while the disk is full, only what people must hear of waits: how an alarm stands is written as a whole."""


class Annunciation:
    """One per node. `notices` reach the owner, `escalation` those who are told of what nobody has answered."""

    def __init__(
        self, select: Selecting, zone: dt.tzinfo, place: Location | None, now: Callable[[], Snapshot], *,
        recorder: Recorder, keep: Callable[[dict[str, Any]], Awaitable[None]], notices: Notices, escalation: Notices, language: Language,
    ) -> None:  # fmt: skip
        self._standing, self._alarms = StandingOrders(select, zone, place), Annunciator()
        self._now, self._recorder, self._keep = now, recorder, keep
        self._notices, self._escalation, self._language = notices, escalation, language
        self._waiting: deque[tuple[Happening, tuple[str, ...]]] = deque()
        self._arrived = asyncio.Event()
        self._causes: dict[str, str] = {}
        self._structure: int | None = None
        self.begun = False

    def load(self, state: dict[str, Any]) -> None:
        """Take up what was kept."""
        self._standing.load(state.get("standing") or {}, state.get("at"))
        self._alarms.load(state.get("annunciator") or {})
        self._causes = dict(state.get("causes") or {})

    # What is fed

    def begin(self, snapshot: Snapshot) -> None:
        """The site is known again."""
        self._structure, self.begun = snapshot.structure, True
        untold = self._alarms.untold()
        self._take(self._standing.begin(snapshot, self._recorder.now()))
        for one in untold:  # it is on disk, and perhaps nobody has heard of it
            self._tell(Happening("raised", self._recorder.now(), one, loud=True))

    def telling(self) -> frozenset[tuple[str, str]]:
        """The signals (entity, property) on which an alarm rests that is not on the shelf."""
        able = [one for one in self._standing.all() if one.suspended is None and not self._shelved(one.id)]
        return frozenset((signal[0], signal[1]) for one in able for signal in self._standing.watched_by(one.id))

    def _shelved(self, alarm_id: str) -> bool:
        alarm = self._alarms.get(alarm_id)
        return alarm is not None and alarm.state == "shelved"

    def site(self, snapshot: Snapshot) -> None:
        """The site is so now; nothing to do unless its structure changed."""
        if snapshot.structure != self._structure:
            self._structure = snapshot.structure
            self._take(self._standing.site(snapshot, self._recorder.now()))

    def observed(self, observation: Observation) -> None:
        """A device reported something."""
        if self.begun:
            value = observation.value if isinstance(observation.value, str | bool | int | float) else None
            self._take(self._standing.reading(observation.entity, observation.property, value, self._recorder.now()))

    def advance(self) -> None:
        """Time has passed."""
        self._take(self._standing.advance(self._recorder.now()))
        self._happened(self._alarms.advance(self._recorder.now()))

    def _take(self, due: Sequence[Due]) -> None:
        for one in due:
            if one.why == "fired":
                self._happened(self._alarms.raised(one.order, one.at), self._rests_on(one))
        for standing in self._standing.all():
            alarm = self._alarms.get(standing.id)
            known = standing.suspended is None and not self._standing.unsettled(standing.id)
            if alarm is not None and alarm.active and known and not self._standing.holds(standing.id):
                self._happened(self._alarms.returned(standing.id, self._recorder.now()))

    def _rests_on(self, due: Due) -> tuple[str, ...]:
        """The newest record of each device that an alarm rests on."""
        entities = self._now().entities
        signals = self._standing.signals_of(due.order, due.because)
        found = (entities[one].values.get(name) for one, name in signals if one in entities)
        return tuple(one.record for one in found if one is not None and one.record)

    def _happened(self, happenings: Iterable[Happening], causes: tuple[str, ...] = ()) -> None:
        self._waiting += [(one, causes) for one in happenings if one.loud or len(self._waiting) < WAITING]
        if self._waiting:
            self._arrived.set()

    # What comes of it

    async def work(self) -> None:
        """Write down what happens and tell it, for ever. Raises: JournalFailed; called again it goes on with the same."""
        while True:
            while self._waiting:
                happening, causes = self._waiting[0]
                await self._write(happening, causes)
                self._waiting.popleft()
            await self._arrived.wait()
            self._arrived.clear()

    async def _write(self, one: Happening, causes: tuple[str, ...] = ()) -> None:
        await self._recorder.write(self._record(one, causes), state={STATE: self.dump()})
        self._tell(one)

    def _record(self, one: Happening, causes: tuple[str, ...]) -> AlarmChange:
        alarm = one.alarm
        given = self._causes.get(alarm.id) if alarm is not None else None
        return AlarmChange(
            id=self._recorder.next_id(), at=one.at, source=f"person:{one.by}" if one.by else "agent.alarms", causes=(*((given,) if given else ()), *causes),
            alarm=alarm.id if alarm else "", name=alarm.name if alarm else "", priority=alarm.priority if alarm else "", change=one.change, by=one.by,
        )  # fmt: skip

    def _tell(self, one: Happening) -> None:
        language, alarm = self._language, one.alarm and self._alarms.get(one.alarm.id)
        if not one.loud or (one.alarm is not None and alarm is None):
            return
        if alarm is None:
            self._notices.tell(say("alarm_flood", language))
            return
        parts = {"name": alarm.name, "priority": priority(alarm.priority, language), "what": self.cause(alarm.id)}
        if one.change == "escalated":
            waited = duration(one.at - alarm.since, language)
            text = say("alarm_unanswered", language, time=waited, **parts)
            self._escalation.tell(" ".join(filter(None, (text, alarm.advice))))
        else:
            text = say("alarm_raised", language, **parts)
        self._notices.tell(" ".join(filter(None, (text, alarm.advice))))
        alarm.told = one.at

    async def give(self, operation: WatchOperation, speaker: Speaker, language: Language, cause: str) -> str:
        """One more alarm; what to say. Raises: Declined; JournalFailed, and then there is none."""
        if self.begun:
            self.site(self._now())  # it may speak of what has announced itself just now
        new, now = operation.alarm, self._recorder.now()
        if any(one.name.casefold() == new.name.casefold() for one in self._alarms.all()):
            raise Declined(say("alarm_known", language, name=new.name))
        standing = Standing(self._recorder.next_id(), operation.order, speaker.principal, speaker.area, now)
        try:
            due = self._standing.place(standing, now)
        except CannotCompile as error:  # the site has changed since it was understood
            raise Declined(say(error.reason, language, name=error.detail)) from error
        alarm = Alarm(standing.id, new.name, new.priority, new.advice)
        self._alarms.place(alarm)
        self._causes[standing.id] = cause
        placed = AlarmChange(**self._recorder.stamp(), source=f"person:{speaker.principal}", causes=(cause,), alarm=alarm.id, name=alarm.name,
                             priority=alarm.priority, change="placed", by=speaker.principal)  # fmt: skip
        try:
            await self._recorder.write(placed, state={STATE: self.dump()})
        except JournalFailed:
            self._standing.remove(alarm.id, now)
            self._alarms.remove(alarm.id, speaker.principal, now)
            del self._causes[alarm.id]
            raise
        self._take(due)
        grade = priority(new.priority, language)
        return say("alarm_placed", language, name=new.name, priority=grade, what=self.cause(standing.id))

    async def acknowledge(self, alarms: Sequence[Alarm], by: str) -> None:
        """Somebody has taken note of these. Raises: JournalFailed, and then nobody has of those that are not written down."""
        now = self._recorder.now()
        for alarm in alarms:
            await self._answer(alarm, partial(self._alarms.acknowledge, [alarm.id], by, now))

    async def shelve(self, alarm: Alarm, by: str, seconds: float) -> None:
        """Not to be told of for so long; 0 takes it back from the shelf. Raises: JournalFailed, and then all is as it was."""
        now = self._recorder.now()
        if seconds > 0:
            await self._answer(alarm, lambda: self._alarms.shelve(alarm.id, by, now + seconds, now))
        else:
            await self._answer(alarm, lambda: self._alarms.unshelve(alarm.id, by, now))

    async def remove(self, alarm: Alarm, by: str) -> None:
        """It is watched for no longer. Raises: JournalFailed, and then it still is."""
        now, standing = self._recorder.now(), self._standing.get(alarm.id)
        due, happened = self._standing.remove(alarm.id, now), self._alarms.remove(alarm.id, by, now)
        try:
            for one in happened:
                await self._write(one)
        except JournalFailed:
            if standing is not None:
                self._standing.place(standing, now)
            self._alarms.place(alarm)
            raise
        self._causes.pop(alarm.id, None)
        self._take(due)

    async def _answer(self, alarm: Alarm, answer: Callable[[], list[Happening]]) -> None:
        """What a person says to one: they are told that it is so once it is on disk."""
        before = replace(alarm)
        try:
            for one in answer():
                await self._write(one)
        except JournalFailed:
            self._alarms.unanswer(before)
            raise

    def dump(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "standing": self._standing.dump(),
            "annunciator": self._alarms.dump(),
            "causes": self._causes,
            "at": self._recorder.now(),
        }

    async def save(self) -> None:
        """To disk. Raises: JournalFailed."""
        self._standing.lapsed = False
        try:
            await self._keep(self.dump())
        except JournalFailed:
            self._standing.lapsed = True
            raise

    # What there is

    def placed(self) -> tuple[Alarm, ...]:
        """Every alarm, in the order in which they were placed."""
        return self._alarms.all()

    def alarms(self) -> tuple[Alarm, ...]:
        """Every alarm, those first that need somebody most."""
        waits = {"unacknowledged": 0, "returned": 1, "acknowledged": 2, "shelved": 3, "normal": 4}
        return tuple(sorted(self._alarms.all(), key=lambda one: (waits[one.state], RANK[one.priority], -one.since)))

    @property
    def flood(self) -> bool:
        """Whether so many come at once that only those that matter most are told."""
        return self._alarms.flood

    def all(self) -> tuple[Standing, ...]:
        """What alarms wait for."""
        return self._standing.all()

    def watched_by(self, alarm_id: str) -> tuple[Signal, ...]:
        """The signals that an alarm rests on."""
        return self._standing.watched_by(alarm_id)

    def told(self, standing: Standing, language: Language) -> str:
        """An alarm in plain words."""
        alarm = self._alarms.get(standing.id)
        return f"{alarm.name}: {self.cause(standing.id, language)}" if alarm is not None else standing.id

    def cause(self, alarm_id: str, language: Language | None = None) -> str:
        """What an alarm tells of, in plain words."""
        standing = self._standing.get(alarm_id)
        return tell_cause(standing.order, self._now(), language or self._language) if standing is not None else ""

    def suspended(self, alarm_id: str) -> str | None:
        """Why one cannot be watched for at present."""
        standing = self._standing.get(alarm_id)
        return standing.suspended if standing is not None else None
