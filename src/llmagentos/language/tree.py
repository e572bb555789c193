"""The sentences of the site language as data. What each means is said beside its form in `forms.py`.

Frozen and comparable: parsing what was rendered gives an equal tree.
"""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from llmagentos.language.grammar import Slot
from llmagentos.language.units import Duration, Quantity

GRAMMAR_VERSION = 4
"""Raised with every change of the texts the grammar accepts: adapters are trained for one version."""


@dataclass(frozen=True, slots=True)
class Open:
    """What a wish leaves open, `?`: the person is asked for it."""


OPEN = Open()
Text: TypeAlias = str | Slot
Value: TypeAlias = Quantity | str | bool | Slot | Open

Direction: TypeAlias = Literal["raise", "lower"]
ListVerb: TypeAlias = Literal["add", "remove", "complete"]
TimerVerb: TypeAlias = Literal["cancel", "pause", "resume"]
Adjustment: TypeAlias = Literal["extend", "shorten"]
Quantifier: TypeAlias = Literal["is", "any", "every"]
Operator: TypeAlias = Literal[">", "<", ">=", "<=", "="]
Function: TypeAlias = Literal["mean", "minimum", "maximum", "total"]
ClockPart: TypeAlias = Literal["time", "date"]
Who: TypeAlias = Literal["nobody", "somebody", "everybody"]
Place: TypeAlias = Literal["home", "away"]
SunEvent: TypeAlias = Literal["sunrise", "sunset"]
Priority: TypeAlias = Literal["critical", "high", "medium", "low"]


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
    state: str | Slot


@dataclass(frozen=True, slots=True)
class Count:
    target: Selector
    state: str | Slot | None = None


@dataclass(frozen=True, slots=True)
class Aggregate:
    function: Function
    target: Selector
    over: Duration | Slot | None = None


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


@dataclass(frozen=True, slots=True)
class Compare:
    """A measured value against a threshold; `hysteresis` is how far it must fall back before it counts again."""

    target: Selector
    operator: Operator
    value: Quantity | Slot
    property: str | None = None
    hysteresis: Quantity | None = None


@dataclass(frozen=True, slots=True)
class InState:
    target: Selector
    state: str
    quantifier: Quantifier = "is"


@dataclass(frozen=True, slots=True)
class Presence:
    who: Who | None = None
    person: str | None = None
    place: Place = "home"


@dataclass(frozen=True, slots=True)
class Clock:
    """A time of day on certain days."""

    minute_of_day: int
    days: str = "day"


@dataclass(frozen=True, slots=True)
class Sun:
    event: SunEvent
    offset: Duration | None = None
    before: bool = False


@dataclass(frozen=True, slots=True)
class Silence:
    target: Selector
    duration: Duration


@dataclass(frozen=True, slots=True)
class Between:
    start_minute: int
    end_minute: int


Condition: TypeAlias = Compare | InState | Presence | Clock | Sun | Silence | Between


@dataclass(frozen=True, slots=True)
class AllOf:
    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    conditions: tuple[AllOf, ...]


@dataclass(frozen=True, slots=True)
class Limit:
    times: int
    per: Duration


@dataclass(frozen=True, slots=True)
class Order:
    trigger: AnyOf
    hold: Duration | None
    condition: AnyOf | None
    until: AnyOf | None
    limit: Limit | None
    actions: tuple["Act", ...]


@dataclass(frozen=True, slots=True)
class Alarm:
    """Something that needs a person's answer, and perhaps what to do about it. (One that wakes people is `SetAlarm`.)"""

    name: str
    priority: Priority
    trigger: AnyOf
    hold: Duration | None = None
    advice: str | None = None


@dataclass(frozen=True, slots=True)
class Need:
    """How much of a shared resource a task takes while it runs: `"power" 2 kW`."""

    resource: str
    amount: Quantity


@dataclass(frozen=True, slots=True)
class Task:
    """Acts and tasks; one without any that is called like a method is done by that."""

    name: str
    after: tuple[str, ...] = ()
    duration: Duration | None = None
    """How long it lasts; with `until` how long that is thought to take."""
    needs: tuple[Need, ...] = ()
    deadline: int | None = None
    condition: AnyOf | None = None
    until: AnyOf | None = None
    together: bool = False
    """Its tasks are done beside each other, but for what they come after; else one after another."""
    steps: tuple["Act | Task", ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    title: str
    tasks: tuple[Task, ...]


@dataclass(frozen=True, slots=True)
class Method:
    """How something is done here: tasks that plans use by this name."""

    title: str
    tasks: tuple[Task, ...]


Act: TypeAlias = (
    Do | Set | Change | Play | EditList | NewList | ClearList | DropList | Announce | Notify | StartTimer | TimerCommand
    | AdjustTimer | CancelAllTimers | SetAlarm | CancelAlarm | CancelAllAlarms | Delayed | Scheduled
)  # fmt: skip
Ask: TypeAlias = (
    AskState | Check | Find | Count | Aggregate | AskList | AskTimer | AskAlarms | AskClock | AskWeather | AskCalendar | Why
    | WhatIf
)  # fmt: skip
Reply: TypeAlias = Say | Clarify | Refuse | Nothing
Statement: TypeAlias = Act | Ask | Reply | Order | Alarm | Plan | Method


@dataclass(frozen=True, slots=True)
class Program:
    """What one utterance means: its statements in order."""

    statements: tuple[Statement, ...]
