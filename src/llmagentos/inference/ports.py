"""What decision decoding needs of a model."""

from collections.abc import Iterator, Sequence
from typing import Protocol

from llmagentos.inference.chat import Message


class ModelUnavailable(Exception):
    """No model can answer now: none is installed, the worker died, or it took too long. Dialogue degrades, nothing else."""


class Scorer(Protocol):
    """A model under our control token by token. Stateless by contract: the backend keeps whatever cache it likes."""

    @property
    def name(self) -> str:
        """Model and quantisation, as journaled with each decision."""
        ...

    def encode(self, text: str) -> tuple[int, ...]:
        """Tokens of a text, without special tokens."""
        ...

    def log_probs(self, tokens: Sequence[int], allowed: Sequence[int]) -> list[float]:
        """Natural logarithms of the probabilities of `allowed` after `tokens`, normalised over `allowed`.

        Shapes: as long as `allowed`, at least one. Raises: ModelUnavailable.
        """
        ...


class Generator(Protocol):
    """A model that writes text, ours or any OpenAI-compatible server. What it says of its confidence is not calibrated."""

    @property
    def name(self) -> str:
        """As for Scorer."""
        ...

    def generate(self, messages: Sequence[Message], *, max_tokens: int, grammar: str | None = None) -> Iterator[str]:
        """The next message of the assistant, or the rest of its open one, in pieces as it comes.

        `grammar` is GBNF and binding where the backend has it; the caller parses anyway. Raises: ModelUnavailable.
        """
        ...
