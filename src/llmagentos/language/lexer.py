"""Text of the site language to tokens. Limits: 20,000 characters, strings on one line."""

import re
from dataclasses import dataclass
from typing import Literal

MAX_LENGTH = 20_000
"""A stored plan of a hundred tasks is about 10,000 characters; anything longer is not a sentence."""

_TOKEN = re.compile(
    r"""(?P<space>\s+)
      | (?P<string>"(?:[^"\\\n]|\\["\\n])*")
      | (?P<id>\#[^\s",;:(){}]+)
      | (?P<clock>\d\d:\d\d(?!\d))
      | (?P<number>-?\d+(?:\.\d+)?)
      | (?P<word>[^\W\d_](?:[^\W\d_]|[_/'-])*\d*)
      | (?P<symbol>>=|<=|[><=%,;:(){}?])
    """,
    re.VERBOSE,
)


class GrammarError(ValueError):
    """A text that is no sentence of the site language. `position` counts characters from the start."""

    def __init__(self, message: str, position: int) -> None:
        super().__init__(message)
        self.position = position


@dataclass(frozen=True, slots=True)
class Token:
    """`text` is unescaped for strings and without its mark for ids."""

    kind: Literal["string", "id", "clock", "number", "word", "symbol", "end"]
    text: str
    position: int


def quote(text: str) -> str:
    """A string literal that reads back as `text`; other control characters become spaces."""
    clean = "".join(" " if ord(one) < 32 and one != "\n" else one for one in text)
    return '"' + clean.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def unquote(literal: str) -> str:
    """The text of a string literal."""
    return re.sub(r"\\(.)", lambda match: "\n" if match[1] == "n" else match[1], literal[1:-1])


def tokenize(text: str) -> list[Token]:
    """The tokens of a text, ended by one of kind "end". Raises: GrammarError at the first character that fits none."""
    if len(text) > MAX_LENGTH:
        raise GrammarError(f"longer than {MAX_LENGTH} characters", MAX_LENGTH)
    tokens, position = [], 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            raise GrammarError(f"unexpected {text[position]!r}", position)
        kind, body = match.lastgroup, match.group()
        if kind == "string":
            tokens.append(Token("string", unquote(body), position))
        elif kind == "id":
            tokens.append(Token("id", body[1:], position))
        elif kind in ("clock", "number", "word", "symbol"):
            tokens.append(Token(kind, body, position))  # type: ignore[arg-type]  # narrowed by the test
        position = match.end()
    tokens.append(Token("end", "", len(text)))
    return tokens
