"""What is meant, and how it is spoken of: by name, by place, by floor, by where the speaker is."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from llmagentos.agent.site_index import UNNAMED, kind_word
from llmagentos.language import Selector
from llmagentos.messages.snapshot import EntityView
from llmagentos.training.speech import expand
from llmagentos.training.wishes.ground import Ground, Impossible, is_han


@dataclass(frozen=True)
class Target:
    """What is meant, and words for it. `place` is the area that may be spoken of alone; `here` if it is the speaker's."""

    selector: Selector
    words: str
    place: str | None = None
    here: bool = False
    several: bool = False


class Targets(Ground):
    """Draws targets."""

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
        if kind not in self._speech.data["nouns"]:
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
            ways += [lambda: self._unplaced(kind)] * (6 if kind in UNNAMED else 3)
        return self._random.choice(ways)() if ways else self.by_name(entity)

    def by_name(self, entity: EntityView) -> Target:
        """One thing, called by its name or another one it has, perhaps with its place."""
        random_, refer = self._random, self._speech.data["refer"]
        selector = self._index.named(entity)
        if selector.id is not None:
            raise Impossible  # nobody could say which of the twins
        spoken = entity.name
        foreign = is_han(entity.name) != (self._speech.language == "zh")
        own = [one for one in entity.description.aliases if is_han(one) == (self._speech.language == "zh")]
        if own and (foreign or random_.random() < 0.25):
            spoken = random_.choice(own)
        spoken = self._cased(self._otherwise(spoken, entity))
        placed = entity.area is not None and not _mentions(spoken, entity.area) and entity.entity_class != "person"
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
        random_, refer, area = self._random, self._speech.data["refer"], str(entity.area)
        nouns = self._nouns(kind, [one for one in alike if one.area == area])
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
        random_, refer = self._random, self._speech.data["refer"]
        nouns = self._nouns(kind, [one for one in alike if one.area == self._speaker.area])
        words = expand(
            random_.choice(refer["here"]), random_, one=random_.choice(nouns["one"]), many=random_.choice(nouns["many"])
        )
        return Target(Selector(kind, area=self._speaker.area), words, here=True, several=len(alike) > 1)

    def _on_floor(self, kind: str, floor: str, alike: Sequence[EntityView]) -> Target:
        random_, refer = self._random, self._speech.data["refer"]
        nouns = self._nouns(kind, [one for one in alike if one.floor == floor])
        words = expand(
            random_.choice(
                [one for one in refer["floor"] if floor in ADVERBS or " on the {f}" in one] or refer["floor"]
            ),
            random_,
            f=self._cased(floor),
            one=random_.choice(nouns["one"]),
            many=random_.choice(nouns["many"]),
        )
        return Target(Selector(kind, floor=floor), words, several=True)

    def _everywhere(self, kind: str, alike: Sequence[EntityView]) -> Target:
        random_, refer, nouns = self._random, self._speech.data["refer"], self._nouns(kind, alike)
        one, many = random_.choice(nouns["one"]), random_.choice(nouns["many"])
        plural = self._speaker.area is None and random_.random() < 0.25
        words = expand(random_.choice(refer["plural" if plural else "all"]), random_, one=one, many=many)
        if len(alike) > 2 and random_.random() < 0.4:
            spared = random_.choice(alike)
            exception = (
                self._in_area(spared, alike, kind) if spared.area and random_.random() < 0.5 else self.by_name(spared)
            )
            rest = refer.get("except rest")
            key, spoken = ("except rest", many) if rest and random_.random() < 0.5 else ("except", words)
            words = expand(random_.choice(refer[key]), random_, x=spoken, y=exception.words)
            return Target(Selector(kind, everywhere=True, exceptions=(exception.selector,)), words, several=True)
        return Target(Selector(kind, everywhere=True), words, here=plural, several=True)

    def _only(self, entity: EntityView) -> Target:
        """The only one of its kind, spoken of by its kind."""
        random_, nouns = self._random, self._nouns(kind_word(entity), [entity])
        words = expand(random_.choice(self._speech.data["refer"]["only"]), random_, one=random_.choice(nouns["one"]), many=random_.choice(nouns["many"]))  # fmt: skip
        return Target(
            self._index.named(entity), words, here=self._speaker.area is not None or self._random.random() < 0.5
        )

    def _unplaced(self, kind: str) -> Target:
        """One of several, and nothing that tells which: who decides asks, or takes the one that is at work."""
        random_ = self._random
        nouns = self._nouns(kind, [one for one in self._entities if kind_word(one) == kind])
        one = random_.choice(nouns["one"])
        plural = self._speech.language == "en" and (one.endswith("s") and not one.endswith("ss"))
        if plural or any(_names(one, each.name) for each in self._entities):
            raise Impossible
        words = expand(random_.choice(self._speech.data["refer"]["unplaced"]), random_, one=one)
        return Target(Selector(kind), words, here=kind in UNNAMED and kind != "light")

    def _class_of(self, target: Target) -> str:
        kind = target.selector.kind
        return next((one.entity_class for one in self._entities if kind_word(one) == kind), kind)


def _names(words: str, name: str) -> bool:
    """Whether words hold a name as a whole."""
    if is_han(name):
        return name in words
    return re.search(rf"(?<!\w){re.escape(name.casefold())}(?!\w)", words.casefold()) is not None


def _mentions(name: str, area: str) -> bool:
    return area.casefold() in name.casefold()


ADVERBS = ("Upstairs", "Downstairs", "楼上", "楼下", "一楼", "二楼", "三楼", "地下一层", "顶层")
