"""From sources to a corpus: collected, cleaned, without duplicates, in shards, with a report of what it is and what was left out.

Streaming and the same for the same sources: only signatures of documents are held in memory.
"""

import gzip
import itertools
import json
import math
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO

from llmagentos.training.data.cleaning import Cleaner, Rules, segmented
from llmagentos.training.data.documents import Document, collected
from llmagentos.training.data.duplicates import Duplicates

SHARD = 64 << 20
"""Bytes of text in a file of the corpus."""
REPORT = "report.json"
TOP = 30


@dataclass
class Statistics:
    """Of documents as they pass."""

    documents: int = 0
    characters: int = 0
    bytes: int = 0
    words: int = 0
    languages: Counter[str] = field(default_factory=Counter)
    sources: Counter[str] = field(default_factory=Counter)
    lengths: Counter[int] = field(default_factory=Counter)
    """How many documents have between 2^n and 2^(n+1) characters."""
    common: Counter[str] = field(default_factory=Counter)

    def add(self, document: Document) -> None:
        words = segmented(document.text, document.language)
        self.documents += 1
        self.characters += len(document.text)
        self.bytes += len(document.text.encode())
        self.words += len(words)
        self.languages[document.language] += 1
        self.sources[document.source] += 1
        self.lengths[int(math.log2(max(1, len(document.text))))] += 1
        self.common.update(word.casefold() for word in words)

    def report(self) -> dict[str, Any]:
        return {
            "documents": self.documents, "characters": self.characters, "bytes": self.bytes, "words": self.words, "vocabulary": len(self.common),
            "languages": dict(self.languages.most_common()), "sources": dict(self.sources.most_common(TOP)),
            "lengths": {f"{2**one}-{2 ** (one + 1) - 1}": self.lengths[one] for one in sorted(self.lengths)},
            "common": dict(self.common.most_common(TOP)),
        }  # fmt: skip


def prepare(
    sources: Sequence[Path], folder: Path, rules: Rules, threshold: float, tell: Callable[[str], None] = lambda _: None
) -> dict[str, Any]:
    """Write a corpus; returns its report, which lies beside it. Raises: UnknownSource, OSError, FileExistsError."""
    if folder.exists() and any(folder.iterdir()):
        raise FileExistsError(f"{folder} is not empty; give the corpus a folder of its own")
    folder.mkdir(parents=True, exist_ok=True)
    cleaner, duplicates, statistics = Cleaner(rules), Duplicates(threshold), Statistics()

    def kept() -> Iterator[Document]:
        for document in collected(sources):
            clean = cleaner.clean(document)
            if clean is not None and not duplicates.seen(clean.text):
                statistics.add(clean)
                yield clean
            tell(f"{statistics.documents} documents, {statistics.bytes >> 20} MB")

    _write(kept(), folder)
    report = {
        **statistics.report(),
        "dropped": {**cleaner.dropped, **duplicates.dropped},
        "replaced": dict(cleaner.replaced),
    }
    (folder / REPORT).write_text(json.dumps(report, indent=1, ensure_ascii=False), encoding="utf-8")
    return report


def _write(documents: Iterator[Document], folder: Path) -> None:
    first = next(documents, None)
    number = 0
    while first is not None:
        with gzip.open(folder / f"{number:04}.jsonl.gz", "wt", encoding="utf-8", compresslevel=4) as out:
            first = _fill(out, itertools.chain((first,), documents))
        number += 1


def _fill(out: TextIO, documents: Iterator[Document]) -> Document | None:
    """Write until the shard is full; returns the first document of the next one, None at the end."""
    size = 0
    for one in documents:
        if size >= SHARD:
            return one
        out.write(json.dumps({"text": one.text, "source": one.source, "language": one.language}, ensure_ascii=False) + "\n")  # fmt: skip
        size += len(one.text.encode())
    return None
