"""A release as one file: a mark, the length of the manifest, the manifest, its signature, and the parts one after the other.

There is no slack in it: the mark and all lengths must fit exactly, the signature covers the manifest, the manifest's hashes cover the parts. So every
byte counts, and no two files are the same release.
"""

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from llmagentos.fleet.manifest import LARGEST_MANIFEST, MANIFEST, SIGNED, BadRelease, Manifest, Part, decoded
from llmagentos.fleet.signing import SIGNATURE, Trust, fingerprint, signed

MARK = b"llmagentos-release\n"
_CHUNK = 1 << 20


def pack(
    folder: Path,
    file: Path,
    key: Ed25519PrivateKey,
    *,
    model: str,
    version: int,
    about: str,
    measured: dict[str, float],
) -> Manifest:
    """All files of a folder as a release; whole or not at all. Raises: OSError, BadRelease."""
    paths = sorted(one for one in folder.rglob("*") if one.is_file() and not one.name.startswith("."))
    parts = tuple(_part(folder, one) for one in paths)
    manifest = Manifest(model=model, version=version, signer=fingerprint(key.public_key()), parts=parts, about=about, measured=measured)  # fmt: skip
    encoded = manifest.encoded()
    decoded(encoded)  # what could not be installed is not packed
    partial = file.with_name(f".{file.name}.partial")
    with partial.open("wb") as out:
        out.write(MARK + len(encoded).to_bytes(4, "big") + encoded + signed(encoded, key))
        for one in paths:
            with one.open("rb") as source:
                for chunk in iter(lambda: source.read(_CHUNK), b""):
                    out.write(chunk)
    partial.replace(file)
    return manifest


def unpack(file: Path, trust: Trust, folder: Path) -> Manifest:
    """Check a release and write what is in it to an empty folder. Raises: BadRelease, OSError; the folder is of no use then."""
    with file.open("rb") as source:
        encoded, signature, manifest = _head(source, trust)
        for part in manifest.parts:
            _copy(source, part, folder / part.path)
        if source.read(1):
            raise BadRelease("there is more in the file than it says")
    for name, data in ((MANIFEST, encoded), (SIGNED, signature)):
        with (folder / name).open("xb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
    return manifest


def verified(folder: Path, trust: Trust) -> Manifest:
    """What an installed release is, if each of its bytes is still as signed. Raises: BadRelease."""
    try:
        encoded, signature = (folder / MANIFEST).read_bytes(), (folder / SIGNED).read_bytes()
        manifest = decoded(encoded)
        trust.check(encoded, signature, manifest.signer)
        held = {str(one.relative_to(folder)) for one in folder.rglob("*") if not one.is_dir()}
        if held != {MANIFEST, SIGNED, *(one.path for one in manifest.parts)}:
            raise BadRelease(f"the release in {folder.name} has other files than it was signed with")
        for part in manifest.parts:
            if _part(folder, folder / part.path) != part:
                raise BadRelease(f"{part.path} of the release in {folder.name} was changed since it was installed")
    except OSError as error:
        raise BadRelease(f"the release in {folder.name} cannot be read: {error.strerror}") from error
    return manifest


def _head(source: BinaryIO, trust: Trust) -> tuple[bytes, bytes, Manifest]:
    if source.read(len(MARK)) != MARK:
        raise BadRelease("it is no release of LLMAgentOS, or damaged at its beginning")
    length = int.from_bytes(source.read(4), "big")
    if not 0 < length <= LARGEST_MANIFEST:
        raise BadRelease("it is damaged at its beginning")
    encoded, signature = source.read(length), source.read(SIGNATURE)
    if len(encoded) != length or len(signature) != SIGNATURE:
        raise BadRelease("it is cut off")
    manifest = decoded(encoded)
    trust.check(encoded, signature, manifest.signer)
    return encoded, signature, manifest


def _copy(source: BinaryIO, part: Part, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    digest, left = hashlib.sha256(), part.size
    with target.open("xb") as out:
        while left:
            chunk = source.read(min(left, _CHUNK))
            if not chunk:
                raise BadRelease(f"it is cut off within {part.path}")
            digest.update(chunk)
            out.write(chunk)
            left -= len(chunk)
        out.flush()
        os.fsync(out.fileno())
    if digest.hexdigest() != part.sha256:
        raise BadRelease(f"{part.path} is not what was signed")


def _part(folder: Path, file: Path) -> Part:
    digest, size = hashlib.sha256(), 0
    for chunk in _chunks(file):
        digest.update(chunk)
        size += len(chunk)
    return Part(file.relative_to(folder).as_posix(), size, digest.hexdigest())


def _chunks(file: Path) -> Iterator[bytes]:
    if file.is_symlink():
        raise BadRelease(f"{file.name} is a link; a release holds files alone")
    with file.open("rb") as source:
        yield from iter(lambda: source.read(_CHUNK), b"")
