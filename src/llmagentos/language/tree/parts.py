"""What sentences are made of: which things are meant, and values."""

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from typing import TypeAlias

from llmagentos.language.grammar import Slot
from llmagentos.language.units import Quantity


@dataclass(frozen=True, slots=True)
class Open:
    """What a wish leaves open, `?`: the person is asked for it."""


OPEN = Open()
Text: TypeAlias = str | Slot
Value: TypeAlias = Quantity | str | bool | Slot | Open


@dataclass(frozen=True, slots=True)
class Selector:
    """Which entities are meant; resolved against the world by code. See `forms.SELECTOR`.

    With neither name, id, area, floor, here nor everywhere it means "the one this can only be", else a question.
    """

    kind: str
    everywhere: bool = False
    here: bool = False
    id: str | None = None
    name: str | None = None
    area: str | None = None
    floor: str | None = None
    exceptions: tuple["Selector", ...] = ()


def selectors(value: object) -> Iterator[Selector]:
    """All selectors of a tree, in order; those that are excepted belong to theirs."""
    if isinstance(value, Selector):
        yield value
    elif isinstance(value, tuple):
        for one in value:
            yield from selectors(one)
    elif is_dataclass(value):
        for field in fields(value):
            yield from selectors(getattr(value, field.name))
