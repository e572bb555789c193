"""What is said after something was said: the same for another thing or place, more of it, its opposite, an answer to a question."""

import random
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Literal

from llmagentos.agent import abilities
from llmagentos.agent.effects import lacking
from llmagentos.agent.site_index import SiteIndex, kind_word
from llmagentos.language import Program, Selector, Statement, render
from llmagentos.language import tree as t
from llmagentos.language.units import Duration, Quantity
from llmagentos.messages.snapshot import EntityView, Snapshot
from llmagentos.training.speech import Speech, expand
from llmagentos.training.spoken import spoken_duration, spoken_time
from llmagentos.training.wishes.draw import Impossible, Target, Wish, Wishes

_OPPOSITE = {"turn on": ("turn off", "undo off"), "turn off": ("turn on", "undo on"), "open": ("close", "undo close"), "close": ("open", "undo open")}  # fmt: skip
_REPEATED = ("press", "skip", "go back")
_PRONOUN_VERBS = ("turn on", "turn off", "open", "close", "stop", "lock", "unlock", "start", "pause", "resume", "dock", "mute", "unmute")  # fmt: skip
_LEVEL = {"light": "brightness", "fan": "speed", "media player": "volume", "blind": "position", "curtain": "position", "shutter": "position", "shade": "position", "climate": "temperature"}  # fmt: skip

_NOT_OF_IT = re.compile(
    r"\{b\}|\{n\}|\b(on|off|up|down|out|in|of|for) \{x\}|^\{x\} (on|off|up|down|open|closed|to|at|\[|\()|\{x\}的"
)
"""Words that take a name and no pronoun: "turn on it"."""

_BACK: dict[t.Direction, t.Direction] = {"raise": "lower", "lower": "raise"}
Handled = t.Do | t.Set | t.Change


@dataclass(frozen=True)
class Said:
    """The exchange before: what was said, and what it was understood as. `about`: a sentence of what it concerned, if not that."""

    words: str
    sentence: str
    about: str | None = None


