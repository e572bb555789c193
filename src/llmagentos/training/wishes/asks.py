"""What people want to know."""

from llmagentos.agent import abilities
from llmagentos.agent.site_index import kind_word
from llmagentos.language import Selector, Statement
from llmagentos.language import tree as t
from llmagentos.messages.snapshot import EntityView
from llmagentos.training.speech import expand
from llmagentos.training.wishes.ground import Impossible, Wish
from llmagentos.training.wishes.targets import ADVERBS, Target, Targets


class Asks(Targets):
    """Draws questions."""

    def state(self) -> Wish:
        """How something is."""
        entities = [
            one for one in self._entities if one.entity_class not in ("scene", "button", "list", "calendar", "weather")
        ]
        entity = self._some(entities)
        target = self._spoken_of(entity)
        if entity.entity_class == "person":
            return self._wish(t.AskState(target.selector), self._say("questions", "where", x=target.words))
        if entity.description.kind == "battery" and self._random.random() < 0.6:
            bare = (
                target.words.replace("Battery", "")
                .replace("battery", "")
                .replace("电池", "")
                .replace("电量", "")
                .strip()
            )
            if bare.casefold().removeprefix("the ").removeprefix("my ").removeprefix("our "):
                return self._wish(t.AskState(target.selector), self._say("questions", "state battery", x=bare))
        if entity.entity_class == "sensor":
            keys = [
                "state sensor",
                "state sensor",
                *(["state temperature"] if entity.description.kind == "temperature" else []),
            ]
            return self._wish(
                t.AskState(target.selector), self._say("questions", self._random.choice(keys), x=target.words)
            )
        special = self._how(entity, target)
        if special is not None and self._random.random() < 0.5:
            return special
        readable = [one.name for one in abilities.settable(entity) if one.kind == "number"]
        readable += ["current temperature"] if entity.property("current temperature") else []
        if readable and self._random.random() < 0.5:
            name = self._random.choice(readable)
            spoken = _PROPERTY_WORDS[self._speech.language].get(name, name)
            return self._wish(
                t.AskState(target.selector, name), self._say("questions", "property", x=target.words, p=spoken)
            )
        return self._wish(t.AskState(target.selector), self._say("questions", "state", x=target.words))

    def _how(self, entity: EntityView, target: Target) -> Wish | None:
        """How bright, how far, how loud, in which mode; None for what has nothing of that."""
        known = [one.name for one in entity.description.properties if self._speech.has("questions", f"how {one.name}")]
        if entity.entity_class == "climate":
            if self._random.random() < 0.35:
                return self._wish(t.AskState(target.selector), self._say("questions", "mode of", x=target.words))
            if entity.property("temperature") is None:
                return None
            words = self._say("questions", "set point of", x=target.words)
            return self._wish(t.AskState(target.selector, "temperature"), words)
        if not known:
            return None
        name = self._random.choice(known)
        return self._wish(t.AskState(target.selector, name), self._say("questions", f"how {name}", x=target.words))

    def _spoken_of(self, entity: EntityView) -> Target:
        """By name, or by its place where it is alone of its kind: "the kitchen light"."""
        kind, area = kind_word(entity), entity.area
        alone = area is not None and sum(one.area == area and kind_word(one) == kind for one in self._entities) == 1
        if not alone or entity.entity_class == "sensor" or self._random.random() < 0.6:
            return self.by_name(entity)
        nouns, refer = self._nouns(kind, [entity]), self._speech.data["refer"]
        key = "only" if area == self._speaker.area and self._random.random() < 0.5 else "single"
        words = expand(self._random.choice(refer[key]), self._random, a=self._area_words(str(area)), one=self._random.choice(nouns["one"]), many=self._random.choice(nouns["one"]))  # fmt: skip
        return Target(self._index.named(entity), words)

    def check(self) -> Wish:
        """Whether something is in a state."""
        entity = self._some([one for one in self._entities if self._words_of_state(one)])
        state = self._random.choice(self._words_of_state(entity))
        target = self._spoken_of(entity)
        key = "is home" if entity.entity_class == "person" else "is"
        special = f"is {entity.description.kind}"
        if self._speech.has("questions", special) and state == abilities.state_words(entity)[0]:
            key = special
        done = self._speech.data.get("done", {}).get(state)
        if done and key == "is" and self._random.random() < (0.45 if self._speech.language == "zh" else 0.12):
            words = self._say("questions", "is not", x=target.words, n=self._random.choice(done))
            return self._wish(t.Check("is", target.selector, state), words)
        return self._wish(
            t.Check("is", target.selector, state),
            self._say("questions", key, x=target.words, s=self._state_words(state)),
        )

    def group_check(self) -> Wish:
        """Whether any or all are in a state, which and how many."""
        entity = self._some(
            [one for one in self._entities if self._words_of_state(one) and one.entity_class != "person"]
        )
        state = self._random.choice(self._words_of_state(entity))
        kind = entity.description.kind if entity.entity_class == "binary sensor" else kind_word(entity)
        nouns = self._speech.data["nouns"].get(kind)
        if nouns is None:
            raise Impossible
        asked = self._random.choice(("any", "any", "every", "which", "count", "count all"))
        here = entity.area is not None and self._random.random() < 0.5
        selector = Selector(kind, area=entity.area) if here else Selector(kind)
        floor = entity.floor if not here and self._random.random() < 0.5 else None
        if floor is not None:
            selector = Selector(kind, floor=floor)
        statements: dict[str, Statement] = {
            "any": t.Check("any", selector, state), "every": t.Check("every", selector, state),
            "which": t.Find(selector, state), "count": t.Count(selector, state), "count all": t.Count(selector),
        }  # fmt: skip
        statement = statements[asked]
        key, place = f"{asked} place" if here else asked, self._area_words(entity.area) if entity.area else ""
        special = f"{key} {kind}"
        if (
            self._speech.has("questions", special)
            and floor is None
            and state == abilities.state_words(entity)[0]
            and self._random.random() < 0.7
        ):
            return self._wish(statement, self._say("questions", special, a=place))
        undone = self._speech.data.get("undone", {}).get(state)
        if undone and asked in ("any", "which") and not here and self._random.random() < 0.3:
            words = self._say(
                "questions",
                f"{asked} not",
                k=self._random.choice(nouns["many"]),
                k1=self._random.choice(nouns["one"]),
                n=self._random.choice(undone),
            )
            return self._wish(statement, words if floor is None else self._upstairs(words, floor))
        words = self._say(
            "questions", key, k=self._random.choice(nouns["many"]), k1=self._random.choice(nouns["one"]),
            s=self._state_words(state), a=place,
        )  # fmt: skip
        return self._wish(statement, words if floor is None else self._upstairs(words, floor))

    def listed(self) -> Wish:
        """Which there are, of a kind or of any, in a room or anywhere."""
        entity = self._some(
            [one for one in self._entities if one.entity_class not in ("list", "scene", "weather", "calendar")]
        )
        asked = self._random.choice((t.Find, t.Find, t.Count))
        if entity.area is not None and self._random.random() < 0.3:
            return self._wish(asked(Selector("device", area=entity.area)), self._say("questions", "listed devices" if asked is t.Find else "counted devices", a=self._area_words(entity.area)))  # fmt: skip
        kind = entity.description.kind if entity.entity_class == "binary sensor" else kind_word(entity)
        nouns = self._speech.data["nouns"].get(kind)
        if nouns is None or asked is t.Count:
            raise Impossible
        many = self._random.choice(nouns["many"])
        if entity.area is not None and self._random.random() < 0.6:
            words = self._say("questions", "listed place", k=many, a=self._area_words(entity.area))
            return self._wish(t.Find(Selector(kind, area=entity.area)), words)
        return self._wish(t.Find(Selector(kind)), self._say("questions", "listed", k=many))

    def _upstairs(self, words: str, floor: str) -> str:
        """A question about one floor."""
        spoken = self._cased(floor)
        if self._speech.language == "zh":
            return f"{spoken}{words}"
        return f"{words} {spoken}" if floor in ADVERBS else f"{words} on the {spoken}"

    def measure(self) -> Wish:
        """What is measured somewhere."""
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

    def gathered(self) -> Wish:
        """The mean, the highest, the lowest, the sum of what is measured."""
        spoken = _MEASURE_WORDS[self._speech.language]
        kinds = sorted({one.description.kind for one in self._entities if one.entity_class == "sensor"} & set(spoken))
        if not kinds:
            raise Impossible
        kind = self._random.choice(kinds)
        functions: tuple[t.Function, ...] = ("maximum", "minimum", "mean")
        function: t.Function = "total" if kind in ("power", "energy") else self._random.choice(functions)
        special = f"{function} {kind}"
        key = special if self._speech.has("questions", special) and self._random.random() < 0.7 else f"{function} of"
        words = self._say("questions", key, m=spoken[kind])
        floors = sorted({one.floor for one in self._entities if one.description.kind == kind and one.floor})
        if floors and self._random.random() < 0.25:
            floor = self._random.choice(floors)
            return self._wish(t.Aggregate(function, Selector(kind, floor=floor)), self._upstairs(words, floor))
        return self._wish(t.Aggregate(function, Selector(kind)), words)

    def people(self) -> Wish:
        """Who is where."""
        if not any(one.entity_class == "person" for one in self._entities):
            raise Impossible
        person = Selector("person")
        options: dict[str, Statement] = {
            "who home": t.Find(person, "home"), "who away": t.Find(person, "away"), "anyone home": t.Check("any", person, "home"),
            "everyone home": t.Check("every", person, "home"), "count home": t.Count(person, "home"),
        }  # fmt: skip
        key = self._random.choice(list(options))
        return self._wish(options[key], self._say("questions", key))

    def playing(self) -> Wish:
        """What plays."""
        players = [one for one in self._entities if one.entity_class == "media player" and one.property("title")]
        entity = self._some(players)
        target = self.by_name(entity)
        alone = len(players) == 1 and self._random.random() < 0.4
        words = self._say("questions", "playing here" if alone else "playing", x=target.words)
        return self._wish(t.AskState(target.selector, "title"), words)

    def world(self) -> Wish:
        """Clock, weather and calendar."""
        classes = {one.entity_class for one in self._entities}
        options: list[tuple[Statement, str]] = [
            (t.AskClock("time"), "time"),
            (t.AskClock("date"), "date"),
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


_PROPERTY_WORDS = {
    "en": {"current temperature": "current temperature"},
    "zh": {"brightness": "亮度", "temperature": "设定温度", "current temperature": "当前温度", "position": "位置", "speed": "风速", "volume": "音量",
           "humidity": "湿度", "tilt": "角度", "color temperature": "色温", "value": "数值"},
}  # fmt: skip
_MEASURE_WORDS = {
    "en": {"temperature": "temperature", "humidity": "humidity", "illuminance": "brightness", "carbon dioxide": "CO2", "pm25": "particulate matter", "power": "power", "energy": "energy", "pressure": "pressure"},
    "zh": {"temperature": "温度", "humidity": "湿度", "illuminance": "光照", "carbon dioxide": "二氧化碳", "pm25": "PM2.5", "power": "功率", "energy": "用电量", "pressure": "气压"},
}  # fmt: skip
