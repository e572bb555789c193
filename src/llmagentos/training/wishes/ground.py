"""What all wishes of one site and speaker are drawn from: the site, the words of a language, and chance."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

from llmagentos.agent import abilities
from llmagentos.agent.site_index import SiteIndex, kind_word
from llmagentos.language import Program, Statement
from llmagentos.language import tree as t
from llmagentos.language.units import Duration
from llmagentos.messages.records import Property
from llmagentos.messages.snapshot import EntityView, Snapshot, Speaker
from llmagentos.training.speech import Speech, expand
from llmagentos.training.spoken import spoken_number


@dataclass(frozen=True)
class Wish:
    """`words` may still be made polite, joined, delayed or noisy; `act` if something would be done."""

    program: Program
    words: str
    act: bool

    def the_act(self) -> t.Act:
        """Its first statement where that is an act. Raises: Impossible."""
        first = self.program.statements[0]
        if not isinstance(first, t.Act):
            raise Impossible
        return first


class Impossible(Exception):
    """This site has nothing for such a wish."""


class Ground:
    """The small parts of wishes."""

    def __init__(self, snapshot: Snapshot, index: SiteIndex, speaker: Speaker, speech: Speech, random_: random.Random) -> None:  # fmt: skip
        self._snapshot, self._index, self._speaker = snapshot, index, speaker
        self._speech, self._random = speech, random_
        self._entities = [one for one in snapshot.entities.values() if not one.description.diagnostic]

    def _nouns(self, kind: str, meant: Sequence[EntityView]) -> dict[str, list[str]]:
        """What these are called: heaters and coolers, televisions and speakers have names of their own. Raises: Impossible."""
        sorts = {_sort(one) for one in meant}
        nouns = self._speech.data["nouns"]
        found = nouns.get(f"{kind} {sorts.pop()}" if len(sorts) == 1 and None not in sorts else kind)
        if found is None:
            raise Impossible
        return dict(found)

    def _wish(self, statement: Statement, words: str, *, act: bool = False) -> Wish:
        return Wish(Program((statement,)), words, act)

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
        names = [one for one in (area, area, area, *aliases) if is_han(one) == (self._speech.language == "zh")]
        return self._cased(self._random.choice(names or [area]))

    def _definite(self, noun: str) -> str:
        return f"the {noun}" if self._speech.language == "en" and self._random.random() < 0.8 else noun

    def _cased(self, name: str) -> str:
        return name.lower() if self._random.random() < 0.7 else name

    def _word(self, key: str) -> str:
        return str(self._random.choice(self._speech.data[key]))

    def _say(self, section: str, key: str, **slots: str) -> str:
        bare = _bare(slots.get("x", ""))
        words = expand(
            self._random.choice(self._speech.patterns(section, key)), self._random, **{"b": bare, "n": bare, **slots}
        )
        for twice, once in _PARTICLES if section == "questions" and self._speech.language == "zh" else ():
            words = words.replace(twice, once)
        return words


def _bare(words: str) -> str:
    """Without an article: "the desk lamp" is "desk lamp"."""
    first, _, rest = words.partition(" ")
    return rest if first in ("the", "my", "our") and rest else words


def is_han(text: str) -> bool:
    """Whether there is Chinese in it."""
    return any("\u3400" <= char <= "\u9fff" for char in text)


_CLASS_WEIGHTS = {"light": 3.0, "fan": 1.5, "climate": 2.0, "media player": 1.5}
_OPTION_WORDS: dict[str, dict[str, str]] = {
    "en": {"heat_cool": "auto", "fan_only": "fan only", "heat": "heating", "cool": "cooling"},
    "zh": {"heat": "制热", "cool": "制冷", "auto": "自动", "dry": "除湿", "fan_only": "送风", "heat_cool": "自动", "eco": "节能", "comfort": "舒适", "boost": "强力",
           "TV": "电视", "Radio": "广播", "Bluetooth": "蓝牙"},
}  # fmt: skip


def _sort(entity: EntityView) -> str | None:
    if entity.entity_class == "climate":
        mode = entity.property("mode")
        heats, cools = ("heat" in mode.options, "cool" in mode.options) if mode is not None else (True, False)
        return "heats" if heats and not cools else "cools" if cools and not heats else None
    if entity.entity_class == "media player":
        return next(
            (sort for sort, words in _PLAYERS.items() if any(one in entity.name.casefold() for one in words)), None
        )
    return None


_PLAYERS = {
    "tv": ("tv", "television", "电视", "projector"), "radio": ("radio", "收音机"),
    "speaker": ("speaker", "sonos", "homepod", "soundbar", "stereo", "hi-fi", "音箱", "音响", "回音壁"),
}  # fmt: skip
_PARTICLES = (
    ("了了", "了"),
    ("着了吗", "着吗"),
    ("着着", "着"),
    ("了的吗", "了吗"),
    ("着的吗", "着吗"),
    ("的了吗", "了吗"),
    ("是关上的吗", "关上了吗"),
)
