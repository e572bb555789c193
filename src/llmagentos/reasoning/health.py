"""Whether a signal can still be believed: learned from the signal alone, one reading at a time, nothing to set.

Each signal is compared with its own past: how long its silences and its stays at one value were, how far and how fast it
moves. What is said against it are departures by factors, not by levels, so that a slow sensor is not taken for a dead one.
Everything is told in seconds since the epoch; a reading costs microseconds and a signal some three hundred bytes.
"""

import math
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, TypeAlias

from llmagentos.reasoning.rules import Value

HOUR, DAY = 3600.0, 86_400.0
KNOWN_S, KNOWN_READINGS = DAY, 12
"""A signal is known after a day and so many readings: less says nothing about its nights."""
PATIENCE = 3.0
"""How many of its longest silences, or stays, a signal is waited for."""
SHORTEST_STAY_S = 6 * HOUR
"""No stay at one value shorter than this is suspicious."""
SAME_READINGS = 20
"""So often a number must have been reported the same before it counts as frozen."""
WIDER = 1.0
"""A number beyond its known range by more than that range, reached in one step, is a leap."""
STEPS = 12.0
"""A leap is also so many usual steps."""
NOISIER = 8.0
"""Steps so many times as large as usual are noise."""
FORECAST_S = 3 * DAY
"""A battery that will be empty within this is said to be."""
LEVELS, DISCHARGED_S = 96, 30 * HOUR
"""Levels of a battery that are remembered, hour by hour; a forecast needs more than a day of them without a charge."""
STATES = 16
"""A signal of more words than these is a text and tells nothing of its health."""
FADES_S = 30 * DAY
"""In that time the longest silence or stay counts for a third of what it was."""
LIMITS: dict[str, tuple[float, float]] = {
    "temperature": (-60.0, 2000.0), "humidity": (0.0, 100.0), "battery": (0.0, 100.0), "illuminance": (0.0, 200_000.0),
    "carbon dioxide": (150.0, 40_000.0), "pressure": (800.0, 1100.0), "moisture": (0.0, 100.0), "pm25": (0.0, 2000.0),
}  # fmt: skip
"""What a kind of measurement can be at all, in its canonical unit."""
NARROWEST: dict[str, float] = {"temperature": 5.0, "humidity": 15.0, "pressure": 30.0, "carbon dioxide": 800.0}
"""No known range of a kind counts as narrower than this."""
SLOW = frozenset({*NARROWEST, "moisture"})
"""What changes slowly by nature: only of these are leaps and noise told."""
FINE = SLOW | {"illuminance", "pm25"}
"""What is never the same for long: only of these is it told that they are frozen."""
RESTING = frozenset({"illuminance", "carbon dioxide", "pm25"})
"""These lie at their floor for hours: a night, an empty house."""
LASTING = frozenset({"person", "weather"})
"""People are away for weeks, and it rains for days."""
FLUTTER = 12
"""So many changes of a state in an hour are never too many."""
NEW_NORMAL = 500
"""So many readings in a row that could not be, and can, are how it is from now on: the sensor was moved."""
Trouble: TypeAlias = Literal["silent", "frozen", "stuck", "implausible", "restless", "empties"]


@dataclass(slots=True)
class Course:
    """What is remembered of one signal."""

    kind: str
    first: float
    last: float
    since: float
    value: Value
    same: int = 1
    readings: int = 1
    gap: float = 0.0
    jitter: float = 0.0
    """What the time between two readings is, and by how much it differs from that."""
    silence: float = 0.0
    """The longest between two readings, fading."""
    stays: dict[str, float] = field(default_factory=dict)
    """The longest at one value: of a number under "", of a state under its word."""
    ended: dict[str, int] = field(default_factory=dict)
    """How many stays have ended."""
    low: float = 0.0
    high: float = 0.0
    step: float = 0.0
    """What a change usually is."""
    lately: float = 0.0
    """How far it goes back and forth lately."""
    way: float = 0.0
    """The last change, with its sign."""
    odd: int = 0
    """Readings in a row that cannot be."""
    totals: dict[str, float] = field(default_factory=dict)
    """How long it was in each state."""
    hour: int = 0
    flips: int = 0
    """Changes of a state in that hour."""
    busiest: int = 0
    """The most of those in an hour before."""
    levels: list[tuple[float, float]] = field(default_factory=list)
    """Of a battery, hour by hour."""


