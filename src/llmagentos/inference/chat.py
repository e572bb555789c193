"""Prompts as conversations, in the format a model was trained on.

A prompt is a tuple of messages (role, segments). Segments are tokenised one by one: the commands among them are cut where
the decoder's automaton cuts them, so that examples stand there in just the tokens the model may write. The last message
is left open: what the model writes goes on from there.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeAlias

Message: TypeAlias = tuple[str, tuple[str, ...]]
"""(role, segments); roles are system, user and assistant."""
Encode: TypeAlias = Callable[[str], tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class ChatFormat:
    """How messages are told apart. `end` is what the model writes after its own; `after` separates it from the next."""

    opening: str
    end: str
    after: str

    def encode(self, messages: Iterable[Message], encode: Encode) -> tuple[int, ...]:
        """The tokens of whole messages."""
        return tuple(token for message in messages for token in self._message(message, encode))

    def encode_open(self, messages: tuple[Message, ...], encode: Encode) -> tuple[int, ...]:
        """The tokens of messages of which the last goes on."""
        role, (first, *rest) = messages[-1]
        opened = (self.opening.format(role=role) + first, *rest)
        return (*self.encode(messages[:-1], encode), *(token for segment in opened for token in encode(segment)))

    def _message(self, message: Message, encode: Encode) -> tuple[int, ...]:
        role, (first, *rest) = message
        *segments, last = (self.opening.format(role=role) + first, *rest)
        return tuple(token for segment in (*segments, last + self.end, self.after) for token in encode(segment))


CHATML = ChatFormat("<|im_start|>{role}\n", "<|im_end|>", "\n")
"""Qwen and SmolLM2. Source: their tokenizer_config.json, `chat_template`."""
PLAIN = ChatFormat("", "\n", "")
"""For models without a format of their own, or with one we do not know."""


def chat_format(has_token: Callable[[str], bool]) -> ChatFormat:
    """The format of a model, told by the special tokens of its vocabulary."""
    return CHATML if has_token("<|im_start|>") and has_token("<|im_end|>") else PLAIN
