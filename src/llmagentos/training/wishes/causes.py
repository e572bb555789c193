"""What an order may wait for, and words for it: states, levels, people, times, the sun, silence."""

from dataclasses import dataclass

from llmagentos.agent.site_index import ask_kind, kind_word
from llmagentos.language import Selector
from llmagentos.language import tree as t
from llmagentos.language.units import Duration, Quantity, canonical_unit
from llmagentos.language.vocabulary import READABLE
from llmagentos.messages.snapshot import EntityView
from llmagentos.training.speech import expand
from llmagentos.training.spoken import bare_time, spoken_duration, spoken_time
from llmagentos.training.wishes.ground import Impossible
from llmagentos.training.wishes.targets import Targets
from llmagentos.training.wishes.timing import a_minute

RANGES: dict[str, tuple[float, float, float]] = {
    "temperature": (-20, 30, 1), "humidity": (20, 80, 5), "battery": (5, 30, 5), "power": (100, 3000, 100), "energy": (1, 20, 1),
    "illuminance": (10, 500, 10), "carbon dioxide": (700, 1500, 100), "pm25": (10, 80, 5), "pressure": (980, 1030, 5),
}  # fmt: skip


@dataclass(frozen=True)
class Cause:
    """A condition and words for it. `moment`: it has no length."""

    condition: t.Condition
    words: str
    moment: bool = False
    lasting: str = ""
    """Words for its having lasted, with a hole for how long."""


