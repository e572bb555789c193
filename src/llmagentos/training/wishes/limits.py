"""What cannot be done, was not meant for a house, or says too little."""

import re

from llmagentos.agent import abilities
from llmagentos.agent.site_index import kind_word
from llmagentos.language import Statement
from llmagentos.language import tree as t
from llmagentos.training.speech import expand
from llmagentos.training.wishes.ground import Impossible, Wish
from llmagentos.training.wishes.targets import Targets


class Limits(Targets):
    """Draws what must not lead to an act."""

    def reply(self) -> Wish:
        """What wants an answer in words, or nothing."""
        kind = self._random.choice(("say", "say", "none", "impossible"))
        statements: dict[str, Statement] = {"say": t.Say(), "none": t.Nothing(), "impossible": t.Refuse("impossible")}
        return self._wish(statements[kind], self._random.choice(self._speech.data["replies"][kind]))

    def absent(self) -> Wish:
        """Something that is not there is spoken of as if it were: a thing of no home, a kind this home lacks, a foreign room."""
        random_, data = self._random, self._speech.data
        chance = random_.random()
        absent = t.Refuse("absent")
        if chance < 0.3:
            thing = random_.choice(data["absent"])
            key = random_.choice(("turn on", "turn off", "is", "open", "close", "state"))
            section = "questions" if key in ("is", "state") else "acts"
            return self._wish(absent, self._say(section, key, x=thing, s=self._state_words("on")))
        if chance > 0.85:
            return self._absent_service()
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

    def _absent_service(self) -> Wish:
        """The weather, a calendar, a list, music where there is none of it."""
        lacking = sorted({"weather", "calendar", "list", "media player"} - {one.entity_class for one in self._entities})
        if not lacking:
            raise Impossible
        kind, data = self._random.choice(lacking), self._speech.data
        if kind == "list":
            item, name = self._random.choice(data["items"]), self._random.choice(data["list_names"])
            spoken = f"{name} list" if self._speech.language == "en" else f"{name}清单"
            key = self._random.choice(("add", "add", "remove", "items", "clear list", "drop list"))
            said = self._say("questions" if key == "items" else "acts", key, q=item, x=spoken)
        elif kind == "media player":
            key = self._random.choice(("play here", "skip here", "pause here", "raise volume here", "mute here"))
            said = self._say("acts", key, q=self._random.choice(data["songs"]))
        elif kind == "calendar":
            _, spoken_days = self._random.choice(list(data["when"].items()))
            said = self._say(
                "questions", self._random.choice(("events", "events on")), d=self._random.choice(spoken_days)
            )
        else:
            said = self._say(
                "questions", self._random.choice(("weather", "weather", "weather temperature", "weather wind"))
            )
        return self._wish(t.Refuse("absent"), said)

    def fragment(self) -> Wish:
        """The beginning of something, or a noise."""
        return self._wish(t.Clarify(), self._random.choice(self._speech.data["fragments"]))

    def unable(self) -> Wish:
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
        usual = {
            *self._speech.patterns("acts", "turn on"),
            *self._speech.patterns("acts", "turn off"),
            "打开{x}",
            "开{x}",
        }
        pattern = self._random.choice(
            [one for one in self._speech.patterns("acts", verb)[:3] if one not in usual] or ["{x}"]
        )
        words = expand(pattern, self._random, **dict.fromkeys("xbn", self.by_name(entity).words))
        return self._wish(t.Refuse("impossible"), words)

    def vague(self) -> Wish:
        """What nobody could know."""
        return self._wish(t.Clarify(), self._random.choice(self._speech.data["replies"]["clarify"]))


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
