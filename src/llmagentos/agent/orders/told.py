"""A standing order in plain words, English or Chinese, so that a person sees what was understood before it stands."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from llmagentos.agent import wording
from llmagentos.agent.orders.stored import named
from llmagentos.agent.unexplained import kind_nouns
from llmagentos.agent.wording import Language
from llmagentos.language import Program, Selector, Statement, render
from llmagentos.language import tree as t
from llmagentos.language.units import Duration, Quantity
from llmagentos.messages.snapshot import Snapshot

_OPERATORS = {
    ">": ("above", "高于"),
    "<": ("below", "低于"),
    ">=": ("at least", "不低于"),
    "<=": ("at most", "不高于"),
    "=": ("at", "等于"),
}
_WHO = {
    "nobody": ("nobody is", "没有人"),
    "somebody": ("somebody is", "有人"),
    "everybody": ("everybody is", "所有人都"),
}
_PLACES = {"home": ("home", "在家"), "away": ("away", "不在家")}
_EVENTS = {"sunrise": ("sunrise", "日出"), "sunset": ("sunset", "日落")}
_VERBS_ZH = {"turn on": "打开", "turn off": "关闭", "open": "打开", "close": "关闭", "lock": "锁上", "unlock": "打开锁", "start": "启动", "stop": "停止",
             "dock": "召回", "pause": "暂停", "resume": "继续", "mute": "静音", "unmute": "取消静音", "activate": "启用", "press": "按下"}  # fmt: skip


def tell(order: t.Order, snapshot: Snapshot, language: Language) -> str:
    """One sentence: when what holds, under which condition, what will be done."""
    return _Teller(snapshot, language).order(order)


def tell_cause(order: t.Order, snapshot: Snapshot, language: Language) -> str:
    """What has come about, where an order only says that somebody is to be told: "Freezer is above -15°C for 10 minutes"."""
    teller = _Teller(snapshot, language)
    told = teller.cause(order)
    return told[:1].upper() + told[1:]


class _Teller:
    def __init__(self, snapshot: Snapshot, language: Language) -> None:
        self._snapshot, self._language, self._zh = snapshot, language, language == "zh"

    def order(self, order: t.Order) -> str:
        told = self.cause(order)
        if order.condition is not None:
            told += f"，如果{self._any(order.condition)}" if self._zh else f", if {self._any(order.condition)}"
        do = (" 然后 " if self._zh else ", then ").join(self._act(one) for one in order.actions)
        more = ""
        if order.until is not None:
            more += f"，直到{self._any(order.until)}" if self._zh else f", until {self._any(order.until)}"
        if order.limit is not None:
            times, per = order.limit.times, self._span(order.limit.per)
            more += f"，每{per}最多{times}次" if self._zh else f", at most {times} time{'s' * (times > 1)} in {per}"
        moment = all(isinstance(one.conditions[0], t.Clock | t.Sun) for one in order.trigger.conditions)
        if self._zh:
            when, _, others = told.partition("，如果")
            return f"{when}{'' if moment else '时'}{'，如果' + others if others else ''}，{do}{more}"
        return f"{told if moment else f'when {told}'}: {do}{more}"

    def cause(self, order: t.Order) -> str:
        hold = f"（持续{self._span(order.hold)}）" if self._zh else f" for {self._span(order.hold)}"
        return self._any(order.trigger) + (hold if order.hold is not None else "")

    def _any(self, conditions: t.AnyOf) -> str:
        every, either = ("而且", "或者") if self._zh else (" and ", " or ")
        return either.join(
            every.join(self._condition(each) for each in one.conditions) for one in conditions.conditions
        )

    def _condition(self, condition: t.Condition) -> str:
        tellers: dict[type[Any], Callable[[Any], str]] = {
            t.Compare: self._compare, t.InState: self._state, t.Presence: self._presence, t.Clock: self._clock, t.Sun: self._sun,
            t.Silence: self._silence, t.Between: self._between,
        }  # fmt: skip
        return tellers[type(condition)](condition)

    def _compare(self, one: t.Compare) -> str:
        value = (
            wording.quantity(one.value.value, one.value.unit, self._language) if isinstance(one.value, Quantity) else ""
        )
        what = self._target(one.target)
        if self._zh:
            return f"{what}{wording.property_name(one.property, 'zh') if one.property else ''}{_OPERATORS[one.operator][1]}{value}"
        return f"{what}{f' {one.property}' if one.property else ''} is {_OPERATORS[one.operator][0]} {value}"

    def _state(self, one: t.InState) -> str:
        what = self._target(one.target, one.quantifier if one.quantifier != "is" else "the")
        state = wording.state(one.state, self._language)
        return f"{what}{state}" if self._zh else f"{what} is {state}"

    def _presence(self, one: t.Presence) -> str:
        place = _PLACES[one.place][self._zh]
        who = one.person + ("" if self._zh else " is") if one.person else _WHO[str(one.who)][self._zh]
        return f"{who}{place}" if self._zh else f"{who} {place}"

    def _clock(self, one: t.Clock) -> str:
        time = _time(one.minute_of_day)
        return f"{wording.day_name(one.days, 'zh')}{time}" if self._zh else f"every {one.days} at {time}"

    def _sun(self, one: t.Sun) -> str:
        event = _EVENTS[one.event][self._zh]
        if one.offset is None:
            return f"{event}时" if self._zh else f"at {event}"
        span = self._span(one.offset)
        if self._zh:
            return f"{event}{'前' if one.before else '后'}{span}"
        return f"{span} {'before' if one.before else 'after'} {event}"

    def _silence(self, one: t.Silence) -> str:
        what, span = self._target(one.target), self._span(one.duration)
        return f"{what}{span}没有上报" if self._zh else f"{what} has not reported for {span}"

    def _between(self, one: t.Between) -> str:
        start, end = _time(one.start_minute), _time(one.end_minute)
        return f"{start}到{end}之间" if self._zh else f"it is between {start} and {end}"

    def _act(self, act: Statement) -> str:
        if isinstance(act, t.Do):
            verb = _VERBS_ZH.get(act.verb, act.verb) if self._zh else f"{act.verb} "
            return f"{verb}{self._target(act.target, 'every')}"
        if isinstance(act, t.Set):
            value = (
                wording.quantity(act.value.value, act.value.unit, self._language)
                if isinstance(act.value, Quantity)
                else str(act.value)
            )
            name, what = wording.property_name(act.property, self._language), self._target(act.target, "every")
            return f"把{what}的{name}设为{value}" if self._zh else f"set the {name} of {what} to {value}"
        if isinstance(act, t.Change):
            name, what = wording.property_name(act.property, self._language), self._target(act.target, "every")
            by = f" by {act.amount}" if isinstance(act.amount, Quantity) else ""
            raised = act.direction == "raise"
            return (
                f"把{what}的{name}{'调高' if raised else '调低'}{act.amount or ''}"
                if self._zh
                else f"{act.direction} the {name} of {what}{by}"
            )
        if isinstance(act, t.Notify):
            return ("通知您" if self._zh else "tell you") + (f": {act.text}" if act.text else "")
        if isinstance(act, t.Delayed) and isinstance(act.after, Duration):
            span = self._span(act.after)
            return f"{span}后{self._act(act.action)}" if self._zh else f"{self._act(act.action)} {span} later"
        if isinstance(act, t.EditList):
            what = self._target(act.list)
            return f"{what}: {act.verb} {act.item}"
        return render(Program((named(act, self._snapshot, lambda one: Selector("device", name=one.name)),)))

    def _target(self, target: Selector, which: str = "the") -> str:
        """A thing by its name, or "any window in the Den"."""
        if target.exceptions:
            spared = ("、" if self._zh else " and ").join(self._target(one, "every") for one in target.exceptions)
            whole = self._target(replace(target, exceptions=()), which)
            return f"除了{spared}以外的{whole}" if self._zh else f"{whole} except {spared}"
        entity = self._snapshot.entities.get(target.id or "")
        name = entity.name if entity is not None else target.name
        if name is not None:
            return name
        if self._zh:
            which = {"any": "任何", "every": "所有"}.get("every" if target.everywhere else which, "")
            return f"{target.area or target.floor or ''}{which}{next(kind_nouns(target.kind, 'zh'), target.kind)}"
        place = f" in the {target.area}" if target.area else f" on the {target.floor}" if target.floor else ""
        if not place and not target.everywhere and which == "every":
            which = "the"  # the one it can only be
        return f"{'every' if target.everywhere else which} {target.kind}{place}"

    def _span(self, span: Duration | None) -> str:
        return wording.duration(span.seconds, self._language) if span is not None else ""


def _time(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"
