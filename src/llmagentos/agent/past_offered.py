"""Questions over time that a sentence may mean: offered only where its words speak of the past, or of one thing being more than another."""

import re
from collections.abc import Iterable, Sequence
from typing import TypeAlias, get_args

from llmagentos.agent import abilities
from llmagentos.agent.offered import GATHERED, TARGET, Family, Scope
from llmagentos.agent.past import COUNTERS, number_signal, state_signal
from llmagentos.agent.periods import implied_span, parts, periods, speaks_of_span
from llmagentos.agent.quantities import durations
from llmagentos.language import Selector, Slot
from llmagentos.language import tree as t
from llmagentos.language.units import UNITS, Duration, canonical_unit
from llmagentos.messages.snapshot import EntityView

Window: TypeAlias = Duration | t.Period | t.During
_MEASURED: dict[t.Measure, re.Pattern[str]] = {
    "duration": re.compile(r"\bhow (?:long|many (?:hours|minutes))\b|\bhow much (?:time|of the)\b|多久|多长时间|几个?小时|多少分钟", re.IGNORECASE),
    "times": re.compile(r"\bhow (?:often|many times|frequently)\b|\bnumber of times\b|几次|多少次|多频繁", re.IGNORECASE),
    "ever": re.compile(r"^\W*(?:did|was|were|has|have)\b|\bever\b|\bat all\b|\bany time\b|过吗|有没有.*过|是否.*过|过没有", re.IGNORECASE),
    "last time": re.compile(r"\bwhen (?:was|were|did|has|have)\b|\b(?:at )?what time (?:was|were|did)\b|\blast time\b|\bsince when\b|\bhow long (?:has|have|is|are)\b|\blast (?:on|off|open|opened|used|running)\b|什么时候|何时|几点|上次|上一次|最后一次|多久了|从什么时候", re.IGNORECASE),
}  # fmt: skip
_CHANGED = re.compile(
    r"\bchange|\bdifferent\b|\bhappen|\bmoved\b|\bswitched\b|\bnew\b|变|动静|发生|不一样", re.IGNORECASE
)
_UNUSUAL = re.compile(
    r"\bunusual|\bodd\b|\bstrange|\bweird|\babnormal|\bnormal\b|\bnormally\b|\bas usual\b|\bbehav|\bacting up\b|\bout of the ordinary\b|\bwrong\b|\bfunny\b|异常|反常|奇怪|不对劲|正常|平时|怪",
    re.IGNORECASE,
)
_BEYOND = re.compile(
    r"\b(?:above|over|below|under|beyond|exceed\w*|(?:more|less|higher|lower|warmer|colder|hotter) than|at least|at most)\b|高于|超过|低于|以上|以下|超出",
    re.IGNORECASE,
)
_TREND = re.compile(r"\bthan\b|\bcompared\b|\bversus\b|\bvs\b|比", re.IGNORECASE)


def past(scope: Scope) -> Iterable[Family]:
    """What was measured, how things have been, and which of two is more: each only where the words speak of it."""
    said, windows = periods(scope.words), _windows(scope)
    if _BEYOND.search(scope.words):
        yield from _crossed(scope, windows)
    compares = _TREND.search(scope.words) is not None
    yield from _how_it_was(scope, windows)
    counted, others = _measured(scope) if windows or compares else ((), ())
    functions: list[t.Function] = [one for one, words in GATHERED.items() if words.search(scope.words)]
    functions = functions or ["mean", "minimum", "maximum"]
    for window in windows:
        yield Family(t.Aggregate("total", TARGET, window), counted)  # the mean of a meter says nothing
        for function in functions:
            yield Family(t.Aggregate(function, TARGET, window), others)
    if not compares:
        return
    pairs = ((said[0], said[1]), (said[1], said[0])) if len(said) == 2 else ()
    for first, second in pairs:
        for more in get_args(t.More):
            yield Family(t.ComparedPeriods("total", TARGET, more, first, second), counted)
            yield from (
                Family(t.ComparedPeriods(function, TARGET, more, first, second), others) for function in functions
            )
    for other in others:
        rivals = tuple(one for one in others if one != other and one.kind == other.kind)
        for more in get_args(t.More):
            yield Family(t.Compared(TARGET, more, other), rivals)


