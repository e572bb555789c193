"""Words for things and places that were said and that a reading does not account for: "the sauna light" read as another light.

What counts as such a word is in `things.json`, made from the words of training; a site's own names always count.
"""

import json
import re
from collections.abc import Iterator, Sequence
from functools import cache
from importlib import resources

from llmagentos.language import Program, Selector, render, selectors
from llmagentos.messages.snapshot import EntityView, Snapshot

_WORD = re.compile(r"[^\W\d_]+")
_HAN = re.compile(r"[\u3400-\u9fff]")


def unexplained(words: str, program: Program, snapshot: Snapshot, near: Sequence[EntityView] = ()) -> tuple[str, ...]:
    """The words in question, in order; names of the entities `near` count where they were said in full.

    Guarantees: none of what the reading names, however that is also called.
    """
    told = " ".join(_told(program, snapshot)).casefold()
    return (*_words(words, told, snapshot), *_names(words.casefold(), told, near))


def _names(said: str, told: str, near: Sequence[EntityView]) -> tuple[str, ...]:
    """Names said in full that are not in what is told; none that is a part of another."""
    words = {_singular(one) for one in _WORD.findall(told)}
    full = [
        one
        for entity in near
        if len(one := entity.name.casefold()) > 2
        and one in said
        and one not in told
        and (_HAN.search(one) is not None or not {_singular(part) for part in _WORD.findall(one)} <= words)
    ]
    return tuple(one for one in dict.fromkeys(full) if not any(one in other for other in full if other != one))


def _words(words: str, told: str, snapshot: Snapshot) -> tuple[str, ...]:
    if _HAN.search(words):
        return tuple(
            one for one in _named(words, snapshot) if one not in told and not any(part in told for part in _parts(one))
        )
    explained = {_singular(one) for one in _WORD.findall(told)}
    said = dict.fromkeys(_singular(one) for one in _WORD.findall(words.casefold()))
    return tuple(one for one in said if one in _things("en") and one not in explained)


def meaningless(words: str, near: Sequence[EntityView]) -> bool:
    """Whether not one word of it is said in training, a number, or of a name nearby: what came before would be done again."""
    folded = words.casefold()
    if any(char.isdigit() for char in folded):
        return False
    names = {
        part
        for entity in near
        for one in (entity.name, entity.area or "", *entity.description.aliases)
        for part in _WORD.findall(one.casefold())
    }
    if _HAN.search(folded):
        return not any(char in _known("zh") or any(char in name for name in names) for char in folded)
    return not any(word in _known("en") or word in _known("others") or word in names for word in _WORD.findall(folded))


@cache
def _known(language: str) -> frozenset[str]:
    return frozenset(_lexicon()[language]["known"])


def accounted(words: str, entity: EntityView, snapshot: Snapshot) -> bool:
    """Whether things and places are spoken of, and this one entity is all of them: who says that is not speaking of what is not here."""
    kind = entity.description.kind
    names = [entity.name, *entity.description.aliases, kind, entity.entity_class, *_place(entity.area, snapshot)]
    names += [*kind_nouns(kind), *kind_nouns(entity.entity_class)]
    told = " ".join(names).casefold()
    return bool(_words(words, "", snapshot)) and not _words(words, told, snapshot)


def kind_nouns(kind: str, *languages: str) -> Iterator[str]:
    """What a kind is called, in these languages or in all."""
    for language in languages or ("en", "zh", "others"):
        yield from _lexicon()[language]["kinds"].get(kind, ())


def _told(program: Program, snapshot: Snapshot) -> Iterator[str]:
    """Everything that a reading says, with the other names of what it names."""
    yield render(program)
    for selector in selectors(program):
        yield from kind_nouns(selector.kind)
        entities = [one for one in snapshot.entities.values() if _means(selector, one)]
        for entity in entities[:8]:
            yield from (entity.name, *entity.description.aliases, entity.description.kind, entity.entity_class)
            yield from _place(entity.area, snapshot)
        yield from _place(selector.area, snapshot)


def _means(selector: Selector, entity: EntityView) -> bool:
    if selector.id is not None:
        return entity.id == selector.id
    return selector.name is not None and entity.called(selector.name)


def _place(area: str | None, snapshot: Snapshot) -> Iterator[str]:
    known = snapshot.areas.get(area) if area else None
    if known is not None:
        yield from (known.name, *known.aliases, known.floor or "")


def _named(words: str, snapshot: Snapshot) -> list[str]:
    """Chinese names of things in a sentence, the longest first, none within another."""
    found, rest = [], words
    for one in sorted({*_things("zh"), *(area for area in snapshot.areas)}, key=len, reverse=True):
        if one in rest:
            found.append(one)
            rest = rest.replace(one, " ")
    return found


def _parts(name: str) -> Iterator[str]:
    """Two characters of it at a time: another form of a name shares some."""
    yield from (name[start : start + 2] for start in range(len(name) - 1))


def _singular(word: str) -> str:
    return word[:-1] if word.endswith("s") and not word.endswith("ss") and len(word) > 3 else word


@cache
def _lexicon() -> dict[str, dict[str, dict[str, list[str]]]]:
    text = (resources.files("llmagentos.agent") / "things.json").read_text(encoding="utf-8")
    lexicon: dict[str, dict[str, dict[str, list[str]]]] = json.loads(text)
    return lexicon


@cache
def _things(language: str) -> frozenset[str]:
    return frozenset(_lexicon()[language]["things"])