class Health:
    """The courses of all signals."""

    def __init__(self) -> None:
        self._courses: dict[tuple[str, str], Course] = {}
        self._texts: set[tuple[str, str]] = set()
        self._listening = float("-inf")

    def resumed(self, at: float) -> None:
        """Listening begins, or begins again: what was not heard before is nobody's silence."""
        self._listening = at

    def read(self, entity: str, name: str, value: Value, at: float, kind: str = "") -> None:
        """A device reported this, changed or not."""
        if (entity, name) in self._texts:
            return
        course = self._courses.get((entity, name))
        if course is not None and _is_number(course.value) and not _is_number(value):
            course.odd, course.last = course.odd + 1, at
            return
        if course is None or _is_number(course.value) != _is_number(value):
            number = float(value) if _is_number(value) else 0.0
            self._courses[entity, name] = Course(kind, at, at, at, value, low=number, high=number)
            return
        if at < course.last:  # the clock was set back: lengths of time begin anew
            course.first = course.last = course.since = at
        course.readings += 1
        gap = at - course.last
        if course.last >= self._listening:  # else part of it went unheard
            course.silence = max(gap, course.silence * math.exp(-gap / FADES_S))
            course.jitter += 0.05 * (abs(gap - course.gap) - course.jitter)
            course.gap += 0.05 * (gap - course.gap)
        course.last = at
        if _is_number(value):
            _measured(course, float(value), at)
        else:
            _in_state(course, value, at)
            if len(course.stays) > STATES:
                del self._courses[entity, name]
                self._texts.add((entity, name))

    def forget(self, entity: str) -> None:
        """The entity is no more."""
        for signal in [one for one in self._courses if one[0] == entity]:
            del self._courses[signal]
        self._texts = {one for one in self._texts if one[0] != entity}

    def troubles(self, signal: tuple[str, str], alike: Iterable[tuple[str, str]], now: float) -> list[Trouble]:
        """What speaks against a signal now. `alike` are the others of its device: one that speaks is not silent."""
        course = self._courses.get(signal)
        if course is None:
            return []
        found: list[Trouble] = []
        since = max(course.last, self._listening)
        if _is_silent(course, since, now) and not any(self._spoke_after(one, since) for one in alike):
            found.append("silent")
        elif _is_number(course.value):
            found += ["frozen"] if _is_frozen(course) else []
            found += ["implausible"] if course.odd >= 2 else []
            found += ["restless"] if _is_noisy(course) else []
        else:
            found += ["stuck"] if _is_stuck(course, now) else ["restless"] if _flutters(course, now) else []
        fell_for = course.levels[-1][0] - course.levels[0][0] if course.levels else 0.0
        left = left_s(course.levels) if fell_for >= DISCHARGED_S else None
        if course.kind == "battery" and left is not None and left < FORECAST_S:
            found.append("empties")
        return found

    def _spoke_after(self, signal: tuple[str, str], since: float) -> bool:
        course = self._courses.get(signal)
        return course is not None and course.last > since + 60.0

    def dump(self) -> list[Any]:
        """As JSON. May run beside `read` in another thread. Raises: RuntimeError where they meet; nothing is harmed."""
        return [[*signal, asdict(course)] for signal, course in list(self._courses.items())]

    def load(self, data: Iterable[Any]) -> None:
        """Take up what was kept; what another version wrote is learned anew."""
        for entity, name, course in data:
            try:
                self._courses[entity, name] = Course(
                    **{**course, "levels": [(at, level) for at, level in course["levels"]]}
                )
            except (TypeError, KeyError, ValueError):
                continue


def left_s(levels: list[tuple[float, float]]) -> float | None:
    """How long a battery lasts by the line through its levels (least squares); None where they do not fall plainly."""
    if len(levels) < 6 or levels[0][1] - levels[-1][1] < 4.0:
        return None
    middle_at = sum(at for at, _ in levels) / len(levels)
    middle = sum(level for _, level in levels) / len(levels)
    spread = sum((at - middle_at) ** 2 for at, _ in levels)
    slope = sum((at - middle_at) * (level - middle) for at, level in levels) / spread if spread else 0.0
    return levels[-1][1] / -slope if slope < 0 else None


