"""The releases on this box: which are here, which one is used for each model, and what was used before it."""

import fcntl
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from llmagentos.fleet.choice import Choice, choices, choose, synced
from llmagentos.fleet.container import unpack, verified
from llmagentos.fleet.manifest import MANIFEST, BadRelease, Manifest, identity
from llmagentos.fleet.signing import Trust

TRUSTED = "trusted"
LEFTOVER_S = 3600.0
KEPT = 4
"""Releases of a model that are kept: the one in use, the ones before it."""


@dataclass(frozen=True, slots=True)
class Installed:
    """A release on this box, every byte of it as it was signed."""

    name: str
    folder: Path
    manifest: Manifest


Complaint = Callable[[Installed], str | None]
"""What speaks against using a release; None where it is well."""


class Releases:
    """One folder of releases. Commands change it, one at a time; a node only reads."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.trust = Trust(folder / TRUSTED)

    def install(self, file: Path, *, older: bool = False) -> Installed:
        """Check a release and keep it; it is not used yet. What is here already is not written again.

        Raises: BadRelease, also for one that is older than what was ever used, unless `older`; OSError.
        """
        self._make()
        self._remove_leftovers()
        partial = Path(tempfile.mkdtemp(prefix=".partial-", dir=self.folder))
        try:
            manifest = unpack(file, self.trust, partial)
            if not older:
                self._refuse_older(manifest)
            name = identity((partial / MANIFEST).read_bytes())
            target = self.folder / name
            if not self._sound(target):  # one in use is never away, not even for an instant
                shutil.rmtree(target, ignore_errors=True)
                partial.chmod(0o755)
                partial.replace(target)
                synced(self.folder)
        finally:
            shutil.rmtree(partial, ignore_errors=True)
        return Installed(name, target, manifest)

    def activate(self, name: str, healthy: Complaint, *, older: bool = False) -> Installed:
        """Use a release from now on, if `healthy` has nothing to say against it; what it complains of is removed.

        Raises: BadRelease; then what was used is used.
        """
        found = self.installed(name)
        model = found.manifest.model
        complaint = healthy(found)
        with self._alone():
            before = self._choice(model)
            if complaint is not None:
                if name not in before.used:
                    shutil.rmtree(found.folder, ignore_errors=True)
                raise BadRelease(f"{name} was tried and is not used: {complaint}")
            if not older:
                self._refuse_older(found.manifest)  # another command may have been faster
            used = (name, *(one for one in before.used if one != name))
            choose(self.folder, model, Choice(used[:KEPT], max(before.highest, found.manifest.version)))
            for one in used[KEPT:]:
                shutil.rmtree(self.folder / one, ignore_errors=True)
        return self.installed(name)

    def back(self, model: str, fits: Complaint = lambda _: None) -> Installed | None:
        """Use what was used before; None: what ships with the program. Raises: BadRelease where there is no release to leave."""
        with self._alone():
            before = self._choice(model)
            if not before.used:
                raise BadRelease(f"{model} is used as it ships; there is nothing to go back from")
            now = self.active(model, fits)
            left = before.used[before.used.index(now.name) + 1 :] if now else ()
            choose(self.folder, model, Choice(left, before.highest))
        return self.active(model, fits)

    def active(self, model: str, fits: Complaint = lambda _: None) -> Installed | None:
        """What is used: the newest of those chosen that is still as it was signed and `fits`; None: what ships with the program."""
        for name in self._choice(model).used:
            try:
                found = self.installed(name)
            except BadRelease:
                continue
            if fits(found) is None:
                return found
        return None

    def left_aside(self, model: str, fits: Complaint = lambda _: None) -> list[str]:
        """What was chosen for a model and cannot be used, each with why, up to the one that can."""
        found = []
        for name in self._choice(model).used:
            try:
                complaint = fits(self.installed(name))
            except BadRelease as error:
                complaint = str(error)
            if complaint is None:
                break
            found.append(f"{name}: {complaint}")
        return found

    def installed(self, name: str) -> Installed:
        """A release by its name, checked byte by byte. Raises: BadRelease."""
        folder = self.folder / name
        if name not in self._names():
            raise BadRelease(f"no release {name!r} is here; `agentos models releases` lists them")
        manifest = verified(folder, self.trust)
        if identity((folder / MANIFEST).read_bytes()) != name:
            raise BadRelease(f"{name} holds another release than its name says")
        return Installed(name, folder, manifest)

    def all(self) -> list[Installed | str]:
        """Every release here; of one that cannot be used, why."""
        found: list[Installed | str] = []
        for name in self._names():
            try:
                found.append(self.installed(name))
            except BadRelease as error:
                found.append(f"{name}: {error}")
        return found

    def _choice(self, model: str) -> Choice:
        return choices(self.folder).get(model, Choice())

    def _refuse_older(self, manifest: Manifest) -> None:
        highest = self._choice(manifest.model).highest
        if manifest.version < highest:
            raise BadRelease(
                f"it is version {manifest.version}, and {highest} was used here; say --older if you mean it"
            )

    def _sound(self, folder: Path) -> bool:
        try:
            verified(folder, self.trust)
        except BadRelease:
            return False
        return True

    def _make(self) -> None:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def _remove_leftovers(self) -> None:
        """What an install left that was killed."""
        for one in self.folder.glob(".partial-*"):
            if time.time() - one.stat().st_mtime > LEFTOVER_S:
                shutil.rmtree(one, ignore_errors=True)

    def _names(self) -> list[str]:
        return sorted(one.parent.name for one in self.folder.glob(f"[0-9a-f]*/{MANIFEST}"))

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """One command at a time changes what is used."""
        self._make()
        with (self.folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
