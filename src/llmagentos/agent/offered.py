"""What a sentence may mean here: every statement that some device can do or that can be answered, with slots where the words
fill them. A verb is offered only for entities that can do it, a property only where it can be set.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from llmagentos.agent import abilities
from llmagentos.agent.clock_times import clock_times
from llmagentos.agent.quantities import durations
from llmagentos.agent.site_index import SiteIndex, Test, ask_kind, kind_word, passes, shapes
from llmagentos.agent.unexplained import accounted
from llmagentos.language import Selector, Slot, Statement
from llmagentos.language import tree as t
from llmagentos.language.units import Duration, canonical_unit
from llmagentos.language.vocabulary import (
    ALARM_DAYS,
    DAYS,
    EFFECTS,
    KINDS,
    MEDIA,
    PRIMARY,
    READABLE,
    RELATIVE_STEPS,
    WHEN,
)
from llmagentos.messages.records import Property
from llmagentos.messages.snapshot import EntityView, Snapshot, Speaker

FEW_FLOORS = 8


@dataclass(frozen=True, slots=True)
class Scope:
    """What the sentence can be about."""

    words: str
    snapshot: Snapshot
    speaker: Speaker
    entities: tuple[EntityView, ...]
    areas: tuple[str, ...]
    index: SiteIndex

    @property
    def floors(self) -> tuple[str, ...]:
        """The floors a selector may name: of a large site those that the sentence or its areas speak of."""
        if len(self.index.floors) <= FEW_FLOORS:
            return self.index.floors
        said = self.words.casefold()
        spoken = {self.snapshot.areas[one].floor for one in self.areas if one in self.snapshot.areas}
        return tuple(one for one in self.index.floors if one in spoken or one.casefold() in said)


@dataclass(frozen=True, slots=True)
class Family:
    """Statements that differ in their target alone: the one given stands for the others."""

    statement: Statement
    targets: tuple[Selector, ...]


_COUNTED = re.compile(r"\b(how many|number of|count|amount of)\b|几|多少|数量|总共|一共", re.IGNORECASE)
_LISTED = re.compile(
    r"\b(?:what|which|list|name|show|tell me)\b.*\b(?:are (?:there|in|on|here)|do (?:i|we) have|have (?:i|we)|we have|is there|all|exist|got)\b|哪些|有什么|列出",
    re.IGNORECASE,
)
GATHERED: dict[t.Function, re.Pattern[str]] = {
    "mean": re.compile(r"\b(average|mean)\b|平均", re.IGNORECASE),
    "minimum": re.compile(r"\b(coldest|coolest|lowest|minimum|least|driest)\b|最[冷低干小]", re.IGNORECASE),
    "maximum": re.compile(r"\b(warmest|hottest|highest|maximum|most|dampest)\b|最[热暖高湿大]", re.IGNORECASE),
    "total": re.compile(r"\b(total|altogether|in all|sum|all together)\b|总|一共|合计", re.IGNORECASE),
}
"""Words without which nothing is gathered over several sensors."""
_EXPLAINED = re.compile(
    r"\b(why|how come|who|whom|cause[sd]?|reason|explain|because|what(?:'s| is| has|'ve)? (?:made|making|makes)|how did)\b|为|怎么|怎会|谁|原因|导致|解释|咋",
    re.IGNORECASE,
)
"""Words without which nothing is explained."""
_UNEXPLAINED = ("list", "scene", "button", "calendar", "update", "weather")
TARGET = Selector("light", name="\u0000")
"""Stands where a target will be."""


def targets(scope: Scope, test: Test) -> tuple[Selector, ...]:
    """Who can do it: candidates by name, groups of their kinds, and kinds that need not be named."""
    near = [one for one in scope.entities if passes(one, test)]
    kinds = dict.fromkeys(map(kind_word, near))
    selectors = [scope.index.named(one) for one in near]
    for kind in kinds:
        selectors += _groups(scope, kind, test, [one for one in near if kind_word(one) == kind])
    for kind in scope.index.unnamed:
        if kind not in kinds:
            selectors += _unnamed(scope, kind, test)
    return tuple(selectors)


def _unnamed(scope: Scope, kind: str, test: Test) -> Iterable[Selector]:
    """Those of a kind where the speaker is, and the one it can only be."""
    group = scope.index.group(kind, test)
    if group.count:
        yield Selector(kind)
    if scope.speaker.area in group.areas:
        yield Selector(kind, area=scope.speaker.area)


def _groups(scope: Scope, kind: str, test: Test, near: Sequence[EntityView]) -> list[Selector]:
    """Selectors for several: by area, floor, everywhere, and the bare kind; with exceptions where there is something to except."""
    group = scope.index.group(kind, test)
    areas = [area for area in scope.areas if area in group.areas]
    selectors = [Selector(kind), *(Selector(kind, area=area) for area in areas)]
    selectors += [Selector(kind, floor=floor) for floor in scope.floors if floor in group.floors]
    if group.count > 1:
        selectors.append(Selector(kind, everywhere=True))
    if group.count > 2:
        spared = [*(Selector(kind, area=area) for area in areas), *map(scope.index.named, near)]
        selectors += [Selector(kind, everywhere=True, exceptions=(one,)) for one in spared]
    return selectors


def acts(scope: Scope) -> Iterable[Family]:
    """What devices can do, for everyone who can."""
    for verb in EFFECTS:
        able = targets(scope, ("do", verb))
        if verb in ("activate", "press", "unlatch"):
            able = tuple(one for one in able if one.name or one.id)
        yield Family(t.Do(verb, TARGET), able)
    for test, prop in {**scope.index.unnamed_shapes, **shapes(scope.entities)}.items():
        able = targets(scope, test)
        for statement in _sets(prop):
            yield Family(statement, able)


def _sets(prop: Property) -> Iterable[Statement]:
    if prop.kind == "number":
        low, high = (
            prop.minimum if prop.minimum is not None else -1e5,
            prop.maximum if prop.maximum is not None else 1e5,
        )
        unit = canonical_unit(prop.unit)
        unit = unit if unit in ("%", "C", "F", "K") else ""
        yield t.Set(TARGET, prop.name, Slot(f"number:{unit}:{low}:{high}"))
        if prop.name in RELATIVE_STEPS:
            yield t.Change("raise", TARGET, prop.name)
            yield t.Change("lower", TARGET, prop.name)
            by = Slot(f"number:{unit}:0.1:{max(1.0, min(high - low, 100.0))}")
            yield t.Change("raise", TARGET, prop.name, by)
            yield t.Change("lower", TARGET, prop.name, by)
    elif prop.kind == "bool":
        yield t.Set(TARGET, prop.name, True)
        yield t.Set(TARGET, prop.name, False)
    elif prop.kind == "enum":
        for option in prop.options[:20]:
            yield t.Set(TARGET, prop.name, option)


def media(scope: Scope) -> Iterable[Statement]:
    """What may be played, and where."""
    players = [scope.index.named(one) for one in scope.entities if one.property("play") is not None]
    places = [Selector("media player", area=one) for one in scope.areas if one in scope.index.players]
    for where in (None, *players, *places) if scope.index.plays else ():
        yield t.Play(Slot("text"), None, where)
        for sort in MEDIA:
            yield t.Play(Slot("text"), sort, where)


def lists(scope: Scope) -> Iterable[Statement]:
    """What lists may take, and lists themselves."""
    for entity in scope.entities:
        if entity.entity_class == "list":
            target = scope.index.named(entity)
            for verb in ("add", "remove", "complete"):
                if entity.property(verb) is not None:
                    yield t.EditList(verb, Slot("text"), target)
            yield from (t.AskList(target), t.ClearList(target), t.DropList(target))
    unnamed = Selector("list")
    if scope.index.lists > 1:
        yield from (t.EditList("add", Slot("text"), unnamed), t.AskList(unnamed))
    if scope.index.lists:
        yield from (t.Count(unnamed), t.ClearList(unnamed), t.DropList(unnamed))
    yield t.NewList()
    yield t.NewList(Slot("text"))


def timers(scope: Scope) -> Iterable[Statement]:
    """What timers can do, where the words say how long."""
    if durations(scope.words):
        yield t.StartTimer(Slot("duration"))
        yield t.StartTimer(Slot("duration"), Slot("text"))
    for reference in _timer_references(scope):
        yield t.TimerCommand("cancel", reference)
        yield t.TimerCommand("pause", reference)
        yield t.TimerCommand("resume", reference)
        if durations(scope.words):
            yield t.AdjustTimer("extend", reference, Slot("duration"))
            yield t.AdjustTimer("shorten", reference, Slot("duration"))
    yield t.CancelAllTimers()


def alarms(scope: Scope) -> Iterable[Statement]:
    """What alarms can do, at the times that the words say."""
    times = clock_times(scope.words)
    for time in times:
        yield from (t.SetAlarm(time, day) for day in (None, *ALARM_DAYS))
        yield from (t.SetAlarm(time, day, repeats=True) for day in DAYS)
    for known in dict.fromkeys((*times, *(one.minute_of_day for one in scope.snapshot.alarms))):
        yield t.CancelAlarm(known)
    yield t.CancelAlarm()
    yield t.CancelAllAlarms()
    yield t.AskAlarms()


def _timer_references(scope: Scope) -> list[t.TimerRef]:
    """The timers there are, and those the sentence speaks of: of one that does not exist the person hears that."""
    references = [t.TimerRef(), t.TimerRef(name=Slot("text"))]
    references += [t.TimerRef(started_for=one) for one in durations(scope.words)]
    references += [t.TimerRef(area=one) for one in scope.areas[:4]]
    for timer in scope.snapshot.timers[:10]:
        references.append(t.TimerRef(started_for=Duration(max(1, round(timer.started_for_s)))))
        references += [t.TimerRef(name=timer.name)] if timer.name else []
        references += [t.TimerRef(area=timer.area)] if timer.area else []
    return list(dict.fromkeys(references))


def asks(scope: Scope) -> Iterable[Family]:
    """What can be asked of devices and groups."""
    about: dict[Statement, list[Selector]] = {}
    for entity in scope.entities:
        target = scope.index.named(entity)
        for statement in _questions(entity):
            about.setdefault(statement, []).append(target)
    if _EXPLAINED.search(scope.words):
        able = [one for one in scope.entities if one.entity_class not in _UNEXPLAINED]
        about[t.Why(TARGET)] = [scope.index.named(one) for one in able]
    for kind, group in {ask_kind(one): scope.index.askable(one) for one in scope.entities}.items():
        places = [Selector(kind), *(Selector(kind, area=area) for area in scope.areas if area in group.areas),
                  *(Selector(kind, floor=floor) for floor in scope.floors if floor in group.floors)]  # fmt: skip
        if _COUNTED.search(scope.words):
            about.setdefault(t.Count(TARGET), []).extend(places)
        if _LISTED.search(scope.words):
            about.setdefault(t.Find(TARGET), []).extend(places)
        for word in group.words:
            for asked in (t.Check("any", TARGET, word), t.Check("every", TARGET, word), t.Find(TARGET, word), t.Count(TARGET, word)):  # fmt: skip
                about.setdefault(asked, []).extend(places)
    anything = tuple(Selector("device", area=area) for area in scope.areas)
    if _LISTED.search(scope.words):
        about.setdefault(t.Find(TARGET), []).extend(anything)
    if _COUNTED.search(scope.words):
        about.setdefault(t.Count(TARGET), []).extend(anything)
    kinds = {one.description.kind for one in scope.entities if one.entity_class == "sensor"}
    for kind in [one for one in KINDS if one in kinds]:
        measured = scope.index.measured.get(kind, frozenset())
        places = [Selector(kind, area=area) for area in scope.areas if area in measured]
        about.setdefault(t.AskState(TARGET), []).extend(places)
        if t.Why(TARGET) in about:
            about[t.Why(TARGET)] += places
    gathered = sorted({*kinds, "temperature"} & set(scope.index.measured))
    for function in (one for one, words in GATHERED.items() if words.search(scope.words)):
        over = [Selector(kind, floor=floor) for kind in gathered for floor in (None, *scope.floors)]
        about.setdefault(t.Aggregate(function, TARGET), []).extend(over)
    if "temperature" in scope.index.measured:
        about.setdefault(t.AskState(TARGET), []).append(Selector("temperature"))
    if scope.index.plays:
        places = [Selector("media player", area=area) for area in scope.areas if area in scope.index.players]
        about.setdefault(t.AskState(TARGET, "title"), []).extend((Selector("media player"), *places))
    if scope.index.measuring is not None:
        places = [Selector("climate", area=area) for area in scope.areas if area in scope.index.measuring]
        about.setdefault(t.AskState(TARGET, "current temperature"), []).extend((Selector("climate"), *places))
        if t.Why(TARGET) in about:
            about[t.Why(TARGET)] += [Selector("temperature", area=one.area) for one in places]
    return [Family(statement, tuple(dict.fromkeys(targets))) for statement, targets in about.items()]


def _questions(entity: EntityView) -> Iterable[Statement]:
    """What can be asked of one entity."""
    if entity.entity_class == "list":
        yield t.Count(TARGET)
    if entity.entity_class in ("list", "scene", "button"):
        return
    yield t.AskState(TARGET)
    primary = PRIMARY.get(entity.entity_class)
    for prop in entity.description.properties:
        told = prop.readable and prop.kind in ("number", "enum", "text", "bool") and prop.name in READABLE
        if told and prop.name != primary:
            yield t.AskState(TARGET, prop.name)
    for word in abilities.state_words(entity):
        yield t.Check("is", TARGET, word)


def ask_others(scope: Scope) -> Iterable[Statement]:
    """Questions that have no target."""
    yield t.AskClock("time")
    yield t.AskClock("date")
    if "weather" in scope.index.classes:
        yield t.AskWeather()
        for aspect in ("temperature", "humidity", "wind", "condition"):
            yield t.AskWeather(aspect=aspect)
    if "calendar" in scope.index.classes:
        yield t.AskCalendar()
        for day in WHEN:
            yield t.AskCalendar(day=day)
        for entity in scope.entities:
            if entity.entity_class == "calendar":
                yield t.AskCalendar(calendar=entity.name)
                yield from (t.AskCalendar(calendar=entity.name, day=day) for day in WHEN)
    for reference in _timer_references(scope):
        yield t.AskTimer(reference)
    yield t.Why()


def replies(scope: Scope) -> Iterable[Statement]:
    """What needs nothing of the site; that something is not here, only where not all that is spoken of is."""
    yield t.Clarify()
    if not any(accounted(scope.words, one, scope.snapshot) for one in scope.entities):
        yield t.Refuse("absent")
    yield t.Refuse("impossible")
    yield t.Nothing()
    yield t.Say()
