"""What people want of timers and alarms."""

import random
from typing import Literal, TypeAlias

from llmagentos.language import Statement
from llmagentos.language import tree as t
from llmagentos.language.units import Duration
from llmagentos.training.speech import expand
from llmagentos.training.spoken import spoken_duration, spoken_time
from llmagentos.training.wishes.ground import Ground, Impossible, Wish


def a_minute(random_: random.Random) -> int:
    """A minute of the day at which people want things."""
    hour = random_.choice((5, 6, 6, 7, 7, 7, 8, 9, 10, 13, 15, 17, 18, 20, 22))
    return hour * 60 + random_.choice((0, 0, 0, 15, 30, 30, 45, 5, 10, 20, 50))


_Asked: TypeAlias = t.Adjustment | t.TimerVerb | Literal["start", "named", "ask", "all", "no time"]


class Timing(Ground):
    """Draws wishes about timers and alarms."""

    def timer(self) -> Wish:
        """Everything about timers."""
        choice: _Asked = self._random.choice(
            ("start", "start", "named", "cancel", "pause", "resume", "extend", "shorten", "ask", "all", "no time")
        )
        if choice == "no time":
            return self._wish(t.StartTimer(t.OPEN), self._say("acts", "set timer"))
        duration = self._duration()
        spoken = spoken_duration(duration, self._speech.language, self._random)
        if choice == "start":
            return self._wish(t.StartTimer(duration), self._say("acts", "start timer", v=spoken), act=True)
        name = self._random.choice(self._speech.data["timer_names"])
        if choice == "named":
            return self._wish(
                t.StartTimer(duration, name), self._say("acts", "start timer named", v=spoken, q=name), act=True
            )
        if choice == "all":
            return self._wish(t.CancelAllTimers(), self._say("acts", "cancel all timers"), act=True)
        reference, words = self._timer_reference(apart=duration if choice in ("extend", "shorten") else None)
        if choice == "ask":
            return self._wish(t.AskTimer(reference), self._say("questions", "timer", t=words))
        match choice:
            case "extend" | "shorten":
                statement: Statement = t.AdjustTimer(choice, reference, duration)
                return self._wish(statement, self._say("acts", f"{choice} timer", v=spoken, t=words), act=True)
            case _:
                statement = t.TimerCommand(choice, reference)
                return self._wish(statement, self._say("acts", f"{choice} timer", t=words), act=True)

    def alarm(self) -> Wish:
        """Everything about alarms."""
        choice = self._random.choice(
            ("set", "set", "set", "set", "cancel", "cancel at", "all", "ask", "ask at", "no time")
        )
        if choice == "no time":
            return self._open_alarm()
        if choice == "cancel":
            return self._wish(t.CancelAlarm(), self._say("acts", "cancel alarm"))
        if choice == "all":
            return self._wish(t.CancelAllAlarms(), self._say("acts", "cancel all alarms"))
        if choice == "ask":
            return self._wish(t.AskAlarms(), self._say("questions", "alarms"))
        minute = a_minute(self._random)
        spoken = spoken_time(minute, self._speech.language, self._random)
        if choice == "ask at":
            return self._wish(t.AskAlarms(), self._say("questions", "alarm at", v=spoken))
        if choice == "cancel at":
            return self._wish(t.CancelAlarm(minute), self._say("acts", "cancel alarm at", v=spoken))
        chance = self._random.random()
        if chance < 0.45:
            return self._wish(t.SetAlarm(minute), self._say("acts", "set alarm at", v=spoken))
        repeats = chance > 0.75
        day, words = self._random.choice(list(self._speech.data["every" if repeats else "days"].items()))
        said = self._say("acts", "set alarm on", v=spoken, d=self._random.choice(words))
        return self._wish(t.SetAlarm(minute, day, repeats), said)

    def _open_alarm(self) -> Wish:
        """An alarm without a time, perhaps of a day."""
        words = self._say("acts", "set alarm")
        days = self._speech.data["days"]
        said = next((day for day, spoken in days.items() if any(one in words for one in spoken)), None)
        if said is None and self._random.random() < 0.2:
            said, spoken = self._random.choice(list(days.items()))
            words = (
                f"{words} {self._random.choice(spoken)}"
                if self._speech.language == "en"
                else f"{self._random.choice(spoken)}{words}"
            )
        return self._wish(t.SetAlarm(t.OPEN, said), words)

    def _timer_reference(self, *, apart: Duration | None) -> tuple[t.TimerRef, str]:
        """One of the ways to speak of a timer; not by the duration that is spoken of besides."""
        kind = self._random.choice(("any", "any", "named", "area", "started", "started"))
        name = self._random.choice(self._speech.data["timer_names"])
        duration = self._duration()
        if duration == apart:
            raise Impossible
        spoken = spoken_duration(duration, self._speech.language, self._random)
        area = self._random.choice(list(self._snapshot.areas)) if self._snapshot.areas else None
        if kind == "area" and area is None:
            kind = "any"
        words = expand(self._random.choice(self._speech.data["timers"][kind]), self._random, q=name, v=spoken, a=self._area_words(area) if area else "")  # fmt: skip
        reference = {"any": t.TimerRef(), "named": t.TimerRef(name=name), "area": t.TimerRef(area=area), "started": t.TimerRef(started_for=duration)}[kind]  # fmt: skip
        return reference, words
