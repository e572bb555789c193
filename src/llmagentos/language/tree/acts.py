"""What can be done."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from llmagentos.language.grammar import Slot
from llmagentos.language.tree.parts import Open, Selector, Text, Value
from llmagentos.language.units import Duration, Quantity

Direction: TypeAlias = Literal["raise", "lower"]
ListVerb: TypeAlias = Literal["add", "remove", "complete"]
TimerVerb: TypeAlias = Literal["cancel", "pause", "resume"]
Adjustment: TypeAlias = Literal["extend", "shorten"]


@dataclass(frozen=True, slots=True)
class Do:
    verb: str
    target: Selector


@dataclass(frozen=True, slots=True)
class Set:
    target: Selector
    property: str
    value: Value


@dataclass(frozen=True, slots=True)
class Change:
    direction: Direction
    target: Selector
    property: str
    amount: Quantity | Slot | None = None


@dataclass(frozen=True, slots=True)
class Play:
    query: Text
    media: str | None = None
    target: Selector | None = None


@dataclass(frozen=True, slots=True)
class EditList:
    verb: ListVerb
    item: Text | Open
    list: Selector


@dataclass(frozen=True, slots=True)
class NewList:
    """A list of the node's own; unnamed, it is asked what to call it."""

    name: Text | None = None


@dataclass(frozen=True, slots=True)
class ClearList:
    """Everything off it."""

    list: Selector


@dataclass(frozen=True, slots=True)
class DropList:
    """The list itself, with all that is on it."""

    list: Selector


@dataclass(frozen=True, slots=True)
class Announce:
    text: Text
    area: str | None = None


@dataclass(frozen=True, slots=True)
class Notify:
    person: str
    text: Text | None = None


@dataclass(frozen=True, slots=True)
class TimerRef:
    """Which timer: by name, by the duration it was started with, by area; none of them: the only one."""

    name: Text | None = None
    started_for: Duration | Slot | None = None
    area: str | None = None


@dataclass(frozen=True, slots=True)
class StartTimer:
    duration: Duration | Slot | Open
    name: Text | None = None


@dataclass(frozen=True, slots=True)
class TimerCommand:
    verb: TimerVerb
    timer: TimerRef


@dataclass(frozen=True, slots=True)
class AdjustTimer:
    verb: Adjustment
    timer: TimerRef
    amount: Duration | Slot


@dataclass(frozen=True, slots=True)
class CancelAllTimers:
    pass


@dataclass(frozen=True, slots=True)
class SetAlarm:
    """At a time of day: the next one, that of a day, or (`repeats`) of every such day."""

    minute_of_day: int | Slot | Open
    day: str | None = None
    repeats: bool = False


@dataclass(frozen=True, slots=True)
class CancelAlarm:
    """The alarm of that time; without one, the only alarm there is."""

    minute_of_day: int | Slot | None = None


@dataclass(frozen=True, slots=True)
class CancelAllAlarms:
    pass


@dataclass(frozen=True, slots=True)
class Delayed:
    after: Duration | Slot
    action: "Act"


@dataclass(frozen=True, slots=True)
class Scheduled:
    """Once, at the next such time of day, or at that of a day."""

    minute_of_day: int | Slot
    action: "Act"
    day: str | None = None


Act: TypeAlias = (
    Do | Set | Change | Play | EditList | NewList | ClearList | DropList | Announce | Notify | StartTimer | TimerCommand
    | AdjustTimer | CancelAllTimers | SetAlarm | CancelAlarm | CancelAllAlarms | Delayed | Scheduled
)  # fmt: skip
