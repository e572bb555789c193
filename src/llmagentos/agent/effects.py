"""What a chosen statement means on this site: commands for devices, a timer operation, or why not."""

from collections.abc import Callable

from llmagentos.agent import abilities
from llmagentos.agent.orders.compile import CannotCompile, compiled
from llmagentos.agent.orders.stored import pinned
from llmagentos.agent.outcomes import (
    AlarmOperation,
    CannotDo,
    Commands,
    Effect,
    Lacks,
    ListOperation,
    MethodOperation,
    Notice,
    OrderOperation,
    OrdersOperation,
    PlanOperation,
    TimerOperation,
    WatchOperation,
    Which,
)
from llmagentos.agent.plans.methods import used
from llmagentos.agent.plans.outline import PlanError, steps_of
from llmagentos.agent.ports import Able, Selecting
from llmagentos.language import Selector
from llmagentos.language import tree as t
from llmagentos.language.units import Duration, Quantity, convert
from llmagentos.language.vocabulary import ACTIONS_NOT_IDEMPOTENT, RELATIVE_STEPS
from llmagentos.messages.records import Command, Property
from llmagentos.messages.snapshot import Ambiguous, EntityView, Found, Missing, Snapshot, Speaker
from llmagentos.messages.values import Json

METHODS = "agentos.methods"
"""The device that methods belong to: scenes that begin plans."""


def effect(statement: t.Act, snapshot: Snapshot, speaker: Speaker, select: Selecting) -> Effect:
    """The effect of one act for this speaker, absolute values throughout."""
    if (plan := _by_method(statement, snapshot, speaker, select)) is not None:
        return plan
    if lacking(statement):
        return _lacks(statement, snapshot, speaker, select)
    if isinstance(statement, t.Do):
        return _each(statement.target, snapshot, speaker, select, lambda one: abilities.effect_of(statement.verb, one) is not None,
                     lambda one: _done(statement.verb, one))  # fmt: skip
    if isinstance(statement, t.Set):
        return _each(statement.target, snapshot, speaker, select, lambda one: _writable(one, statement.property) is not None,
                     lambda one: _set(one, statement.property, statement.value))  # fmt: skip
    if isinstance(statement, t.Change):
        return _each(statement.target, snapshot, speaker, select, lambda one: _writable(one, statement.property) is not None,
                     lambda one: _change(one, statement))  # fmt: skip
    if isinstance(statement, t.EditList):
        value: Json = {"item": str(statement.item)}
        return _each(statement.list, snapshot, speaker, select, lambda one: _writable(one, statement.verb) is not None,
                     lambda one: _command(one, statement.verb, value, statement.verb))  # fmt: skip
    if isinstance(statement, t.Play):
        target = statement.target or Selector("media player")
        query: Json = {"query": str(statement.query), "media": statement.media}
        return _each(target, snapshot, speaker, select, lambda one: _writable(one, "play") is not None,
                     lambda one: _command(one, "play", query, "play"))  # fmt: skip
    if isinstance(statement, t.NewList):
        return ListOperation(_text(statement.name))
    if isinstance(statement, t.ClearList | t.DropList):
        return _whole_list(statement, snapshot, speaker, select)
    if isinstance(statement, t.Notify):
        return Notice(statement.person, _text(statement.text) or "")
    if isinstance(statement, t.Announce):
        return CannotDo("later")
    if isinstance(statement, t.SetAlarm | t.CancelAlarm | t.CancelAllAlarms):
        return _alarm(statement, snapshot, speaker)
    return _timer(statement, snapshot, speaker)


def _each(
    target: Selector,
    snapshot: Snapshot,
    speaker: Speaker,
    select: Selecting,
    able: Able,
    make: Callable[[EntityView], Command | CannotDo],
) -> Effect:
    resolution = select(target, snapshot, speaker, able)
    if isinstance(resolution, Missing):
        return CannotDo(resolution.reason, target.name or target.kind)
    if isinstance(resolution, Ambiguous):
        return Which(resolution.options, target.kind)
    assert isinstance(resolution, Found)
    made = [make(entity) for entity in resolution.entities]
    failed = [one for one in made if isinstance(one, CannotDo)]
    return failed[0] if failed else Commands(tuple(one for one in made if isinstance(one, Command)))


