"""Guesses of what a sentence means, before the model says it: what was said most like it, about what is here now.

A guess costs the model nothing but some tokens in its first pass, and decides nothing: where it is wrong, the search goes
on as if it had not been there. Source: He et al., "REST: Retrieval-Based Speculative Decoding", 2024.
"""

import dataclasses
import math
import re
from collections import Counter, deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from llmagentos.agent import abilities
from llmagentos.agent.quantities import numbers
from llmagentos.agent.site_index import SiteIndex
from llmagentos.language import GrammarError, Program, Selector, Statement, parse, render
from llmagentos.language import tree as t
from llmagentos.language.units import Quantity
from llmagentos.messages.snapshot import EntityView

REMEMBERED = 400
GUESSES = 2
_WORD = re.compile(r"[a-z']+|[\u3400-\u9fff]")


@dataclass(frozen=True, slots=True)
class _Memory:
    words: frozenset[str]
    statement: Statement


class Draft:
    """Remembers what was said lately and what it meant, beginning with the examples of the prompt."""

    def __init__(self, examples: Iterable[tuple[str, str]]) -> None:
        self._memory: deque[_Memory] = deque(maxlen=REMEMBERED)
        for words, sentence in examples:
            self.remember(words, sentence)

    def remember(self, words: str, sentence: str) -> None:
        """Learn from one decision. What has several statements, or is about nothing of the site, teaches nothing."""
        try:
            program = parse(sentence)
        except GrammarError:
            return
        [statement, *others] = program.statements
        target = getattr(statement, "target", None)
        if isinstance(target, t.Selector) and not others:
            about = " ".join(filter(None, (target.kind, target.name, target.area, target.floor)))
            self._memory.append(_Memory(_features(words) - _features(about), statement))

    def likely(self, words: str, entities: Sequence[EntityView], index: SiteIndex) -> list[str]:
        """Up to `GUESSES` sentences, the likeliest first."""
        if not entities:
            return []
        entity = entities[0]
        selector = index.named(entity)
        rest = _without(words, entity)
        said = _features(rest) - _features(selector.kind)
        seen = Counter(word for one in self._memory for word in one.words)
        rarity = {word: math.log(1 + len(self._memory) / count) for word, count in seen.items()}

        def likeness(memory: _Memory) -> float:
            """Weighted Jaccard similarity of the words around what they are about."""
            common = sum(rarity[word] for word in memory.words & said)
            return common / (sum(rarity.get(word, 1.0) for word in memory.words | said) or 1.0)

        guesses: dict[str, None] = {}
        for memory in sorted(self._memory, key=likeness, reverse=True):
            statement = _applied(memory.statement, entity, selector, rest)
            if statement is not None:
                guesses[render(Program((statement,)))] = None
            if len(guesses) == GUESSES:
                break
        return list(guesses)


def _applied(statement: Statement, entity: EntityView, selector: Selector, rest: str) -> Statement | None:
    """The statement about another entity, None where that cannot do it."""
    if isinstance(statement, t.Do) and abilities.effect_of(statement.verb, entity) is None:
        return None
    settable = [one.name for one in abilities.settable(entity)]
    if isinstance(statement, t.Set | t.Change) and statement.property not in settable:
        return None
    if isinstance(statement, t.Check) and (
        statement.quantifier != "is" or statement.state not in abilities.state_words(entity)
    ):
        return None
    if isinstance(statement, t.Set) and isinstance(statement.value, Quantity):
        said = numbers(rest)
        value = Quantity(said[0], statement.value.unit) if said else statement.value
        return dataclasses.replace(statement, target=selector, value=value)
    if isinstance(statement, t.Do | t.Set | t.Change | t.AskState | t.Check):
        return dataclasses.replace(statement, target=selector)
    return None


def _without(words: str, entity: EntityView) -> str:
    """The sentence without the words of the entity's name and area: their numbers are not what is asked for."""
    about = set(" ".join(filter(None, (entity.name, entity.area))).casefold().split())
    kept = " ".join(one for one in words.casefold().split() if one.strip(",.?!") not in about)
    return kept.replace(entity.name.casefold(), " ")


def _features(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(text.casefold()))
