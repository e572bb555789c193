"""The releases on this box: which are here, which one is used for each model, and which one was before it.

What is used is one small file, replaced as a whole: at any instant, and after any loss of power, a model has the release before or the one
after, never a mixture.
"""

import fcntl
import json
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from llmagentos.fleet.container import unpack, verified
from llmagentos.fleet.manifest import MANIFEST, BadRelease, Manifest, identity
from llmagentos.fleet.signing import Trust

ACTIVE, TRUSTED = "active.json", "trusted"
LEFTOVER_S = 3600.0
KEPT = 4
"""Releases of a model that are kept: the one in use, the ones before it."""


@dataclass(frozen=True, slots=True)
class Installed:
    """A release on this box."""

    name: str
    folder: Path
    manifest: Manifest
    active: bool


class Releases:
    """One folder of releases. Commands change it, one at a time; a node only reads."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.trust = Trust(folder / TRUSTED)

    def install(self, file: Path, *, older: bool = False) -> Installed:
        """Check a release and keep it; it is not used yet. What is here already is not written again.

        Raises: BadRelease, also for one that is older than what is used, unless `older`; OSError.
        """
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._remove_leftovers()
        partial = Path(tempfile.mkdtemp(prefix=".partial-", dir=self.folder))
        try:
            manifest = unpack(file, self.trust, partial)
            used = self.active(manifest.model)
            if used is not None and manifest.version < used.manifest.version and not older:
                raise BadRelease(
                    f"it is version {manifest.version}, and {used.manifest.version} is in use; say --older if you mean it"
                )
            name = identity((partial / MANIFEST).read_bytes())
            target = self.folder / name
            if not self._sound(target):  # one in use is never away, not even for an instant
                shutil.rmtree(target, ignore_errors=True)
                partial.chmod(0o755)
                partial.replace(target)
                _synced(self.folder)
        finally:
            shutil.rmtree(partial, ignore_errors=True)
        return Installed(name, target, manifest, self._used(manifest.model)[:1] == [name])

    def activate(self, name: str, healthy: Callable[[Installed], str | None]) -> Installed:
        """Use a release from now on, if `healthy` finds nothing to say against it. Raises: BadRelease; then all is as before."""
        found = self.installed(name)
        complaint = healthy(found)
        if complaint is not None:
            raise BadRelease(f"{name} was tried and is not used: {complaint}")
        with self._alone():
            model = found.manifest.model
            used = [name, *(one for one in self._used(model) if one != name)]
            self._write(model, used[:KEPT])
            for one in used[KEPT:]:
                shutil.rmtree(self.folder / one, ignore_errors=True)
        return self.installed(name)

    def back(self, model: str) -> Installed | None:
        """Use what was used before; None: what ships with the program. Raises: BadRelease where there is no release to leave."""
        with self._alone():
            used = self._used(model)
            if not used:
                raise BadRelease(f"{model} is used as it ships; there is nothing to go back from")
            self._write(model, used[1:])
        return self.active(model)

    def active(self, model: str) -> Installed | None:
        """What is used: the newest of those chosen that is still as it was signed; None: what ships with the program."""
        for name in self._used(model):
            try:
                return self.installed(name)
            except BadRelease:
                continue
        return None

    def damaged(self, model: str) -> list[str]:
        """What was chosen for a model and cannot be used, each with why."""
        found = []
        for name in self._used(model):
            try:
                self.installed(name)
            except BadRelease as error:
                found.append(f"{name}: {error}")
            else:
                break
        return found

    def installed(self, name: str) -> Installed:
        """A release by its name, checked byte by byte. Raises: BadRelease."""
        folder = self.folder / name
        if name not in self._names():
            raise BadRelease(f"no release {name!r} is here; `agentos models releases` lists them")
        manifest = verified(folder, self.trust)
        if identity((folder / MANIFEST).read_bytes()) != name:
            raise BadRelease(f"{name} holds another release than its name says")
        return Installed(name, folder, manifest, self._used(manifest.model)[:1] == [name])

    def all(self) -> list[Installed | str]:
        """Every release here; of one that cannot be used, why."""
        found: list[Installed | str] = []
        for name in self._names():
            try:
                found.append(self.installed(name))
            except BadRelease as error:
                found.append(f"{name}: {error}")
        return found

    def _sound(self, folder: Path) -> bool:
        try:
            verified(folder, self.trust)
        except BadRelease:
            return False
        return True

    def _remove_leftovers(self) -> None:
        """What an install left that was killed."""
        for one in self.folder.glob(".partial-*"):
            if time.time() - one.stat().st_mtime > LEFTOVER_S:
                shutil.rmtree(one, ignore_errors=True)

    def _names(self) -> list[str]:
        return sorted(one.parent.name for one in self.folder.glob(f"[0-9a-f]*/{MANIFEST}"))

    def _used(self, model: str) -> list[str]:
        """Names of the releases chosen for a model, the one in use first."""
        try:
            data: Any = json.loads((self.folder / ACTIVE).read_text(encoding="utf-8"))
            return [str(one) for one in data.get(model, [])]
        except (OSError, ValueError, AttributeError, TypeError):  # none, or damaged: what ships is used
            return []

    def _write(self, model: str, names: list[str]) -> None:
        try:
            data: dict[str, Any] = json.loads((self.folder / ACTIVE).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            data = {}
        data[model] = names
        partial = self.folder / f"{ACTIVE}.partial"
        with partial.open("w", encoding="utf-8") as out:
            json.dump(data, out)
            out.flush()
            os.fsync(out.fileno())
        partial.replace(self.folder / ACTIVE)
        _synced(self.folder)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """One command at a time changes what is used."""
        with (self.folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _synced(folder: Path) -> None:
    """A rename is on disk once its folder is."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