def _by_method(statement: t.Act, snapshot: Snapshot, speaker: Speaker, select: Selecting) -> PlanOperation | None:
    """A scene that is a method of the node's own is a plan."""
    if not isinstance(statement, t.Do) or statement.verb != "activate":
        return None
    found = select(statement.target, snapshot, speaker, lambda _: True)
    methods = [one for one in found.entities if one.description.device == METHODS] if isinstance(found, Found) else []
    return PlanOperation(used(methods[0].name)) if len(methods) == 1 else None


def lacking(statement: t.Act) -> bool:
    """Whether a part of it was left open."""
    parts = ("value", "item", "duration", "minute_of_day")
    return any(isinstance(getattr(statement, one, None), t.Open) for one in parts)


def _lacks(statement: t.Act, snapshot: Snapshot, speaker: Speaker, select: Selecting) -> Lacks | Which | CannotDo:
    """What is to be asked for, of things that could do it."""
    if isinstance(statement, t.StartTimer | t.SetAlarm):
        return Lacks("duration" if isinstance(statement, t.StartTimer) else "time")
    if isinstance(statement, t.EditList):
        target, prop = statement.list, str(statement.verb)
    else:
        assert isinstance(statement, t.Set)
        target, prop = statement.target, statement.property
    found = select(target, snapshot, speaker, lambda one: _writable(one, prop) is not None)
    if isinstance(found, Missing):
        return CannotDo(found.reason, target.name or target.kind)
    if isinstance(found, Ambiguous):
        return Which(found.options, target.kind)
    return Lacks({"add": "item", "remove": "item off"}.get(prop, prop), found.entities)


def stands(
    order: t.Order, snapshot: Snapshot, speaker: Speaker, select: Selecting
) -> OrderOperation | Which | Lacks | CannotDo:
    """A standing order, if all that it watches and does is possible here as things are."""
    kept = pinned(order, snapshot, speaker, select)
    try:
        compiled(kept, "", snapshot, speaker, select)
    except CannotCompile as error:
        return CannotDo(error.reason, error.detail)
    for action in kept.actions:
        then = effect(action, snapshot, speaker, select)
        if isinstance(then, Which | Lacks | CannotDo):
            return then
    return OrderOperation(kept)


def concerns(
    statement: t.AskOrders | t.ChangeOrders, snapshot: Snapshot, speaker: Speaker, select: Selecting
) -> OrdersOperation | CannotDo:
    """Which orders are meant, by the devices that they are about."""
    verb = statement.verb if isinstance(statement, t.ChangeOrders) else "list"
    last = isinstance(statement, t.ChangeOrders) and statement.last
    if statement.target is None:
        return OrdersOperation(verb, last=last)
    found = select(statement.target, snapshot, speaker, lambda _: True)
    if isinstance(found, Missing):
        return CannotDo(found.reason, statement.target.name or statement.target.kind)
    among = found.entities if isinstance(found, Found) else found.options
    return OrdersOperation(verb, tuple(one.id for one in among))


def watches(
    alarm: t.Alarm, snapshot: Snapshot, speaker: Speaker, select: Selecting
) -> WatchOperation | Which | Lacks | CannotDo:
    """An alarm, if all that it watches is here."""
    found = stands(as_order(alarm), snapshot, speaker, select)
    return WatchOperation(alarm, found.order) if isinstance(found, OrderOperation) else found


def as_order(alarm: t.Alarm) -> t.Order:
    """What an alarm waits for, as an order that tells the owner."""
    return t.Order(alarm.trigger, alarm.hold, None, None, None, (t.Notify("owner"),))


def learnable(
    method: t.Method, snapshot: Snapshot, speaker: Speaker, select: Selecting
) -> MethodOperation | Which | Lacks | CannotDo:
    """A method, if all of its acts are possible here as things are. Raises: PlanError."""
    found = workable(t.Plan(method.title, method.tasks), snapshot, speaker, select)
    return MethodOperation(method) if isinstance(found, PlanOperation) else found