def _is_number(value: Value) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_known(course: Course) -> bool:
    return course.last - course.first >= KNOWN_S and course.readings >= KNOWN_READINGS


def _measured(course: Course, value: float, at: float) -> None:
    limits = LIMITS.get(course.kind)
    before = float(course.value)
    width = max(course.high - course.low, NARROWEST.get(course.kind, 0.0), 1e-9)
    slow = course.kind in SLOW
    beyond = value < course.low - WIDER * width or value > course.high + WIDER * width
    leapt = beyond and (course.odd > 0 or abs(value - before) > STEPS * course.step)
    impossible = limits is not None and not limits[0] <= value <= limits[1]
    if impossible or (slow and leapt and _is_known(course) and course.odd < NEW_NORMAL):
        course.odd += 1
        course.value = value
        return
    came_back, course.odd = course.odd > 0, 0
    if course.kind == "battery" and (not course.levels or at - course.levels[-1][0] >= HOUR):
        if course.levels and value > course.levels[-1][1] + 5:  # charged, or a new one
            course.levels.clear()
        course.levels = [*course.levels[1 - LEVELS :], (at, value)]
    if value == before:
        course.same += 1
        return
    if not came_back:
        way, change = value - before, abs(value - before)
        back_and_forth = min(change, abs(course.way)) if way * course.way < 0 else 0.0
        course.lately, course.way = course.lately + 0.25 * (back_and_forth - course.lately), way
        course.step += (0.1 if not _is_known(course) else 0.0002 if _is_noisy(course) else 0.02) * (
            change - course.step
        )
    _stayed(course, "", at)
    course.value = value
    fade = 0.0005 * width  # seasons: a range that is not used any more closes slowly
    course.low, course.high = min(value, course.low + fade), max(value, course.high - fade)


def _in_state(course: Course, value: Value, at: float) -> None:
    if value == course.value:
        course.same += 1
        return
    key = str(course.value)
    course.totals[key] = course.totals.get(key, 0.0) + at - course.since
    _stayed(course, key, at)
    hour = int(at // HOUR)
    if hour != course.hour:
        course.busiest = max(course.busiest, course.flips if not _flutters(course, at) else 0)
        course.hour, course.flips = hour, 0
    course.flips += 1
    course.value = value


def _stayed(course: Course, key: str, at: float) -> None:
    stay = at - course.since
    course.stays[key] = max(stay, course.stays.get(key, 0.0) * math.exp(-stay / FADES_S))
    course.ended[key] = course.ended.get(key, 0) + 1
    course.since, course.same = at, 1


def _is_silent(course: Course, since: float, now: float) -> bool:
    """Only what speaks at regular times can be silent: what tells changes alone has nothing to say on a holiday."""
    return (
        _is_known(course) and course.jitter <= 0.5 * course.gap
        and now - since > PATIENCE * max(course.silence, 60.0)
    )  # fmt: skip


def _is_frozen(course: Course) -> bool:
    longest = course.stays.get("", 0.0)
    at_rest = course.kind in RESTING and float(course.value) <= course.low + 0.02 * (course.high - course.low)
    fine = course.ended.get("", 0) >= 24
    return (
        course.kind in FINE and not at_rest and _is_known(course) and fine and course.same >= SAME_READINGS
        and course.last - course.since > max(PATIENCE * longest, SHORTEST_STAY_S)
    )  # fmt: skip


def _is_noisy(course: Course) -> bool:
    return course.kind in SLOW and _is_known(course) and course.step > 0 and course.lately > NOISIER * course.step


def _is_stuck(course: Course, now: float) -> bool:
    """In a state that it leaves soon: the one it rests in may last as long as nobody is there."""
    key = str(course.value)
    rests = course.totals.get(key, 0.0) > 0.5 * sum(course.totals.values())
    longest = course.stays.get(key, 0.0)
    often = course.ended.get(key, 0) >= 5
    return (
        course.kind not in LASTING and _is_known(course) and often and not rests
        and now - course.since > max(PATIENCE * longest, SHORTEST_STAY_S)
    )  # fmt: skip


def _flutters(course: Course, now: float) -> bool:
    return (
        _is_known(course) and int(now // HOUR) - course.hour <= 1
        and course.flips > max(FLUTTER, PATIENCE * course.busiest)
    )  # fmt: skip
