"""What can be asked, and what is replied without doing anything."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from llmagentos.language.grammar import Slot
from llmagentos.language.tree.acts import Act, TimerRef
from llmagentos.language.tree.parts import Selector, Text
from llmagentos.language.units import Duration, Quantity

Quantifier: TypeAlias = Literal["is", "any", "every"]
Function: TypeAlias = Literal["mean", "minimum", "maximum", "total"]
ClockPart: TypeAlias = Literal["time", "date"]
Period: TypeAlias = Literal[
    "today", "yesterday", "last night", "this morning", "this week", "last week", "this month",
    "weekend", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
    "since monday", "since tuesday", "since wednesday", "since thursday", "since friday", "since saturday", "since sunday",
]  # fmt: skip
"""A stretch of the past; a weekday is the last one, today included."""
DayPart: TypeAlias = Literal["morning", "afternoon", "evening", "night", "small hours"]
Relation: TypeAlias = Literal[
    "fed by", "feeding", "downstream of", "upstream of", "in", "around", "points of", "with point", "beside",
]  # fmt: skip
"""How things that are drawn up stand to one of them."""
Listing: TypeAlias = Literal["list", "count"]
Measure: TypeAlias = Literal["duration", "times", "last time", "ever"]
More: TypeAlias = Literal["more", "less"]


@dataclass(frozen=True, slots=True)
class During:
    """A part of each day of a stretch of the past: one that has a name, or the hours between two times."""

    period: Period
    part: DayPart | None = None
    start: int | None = None
    end: int | None = None


Over: TypeAlias = Duration | Slot | Period | During


@dataclass(frozen=True, slots=True)
class AskState:
    target: Selector
    property: str | None = None


@dataclass(frozen=True, slots=True)
class Check:
    quantifier: Quantifier
    target: Selector
    state: str | Slot


@dataclass(frozen=True, slots=True)
class Find:
    target: Selector
    state: str | Slot | None = None


@dataclass(frozen=True, slots=True)
class Count:
    target: Selector
    state: str | Slot | None = None


@dataclass(frozen=True, slots=True)
class Aggregate:
    function: Function
    target: Selector
    over: Over | None = None


@dataclass(frozen=True, slots=True)
class AskPast:
    """How long, how often, when last or whether ever something was in a state."""

    measure: Measure
    target: Selector
    state: str | Slot
    over: Over | None = None


@dataclass(frozen=True, slots=True)
class AskCrossed:
    """How long, how often, when last or whether ever something measured was beyond a value."""

    measure: Measure
    target: Selector
    operator: Literal[">", "<"]
    value: Quantity | Slot
    over: Over | None = None


@dataclass(frozen=True, slots=True)
class Compared:
    """Whether one is more, or less, than another now."""

    target: Selector
    more: More
    other: Selector


@dataclass(frozen=True, slots=True)
class ComparedPeriods:
    """Whether it was more in one stretch of time than in another."""

    function: Function
    target: Selector
    more: More
    over: Period
    before: Period


@dataclass(frozen=True, slots=True)
class AskChanged:
    """What is otherwise than it was."""

    area: str | None
    over: Over


@dataclass(frozen=True, slots=True)
class AskUnusual:
    """What was otherwise than it usually is: anything, or of some things."""

    over: Over
    target: Selector | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """How something stands to a thing."""

    relation: Relation
    thing: Text


@dataclass(frozen=True, slots=True)
class AskLinked:
    """What stands so to a thing, and so to another, if one is named; of a kind, if one is."""

    listing: Listing
    relation: Relation
    thing: Text
    kind: Text | None = None
    also: Standing | None = None


@dataclass(frozen=True, slots=True)
class AskKind:
    """All of a kind; those that have something of another kind, or nothing of it, if one is named."""

    listing: Listing
    kind: Text
    having: Text | None = None
    lacking: Text | None = None


@dataclass(frozen=True, slots=True)
class AskMost:
    """Which of a kind has the most of another."""

    counted: Text
    by: Text


@dataclass(frozen=True, slots=True)
class AskMore:
    """Which of two things has more of a kind."""

    counted: Text
    thing: Text
    other: Text


@dataclass(frozen=True, slots=True)
class AskWhether:
    """Whether one thing stands so to another."""

    thing: Text
    relation: Relation
    other: Text


@dataclass(frozen=True, slots=True)
class AskPath:
    """By what one thing reaches another; `between`: all that may lie between, not one way."""

    thing: Text
    other: Text
    between: bool = False


@dataclass(frozen=True, slots=True)
class AskAble:
    """Who can be set so, or do that; with one thing as target, whether it can."""

    target: Selector
    ability: str
    whether: bool = False


@dataclass(frozen=True, slots=True)
class AskAbilities:
    """All that can be done with it."""

    target: Selector


@dataclass(frozen=True, slots=True)
class AskPlace:
    """In which room and on which floor it is."""

    target: Selector


@dataclass(frozen=True, slots=True)
class AskList:
    list: Selector


@dataclass(frozen=True, slots=True)
class AskTimer:
    timer: TimerRef


@dataclass(frozen=True, slots=True)
class AskAlarms:
    pass


@dataclass(frozen=True, slots=True)
class AskClock:
    what: ClockPart


@dataclass(frozen=True, slots=True)
class AskWeather:
    place: str | None = None
    aspect: str | None = None
    day: str | None = None


@dataclass(frozen=True, slots=True)
class AskCalendar:
    calendar: str | None = None
    day: str | None = None


@dataclass(frozen=True, slots=True)
class Why:
    subject: Selector | None = None
    record: str | None = None


@dataclass(frozen=True, slots=True)
class WhatIf:
    action: "Act"


Ask: TypeAlias = (
    AskState | AskAble | AskAbilities | AskPlace | Check | Find | Count | Aggregate | AskPast | AskCrossed | Compared | ComparedPeriods | AskChanged | AskUnusual | AskLinked | AskKind | AskMost | AskMore | AskWhether | AskPath | AskList | AskTimer | AskAlarms | AskClock | AskWeather | AskCalendar | Why
    | WhatIf
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Say:
    text: Text | None = None


@dataclass(frozen=True, slots=True)
class Clarify:
    options: tuple[Selector, ...] = ()


@dataclass(frozen=True, slots=True)
class Refuse:
    reason: Literal["absent", "impossible", "unsafe", "unknown"]


@dataclass(frozen=True, slots=True)
class Nothing:
    pass


Reply: TypeAlias = Say | Clarify | Refuse | Nothing