def workable(
    plan: t.Plan, snapshot: Snapshot, speaker: Speaker, select: Selecting
) -> PlanOperation | Which | Lacks | CannotDo:
    """A plan, if all of its acts are possible here as things are. Raises: PlanError for one that contradicts itself."""
    for step in steps_of(plan):
        for act in step.acts:
            done = act.action if isinstance(act, t.Delayed | t.Scheduled) else act
            if isinstance(done, t.Act) and _by_method(done, snapshot, speaker, select) is not None:
                raise PlanError(
                    f'"{step.name}" begins a plan: name that as a task of its own'
                )  # or one begins itself for ever
            then = effect(act, snapshot, speaker, select)
            if isinstance(then, Which | Lacks) or (isinstance(then, CannotDo) and then.reason != "unknown"):
                return then
    return PlanOperation(plan)


def _whole_list(statement: t.ClearList | t.DropList, snapshot: Snapshot, speaker: Speaker, select: Selecting) -> Effect:
    """Everything off a list, or the list itself away, which only the node's own lists know how to do."""
    if isinstance(statement, t.DropList):
        return _each(statement.list, snapshot, speaker, select, lambda one: one.entity_class == "list",
                     lambda one: _command(one, "drop", True, "drop") if _writable(one, "drop") else CannotDo("impossible", one.name))  # fmt: skip
    resolution = select(statement.list, snapshot, speaker, lambda one: _writable(one, "remove") is not None)
    if isinstance(resolution, Missing):
        return CannotDo(resolution.reason, statement.list.name or "list")
    if isinstance(resolution, Ambiguous):
        return Which(resolution.options, "list")
    assert isinstance(resolution, Found)
    return Commands(tuple(
        _command(one, "remove", {"item": item}, "remove") for one in resolution.entities for item in items_of(one)
    ))  # fmt: skip


def items_of(entity: EntityView, *, done: bool = True) -> list[str]:
    """What is on a list, with what is done already or without."""
    items = entity.value("items")
    found = [one for one in items if isinstance(one, dict)] if isinstance(items, list | tuple) else []
    return [str(one.get("summary")) for one in found if done or one.get("status") != "completed"]


def _writable(entity: EntityView, name: str) -> Property | None:
    prop = entity.property(name)
    return prop if prop is not None and prop.writable else None


def _command(entity: EntityView, name: str, value: Json, verb: str) -> Command:
    return Command(
        entity=entity.id,
        property=name,
        value=value,
        verb=verb,
        idempotent=name not in ACTIONS_NOT_IDEMPOTENT and name != "play",
    )


def _done(verb: str, entity: EntityView) -> Command | CannotDo:
    done = abilities.effect_of(verb, entity)
    assert done is not None
    return _command(entity, done.property, done.value, verb)


def _set(entity: EntityView, name: str, value: t.Value) -> Command | CannotDo:
    prop = _writable(entity, name)
    assert prop is not None
    if prop.kind == "number":
        if not isinstance(value, Quantity):
            return CannotDo("impossible", entity.name)
        number = convert(value.value, value.unit, prop.unit) if value.unit else value.value
        if number is None:
            return CannotDo("impossible", entity.name)
        return _within(entity, prop, round(number, 6), "set")
    if prop.kind == "bool":
        return _command(entity, name, value, "set") if isinstance(value, bool) else CannotDo("impossible", entity.name)
    if not isinstance(value, str) or (prop.options and value not in prop.options):
        return CannotDo("impossible", entity.name)
    return _command(entity, name, value, "set")


