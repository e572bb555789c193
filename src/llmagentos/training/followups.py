"""What is said after something was said: the same for another thing, another value, the opposite, an answer to a question."""

import random
from dataclasses import replace

from llmagentos.agent import abilities
from llmagentos.agent.site_index import SiteIndex, kind_word
from llmagentos.language import Program, Selector, render
from llmagentos.language import tree as t
from llmagentos.language.units import Quantity
from llmagentos.messages.snapshot import EntityView, Snapshot
from llmagentos.training.speech import Speech, expand
from llmagentos.training.wishes import Impossible, Target, Wish, Wishes

_OPPOSITE = {"turn on": ("turn off", "undo off"), "turn off": ("turn on", "undo on"), "open": ("close", "undo close"), "close": ("open", "undo open")}  # fmt: skip
_ACTS = {"raise brightness": ("light", "brightness"), "lower brightness": ("light", "brightness"), "raise volume": ("media player", "volume"),
         "lower volume": ("media player", "volume"), "raise temperature": ("climate", "temperature"), "lower temperature": ("climate", "temperature")}  # fmt: skip


class Followups:
    """Draws what may follow a wish on the same site."""

    def __init__(self, wishes: Wishes, snapshot: Snapshot, index: SiteIndex, speech: Speech, random_: random.Random) -> None:  # fmt: skip
        self._wishes, self._speech, self._random = wishes, speech, random_
        self._snapshot, self._index = snapshot, index

    def draw(self, first: Wish) -> tuple[str, Wish]:
        """What the first wish was understood as, and what follows it. Raises: Impossible."""
        [statement] = first.program.statements
        if not isinstance(statement, t.Do | t.Set | t.Change):
            raise Impossible
        way = self._random.choice((self._too, self._too, self._opposite, self._value, self._pronoun, self._answer))
        return way(statement)

    def _too(self, said: t.Do | t.Set | t.Change) -> tuple[str, Wish]:
        """The same for another thing, besides or instead."""
        target = self._other(said.target)
        key = self._random.choice(("too", "instead"))
        return _text(said), self._wish(replace(said, target=target.selector), key, x=target.words, b=target.words)

    def _opposite(self, said: t.Do | t.Set | t.Change) -> tuple[str, Wish]:
        if not isinstance(said, t.Do) or said.verb not in _OPPOSITE:
            raise Impossible
        verb, key = _OPPOSITE[said.verb]
        return _text(said), self._wish(t.Do(verb, said.target), key)

    def _value(self, said: t.Do | t.Set | t.Change) -> tuple[str, Wish]:
        if not isinstance(said, t.Set) or not isinstance(said.value, Quantity):
            raise Impossible
        unit = said.value.unit
        number = float(
            self._random.randrange(5, 101, 5) if unit == "%" else self._random.randrange(16, 26) if unit == "C" else 70
        )
        words = self._wishes.number(number, unit)
        return _text(said), self._wish(replace(said, value=Quantity(number, unit)), "value", v=words)

    def _pronoun(self, said: t.Do | t.Set | t.Change) -> tuple[str, Wish]:
        """Another act on what was meant, called "it"."""
        able = [one for one in self._entities() if kind_word(one) == said.target.kind]
        verbs = [verb for verb in _OPPOSITE if able and abilities.effect_of(verb, able[0]) is not None]
        changes = [
            key
            for key, (kind, prop) in _ACTS.items()
            if kind == said.target.kind and all(one.property(prop) for one in able)
        ]
        if not verbs and not changes:
            raise Impossible
        key = self._random.choice([*verbs, *changes])
        direction, _, prop = key.partition(" ")
        statement = t.Do(key, said.target) if key in verbs else t.Change(direction, said.target, prop)  # type: ignore[arg-type]
        it = self._random.choice(self._speech.data["follow"]["it"])
        words = expand(self._random.choice(self._speech.patterns("acts", key)), self._random, x=it, b=it, n=it)
        return _text(said), Wish(Program((statement,)), words, act=True)

    def _answer(self, said: t.Do | t.Set | t.Change) -> tuple[str, Wish]:
        """We asked which one; the answer names it."""
        entity = next((one for one in self._entities() if self._index.named(one) == said.target), None)
        if entity is None:
            raise Impossible
        target = self._wishes.by_name(entity)
        return "clarify", self._wish(said, "answer", x=target.words, b=target.words)

    def _other(self, target: Selector) -> Target:
        others = [one for one in self._entities() if kind_word(one) == target.kind and self._index.named(one) != target]
        if not others:
            raise Impossible
        return self._wishes.by_name(self._random.choice(others))

    def _wish(self, statement: t.Do | t.Set | t.Change, key: str, **slots: str) -> Wish:
        words = expand(self._random.choice(self._speech.patterns("follow", key)), self._random, **slots)
        return Wish(Program((statement,)), words, act=True)

    def _entities(self) -> list[EntityView]:
        return [one for one in self._snapshot.entities.values() if not one.description.diagnostic]


def _text(statement: t.Do | t.Set | t.Change) -> str:
    return render(Program((statement,)))
