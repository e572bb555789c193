"""What a sentence is heard with: what it may be about, and what was said before, as both work and training see it.

An answer to our question is heard together with the sentence that we asked about: "the desk lamp" says neither what to do nor
how far.
"""

import re
from dataclasses import dataclass

from llmagentos.agent.ports import RetrievedLike, Retrieving
from llmagentos.messages.snapshot import EntityView, Snapshot, Speaker

CANDIDATES, CANDIDATES_OF_SEVERAL = 12, 16
CLAUSES, EACH, SHOWN = 6, 2, 8
"""Clauses that are looked at, how many entities of each the model reads about, and of all together."""
FITS = 0.15
"""A clause speaks of something if that fits so well as what the whole sentence speaks of."""
_CLAUSE = re.compile(
    r"[,;:.!?，；：。！？、]|\b(?:and|then|but|when(?:ever)?|if|unless|until|till|while|once|provided|as (?:soon|long) as|every time|in case|only)\b"
    r"|然后|并且|而且|同时|的时候|如果|要是|一旦|只要|除非|直到|的话|就|再|并", re.IGNORECASE,
)  # fmt: skip
"""Entities that a sentence may name."""
RECALLED = 2
"""Entities of the conversation that the prompt lists besides the likely ones: each costs ten tokens."""
REMEMBERED = 4
"""Entities of the last exchange that "it" and "they" may mean."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """The exchange before: what was said, what it was understood as, whether we asked back, and what it was about."""

    words: str
    sentence: str
    asked: bool = False
    about: tuple[str, ...] = ()
    offered: tuple[str, ...] = ()
    """The sentences that a bare yes would carry out."""


@dataclass(frozen=True, slots=True)
class Heard:
    """`words` offer numbers and texts; `entities` may be named, `areas` too; `shown` is what the model reads of them."""

    words: str
    entities: tuple[EntityView, ...]
    areas: tuple[str, ...]
    shown: tuple[EntityView, ...]


def hear(words: str, earlier: Earlier | None, retriever: Retrieving, snapshot: Snapshot, speaker: Speaker) -> Heard:
    """What a sentence may be about after what was said before."""
    found = _retrieve(words, retriever, snapshot, speaker)
    about = earlier.about if earlier is not None else ()
    recalled = tuple(snapshot.entities[one] for one in about[:REMEMBERED] if one in snapshot.entities)
    entities, shown, areas = (*recalled, *found.entities), (*recalled[:RECALLED], *found.likely), found.areas
    if earlier is not None and earlier.asked:
        before = retriever.retrieve(earlier.words, snapshot, speaker, CANDIDATES)
        entities = (*recalled, *found.likely, *before.likely, *found.entities)
        shown, areas = (*shown, *before.likely[:RECALLED]), (*areas, *before.areas)
        words = f"{words} . {earlier.words}"
    entities = united(entities)[:CANDIDATES_OF_SEVERAL]
    return Heard(
        words, entities, tuple(dict.fromkeys((*areas, *(one.area for one in entities if one.area)))), united(shown)
    )


@dataclass(frozen=True, slots=True)
class _Found:
    """What several clauses are about."""

    entities: tuple[EntityView, ...]
    likely: tuple[EntityView, ...]
    areas: tuple[str, ...]
    score: float


def _retrieve(words: str, retriever: Retrieving, snapshot: Snapshot, speaker: Speaker) -> RetrievedLike:
    """What all the words speak of, and each clause alone: of two things in one sentence the one said in full would hide the other."""
    whole = retriever.retrieve(words, snapshot, speaker, CANDIDATES)
    clauses = [one for one in _CLAUSE.split(words) if one and len(one) > 3][:CLAUSES]
    if len(clauses) < 2:
        return whole
    parts = [retriever.retrieve(one, snapshot, speaker, CANDIDATES) for one in clauses]
    parts = [one for one in parts if one.score >= FITS * whole.score]
    likely = united((*whole.likely, *(entity for one in parts for entity in one.likely[:EACH])))[:SHOWN]
    entities = united((*likely, *whole.entities, *(entity for one in parts for entity in one.entities[:4])))
    areas = (area for one in (whole, *parts) for area in one.areas)
    return _Found(entities[:CANDIDATES_OF_SEVERAL], likely, tuple(dict.fromkeys(areas)), whole.score)


def united(entities: tuple[EntityView, ...]) -> tuple[EntityView, ...]:
    """Each entity once, in order."""
    return tuple({one.id: one for one in entities}.values())
