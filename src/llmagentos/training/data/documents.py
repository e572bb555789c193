"""Documents from files, logs and the journal, one after the other: a collection may be larger than memory."""

import gzip
import json
import sqlite3
import zlib
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import IO

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
            if file != source and file.suffix in JOURNAL and not _is_journal(file):
                continue  # some other program's database, found in a folder
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
    try:
        with gzip.open(file, "rb") if file.suffix == ".gz" else file.open("rb") as lines:
            if _kind(file) == ".jsonl":
                yield from _of_lines(lines, file)
            else:
                yield from (Document(text, file.name) for text in _parted(lines))
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise UnknownSource(f"{file} is cut off or damaged: {error}") from error


def _of_lines(lines: Iterable[bytes], file: Path) -> Iterator[Document]:
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            data = json.loads(line)
            text, language = data["text"], data.get("language") or ""
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise UnknownSource(f'{file}, line {number}: each line must be JSON with a "text"') from error
        if not isinstance(text, str) or not isinstance(language, str):
            raise UnknownSource(f"{file}, line {number}: text and language must be strings")
        yield Document(text, file.name, language)


def _of_journal(file: Path) -> Iterator[Document]:
    """What people said to a node, as far as it still remembers the words. Nothing is written: it may be the journal of a node that runs."""
    query = "SELECT text FROM records JOIN words ON words.key = json_extract(body, '$.words') WHERE kind = 'Utterance' ORDER BY sequence"
    try:
        with closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)) as journal:
            yield from (Document(str(text), file.name) for (text,) in journal.execute(query))
    except sqlite3.Error as error:
        raise UnknownSource(f"{file} is no journal of this program: {error}") from error


def _parted(lines: IO[bytes] | gzip.GzipFile) -> Iterator[str]:
    """Texts of at most `LONGEST` characters, parted at the last blank line before it."""
    held, length, blank = list[str](), 0, 0
    for raw in lines:
        line = raw.decode("utf-8", errors="replace")
        while len(line) > LONGEST:  # a text without line ends
            yield line[:LONGEST]
            line = line[LONGEST:]
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


def _is_journal(file: Path) -> bool:
    try:
        with closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)) as journal:
            names = {name for (name,) in journal.execute("SELECT name FROM sqlite_master")}
    except sqlite3.Error:
        return False
    return {"records", "words", "meta"} <= names


def _kind(file: Path) -> str:
    return Path(file.stem).suffix if file.suffix == ".gz" else file.suffix


def _readable(file: Path) -> bool:
    return file.suffix in JOURNAL or _kind(file) in {*TEXTS, ".jsonl"}
