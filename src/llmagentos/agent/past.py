"""Answers over time, from what devices reported: how warm it got, how long, how often and when last something was so.

Between two readings the first one holds. What is not known is not counted, and an answer says since when something is known where that
is later than what was asked.
"""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise

from llmagentos.agent import abilities, wording
from llmagentos.agent.lately import when_of
from llmagentos.agent.periods import DAY_S, Span, spans
from llmagentos.agent.telling import unit_of
from llmagentos.agent.wording import Language, join, say
from llmagentos.language import tree as t
from llmagentos.language.units import Quantity
from llmagentos.language.vocabulary import PRIMARY
from llmagentos.messages.snapshot import EntityView, Reading
from llmagentos.messages.values import Json, same

Signal = tuple[str, str]
BACK_DAYS = 31
"""How far back it is looked for when something was last so."""
TOLERANCE, ANEW = 1e-6, 0.1
COUNTERS = ("energy", "water", "gas", "precipitation", "counter")
"""Kinds that only grow: their total is what they grew by."""


def state_signal(entity: EntityView) -> Signal:
    """The property that is its state."""
    return entity.id, PRIMARY.get(entity.entity_class, "value")


def number_signal(entity: EntityView) -> Signal:
    """The property that it measures: of a thermostat how warm it is, not what it is set to; of the weather how warm it is outside."""
    for name in ("current temperature", *(("temperature",) if entity.entity_class == "weather" else ())):
        if entity.property(name) is not None:
            return entity.id, name
    return state_signal(entity)


@dataclass(frozen=True, slots=True)
class Stretch:
    """One value and for how long it held, in seconds since the epoch."""

    value: Json
    start: float
    end: float


