"""What a sentence can be about: the few entities and areas worth showing to the model. Code, milliseconds, any size.

Evidence is overlap of word and character features, weighted by rarity on this site (inverse document frequency, Sparck
Jones 1972), between the sentence and an entity's name, aliases, area, floor and the words of its class and kind.
"""

import math
import re
from collections import Counter
from dataclasses import dataclass

from llmagentos.knowledge.lexicon import CLASS_WORDS, KIND_WORDS
from llmagentos.messages.snapshot import EntityView, Snapshot, Speaker

_WORD = re.compile(r"[^\W_]+", re.UNICODE)
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
NAME, PLACE, KIND = 1.0, 0.6, 0.4
"""How much a match counts by where it is found: names are said on purpose."""


NEARLY = 0.5
"""What fits at least so well as the best, relative to it, is likely."""
LIKELY = 4


@dataclass(frozen=True, slots=True)
class Retrieved:
    """Entities and areas, most likely first; `likely` are the entities that fit nearly as well as the first."""

    entities: tuple[EntityView, ...]
    likely: tuple[EntityView, ...]
    areas: tuple[str, ...]


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
    """An index over one structure of the site; rebuilt when entities come, go or are renamed."""

    def __init__(self) -> None:
        self._structure = -1
        self._fields: dict[str, dict[str, float]] = {}
        self._areas: dict[str, set[str]] = {}
        self._rarity: dict[str, float] = {}

    def retrieve(self, words: str, snapshot: Snapshot, speaker: Speaker, limit: int) -> Retrieved:
        """At most `limit` entities, and the areas they or the sentence name."""
        if snapshot.structure != self._structure:
            self._index(snapshot)
        said = set(features(words))
        scored = sorted(
            (
                (self._score(said, entity, speaker), index, entity)
                for index, entity in enumerate(snapshot.entities.values())
            ),
            key=lambda one: (-one[0], one[1]),
        )
        entities = tuple(entity for _, _, entity in scored[:limit])
        named = sorted(
            ((sum(self._rarity.get(one, 0.0) for one in said & known) / (len(known) or 1), name) for name, known in self._areas.items()),
            key=lambda one: -one[0],
        )  # fmt: skip
        areas = [name for score, name in named if score > 0][:4]
        areas += [entity.area for entity in entities if entity.area]
        if speaker.area:
            areas.append(speaker.area)
        best = scored[0][0] if scored else 0.0
        likely = tuple(entity for score, _, entity in scored[:LIKELY] if score >= NEARLY * best)
        return Retrieved(entities, likely, tuple(dict.fromkeys(areas)))

    def _score(self, said: set[str], entity: EntityView, speaker: Speaker) -> float:
        weights = self._fields.get(entity.id, {})
        score = sum(weights[one] * self._rarity[one] for one in said if one in weights)
        near = 0.2 if speaker.area and entity.area == speaker.area else 0.0
        return score + near - (0.5 if entity.description.diagnostic else 0.0)

    def _index(self, snapshot: Snapshot) -> None:
        self._structure = snapshot.structure
        self._fields = {entity.id: _weights(entity, snapshot) for entity in snapshot.entities.values()}
        self._areas = {
            area.name: set(features(" ".join((area.name, *area.aliases)))) for area in snapshot.areas.values()
        }
        seen: Counter[str] = Counter()
        for weights in self._fields.values():
            seen.update(weights.keys())
        for known in self._areas.values():
            seen.update(known)
        total = len(self._fields) + len(self._areas) + 1
        self._rarity = {
            one: math.log(1 + total / count) * (0.3 if one[0] == "~" else 1.0) for one, count in seen.items()
        }


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
