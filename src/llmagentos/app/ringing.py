"""Timers that end and alarms that ring."""

from collections.abc import Awaitable, Callable

from llmagentos.agent.wording import Language, say
from llmagentos.app.reminders import Reminders
from llmagentos.app.replies import Replies
from llmagentos.kernel.alarms import Alarm
from llmagentos.kernel.timers import Timer
from llmagentos.messages import Clock
from llmagentos.messages.snapshot import Speaker

LATEST_S = 600.0
"""What could not be done in time (the node was down) is not done this late, and an alarm not rung but told."""


class Ringing:
    """`keep` writes the reminders down, `act` does what a timer was set to do."""

    def __init__(
        self, reminders: Reminders, replies: Replies, clock: Clock, keep: Callable[[], Awaitable[None]],
        act: Callable[[Timer, Speaker], Awaitable[None]], language: Language,
    ) -> None:  # fmt: skip
        self._reminders, self._replies, self._clock = reminders, replies, clock
        self._keep, self._act, self._language = keep, act, language

    async def due(self) -> None:
        """Each is taken off the disk after what it does is on it: twice rather than never."""
        now = self._clock.now()
        for timer in self._reminders.timers.due(now):
            try:
                await self._end(timer)
            finally:  # one that fails must neither hold up the others nor come again for ever
                self._reminders.timers.cancel(timer.id)
            await self._keep()
        for alarm in self._reminders.alarms.due(now):
            try:
                await self._ring(alarm, now)
            finally:
                self._reminders.alarms.rung(alarm, now)
            await self._keep()

    async def _end(self, timer: Timer) -> None:
        speaker = Speaker(timer.principal, timer.area, timer.session, "timers")
        if timer.action is not None:
            await self._act(timer, speaker)
            return
        text = say("timer_over", self._language, name=f": {timer.name}" if timer.name else "")
        await self._replies.give(timer.cause or timer.id, speaker, "done", text, self._clock.monotonic())

    async def _ring(self, alarm: Alarm, now: float) -> None:
        speaker = Speaker(alarm.principal, alarm.area, alarm.session)
        time = f"{alarm.minute_of_day // 60:02}:{alarm.minute_of_day % 60:02}"
        text = say("alarm_missed" if now - alarm.rings_at > LATEST_S else "alarm_over", self._language, time=time)
        await self._replies.give(alarm.cause or alarm.id, speaker, "done", text, self._clock.monotonic())
