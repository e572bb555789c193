"""What the agent needs of the rooms beside it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from llmagentos.agent.confidence import Calibration
from llmagentos.language import Selector
from llmagentos.language.automaton import Automaton
from llmagentos.messages.snapshot import EntityView, Resolution, Snapshot, Speaker

Prompt: TypeAlias = tuple[tuple[str, tuple[str, ...]], ...]
"""Messages of a conversation: (system, user or assistant; segments that are tokenised one by one)."""


class Able(Protocol):
    """Whether an entity can do or know what is asked."""

    def __call__(self, entity: EntityView, /) -> bool: ...


class Selecting(Protocol):
    """Resolves selectors against the site."""

    def __call__(self, selector: Selector, snapshot: Snapshot, speaker: Speaker, able: Able, /) -> Resolution: ...


class About(Protocol):
    """Entities and areas a sentence may name."""

    @property
    def entities(self) -> tuple[EntityView, ...]: ...

    @property
    def areas(self) -> tuple[str, ...]: ...


class RetrievedLike(About, Protocol):
    """Entities and areas a sentence may be about, most likely first."""

    @property
    def likely(self) -> tuple[EntityView, ...]:
        """Those of the entities that fit nearly as well as the first."""
        ...

    @property
    def score(self) -> float:
        """How well the first fits; comparable for one site."""
        ...


class Retrieving(Protocol):
    """Finds what a sentence may be about."""

    def retrieve(self, words: str, snapshot: Snapshot, speaker: Speaker, limit: int, /) -> RetrievedLike: ...


@dataclass(frozen=True, slots=True)
class Scored:
    """A legal sentence of the site language with its probability."""

    text: str
    probability: float


@dataclass(frozen=True, slots=True)
class Decided:
    """What the model chose among the legal sentences, best first."""

    model: str
    choices: tuple[Scored, ...]
    passes: int
    duration_ms: float
    prompt_tokens: int


class Deciding(Protocol):
    """The model. Raises whatever says that no model can answer now; the caller degrades.

    `dynamic` ends in an open message of the assistant: the legal sentence follows it. `likely` are guesses of that
    sentence; they may make the decision faster, never different.
    """

    @property
    def trained(self) -> bool:
        """Whether it has learned the site language, and is shown no examples of it."""
        ...

    @property
    def calibration(self) -> Calibration:
        """How far its probabilities may be believed."""
        ...

    async def decide(
        self, static: Prompt, dynamic: Prompt, automaton: Automaton, likely: Sequence[str] = ()
    ) -> Decided: ...

    async def talk(self, prompt: Prompt) -> str:
        """A short free answer to the last message; nothing is done by it."""
        ...
