"""Documents from files, logs and the journal, one after the other: a collection may be larger than memory."""

import gzip
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from llmagentos.kernel.journal import JournalFailed, SqliteJournal

LONGEST = 20_000
"""Characters of a document; a longer text is parted at its blank lines, or where it must be."""
TEXTS = {".txt", ".md", ".rst", ".log"}
JOURNAL = {".db", ".sqlite"}


@dataclass(frozen=True, slots=True)
class Document:
    """`source` names the file it is from."""

    text: str
    source: str
    language: str = ""


class UnknownSource(ValueError):
    """Nothing can be read there. The message says what can be."""


def collected(sources: Iterable[Path]) -> Iterator[Document]:
    """All documents of files and folders, in the order of names. Raises: UnknownSource, OSError."""
    for source in sources:
        files = sorted(one for one in source.rglob("*") if one.is_file()) if source.is_dir() else [source]
        for file in files:
            if _readable(file):
                yield from read(file)
            elif file == source:
                raise UnknownSource(
                    f"{file} cannot be read: give .txt, .md, .rst, .log or .jsonl, perhaps with .gz, a journal (.db), or a folder of these"
                )


def read(file: Path) -> Iterator[Document]:
    """The documents of one file. Raises: UnknownSource where a line of JSON has no text."""
    if file.suffix in JOURNAL:
        yield from _of_journal(file)
        return
    with gzip.open(file, "rb") if file.suffix == ".gz" else file.open("rb") as lines:
        if _kind(file) == ".jsonl":
            yield from _of_lines(lines, file)
        else:
            yield from (Document(text, file.name) for text in _parted(lines))


def _of_lines(lines: Iterable[bytes], file: Path) -> Iterator[Document]:
    for number, line in enumerate(lines, 1):
        try:
            data = json.loads(line)
            yield Document(str(data["text"]), file.name, str(data.get("language", "")))
        except (ValueError, KeyError, TypeError) as error:
            raise UnknownSource(f'{file}, line {number}: each line must be JSON with a "text"') from error


def _of_journal(file: Path) -> Iterator[Document]:
    """What people said to a node, as far as it still remembers the words."""
    try:
        journal = SqliteJournal(file)
    except JournalFailed as error:
        raise UnknownSource(f"{file} is no journal of this program: {error}") from error
    try:
        for record in reversed(journal.latest("Utterance", limit=1 << 30)):
            words = journal.words(getattr(record, "words", ""))
            if words:
                yield Document(words, file.name)
    finally:
        journal.close()


def _parted(lines: IO[bytes] | gzip.GzipFile) -> Iterator[str]:
    """Texts of at most `LONGEST` characters, parted at the last blank line before it."""
    held, length, blank = list[str](), 0, 0
    for raw in lines:
        line = raw.decode("utf-8", errors="replace")
        held.append(line)
        length += len(line)
        if not line.strip():
            blank = len(held)
        if length >= LONGEST:
            cut = blank or len(held)
            yield "".join(held[:cut])
            held, blank = held[cut:], 0
            length = sum(map(len, held))
    if held:
        yield "".join(held)


def _kind(file: Path) -> str:
    return Path(file.stem).suffix if file.suffix == ".gz" else file.suffix


def _readable(file: Path) -> bool:
    return file.suffix in JOURNAL or _kind(file) in {*TEXTS, ".jsonl"}
