"""A corpus in tokens: one long row of numbers in a file, read where it is needed."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from llmagentos.inference.tokenizer import Tokenizer
from llmagentos.training.data.documents import Document, collected

_AT_ONCE = 1 << 16


def pack(
    corpus: Path, tokenizer: Tokenizer, end: int, file: Path, tell: Callable[[str], None] = lambda _: None
) -> tuple[int, int]:
    """All documents, each with its end mark; what looks like a mark in a text is text. Returns tokens and bytes of text; whole or not at all. Raises: UnknownSource, OSError."""
    partial = file.with_name(f"{file.name}.partial")
    tokens = read = 0
    with partial.open("wb") as out:
        for part in _portions(collected([corpus])):
            row = [token for one in part for token in (*tokenizer.encode(one), end)]
            out.write(np.array(row, np.uint16).tobytes())
            tokens, read = tokens + len(row), read + sum(len(one.encode()) for one in part)
            tell(f"{tokens} tokens of {read >> 20} MB")
    partial.replace(file)
    return tokens, read


def packed(file: Path) -> Tensor:
    """The row, mapped and not read. Shapes: [tokens], uint16. Raises: OSError."""
    return torch.from_numpy(np.memmap(file, np.uint16, "c"))


def _portions(documents: Iterable[Document]) -> Iterator[list[str]]:
    held: list[str] = []
    size = 0
    for one in documents:
        held.append(one.text)
        size += len(one.text)
        if size > _AT_ONCE:
            yield held
            held, size = [], 0
    if held:
        yield held
