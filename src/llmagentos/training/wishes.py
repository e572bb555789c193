"""What a person may want of a site: a sentence of the site language, and the key and slots of the words for it.

A wish is drawn for a kind of wish first, so that rare forms are met as often as common ones; sites that cannot have it draw
another. Targets are drawn with the way they are spoken of: by name, by place, by floor, by where the speaker is.
"""

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from llmagentos.agent import abilities
from llmagentos.agent.site_index import UNNAMED, SiteIndex, kind_word
from llmagentos.language import Program, Selector, Statement
from llmagentos.language import tree as t
from llmagentos.language.units import Duration, Quantity, canonical_unit
from llmagentos.language.vocabulary import EFFECTS
from llmagentos.messages.records import Property
from llmagentos.messages.snapshot import EntityView, Snapshot, Speaker
from llmagentos.training.speech import Speech, expand
from llmagentos.training.spoken import spoken_duration, spoken_number, spoken_time

Keys = tuple[str, ...]


@dataclass(frozen=True)
class Target:
    """What is meant, and words for it. `place` is the area that may be spoken of alone; `here` if it is the speaker's."""

    selector: Selector
    words: str
    place: str | None = None
    here: bool = False
    several: bool = False


@dataclass(frozen=True)
class Wish:
    """`words` may still be made polite, joined, delayed or noisy; `act` if something would be done."""

    program: Program
    words: str
    act: bool


class Impossible(Exception):
    """This site has nothing for such a wish."""


