"""Every sentence that is legal for this utterance on this site, as an automaton.

Each skeleton is rendered by the one grammar, so what the model can say is what the parser accepts; a verb is offered
only for entities that can do it, a property only where it can be set. Slots are filled with what the sentence offers.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from llmagentos.agent import abilities
from llmagentos.agent.ports import About
from llmagentos.agent.quantities import durations, numbers, words_of
from llmagentos.language import Program, Selector, Slot, Statement, render_pieces
from llmagentos.language import tree as t
from llmagentos.language.automaton import Automaton, Builder
from llmagentos.language.units import Duration, Quantity, canonical_unit
from llmagentos.language.vocabulary import COVER_KINDS, EFFECTS, KINDS, MEDIA, PRIMARY, READABLE, RELATIVE_STEPS
from llmagentos.messages.records import Property
from llmagentos.messages.snapshot import EntityView, Snapshot, Speaker

LONGEST_TEXT = 8
"""Words in a quoted text: list items and titles are shorter."""
_GRID = tuple(range(0, 101, 10))


@dataclass(frozen=True, slots=True)
class Scope:
    """What the sentence can be about."""

    words: str
    snapshot: Snapshot
    speaker: Speaker
    entities: tuple[EntityView, ...]
    areas: tuple[str, ...]


def legal(words: str, snapshot: Snapshot, speaker: Speaker, about: About) -> Automaton:
    """The automaton of all legal sentences for these words."""
    scope = Scope(words, snapshot, speaker, about.entities, about.areas)
    grammar = _Grammar(scope)
    for statement in (*_acts(scope), *_timers(scope)):
        grammar.add(statement, act=True)
    for statement in (*_asks(scope), *_replies()):
        grammar.add(statement, act=False)
    return grammar.build()


class _Grammar:
    """The builder with the slots of one sentence."""

    def __init__(self, scope: Scope) -> None:
        self._builder = Builder()
        self._scope = scope
        self._text = words_of(scope.words)
        self._durations = durations(scope.words)
        self._delayed = self._builder.node() if self._durations else None
        if self._delayed is not None:
            node = self._builder.step(self._builder.start, " after")
            for duration in self._durations:
                self._builder.step(self._builder.step(node, f" {duration}"), ":", self._delayed)

    def add(self, statement: Statement, *, act: bool) -> None:
        pieces = _pieces(Program((statement,)))
        starts = [self._builder.start] + ([self._delayed] if act and self._delayed is not None else [])
        for start in starts:
            ends = [start]
            for piece in pieces:
                ends = [end for node in ends for end in self._follow(node, piece)]
            for end in ends:
                self._builder.accept(end)
                self._builder.loop(end, ";")

    def _follow(self, node: int, piece: str | Slot) -> list[int]:
        if isinstance(piece, str):
            return [self._builder.step(node, piece)]
        if piece.kind == "text":
            return [self._builder.span(node, self._text, LONGEST_TEXT)] if self._text else []
        values: Iterable[str] = (
            map(str, self._durations) if piece.kind == "duration" else _slot_values(piece.kind, self._scope.words)
        )
        return [self._builder.step(node, f" {value}") for value in values]

    def build(self) -> Automaton:
        return self._builder.build()


def text_pieces(program: Program) -> tuple[str, ...]:
    """A sentence in the pieces that the automaton has it in."""
    return tuple(one for one in _pieces(program) if isinstance(one, str))


def _pieces(program: Program) -> list[str | Slot]:
    pieces = render_pieces(program)
    return [f" {one}" if index == 0 and isinstance(one, str) else one for index, one in enumerate(pieces)]


def _slot_values(kind: str, words: str) -> list[str]:
    """Values of a number slot, written `number:unit:low:high`: what the sentence says, else a grid of percent."""
    _, unit, low, high = kind.split(":")
    said = [one for one in numbers(words) if float(low) <= one <= float(high)]
    grid = [float(one) for one in _GRID] if unit == "%" and not said else []
    ends = [float(low), float(high)] if unit == "%" else []
    return list(dict.fromkeys(str(Quantity(one, unit)) for one in (*said, *grid, *ends)))


def kind_word(entity: EntityView) -> str:
    """What a selector calls it: a cover by what it covers, a sensor by what it measures, others by class."""
    kind = entity.description.kind
    if entity.entity_class == "cover" and kind in COVER_KINDS:
        return kind
    return entity.entity_class


def named(entity: EntityView, snapshot: Snapshot) -> Selector:
    """The shortest selector that means this entity alone."""
    kind = kind_word(entity)
    twins = [one for one in snapshot.entities.values() if kind_word(one) == kind and one.called(entity.name)]
    if len(twins) == 1:
        return Selector(kind, name=entity.name)
    if entity.area and sum(one.area == entity.area for one in twins) == 1:
        return Selector(kind, name=entity.name, area=entity.area)
    return Selector(kind, id=entity.id)


def _groups(scope: Scope, able: Sequence[EntityView]) -> list[Selector]:
    """Selectors for several: by area, floor, everywhere, and the bare kind; with exceptions where there is something to except."""
    selectors: list[Selector] = []
    for kind in dict.fromkeys(kind_word(one) for one in able):
        of_kind = [one for one in able if kind_word(one) == kind]
        areas = [area for area in scope.areas if any(one.area == area for one in of_kind)]
        selectors += [Selector(kind), *(Selector(kind, area=area) for area in areas)]
        selectors += [
            Selector(kind, floor=floor) for floor in scope.snapshot.floors if any(one.floor == floor for one in of_kind)
        ]
        if len(of_kind) > 1:
            selectors.append(Selector(kind, everywhere=True))
        if len(of_kind) > 2:
            spared = [Selector(kind, area=area) for area in areas] + [
                named(one, scope.snapshot) for one in of_kind if one in scope.entities
            ]
            selectors += [Selector(kind, everywhere=True, exceptions=(one,)) for one in spared]
    return selectors


def _targets(scope: Scope, able: Sequence[EntityView]) -> list[Selector]:
    near = [one for one in scope.entities if one in able]
    return [*(named(one, scope.snapshot) for one in near), *_groups(scope, able)] if near else []


def _concerned(scope: Scope) -> list[EntityView]:
    """All entities of a kind that any candidate has: groups reach beyond the candidates."""
    kinds = {kind_word(one) for one in scope.entities}
    return [
        one
        for one in scope.snapshot.entities.values()
        if kind_word(one) in kinds and (not one.description.diagnostic or one in scope.entities)
    ]


def _acts(scope: Scope) -> Iterable[Statement]:
    concerned = _concerned(scope)
    for verb in EFFECTS:
        able = [one for one in concerned if abilities.effect_of(verb, one) is not None]
        for target in _targets(scope, able):
            if verb not in ("activate", "press", "unlatch") or target.name or target.id:
                yield t.Do(verb, target)
    shapes: dict[tuple[str, str], tuple[Property, list[EntityView]]] = {}
    for entity in concerned:
        for prop in abilities.settable(entity):
            shapes.setdefault((prop.name, prop.unit), (prop, []))[1].append(entity)
    for prop, able in shapes.values():
        for target in _targets(scope, able):
            yield from _sets(target, prop)
    yield from _media_and_lists(scope)


def _sets(target: Selector, prop: Property) -> Iterable[Statement]:
    if prop.kind == "number":
        low, high = (
            prop.minimum if prop.minimum is not None else -1e5,
            prop.maximum if prop.maximum is not None else 1e5,
        )
        unit = canonical_unit(prop.unit)
        unit = unit if unit in ("%", "C", "F", "K") else ""
        yield t.Set(target, prop.name, Slot(f"number:{unit}:{low}:{high}"))
        if prop.name in RELATIVE_STEPS:
            yield t.Change("raise", target, prop.name)
            yield t.Change("lower", target, prop.name)
            by = Slot(f"number:{unit}:0.1:{max(1.0, min(high - low, 100.0))}")
            yield t.Change("raise", target, prop.name, by)
            yield t.Change("lower", target, prop.name, by)
    elif prop.kind == "bool":
        yield t.Set(target, prop.name, True)
        yield t.Set(target, prop.name, False)
    elif prop.kind == "enum":
        for option in prop.options[:20]:
            yield t.Set(target, prop.name, option)


def _media_and_lists(scope: Scope) -> Iterable[Statement]:
    players: list[Selector] = []
    for entity in scope.entities:
        target = named(entity, scope.snapshot)
        if entity.entity_class == "list":
            for verb in ("add", "remove", "complete"):
                if entity.property(verb) is not None:
                    yield t.EditList(verb, Slot("text"), target)
        if entity.property("play") is not None:
            players.append(target)
    areas = [
        one.area
        for one in scope.snapshot.entities.values()
        if one.area in scope.areas and one.property("play") is not None
    ]
    places = [Selector("media player", area=one) for one in dict.fromkeys(areas)]
    for where in (None, *players, *places) if players else ():
        yield t.Play(Slot("text"), None, where)
        for media in MEDIA:
            yield t.Play(Slot("text"), media, where)


def _timers(scope: Scope) -> Iterable[Statement]:
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


def _asks(scope: Scope) -> Iterable[Statement]:
    for entity in scope.entities:
        target = named(entity, scope.snapshot)
        if entity.entity_class == "list":
            yield t.AskList(target)
            yield t.Count(target)
            continue
        if entity.entity_class in ("scene", "button"):
            continue
        yield t.AskState(target)
        primary = PRIMARY.get(entity.entity_class)
        for prop in entity.description.properties:
            if (
                prop.readable
                and prop.name != primary
                and prop.kind in ("number", "enum", "text", "bool")
                and prop.name in READABLE
            ):
                yield t.AskState(target, prop.name)
        for word in abilities.state_words(entity):
            yield t.Check("is", target, word)
    yield from _ask_groups(scope)
    yield t.AskClock("time")
    yield t.AskClock("date")
    if any(one.entity_class == "weather" for one in scope.snapshot.entities.values()):
        yield t.AskWeather()
        for aspect in ("temperature", "humidity", "wind", "condition"):
            yield t.AskWeather(aspect=aspect)
    if any(one.entity_class == "calendar" for one in scope.snapshot.entities.values()):
        yield t.AskCalendar()
        for day in ("today", "tomorrow"):
            yield t.AskCalendar(day=day)
    for reference in _timer_references(scope):
        yield t.AskTimer(reference)
    yield t.Why()


def _ask_groups(scope: Scope) -> Iterable[Statement]:
    concerned = [one for one in _concerned(scope) if abilities.state_words(one)]
    for kind in dict.fromkeys(_ask_kind(one) for one in concerned):
        of_kind = [one for one in concerned if _ask_kind(one) == kind]
        words = dict.fromkeys(word for one in of_kind for word in abilities.state_words(one))
        places = [Selector(kind), *(Selector(kind, area=area) for area in scope.areas if any(one.area == area for one in of_kind)),
                  *(Selector(kind, floor=floor) for floor in scope.snapshot.floors if any(one.floor == floor for one in of_kind))]  # fmt: skip
        for target in places:
            for word in words:
                yield t.Check("any", target, word)
                yield t.Check("every", target, word)
                yield t.Find(target, word)
                yield t.Count(target, word)
    measured = [
        one for one in scope.snapshot.entities.values() if one.entity_class == "sensor" and one.description.kind
    ]
    kinds = {one.description.kind for one in scope.entities if one.entity_class == "sensor"}
    for kind in [one for one in KINDS if one in kinds]:
        for area in scope.areas:
            if any(one.area == area and one.description.kind == kind for one in measured):
                yield t.AskState(Selector(kind, area=area))
    measuring = [one for one in scope.snapshot.entities.values() if one.property("current temperature")]
    if measuring:
        yield t.AskState(Selector("climate"), "current temperature")
    for area in scope.areas:
        if any(one.area == area for one in measuring):
            yield t.AskState(Selector("climate", area=area), "current temperature")


def _ask_kind(entity: EntityView) -> str:
    kind = entity.description.kind
    return kind if entity.entity_class == "binary sensor" and kind in KINDS else kind_word(entity)


def _replies() -> Iterable[Statement]:
    yield t.Clarify()
    yield t.Refuse("absent")
    yield t.Refuse("impossible")
    yield t.Nothing()
    yield t.Say()
