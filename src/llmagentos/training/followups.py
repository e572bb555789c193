"""What is said after something was said: the same for another thing, another value, the opposite, an answer to a question."""

import random
from dataclasses import dataclass, replace

from llmagentos.agent import abilities
from llmagentos.agent.site_index import SiteIndex, kind_word
from llmagentos.language import Program, Selector, Statement, render
from llmagentos.language import tree as t
from llmagentos.language.units import Quantity
from llmagentos.messages.snapshot import EntityView, Snapshot
from llmagentos.training.speech import Speech, expand
from llmagentos.training.wishes.draw import Impossible, Target, Wish, Wishes

_OPPOSITE = {"turn on": ("turn off", "undo off"), "turn off": ("turn on", "undo on"), "open": ("close", "undo close"), "close": ("open", "undo open")}  # fmt: skip
_ACTS = {"raise brightness": ("light", "brightness"), "lower brightness": ("light", "brightness"), "raise volume": ("media player", "volume"),
         "lower volume": ("media player", "volume"), "raise temperature": ("climate", "temperature"), "lower temperature": ("climate", "temperature")}  # fmt: skip


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
        if isinstance(statement, t.AskState | t.Check):
            return Said(first.words, _text(statement)), self._random.choice((self._asked_too, self._then))(statement)
        if not isinstance(statement, t.Do | t.Set | t.Change):
            raise Impossible
        asked = self._random.choice((None,) * 5 + (self._answer, self._which, self._yes))
        if asked is not None:
            return asked(statement, first)
        way = self._random.choice((self._too, self._too, self._opposite, self._value, self._pronoun))
        return Said(first.words, _text(statement)), way(statement)

    def _asked_too(self, said: t.AskState | t.Check) -> Wish:
        """The same question about another thing."""
        target = self._other(said.target)
        words = self._words("ask too", x=target.words, b=target.words)
        return Wish(Program((replace(said, target=target.selector),)), words, act=False)

    def _then(self, said: t.AskState | t.Check) -> Wish:
        """What was asked about is now to be changed, called "it"."""
        able = [one for one in self._entities() if self._index.named(one) == said.target]
        verbs = [verb for verb in ("turn on", "turn off", "open", "close", "lock", "unlock") if able and abilities.effect_of(verb, able[0])]  # fmt: skip
        if not verbs:
            raise Impossible
        verb = self._random.choice(verbs)
        it = self._random.choice(self._speech.data["follow"]["it"])
        words = expand(self._random.choice(self._speech.patterns("acts", verb)), self._random, x=it, b=it, n=it)
        return Wish(Program((t.Do(verb, said.target),)), words, act=True)

    def _too(self, said: t.Do | t.Set | t.Change) -> Wish:
        """The same for another thing, besides or instead."""
        target = self._other(said.target)
        key = self._random.choice(("too", "instead"))
        return self._wish(replace(said, target=target.selector), key, x=target.words, b=target.words)

    def _opposite(self, said: t.Do | t.Set | t.Change) -> Wish:
        if not isinstance(said, t.Do) or said.verb not in _OPPOSITE:
            raise Impossible
        verb, key = _OPPOSITE[said.verb]
        return self._wish(t.Do(verb, said.target), key)

    def _value(self, said: t.Do | t.Set | t.Change) -> Wish:
        if not isinstance(said, t.Set) or not isinstance(said.value, Quantity):
            raise Impossible
        unit = said.value.unit
        number = float(
            self._random.randrange(5, 101, 5) if unit == "%" else self._random.randrange(16, 26) if unit == "C" else 70
        )
        words = self._wishes.number(number, unit)
        return self._wish(replace(said, value=Quantity(number, unit)), "value", v=words)

    def _pronoun(self, said: t.Do | t.Set | t.Change) -> Wish:
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
        return Wish(Program((statement,)), words, act=True)

    def _answer(self, said: t.Do | t.Set | t.Change, _first: Wish) -> tuple[Said, Wish]:
        """We asked which one; the answer names it."""
        entity = next((one for one in self._entities() if self._index.named(one) == said.target), None)
        if entity is None or not isinstance(said, t.Do) or not self._speech.has("acts", said.verb):
            raise Impossible
        target, it = self._wishes.by_name(entity), self._random.choice(self._speech.data["follow"]["it"])
        vague = expand(self._random.choice(self._speech.patterns("acts", said.verb)), self._random, x=it, b=it, n=it)
        asked = Said(vague, "clarify")
        return asked, self._wish(said, "answer", x=target.words, b=target.words)

    def _which(self, said: t.Do | t.Set | t.Change, first: Wish) -> tuple[Said, Wish]:
        """Which of several was open; the answer says that and nothing else."""
        entity = next((one for one in self._entities() if self._index.named(one) == said.target), None)
        target = self._wishes.by_name(entity) if entity is not None else None
        kind, named = said.target.kind, first.words.find(str(said.target.name or "\0").lower())
        nouns = self._speech.data["nouns"].get(kind)
        if target is None or nouns is None or named < 0 or sum(kind_word(one) == kind for one in self._entities()) < 2:
            raise Impossible
        bare = first.words.replace(str(said.target.name).lower(), self._random.choice(nouns["one"]))
        asked = Said(bare, _text(replace(said, target=Selector(kind))))
        return asked, self._wish(said, "answer", x=target.words, b=target.words)

    def _yes(self, said: t.Do | t.Set | t.Change, first: Wish) -> tuple[Said, Wish]:
        """We asked whether this was meant."""
        return Said(first.words, "clarify", _text(said)), self._wish(said, "yes")

    def _other(self, target: Selector) -> Target:
        others = [one for one in self._entities() if kind_word(one) == target.kind and self._index.named(one) != target]
        if not others:
            raise Impossible
        return self._wishes.by_name(self._random.choice(others))

    def _wish(self, statement: t.Do | t.Set | t.Change, key: str, **slots: str) -> Wish:
        return Wish(Program((statement,)), self._words(key, **slots), act=True)

    def _words(self, key: str, **slots: str) -> str:
        return expand(self._random.choice(self._speech.patterns("follow", key)), self._random, **slots)

    def _entities(self) -> list[EntityView]:
        return [one for one in self._snapshot.entities.values() if not one.description.diagnostic]


def _text(statement: Statement) -> str:
    return render(Program((statement,)))