class Wishes:
    """Draws wishes for one site and speaker."""

    def __init__(self, snapshot: Snapshot, index: SiteIndex, speaker: Speaker, speech: Speech, random_: random.Random) -> None:  # fmt: skip
        self._snapshot, self._index, self._speaker = snapshot, index, speaker
        self._speech, self._random = speech, random_
        self._entities = [one for one in snapshot.entities.values() if not one.description.diagnostic]
        self._draws: dict[str, tuple[float, Callable[[], Wish]]] = {
            "do": (11, self._do), "set": (7.5, self._set), "change": (5.5, self._change), "play": (2.5, self._play),
            "list": (3.0, self._list), "timer": (3.6, self._timer), "alarm": (2.0, self._alarm), "both": (1.6, self._both), "state": (3.0, self._state),
            "check": (2.2, self._check), "group check": (2.6, self._group_check), "people": (0.8, self._people),
            "playing": (0.8, self._playing),
            "measure": (1.6, self._measure),
            "world": (2.4, self._world), "reply": (2.6, self._reply), "absent": (2.2, self._absent), "unable": (1.2, self._unable),
            "vague": (1.2, self._vague),
        }  # fmt: skip

    def draw(self) -> Wish:
        """One wish, perhaps of two or three parts, perhaps delayed."""
        chance = self._random.random()
        first = self.single()
        if first.act and chance < 0.07:
            return self._joined(first)
        if first.act and chance < 0.11 and not isinstance(first.program.statements[0], t.StartTimer | t.TimerCommand | t.AdjustTimer | t.CancelAllTimers):  # fmt: skip
            return self._delayed(first)
        return first

    def single(self) -> Wish:
        """One wish of one part."""
        weights = [weight for weight, _ in self._draws.values()]
        for _ in range(60):
            _, draw = self._random.choices(list(self._draws.values()), weights)[0]
            try:
                return draw()
            except Impossible:
                continue
        return self._reply()

    def _joined(self, first: Wish) -> Wish:
        others: list[Wish] = []
        wanted = self._random.choice((1, 1, 1, 2))
        for _ in range(40):
            try:
                other = self._random.choice((self._do, self._do, self._set, self._change))()
            except Impossible:
                continue
            if other.words != first.words:
                others.append(other)
            if len(others) == wanted:
                break
        words = first.words
        for other in others:
            words += self._word("join") + other.words
        return Wish(Program((*first.program.statements, *(one.program.statements[0] for one in others))), words, True)

    def _delayed(self, wish: Wish) -> Wish:
        duration = self._duration()
        words = self._say(
            "acts", "delayed", c=wish.words, v=spoken_duration(duration, self._speech.language, self._random)
        )
        action = wish.program.statements[0]
        return Wish(Program((t.Delayed(duration, action),)), words, True)  # type: ignore[arg-type]  # acts alone are delayed

    # What is done

    def _do(self) -> Wish:
        verb = self._random.choices(list(EFFECTS), [_VERB_WEIGHTS.get(one, 1.0) for one in EFFECTS])[0]
        named = verb in ("activate", "press")
        target = self._target(lambda one: abilities.effect_of(verb, one) is not None, named=named)
        entity_class = self._class_of(target)
        return self._act(t.Do(verb, target.selector), self._keys(verb, target, entity_class), target)

    def _both(self) -> Wish:
        """One verb for two things: "turn on the fan and the lamp"."""
        verb = self._random.choices(list(EFFECTS), [_VERB_WEIGHTS.get(one, 1.0) for one in EFFECTS])[0]
        able: Callable[[EntityView], bool] = lambda one: abilities.effect_of(verb, one) is not None  # noqa: E731
        first, second = self._target(able), self._target(able)
        if first.selector == second.selector or verb in ("activate", "press", "stop"):
            raise Impossible
        both = f"{first.words}{self._random.choice(self._speech.data['and'])}{second.words}"
        keys = [one for one in (verb, f"{verb} {self._class_of(first)}") if self._speech.has("acts", one)]
        if not keys:
            raise Impossible
        words = self._say("acts", self._random.choice(keys), x=both)
        return Wish(Program((t.Do(verb, first.selector), t.Do(verb, second.selector))), words, act=True)

    def _set(self) -> Wish:
        entity, prop = self._some_property()
        target = self._target(_has(prop.name, prop.unit), like=entity)
        name = prop.name
        if prop.kind == "bool":
            value = self._random.random() < 0.5
            return self._act(t.Set(target.selector, name, value), (f"{name} {'on' if value else 'off'}",), target)
        if prop.kind == "enum":
            option = self._random.choice([one for one in prop.options if one != "off"] or list(prop.options))
            key = {"color": "set color", "mode": "set mode", "preset": "set preset", "source": "set source"}.get(name, "set option")  # fmt: skip
            return self._act(t.Set(target.selector, name, option), (key,), target, v=self._option(option))
        return self._set_number(target, entity, name, canonical_unit(prop.unit), prop.minimum, prop.maximum)

    def _set_number(self, target: Target, entity: EntityView, name: str, unit: str, low: float | None, high: float | None) -> Wish:  # fmt: skip
        keys = [f"set {name}"]
        if target.here:
            keys.append(f"set {name} here")
        elif target.place is not None:
            keys += [f"set {name} place"] * 2
        if unit == "%" and self._random.random() < 0.12:
            special = {
                f"set {name} full": 100,
                f"set {name} half": 50,
                f"set {name} low": 1 if name == "brightness" else 0,
            }
            known = [one for one in special if self._speech.has("acts", one)]
            if known and not (name == "brightness" and "low" in known[-1] and len(known) == 1):
                key = self._random.choice(known[:2])
                return self._act(t.Set(target.selector, name, Quantity(float(special[key]), "%")), (key,), target)
        value = self._value(name, unit, low, high)
        if target.several and not target.here and target.place is None:
            keys = keys[:1]
        key = self._random.choice([one for one in keys if self._speech.has("acts", one)] or ["set value"])
        return self._act(t.Set(target.selector, name, Quantity(value, unit if unit in ("%", "C", "F", "K") else "")), (key,), target, v=self.number(value, unit))  # fmt: skip

    def _change(self) -> Wish:
        entity, prop = self._some_property(numeric=True)
        target = self._target(_has(prop.name, prop.unit), like=entity)
        direction = self._random.choice(("raise", "lower"))
        unit = canonical_unit(prop.unit)
        unit = unit if unit in ("%", "C", "F", "K") else ""
        if self._random.random() < 0.25 and self._speech.has("acts", f"{direction} {prop.name} by"):
            step = float(
                self._random.choice((5, 10, 15, 20, 25, 30, 40))
                if unit == "%"
                else self._random.choice((1, 2, 3, 1.5, 4))
            )
            amount = Quantity(step, unit)
            return self._act(t.Change(direction, target.selector, prop.name, amount), (f"{direction} {prop.name} by",), target, v=self.number(step, unit))  # type: ignore[arg-type]  # fmt: skip
        keys = [f"{direction} {prop.name}"]
        if target.here:
            keys = [f"{direction} {prop.name} here", *keys]
        elif target.place is not None:
            keys = [f"{direction} {prop.name} place", *keys]
        known = [one for one in keys if self._speech.has("acts", one)]
        if not known:
            raise Impossible
        return self._act(t.Change(direction, target.selector, prop.name), (self._random.choice(known),), target)  # type: ignore[arg-type]

    def _play(self) -> Wish:
        players = [one for one in self._entities if one.property("play") is not None]
        if not players:
            raise Impossible
        song = self._random.choice(self._speech.data["songs"])
        media = self._random.choice(
            (None, None, None, "track", "album", "artist", "playlist", "podcast", "movie", "show", "channel")
        )
        if media is not None:
            return self._wish(t.Play(song, media), self._say("acts", f"play {media}", q=song), act=True)
        entity = self._random.choice(players)
        chance = self._random.random()
        if chance < 0.35:
            return self._wish(t.Play(song), self._say("acts", "play here", q=song), act=True)
        if chance < 0.6 and entity.area:
            words = self._say("acts", "play place", q=song, a=self._area_words(entity.area))
            return self._wish(t.Play(song, None, Selector("media player", area=entity.area)), words, act=True)
        target = self.by_name(entity)
        return self._wish(
            t.Play(song, None, target.selector), self._say("acts", "play", q=song, x=target.words), act=True
        )

    def _list(self) -> Wish:
        lists = [one for one in self._entities if one.entity_class == "list"]
        if not lists:
            raise Impossible
        target = self.by_name(self._random.choice(lists))
        item = self._random.choice(self._speech.data["items"])
        name = self._list_words(target)
        verb = self._random.choice(("add", "add", "add", "add", "remove", "complete", "ask", "ask", "count", "lists"))
        if verb == "lists":
            return self._wish(t.Count(Selector("list")), self._say("questions", "lists"))
        if verb == "ask":
            if self._random.random() < 0.25:
                selector = target.selector if len(lists) == 1 else Selector("list")
                return self._wish(t.AskList(selector), self._say("questions", "items here"))
            return self._wish(t.AskList(target.selector), self._say("questions", "items", x=name))
        if verb == "count":
            return self._wish(t.Count(target.selector), self._say("questions", "count list", x=name))
        if verb == "add" and self._random.random() < 0.25:
            return self._wish(t.EditList("add", item, self._bought(lists)), self._say("acts", "add here", q=item), act=True)  # fmt: skip
        if self._random.random() < 0.15:
            other = self._random.choice(self._speech.data["items"])
            both = f"{item}{self._random.choice(self._speech.data['and'])}{other}"
            edits = (t.EditList(verb, item, target.selector), t.EditList(verb, other, target.selector))  # type: ignore[arg-type]
            if item != other:
                return Wish(Program(edits), self._say("acts", verb, q=both, x=name), act=True)
        return self._wish(t.EditList(verb, item, target.selector), self._say("acts", verb, q=item, x=name), act=True)  # type: ignore[arg-type]

    def _bought(self, lists: Sequence[EntityView]) -> Selector:
        """The list for what is to be bought; the only one, or none in particular."""
        known = [one for one in lists if _SHOPPING.search(one.name)]
        if len(known) == 1:
            return self._index.named(known[0])
        return self._index.named(lists[0]) if len(lists) == 1 else Selector("list")

    def _list_words(self, target: Target) -> str:
        """Lists are called so: "the shopping list"."""
        name = str(target.selector.name or "").removesuffix(" List").removesuffix(" list")
        if self._speech.language == "en":
            name = name.lower() if self._random.random() < 0.7 else name
            return (
                name
                if name.lower() in ("to do", "chores", "tasks", "reminders", "groceries")
                and self._random.random() < 0.3
                else f"{name} list"
            )
        return str(target.selector.name)

    def _timer(self) -> Wish:
        choice = self._random.choice(
            ("start", "start", "named", "cancel", "pause", "resume", "extend", "shorten", "ask", "all")
        )
        duration = self._duration()
        spoken = spoken_duration(duration, self._speech.language, self._random)
        if choice == "start":
            return self._wish(t.StartTimer(duration), self._say("acts", "start timer", v=spoken), act=True)
        name = self._random.choice(self._speech.data["timer_names"])
        if choice == "named":
            return self._wish(
                t.StartTimer(duration, name), self._say("acts", "start timer named", v=spoken, q=name), act=True
            )
        if choice == "all":
            return self._wish(t.CancelAllTimers(), self._say("acts", "cancel all timers"), act=True)
        reference, words = self._timer_reference(apart=duration if choice in ("extend", "shorten") else None)
        if choice == "ask":
            return self._wish(t.AskTimer(reference), self._say("questions", "timer", t=words))
        if choice in ("extend", "shorten"):
            statement: Statement = t.AdjustTimer(choice, reference, duration)  # type: ignore[arg-type]
            return self._wish(statement, self._say("acts", f"{choice} timer", v=spoken, t=words), act=True)
        return self._wish(t.TimerCommand(choice, reference), self._say("acts", f"{choice} timer", t=words), act=True)  # type: ignore[arg-type]

    def _alarm(self) -> Wish:
        choice = self._random.choice(("set", "set", "set", "set", "cancel", "cancel at", "all", "ask", "no time"))
        if choice == "no time":
            return self._wish(t.Clarify(), self._say("acts", "set alarm"))
        if choice == "cancel":
            return self._wish(t.CancelAlarm(), self._say("acts", "cancel alarm"))
        if choice == "all":
            return self._wish(t.CancelAllAlarms(), self._say("acts", "cancel all alarms"))
        if choice == "ask":
            return self._wish(t.AskAlarms(), self._say("questions", "alarms"))
        minute = self._random.choice((5, 6, 6, 7, 7, 7, 8, 9, 10, 13, 15, 17, 18, 20, 22)) * 60 + self._random.choice((0, 0, 0, 15, 30, 30, 45, 5, 10, 20, 50))  # fmt: skip
        spoken = spoken_time(minute, self._speech.language, self._random)
        if choice == "cancel at":
            return self._wish(t.CancelAlarm(minute), self._say("acts", "cancel alarm at", v=spoken))
        chance = self._random.random()
        if chance < 0.45:
            return self._wish(t.SetAlarm(minute), self._say("acts", "set alarm at", v=spoken))
        repeats = chance > 0.75
        day, words = self._random.choice(list(self._speech.data["every" if repeats else "days"].items()))
        said = self._say("acts", "set alarm on", v=spoken, d=self._random.choice(words))
        return self._wish(t.SetAlarm(minute, day, repeats), said)

    def _timer_reference(self, *, apart: Duration | None) -> tuple[t.TimerRef, str]:
        """One of the ways to speak of a timer; not by the duration that is spoken of besides."""
        kind = self._random.choice(("any", "any", "named", "area", "started", "started"))
        name = self._random.choice(self._speech.data["timer_names"])
        duration = self._duration()
        if duration == apart:
            raise Impossible
        spoken = spoken_duration(duration, self._speech.language, self._random)
        area = self._random.choice(list(self._snapshot.areas)) if self._snapshot.areas else None
        if kind == "area" and area is None:
            kind = "any"
        words = expand(self._random.choice(self._speech.data["timers"][kind]), self._random, q=name, v=spoken, a=self._area_words(area) if area else "")  # fmt: skip
        reference = {"any": t.TimerRef(), "named": t.TimerRef(name=name), "area": t.TimerRef(area=area), "started": t.TimerRef(started_for=duration)}[kind]  # fmt: skip
        return reference, words

    # What is asked

    def _state(self) -> Wish:
        entities = [
            one for one in self._entities if one.entity_class not in ("scene", "button", "list", "calendar", "weather")
        ]
        entity = self._some(entities)
        target = self.by_name(entity)
        if entity.entity_class == "person":
            return self._wish(t.AskState(target.selector), self._say("questions", "where", x=target.words))
        if entity.entity_class == "sensor":
            keys = [
                "state sensor",
                "state sensor",
                *(["state temperature"] if entity.description.kind == "temperature" else []),
            ]
            return self._wish(
                t.AskState(target.selector), self._say("questions", self._random.choice(keys), x=target.words)
            )
        readable = [one.name for one in abilities.settable(entity) if one.kind == "number"]
        readable += ["current temperature"] if entity.property("current temperature") else []
        if readable and self._random.random() < 0.5:
            name = self._random.choice(readable)
            spoken = _PROPERTY_WORDS[self._speech.language].get(name, name)
            return self._wish(
                t.AskState(target.selector, name), self._say("questions", "property", x=target.words, p=spoken)
            )
        return self._wish(t.AskState(target.selector), self._say("questions", "state", x=target.words))

    def _check(self) -> Wish:
        entity = self._some([one for one in self._entities if self._words_of_state(one)])
        state = self._random.choice(self._words_of_state(entity))
        target = self.by_name(entity)
        key = "is home" if entity.entity_class == "person" else "is"
        special = f"is {entity.description.kind}"
        if self._speech.has("questions", special) and state == abilities.state_words(entity)[0]:
            key = special
        return self._wish(
            t.Check("is", target.selector, state),
            self._say("questions", key, x=target.words, s=self._state_words(state)),
        )

    def _group_check(self) -> Wish:
        entity = self._some(
            [one for one in self._entities if self._words_of_state(one) and one.entity_class != "person"]
        )
        state = self._random.choice(self._words_of_state(entity))
        kind = entity.description.kind if entity.entity_class == "binary sensor" else kind_word(entity)
        nouns = self._speech.data["nouns"].get(kind)
        if nouns is None:
            raise Impossible
        asked = self._random.choice(("any", "any", "every", "which", "count"))
        here = entity.area is not None and self._random.random() < 0.5
        selector = Selector(kind, area=entity.area) if here else Selector(kind)
        statements: dict[str, Statement] = {
            "any": t.Check("any", selector, state), "every": t.Check("every", selector, state),
            "which": t.Find(selector, state), "count": t.Count(selector, state),
        }  # fmt: skip
        statement = statements[asked]
        key, place = f"{asked} place" if here else asked, self._area_words(entity.area) if entity.area else ""
        special = f"{key} {kind}"
        if (
            self._speech.has("questions", special)
            and state == abilities.state_words(entity)[0]
            and self._random.random() < 0.7
        ):
            return self._wish(statement, self._say("questions", special, a=place))
        words = self._say(
            "questions", key, k=self._random.choice(nouns["many"]), k1=self._random.choice(nouns["one"]),
            s=self._state_words(state), a=place,
        )  # fmt: skip
        return self._wish(statement, words)

    def _measure(self) -> Wish:
        sensors = [
            one
            for one in self._entities
            if one.entity_class == "sensor" and one.area and one.description.kind in _MEASURE_WORDS["en"]
        ]
        thermostats = [one for one in self._entities if one.property("current temperature") is not None]
        entity = self._some([*sensors, *thermostats])
        area = entity.area
        place = self._area_words(area) if area else ""
        if entity.entity_class == "climate":
            measured = any(one.description.kind == "temperature" and one.area == area for one in sensors)
            if area is None or measured or (self._speaker.area is None and self._random.random() < 0.4):
                if self._speaker.area is not None:
                    raise Impossible
                return self._wish(
                    t.AskState(Selector("climate"), "current temperature"), self._say("questions", "temperature here")
                )
            return self._wish(
                t.AskState(Selector("climate", area=area), "current temperature"),
                self._say("questions", "temperature place", a=place),
            )
        kind = entity.description.kind
        statement = t.AskState(Selector(kind, area=area))
        if kind == "temperature" and self._random.random() < 0.4:
            if area == self._speaker.area:
                return self._wish(statement, self._say("questions", "temperature here"))
            if self._speaker.area is None and not thermostats:
                return self._wish(t.AskState(Selector(kind)), self._say("questions", "temperature here"))
        key = f"{kind} place" if self._speech.has("questions", f"{kind} place") else "measure place"
        return self._wish(
            statement, self._say("questions", key, a=place, m=_MEASURE_WORDS[self._speech.language][kind])
        )

    def _people(self) -> Wish:
        if not any(one.entity_class == "person" for one in self._entities):
            raise Impossible
        person = Selector("person")
        options: dict[str, Statement] = {
            "who home": t.Find(person, "home"), "who away": t.Find(person, "away"), "anyone home": t.Check("any", person, "home"),
            "everyone home": t.Check("every", person, "home"), "count home": t.Count(person, "home"),
        }  # fmt: skip
        key = self._random.choice(list(options))
        return self._wish(options[key], self._say("questions", key))

    def _playing(self) -> Wish:
        players = [one for one in self._entities if one.entity_class == "media player" and one.property("title")]
        entity = self._some(players)
        target = self.by_name(entity)
        alone = len(players) == 1 and self._random.random() < 0.4
        words = self._say("questions", "playing here" if alone else "playing", x=target.words)
        return self._wish(t.AskState(target.selector, "title"), words)

    def _world(self) -> Wish:
        classes = {one.entity_class for one in self._entities}
        options: list[tuple[Statement, str]] = [
            (t.AskClock("time"), "time"),
            (t.AskClock("date"), "date"),
            (t.Why(), "why"),
        ]
        if "weather" in classes:
            options += [(t.AskWeather(), "weather")] * 2
            options += [
                (t.AskWeather(aspect=one), f"weather {one}") for one in ("temperature", "wind", "humidity", "condition")
            ]
        if "calendar" in classes:
            options += [(t.AskCalendar(), "events")] * 2
            options += [(t.AskCalendar(day=one), f"events {one}") for one in ("today", "tomorrow")]
            if self._random.random() < 0.5:
                return self._agenda()
        statement, key = self._random.choice(options)
        return self._wish(statement, self._say("questions", key))

    def _agenda(self) -> Wish:
        """Events of a day or of one calendar."""
        calendars = [one for one in self._entities if one.entity_class == "calendar"]
        entity = self._random.choice(calendars)
        day, words = self._random.choice(list(self._speech.data["when"].items()))
        said = self._random.choice(words)
        if len(calendars) > 1 or self._random.random() < 0.4:
            target = self.by_name(entity)
            if self._random.random() < 0.5:
                return self._wish(t.AskCalendar(entity.name), self._say("questions", "events of", x=target.words))
            return self._wish(t.AskCalendar(entity.name, day), self._say("questions", "events of on", x=target.words, d=said))  # fmt: skip
        return self._wish(t.AskCalendar(day=day), self._say("questions", "events on", d=said))

    # What cannot be done

    def _reply(self) -> Wish:
        kind = self._random.choice(("say", "say", "none", "impossible"))
        statements: dict[str, Statement] = {"say": t.Say(), "none": t.Nothing(), "impossible": t.Refuse("impossible")}
        return self._wish(statements[kind], self._random.choice(self._speech.data["replies"][kind]))

    def _absent(self) -> Wish:
        """Something that is not there is spoken of as if it were: a thing of no home, a kind this home lacks, a foreign room."""
        random_, data = self._random, self._speech.data
        chance = random_.random()
        absent = t.Refuse("absent")
        if chance < 0.3:
            thing = random_.choice(data["absent"])
            key = random_.choice(("turn on", "turn off", "is", "open", "close", "state"))
            section = "questions" if key in ("is", "state") else "acts"
            return self._wish(absent, self._say(section, key, x=thing, s=self._state_words("on")))
        classes = {kind_word(one) for one in self._entities} | {one.description.kind for one in self._entities}
        if chance < 0.65:
            lacking = [one for one in _LACKING if one not in classes]
            kind = random_.choice(lacking or ["siren"])
            if kind in classes:
                raise Impossible
            verbs = _LACKING[kind]
            return self._wish(absent, self._say("acts", random_.choice(verbs), x=self._definite(random_.choice(data["nouns"][kind]["one"])), v=self.number(40, "%")))  # fmt: skip
        here = {word.casefold() for area in self._snapshot.areas.values() for word in (area.name, *area.aliases)}
        everything = " ".join(one.name.casefold() for one in self._entities)
        foreign = [one for one in data["areas"] if one.casefold() not in here and one.casefold() not in everything]
        entity = self._some(
            [one for one in self._entities if one.entity_class in ("light", "fan", "cover", "climate", "media player")]
        )
        place, kind = random_.choice(foreign or [""]), kind_word(entity)
        if not place or kind not in data["nouns"]:
            raise Impossible
        words = expand(random_.choice(data["refer"][random_.choice(("group", "single"))]), random_, a=self._cased(place), one=random_.choice(data["nouns"][kind]["one"]), many=random_.choice(data["nouns"][kind]["many"]))  # fmt: skip
        offered = [
            verb for verb in ("turn on", "turn off", "open", "close") if abilities.effect_of(verb, entity) is not None
        ]
        if not offered:
            raise Impossible
        return self._wish(absent, self._say("acts", random_.choice(offered), x=words))

    def _unable(self) -> Wish:
        """Something is there and cannot do that."""
        random_ = self._random
        impossible = t.Refuse("impossible")
        lights = [one for one in self._entities if one.entity_class == "light"]
        dull = [one for one in lights if one.property("color") is None]
        plain = [one for one in lights if one.property("brightness") is None]
        if dull and random_.random() < 0.4:
            color = random_.choice(list(self._speech.data["colors"].values()))
            return self._wish(
                impossible, self._say("acts", "set color", x=self.by_name(random_.choice(dull)).words, v=color)
            )
        if plain and random_.random() < 0.5:
            key = random_.choice(("set brightness", "raise brightness", "lower brightness"))
            return self._wish(impossible, self._say("acts", key, x=self.by_name(random_.choice(plain)).words, v=self.number(random_.choice((20, 40, 60)), "%")))  # fmt: skip
        if random_.random() < 0.4:
            return self._misfit()
        entity = self._some([one for one in self._entities if one.entity_class in _UNABLE])
        key, value = random_.choice(_UNABLE[entity.entity_class])
        return self._wish(
            impossible,
            self._say("acts", key, x=self.by_name(entity).words, v=self.number(value, "%") if value else ""),
        )

    def _misfit(self) -> Wish:
        """A verb that things of this class do not have: "lock the TV"."""
        verbs = ["open", "close", "lock", "unlock", "mute", "skip"]
        if self._speech.language == "zh":  # one word opens doors and turns on lamps
            verbs = ["lock", "unlock", "mute", "skip"]
        verb = self._random.choice(verbs)
        misfits = [
            one
            for one in self._entities
            if abilities.effect_of(verb, one) is None
            and one.entity_class in _LOCKABLE_NOT
            and not _DOOR.search(one.name)
            and not (verb in ("open", "close") and one.entity_class == "valve")
        ]
        entity = self._some(misfits)
        pattern = self._random.choice(self._speech.patterns("acts", verb)[:2])
        words = expand(pattern, self._random, **dict.fromkeys("xbn", self.by_name(entity).words))
        return self._wish(t.Refuse("impossible"), words)

    def _vague(self) -> Wish:
        return self._wish(t.Clarify(), self._random.choice(self._speech.data["replies"]["clarify"]))

    # What is meant

    def _target(
        self, able: Callable[[EntityView], bool], *, like: EntityView | None = None, named: bool = False
    ) -> Target:
        """A target that can do it: mostly one by name, else a group."""
        fit = [one for one in self._entities if able(one) and (like is None or kind_word(one) == kind_word(like))]
        entity = like if like is not None else self._some(fit)
        if named or self._random.random() < 0.5:
            return self.by_name(entity)
        kind = kind_word(entity)
        alike = [one for one in fit if kind_word(one) == kind]
        nouns = self._speech.data["nouns"].get(kind)
        if nouns is None:
            return self.by_name(entity)
        ways: list[Callable[[], Target]] = []
        if entity.area:
            ways += [lambda: self._in_area(entity, alike, kind)] * 4
        if entity.area and entity.area == self._speaker.area:
            ways += [lambda: self._here(kind, alike)] * 6
        if entity.floor:
            ways += [lambda: self._on_floor(kind, str(entity.floor), alike)] * 2
        if len(alike) > 1:
            ways += [lambda: self._everywhere(kind, alike)] * 2
        if len(alike) == 1 and self._speaker.area in (None, entity.area):
            ways += [lambda: self._only(entity)] * 4
        if len(alike) > 1 and not any(one.area and one.area == self._speaker.area for one in alike):
            ways += [lambda: self._unplaced(kind)] * 3
        return self._random.choice(ways)() if ways else self.by_name(entity)

    def by_name(self, entity: EntityView) -> Target:
        """One thing, called by its name or another one it has, perhaps with its place."""
        random_, refer = self._random, self._speech.data["refer"]
        selector = self._index.named(entity)
        spoken = entity.name
        foreign = _is_han(entity.name) != (self._speech.language == "zh")
        own = [one for one in entity.description.aliases if _is_han(one) == (self._speech.language == "zh")]
        if own and (foreign or random_.random() < 0.25):
            spoken = random_.choice(own)
        spoken = self._cased(self._otherwise(spoken, entity))
        placed = entity.area is not None and not _mentions(spoken, entity.area)
        if selector.area is not None or (placed and random_.random() < 0.35):
            words = expand(random_.choice(refer["placed"]), random_, n=spoken, a=self._area_words(str(entity.area)))
        elif self._speech.language == "en" and entity.entity_class in ("vacuum", "lawn mower", "person", "scene"):
            words = spoken
        else:
            words = expand(random_.choice(refer["named"]), random_, n=spoken)
        return Target(selector, words)

    def _otherwise(self, name: str, entity: EntityView) -> str:
        """A name as people may say it: without the room it begins with, or with another noun at its end."""
        area = entity.area or ""
        rest = name.removeprefix(area).strip()
        unlike = sum(_names(one.name, rest) for one in self._entities) == 1
        if area and name.startswith(area) and len(rest) > 1 and unlike and self._random.random() < 0.25:
            return rest
        first, _, last = name.rpartition(" ")
        others = self._speech.data["synonyms"].get(last.casefold())
        if others and self._random.random() < 0.12:
            return f"{first} {self._random.choice(others)}".strip()
        return name

    def _in_area(self, entity: EntityView, alike: Sequence[EntityView], kind: str) -> Target:
        random_, refer, nouns = self._random, self._speech.data["refer"], self._speech.data["nouns"][kind]
        area = str(entity.area)
        count = sum(one.area == area for one in alike)
        pattern = random_.choice(
            refer["group"] if count > 1 and random_.random() < 0.85 else [*refer["single"], *refer["group"][:3]]
        )
        spoken = self._area_words(area)
        words = expand(pattern, random_, a=spoken, one=random_.choice(nouns["one"]), many=random_.choice(nouns["many"]))
        named = next((one for one in alike if one.area == area and _names(words, one.name)), None)
        if named is not None:  # who says a device's name means that device
            return Target(self._index.named(named), words)
        return Target(Selector(kind, area=area), words, place=spoken, several=count > 1)

    def _here(self, kind: str, alike: Sequence[EntityView]) -> Target:
        random_, refer, nouns = self._random, self._speech.data["refer"], self._speech.data["nouns"][kind]
        words = expand(
            random_.choice(refer["here"]), random_, one=random_.choice(nouns["one"]), many=random_.choice(nouns["many"])
        )
        return Target(Selector(kind, area=self._speaker.area), words, here=True, several=len(alike) > 1)

    def _on_floor(self, kind: str, floor: str, alike: Sequence[EntityView]) -> Target:
        random_, refer, nouns = self._random, self._speech.data["refer"], self._speech.data["nouns"][kind]
        words = expand(
            random_.choice(refer["floor"]),
            random_,
            f=self._cased(floor),
            one=random_.choice(nouns["one"]),
            many=random_.choice(nouns["many"]),
        )
        return Target(Selector(kind, floor=floor), words, several=True)

    def _everywhere(self, kind: str, alike: Sequence[EntityView]) -> Target:
        random_, refer, nouns = self._random, self._speech.data["refer"], self._speech.data["nouns"][kind]
        one, many = random_.choice(nouns["one"]), random_.choice(nouns["many"])
        plural = self._speaker.area is None and random_.random() < 0.25
        words = expand(random_.choice(refer["plural" if plural else "all"]), random_, one=one, many=many)
        if len(alike) > 2 and random_.random() < 0.25:
            spared = random_.choice(alike)
            exception = (
                self._in_area(spared, alike, kind) if spared.area and random_.random() < 0.5 else self.by_name(spared)
            )
            words = expand(random_.choice(refer["except"]), random_, x=words, y=exception.words)
            return Target(Selector(kind, everywhere=True, exceptions=(exception.selector,)), words, several=True)
        return Target(Selector(kind, everywhere=True), words, here=plural, several=True)

    def _only(self, entity: EntityView) -> Target:
        """The only one of its kind, spoken of by its kind."""
        random_, nouns = self._random, self._speech.data["nouns"][kind_word(entity)]
        words = expand(random_.choice(self._speech.data["refer"]["only"]), random_, one=random_.choice(nouns["one"]), many=random_.choice(nouns["many"]))  # fmt: skip
        return Target(
            self._index.named(entity), words, here=self._speaker.area is not None or self._random.random() < 0.5
        )

    def _unplaced(self, kind: str) -> Target:
        """One of several, and nothing that tells which: who decides asks, or takes the one that is at work."""
        random_, nouns = self._random, self._speech.data["nouns"][kind]
        one = random_.choice(nouns["one"])
        plural = self._speech.language == "en" and (one.endswith("s") and not one.endswith("ss"))
        if plural or any(_names(one, each.name) for each in self._entities):
            raise Impossible
        words = expand(random_.choice(self._speech.data["refer"]["unplaced"]), random_, one=one)
        return Target(Selector(kind), words, here=kind in UNNAMED and kind != "light")

    # Small parts

    def _act(self, statement: Statement, keys: Keys, target: Target, **slots: str) -> Wish:
        known = [one for one in keys if self._speech.has("acts", one)]
        if not known:
            raise Impossible
        words = self._say("acts", self._random.choice(known), x=target.words, a=target.place or "", **slots)
        return self._wish(statement, words, act=True)

    def _wish(self, statement: Statement, words: str, *, act: bool = False) -> Wish:
        return Wish(Program((statement,)), words, act)

    def _keys(self, verb: str, target: Target, entity_class: str) -> Keys:
        kind = target.selector.kind
        keys = [verb, verb, *(f"{verb} {one}" for one in dict.fromkeys((entity_class, kind)))]
        if target.place is not None:
            keys += [f"{verb} place {entity_class}"] * 2
        if target.here:
            keys += [f"{verb} here {entity_class}", *([f"{verb} here"] if entity_class == "media player" else [])] * 3
        return tuple(one for one in keys if self._speech.has("acts", one))

    def _class_of(self, target: Target) -> str:
        kind = target.selector.kind
        return next((one.entity_class for one in self._entities if kind_word(one) == kind), kind)

    def _count(self, kind: str) -> int:
        return sum(kind_word(one) == kind for one in self._entities)

    def _some(self, entities: Sequence[EntityView]) -> EntityView:
        """One of them, each class as likely as another so that rare ones are not forgotten."""
        if not entities:
            raise Impossible
        classes = sorted({kind_word(one) for one in entities})
        kind = self._random.choices(classes, [_CLASS_WEIGHTS.get(one, 1.0) for one in classes])[0]
        return self._random.choice([one for one in entities if kind_word(one) == kind])

    def _some_property(self, *, numeric: bool = False) -> tuple[EntityView, Property]:
        able = [
            one
            for one in self._entities
            if any(prop.kind == "number" or not numeric for prop in abilities.settable(one))
        ]
        entity = self._some(able)
        properties = [
            one
            for one in abilities.settable(entity)
            if (one.kind == "number" and one.name != "color temperature")
            or (not numeric)
            or self._random.random() < 0.3
        ]
        properties = [one for one in properties if one.kind == "number" or not numeric]
        if not properties:
            raise Impossible
        return entity, self._random.choice(properties)

    def _value(self, name: str, unit: str, low: float | None, high: float | None) -> float:
        random_ = self._random
        if unit == "%":
            return float(
                random_.choice(
                    (random_.randrange(5, 101, 5), random_.randrange(10, 101, 10), random_.randrange(1, 101))
                )
            )
        if unit == "K":
            return float(random_.randrange(2200, 6400, 100))
        if unit in ("C", "F"):
            value = random_.randrange(16, 27) + random_.choice((0, 0, 0, 0.5))
            return float(value) if unit == "C" else float(random_.randrange(58, 80))
        low, high = low or 0.0, high if high is not None else 100.0
        return float(random_.randint(int(low), int(high)))

    def number(self, value: float, unit: str) -> str:
        """A value as people say it."""
        key = {"%": "percent", "C": "degrees", "F": "fahrenheit"}.get(unit)
        figures, words = spoken_number(value, self._speech.language)
        if key is None:
            return figures
        if self._random.random() < 0.3 and self._speech.language == "en":
            return (
                f"{words} {'percent' if unit == '%' else 'degrees'}"
                if unit == "%" or self._random.random() < 0.7
                else words
            )
        return expand(self._random.choice(self._speech.data[key]), self._random, v=figures, h=words)

    def _duration(self) -> Duration:
        random_ = self._random
        seconds = random_.choice(
            (60 * random_.randint(1, 20), 60 * random_.choice((5, 10, 15, 20, 30, 45, 90)), random_.choice((10, 15, 20, 30, 40, 45, 90)),
             3600 * random_.randint(1, 5), 3600 * random_.randint(1, 2) + 60 * random_.choice((5, 10, 15, 20, 30, 45)), 60 * random_.randint(1, 9) + 30,
             3600 + random_.choice((15, 30, 45)))
        )  # fmt: skip
        return Duration(seconds)

    def _words_of_state(self, entity: EntityView) -> list[str]:
        return [one for one in abilities.state_words(entity) if self._speech.has("states", one)]

    def _state_words(self, state: str) -> str:
        return str(self._random.choice(self._speech.data["states"][state]))

    def _option(self, option: str) -> str:
        if option in self._speech.data["colors"]:
            return str(self._speech.data["colors"][option])
        return _OPTION_WORDS[self._speech.language].get(option, option)

    def _area_words(self, area: str) -> str:
        """The area or one of its other names, in the language spoken."""
        aliases = self._snapshot.areas[area].aliases if area in self._snapshot.areas else ()
        names = [one for one in (area, area, area, *aliases) if _is_han(one) == (self._speech.language == "zh")]
        return self._cased(self._random.choice(names or [area]))

    def _definite(self, noun: str) -> str:
        return f"the {noun}" if self._speech.language == "en" and self._random.random() < 0.8 else noun

    def _cased(self, name: str) -> str:
        return name.lower() if self._random.random() < 0.7 else name

    def _word(self, key: str) -> str:
        return str(self._random.choice(self._speech.data[key]))

    def _say(self, section: str, key: str, **slots: str) -> str:
        bare = _bare(slots.get("x", ""))
        return expand(
            self._random.choice(self._speech.patterns(section, key)), self._random, **{"b": bare, "n": bare, **slots}
        )


