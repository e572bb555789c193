"""What decision decoding needs of a model."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from llmagentos.inference.chat import Message, Tokens


class ModelUnavailable(Exception):
    """No model can answer now: none is installed, the worker died, or it took too long. Dialogue degrades, nothing else."""


class Scorer(Protocol):
    """A model under our control token by token. Stateless by contract: the backend keeps whatever cache it likes."""

    @property
    def name(self) -> str:
        """Model and quantisation, as journaled with each decision."""
        ...

    @property
    def passes(self) -> int:
        """Forward passes so far."""
        ...

    def known(self, prompt: Tokens, path: Tokens) -> bool:
        """Whether asking for a branch at this path needs no pass: it has been evaluated."""
        ...

    def log_probs(
        self, prompt: Tokens, branches: Sequence[tuple[Tokens, Sequence[int]]], ahead: Sequence[Tokens] = ()
    ) -> list[list[float]]:
        """For each branch (path, allowed): natural logarithms of the probabilities of `allowed` after prompt and path.

        `ahead` are paths that are likely to be asked for next: a backend may evaluate them in the same pass.
        Shapes: as long as `allowed`, at least one. Guarantees: each normalised over its `allowed`; no branch depends on
        the others. Raises: ModelUnavailable.
        """
        ...


class TextModel(Protocol):
    """How a model's vocabulary cuts text."""

    def encode(self, text: str) -> Tokens:
        """Tokens of a text; never a control token."""
        ...

    def last(self, piece: str) -> Tokens:
        """Tokens of the last piece of a message, with what ends it."""
        ...

    def decode(self, tokens: Sequence[int]) -> str:
        """The text of tokens, without what ends a message."""
        ...


@dataclass(frozen=True, slots=True)
class Sampling:
    """How free text is chosen. `temperature` 0 takes the most probable token; `top_p`: Holtzman et al. 2020, nucleus sampling."""

    temperature: float = 0.0
    top_p: float = 1.0
    seed: int = 0


GREEDY = Sampling()


class Generator(Protocol):
    """A model that writes text, ours or any OpenAI-compatible server. What it says of its confidence is not calibrated."""

    @property
    def name(self) -> str:
        """As for Scorer."""
        ...

    def generate(
        self, messages: Sequence[Message], *, max_tokens: int, grammar: str | None = None, sampling: Sampling = GREEDY
    ) -> Iterator[str]:
        """The next message of the assistant, or the rest of its open one, in pieces as it comes.

        `grammar` is GBNF and binding where the backend has it; the caller parses anyway. Raises: ModelUnavailable.
        """
        ...
