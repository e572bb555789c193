"""Who made a release: Ed25519 keys (RFC 8032), one pair for each maker, and those that a box trusts."""

import hashlib
import os
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from llmagentos.fleet.manifest import BadRelease

SIGNATURE = 64
CONTEXT = b"llmagentos release\n"
"""Before what is signed: a signature of something else is none of a release."""


def make_keys(secret: Path, public: Path) -> str:
    """A new pair; returns its fingerprint. Raises: FileExistsError, so that no key is lost."""
    if public.exists():
        raise FileExistsError(17, "File exists", str(public))
    key = Ed25519PrivateKey.generate()
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    descriptor = os.open(secret, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as out:
        out.write(private)
    with public.open("xb") as out:
        out.write(
            key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        )
    return fingerprint(key.public_key())


def read_secret(file: Path) -> Ed25519PrivateKey:
    """Raises: OSError, BadRelease."""
    try:
        key = serialization.load_pem_private_key(file.read_bytes(), password=None)
    except (ValueError, TypeError) as error:
        raise BadRelease(f"{file} holds no secret key; make one with `agentos models keys`") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise BadRelease(f"{file} holds a key of another kind than Ed25519")
    return key


def read_public(file: Path) -> Ed25519PublicKey:
    """Raises: OSError, BadRelease."""
    try:
        key = serialization.load_pem_public_key(file.read_bytes())
    except ValueError as error:
        raise BadRelease(f"{file} holds no public key") from error
    if not isinstance(key, Ed25519PublicKey):
        raise BadRelease(f"{file} holds a key of another kind than Ed25519")
    return key


def fingerprint(key: Ed25519PublicKey) -> str:
    """What people compare: 16 hexadecimal digits of the key's hash."""
    raw = key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return hashlib.sha256(raw).hexdigest()[:16]


def signed(encoded: bytes, key: Ed25519PrivateKey) -> bytes:
    """The signature of a manifest."""
    return key.sign(CONTEXT + encoded)


class Trust:
    """The public keys in a folder: whose releases this box installs."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def add(self, file: Path) -> str:
        """Trust a key from now on; returns its fingerprint. Raises: OSError, BadRelease."""
        key = read_public(file)
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        pem = key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        (self._folder / f"{fingerprint(key)}.pem").write_bytes(pem)
        return fingerprint(key)

    def remove(self, name: str) -> bool:
        """Trust it no longer: what it signed is not loaded again. False where it was not trusted."""
        file = self._folder / f"{name}.pem"
        known = name in self.names()
        if known:
            file.unlink()
        return known

    def names(self) -> list[str]:
        return sorted(one.stem for one in self._folder.glob("*.pem"))

    def check(self, encoded: bytes, signature: bytes, signer: str) -> None:
        """Raises: BadRelease where it is not signed by a key that is trusted."""
        if signer not in self.names():
            raise BadRelease(
                f"it is signed by {signer[:16]!r}, whom this box does not trust; if you know the maker's key: agentos models trust FILE"
            )
        key = read_public(self._folder / f"{signer}.pem")
        if fingerprint(key) != signer:
            raise BadRelease(f"the trusted key {signer} is another one than its name says; remove it")
        try:
            key.verify(signature, CONTEXT + encoded)
        except InvalidSignature as error:
            raise BadRelease("its signature does not fit what it says: it was changed, or cut off") from error
