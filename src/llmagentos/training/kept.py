"""Sentences of test sets: kept out of every corpus, and the proof of it.

Near duplicates are found as in Lee et al., "Deduplicating Training Data Makes Language Models Better", 2022: by the Jaccard
index of n-grams, here of three words or, without words, four characters.
"""

import json
import re
import tarfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from llmagentos.devices.simulation import yaml12

_MARKS = re.compile(r"[\W_]+", re.UNICODE)
_HAN = re.compile(r"[\u3400-\u9fff]")
NEAR = 0.7
SHOWN = 20


def bare(words: str) -> str:
    """Words without marks and capitals."""
    return _MARKS.sub(" ", words.casefold().replace("'", "").replace("’", "")).strip()


def sentences(source: Path) -> Iterator[str]:
    """Of a folder of YAML files in the form of the assist and intent sets, or an archive of the test part of HWU64.

    Raises: OSError, tarfile.TarError.
    """
    if source.is_dir():
        for file in sorted(source.rglob("*.yaml")):
            data = yaml12.load(file.read_text(encoding="utf-8"))
            for test in data.get("tests") or () if isinstance(data, dict) else ():
                yield from map(str, test.get("sentences") or ())
        return
    with tarfile.open(source) as archive:
        for member in archive:
            content = archive.extractfile(member) if member.name.endswith(".json") else None
            if content is not None:
                yield from (str(one["text"]) for one in json.load(content)["test_data_annotation"])


class Kept:
    """Sentences of test sets, for keeping clear of them."""

    def __init__(self, sources: Iterable[Path]) -> None:
        self.known = {bare(words) for source in sources for words in sentences(source)}

    def __len__(self) -> int:
        return len(self.known)

    def __contains__(self, words: str) -> bool:
        return bare(words) in self.known


@dataclass(frozen=True)
class Overlap:
    """Of a corpus with test sentences. `same` are equal but for marks and capitals, `near` at least `NEAR` alike."""

    sentences: int
    wordings: int
    same: int
    near: int
    pairs: tuple[tuple[float, str, str], ...]
    """The most alike: how much, what the test says, what the corpus says."""


def overlap(wordings: Iterable[str], kept: Kept) -> Overlap:
    """How much of a corpus is as in test sentences."""
    said = sorted({bare(one) for one in wordings})
    holding: dict[str, list[int]] = defaultdict(list)
    parts = [frozenset(_grams(one)) for one in said]
    for number, grams in enumerate(parts):
        for gram in grams:
            holding[gram].append(number)
    pairs = sorted((_nearest(one, said, parts, holding) for one in sorted(kept.known)), reverse=True)
    same = len(kept.known & set(said))
    near = sum(alike >= NEAR for alike, _, _ in pairs) - same
    return Overlap(len(kept.known), len(said), same, near, tuple(pairs[:SHOWN]))


def _nearest(
    test: str, said: Sequence[str], parts: Sequence[frozenset[str]], holding: dict[str, list[int]]
) -> tuple[float, str, str]:
    grams = frozenset(_grams(test))
    shared = Counter(number for gram in grams for number in holding.get(gram, ()))
    alike = ((count / (len(grams) + len(parts[number]) - count), number) for number, count in shared.items())
    best, number = max(alike, default=(0.0, -1))
    return round(best, 3), test, said[number] if number >= 0 else ""


def _grams(words: str) -> list[str]:
    size, units = (4, list(words.replace(" ", ""))) if _HAN.search(words) else (3, words.split())
    if len(units) < size:
        return [" ".join(units)]
    return [" ".join(units[start : start + size]) for start in range(len(units) - size + 1)]
