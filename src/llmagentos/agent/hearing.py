"""What a sentence is heard with: what it may be about, and what was said before, as both work and training see it.

An answer to our question is heard together with the sentence that we asked about: "the desk lamp" says neither what to do nor
how far.
"""

from dataclasses import dataclass

from llmagentos.agent.ports import Retrieving
from llmagentos.messages.snapshot import EntityView, Snapshot, Speaker

CANDIDATES = 12
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
    found = retriever.retrieve(words, snapshot, speaker, CANDIDATES)
    about = earlier.about if earlier is not None else ()
    recalled = tuple(snapshot.entities[one] for one in about[:REMEMBERED] if one in snapshot.entities)
    entities, shown, areas = (*recalled, *found.entities), (*recalled[:RECALLED], *found.likely), found.areas
    if earlier is not None and earlier.asked:
        before = retriever.retrieve(earlier.words, snapshot, speaker, CANDIDATES)
        entities = (*recalled, *found.likely, *before.likely, *found.entities)
        shown, areas = (*shown, *before.likely[:RECALLED]), (*areas, *before.areas)
        words = f"{words} . {earlier.words}"
    entities = united(entities)[:CANDIDATES]
    return Heard(
        words, entities, tuple(dict.fromkeys((*areas, *(one.area for one in entities if one.area)))), united(shown)
    )


def united(entities: tuple[EntityView, ...]) -> tuple[EntityView, ...]:
    """Each entity once, in order."""
    return tuple({one.id: one for one in entities}.values())
