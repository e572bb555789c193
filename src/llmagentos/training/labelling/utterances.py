"""Utterances with their intent and their slots; SNIPS as its authors published it.

Source: Coucke et al., "Snips Voice Platform", 2018; archive of `NAME/train_NAME_full.json` and `NAME/validate_NAME.json`.
"""

import json
import re
import tarfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

OUTSIDE = "O"
_WORD = re.compile(r"\w+|[^\w\s]")


@dataclass(frozen=True, slots=True)
class Utterance:
    """Words as they were written, each with its label: O, or B-SLOT and I-SLOT."""

    words: tuple[str, ...]
    labels: tuple[str, ...]
    intent: str


Span = tuple[str, int, int]
"""A slot, its first word, and the one after its last."""


def read_snips(archive: Path) -> tuple[list[Utterance], list[Utterance]]:
    """Those to learn from, and the test. Raises: OSError, tarfile.TarError, ValueError where it is another archive."""
    train: list[Utterance] = []
    test: list[Utterance] = []
    with tarfile.open(archive) as held:
        for member in sorted(held.getmembers(), key=lambda one: one.name):
            name = Path(member.name).name
            if not name.endswith(".json"):
                continue
            file = held.extractfile(member)
            assert file is not None
            raw = file.read()
            data = json.loads(_decoded(raw))
            for intent, examples in data.items():
                (train if name.startswith("train") else test).extend(
                    _utterance(one["data"], intent) for one in examples
                )
    if not train or not test:
        raise ValueError(f"{archive} holds no SNIPS: it wants train_NAME_full.json and validate_NAME.json")
    return train, test


def _decoded(raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError:  # a few of the files are older
        return raw.decode("latin-1")


def _utterance(pieces: Sequence[dict[str, str]], intent: str) -> Utterance:
    """Words are cut from the whole text: where a slot begins must not show in how words are cut."""
    text = "".join(one["text"] for one in pieces)
    slots = [(number, one.get("entity")) for number, one in enumerate(pieces) for _ in one["text"]]
    words: list[str] = []
    labels: list[str] = []
    before: tuple[int, str | None] = (-1, None)
    for found in _WORD.finditer(text):
        here = slots[found.start()]
        words.append(found[0])
        labels.append(f"{'I' if here == before else 'B'}-{here[1]}" if here[1] else OUTSIDE)
        before = here
    return Utterance(tuple(words), tuple(labels), intent)


def spans(labels: Sequence[str]) -> Iterator[Span]:
    """The slots of a labelling, read as `conlleval` does: an I- of another slot begins one too."""
    first, slot = 0, ""
    for at, label in enumerate((*labels, OUTSIDE)):
        kind, _, name = label.partition("-")
        if slot and (kind != "I" or name != slot):
            yield slot, first, at
            slot = ""
        if kind == "B" or (kind == "I" and not slot):
            first, slot = at, name


def slot_f1(found: Sequence[Sequence[str]], right: Sequence[Sequence[str]]) -> float:
    """Over all slots of all utterances together: the same words, the same name."""
    both = said = meant = 0
    for one, other in zip(found, right, strict=True):
        mine, theirs = set(spans(one)), set(spans(other))
        both, said, meant = both + len(mine & theirs), said + len(mine), meant + len(theirs)
    return 2 * both / max(1, said + meant)
