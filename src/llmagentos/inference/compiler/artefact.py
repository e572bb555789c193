"""A compiled model on disk: a folder named after the hash of everything that went in."""

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from llmagentos.inference.compiler.int8 import Precision
from llmagentos.inference.weights.model import Architecture, RopeScaling, Vocabulary

VERSION = 7
"""Of the compiler: raise it with every change that makes another artefact of the same model."""


@dataclass(frozen=True, slots=True)
class Artefact:
    """Where the parts of a compiled model are."""

    folder: Path
    architecture: Architecture
    precision: Precision

    @property
    def decoder(self) -> Path:
        return self.folder / "decoder.onnx"

    @property
    def rows(self) -> type[np.float16] | type[np.float32]:
        """The kind of the numbers of `embedding` and `head`: only the reference of tests keeps them whole."""
        return np.float32 if self.precision == "float32" else np.float16

    @property
    def embedding(self) -> Path:
        return self.folder / f"embedding.f{8 * self.rows().itemsize}"

    @property
    def head(self) -> Path:
        return self.folder / f"head.f{8 * self.rows().itemsize}"

    @property
    def full_head(self) -> Path:
        return self.folder / "head.onnx"

    def vocabulary(self) -> Vocabulary:
        """What the tokenizer needs."""
        data = json.loads((self.folder / "vocabulary.json").read_text(encoding="utf-8"))
        merges = np.load(self.folder / "merges.npy").tolist()
        tokens = tuple(data["tokens"])
        pairs = tuple((tokens[left], tokens[right]) for left, right in merges)
        return Vocabulary(tokens, pairs, frozenset(data["special"]), data["splitting"])


def save_description(artefact: Artefact) -> None:
    """What `load` reads: written last, with size and hash of every other file, so that a damaged folder is known for one."""
    data = {
        "version": VERSION, "precision": artefact.precision, "architecture": asdict(artefact.architecture),
        "files": {one.name: [one.stat().st_size, _sha256(one)] for one in artefact.folder.iterdir()},
    }  # fmt: skip
    (artefact.folder / "model.json").write_text(json.dumps(data, indent=1), encoding="utf-8")


def save_vocabulary(folder: Path, vocabulary: Vocabulary) -> None:
    """The vocabulary as numbers: it loads in a tenth of the time of its text."""
    ids = {token: number for number, token in enumerate(vocabulary.tokens)}
    merges = [(ids[left], ids[right]) for left, right in vocabulary.merges]
    np.save(folder / "merges.npy", np.array(merges, np.int32).reshape(-1, 2))
    data = {"tokens": vocabulary.tokens, "special": sorted(vocabulary.special), "splitting": vocabulary.splitting}
    (folder / "vocabulary.json").write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")


def load(folder: Path, *, whole: bool = False) -> Artefact:
    """A compiled model; with `whole` every byte of it is checked, which takes a second for each gigabyte or so.

    Raises: OSError, ValueError, KeyError, TypeError where the folder is not one.
    """
    data = json.loads((folder / "model.json").read_text(encoding="utf-8"))
    for name, (size, sha256) in data["files"].items():
        if (folder / name).stat().st_size != size or (whole and _sha256(folder / name) != sha256):
            raise ValueError(f"{name} is not as it was made")
    fields = data["architecture"]
    scaling = RopeScaling(**fields.pop("rope_scaling")) if fields.get("rope_scaling") else fields.pop("rope_scaling")
    return Artefact(folder, Architecture(**fields, rope_scaling=scaling), data["precision"])


def _sha256(file: Path) -> str:
    with file.open("rb") as data:
        return hashlib.file_digest(data, "sha256").hexdigest()
