"""Invertible grammar rules: each rule reads tokens into a value and shows a value as pieces of text.

One definition serves the parser, the renderer and (through `Slot`) the decoder, so they cannot disagree. After
Rendel and Ostermann, "Invertible syntax descriptions" (Haskell 2010), with backtracking generators for reading.
"""

from collections.abc import Iterator, Sequence
from dataclasses import MISSING, dataclass, fields
from typing import Any, Protocol, TypeAlias

from llmagentos.language.lexer import GrammarError, Token, quote
from llmagentos.language.units import DURATION_UNITS, UNITS, Duration, Quantity, number_text

__all__ = ["Alternatives", "Form", "GrammarError", "Literal", "Many", "Piece", "Rule", "Slot"]

MAX_DEPTH = 20
"""Forms within forms, as in tasks of tasks; more is refused rather than recursed into."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A hole in a tree, where the decoder offers the values of this sentence: kinds such as "percent" or "text"."""

    kind: str


Piece: TypeAlias = str | Slot
Reading: TypeAlias = Iterator[tuple[Any, int]]


class Reader:
    """Tokens with the farthest point that any rule reached, for the message when none matches."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self.tokens = tokens
        self._depth = 0
        self._known: dict[tuple[int, int], list[tuple[Any, int]]] = {}
        self._farthest = 0
        self._expected: set[str] = set()

    def at(self, position: int) -> Token:
        """The token there; the last one is always of kind "end"."""
        return self.tokens[min(position, len(self.tokens) - 1)]

    def readings(self, form: "Form", position: int) -> list[tuple[Any, int]]:
        """All readings of a form there, computed once (packrat): backtracking stays polynomial, nesting bounded."""
        key = (id(form), position)
        if key not in self._known:
            if self._depth >= MAX_DEPTH:
                raise GrammarError(f"nested more than {MAX_DEPTH} deep", self.at(position).position)
            self._depth += 1
            self._known[key] = list(form.read_anew(self, position))
            self._depth -= 1
        return self._known[key]

    def miss(self, position: int, expected: str) -> None:
        """A rule wanted `expected` there."""
        if position > self._farthest:
            self._farthest, self._expected = position, set()
        if position == self._farthest:
            self._expected.add(expected)

    def error(self) -> GrammarError:
        """What to tell a person who typed this."""
        token = self.at(self._farthest)
        found = "the end" if token.kind == "end" else repr(token.text)
        options = sorted(self._expected)
        shown = ", ".join(options[:12]) + (", ..." if len(options) > 12 else "")
        return GrammarError(
            f"at {found} (character {token.position + 1}): expected {shown or 'the end'}", token.position
        )


class Rule(Protocol):
    """What can be read and shown."""

    def read(self, reader: Reader, position: int) -> Reading:
        """All ways to read a value from there, the preferred first, each with the position after it."""
        ...

    def show(self, value: Any) -> list[Piece] | None:
        """The pieces of a value, None if the value is not of this rule."""
        ...


class Literal:
    """Fixed words and symbols; its value is the phrase itself."""

    def __init__(self, phrase: str) -> None:
        self.phrase = phrase
        self.words = phrase.split()

    def read(self, reader: Reader, position: int) -> Reading:
        for offset, word in enumerate(self.words):
            token = reader.at(position + offset)
            if token.kind not in ("word", "symbol") or token.text != word:
                reader.miss(position + offset, f"`{self.phrase}`" if offset == 0 else f"`{word}`")
                return
        yield self.phrase, position + len(self.words)

    def show(self, value: Any) -> list[Piece] | None:
        return [self.phrase] if value == self.phrase else None


class Words:
    """One phrase of a closed list; longer phrases are tried first. `values` maps phrases to what they stand for."""

    def __init__(self, phrases: Sequence[str], values: dict[str, Any] | None = None, *, slots: bool = False) -> None:
        self._values = values or {phrase: phrase for phrase in phrases}
        self._phrases = {value: phrase for phrase, value in self._values.items()}
        self._literals = [Literal(one) for one in sorted(self._values, key=lambda one: -len(one.split()))]
        self._slots = slots

    def read(self, reader: Reader, position: int) -> Reading:
        for literal in self._literals:
            for phrase, end in literal.read(reader, position):
                yield self._values[phrase], end

    def show(self, value: Any) -> list[Piece] | None:
        if isinstance(value, Slot):
            return [value] if self._slots else None
        try:
            phrase = self._phrases.get(value)
        except TypeError:  # an unhashable value is no phrase
            return None
        return None if phrase is None else [phrase]


class Quoted:
    """A string literal."""

    def read(self, reader: Reader, position: int) -> Reading:
        token = reader.at(position)
        if token.kind == "string":
            yield token.text, position + 1
        else:
            reader.miss(position, "a quoted text")

    def show(self, value: Any) -> list[Piece] | None:
        if isinstance(value, Slot):
            return [value]
        return [quote(value)] if isinstance(value, str) else None


class Identifier:
    """`#id`, a stable id of an entity or a record."""

    def read(self, reader: Reader, position: int) -> Reading:
        token = reader.at(position)
        if token.kind == "id":
            yield token.text, position + 1
        else:
            reader.miss(position, "`#id`")

    def show(self, value: Any) -> list[Piece] | None:
        return [f"#{value}"] if isinstance(value, str) else None


class Amount:
    """A Quantity."""

    def read(self, reader: Reader, position: int) -> Reading:
        token = reader.at(position)
        if token.kind != "number":
            reader.miss(position, "a number")
            return
        unit = reader.at(position + 1)
        if unit.kind in ("word", "symbol") and unit.text in UNITS:
            yield Quantity(float(token.text), unit.text), position + 2
        yield Quantity(float(token.text)), position + 1

    def show(self, value: Any) -> list[Piece] | None:
        if isinstance(value, Slot):
            return [value]
        return [str(value)] if isinstance(value, Quantity) else None


class Count:
    """A whole number of at least one, without a unit."""

    def read(self, reader: Reader, position: int) -> Reading:
        token = reader.at(position)
        if token.kind == "number" and token.text.isdigit() and int(token.text) >= 1:
            yield int(token.text), position + 1
        else:
            reader.miss(position, "a whole number")

    def show(self, value: Any) -> list[Piece] | None:
        return [number_text(value)] if isinstance(value, int) and not isinstance(value, bool) else None


class Span:
    """A Duration: its units in falling order, each at most once."""

    def read(self, reader: Reader, position: int) -> Reading:
        seconds, units, end = 0, [unit for unit, _ in DURATION_UNITS], position
        while (
            reader.at(end).kind == "number"
            and reader.at(end).text.isdigit()
            and len(reader.at(end).text) < 8
            and reader.at(end + 1).text in units
        ):
            unit = reader.at(end + 1).text
            seconds += int(reader.at(end).text) * dict(DURATION_UNITS)[unit]
            units = units[units.index(unit) + 1 :]
            end += 2
        if seconds:
            yield Duration(seconds), end
        else:
            reader.miss(position, "a duration such as `10 min`")

    def show(self, value: Any) -> list[Piece] | None:
        if isinstance(value, Slot):
            return [value]
        return [str(value)] if isinstance(value, Duration) else None


class TimeOfDay:
    """`hh:mm`, as minutes since midnight."""

    def read(self, reader: Reader, position: int) -> Reading:
        token = reader.at(position)
        if token.kind == "clock" and token.text < "24:00" and token.text[3:] < "60":
            yield int(token.text[:2]) * 60 + int(token.text[3:]), position + 1
        else:
            reader.miss(position, "a time such as `18:30`")

    def show(self, value: Any) -> list[Piece] | None:
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 1440:
            return None
        return [f"{value // 60:02}:{value % 60:02}"]


@dataclass(frozen=True)
class Part:
    """A field of a form. `marks` stand before it; an optional part is absent when the field has its default."""

    name: str
    rule: Rule
    marks: str = ""
    after: str = ""
    optional: bool = False


class Form:
    """A dataclass: literals and fields in order. Fields that no part names keep their defaults."""

    def __init__(self, cls: type[Any], *parts: str | Part, **fixed: Any) -> None:
        self.cls = cls
        self._fixed = fixed
        self._parts: list[Literal | Part] = [Literal(one) if isinstance(one, str) else one for one in parts]
        self._defaults = {one.name: None if one.default is MISSING else one.default for one in fields(cls)}
        self._named = {one.name for one in self._parts if isinstance(one, Part)} | set(fixed)

    def read(self, reader: Reader, position: int) -> Reading:
        yield from reader.readings(self, position)

    def read_anew(self, reader: Reader, position: int) -> Reading:
        """What `Reader.readings` remembers."""
        for values, end in self._read_parts(reader, position, 0):
            yield self.cls(**{**self._defaults, **self._fixed, **values}), end

    def _read_parts(self, reader: Reader, position: int, index: int) -> Iterator[tuple[dict[str, Any], int]]:
        if index == len(self._parts):
            yield {}, position
            return
        for values, after in _read_part(self._parts[index], reader, position):
            for rest, end in self._read_parts(reader, after, index + 1):
                yield {**values, **rest}, end

    def show(self, value: Any) -> list[Piece] | None:
        if not isinstance(value, self.cls) or any(
            getattr(value, name) != self._fixed.get(name, default)
            for name, default in self._defaults.items()
            if name not in self._named or name in self._fixed
        ):
            return None
        pieces: list[Piece] = []
        for part in self._parts:
            shown = part.show(part.phrase) if isinstance(part, Literal) else self._show_part(part, value)
            if shown is None:
                return None
            pieces += shown
        return pieces

    def _show_part(self, part: Part, value: Any) -> list[Piece] | None:
        inner = getattr(value, part.name)
        if part.optional and inner == self._defaults[part.name]:
            return []
        shown = part.rule.show(inner)
        if shown is None:
            return None
        return [*([part.marks] if part.marks else []), *shown, *([part.after] if part.after else [])]


def _read_part(part: Literal | Part, reader: Reader, position: int) -> Iterator[tuple[dict[str, Any], int]]:
    if isinstance(part, Literal):
        yield from (({}, end) for _, end in part.read(reader, position))
        return
    starts = Literal(part.marks).read(reader, position) if part.marks else iter([("", position)])
    for _, start in starts:
        for value, middle in part.rule.read(reader, start):
            ends = Literal(part.after).read(reader, middle) if part.after else iter([("", middle)])
            yield from (({part.name: value}, end) for _, end in ends)
    if part.optional:
        yield {}, position


class Alternatives:
    """The first rule that fits, the others on backtracking. Rules may be added later: grammars are recursive."""

    def __init__(self, *rules: Rule) -> None:
        self.rules = list(rules)

    def read(self, reader: Reader, position: int) -> Reading:
        for rule in self.rules:
            yield from rule.read(reader, position)

    def show(self, value: Any) -> list[Piece] | None:
        for rule in self.rules:
            shown = rule.show(value)
            if shown is not None:
                return shown
        return None


class Many:
    """A tuple of one or more, with a separator; read as far as it goes."""

    def __init__(self, rule: Rule, separator: str = ",", limit: int = 64) -> None:
        self.rule, self.separator, self.limit = rule, separator, limit

    def read(self, reader: Reader, position: int) -> Reading:
        yield from self._read(reader, position, ())

    def _read(self, reader: Reader, position: int, before: tuple[Any, ...]) -> Reading:
        if len(before) >= self.limit:
            raise GrammarError(
                f"more than {self.limit} of these in one sentence; give them in several", reader.at(position).position
            )
        for value, end in self.rule.read(reader, position):
            so_far = (*before, value)
            for _, after in Literal(self.separator).read(reader, end) if self.separator else iter([("", end)]):
                yield from self._read(reader, after, so_far)
            yield so_far, end

    def show(self, value: Any) -> list[Piece] | None:
        if not isinstance(value, tuple) or not value:
            return None
        pieces: list[Piece] = []
        for index, one in enumerate(value):
            shown = self.rule.show(one)
            if shown is None:
                return None
            pieces += [self.separator] if index and self.separator else []
            pieces += shown
        return pieces
