"""What people say when they are shown an order and want it a little otherwise: "no, at nine", "only when nobody is home", "and tell me"."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from llmagentos.agent.site_index import kind_word
from llmagentos.language import Program
from llmagentos.language import tree as t
from llmagentos.language.units import Quantity
from llmagentos.training.spoken import spoken_time
from llmagentos.training.wishes.causes import RANGES
from llmagentos.training.wishes.ground import Impossible, Wish
from llmagentos.training.wishes.ordering import Ordering


class Amending(Ordering):
    """Draws orders, and what changes one."""

    def amended(self, order: t.Order) -> Wish:
        """The order as it is then. Raises: Impossible."""
        ways: tuple[Callable[[t.Order], Wish], ...] = (
            self._other_time, self._other_time, self._other_level, self._other_level, self._other_hold, self._also_told, self._only_if, self._other_thing,
        )  # fmt: skip
        return self._random.choice(ways)(order)

    def _other_time(self, order: t.Order) -> Wish:
        clock = _only(order.trigger)
        if not isinstance(clock, t.Clock):
            raise Impossible
        minute = self._minute()
        said = self._amend("time", v=spoken_time(minute, self._speech.language, self._random))
        return _wish(replace(order, trigger=_all(replace(clock, minute_of_day=minute))), said)

    def _other_level(self, order: t.Order) -> Wish:
        level = _only(order.trigger)
        if not isinstance(level, t.Compare) or not isinstance(level.value, Quantity) or order.until is not None:
            raise Impossible
        step = next((step for low, high, step in RANGES.values() if low <= level.value.value <= high), 1)
        value = level.value.value + step * self._random.choice((-3, -2, -1, 1, 2, 3))
        said = self._amend("level", v=self._amount(value, level.value.unit))
        return _wish(replace(order, trigger=_all(replace(level, value=replace(level.value, value=value)))), said)

    def _other_hold(self, order: t.Order) -> Wish:
        if isinstance(_only(order.trigger), t.Clock | t.Sun | t.Silence | None):
            raise Impossible
        hold = self._duration()
        said = self._amend("hold" if order.hold is None else "other hold", v=self._spoken(hold))
        return _wish(replace(order, hold=hold), said)

    def _also_told(self, order: t.Order) -> Wish:
        if any(isinstance(one, t.Notify) for one in order.actions):
            raise Impossible
        said = self._amend("tell", n=self._word_of("tell after"))
        return _wish(replace(order, actions=(*order.actions, t.Notify("owner"))), said)

    def _only_if(self, order: t.Order) -> Wish:
        if order.condition is not None:
            raise Impossible
        other = self._random.choice((self._presence, self._presence, self._between))()
        return _wish(replace(order, condition=_all(other.condition)), self._amend("only if", o=other.words))

    def _other_thing(self, order: t.Order) -> Wish:
        [act, *rest] = order.actions
        if rest or not isinstance(act, t.Do | t.Set) or act.target.name is None:
            raise Impossible
        others = [
            one
            for one in self._entities
            if kind_word(one) == act.target.kind
            and self._index.named(one) != act.target
            and (isinstance(act, t.Do) or one.property(act.property) is not None)
        ]
        target = self.by_name(self._some(others))
        changed: Any = {"target": target.selector}
        return _wish(replace(order, actions=(replace(act, **changed),)), self._amend("thing", x=target.words))

    def _amend(self, key: str, **slots: str) -> str:
        return self.say_of("amend", key, **slots)


def _only(trigger: t.AnyOf) -> t.Condition | None:
    """The one condition of a trigger, if it has one alone."""
    conditions = [one for every in trigger.conditions for one in every.conditions]
    return conditions[0] if len(conditions) == 1 else None


def _all(condition: t.Condition) -> t.AnyOf:
    return t.AnyOf((t.AllOf((condition,)),))


def _wish(order: t.Order, said: str) -> Wish:
    return Wish(Program((order,)), said, act=True)
