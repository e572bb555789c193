"""What a statement comes to: commands for devices, something for the node itself, a question back, or why not."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from llmagentos.language import Statement
from llmagentos.language import tree as t
from llmagentos.language.tree import OrderVerb
from llmagentos.messages.records import Command
from llmagentos.messages.snapshot import EntityView


@dataclass(frozen=True, slots=True)
class Commands:
    """Device commands; none where there is nothing to do, as with a list that is empty already."""

    commands: tuple[Command, ...]


@dataclass(frozen=True, slots=True)
class TimerOperation:
    """For the node's timers. `action` is a sentence to carry out when it ends; `at` the minute of the day and the day, if not after `seconds`."""

    verb: Literal["start", "cancel", "pause", "resume", "extend", "shorten", "cancel all"]
    timer: str | None = None
    seconds: int = 0
    name: str | None = None
    area: str | None = None
    action: Statement | None = None
    at: tuple[int, str | None] | None = None


@dataclass(frozen=True, slots=True)
class AlarmOperation:
    """For the node's alarms. `day` and `repeats` as in `language.tree.SetAlarm`."""

    verb: Literal["set", "cancel", "cancel all"]
    alarm: str | None = None
    minute_of_day: int = 0
    day: str | None = None
    repeats: bool = False
    area: str | None = None


@dataclass(frozen=True, slots=True)
class ListOperation:
    """For the node's own lists: a new one of this name."""

    name: str | None


@dataclass(frozen=True, slots=True)
class OrderOperation:
    """For the node's standing orders: one more, with the ids of its devices, or another in the place of one."""

    order: t.Order
    replaces: str | None = None


@dataclass(frozen=True, slots=True)
class OrdersOperation:
    """For the standing orders there are: all, those about one of these devices, or the one given last."""

    verb: Literal["list"] | OrderVerb
    entities: tuple[str, ...] | None = None
    last: bool = False


@dataclass(frozen=True, slots=True)
class PlanOperation:
    """For the node's plans: one more, in its own words."""

    plan: t.Plan


@dataclass(frozen=True, slots=True)
class MethodOperation:
    """For the node's plans: how something is done here."""

    method: t.Method


@dataclass(frozen=True, slots=True)
class WatchOperation:
    """For the node's annunciator: one more alarm. `order` is what it waits for, with the ids of devices."""

    alarm: t.Alarm
    order: t.Order


@dataclass(frozen=True, slots=True)
class Notice:
    """Something to tell a person."""

    person: str
    text: str


@dataclass(frozen=True, slots=True)
class Question:
    """Something that only the node's memory or the site graph can answer. `entities`: ids of those it is about."""

    ask: t.Ask
    entities: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Which:
    """A question back: which of these?"""

    options: tuple[EntityView, ...]
    kind: str


@dataclass(frozen=True, slots=True)
class CannotDo:
    """Why nothing comes of it."""

    reason: Literal["absent", "impossible", "unknown", "range", "later", "moment", "sun", "plan"]
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Lacks:
    """A wish with an open part, for which the person is asked: a property, "time", "duration", "item", or "item off" a list."""

    what: str
    of: tuple[EntityView, ...] = ()


Operation: TypeAlias = (
    TimerOperation
    | AlarmOperation
    | ListOperation
    | OrderOperation
    | OrdersOperation
    | WatchOperation
    | PlanOperation
    | MethodOperation
    | Notice
)
"""What the node does itself."""
Effect: TypeAlias = Commands | Operation | Which | Lacks | CannotDo