class Causes(Targets):
    """Draws causes."""

    def _state(self) -> Cause:
        entity = self._some(
            [
                one
                for one in self._entities
                if one.entity_class not in ("person", "climate") and self._words_of_state(one)
            ]
        )
        state = self._random.choice(self._words_of_state(entity))
        patterns = self._speech.data["order"]["states"]
        kind = entity.description.kind if entity.entity_class == "binary sensor" else ""
        if f"{state} {kind} place" in patterns and self._alone(entity) and self._random.random() < 0.6:
            spoken = self._area_words(str(entity.area))
            words = expand(self._random.choice(patterns[f"{state} {kind} place"]), self._random, a=spoken)
            lasting = self._lasting(f"{state} {kind} place", a=spoken)
            return Cause(t.InState(self._index.named(entity), state), words, lasting=lasting)
        target = self.by_name(entity)
        key = (
            f"{state} {kind}"
            if f"{state} {kind}" in patterns and self._random.random() < 0.7
            else state
            if state in patterns
            else "any state"
        )
        words = expand(self._random.choice(patterns[key]), self._random, x=target.words, s=self._state_words(state))
        return Cause(t.InState(target.selector, state), words, lasting=self._lasting(state, x=target.words))

    def _lasting(self, key: str, **slots: str) -> str:
        patterns = self._speech.data["order"]["states"].get(f"{key} for")
        return expand(self._random.choice(patterns), self._random, v="{v}", **slots) if patterns else ""

    def _alone(self, entity: EntityView) -> bool:
        """Whether no other senses the same where it is, or what is not the same."""
        sensed = ("motion", "occupancy", "presence")
        near = [one for one in self._entities if one.area == entity.area and one.description.kind in sensed]
        return entity.area is not None and len(near) == 1 and self._index.named(entity).id is None

    def _slipped(self, wrong: str, right: str) -> str:
        """What is said, now and then after something else."""
        if wrong == right or self._random.random() > 0.05:
            return right
        return self._pattern("slip", w=wrong, v=right)

    def _group(self) -> Cause:
        entity = self._some(
            [one for one in self._entities if self._words_of_state(one) and one.entity_class != "person"]
        )
        kind = ask_kind(entity)
        nouns = self._speech.data["nouns"].get(kind)
        if nouns is None or kind_word(entity) == "climate":
            raise Impossible
        state = self._random.choice(self._words_of_state(entity))
        quantifier: t.Quantifier = self._random.choice(("any", "any", "every"))
        here = entity.area is not None and self._random.random() < 0.6
        key = f"{quantifier}{' place' if here else ''}"
        words = self._pattern(
            key, k=self._random.choice(nouns["many"]), k1=self._random.choice(nouns["one"]), s=self._state_words(state),
            a=self._area_words(entity.area) if entity.area else "",
        )  # fmt: skip
        return Cause(t.InState(Selector(kind, area=entity.area if here else None), state, quantifier), words)

    def _level(self) -> Cause:
        sensors = [one for one in self._entities if one.entity_class == "sensor" and one.description.kind in RANGES]
        others = [one for one in self._entities if one.property("current temperature") is not None]
        entity = self._some([*sensors, *others, *(one for one in self._entities if one.entity_class == "weather")])
        kind = entity.description.kind if entity.entity_class == "sensor" else "temperature"
        name = {"sensor": None, "weather": "temperature"}.get(entity.entity_class, "current temperature")
        prop = entity.property(name or "value")
        low, high, step = RANGES[kind]
        assert prop is not None and (name is None or name in READABLE)
        value = low + step * self._random.randrange(int((high - low) / step) + 1)
        value += 0.5 if kind == "temperature" and self._random.random() < 0.1 else 0
        unit = canonical_unit(prop.unit)
        if unit == "F":
            raise Impossible
        operator: t.Operator = self._random.choice((">", "<"))
        key = {">": "above", "<": "below"}[operator]
        spoken = self._slipped(
            self._amount(value + step * self._random.choice((-2, -1, 1, 2)), unit), self._amount(value, unit)
        )
        quantity = Quantity(float(value), unit)
        alone = (
            entity.area is not None
            and sum(one.area == entity.area and one.description.kind == kind for one in sensors) == 1
        )
        if kind == "temperature" and entity.entity_class == "sensor" and alone and self._random.random() < 0.5:
            words = self._pattern(f"{key} place", a=self._area_words(str(entity.area)), v=spoken)
            return Cause(t.Compare(Selector("temperature", area=entity.area), operator, quantity), words)
        target = self.by_name(entity)
        bare = target.words
        if entity.entity_class == "weather":
            words = self._pattern(f"{key} outside", v=spoken)
            return Cause(t.Compare(target.selector, operator, quantity, name), words)
        if name is not None:
            bare = expand(self._random.choice(self._speech.data["order"]["measured"]), self._random, x=target.words)
        return Cause(t.Compare(target.selector, operator, quantity, name), self._pattern(key, x=bare, v=spoken))

    def _amount(self, value: float, unit: str) -> str:
        if value < 0:
            spoken = self.number(-value, unit)
            return expand(self._random.choice(self._speech.data["order"]["minus"]), self._random, v=spoken)
        spoken = self.number(value, unit)
        words = self._speech.data["order"]["units"].get(unit)
        return f"{spoken}{self._random.choice(words)}" if words else spoken

    def _presence(self) -> Cause:
        people = [one for one in self._entities if one.entity_class == "person"]
        if not people:
            raise Impossible
        if self._random.random() < 0.45:
            person = self._random.choice(people)
            place: t.Place = self._random.choice(("home", "away"))
            words = self._pattern(f"person {place}", x=self._cased(person.name))
            return Cause(t.Presence(person=person.name, place=place), words)
        who: t.Who = self._random.choice(("nobody", "nobody", "somebody", "everybody"))
        return Cause(t.Presence(who=who, place="home"), self._pattern(f"{who} home"))

    def _clock(self) -> Cause:
        minute = self._minute()
        day, words = self._random.choice(list(self._speech.data["every"].items()))
        part = _part_of(minute)
        if f"{part} clock" in self._speech.data["order"] and self._random.random() < 0.35:
            spoken = bare_time(minute, self._random)
            days = self._random.choice(self._speech.data["order"]["days of"][day])
            return Cause(t.Clock(minute, day), self._pattern(f"{part} clock", d=days, v=spoken), moment=True)
        language = self._speech.language
        other = (minute + self._random.choice((-60, -30, 30, 60))) % 1440
        spoken = self._slipped(spoken_time(other, language, self._random), spoken_time(minute, language, self._random))
        return Cause(t.Clock(minute, day), self._pattern("clock", e=self._random.choice(words), v=spoken), moment=True)

    def _at(self) -> Cause:
        """A time on any day, as the end of something."""
        minute = self._minute()
        return Cause(t.Clock(minute), spoken_time(minute, self._speech.language, self._random), moment=True)

    def _minute(self) -> int:
        if self._random.random() < 0.7:
            return a_minute(self._random)
        return self._random.randrange(24) * 60 + self._random.choice((0, 0, 30, 15, 45, 5, 10, 20, 40, 50, 55))

    def _sun(self) -> Cause:
        if self._random.random() < 0.5:
            return self._sun_event()
        event: t.SunEvent = self._random.choice(("sunrise", "sunset"))
        span, before = self._duration(), self._random.random() < 0.6
        if span.seconds % 60 or span.seconds > 4 * 3600:
            raise Impossible
        words = self._pattern(f"{'before' if before else 'after'} {event}", v=self._spoken(span))
        return Cause(t.Sun(event, span, before), words, moment=True)

    def _sun_event(self) -> Cause:
        event: t.SunEvent = self._random.choice(("sunrise", "sunset"))
        return Cause(t.Sun(event), self._pattern(event), moment=True)

    def _between(self) -> Cause:
        start, end = self._minute(), self._minute()
        if start == end:
            raise Impossible
        spoken = [spoken_time(one, self._speech.language, self._random) for one in (start, end)]
        return Cause(t.Between(start, end), self._pattern("between", v=spoken[0], w=spoken[1]))

    def _silence(self) -> Cause:
        entity = self._some([one for one in self._entities if one.entity_class in ("sensor", "binary sensor")])
        target, span = self.by_name(entity), self._duration()
        return Cause(t.Silence(target.selector, span), self._pattern("silence", x=target.words, v=self._spoken(span)))

    # Small parts

    def _duration(self) -> Duration:
        """Mostly a round one."""
        if self._random.random() < 0.25:
            return super()._duration()
        minutes = self._random.choice((1, 2, 3, 4, 5, 5, 6, 7, 8, 10, 10, 12, 15, 15, 20, 20, 25, 30, 30, 30, 35, 40, 45, 45, 50, 60, 60, 90, 120, 120, 150, 180, 240, 300, 360, 480))  # fmt: skip
        return Duration(60 * minutes)

    def _spoken(self, duration: Duration) -> str:
        said = [spoken_duration(one, self._speech.language, self._random) for one in (self._duration(), duration)]
        return self._slipped(*said)

    def _word_of(self, key: str) -> str:
        return str(self._random.choice(self._speech.data["order"][key]))

    def say_of(self, section: str, key: str, **slots: str) -> str:
        """A wording of a section that has its own."""
        return expand(self._random.choice(self._speech.data[section][key]), self._random, **slots)

    def _pattern(self, key: str, *, lead: bool = False, **slots: str) -> str:
        words = expand(self._random.choice(self._speech.data["order"][key]), self._random, **slots)
        return f" {words}" if lead and self._speech.language == "en" else words


def _part_of(minute: int) -> str:
    hour = minute // 60
    return (
        "morning" if 4 <= hour < 12 else "afternoon" if 12 <= hour < 17 else "evening" if 17 <= hour < 22 else "night"
    )