class Past:
    """Readings by signal, oldest first, of which the first may be older than what is asked about."""

    def __init__(self, readings: Sequence[Reading], now: float, zone: dt.tzinfo, language: Language) -> None:
        self._of: dict[Signal, list[Reading]] = {}
        for one in readings:
            if one.value is not None:  # it could not be asked: what it said last is the best that is known
                self._of.setdefault((one.entity, one.property), []).append(one)
        self._now, self._zone, self._language = now, zone, language

    def answer(self, ask: t.Ask, entities: Mapping[str, EntityView]) -> str:
        """In words. `entities`: those that are asked about."""
        if isinstance(ask, t.AskPast | t.AskCrossed):
            return self._measured(ask, list(entities.values()))
        if isinstance(ask, t.ComparedPeriods):
            return self._compared(ask, list(entities.values()))
        if isinstance(ask, t.AskChanged):
            return self._changed(ask, list(entities.values()))
        assert isinstance(ask, t.Aggregate)
        return self._gathered(ask, list(entities.values()))

    def first(self, of: Signal) -> float | None:
        """Since when something is known of a signal."""
        readings = self._of.get(of)
        return readings[0].at if readings else None

    def stretches(self, of: Signal, over: Sequence[Span]) -> list[Stretch]:
        """What held in these pieces of time, and from when to when within them."""
        readings = self._of.get(of, [])
        if not readings or not over:
            return []
        ends = [*(one.at for one in readings[1:]), max(over[-1][1], readings[-1].at)]
        found = [
            Stretch(one.value, max(one.at, first), min(end, last))
            for first, last in over
            for one, end in zip(readings, ends, strict=True)
        ]
        return [one for one in found if one.end > one.start]

    def _numbers(self, of: Signal, over: Sequence[Span]) -> list[tuple[float, Stretch]]:
        return [
            (float(one.value), one)
            for one in self.stretches(of, over)
            if isinstance(one.value, int | float) and not isinstance(one.value, bool)
        ]

    def _gathered(self, ask: t.Aggregate, entities: Sequence[EntityView]) -> str:
        over = spans(ask.over, self._now, self._zone)
        known = [(one, numbers) for one in entities if (numbers := self._numbers(number_signal(one), over))]
        if not known:
            return self._unknown(entities)
        if ask.function in ("minimum", "maximum"):
            sought = min if ask.function == "minimum" else max
            value, at, entity = sought(
                ((number, stretch.start, one) for one, numbers in known for number, stretch in numbers),
                key=lambda one: one[0],
            )
            text = self.amount(value, entity)
            when = when_of(at, self._now, self._zone, self._language)
            return say("past_extreme", self._language, name=entity.name, state=text, when=when)
        one = known[0][0]
        if ask.function == "total":
            total = sum(self._total(one, over) for one, _ in known)
            return say("value", self._language, name=self._named(known), state=self.amount(total, one))
        mean = sum(_mean(numbers) for _, numbers in known) / len(known)
        return say("value", self._language, name=self._named(known), state=self.amount(mean, one))

    def _total(self, entity: EntityView, over: Sequence[Span]) -> float:
        """What a counter grew by in each piece of a time; of all else how it was."""
        of = number_signal(entity)
        if entity.description.kind not in COUNTERS:
            return _mean(self._numbers(of, over))
        return sum(_grown(numbers) for one in over if (numbers := self._numbers(of, (one,))))

    def _named(self, known: Sequence[tuple[EntityView, object]]) -> str:
        return join([one.name for one, _ in known[:4]], self._language)

    def _compared(self, ask: t.ComparedPeriods, entities: Sequence[EntityView]) -> str:
        found = []
        for period in (ask.over, ask.before):
            over = spans(period, self._now, self._zone)
            each = [(one, numbers) for one in entities if (numbers := self._numbers(number_signal(one), over))]  # fmt: skip
            if not each:
                return self._unknown(entities)
            values = [_of(ask.function, numbers) for _, numbers in each]
            value = {"minimum": min, "maximum": max}.get(ask.function, _average)(values)
            found.append((period, value, each[0][0]))
        (one, first, entity), (other, second, _) = found
        so = first > second if ask.more == "more" else first < second
        texts = [self.amount(value, entity) for value in (first, second)]
        return say("past_yes" if so else "past_no", self._language, name=entity.name, one=wording.period(one, self._language), first=texts[0],
                   other=wording.period(other, self._language), second=texts[1])  # fmt: skip

    def _changed(self, ask: t.AskChanged, entities: Sequence[EntityView]) -> str:
        """Those whose state is not what it was, or was something else between."""
        over = spans(ask.over, self._now, self._zone)
        known = [one for one in entities if self._of.get(state_signal(one))]
        if not known:
            return self._unknown(entities)
        changed = [
            one
            for one in known
            if any(
                not same(a.value, b.value, TOLERANCE)
                for piece in over
                for a, b in pairwise(self.stretches(state_signal(one), (piece,)))
            )
        ]
        return say("some" if changed else "none", self._language, names=join([one.name for one in changed], self._language))  # fmt: skip

    def _measured(self, ask: t.AskPast | t.AskCrossed, entities: Sequence[EntityView]) -> str:
        told = [self._of_one(ask, one) for one in entities[:8]]
        return " ".join(told) or self._unknown(entities)

    def _of_one(self, ask: t.AskPast | t.AskCrossed, entity: EntityView) -> str:
        of, is_so, state = self._looked_for(ask, entity)
        last = ask.measure == "last time"
        over = ((self._now - BACK_DAYS * DAY_S, self._now),) if last else spans(ask.over, self._now, self._zone)
        readings = self._of.get(of, [])
        so = [is_so(one.value) for one in readings]
        if not readings or not over or readings[0].at >= over[-1][1]:
            return self._unknown([entity])
        turned = [one.at for before, now, one in zip([None, *so], so, readings, strict=False) if now != before]
        begun = turned if so[0] else turned[1:]
        begun = begun[::2]
        if last:
            return self._last(entity, state, begun, turned, now_so=so[-1])
        if ask.measure == "times":
            count = sum(at > readings[0].at and any(first <= at <= end for first, end in over) for at in begun)
            times = f"{count}次" if self._language == "zh" else f"{count} time{'' if count == 1 else 's'}"
            text = say("past_times", self._language, name=entity.name, state=state, count=times)
        elif ask.measure == "ever":
            ever = any(is_so(one.value) for one in self.stretches(of, over))
            text = say("ever_yes" if ever else "ever_no", self._language, name=entity.name, state=state)
        else:
            seconds = sum(one.end - one.start for one in self.stretches(of, over) if is_so(one.value))
            time = wording.duration(seconds, self._language) if seconds >= 1 else say("past_no_time", self._language)
            text = say("past_duration", self._language, name=entity.name, state=state, time=time)
        return " ".join((text, *self._known_since(readings[0].at, over[0][0])))

    def _looked_for(
        self, ask: t.AskPast | t.AskCrossed, entity: EntityView
    ) -> tuple[Signal, Callable[[Json], bool], str]:
        """The property, whether a value of it is what is asked about, and words for that."""
        if isinstance(ask, t.AskPast):
            word = str(ask.state)
            return state_signal(entity), partial(_is_so, entity, word), wording.state(word, self._language)
        assert isinstance(ask.value, Quantity)
        amount = self.amount(ask.value.value, entity)
        beyond = say("past_above" if ask.operator == ">" else "past_below", self._language, amount=amount)
        return number_signal(entity), partial(_is_beyond, ask.operator, ask.value.value), beyond

    def _last(
        self, entity: EntityView, state: str, begun: Sequence[float], turned: Sequence[float], *, now_so: bool
    ) -> str:
        """When it was so last: from when, and until when if it is so no more."""
        if not begun:
            return say("past_never", self._language, name=entity.name, state=state)
        start = when_of(begun[-1], self._now, self._zone, self._language)
        if now_so:
            return say("past_since", self._language, name=entity.name, state=state, when=start)
        end = when_of(turned[-1], self._now, self._zone, self._language)
        return say("past_last", self._language, name=entity.name, state=state, when=start, until=end)

    def _known_since(self, first: float, asked: float) -> list[str]:
        if first <= asked:
            return []
        return [say("past_known_since", self._language, when=when_of(first, self._now, self._zone, self._language))]

    def _unknown(self, entities: Sequence[EntityView]) -> str:
        return say("past_unknown", self._language, name=join([one.name for one in entities[:4]], self._language))

    def amount(self, value: float, entity: EntityView) -> str:
        """A value of what it measures, in words."""
        prop = entity.property(number_signal(entity)[1])
        return wording.quantity(round(value, 2), unit_of(prop.unit) if prop is not None else "", self._language)


