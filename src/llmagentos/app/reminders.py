"""The timers and alarms of a node: what people ask of them, and what goes to disk."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from llmagentos.agent import wording
from llmagentos.agent.outcomes import AlarmOperation, TimerOperation
from llmagentos.agent.wording import Language, say
from llmagentos.kernel.alarms import Alarm, Alarms
from llmagentos.kernel.timers import Timer, Timers
from llmagentos.language import Program, render
from llmagentos.messages import Clock, IdSource
from llmagentos.messages.snapshot import AlarmView, Speaker
from llmagentos.reasoning.calendar import next_at


class Reminders:
    """Owns both; pure but for the clock and the ids it is given."""

    def __init__(self, clock: Clock, ids: IdSource, zone: dt.tzinfo) -> None:
        self._clock, self._ids, self._zone = clock, ids, zone
        self.timers, self.alarms = Timers(), Alarms(zone)

    def dump(self) -> dict[str, Any]:
        """As JSON."""
        return {"timers": self.timers.dump(), "alarms": self.alarms.dump()}

    def load(self, state: dict[str, Any]) -> None:
        """Take up what `dump` wrote."""
        self.timers.load(state.get("timers") or [])
        self.alarms.load(state.get("alarms") or [])

    def do(self, operation: TimerOperation | AlarmOperation, language: Language, speaker: Speaker, cause: str) -> str:
        """Carry out an operation; returns what to say. The caller writes the state."""
        if isinstance(operation, AlarmOperation):
            return self._alarm(operation, language, speaker, cause)
        if operation.verb == "start":
            return self._start(operation, language, speaker, cause)
        now, timer = self._clock.now(), operation.timer
        if operation.verb == "cancel all":
            self.timers.cancel_all()
        elif timer is not None:
            changes: dict[str, Callable[[], bool]] = {
                "cancel": lambda: self.timers.cancel(timer), "pause": lambda: self.timers.pause(timer, now),
                "resume": lambda: self.timers.resume(timer, now), "extend": lambda: self.timers.adjust(timer, operation.seconds, now),
                "shorten": lambda: self.timers.adjust(timer, -operation.seconds, now),
            }  # fmt: skip
            if not changes[operation.verb]():
                return say("no_timer", language)  # it ended while we were thinking
        return say("timer_done", language, name=operation.verb)

    def _start(self, operation: TimerOperation, language: Language, speaker: Speaker, cause: str) -> str:
        action = render(Program((operation.action,))) if operation.action else None
        now = self._clock.now()
        ends_at = now + operation.seconds if operation.at is None else next_at(*operation.at, now, self._zone)
        timer = Timer(self._ids.next(), ends_at - now, ends_at, None, operation.name, operation.area, action,
                      speaker.principal, speaker.session, cause)  # fmt: skip
        self.timers.start(timer)
        if operation.at is not None:
            view = AlarmView(timer.id, operation.at[0], ends_at)
            return say("scheduled", language, time=wording.alarm(view, self._zone, now, language))
        phrase = "delayed" if action else "timer_started"
        return say(phrase, language, time=wording.duration(operation.seconds, language))

    def _alarm(self, operation: AlarmOperation, language: Language, speaker: Speaker, cause: str) -> str:
        if operation.verb == "cancel all":
            self.alarms.cancel_all()
            return say("alarms_done", language)
        if operation.verb == "cancel":
            return say("alarm_done" if self.alarms.cancel(operation.alarm or "") else "no_alarm", language)
        now = self._clock.now()
        asked = Alarm(self._ids.next(), operation.minute_of_day, 0.0, operation.day, operation.repeats, operation.area,
                      speaker.principal, speaker.session, cause)  # fmt: skip
        alarm = self.alarms.set(asked, now)
        view = AlarmView(alarm.id, alarm.minute_of_day, alarm.rings_at, alarm.day, alarm.repeats)
        return say("alarm_set", language, time=wording.alarm(view, self._zone, now, language))
