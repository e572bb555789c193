"""What a sentence can be about: the few entities and areas worth showing to the model. Code, milliseconds, any size.

Evidence is overlap of word and character features, weighted by rarity on this site (inverse document frequency, Sparck
Jones 1972), between the sentence and an entity's name, aliases, area, floor and the words of its class and kind.
"""

import heapq
import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from llmagentos.knowledge.lexicon import CLASS_WORDS, KIND_WORDS
from llmagentos.messages.snapshot import EntityView, Snapshot, Speaker

_WORD = re.compile(r"[^\W_]+", re.UNICODE)
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
NAME, PLACE, KIND = 1.0, 0.6, 0.4
"""How much a match counts by where it is found: names are said on purpose."""
NEAR, DIAGNOSTIC = 0.2, 0.5
"""What being where the speaker is counts for, and being a device's own health against."""


NEARLY = 0.7
"""What fits at least so well as the best, relative to it, is likely."""
LIKELY = 4
ENOUGH, CONSIDERED = 60, 500
"""Entities that are scored in full: so many at least, and not many more. What a sentence shares only common words with cannot be what it is about."""


@dataclass(frozen=True, slots=True)
class Retrieved:
    """Entities and areas, most likely first.

    `likely` are the entities that fit nearly as well as the first; of those only the ones said in full, if any was.
    """

    entities: tuple[EntityView, ...]
    likely: tuple[EntityView, ...]
    areas: tuple[str, ...]
    score: float = 0.0
    """How well the first fits."""


def features(text: str) -> Counter[str]:
    """Words and their four-letter beginnings, inner trigrams; characters and pairs of Chinese or Japanese."""
    counts: Counter[str] = Counter()
    for word in _WORD.findall(text.casefold()):
        if _CJK.search(word):
            counts.update(word)
            counts.update(word[start : start + 2] for start in range(len(word) - 1))
            continue
        counts[word] += 1
        singular = word[:-1] if word.endswith("s") and len(word) > 3 else word
        counts[f"={singular}"] += 1
        padded = f"^{singular}$"
        counts.update(f"~{padded[start : start + 3]}" for start in range(len(padded) - 2))
    return counts


class Retriever:
    """An inverted index over one structure of the site; rebuilt when entities come, go or are renamed."""

    def __init__(self) -> None:
        self._structure = -1
        self._entities: list[EntityView] = []
        self._weights: list[dict[str, float]] = []
        self._postings: dict[str, list[int]] = {}
        self._areas: dict[str, set[str]] = {}
        self._area_postings: dict[str, list[str]] = {}
        self._in_area: dict[str, list[int]] = {}
        self._rarity: dict[str, float] = {}

    def retrieve(self, words: str, snapshot: Snapshot, speaker: Speaker, limit: int) -> Retrieved:
        """At most `limit` entities, and the areas they or the sentence name."""
        if snapshot.structure != self._structure:
            self._index(snapshot)
        said = set(features(words))
        scores = self._scores(said, speaker)
        first = heapq.nsmallest(limit, ((-score, number) for number, score in scores.items()))
        first += [(0.0, number) for number in range(len(self._entities)) if number not in scores][: limit - len(first)]
        entities = tuple(snapshot.entities[self._entities[number].id] for _, number in first)
        likely = tuple(
            entity for (score, _), entity in zip(first, entities, strict=True) if score <= NEARLY * first[0][0]
        )
        likely = tuple(one for one in likely if _said_in_full(one, words)) or likely
        areas = [*self._named_areas(said), *(entity.area for entity in entities if entity.area)]
        if speaker.area:
            areas.append(speaker.area)
        return Retrieved(entities, likely[:LIKELY], tuple(dict.fromkeys(areas)), -first[0][0] if first else 0.0)

    def _scores(self, said: set[str], speaker: Speaker) -> dict[int, float]:
        """Of the entities that the rarest evidence speaks for, and of those where the speaker is."""
        evidence = sorted((one for one in said if one in self._postings), key=lambda one: len(self._postings[one]))
        near = self._in_area.get(speaker.area or "", ())
        considered = set(near)
        for one in evidence:
            if len(considered) >= ENOUGH and len(considered) + len(self._postings[one]) > CONSIDERED:
                break
            considered.update(self._postings[one])
        scores = {number: self._score(number, evidence) for number in considered}
        for number in near:
            scores[number] += NEAR
        return scores

    def _score(self, number: int, evidence: Sequence[str]) -> float:
        weights = self._weights[number]
        score = sum(weights[one] * self._rarity[one] for one in evidence if one in weights)
        return score - (DIAGNOSTIC if self._entities[number].description.diagnostic else 0.0)

    def _named_areas(self, said: set[str]) -> list[str]:
        touched = dict.fromkeys(area for one in said for area in self._area_postings.get(one, ()))
        named = [
            (sum(self._rarity.get(one, 0.0) for one in said & self._areas[name]) / (len(self._areas[name]) or 1), name)
            for name in touched
        ]
        order = {name: number for number, name in enumerate(self._areas)}
        return [name for score, name in sorted(named, key=lambda one: (-one[0], order[one[1]])) if score > 0][:4]

    def _index(self, snapshot: Snapshot) -> None:
        self._structure = snapshot.structure
        self._entities = list(snapshot.entities.values())
        self._postings, self._in_area, self._area_postings, self._rarity = {}, {}, {}, {}
        self._weights = [_weights(entity, snapshot) for entity in self._entities]
        for number, entity in enumerate(self._entities):
            for one in self._weights[number]:
                self._postings.setdefault(one, []).append(number)
            if entity.area:
                self._in_area.setdefault(entity.area, []).append(number)
        self._areas = {
            area.name: set(features(" ".join((area.name, *area.aliases)))) for area in snapshot.areas.values()
        }
        for name, known in self._areas.items():
            for one in known:
                self._area_postings.setdefault(one, []).append(name)
        total = len(self._entities) + len(self._areas) + 1
        for one in {*self._postings, *self._area_postings}:
            count = len(self._postings.get(one, ())) + len(self._area_postings.get(one, ()))
            self._rarity[one] = math.log(1 + total / count) * (0.3 if one[0] == "~" else 1.0)


def _said_in_full(entity: EntityView, words: str) -> bool:
    said = words.casefold()
    return any(one.casefold() in said for one in (entity.name, *entity.description.aliases))


def _weights(entity: EntityView, snapshot: Snapshot) -> dict[str, float]:
    description = entity.description
    area = snapshot.areas.get(entity.area) if entity.area else None
    places = " ".join(filter(None, (entity.area, entity.floor, *(area.aliases if area else ()))))
    kinds = " ".join(
        (*CLASS_WORDS.get(entity.entity_class, ()), *KIND_WORDS.get(description.kind, ()), description.kind)
    )
    weights: dict[str, float] = {}
    for text, weight in ((kinds, KIND), (places, PLACE), (" ".join((entity.name, *description.aliases)), NAME)):
        found = features(text)
        for one in found:
            weights[one] = max(weights.get(one, 0.0), weight / math.sqrt(1 + len(found) / 40))
    return weights