def _change(entity: EntityView, change: t.Change) -> Command | CannotDo:
    prop = _writable(entity, change.property)
    assert prop is not None
    now = entity.value(change.property)
    if change.property == "brightness" and (now is None or entity.value("on") is False):
        now = 0.0
    if prop.kind != "number" or isinstance(now, bool) or not isinstance(now, int | float):
        return CannotDo("unknown", entity.name)
    amount, unit = RELATIVE_STEPS.get(change.property, (1.0, ""))
    if isinstance(change.amount, Quantity):
        amount, unit = change.amount.value, change.amount.unit
    step = convert(amount, unit, prop.unit) if unit and unit not in ("C", "F") else amount
    if unit == "C" and prop.unit.endswith("F") and step is not None:
        step *= 9 / 5
    wanted = now + (step or amount) * (1 if change.direction == "raise" else -1)
    low, high = prop.minimum, prop.maximum
    clipped = min(wanted if low is None else max(wanted, low), float("inf") if high is None else high)
    return _command(entity, prop.name, round(clipped, 6), change.direction)


def _within(entity: EntityView, prop: Property, number: float, verb: str) -> Command | CannotDo:
    low, high = prop.minimum, prop.maximum
    if (low is not None and number < low) or (high is not None and number > high):
        return CannotDo("range", f"{entity.name}: {prop.name} {Quantity(low or 0)}-{Quantity(high or 0)} {prop.unit}")
    return _command(entity, prop.name, number, verb)


def _timer(statement: t.Act, snapshot: Snapshot, speaker: Speaker) -> Effect:
    if isinstance(statement, t.StartTimer):
        assert isinstance(statement.duration, Duration)
        return TimerOperation(
            "start", seconds=statement.duration.seconds, name=_text(statement.name), area=speaker.area
        )
    if isinstance(statement, t.Delayed):
        assert isinstance(statement.after, Duration)
        return TimerOperation("start", seconds=statement.after.seconds, area=speaker.area, action=statement.action)
    if isinstance(statement, t.Scheduled):
        assert isinstance(statement.minute_of_day, int)
        at = (statement.minute_of_day, statement.day)
        return TimerOperation("start", area=speaker.area, action=statement.action, at=at)
    if isinstance(statement, t.CancelAllTimers):
        return TimerOperation("cancel all")
    assert isinstance(statement, t.TimerCommand | t.AdjustTimer)
    matches = find_timers(statement.timer, snapshot, speaker)
    if not matches:
        return CannotDo("absent", "timer")
    if len(matches) > 1:
        return CannotDo("unknown", "timer")
    seconds = (
        statement.amount.seconds
        if isinstance(statement, t.AdjustTimer) and isinstance(statement.amount, Duration)
        else 0
    )
    return TimerOperation(statement.verb, timer=matches[0], seconds=seconds)


def _alarm(statement: t.SetAlarm | t.CancelAlarm | t.CancelAllAlarms, snapshot: Snapshot, speaker: Speaker) -> Effect:
    if isinstance(statement, t.SetAlarm):
        assert isinstance(statement.minute_of_day, int)
        return AlarmOperation("set", None, statement.minute_of_day, statement.day, statement.repeats, speaker.area)
    if isinstance(statement, t.CancelAllAlarms):
        return AlarmOperation("cancel all")
    matches = [one for one in snapshot.alarms if statement.minute_of_day in (None, one.minute_of_day)]
    if len(matches) != 1:
        return CannotDo("unknown" if matches else "absent", "alarm")
    return AlarmOperation("cancel", matches[0].id)


def find_timers(reference: t.TimerRef, snapshot: Snapshot, speaker: Speaker) -> list[str]:
    """The ids of the timers a reference may mean."""
    found = list(snapshot.timers)
    if reference.name is not None:
        found = [one for one in found if one.name and one.name.casefold() == str(reference.name).casefold()]
    if isinstance(reference.started_for, Duration):
        found = [one for one in found if round(one.started_for_s) == reference.started_for.seconds]
    if reference.area is not None:
        found = [one for one in found if one.area and one.area.casefold() == reference.area.casefold()]
    elif len(found) > 1 and speaker.area:
        near = [one for one in found if one.area == speaker.area]
        found = near or found
    return [one.id for one in found]


def _text(value: t.Text | None) -> str | None:
    return value if isinstance(value, str) else None
