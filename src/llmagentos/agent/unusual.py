"""What was unusual in a stretch of time: each signal against its own last weeks, at the same hours of the day.

A number is unusual that is clearly beyond all it was at these hours before; a state that it never had at this hour, or that lasted
much longer than ever. Nothing is said of a signal that is known for less than a few days.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from llmagentos.agent import abilities, wording
from llmagentos.agent.lately import when_of
from llmagentos.agent.past import BACK_DAYS, COUNTERS, Past, Stretch, number_signal, state_signal
from llmagentos.agent.periods import DAY_S, span, spans
from llmagentos.agent.wording import Language, say
from llmagentos.messages.snapshot import EntityView

KNOWN_S = 4 * DAY_S
"""So long a signal must be known before something is unusual of it."""
RAREST = 0.01
"""So many of the lowest, and of the highest, do not count as usual."""
BEYOND = 0.5
"""By so much of the usual range, or of the least range below, a number must be beyond it."""
LEAST_RANGE = {"C": 2.0, "°C": 2.0, "F": 3.6, "°F": 3.6, "%": 8.0, "W": 40.0, "ppm": 200.0}
LEAST_SHARE, LEAST_NUMBER = 0.05, 0.1
"""Of other units: a share of the number itself, and at least so much."""
LONGER, LEAST_S = 2.0, 1800.0
"""So many times the longest stay, and at least this, is unusually long."""
MOST = 6
"""No more findings are told."""


@dataclass(frozen=True, slots=True)
class Finding:
    """`weight` orders them: how far it is from what is usual."""

    weight: float
    text: str


def back(over: object, now: float, zone: dt.tzinfo) -> float:
    """From when on the past is needed to judge a stretch of it."""
    return span(over, now, zone)[0] - BACK_DAYS * DAY_S


def tell(found: Iterable[list[Finding] | None], language: Language) -> str:
    """In words: what was unusual, that nothing was, or that too little is known to tell."""
    known = [one for one in found if one is not None]
    if not known:
        return say("usual_unknown", language)
    best = sorted((finding for each in known for finding in each), key=lambda one: -one.weight)
    return " ".join(one.text for one in best[:MOST]) or say("usual", language)


class Unusual:
    """Of what one past holds."""

    def __init__(self, past: Past, now: float, zone: dt.tzinfo, language: Language) -> None:
        self._past, self._now, self._zone, self._language = past, now, zone, language

    def of(self, over: object, entity: EntityView) -> list[Finding] | None:
        """What was unusual of a thing; None where it is not known for long enough, or only ever grows."""
        pieces = spans(over, self._now, self._zone)
        first = self._past.first(told_by(entity))
        if not pieces or first is None or first > pieces[0][0] - KNOWN_S or entity.description.kind in COUNTERS:
            return None
        before = self._past.stretches(told_by(entity), ((back(over, self._now, self._zone), pieces[0][0]),))
        now = self._past.stretches(told_by(entity), pieces)
        if abilities.state_words(entity):
            return self._states(entity, before, now)
        return self._numbers(entity, before, now)

    def _numbers(self, entity: EntityView, before: Sequence[Stretch], now: Sequence[Stretch]) -> list[Finding]:
        """The farthest beyond what it was at these hours."""
        prop = entity.property(number_signal(entity)[1])
        least, usual = LEAST_RANGE.get(prop.unit if prop else ""), self._ranges(before)
        found = []
        for one in now:
            for at, hour in self._hours(one):
                if not isinstance(one.value, int | float) or hour not in usual:
                    continue
                low, high = usual[hour]
                narrowest = least if least is not None else max(LEAST_SHARE * max(abs(low), abs(high)), LEAST_NUMBER)
                away = max(low - one.value, one.value - high) / max(high - low, narrowest)
                found.append((away, at, float(one.value), low, high))
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
                for _, hour in self._hours(one):
                    values[hour].append(float(one.value))
        found = {}
        for hour in range(24):
            near = sorted(value for at in _around(hour) for value in values[at])
            spare = int(len(near) * RAREST)
            if near:
                found[hour] = near[spare], near[-1 - spare]
        return found

    def _states(self, entity: EntityView, before: Sequence[Stretch], now: Sequence[Stretch]) -> list[Finding]:
        """What began at an hour at which it never was so, else what lasts longer than ever."""
        earlier, stays, found = _joined(before), _joined(now), []
        begun = stays[0].start if stays else 0.0
        if earlier and stays and earlier[-1].value == stays[0].value and stays[0].start - earlier[-1].end < 1.0:
            stays[0] = Stretch(stays[0].value, earlier.pop().start, stays[0].end)
        for one in stays:
            word = abilities.word_of(entity.description, one.value)
            same = [other for other in earlier if other.value == one.value]
            if word is None or (not same and one.start < begun):  # it has always been so
                continue
            longest, lasted = max((other.end - other.start for other in same), default=0.0), one.end - one.start
            when = when_of(one.start, self._now, self._zone, self._language)
            said = {"name": entity.name, "state": wording.state(word, self._language), "when": when}
            usual = {near for other in same for _, hour in self._hours(other) for near in _around(hour)}
            if one.start >= begun and self._hour(one.start) not in usual:
                found.append(Finding(1.0, say("unusual_hour", self._language, **said)))
            elif lasted > max(LONGER * longest, LEAST_S):
                times = {
                    "time": wording.duration(lasted, self._language),
                    "longest": wording.duration(longest, self._language),
                }
                found.append(Finding(lasted / longest / LONGER, say("unusual_long", self._language, **said, **times)))
        return found[:2]

    def _hours(self, one: Stretch) -> Iterable[tuple[float, int]]:
        """The hours of the day that it reaches into, once each, and when."""
        for more in range(24):
            at = one.start + 3600 * more
            if at < one.end or not more:
                yield at, self._hour(at)

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
