"""The node's ears: what a recogniser makes of sound, with the names of the site before it. One utterance at a time, in a thread of its own."""

import asyncio
import re
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from llmagentos.inference.store import ModelStore
from llmagentos.messages.snapshot import Snapshot
from llmagentos.perception.extras import MissingSense

if TYPE_CHECKING:
    from llmagentos.perception.speech.sound import Samples
    from llmagentos.perception.speech.whisper import Whisper

ENGLISH, MANY = "whisper-tiny.en", "whisper-base"
"""A model of English alone, and one of many languages that hears better and takes twice as long."""
NOBODY, UNLIKELY = 0.8, -1.5
"""A chance of silence, or a mean log probability of a token, from which on nothing was said."""
NEAR = 1.0
"""Readings that are so much less likely (nats a token) than the first are not tried."""
NAMES = 40
"""So many names of the site are favoured; each costs time."""


_POINTS = re.compile(r"(?:[,;:!…，；：！。、]|\.(?!\d))+\s*")
_ASKS = re.compile(r"^(what|which|who|whose|where|when|why|how|is|are|was|were|am|do|does|did|can|could|will|would|should|has|have|had|any)\b|吗|什么|几|多少|哪|谁|怎么")  # fmt: skip


class Listener(Protocol):
    """Turns sound into words."""

    async def hear(self, samples: "Samples", snapshot: Snapshot) -> tuple[str, ...]:
        """What may have been said, likeliest first; nothing where nobody spoke. Raises: MissingSense."""
        ...


class Deaf:
    """Why nothing can be heard here."""

    def __init__(self, why: str) -> None:
        self._why = why

    async def hear(self, samples: "Samples", snapshot: Snapshot) -> tuple[str, ...]:
        raise MissingSense(self._why)


def ears(store: ModelStore, language: str) -> Listener:
    """With the best model that is here: the larger one hears English better too."""
    for name in (MANY, ENGLISH):
        folder = store.path(name)
        if folder is not None:
            return WhisperListener(
                folder, ("en",) if name == ENGLISH or not language.startswith("zh") else ("zh", "en")
            )
    return Deaf(
        f"there is no model to hear with: `agentos models fetch {ENGLISH}` (English), or {MANY} (Chinese and others)"
    )


class WhisperListener:
    """Loads its model when the first sound comes."""

    def __init__(self, folder: Path, languages: Sequence[str]) -> None:
        self._folder, self._languages = folder, tuple(languages)
        self._whisper: Whisper | None = None
        self._one = threading.Lock()

    async def hear(self, samples: "Samples", snapshot: Snapshot) -> tuple[str, ...]:
        return await asyncio.to_thread(self._heard, samples, names_of(snapshot))

    def _heard(self, samples: "Samples", names: Sequence[str]) -> tuple[str, ...]:
        from llmagentos.perception.speech.whisper import Whisper

        with self._one:
            if self._whisper is None:
                self._whisper = Whisper(self._folder)
            hearing = self._whisper.hear(samples, self._languages, names)
        readings = hearing.readings
        if not readings or hearing.silence > NOBODY or readings[0].log_probability < UNLIKELY:
            return ()
        near = [one for one in readings if one.log_probability > readings[0].log_probability - NEAR]
        return tuple(dict.fromkeys(as_typed(one.text) for one in near))


def as_typed(text: str) -> str:
    """Without the commas, points and capitals of a recogniser, which people do not type: "living room lamp a bit darker".

    A question mark stays where nothing else makes it a question: "front door?", but "what do i have to buy".
    """
    bare = _POINTS.sub(" ", text).strip().casefold()
    return bare.rstrip("?？ ") if _ASKS.search(bare) else bare


def names_of(snapshot: Snapshot) -> tuple[str, ...]:
    """Rooms, then things; those that come last are favoured most."""
    things = dict.fromkeys(one.name for one in snapshot.entities.values() if not one.description.diagnostic)
    names = (*list(things)[: max(0, NAMES - len(snapshot.areas))], *snapshot.areas)[-NAMES:]
    return tuple(one.casefold() for one in names)  # capitals would come back where none belong