def _of(function: t.Function, numbers: Sequence[tuple[float, Stretch]]) -> float:
    if function in ("minimum", "maximum"):
        return (min if function == "minimum" else max)(value for value, _ in numbers)
    return _grown(numbers) if function == "total" else _mean(numbers)


def _average(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def _mean(numbers: Sequence[tuple[float, Stretch]]) -> float:
    """Weighed by how long each held."""
    whole = sum(one.end - one.start for _, one in numbers)
    return sum(value * (one.end - one.start) for value, one in numbers) / whole


def _grown(numbers: Sequence[tuple[float, Stretch]]) -> float:
    """What a counter grew by. One that falls to a tenth and stays there has begun anew; any other dip is a slip, and counts for nothing."""
    values = [value for value, _ in numbers]
    total, height = 0.0, values[0]
    for value, after in zip(values[1:], [*values[2:], values[-1]], strict=False):
        if value >= height:
            total, height = total + value - height, value
        elif value < ANEW * height and after < height:
            total, height = total + value, value
    return total


def _is_beyond(operator: str, limit: float, value: Json) -> bool:
    if not isinstance(value, int | float) or isinstance(value, bool):
        return False
    return value > limit if operator == ">" else value < limit


def _is_so(entity: EntityView, word: str, value: Json) -> bool:
    """Whether a value is what the word calls it."""
    called = abilities.word_of(entity.description, value)
    return called is not None and abilities.is_called(entity.entity_class, called, word)
