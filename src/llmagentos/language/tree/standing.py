"""What stands: conditions, orders that wait for them, alarms."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from llmagentos.language.grammar import Slot
from llmagentos.language.tree.acts import Act
from llmagentos.language.tree.asks import Quantifier
from llmagentos.language.tree.parts import Selector
from llmagentos.language.units import Duration, Quantity

Operator: TypeAlias = Literal[">", "<", ">=", "<=", "="]
Who: TypeAlias = Literal["nobody", "somebody", "everybody"]
Place: TypeAlias = Literal["home", "away"]
SunEvent: TypeAlias = Literal["sunrise", "sunset"]
OrderVerb: TypeAlias = Literal["pause", "resume", "remove"]
Priority: TypeAlias = Literal["critical", "high", "medium", "low"]


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
class AskOrders:
    """Which orders there are, or are about something."""

    target: Selector | None = None


@dataclass(frozen=True, slots=True)
class ChangeOrders:
    """Orders rest, rest no longer, or stand no longer: all, those about something, or the one that was given last."""

    verb: OrderVerb
    target: Selector | None = None
    last: bool = False


@dataclass(frozen=True, slots=True)
class Alarm:
    """Something that needs a person's answer, and perhaps what to do about it. (One that wakes people is `SetAlarm`.)"""

    name: str
    priority: Priority
    trigger: AnyOf
    hold: Duration | None = None
    advice: str | None = None
