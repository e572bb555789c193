"""Every sentence that is legal for this utterance on this site, as an automaton.

Each skeleton is rendered by the one grammar, so what the model can say is what the parser accepts; a verb is offered
only for entities that can do it, a property only where it can be set. Slots are filled with what the sentence offers.
A statement is rendered once with a stand-in for its target; targets, rendered once each, take its place.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from itertools import chain

from llmagentos.agent import offered
from llmagentos.agent.clock_times import clock_times
from llmagentos.agent.offered import TARGET, Family, Scope
from llmagentos.agent.ports import About
from llmagentos.agent.quantities import durations, numbers, words_of
from llmagentos.agent.site_index import SiteIndex
from llmagentos.language import Program, Selector, Slot, Statement, render_pieces
from llmagentos.language import tree as t
from llmagentos.language.automaton import Automaton, Builder
from llmagentos.language.units import Quantity
from llmagentos.language.vocabulary import ALARM_DAYS
from llmagentos.messages.snapshot import Snapshot, Speaker

LONGEST_TEXT = 8
"""Words in a quoted text: list items and titles are shorter."""
_LEVEL = re.compile(
    r"\b(max\w*|full\w*|half\w*|mid\w*|min\w*|low\w*|high\w*|top|bottom|most|least|all the way|complete\w*|fully|entire\w*|whole|quarter|third|\w{3,}est"
    r"|percent|hundred|as \w+ as|power|speed|blast|zero|wide|gear|level|setting|nothing)\b|[最半全满整高中低档极]|到底|到顶|百分|成", re.IGNORECASE,
)  # fmt: skip
"""Words for how much that are no number."""
_GRID = (0, 1, *range(10, 101, 10))


def legal(words: str, snapshot: Snapshot, speaker: Speaker, about: About, index: SiteIndex) -> Automaton:
    """The automaton of all legal sentences for these words. The index is one of the snapshot's structure."""
    scope = Scope(words, snapshot, speaker, about.entities, about.areas, index)
    grammar = _Grammar(scope)
    for family in offered.acts(scope):
        grammar.add_family(family, act=True)
    for family in offered.asks(scope):
        grammar.add_family(family, act=False)
    for statement in (*offered.media(scope), *offered.timers(scope)):
        grammar.add(statement, act=True)
    others = (offered.lists(scope), offered.ask_others(scope), offered.alarms(scope), offered.replies())
    for statement in chain.from_iterable(others):
        grammar.add(statement, act=False)
    return grammar.build()


