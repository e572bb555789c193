"""What was unusual in a stretch of time: each signal against its own last weeks, at the same hours of the day.

A number is unusual that is clearly beyond all it was at these hours before; a state that it never had at this hour, or that lasted
much longer than ever. Nothing is said of a signal that is known for less than a few days.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from llmagentos.agent import abilities, wording
from llmagentos.agent.lately import when_of
from llmagentos.agent.past import Past, Stretch, number_signal, state_signal
from llmagentos.agent.periods import DAY_S, Span, spans
from llmagentos.agent.wording import Language, say
from llmagentos.language import tree as t
from llmagentos.messages.snapshot import EntityView

KNOWN_S = 4 * DAY_S
"""So long a signal must be known before something is unusual of it."""
RAREST = 0.01
"""So many of the lowest, and of the highest, do not count as usual."""
BEYOND = 0.5
"""By so much of the usual range, or of the least range below, a number must be beyond it."""
LEAST_RANGE = {"C": 2.0, "°C": 2.0, "F": 3.6, "°F": 3.6, "%": 8.0, "W": 40.0, "ppm": 200.0}
LONGER, LEAST_S = 2.0, 1800.0
"""So many times the longest stay, and at least this, is unusually long."""
MOST = 6
"""No more findings are told."""


@dataclass(frozen=True, slots=True)
class Finding:
    """`weight` orders them: how far it is from what is usual."""

    weight: float
    text: str


class Unusual:
    """Over one past. `back` is how far it reaches."""

    def __init__(self, past: Past, now: float, zone: dt.tzinfo, language: Language, back: float) -> None:
        self._past, self._now, self._zone, self._language, self._back = past, now, zone, language, back

    def answer(self, ask: t.AskUnusual, entities: Mapping[str, EntityView]) -> str:
        """In words: what was, that nothing was, or that too little is known to tell."""
        over = spans(ask.over, self._now, self._zone)
        known = [one for one in entities.values() if over and self._known(one, over[0][0])]
        if not known:
            return say("usual_unknown", self._language)
        found = [finding for one in known for finding in self._of(one, over)]
        found.sort(key=lambda one: -one.weight)
        return " ".join(one.text for one in found[:MOST]) or say("usual", self._language)

    def _known(self, entity: EntityView, start: float) -> bool:
        first = self._past.first(told_by(entity))
        return first is not None and first <= start - KNOWN_S

    def _of(self, entity: EntityView, over: Sequence[Span]) -> list[Finding]:
        before = self._past.stretches(told_by(entity), ((self._back, over[0][0]),))
        now = self._past.stretches(told_by(entity), over)
        if abilities.state_words(entity):
            return self._states(entity, before, now)
        return self._numbers(entity, before, now)

    def _numbers(self, entity: EntityView, before: Sequence[Stretch], now: Sequence[Stretch]) -> list[Finding]:
        """The farthest beyond what it was at these hours."""
        prop = entity.property(number_signal(entity)[1])
        least, usual = LEAST_RANGE.get(prop.unit if prop else "", 0.0), self._ranges(before)
        found = []
        for one in now:
            hour = self._hour(one.start)
            if not isinstance(one.value, int | float) or hour not in usual:
                continue
            low, high = usual[hour]
            away = max(low - one.value, one.value - high) / max(high - low, least, 1e-9)
            found.append((away, one.start, float(one.value), low, high))
        if not found or max(found)[0] < BEYOND:
            return []
        away, at, value, low, high = max(found)
        amounts = [self._past.amount(one, entity) for one in (value, low, high)]
        when = when_of(at, self._now, self._zone, self._language)
        said = say(
            "unusual_number",
            self._language,
            name=entity.name,
            when=when,
            state=amounts[0],
            low=amounts[1],
            high=amounts[2],
        )
        return [Finding(away, said)]

    def _ranges(self, before: Sequence[Stretch]) -> dict[int, tuple[float, float]]:
        """By hour of the day: from what to what it was then and an hour before and after, but for the rarest."""
        values: dict[int, list[float]] = defaultdict(list)
        for one in before:
            if isinstance(one.value, int | float):
                for hour in self._hours(one):
                    values[hour].append(float(one.value))
        found = {}
        for hour in range(24):
            near = sorted(value for at in _around(hour) for value in values[at])
            spare = int(len(near) * RAREST)
            if near:
                found[hour] = near[spare], near[-1 - spare]
        return found

    def _states(self, entity: EntityView, before: Sequence[Stretch], now: Sequence[Stretch]) -> list[Finding]:
        """What it never was at this hour, else what lasted longer than ever."""
        stays, found = _joined(before), []
        for one in _joined(now):
            word = abilities.word_of(entity.description, one.value)
            if word is None:
                continue
            same = [other for other in stays if other.value == one.value]
            longest, lasted = max((other.end - other.start for other in same), default=0.0), one.end - one.start
            when = when_of(one.start, self._now, self._zone, self._language)
            said = {"name": entity.name, "state": wording.state(word, self._language), "when": when}
            if self._hour(one.start) not in {
                near for other in same for hour in self._hours(other) for near in _around(hour)
            }:
                found.append(Finding(1.0, say("unusual_hour", self._language, **said)))
            elif lasted > max(LONGER * longest, LEAST_S):
                times = {
                    "time": wording.duration(lasted, self._language),
                    "longest": wording.duration(longest, self._language),
                }
                found.append(Finding(lasted / longest / LONGER, say("unusual_long", self._language, **said, **times)))
        return found[:2]

    def _hours(self, one: Stretch) -> Iterable[int]:
        """The hours of the day that it reaches into."""
        first = self._hour(one.start)
        return {(first + more) % 24 for more in range(min(24, int((one.end - one.start) // 3600) + 1))}

    def _hour(self, at: float) -> int:
        return dt.datetime.fromtimestamp(at, self._zone).hour


def _around(hour: int) -> tuple[int, ...]:
    return (hour - 1) % 24, hour, (hour + 1) % 24


def told_by(entity: EntityView) -> tuple[str, str]:
    """The signal that is looked at: its state, or what it measures."""
    return state_signal(entity) if abilities.state_words(entity) else number_signal(entity)


def _joined(stretches: Sequence[Stretch]) -> list[Stretch]:
    """What is said again is one stay."""
    joined: list[Stretch] = list(stretches[:1])
    for last, one in pairwise(stretches):
        if one.value == last.value and one.start - last.end < 1.0:
            joined[-1] = Stretch(one.value, joined[-1].start, one.end)
        else:
            joined.append(one)
    return joined
