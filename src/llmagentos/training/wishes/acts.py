"""What people want done: with devices, media and lists."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Literal, TypeAlias

from llmagentos.agent import abilities
from llmagentos.language import Program, Selector, Statement
from llmagentos.language import tree as t
from llmagentos.language.units import Quantity, canonical_unit
from llmagentos.language.vocabulary import EFFECTS
from llmagentos.messages.snapshot import EntityView
from llmagentos.training.wishes.ground import Impossible, Wish
from llmagentos.training.wishes.targets import Target, Targets

Keys = tuple[str, ...]


_MADE = {
    "coffee": re.compile(r"coffee|espresso|咖啡", re.IGNORECASE),
    "kettle": re.compile(r"kettle|水壶", re.IGNORECASE),
}
_OfLists: TypeAlias = t.ListVerb | Literal["ask", "count", "lists", "whole", "what"]


class Acts(Targets):
    """Draws acts."""

    def do(self) -> Wish:
        """A verb for something that can do it."""
        verb = self._random.choices(list(EFFECTS), [_VERB_WEIGHTS.get(one, 1.0) for one in EFFECTS])[0]
        named = verb in ("activate", "press")
        target = self._target(lambda one: abilities.effect_of(verb, one) is not None, named=named)
        entity_class = self._class_of(target)
        return self._act(t.Do(verb, target.selector), self._keys(verb, target, entity_class), target)

    def wanted(self) -> Wish:
        """What a thing is for, instead of what is to be done with it: coffee, water for the garden, the time for a scene."""
        entities = [one for one in self._entities if one.entity_class in ("switch", "outlet", "valve", "scene")]
        entity = self._some(entities)
        selector = self._index.named(entity)
        if selector.id is not None:
            raise Impossible
        if entity.entity_class == "valve":
            return self._watered(entity)
        if entity.entity_class == "scene":
            first = entity.name.split()[0] if self._speech.language == "en" else entity.name.removesuffix("模式")
            if len(first) < 2 or sum(one.name.startswith(first) for one in self._entities) > 1:
                raise Impossible
            return self._wish(t.Do("activate", selector), self._say("acts", "scene time", w=first.lower()), act=True)
        made = next((key for key, names in _MADE.items() if names.search(entity.name)), None)
        if made is None or sum(bool(_MADE[made].search(one.name)) for one in self._entities) > 1:
            raise Impossible
        return self._wish(t.Do("turn on", selector), self._say("acts", f"made {made}"), act=True)

    def _watered(self, entity: EntityView) -> Wish:
        area = entity.area
        if area is None or sum(one.area == area and one.entity_class == "valve" for one in self._entities) > 1:
            raise Impossible
        verb, key = self._random.choice((("open", "water place"), ("open", "water place"), ("close", "stop water")))
        words = self._say("acts", key, a=self._area_words(area))
        return self._wish(t.Do(verb, Selector("valve", area=area)), words, act=True)

    def both(self) -> Wish:
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

    def set(self) -> Wish:
        """A property to a value."""
        entity, prop = self._some_property()
        target = self._target(_has(prop.name, prop.unit), like=entity)
        name = prop.name
        if prop.kind == "bool":
            value = self._random.random() < 0.5
            return self._act(t.Set(target.selector, name, value), (f"{name} {'on' if value else 'off'}",), target)
        if prop.kind == "enum":
            option = self._random.choice([one for one in prop.options if one != "off"] or list(prop.options))
            key = {"color": "set color", "mode": "set mode", "preset": "set preset", "source": "set source"}.get(name, "set option")  # fmt: skip
            keys = tuple(one for one in self._ways(key, target) if self._speech.has("acts", one))
            return self._act(t.Set(target.selector, name, option), keys, target, v=self._option(option))
        return self._set_number(target, entity, name, canonical_unit(prop.unit), prop.minimum, prop.maximum)

    def _set_number(self, target: Target, entity: EntityView, name: str, unit: str, low: float | None, high: float | None) -> Wish:  # fmt: skip
        keys = self._ways(f"set {name}", target)
        if unit == "%" and self._random.random() < 0.15:
            return self._set_end(target, name, keys)
        if unit == "C" and self._random.random() < 0.03:
            return self._set_beyond(target, name, keys)
        value = self._value(name, unit, low, high)
        if target.several and not target.here and target.place is None:
            keys = keys[:1]
        key = self._random.choice([one for one in keys if self._speech.has("acts", one)] or ["set value"])
        return self._act(t.Set(target.selector, name, Quantity(value, unit if unit in ("%", "C", "F", "K") else "")), (key,), target, v=self.number(value, unit))  # fmt: skip

    def _set_end(self, target: Target, name: str, keys: list[str]) -> Wish:
        """To one end, the middle, or a step of a fan, in words."""
        end = {"most": 100, "half": 50, "least": 1 if name == "brightness" else 0}
        special = {f"set {name} full": "most", f"set {name} half": "half", f"set {name} low": "least"}
        known = [one for one in special if self._speech.has("acts", one)]
        if known and self._random.random() < 0.4:
            key = self._random.choice(known)
            return self._act(t.Set(target.selector, name, Quantity(float(end[special[key]]), "%")), (key,), target)
        if name == "speed" and self._random.random() < 0.5:
            spoken, value = self._random.choice(list(self._speech.data["steps"].items()))
        else:
            where = self._random.choice(("most", "half", "least", "least"))
            spoken, value = str(self._random.choice(self._speech.data["ends"][where])), end[where]
        return self._act(t.Set(target.selector, name, Quantity(float(value), "%")), tuple(keys), target, v=spoken)

    def _set_beyond(self, target: Target, name: str, keys: list[str]) -> Wish:
        """A temperature that no heater of a house has; what is understood is that, and the device says what it can."""
        value = float(self._random.choice((40, 45, 50, 55, 60, 70, 75, 80)))
        spoken = f"{value:.0f} degrees" if self._speech.language == "en" else f"{value:.0f}度"
        wish = self._act(t.Set(target.selector, name, Quantity(value, "C")), tuple(keys), target, v=spoken)
        return replace(wish, act=False)

    def change(self) -> Wish:
        """A property a bit, or by so much, up or down."""
        entity, prop = self._some_property(numeric=True)
        target = self._target(_has(prop.name, prop.unit), like=entity)
        direction: t.Direction = self._random.choice(("raise", "lower"))
        unit = canonical_unit(prop.unit)
        unit = unit if unit in ("%", "C", "F", "K") else ""
        if self._random.random() < 0.25 and self._speech.has("acts", f"{direction} {prop.name} by"):
            step = float(
                self._random.choice((5, 10, 15, 20, 25, 30, 40))
                if unit == "%"
                else self._random.choice((1, 2, 3, 1.5, 4))
            )
            amount = Quantity(step, unit)
            return self._act(t.Change(direction, target.selector, prop.name, amount), (f"{direction} {prop.name} by",), target, v=self.number(step, unit))  # fmt: skip
        keys = self._ways(f"{direction} {prop.name}", target)
        known = [one for one in keys if self._speech.has("acts", one)]
        if not known:
            raise Impossible
        return self._act(t.Change(direction, target.selector, prop.name), (self._random.choice(known),), target)

    def _ways(self, key: str, target: Target) -> list[str]:
        """The key of words that name the thing, and of those that name its place or nothing."""
        selector = target.selector
        if (target.here and not selector.everywhere) or selector == Selector(selector.kind):
            return [key, f"{key} here"]
        return [key, f"{key} place", f"{key} place"] if target.place is not None else [key]

    def play(self) -> Wish:
        """Something to hear or see, somewhere or anywhere."""
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

    def list(self) -> Wish:
        """What is on lists, and what should be."""
        lists = [one for one in self._entities if one.entity_class == "list"]
        if not lists:
            raise Impossible
        target = self.by_name(self._random.choice(lists))
        item = self._random.choice(self._speech.data["items"])
        name = self._list_words(target)
        verb: _OfLists = self._random.choice(
            ("add", "add", "add", "add", "remove", "complete", "ask", "ask", "count", "lists", "whole", "whole", "what")
        )
        if verb == "whole":
            return self._whole_list(target, lists)
        if verb == "what":
            return self._what_item(target, lists, name)
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
        if self._random.random() < 0.22:
            other = self._random.choice(self._speech.data["items"])
            both = f"{item}{self._random.choice(self._speech.data['and'])}{other}"
            edits = (t.EditList(verb, item, target.selector), t.EditList(verb, other, target.selector))
            if item != other:
                return Wish(Program(edits), self._say("acts", verb, q=both, x=name), act=True)
        return self._wish(t.EditList(verb, item, target.selector), self._say("acts", verb, q=item, x=name), act=True)

    def _what_item(self, target: Target, lists: Sequence[EntityView], name: str) -> Wish:
        """Something on a list or off it, and nobody said what."""
        edit: t.ListVerb = self._random.choice(("add", "add", "remove"))
        if self._random.random() < 0.3:
            selector = target.selector if len(lists) == 1 else Selector("list")
            return self._wish(t.EditList(edit, t.OPEN, selector), self._say("acts", f"{edit} what here"))
        return self._wish(t.EditList(edit, t.OPEN, target.selector), self._say("acts", f"{edit} what", x=name))

    def without_value(self) -> Wish:
        """A property is to be set, and nobody said to what."""
        entity, prop = self._some_property()
        key = f"open {prop.name}"
        if not self._speech.has("acts", key):
            raise Impossible
        target = self._target(_has(prop.name, prop.unit), like=entity)
        keys = [one for one in self._ways(key, target) if self._speech.has("acts", one)]
        words = self._say("acts", self._random.choice(keys), x=target.words, a=target.place or "")
        return self._wish(t.Set(target.selector, prop.name, t.OPEN), words)

    def new_list(self) -> Wish:
        """A list that there is not yet."""
        if self._random.random() < 0.35:
            return self._wish(t.NewList(), self._say("acts", "new list"))
        name = self._random.choice(self._speech.data["list_names"])
        return self._wish(t.NewList(name), self._say("acts", "new list named", q=name))

    def _whole_list(self, target: Target, lists: Sequence[EntityView]) -> Wish:
        """Everything off a list, or the list itself away."""
        sort, key = self._random.choice(((t.ClearList, "clear list"), (t.DropList, "drop list")))
        if self._random.random() < 0.3:
            selector = target.selector if len(lists) == 1 else Selector("list")
            return self._wish(sort(selector), self._say("acts", f"{key} here"))
        return self._wish(sort(target.selector), self._say("acts", key, x=self._list_words(target)))

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

    def _act(self, statement: Statement, keys: Keys, target: Target, **slots: str) -> Wish:
        known = [one for one in keys if self._speech.has("acts", one)]
        if not known:
            raise Impossible
        words = self._say("acts", self._random.choice(known), x=target.words, a=target.place or "", **slots)
        return self._wish(statement, words, act=True)

    def _keys(self, verb: str, target: Target, entity_class: str) -> Keys:
        kind = target.selector.kind
        keys = [verb, verb, *(f"{verb} {one}" for one in dict.fromkeys((entity_class, kind)))]
        if entity_class in ("vacuum", "lawn mower") and verb in ("pause", "resume", "stop"):
            keys = keys[2:]  # nobody plays on a robot
        if target.place is not None:
            keys += [f"{verb} place {entity_class}"] * 2
        if target.here:
            keys += [f"{verb} here {entity_class}", *([f"{verb} here"] if entity_class == "media player" else [])] * 3
        return tuple(one for one in keys if self._speech.has("acts", one))


def _has(name: str, unit: str | None) -> Callable[[EntityView], bool]:
    return lambda entity: any((one.name, one.unit) == (name, unit) for one in abilities.settable(entity))


_SHOPPING = re.compile(r"\b(shopping|grocer\w+)\b|购物|采购", re.IGNORECASE)
_VERB_WEIGHTS = {
    "turn on": 6, "turn off": 6, "open": 3, "close": 3, "lock": 1.3, "unlock": 1.3, "start": 2, "dock": 1.2, "unlatch": 0, "locate": 0.4,
    "stop": 1, "pause": 1.2, "resume": 1.2, "skip": 1, "go back": 0.8, "mute": 1, "unmute": 0.8, "activate": 1.5, "press": 0.6,
}  # fmt: skip
