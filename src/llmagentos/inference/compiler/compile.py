"""From a model file to a compiled model in the store: once, atomically, under the hash of everything that went in."""

import hashlib
import os
import platform
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from llmagentos.inference.compiler.artefact import VERSION, Artefact, load, save_description, save_vocabulary
from llmagentos.inference.compiler.decoder import write_decoder
from llmagentos.inference.compiler.head import write_head
from llmagentos.inference.compiler.int8 import Precision
from llmagentos.inference.compiler.rotation import Turned
from llmagentos.inference.weights.checkpoint import Checkpoint
from llmagentos.inference.weights.gguf import GgufModel
from llmagentos.inference.weights.lora import Adapted
from llmagentos.inference.weights.model import ModelWeights

Progress = Callable[[int, int], None]
"""Called with (steps done, steps in all)."""
LEFTOVER_S = 3600.0
KEPT_FORMS = 4
"""Compiled forms of one model file that are kept: with and without an adapter, and what is being tried."""
_USED = "used"
_CPU = Path("/proc/cpuinfo")


def native_precision() -> Precision:
    """How weights must be stored for exact int8 products on this processor (see `int8`)."""
    if platform.machine() not in ("x86_64", "AMD64"):
        return "int8"
    flags = _CPU.read_text(encoding="utf-8") if _CPU.exists() else ""
    return "int8" if "avx512_vnni" in flags or "avx_vnni" in flags else "uint8"


def compiled(
    model: Path, adapter: Path | None, store: Path, progress: Progress = lambda _done, _all: None,
    precision: Precision | None = None,
) -> Artefact:  # fmt: skip
    """The compiled form of a GGUF file or a folder of Hugging Face, with an adapter merged where one is given.

    Guarantees: what has been compiled once is taken from the store, every byte checked, what is damaged there is made again; a half-written
    folder never has its final name. Raises: UnsupportedModel, OSError.
    """
    precision = precision or native_precision()
    target = store / "compiled" / _key(model, adapter, precision, store)
    try:
        artefact = load(target, whole=True)
    except (OSError, ValueError, KeyError, TypeError):  # not there yet, or damaged: it is made again
        _compile(model, adapter, target, precision, progress)
        artefact = load(target)
        _remove_unused(target)
    (target / _USED).touch()
    return artefact


def read_model(model: Path, adapter: Path | None = None) -> ModelWeights:
    """Raises: UnsupportedModel."""
    weights: ModelWeights = Checkpoint(model) if model.is_dir() else GgufModel(model)
    return weights if adapter is None else Adapted(weights, adapter)


def _compile(model: Path, adapter: Path | None, target: Path, precision: Precision, progress: Progress) -> None:
    weights = Turned(read_model(model, adapter))
    steps = weights.architecture.layers + 2
    target.parent.mkdir(parents=True, exist_ok=True)
    _remove_leftovers(target.parent)
    folder = Path(tempfile.mkdtemp(prefix=".partial-", dir=target.parent))
    try:
        artefact = Artefact(folder, weights.architecture, precision)
        save_vocabulary(folder, weights.vocabulary())
        write_decoder(
            weights, artefact.decoder, folder / "decoder.bin", precision, lambda layer: progress(layer, steps)
        )
        progress(steps - 2, steps)
        weights.embedding().astype(artefact.rows).tofile(artefact.embedding)
        progress(steps - 1, steps)
        head = weights.head()
        head.astype(artefact.rows).tofile(artefact.head)
        write_head(head, artefact.full_head, folder / "head.bin", precision)
        save_description(artefact)
        progress(steps, steps)
        folder.chmod(0o755)
        if target.exists():
            shutil.rmtree(target)
        folder.replace(target)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _remove_unused(target: Path) -> None:
    """Other compiled forms of the same model, but for those used last: every adapter makes one of half a gigabyte."""
    stem = target.name.rpartition("-")[0]
    forms = [one for one in target.parent.glob(f"{stem}-*") if one != target and (one / _USED).exists()]
    forms.sort(key=lambda one: (one / _USED).stat().st_mtime, reverse=True)
    for one in forms[KEPT_FORMS - 1 :]:
        shutil.rmtree(one, ignore_errors=True)


def _remove_leftovers(store: Path) -> None:
    """What a compiler left that was killed."""
    for one in store.glob(".partial-*"):
        if time.time() - one.stat().st_mtime > LEFTOVER_S:
            shutil.rmtree(one, ignore_errors=True)


def _key(model: Path, adapter: Path | None, precision: Precision, store: Path) -> str:
    digest = hashlib.sha256(f"{VERSION} {precision}".encode())
    for folder, pattern in ((model, "*"), (adapter, "adapter_*")):
        files = sorted(folder.glob(pattern)) if folder is not None and folder.is_dir() else [folder]
        for file in files:
            digest.update(_content(file, store) if file is not None and file.is_file() else b"-")
    return f"{model.stem.lower()[:40]}-{digest.hexdigest()[:16]}"


def _content(file: Path, store: Path) -> bytes:
    """The hash of a file's content, remembered by its place, size and time: half a gigabyte takes a second."""
    status = file.stat()
    stamp = f"{file.resolve()} {status.st_size} {status.st_mtime_ns}"
    memory = store / "compiled" / ".hashes" / hashlib.sha256(stamp.encode()).hexdigest()
    if memory.exists():
        return memory.read_bytes()
    with file.open("rb") as content:
        found = hashlib.file_digest(content, "sha256").digest()
    memory.parent.mkdir(parents=True, exist_ok=True)
    partial = memory.with_suffix(f".{os.getpid()}")
    partial.write_bytes(found)
    partial.replace(memory)
    return found