class Followups:
    """Draws what may follow a wish on the same site."""

    def __init__(self, wishes: Wishes, snapshot: Snapshot, index: SiteIndex, speech: Speech, random_: random.Random) -> None:  # fmt: skip
        self._wishes, self._speech, self._random = wishes, speech, random_
        self._snapshot, self._index = snapshot, index

    def draw(self, first: Wish) -> tuple[Said, Wish]:
        """The exchange that the first wish began, and what follows it. Raises: Impossible."""
        statement = first.program.statements[0]
        if len(first.program.statements) > 1:
            raise Impossible
        if isinstance(statement, _FILLED) and self._random.random() < 0.2:
            return self._filled(statement)
        if isinstance(statement, Handled) and self._random.random() < 0.25:
            return self._random.choice((self._answer, self._which))(statement, first)
        ways: dict[type[Any], tuple[Callable[[Any], Wish], ...]] = {
            t.AskState: (self._asked_too, self._then, self._place, self._warmer, self._warmer), t.Check: (self._asked_too, self._then, self._which_ones, self._place),
            t.Find: (self._all_of_them,), t.Count: (self._all_of_them, self._which_ones),
            t.Do: (self._too, self._opposite, self._pronoun, self._place, self._level, self._again, self._is_it),
            t.Set: (self._too, self._value, self._value, self._pronoun, self._place, self._more, self._is_it),
            t.Change: (self._too, self._pronoun, self._place, self._more, self._more, self._level),
            t.EditList: (self._item, self._item, self._items), t.AskList: (self._item,),
            t.Order: (self._wishes.amended,), t.StartTimer: (self._timer,), t.TimerCommand: (self._timer,), t.SetAlarm: (self._alarm,), t.Play: (self._player,),
        }  # fmt: skip
        known = ways.get(type(statement))
        if known is None and self._random.random() < 0.7:
            raise Impossible
        if known is None:
            return Said(first.words, _text(statement)), self._thanks()
        return Said(first.words, _text(statement)), self._random.choice(known)(statement)

    # The same again

    def _asked_too(self, said: t.AskState | t.Check) -> Wish:
        """The same question about another thing."""
        target = self._other(said.target)
        return self._say(replace(said, target=target.selector), "ask too", act=False, x=target.words, b=target.words)

    def _too(self, said: Handled) -> Wish:
        """The same for another thing, besides or instead."""
        target = self._other(said.target)
        key = self._random.choice(("too", "instead"))
        return self._say(replace(said, target=target.selector), key, x=target.words, b=target.words)

    def _place(self, said: Handled | t.AskState | t.Check) -> Wish:
        """The same in another place."""
        kind = said.target.kind
        places = {one.area for one in self._entities() if kind_word(one) == kind and one.area} - {said.target.area}
        if not places or (isinstance(said, t.AskState | t.Check) and said.target.area is None):
            raise Impossible
        area = self._random.choice(sorted(places))
        act = isinstance(said, Handled)
        key = "place too" if act else "ask place"
        target = Selector(kind, area=area)
        return self._say(replace(said, target=target), key, act=act, a=self._wishes.area_words(area))

    def _again(self, said: t.Do) -> Wish:
        if said.verb not in _REPEATED:
            raise Impossible
        return self._say(said, "again")

    # Something else with the same

    def _then(self, said: t.AskState | t.Check) -> Wish:
        """What was asked about is now to be changed, called "it"."""
        return self._called_it(said.target, ("turn on", "turn off", "open", "close", "lock", "unlock"))

    def _pronoun(self, said: Handled) -> Wish:
        """Another act on what was meant, called "it"."""
        if self._random.random() < 0.4:
            return self._level(said)
        return self._called_it(said.target, _PRONOUN_VERBS)

    def _called_it(self, target: Selector, verbs: tuple[str, ...]) -> Wish:
        able = [one for one in self._entities() if kind_word(one) == target.kind]
        fit = [verb for verb in verbs if able and all(abilities.effect_of(verb, one) for one in able)]
        if not fit:
            raise Impossible
        verb = self._random.choice(fit)
        keys = [one for one in (verb, f"{verb} {able[0].entity_class}") if self._speech.has("acts", one)]
        if not keys:
            raise Impossible
        words = self._it(self._random.choice(keys), him=target.kind in _HIM)
        if verb in _BACK_TO and self._random.random() < 0.3:
            words = expand(self._random.choice(self._speech.data["follow"]["back to it"]), self._random, c=words)
        return Wish(Program((t.Do(verb, target),)), words, act=True)

    def _warmer(self, said: t.AskState) -> Wish:
        """How warm it is was asked; now it is to be otherwise there."""
        area = said.target.area or next(
            (one.area for one in self._entities() if self._index.named(one) == said.target), None
        )
        heating = [one for one in self._entities() if one.entity_class == "climate" and one.area == area]
        asked = next((one for one in self._entities() if self._index.named(one) == said.target), None)
        warmth = said.target.kind == "temperature" or (asked is not None and asked.description.kind == "temperature")
        if area is None or len(heating) != 1 or not warmth or heating[0].property("temperature") is None:
            raise Impossible
        target, unit = self._index.named(heating[0]), heating[0].property("temperature").unit  # type: ignore[union-attr]
        if self._random.random() < 0.35 and not unit.endswith("F"):
            quantity = self._quantity("C")
            spoken = self._wishes.number(quantity.value, "C")
            return self._say(t.Set(target, "temperature", quantity), "warmth", v=spoken)
        direction: t.Direction = self._random.choice(("raise", "lower"))
        key = "warmer there" if direction == "raise" else "colder there"
        return self._say(t.Change(direction, target, "temperature"), key)

    def _opposite(self, said: t.Do) -> Wish:
        if said.verb not in _OPPOSITE:
            raise Impossible
        verb, key = _OPPOSITE[said.verb]
        return self._say(t.Do(verb, said.target), key)

    def _is_it(self, said: t.Do | t.Set) -> Wish:
        """Whether it is so now."""
        entity = next((one for one in self._entities() if self._index.named(one) == said.target), None)
        words = [] if entity is None else [one for one in abilities.state_words(entity) if self._speech.has("states", one)]  # fmt: skip
        if not words:
            raise Impossible
        state = self._random.choice(words)
        spoken = self._random.choice(self._speech.data["states"][state])
        return self._say(t.Check("is", said.target, state), "is it", act=False, s=spoken)

    # How much

    def _value(self, said: t.Set) -> Wish:
        if not isinstance(said.value, Quantity) or said.value.unit not in ("%", "C"):
            return self._level(said)
        value = self._quantity(said.value.unit)
        words = self._wishes.number(value.value, value.unit)
        return self._say(replace(said, value=value), "value", v=words)

    def _level(self, said: Handled) -> Wish:
        """How bright, fast, loud or open, in figures, to the end, or a bit up or down."""
        name = _LEVEL.get(said.target.kind)
        able = [one for one in self._entities() if kind_word(one) == said.target.kind]
        prop = able[0].property(name) if name and able else None
        if name is None or prop is None or not all(one.property(name) for one in able):
            raise Impossible
        if self._random.random() < 0.5:
            direction: t.Direction = self._random.choice(("raise", "lower"))
            return Wish(Program((t.Change(direction, said.target, name),)), self._it(f"{direction} {name}"), act=True)
        if name != "temperature" and self._random.random() < 0.3:
            value, key = self._random.choice(((100.0, "to the full"), (50.0, "to half")))
            return self._say(t.Set(said.target, name, Quantity(value, "%")), key)
        unit = "C" if name == "temperature" else "%"
        if name == "temperature" and prop.unit.endswith("F"):
            raise Impossible
        quantity = self._quantity(unit)
        spoken = self._wishes.number(quantity.value, unit)
        if self._random.random() < 0.5:
            return Wish(Program((t.Set(said.target, name, quantity),)), self._it(f"set {name}", v=spoken), act=True)
        return self._say(t.Set(said.target, name, quantity), "level", v=spoken)

    def _more(self, said: t.Set | t.Change) -> Wish:
        """Further the same way, or back a bit; perhaps by how much."""
        if isinstance(said, t.Set) and (not isinstance(said.value, Quantity) or not self._speech.has("acts", f"raise {said.property}")):  # fmt: skip
            raise Impossible
        before: t.Direction = said.direction if isinstance(said, t.Change) else "raise"
        further = self._random.random() < 0.6
        direction = before if further else _BACK[before]
        if isinstance(said, t.Change) and direction == before and self._random.random() < 0.5:
            return self._say(t.Change(direction, said.target, said.property), "more of it")
        up = direction == "raise"
        unit = said.value.unit if isinstance(said, t.Set) and isinstance(said.value, Quantity) else None
        if unit in ("%", "C") and self._random.random() < 0.4:
            step = float(self._random.choice((5, 10, 15, 20)) if unit == "%" else self._random.choice((1, 2)))
            amount = Quantity(step, unit)
            return self._say(t.Change(direction, said.target, said.property, amount), "more by" if up else "less by", v=self._wishes.number(step, unit))  # fmt: skip
        return self._say(t.Change(direction, said.target, said.property), "more" if up else "less")

    # Groups, lists, timers, players

    def _which_ones(self, said: t.Check | t.Count) -> Wish:
        if isinstance(said, t.Check) and said.quantifier == "is":
            raise Impossible
        if said.state is None:
            raise Impossible
        return self._say(t.Find(said.target, said.state), "which ones", act=False)

    def _all_of_them(self, said: t.Find | t.Count) -> Wish:
        verb = {"on": "turn off", "off": "turn on", "open": "close", "unlocked": "lock"}.get(str(said.state))
        able = [one for one in self._entities() if kind_word(one) == said.target.kind]
        if verb is None or len(able) < 2 or any(abilities.effect_of(verb, one) is None for one in able):
            raise Impossible
        target = said.target if said.target.area else Selector(said.target.kind, everywhere=True)
        words = expand(self._random.choice(self._speech.patterns("acts", verb)), self._random, **dict.fromkeys("xbn", self._random.choice(self._speech.data["follow"]["them"])))  # fmt: skip
        return Wish(Program((t.Do(verb, target),)), words, act=True)

    def _item(self, said: t.EditList | t.AskList) -> Wish:
        """Another item on the same list, or the same one off it again."""
        if isinstance(said, t.EditList) and lacking(said):
            raise Impossible
        if isinstance(said, t.EditList) and said.verb == "add" and self._random.random() < 0.25:
            return self._say(t.EditList("remove", said.item, said.list), "item off", q=str(said.item))
        if isinstance(said, t.EditList) and said.verb != "add":
            return self._items(said)
        item = self._random.choice(self._speech.data["items"])
        verb = said.verb if isinstance(said, t.EditList) else "add"
        return self._say(t.EditList(verb, item, said.list), "item too" if isinstance(said, t.EditList) else "item on", q=item)  # fmt: skip

    def _items(self, said: t.EditList) -> Wish:
        return self._say(t.AskList(said.list), "items", act=False)

    def _timer(self, said: t.StartTimer | t.TimerCommand) -> Wish:
        reference = said.timer if isinstance(said, t.TimerCommand) else t.TimerRef()
        choice: t.Adjustment | t.TimerVerb | Literal["ask"] = self._random.choice(
            ("extend", "shorten", "ask", "cancel", "pause", "resume")
        )
        duration = self._wishes.duration()
        spoken = spoken_duration(duration, self._speech.language, self._random)
        match choice:
            case "ask":
                return self._say(t.AskTimer(reference), "timer left", act=False)
            case "extend" | "shorten":
                return self._say(t.AdjustTimer(choice, reference, duration), f"timer {choice}", act=False, v=spoken)
            case _:
                return self._say(t.TimerCommand(choice, reference), f"timer {choice}", act=False)

    def _alarm(self, said: t.SetAlarm) -> Wish:
        if self._random.random() < 0.4:
            return self._say(t.CancelAlarm(), "timer cancel", act=False)
        minute = self._random.randrange(5, 11) * 60 + self._random.choice((0, 15, 30, 45))
        spoken = spoken_time(minute, self._speech.language, self._random)
        return self._say(replace(said, minute_of_day=minute), "value", act=False, v=spoken)

    def _player(self, said: t.Play) -> Wish:
        target = said.target or Selector("media player")
        verb = self._random.choice(("skip", "pause", "go back", "mute"))
        if self._random.random() < 0.5:
            words = expand(self._random.choice(self._speech.patterns("acts", f"{verb} here")), self._random)
            return Wish(Program((t.Do(verb, target),)), words, act=True)
        direction: t.Direction = self._random.choice(("raise", "lower"))
        words = expand(self._random.choice(self._speech.patterns("acts", f"{direction} volume here")), self._random)
        return Wish(Program((t.Change(direction, target, "volume"),)), words, act=True)

    def _thanks(self) -> Wish:
        return self._say(t.Nothing(), "thanks", act=False)

    # Answers to our questions

    def _answer(self, said: Handled, _first: Wish) -> tuple[Said, Wish]:
        """We asked which one; the answer names it."""
        entity = next((one for one in self._entities() if self._index.named(one) == said.target), None)
        if entity is None or not isinstance(said, t.Do) or not self._speech.has("acts", said.verb):
            raise Impossible
        target = self._wishes.by_name(entity)
        return Said(self._it(said.verb), "clarify"), self._say(said, "answer", x=target.words, b=target.words)

    def _filled(self, said: t.Set | t.EditList | t.SetAlarm | t.StartTimer) -> tuple[Said, Wish]:
        """We asked for what was left open; the answer says that and nothing else."""
        if lacking(said):
            raise Impossible
        language, words = self._speech.language, self._opened(said)
        if isinstance(said, t.EditList):
            key = "open item" if said.verb == "add" else "open item off"
            return Said(words, _text(replace(said, item=t.OPEN))), self._say(said, key, q=str(said.item))
        if isinstance(said, t.StartTimer):
            spoken = spoken_duration(_known(said.duration), language, self._random)
            return Said(words, _text(t.StartTimer(t.OPEN))), self._say(
                replace(said, name=None), "open duration", act=False, v=spoken
            )
        if isinstance(said, t.SetAlarm):
            spoken = spoken_time(int(str(said.minute_of_day)), language, self._random)
            alone = replace(said, day=None, repeats=False)
            return Said(words, _text(replace(alone, minute_of_day=t.OPEN))), self._say(
                alone, "open time", act=False, v=spoken
            )
        spoken = self._wishes.spoken_value(said.value)
        return Said(words, _text(replace(said, value=t.OPEN))), self._say(said, "open value", v=spoken)

    def _opened(self, said: t.Set | t.EditList | t.SetAlarm | t.StartTimer) -> str:
        """The words of the wish without what was left open. Raises: Impossible."""
        key = "set timer" if isinstance(said, t.StartTimer) else "set alarm"
        slots = {}
        if isinstance(said, t.Set | t.EditList):
            selector = said.target if isinstance(said, t.Set) else said.list
            entity = next((one for one in self._entities() if self._index.named(one) == selector), None)
            key = f"open {said.property}" if isinstance(said, t.Set) else f"{said.verb} what"
            if entity is None or not self._speech.has("acts", key):
                raise Impossible
            slots = dict.fromkeys("xbn", self._wishes.by_name(entity).words)
        return expand(self._random.choice(self._speech.patterns("acts", key)), self._random, **slots)

    def _which(self, said: Handled, first: Wish) -> tuple[Said, Wish]:
        """Which of several was open; the answer says that and nothing else."""
        entity = next((one for one in self._entities() if self._index.named(one) == said.target), None)
        target = self._wishes.by_name(entity) if entity is not None else None
        kind, named = said.target.kind, first.words.find(str(said.target.name or "\0").lower())
        nouns = self._speech.data["nouns"].get(kind)
        if target is None or nouns is None or named < 0 or sum(kind_word(one) == kind for one in self._entities()) < 2:
            raise Impossible
        bare = first.words.replace(str(said.target.name).lower(), self._random.choice(nouns["one"]))
        asked = Said(bare, _text(replace(said, target=Selector(kind))))
        return asked, self._say(said, "answer", x=target.words, b=target.words)

    # Small parts

    def _quantity(self, unit: str) -> Quantity:
        draw = self._random.randrange
        return Quantity(float(draw(5, 101, 5) if unit == "%" else draw(16, 26) if unit == "C" else 70), unit)

    def _other(self, target: Selector) -> Target:
        others = [one for one in self._entities() if kind_word(one) == target.kind and self._index.named(one) != target]
        if not others:
            raise Impossible
        return self._wishes.by_name(self._random.choice(others))

    def _it(self, key: str, *, him: bool = False, **slots: str) -> str:
        """The words of an act on "it", or on one that has a name."""
        if not self._speech.has("acts", key):
            raise Impossible
        it = self._random.choice(self._speech.data["follow"]["him" if him else "it"])
        fit = [one for one in self._speech.patterns("acts", key) if not _NOT_OF_IT.search(one)]
        if not fit:
            raise Impossible
        return expand(self._random.choice(fit), self._random, x=it, b=it, n=it, **slots)

    def _say(self, statement: Statement, key: str, *, act: bool = True, **slots: str) -> Wish:
        words = expand(self._random.choice(self._speech.patterns("follow", key)), self._random, **slots)
        return Wish(Program((statement,)), words, act)

    def _entities(self) -> list[EntityView]:
        return [one for one in self._snapshot.entities.values() if not one.description.diagnostic]


_HIM = ("vacuum", "lawn mower")
_BACK_TO = ("turn on", "turn off", "open", "close", "lock", "unlock")


_FILLED = (t.Set, t.EditList, t.SetAlarm, t.StartTimer)


def _known(duration: object) -> Duration:
    """Raises: Impossible."""
    if not isinstance(duration, Duration):
        raise Impossible
    return duration


def _text(statement: Statement) -> str:
    return render(Program((statement,)))
