"""What a release says of itself: what it is for, what is in it, and what it was measured at."""

import hashlib
import json
import re
from dataclasses import asdict, dataclass, field
from pathlib import PurePosixPath
from typing import Any

FORMAT = 1
LARGEST_MANIFEST = 1 << 20
MANIFEST, SIGNED = "manifest.json", "manifest.sig"
"""Beside the parts, where a release is installed."""
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_SHA256 = re.compile(r"[0-9a-f]{64}")


class BadRelease(ValueError):
    """It is not what it says, or not from whom this box trusts. The message says what is wrong and what to do."""


@dataclass(frozen=True, slots=True)
class Part:
    """A file of a release: its path inside, its size in bytes and its hash."""

    path: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """`model` names the known model that this is an adapter of; `version` counts up for each model."""

    model: str
    version: int
    signer: str
    """The fingerprint of the key that signs."""
    parts: tuple[Part, ...]
    about: str = ""
    measured: dict[str, float] = field(default_factory=dict)
    """What the exported files scored in the engine, before and after, when they were let out."""

    def encoded(self) -> bytes:
        """The bytes that are signed."""
        return json.dumps({"format": FORMAT, **asdict(self)}, sort_keys=True, ensure_ascii=False, indent=1).encode()

    @property
    def size(self) -> int:
        return sum(one.size for one in self.parts)


def identity(encoded: bytes) -> str:
    """By what a release is known: the hash of its manifest, which holds the hashes of all else."""
    return hashlib.sha256(encoded).hexdigest()[:16]


def decoded(encoded: bytes) -> Manifest:
    """Raises: BadRelease where it is none, or names what no folder may hold."""
    try:
        data: dict[str, Any] = json.loads(encoded)
        if data.pop("format") != FORMAT:
            raise BadRelease("the release is of another format; update this program to install it")
        parts = tuple(Part(str(one["path"]), _count(one["size"]), str(one["sha256"])) for one in data.pop("parts"))
        measured = {str(key): float(value) for key, value in data.pop("measured").items()}
        manifest = Manifest(
            model=str(data.pop("model")), version=_count(data.pop("version")), signer=str(data.pop("signer")), parts=parts,
            about=str(data.pop("about")), measured=measured,
        )  # fmt: skip
    except (KeyError, TypeError, AttributeError, ValueError, RecursionError, OverflowError) as error:
        if isinstance(error, BadRelease):
            raise
        raise BadRelease("the release does not say what it is: it is damaged, or no release") from error
    _check(manifest, rest=data)
    return manifest


def _check(manifest: Manifest, rest: dict[str, Any]) -> None:
    paths = [one.path for one in manifest.parts]
    if rest or not _NAME.fullmatch(manifest.model) or not paths or len(set(paths)) != len(paths):
        raise BadRelease("the release describes itself in a way this program does not know")
    for one in manifest.parts:
        path = PurePosixPath(one.path)
        plain = all(_NAME.fullmatch(piece.lower()) for piece in path.parts)
        if (
            path.is_absolute()
            or not plain
            or one.path in (MANIFEST, SIGNED)
            or one.path != str(path)
            or not _SHA256.fullmatch(one.sha256)
        ):
            raise BadRelease(f"the release names a file that no release may hold: {one.path[:80]!r}")


def _count(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise TypeError("not a count")
    return value
