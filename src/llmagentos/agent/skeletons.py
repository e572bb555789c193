"""Skeletons of sentences joined into an automaton, with the slots that one sentence fills.

A statement is rendered once with a stand-in for its target; targets, rendered once each, take its place.
"""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from llmagentos.agent.clock_times import clock_times
from llmagentos.agent.offered import TARGET, Family, Scope
from llmagentos.agent.orders.offered import Waited, speaks_of_limit
from llmagentos.agent.quantities import durations, numbers, words_of
from llmagentos.language import Program, Selector, Slot, Statement, render_pieces
from llmagentos.language import tree as t
from llmagentos.language.automaton import Automaton, Builder
from llmagentos.language.units import Quantity
from llmagentos.language.vocabulary import ALARM_DAYS

MOST_TIMES = 5
"""In a limit: "twice a day"."""
LONGEST_TEXT = 8
"""Words in a quoted text: list items and titles are shorter."""
_LEVEL = re.compile(
    r"\b(max\w*|full\w*|half\w*|mid\w*|min\w*|low\w*|high\w*|top|bottom|most|least|all the way|complete\w*|fully|entire\w*|whole|quarter|third|\w{3,}est"
    r"|percent|hundred|as \w+ as|power|speed|blast|zero|wide|gear|level|setting|nothing)\b|[最半全满整高中低档极]|到底|到顶|百分|成", re.IGNORECASE,
)  # fmt: skip
"""Words for how much that are no number."""
_GRID = (0, 1, *range(10, 101, 10))


class Skeletons:
    """The builder with the slots of one sentence."""

    def __init__(self, scope: Scope, *, orders: bool = False, supposed: bool = False) -> None:
        self._builder = Builder()
        self._scope = scope
        self._text = words_of(scope.words)
        self._durations = durations(scope.words)
        times = clock_times(scope.words)
        self._later = self._builder.node() if (self._durations or times or orders) and not supposed else None
        self._supposed = self._builder.path(self._builder.start, [" what", " if"]) if supposed else None
        self._values: dict[str, tuple[str, ...]] = {}
        self._after_value = self._builder.node()
        self._end([self._after_value])
        for duration in self._durations if self._later is not None else ():
            node = self._builder.step(self._builder.start, " after")
            self._builder.step(self._builder.step(node, f" {duration}"), ":", self._later)
        for minute in times if self._later is not None else ():
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

    def add_orders(self, waited: Sequence[Waited]) -> None:
        """Standing orders: a trigger, how long it lasts, a condition, an end, a limit, and what may be done later too."""
        assert self._later is not None
        builder = self._builder
        waited = [
            one
            for one in waited
            if self._fillable(sum(condition_pieces(one.condition, targeted=bool(one.targets)), ()))
        ]
        if not waited:
            return
        trigger, lasted, condition = builder.step(builder.start, " when"), builder.node(), builder.node()
        waiting, allowed, ended = builder.node(), builder.node(), builder.node()
        for start, end in ((trigger, waiting), (condition, allowed)):
            for one in waited:
                if start == trigger or not isinstance(
                    one.condition, t.Clock | t.Sun | t.Silence
                ):  # moments are waited for
                    self._add_condition(start, one, end)
            builder.step(end, " and", start)
            builder.step(end, " or", start)
        until = builder.node()
        for one in waited:
            self._add_condition(until, one, ended)
        for duration in self._durations:
            builder.step(builder.step(waiting, " for"), f" {duration}", lasted)
        for node in (waiting, lasted):
            builder.step(node, " if", condition)
        for node in (waiting, lasted, allowed):
            builder.step(node, " until", until)
        for node in (waiting, lasted, allowed, ended):
            builder.step(node, ":", self._later)
        for node in (self._later, builder.start):  # the first act of an order, and those after it
            self._end([builder.path(node, [" notify", " owner"])])
        if not speaks_of_limit(self._scope.words):
            return
        limited = builder.node()
        for node in (waiting, lasted, allowed, ended):
            builder.step(node, " at", limited)
        for span in dict.fromkeys((*map(str, self._durations), "1 h", "1 d", "7 d")):
            for times in range(1, MOST_TIMES + 1):
                builder.step(builder.path(limited, [" most", f" {times}", " per", f" {span}"]), ":", self._later)

    def _add_condition(self, start: int, waited: Waited, end: int) -> None:
        head, tail = condition_pieces(waited.condition, targeted=bool(waited.targets))
        for target in waited.targets or (None,):
            pieces = (*head, *(selector_pieces(target) if target is not None else ()), *tail)
            nodes = self._path([start], pieces[:-1])
            last = [pieces[-1]] if isinstance(pieces[-1], str) else list(self._pieces_of(pieces[-1]))
            for node in nodes:
                for piece in last:
                    self._builder.step(node, piece, end)

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
        """Where a statement may begin: what is only supposed is not done."""
        if act and self._supposed is not None:
            return [self._supposed]
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
def condition_pieces(
    condition: t.Condition, *, targeted: bool
) -> tuple[tuple[str | Slot, ...], tuple[str | Slot, ...]]:
    """The pieces of a condition, before and after its target."""
    order = t.Order(t.AnyOf((t.AllOf((condition,)),)), None, None, None, None, (t.CancelAllTimers(),))
    pieces = _pieces(order)[1:]
    pieces = pieces[: len(pieces) - 1 - pieces[::-1].index(":")]
    if not targeted:
        return pieces, ()
    stand_in = selector_pieces(TARGET)
    at = next(n for n in range(len(pieces)) if pieces[n : n + len(stand_in)] == stand_in)
    return pieces[:at], pieces[at + len(stand_in) :]


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