class _Grammar:
    """The builder with the slots of one sentence."""

    def __init__(self, scope: Scope) -> None:
        self._builder = Builder()
        self._scope = scope
        self._text = words_of(scope.words)
        self._durations = durations(scope.words)
        times = clock_times(scope.words)
        self._later = self._builder.node() if self._durations or times else None
        self._values: dict[str, tuple[str, ...]] = {}
        self._after_value = self._builder.node()
        self._end([self._after_value])
        for duration in self._durations:
            node = self._builder.step(self._builder.start, " after")
            self._builder.step(self._builder.step(node, f" {duration}"), ":", self._later)
        for minute in times:
            at = self._builder.step(
                self._builder.step(self._builder.start, " at"), f" {minute // 60:02}:{minute % 60:02}"
            )
            self._builder.step(at, ":", self._later)
            for day in ALARM_DAYS:
                self._builder.step(self._builder.step(self._builder.step(at, " on"), f" {day}"), ":", self._later)

    def add(self, statement: Statement, *, act: bool) -> None:
        """One statement; none where the sentence offers nothing for a slot of it."""
        if not self._fillable(_pieces(statement)):
            return
        for start in self._starts(act):
            self._end(self._path([start], _pieces(statement)))

    def add_family(self, family: Family, *, act: bool) -> None:
        """A statement for each target."""
        head, tail = _around_target(family.statement)
        value = tail[-1] if tail and isinstance(tail[-1], Slot) else None
        if not family.targets or not self._fillable((*head, *tail)):
            return
        for start in self._starts(act):
            begun = self._path([start], head)
            for target in family.targets:
                ends = self._path(self._path(begun, selector_pieces(target)), tail if value is None else tail[:-1])
                if value is None:
                    self._end(ends)
                else:
                    self._end_with(ends, value)

    def _fillable(self, pieces: Iterable[str | Slot]) -> bool:
        """Whether every slot has something to stand in it: a beginning without an end must not be in the automaton."""
        slots = [one for one in pieces if isinstance(one, Slot)]
        return all(self._text if one.kind == "text" else self._pieces_of(one) for one in slots)

    def _end_with(self, nodes: list[int], value: Slot) -> None:
        """All values of a slot lead to one end."""
        for node in nodes:
            for piece in self._pieces_of(value):
                self._builder.step(node, piece, self._after_value)

    def _starts(self, act: bool) -> list[int]:
        return [self._builder.start, self._later] if act and self._later is not None else [self._builder.start]

    def _path(self, nodes: list[int], pieces: Iterable[str | Slot]) -> list[int]:
        for piece in pieces:
            nodes = [end for node in nodes for end in self._follow(node, piece)]
        return nodes

    def _end(self, nodes: list[int]) -> None:
        for node in nodes:
            self._builder.accept(node)
            self._builder.loop(node, ";")

    def _follow(self, node: int, piece: str | Slot) -> list[int]:
        if isinstance(piece, str):
            return [self._builder.step(node, piece)]
        if piece.kind == "text":
            return [self._builder.span(node, self._text, LONGEST_TEXT)] if self._text else []
        return [self._builder.step(node, value) for value in self._pieces_of(piece)]

    def _pieces_of(self, slot: Slot) -> tuple[str, ...]:
        """What may stand in a slot of numbers or durations."""
        if slot.kind not in self._values:
            values = self._durations if slot.kind == "duration" else _slot_values(slot.kind, self._scope.words)
            self._values[slot.kind] = tuple(f" {value}" for value in values)
        return self._values[slot.kind]

    def build(self) -> Automaton:
        return self._builder.build()


@lru_cache(maxsize=20_000)
def selector_pieces(selector: Selector) -> tuple[str, ...]:
    """A selector in the pieces that the automaton has it in."""
    return tuple(one for one in _pieces(t.AskState(selector))[1:] if isinstance(one, str))


def text_pieces(program: Program) -> tuple[str, ...]:
    """A sentence in the pieces that the automaton has it in."""
    return tuple(one for one in _rendered(program) if isinstance(one, str))


@lru_cache(maxsize=5_000)
def _pieces(statement: Statement) -> tuple[str | Slot, ...]:
    return _rendered(Program((statement,)))


@lru_cache(maxsize=5_000)
def _around_target(statement: Statement) -> tuple[tuple[str | Slot, ...], tuple[str | Slot, ...]]:
    """The pieces before and after the target."""
    pieces, stand_in = _pieces(statement), selector_pieces(TARGET)
    at = next(n for n in range(len(pieces)) if pieces[n : n + len(stand_in)] == stand_in)
    return pieces[:at], pieces[at + len(stand_in) :]


def _rendered(program: Program) -> tuple[str | Slot, ...]:
    pieces = render_pieces(program)
    return tuple(f" {one}" if index == 0 and isinstance(one, str) else one for index, one in enumerate(pieces))


def _slot_values(kind: str, words: str) -> list[str]:
    """Values of a number slot, written `number:unit:low:high`: what the sentence says, else, where it speaks of a level, a grid
    of percent; then the ends of the range too, unless something was said in another unit. A number beyond the range is offered where it was said in that
    unit and nothing within was: the person then hears what the range is.
    """
    _, unit, low, high = kind.split(":")
    fitting = numbers(words, unit)
    said = [one for one in fitting if float(low) <= one <= float(high)]
    if not said and unit in ("C", "F", "K"):
        said = [one for one in fitting if one in numbers(words, unit, marked=True)]
    level = unit == "%" and _LEVEL.search(words) is not None
    grid = [float(one) for one in _GRID] if level and not numbers(words) else []
    ends = [float(low), float(high)] if level and len(fitting) == len(numbers(words)) else []
    return list(dict.fromkeys(str(Quantity(one, unit)) for one in (*said, *grid, *ends)))