def changes(scope: Scope) -> Iterable[t.AskChanged]:
    """What is otherwise than it was, in a room or anywhere."""
    if _CHANGED.search(scope.words):
        for window in _windows(scope):
            yield from (t.AskChanged(area, window) for area in (None, *scope.areas))


def unusual(scope: Scope) -> Iterable[t.AskUnusual]:
    """What was not as it usually is, of a thing, in a room or anywhere; without a time, of the last day."""
    if _UNUSUAL.search(scope.words):
        named = (scope.index.named(one) for one in scope.entities)
        rooms = (Selector("device", area=one) for one in scope.areas)
        targets = (None, *named, *rooms)
        for window in _windows(scope) or [Duration(86_400)]:
            yield from (t.AskUnusual(window, one) for one in targets)


def _windows(scope: Scope) -> list[Window]:
    """What the words say of when, the parts of days among it."""
    spans = durations(scope.words) if speaks_of_span(scope.words) else ()
    implied = implied_span(scope.words)
    return [*dict.fromkeys((*periods(scope.words), *parts(scope.words), *spans, *((implied,) if implied else ())))]


def _crossed(scope: Scope, windows: Sequence[Window]) -> Iterable[Family]:
    """How long, how often, when last and whether ever something measured was beyond a value that was said."""
    asked = [measure for measure, words in _MEASURED.items() if words.search(scope.words)]
    by_unit: dict[str, list[Selector]] = {}
    for entity in scope.entities:
        prop = entity.property(number_signal(entity)[1]) if measures(entity) else None
        if prop is not None:
            unit = canonical_unit(prop.unit)
            by_unit.setdefault(unit if unit in UNITS else "", []).append(scope.index.named(entity))
    for unit, targets in by_unit.items():
        value = Slot(f"number:{unit}:-100000.0:100000.0")
        for measure in asked:
            for over in windows if windows and measure != "last time" else [None]:
                yield Family(t.AskCrossed(measure, TARGET, ">", value, over), tuple(targets))
                yield Family(t.AskCrossed(measure, TARGET, "<", value, over), tuple(targets))


def _how_it_was(scope: Scope, windows: Sequence[Window]) -> Iterable[Family]:
    """How long, how often and when last things were in a state."""
    for measure, words in _MEASURED.items():
        if not words.search(scope.words):
            continue
        spans = windows if windows and measure != "last time" else [None]
        about: dict[str, list[Selector]] = {}
        for entity in scope.entities:
            for word in abilities.state_words(entity):
                about.setdefault(word, []).append(scope.index.named(entity))
        for word, targets in about.items():
            yield from (Family(t.AskPast(measure, TARGET, word, one), tuple(targets)) for one in spans)


def _measured(scope: Scope) -> tuple[tuple[Selector, ...], tuple[Selector, ...]]:
    """Sensors by name, and what is measured in a room, on a floor, or anywhere: meters, which only grow, and all else."""
    kinds = {one.description.kind for one in scope.entities if one.entity_class == "sensor"}
    known = scope.index.measured
    found: tuple[list[Selector], list[Selector]] = ([], [])
    for entity in scope.entities:
        if measures(entity):
            found[entity.description.kind not in COUNTERS].append(scope.index.named(entity))
    for kind in sorted({*kinds, "temperature"} & set(known)):
        areas = [Selector(kind, area=area) for area in scope.areas if area in known[kind]]
        found[kind not in COUNTERS].extend((Selector(kind), *areas, *(Selector(kind, floor=one) for one in scope.floors)))  # fmt: skip
    return tuple(found[0]), tuple(found[1])


def measures(entity: EntityView) -> bool:
    """Whether it reports numbers that may be asked for over time."""
    if entity.entity_class in ("climate", "weather"):
        return number_signal(entity)[1] != state_signal(entity)[1]
    prop = entity.property("value")
    return entity.entity_class == "sensor" and prop is not None and prop.kind == "number"
