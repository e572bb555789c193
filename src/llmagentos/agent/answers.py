"""Answers to questions, from the snapshot alone: what is not known is said to be unknown."""

import datetime as dt
from dataclasses import replace

from llmagentos.agent import abilities, agenda, wording
from llmagentos.agent.effects import effect, find_timers, items_of
from llmagentos.agent.linked import Asked, Linked
from llmagentos.agent.outcomes import CannotDo, Commands, Question, Which
from llmagentos.agent.past import number_signal
from llmagentos.agent.ports import Selecting
from llmagentos.agent.telling import told, unit_of, weather
from llmagentos.agent.wording import Language, join, say
from llmagentos.language import Selector
from llmagentos.language import tree as t
from llmagentos.messages.snapshot import Ambiguous, EntityView, Found, Missing, Snapshot, Speaker

FEW = 8
"""Of no more things it is told where they are and what they can."""
MOST_EXPLAINED = 3
"""Of no more things it is told why they are as they are."""
_SENSORS = ("sensor", "binary sensor")


class Answers:
    """Answers one speaker over one snapshot. `zone` is the site's time zone."""

    def __init__(
        self, snapshot: Snapshot, speaker: Speaker, select: Selecting, language: Language, zone: dt.tzinfo
    ) -> None:
        self._snapshot, self._speaker, self._select = snapshot, speaker, select
        self._language, self._zone = language, zone

    def answer(self, ask: t.Ask) -> str | Which | Question:
        """The answer in words, the question which one was meant, or what only the past can answer."""
        if isinstance(ask, t.AskPast | t.AskCrossed | t.ComparedPeriods) or (
            isinstance(ask, t.Aggregate) and ask.over is not None
        ):
            return self._past(ask)
        if isinstance(ask, t.AskChanged):
            return Question(
                ask, tuple(one.id for one in self._snapshot.entities.values() if ask.area in (None, one.area))
            )
        if isinstance(ask, t.AskUnusual):
            return self._unusual(ask)
        if isinstance(ask, t.WhatIf):
            return self._what_if(ask)
        if isinstance(ask, t.Why):
            return Question(ask) if ask.subject is None else self._why(ask, ask.subject)
        if isinstance(ask, t.Compared):
            return self._compared(ask)
        if isinstance(ask, Asked):
            links = self._snapshot.links
            return self._say("linked_nothing") if links is None else Linked(links, self._language).answer(ask)
        if isinstance(ask, t.AskState):
            return self._state(ask)
        if isinstance(ask, t.Check):
            return self._check(ask)
        if isinstance(ask, t.Find | t.Count):
            return self._find(ask)
        if isinstance(ask, t.AskAble | t.AskAbilities | t.AskPlace):
            return self._about(ask)
        if isinstance(ask, t.Aggregate):
            return self._aggregate(ask)
        if isinstance(ask, t.AskList):
            return self._list(ask.list)
        if isinstance(ask, t.AskTimer):
            return self._timer(ask.timer)
        if isinstance(ask, t.AskAlarms):
            return self._alarms()
        if isinstance(ask, t.AskClock):
            return self._clock(ask.what)
        if isinstance(ask, t.AskWeather):
            return self._weather(ask)
        return self._calendar(ask)

    def _say(self, phrase: str, **parts: str) -> str:
        return say(phrase, self._language, **parts)

    def _names(self, entities: list[EntityView]) -> str:
        return join([one.name for one in entities], self._language)

    def _resolve(self, target: Selector, name: str | None = None) -> tuple[EntityView, ...] | str | Which:
        wanted = name

        def knows(entity: EntityView) -> bool:
            return wanted is None or entity.property(wanted) is not None

        found = self._select(target, self._snapshot, self._speaker, knows)
        if isinstance(found, Missing):
            return self._say(found.reason, name=target.name or target.kind)
        if isinstance(found, Ambiguous):
            return Which(found.options, target.kind)
        assert isinstance(found, Found)
        return found.entities

    def _state(self, ask: t.AskState) -> str | Which:
        found = self._resolve(ask.target, ask.property)
        if not isinstance(found, tuple):
            return found
        if len(found) == 1 and ask.property is None and (twins := self._twins(found[0])):
            return told(found[0], None, self._language, twins)
        return " ".join(self._told(entity, ask.property) for entity in found[:12])

    def _twins(self, entity: EntityView) -> tuple[EntityView, ...]:
        """What measures the same under the same name: a battery is low or not, and at so many percent."""
        if entity.entity_class not in _SENSORS:
            return ()
        return tuple(
            one for one in self._snapshot.entities.values()
            if one.entity_class in _SENSORS and one.entity_class != entity.entity_class
            and one.description.kind == entity.description.kind and one.name.casefold() == entity.name.casefold()
        )  # fmt: skip

    def _told(self, entity: EntityView, name: str | None) -> str:
        if entity.entity_class == "list" and name is None:
            return self._items(entity)
        return told(entity, name, self._language)

    def _check(self, ask: t.Check) -> str | Which:
        found = self._resolve(ask.target)
        if not isinstance(found, tuple):
            if isinstance(found, Which) and ask.quantifier != "is":
                found = found.options
            else:
                return found
        word = str(ask.state)
        if ask.quantifier == "is" and len(found) == 1:
            verdict = abilities.in_state(found[0], word) if found[0].online else None
            if verdict is None:
                return self._say("unknown_state", name=found[0].name)
            now = abilities.state_word(found[0]) or ""
            return self._say("yes" if verdict else "no", name=found[0].name, state=wording.state(now, self._language))
        yes, no, unknown = self._sorted(found, word)
        if ask.quantifier == "any" and yes:
            return self._say("yes_some", names=self._names(yes))
        if ask.quantifier == "every" and no:
            return self._say("no_some", names=self._names(no))
        if unknown:
            return self._say("unknown_state", name=self._names(unknown))
        return self._say("no_any" if ask.quantifier == "any" else "all_yes")

    def _sorted(
        self, entities: tuple[EntityView, ...], word: str
    ) -> tuple[list[EntityView], list[EntityView], list[EntityView]]:
        """Those in the state, those not, and those of which it is not known."""
        known = [(one, abilities.in_state(one, word) if one.online else None) for one in entities]
        return ([one for one, verdict in known if verdict], [one for one, verdict in known if verdict is False],
                [one for one, verdict in known if verdict is None])  # fmt: skip

    def _find(self, ask: t.Find | t.Count) -> str | Which:
        found = self._resolve(ask.target)
        if isinstance(found, Which):
            found = found.options
        if isinstance(found, str):
            return found
        named = ask.target.name is not None or ask.target.id is not None
        if isinstance(ask, t.Count) and ask.state is None and named and found[0].entity_class == "list":
            return self._say("count", count=str(len(items_of(found[0], done=False))))
        matching, unknown = list(found), list[EntityView]()
        if ask.state is not None:
            matching, _, unknown = self._sorted(found, str(ask.state))
        if not matching:
            return self._say("unknown_state", name=self._names(unknown)) if unknown else self._say("none")
        if isinstance(ask, t.Count):
            return self._say("count_names", count=str(len(matching)), names=self._names(matching))
        return self._say("some", names=self._names(matching))

    def _unusual(self, ask: t.AskUnusual) -> str | Which | Question:
        found = self._resolve(ask.target) if ask.target is not None else tuple(self._snapshot.entities.values())
        if isinstance(found, Which) and ask.target is not None and ask.target.name is None:
            found = found.options
        return Question(ask, tuple(one.id for one in found)) if isinstance(found, tuple) else found

    def _about(self, ask: t.AskAble | t.AskAbilities | t.AskPlace) -> str | Which:
        """What things are and can, whatever they do now."""
        found = self._resolve(ask.target)
        if isinstance(found, Which):
            if not isinstance(ask, t.AskAble) or ask.whether:
                return found
            found = found.options
        if isinstance(found, str):
            return found
        if isinstance(ask, t.AskPlace):
            return " ".join(self._placed(one) for one in found[:FEW])
        if isinstance(ask, t.AskAbilities):
            return " ".join(self._abilities(one) for one in found[:FEW])
        able = [one for one in found if abilities.able(one, ask.ability)]
        if not ask.whether:
            return self._say("some", names=self._names(able)) if able else self._say("none")
        what = wording.ability(ask.ability, self._language)
        return self._say("able" if able else "unable", name=self._names(able or list(found)), what=what)

    def _placed(self, entity: EntityView) -> str:
        place = wording.place(entity.area, entity.floor, self._language)
        return self._say("placed", name=entity.name, place=place) if place else self._say("unplaced", name=entity.name)

    def _abilities(self, entity: EntityView) -> str:
        what = [wording.ability(one, self._language) for one in abilities.all_of(entity)]
        if not what:
            return self._say("only_tells", name=entity.name)
        return self._say("abilities", name=entity.name, what=join(what, self._language))

    def _aggregate(self, ask: t.Aggregate) -> str | Which:
        found = self._resolve(ask.target)
        if isinstance(found, Which):
            found = found.options
        if isinstance(found, str):
            return found
        found = self._with_thermostats(ask.target, found)
        numbers = [
            (float(value), one)
            for one in found
            if one.online and isinstance(value := one.value(number_signal(one)[1]), int | float) and not isinstance(value, bool)
        ]  # fmt: skip
        if not numbers:
            return self._say("unknown_state", name=ask.target.kind)
        if ask.function in ("minimum", "maximum"):
            sought = min if ask.function == "minimum" else max
            value, entity = sought(numbers, key=lambda one: one[0])
            measured = entity.property(number_signal(entity)[1])
            amount = wording.quantity(value, unit_of(measured.unit) if measured else "", self._language)
            return self._say("value", name=entity.area or entity.name, state=amount)
        total = sum(value for value, _ in numbers)
        prop = found[0].property("value")
        return self._say(
            "value",
            name=wording.property_name(ask.target.kind, self._language),
            state=wording.quantity(
                total if ask.function == "total" else total / len(numbers),
                unit_of(prop.unit) if prop else "",
                self._language,
            ),
        )

    def _past(self, ask: t.AskPast | t.AskCrossed | t.ComparedPeriods | t.Aggregate) -> str | Which | Question:
        found = self._resolve(ask.target)
        if isinstance(found, Which):
            found = found.options
        return found if isinstance(found, str) else Question(ask, tuple(one.id for one in found))

    def _why(self, ask: t.Why, subject: Selector) -> str | Which | Question:
        found = self._resolve(subject)
        if isinstance(found, str) and subject.area and not subject.name:
            everywhere = self._with_thermostats(replace(subject, area=None), ())
            found = tuple(one for one in everywhere if one.area == subject.area) or found
        if not isinstance(found, tuple):
            return found
        return (
            Which(found, subject.kind) if len(found) > MOST_EXPLAINED else Question(ask, tuple(one.id for one in found))
        )

    def _what_if(self, ask: t.WhatIf) -> str | Which | Question:
        """What can be done can be supposed; what cannot is said as if it had been asked for."""
        outcome = effect(ask.action, self._snapshot, self._speaker, self._select)
        if isinstance(outcome, Which):
            return outcome
        if isinstance(outcome, CannotDo):
            return self._say("absent_any" if outcome.reason == "absent" else "impossible_any")
        if isinstance(outcome, Commands) and not outcome.commands:
            return self._say("nothing_to_do")
        return Question(ask, tuple(one.entity for one in outcome.commands) if isinstance(outcome, Commands) else ())

    def _compared(self, ask: t.Compared) -> str | Which:
        sides: list[tuple[EntityView, float]] = []
        for target in (ask.target, ask.other):
            found = self._resolve(target)
            if not isinstance(found, tuple):
                return found
            known = [(one, one.value(number_signal(one)[1])) for one in found if one.online]
            numbers = [(one, float(value)) for one, value in known if isinstance(value, int | float) and not isinstance(value, bool)]  # fmt: skip
            if not numbers:
                return self._say("unknown_state", name=self._names(list(found)))
            sides.append((numbers[0][0], sum(value for _, value in numbers) / len(numbers)))
        (one, first), (other, second) = sides
        phrase = "compared_yes" if (first > second if ask.more == "more" else first < second) else "compared_no"
        texts = []
        for entity, value in ((one, first), (other, second)):
            prop = entity.property(number_signal(entity)[1])
            texts.append(wording.quantity(round(value, 2), unit_of(prop.unit) if prop else "", self._language))
        return self._say(phrase, name=one.name, first=texts[0], other=other.name, second=texts[1])

    def _with_thermostats(self, target: Selector, found: tuple[EntityView, ...]) -> tuple[EntityView, ...]:
        """How warm it is where only a thermostat tells."""
        if target.kind != "temperature" or target.name or target.id or target.area:
            return found
        known = {one.area for one in found}
        return (*found, *(one for one in self._snapshot.entities.values() if one.entity_class == "climate" and one.area and one.area not in known
                          and target.floor in (None, one.floor) and one.property("current temperature") is not None))  # fmt: skip

    def _list(self, target: Selector) -> str | Which:
        found = self._resolve(target)
        if not isinstance(found, tuple):
            return found
        return " ".join(self._items(one) for one in found)

    def _items(self, entity: EntityView) -> str:
        items = items_of(entity, done=False)
        if not items:
            return self._say("empty_list", name=entity.name)
        return self._say("list", name=entity.name, names=join(items, self._language))

    def _timer(self, reference: t.TimerRef) -> str:
        matches = find_timers(reference, self._snapshot, self._speaker)
        left = [one.left_s for one in self._snapshot.timers if one.id in matches]
        if not left:
            return self._say("no_timer")
        return " ".join(self._say("timer_left", time=wording.duration(one, self._language)) for one in left)

    def _alarms(self) -> str:
        known = self._snapshot.alarms
        if not known:
            return self._say("no_alarm")
        times = [wording.alarm(one, self._zone, self._snapshot.at, self._language) for one in known]
        return self._say("alarms", names=join(times, self._language))

    def _clock(self, what: str) -> str:
        now = dt.datetime.fromtimestamp(self._snapshot.at, self._zone)
        if what == "time":
            return self._say("time", time=f"{now:%H:%M}")
        chinese = f"{now.year}年{now.month}月{now.day}日，星期{'一二三四五六日'[now.weekday()]}"
        return self._say("date", date=chinese if self._language == "zh" else f"{now:%A}, {now.day} {now:%B %Y}")

    def _weather(self, ask: t.AskWeather) -> str:
        sources = [one for one in self._snapshot.entities.values() if one.entity_class == "weather"]
        if ask.place:
            sources = [one for one in sources if one.called(ask.place)]
        if not sources:
            return self._say("absent", name=ask.place) if ask.place else self._say("absent_any")
        source = sources[0]
        if ask.aspect in ("temperature", "humidity", "wind"):
            name = "wind speed" if ask.aspect == "wind" else ask.aspect
            return told(source, name, self._language)
        return weather(source, self._language)

    def _calendar(self, ask: t.AskCalendar) -> str:
        today = dt.datetime.fromtimestamp(self._snapshot.at, self._zone).date()
        found = agenda.events(self._snapshot, ask.calendar, *agenda.span(ask.day, today), self._zone)
        names = [one.told(today, self._language) for one in found]
        return self._say("events", names=join(names, self._language)) if names else self._say("no_events")
