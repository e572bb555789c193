"""What people want to know of the past, and which of two is more."""

import re
from typing import Any, Literal

from llmagentos.agent.past import number_signal
from llmagentos.agent.past_offered import measures
from llmagentos.agent.periods import WEEKDAYS
from llmagentos.language import Selector
from llmagentos.language import tree as t
from llmagentos.language.units import UNITS, Duration, Quantity, canonical_unit
from llmagentos.messages.snapshot import EntityView
from llmagentos.training.spoken import spoken_duration, spoken_time
from llmagentos.training.wishes.ground import Impossible, Wish
from llmagentos.training.wishes.targets import Targets

_LESS = re.compile(r"\b(?:colder|cooler|lower|less|drier)\b|冷|低|凉|干燥")
_FUNCTIONS: tuple[t.Function, ...] = ("maximum", "minimum", "mean")
_COUNTED = ("energy", "water", "gas", "precipitation")
_SPANS = (3600, 2 * 3600, 3 * 3600, 6 * 3600, 12 * 3600, 86_400, 2 * 86_400, 3 * 86_400, 7 * 86_400, 1800)
_MODES = ("climate", "person", "vacuum", "lawn mower")


class Remembered(Targets):
    """Draws questions over time, in languages that have words for them."""

    @property
    def _past(self) -> dict[str, Any]:
        found: dict[str, Any] | None = self._speech.data.get("past")
        if found is None:
            raise Impossible
        return found

    def measured(self) -> Wish:
        """How high, how low, on average, altogether."""
        entity = self._some([one for one in self._entities if measures(one)])
        kind = entity.description.kind if entity.entity_class == "sensor" else "temperature"
        function: t.Function = "total" if kind in _COUNTED else self._random.choice(_FUNCTIONS)
        special = f"{function} {kind}"
        key = special if special in self._past and self._random.random() < 0.8 else function
        target, words = self._measured_at(entity, kind)
        over, spoken = self._window()
        measure = self._past["measures"].get(kind)
        if measure is None:
            raise Impossible
        return self._wish(
            t.Aggregate(function, target, over),
            self._say("past", key, x=words, p=spoken, m=self._random.choice(measure)),
        )

    def been(self) -> Wish:
        """How long, how often, and when last."""
        entities = [one for one in self._entities if self._words_of_state(one) and one.entity_class not in _MODES]
        entity = self._some(entities)
        state = self._random.choice(self._words_of_state(entity))
        spoken = self._past["been"].get(state)
        if spoken is None:
            raise Impossible
        target = self.by_name(entity)
        measures_: tuple[t.Measure, ...] = ("duration", "times", "last time")
        measure = self._random.choice(measures_)
        said = {"x": target.words, "s": self._random.choice(spoken)}
        if measure == "last time":
            return self._wish(t.AskPast(measure, target.selector, state), self._say("past", measure, **said))
        over, period = self._window()
        if self._random.random() < 0.15:
            words = " ".join(self._say("past", measure, p="", **said).split()).removeprefix(", ")
            return self._wish(t.AskPast(measure, target.selector, state), words)
        return self._wish(
            t.AskPast(measure, target.selector, state, over), self._say("past", measure, p=period, **said)
        )

    def crossed(self) -> Wish:
        """How long, how often, when last and whether ever it was beyond a value."""
        entity = self._some(
            [
                one
                for one in self._entities
                if measures(one) and one.description.kind in ("", "temperature", "humidity", "power", "carbon dioxide")
            ]
        )
        prop = entity.property(number_signal(entity)[1])
        unit = canonical_unit(prop.unit) if prop is not None else ""
        target, operators = self.by_name(entity), self._past["beyond"]
        operator: Literal[">", "<"] = ">" if self._random.random() < 0.5 else "<"
        low, high = {"C": (-22, 32), "%": (20, 90), "W": (5, 2500), "ppm": (500, 1800)}.get(unit, (1, 50))
        value = Quantity(float(self._random.randint(low, high)), unit if unit in UNITS else "")
        spoken = f"{value.value:g}" + self._random.choice(self._past["units"].get(unit, [""]))
        measures_: tuple[t.Measure, ...] = ("duration", "times", "ever", "ever", "last time")
        measure = self._random.choice(measures_)
        said = {"x": target.words, "s": f"{self._random.choice(operators[operator])}{spoken}"}
        if measure == "last time":
            return self._wish(
                t.AskCrossed(measure, target.selector, operator, value), self._say("past", f"crossed {measure}", **said)
            )
        over, period = self._window()
        return self._wish(
            t.AskCrossed(measure, target.selector, operator, value, over),
            self._say("past", f"crossed {measure}", p=period, **said),
        )

    def ever(self) -> Wish:
        """Whether it was so at all."""
        entity = self._some(
            [one for one in self._entities if self._words_of_state(one) and one.entity_class not in _MODES]
        )
        state = self._random.choice(self._words_of_state(entity))
        spoken = self._past["been"].get(state)
        if spoken is None:
            raise Impossible
        target = self.by_name(entity)
        over, period = self._window()
        words = self._say("past", "ever", x=target.words, s=self._random.choice(spoken), p=period)
        return self._wish(t.AskPast("ever", target.selector, state, over), words)

    def changed(self) -> Wish:
        """What is otherwise than it was."""
        over, period = self._window()
        areas = sorted({one.area for one in self._entities if one.area})
        if areas and self._random.random() < 0.6:
            area = self._random.choice(areas)
            return self._wish(
                t.AskChanged(area, over), self._say("past", "changed place", a=self._place(area), p=period)
            )
        return self._wish(t.AskChanged(None, over), self._say("past", "changed", p=period))

    def unusual(self) -> Wish:
        """What was not as it usually is."""
        over, period = self._window()
        chance = self._random.random()
        if chance < 0.5:
            entity = self._some([one for one in self._entities if measures(one) or self._words_of_state(one)])
            target = self.by_name(entity)
            words = self._say("past", "unusual thing", x=target.words, p=period)
            return self._wish(t.AskUnusual(over, target.selector), words)
        areas = sorted({one.area for one in self._entities if one.area})
        if areas and chance < 0.7:
            area = self._random.choice(areas)
            words = self._say("past", "unusual place", a=self._place(area), p=period)
            return self._wish(t.AskUnusual(over, Selector("device", area=area)), words)
        return self._wish(t.AskUnusual(over), self._say("past", "unusual", p=period))

    def compared(self) -> Wish:
        """Two of a kind now, or one at two times."""
        entities = [one for one in self._entities if measures(one) and one.description.kind in ("", "temperature", "humidity")]  # fmt: skip
        entity = self._some(entities)
        kind = entity.description.kind or "temperature"
        target, words = self._measured_at(entity, kind)
        if self._random.random() < 0.45:
            one, other = self._random.choice((("today", "yesterday"), ("yesterday", "today"), ("this week", "last week"), ("last week", "this week"), ("this morning", "yesterday")))  # fmt: skip
            periods = self._past["periods"]
            function = self._random.choice(_FUNCTIONS)
            said = self._say("past", f"compare {function}", x=words, p=self._random.choice(periods[one]), q=self._random.choice(periods[other]))  # fmt: skip
            return self._wish(t.ComparedPeriods(function, target, _more(said), one, other), said)  # type: ignore[arg-type]  # keys of `periods`
        rivals = [one for one in entities if one.id != entity.id and one.entity_class == entity.entity_class and (one.description.kind or "temperature") == kind]  # fmt: skip
        other_target, other_words = self._measured_at(self._some(rivals), kind)
        if other_target == target or other_target.kind != target.kind:
            raise Impossible
        said = self._say("past", f"compare {kind}", x=words, y=other_words)
        return self._wish(t.Compared(target, _more(said), other_target), said)

    def _measured_at(self, entity: EntityView, kind: str) -> tuple[Selector, str]:
        """A sensor by its name, or what is measured in its room."""
        area = entity.area
        if entity.entity_class == "sensor" and area is not None and self._random.random() < 0.6:
            return Selector(kind, area=area), self._place(area)
        if entity.entity_class == "climate" and area is not None and self._random.random() < 0.6:
            alone = sum(one.entity_class == "climate" and one.area == area for one in self._entities) == 1
            sensed = any(one.entity_class == "sensor" and one.description.kind == kind and one.area == area for one in self._entities)  # fmt: skip
            if alone and not sensed:
                return self._index.named(entity), self._place(area)
        target = self.by_name(entity)
        return target.selector, target.words

    def _place(self, area: str) -> str:
        words = self._area_words(area)
        return f"the {words}" if self._speech.language == "en" else words

    def _window(self) -> tuple[Duration | t.Period | t.During, str]:
        """A stretch of the past, and words for it."""
        past, chance = self._past, self._random.random()
        if chance < 0.3 and "during" in past:
            return self._part_of_days()
        if chance < 0.45:
            duration = Duration(self._random.choice(_SPANS))
            spoken = spoken_duration(duration, self._speech.language, self._random)
            return duration, self._random.choice(past["span"]).format(v=spoken)
        names = [one for one in past["periods"] if one.rpartition(" ")[2] not in WEEKDAYS] * 2 + [*past["periods"]]
        name = self._random.choice(names)
        return name, self._random.choice(past["periods"][name])

    def _part_of_days(self) -> tuple[t.During, str]:
        """Of one day, of today, or of several; by its name or by the clock."""
        past, chance = self._past, self._random.random()
        if chance < 0.15:
            part = self._random.choice(list(past["during today"]))
            return t.During("today", part), self._random.choice(past["during today"][part])
        many = chance < 0.4
        period = self._random.choice(list(past["many days" if many else "days"]))
        day = self._random.choice(past["many days" if many else "days"][period])
        if self._random.random() < 0.25:
            start = 60 * self._random.randint(5, 21)
            end = (start + 60 * self._random.randint(1, 9)) % 1440
            said = [spoken_time(one, self._speech.language, self._random) for one in (start, end)]
            return t.During(period, None, start, end), self._random.choice(past["hours"]).format(d=day, a=said[0], b=said[1])  # fmt: skip
        part = self._random.choice([one for one in past["during"] if period != "today" or one in past["during today"]])
        return t.During(period, part), self._random.choice(past["during many" if many else "during"][part]).format(
            d=day
        )


def _more(words: str) -> t.More:
    """What the words ask: whether it is more, or less."""
    return "less" if _LESS.search(words) else "more"
