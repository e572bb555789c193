"""Prompts as conversations, in the format a model was trained on.

A prompt is a tuple of messages (role, segments). Segments are tokenised one by one: the commands among them are cut where
the decoder's automaton cuts them, so that examples stand there in just the tokens the model may write. The last message
is left open: what the model writes goes on from there. Marks between messages are control tokens where the vocabulary
has them; nothing that anybody says turns into one.
"""

from collections.abc import Iterable, Sequence
from typing import Protocol, TypeAlias

Tokens: TypeAlias = tuple[int, ...]
Message: TypeAlias = tuple[str, tuple[str, ...]]
"""(role, segments); roles are system, user and assistant."""
_OPEN, _CLOSE, _TEXT_END = "<|im_start|>", "<|im_end|>", "<|endoftext|>"


class Encoding(Protocol):
    """What the format needs of a tokenizer."""

    def encode(self, text: str) -> Tokens: ...

    def decode(self, tokens: Sequence[int]) -> str: ...

    def control(self, name: str) -> int | None: ...


class Chat:
    """ChatML where the vocabulary has its marks (Qwen, SmolLM2: tokenizer_config.json, `chat_template`), else plain lines."""

    def __init__(self, tokenizer: Encoding) -> None:
        self.encode = tokenizer.encode
        self._tokenizer = tokenizer
        opening, closing = tokenizer.control(_OPEN), tokenizer.control(_CLOSE)
        marked = opening is not None and closing is not None
        self._opening: Tokens = (opening,) if marked and opening is not None else ()
        self._closing: Tokens = (closing,) if marked and closing is not None else ()
        text_end = tokenizer.control(_TEXT_END)
        line_end = () if self._closing else tokenizer.encode("\n")
        self.stops = frozenset((*self._closing, *line_end, *(() if text_end is None else (text_end,))))

    def whole(self, messages: Iterable[Message]) -> Tokens:
        """The tokens of whole messages."""
        return tuple(token for message in messages for token in self._whole(message))

    def opened(self, messages: tuple[Message, ...]) -> Tokens:
        """The tokens of messages of which the last goes on."""
        return (*self.whole(messages[:-1]), *self._begun(messages[-1]))

    def last(self, piece: str) -> Tokens:
        """The tokens of a message's last piece and of what ends it: some vocabularies join a quote and a line end."""
        return (*self.encode(piece), *self._closing) if self._closing else self.encode(f"{piece}\n")

    def decode(self, tokens: Sequence[int]) -> str:
        """The text of tokens of a message, without what ends it."""
        text = self._tokenizer.decode(tokens)
        return text if self._closing else text.removesuffix("\n")

    def _whole(self, message: Message) -> Tokens:
        role, segments = message
        if self._closing:
            return (*self._begun(message), *self._closing, *self.encode("\n"))
        return (*self._begun((role, segments[:-1])), *self.last(segments[-1]))

    def _begun(self, message: Message) -> Tokens:
        role, segments = message
        if not self._closing:
            return tuple(token for one in segments for token in self.encode(one))
        first, *rest = segments
        texts = (f"{role}\n{first}", *rest)
        return (*self._opening, *(token for one in texts for token in self.encode(one)))