def _has(name: str, unit: str | None) -> Callable[[EntityView], bool]:
    return lambda entity: any((one.name, one.unit) == (name, unit) for one in abilities.settable(entity))


def _bare(words: str) -> str:
    """Without an article: "the desk lamp" is "desk lamp"."""
    first, _, rest = words.partition(" ")
    return rest if first in ("the", "my", "our") and rest else words


def _names(words: str, name: str) -> bool:
    """Whether words hold a name as a whole."""
    if _is_han(name):
        return name in words
    return re.search(rf"(?<!\w){re.escape(name.casefold())}(?!\w)", words.casefold()) is not None


def _is_han(text: str) -> bool:
    return any("\u3400" <= char <= "\u9fff" for char in text)


def _mentions(name: str, area: str) -> bool:
    return area.casefold() in name.casefold()


_LOCKABLE_NOT = (
    "light",
    "switch",
    "outlet",
    "fan",
    "climate",
    "media player",
    "vacuum",
    "sensor",
    "humidifier",
    "siren",
)
_DOOR = re.compile(r"door|gate|lid|curtain|blind|lock|valve|门|窗|帘|锁|阀|盖", re.IGNORECASE)
_SHOPPING = re.compile(r"\b(shopping|grocer\w+)\b|购物|采购", re.IGNORECASE)
_VERB_WEIGHTS = {
    "turn on": 6, "turn off": 6, "open": 3, "close": 3, "lock": 1.3, "unlock": 1.3, "start": 2, "dock": 1.2, "unlatch": 0, "locate": 0.4,
    "stop": 1, "pause": 1.2, "resume": 1.2, "skip": 1, "go back": 0.8, "mute": 1, "unmute": 0.8, "activate": 1.5, "press": 0.6,
}  # fmt: skip
_CLASS_WEIGHTS = {"light": 3.0, "fan": 1.5, "climate": 2.0, "media player": 1.5}
_LACKING: dict[str, tuple[str, ...]] = {
    "light": ("turn on", "turn off", "set brightness", "lower brightness"), "fan": ("turn on", "turn off", "raise speed"),
    "climate": ("turn on", "turn off", "raise temperature"), "blind": ("open", "close", "set position"), "curtain": ("open", "close"),
    "garage": ("open", "close"), "gate": ("open", "close"), "lock": ("lock", "unlock"), "valve": ("open valve", "close valve"),
    "vacuum": ("start vacuum", "dock", "start here vacuum"), "lawn mower": ("start lawn mower", "dock", "start here lawn mower"),
    "humidifier": ("turn on", "turn off"), "siren": ("turn on siren", "turn off"), "media player": ("turn on", "mute", "raise volume", "pause"),
    "shutter": ("open", "close"), "awning": ("open", "close"),
}  # fmt: skip
_UNABLE: dict[str, tuple[tuple[str, float], ...]] = {
    "lock": (("set brightness", 30), ("raise volume", 0), ("turn on fan", 0)), "sensor": (("turn on", 0), ("turn off", 0), ("set brightness", 40)),
    "switch": (("lower brightness", 0), ("set position", 40), ("mute", 0)), "fan": (("lock", 0), ("mute", 0), ("skip", 0)),
    "climate": (("mute", 0), ("lock", 0), ("set volume", 30)), "vacuum": (("set brightness", 50), ("raise volume", 0)),
    "binary sensor": (("turn on", 0), ("close", 0), ("lock", 0)), "valve": (("set volume", 20), ("mute", 0)),
}  # fmt: skip
_PROPERTY_WORDS = {
    "en": {"current temperature": "current temperature"},
    "zh": {"brightness": "亮度", "temperature": "设定温度", "current temperature": "当前温度", "position": "位置", "speed": "风速", "volume": "音量",
           "humidity": "湿度", "tilt": "角度", "color temperature": "色温", "value": "数值"},
}  # fmt: skip
_MEASURE_WORDS = {
    "en": {"temperature": "temperature", "humidity": "humidity", "illuminance": "brightness", "carbon dioxide": "CO2", "pm25": "particulate matter", "power": "power", "energy": "energy", "pressure": "pressure"},
    "zh": {"temperature": "温度", "humidity": "湿度", "illuminance": "光照", "carbon dioxide": "二氧化碳", "pm25": "PM2.5", "power": "功率", "energy": "用电量", "pressure": "气压"},
}  # fmt: skip
_OPTION_WORDS: dict[str, dict[str, str]] = {
    "en": {"heat_cool": "auto", "fan_only": "fan only", "heat": "heating", "cool": "cooling"},
    "zh": {"heat": "制热", "cool": "制冷", "auto": "自动", "dry": "除湿", "fan_only": "送风", "heat_cool": "自动", "eco": "节能", "comfort": "舒适", "boost": "强力",
           "TV": "电视", "Radio": "广播", "Bluetooth": "蓝牙"},
}  # fmt: skip


def polite(wish: Wish, speech: Speech, random_: random.Random) -> Wish:
    """With words that mean nothing."""
    words = wish.words
    if not wish.act:
        return wish
    if random_.random() < 0.25:
        words = random_.choice(speech.data["polite"]["before"]) + words
    if random_.random() < 0.12:
        words = words + random_.choice(speech.data["polite"]["after"])
    return replace(wish, words=words)
