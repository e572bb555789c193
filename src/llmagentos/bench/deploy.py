"""`agentos bench deploy`: releases that were changed, cut off, swapped or signed by others; none may ever be used.

What a box would use is asked of the same code that a node asks, and every byte it would load is compared with what was signed. Installing is also
killed at random instants: afterwards the release before or the one after is used, whole.
"""

import contextlib
import hashlib
import itertools
import os
import random
import shutil
import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from rich.console import Console
from rich.table import Table

from llmagentos.bench.report import Figures, quantile, tracking
from llmagentos.fleet.choice import ACTIVE
from llmagentos.fleet.container import pack
from llmagentos.fleet.manifest import BadRelease
from llmagentos.fleet.releases import Releases
from llmagentos.fleet.signing import make_keys, read_secret

MODEL = "some-model"
PARTS = {
    "adapter_model.safetensors": 300_000,
    "adapter_config.json": 400,
    "site-language.json": 900,
    "more/judge.npz": 20_000,
}
LONGEST_INSTALL_S = 0.2
"""Within which kills fall."""
Damage = Callable[[random.Random, bytes], bytes]


@dataclass(frozen=True)
class Workshop:
    """A maker's releases and keys, and a box that trusts the maker."""

    folder: Path
    box: Releases
    contents: tuple[dict[str, str], ...]
    """Of each release that was signed by the maker: hashes by path."""

    def release(self, number: int) -> Path:
        return self.folder / f"{number}.release"

    def uses_what_was_signed(self) -> bool | None:
        """Whether what would be loaded is, byte for byte, a release of the maker; None where nothing is used."""
        used = self.box.active(MODEL)
        if used is None:
            return None
        held = {
            one.relative_to(used.folder).as_posix(): hashlib.sha256(one.read_bytes()).hexdigest()
            for one in used.folder.rglob("*")
            if one.is_file() and not one.name.startswith("manifest.")
        }
        return held in self.contents


def run_deploy(count: int, kills: int, out: Console) -> Figures:
    """Damage, install, use; count what should never have been used."""
    random_ = random.Random(1)
    with tempfile.TemporaryDirectory() as folder, tracking(count + kills) as begin:
        workshop = _workshop(Path(folder), random_)
        sound = _sound(workshop)
        sent = _sent(workshop, random_, count * 3 // 4, begin)
        lying = _lying(workshop, random_, count - count * 3 // 4, begin)
        broken = _killed(workshop, random_, kills, begin)
    table = Table("what was done", "times", "used nevertheless")
    for name, (times, used) in {**sent, **lying, "killed while installing": (kills, broken)}.items():
        table.add_row(name, str(times), str(used))
    out.print(table)
    return {
        "artefacts": count, "tampered_activated": sum(used for _, used in (*sent.values(), *lying.values())),
        "kills": kills, "broken_by_kills": broken, "sound": len(sound), "sound_activated": sum(one >= 0 for one in sound),
        "install_p50_ms": round(quantile([one for one in sound if one >= 0], 0.5), 1),
    }  # fmt: skip


def _workshop(folder: Path, random_: random.Random) -> Workshop:
    for name in ("maker", "stranger"):
        (folder / name).mkdir()
        make_keys(folder / name / "secret.pem", folder / name / "public.pem")
    contents = []
    for number in range(3):
        source = folder / f"source-{number}"
        for path, size in PARTS.items():
            (source / path).parent.mkdir(parents=True, exist_ok=True)
            (source / path).write_bytes(random_.randbytes(size))
        key = read_secret(folder / "maker" / "secret.pem")
        pack(source, folder / f"{number}.release", key, model=MODEL, version=number + 1, about="", measured={})
        contents.append({path: hashlib.sha256((source / path).read_bytes()).hexdigest() for path in PARTS})
    stranger = read_secret(folder / "stranger" / "secret.pem")
    pack(folder / "source-2", folder / "stranger.release", stranger, model=MODEL, version=9, about="", measured={})
    box = Releases(folder / "box")
    box.trust.add(folder / "maker" / "public.pem")
    return Workshop(folder, box, tuple(contents))


def _sound(workshop: Workshop) -> list[float]:
    """Milliseconds of installing what nobody touched; -1 where it was refused."""
    times = []
    for number in (0, 1, 2, 0, 1, 2):
        began = time.perf_counter()
        used = _installed(workshop.box, workshop.release(number)) and workshop.uses_what_was_signed()
        times.append((time.perf_counter() - began) * 1000 if used else -1.0)
    return times


def _installed(box: Releases, file: Path) -> bool:
    try:
        box.activate(box.install(file, older=True).name, lambda _: None, older=True)
    except (BadRelease, OSError):
        return False
    return True


def _damages(workshop: Workshop) -> dict[str, Damage]:
    """What may happen to a release on its way. Each gives other bytes than it got."""
    other, stranger = workshop.release(1).read_bytes(), (workshop.folder / "stranger.release").read_bytes()

    def flipped(random_: random.Random, data: bytes) -> bytes:
        at = random_.choice((random_.randrange(len(data)), random_.randrange(2000)))
        return data[:at] + bytes([data[at] ^ 1 << random_.randrange(8)]) + data[at + 1 :]

    def overwritten(random_: random.Random, data: bytes) -> bytes:
        at = random_.randrange(len(data))
        return (data[:at] + random_.randbytes(random_.randrange(1, 4000)) + data[at:])[: len(data)]

    def mixed(random_: random.Random, data: bytes) -> bytes:
        at = random_.randrange(40, len(data))  # the beginnings are alike
        return data[:at] + other[at:]

    def moved(random_: random.Random, data: bytes) -> bytes:
        one, size = random_.randrange(2000, len(data) - 3000), random_.randrange(1, 1000)
        return data[:one] + data[one + size : one + 2 * size] + data[one : one + size] + data[one + 2 * size :]

    def resigned(random_: random.Random, data: bytes) -> bytes:
        """What a stranger signed, who says that it was the maker."""
        signer, maker = (one.partition(b'"signer": "')[2][:16] for one in (stranger, data))
        return stranger.replace(signer, maker, 1)

    return {
        "a bit flipped": flipped,
        "a stretch overwritten": overwritten,
        "cut off": lambda random_, data: data[: random_.randrange(len(data))],
        "something added": lambda random_, data: data + random_.randbytes(random_.randrange(1, 500)),
        "mixed with another release": mixed,
        "stretches swapped": moved,
        "signed by a stranger": lambda _random, _data: stranger,
        "signed by a stranger in the maker's name": resigned,
        "a version made up": lambda random_, data: data.replace(b'"version": 3', b'"version": %d' % random_.randrange(4, 10), 1),
    }  # fmt: skip


def _sent(
    workshop: Workshop, random_: random.Random, count: int, begin: Callable[[str], None]
) -> dict[str, tuple[int, int]]:
    """Damaged releases are offered to the box while release 0 is used."""
    found: dict[str, tuple[int, int]] = {}
    data, target = workshop.release(2).read_bytes(), workshop.folder / "sent.release"
    for name, damage in itertools.islice(itertools.cycle(_damages(workshop).items()), count):
        begin(name)
        damaged = damage(random_, data)
        assert damaged != data
        target.write_bytes(damaged)
        used = _installed(workshop.box, target) or workshop.uses_what_was_signed() is not True
        times, wrong = found.get(name, (0, 0))
        found[name] = times + 1, wrong + used
        if used:
            _installed(workshop.box, workshop.release(0))
    return found


def _lying(
    workshop: Workshop, random_: random.Random, count: int, begin: Callable[[str], None]
) -> dict[str, tuple[int, int]]:
    """The release in use is damaged where it lies; then what a node would load is looked at."""
    found: dict[str, tuple[int, int]] = {}
    for name in itertools.islice(
        itertools.cycle(("a file changed", "a file gone", "a file more", "a file a link", "the choice garbled")), count
    ):
        begin(name)
        _installed(workshop.box, workshop.release(random_.randrange(3)))
        used = workshop.box.active(MODEL)
        assert used is not None
        _damage_where_it_lies(name, used.folder, workshop, random_)
        now = workshop.box.active(MODEL)
        wrong = (
            now is not None and now.name == used.name and name != "the choice garbled"
        ) or workshop.uses_what_was_signed() is False
        times, before = found.get(name, (0, 0))
        found[name] = times + 1, before + wrong
        shutil.rmtree(used.folder, ignore_errors=True)
    return found


def _damage_where_it_lies(name: str, folder: Path, workshop: Workshop, random_: random.Random) -> None:
    file = random_.choice([one for one in folder.rglob("*") if one.is_file()])
    match name:
        case "a file changed":
            data = bytearray(file.read_bytes())
            data[random_.randrange(len(data))] ^= 1 << random_.randrange(8)
            file.write_bytes(bytes(data))
        case "a file gone":
            file.unlink()
        case "a file more":
            (folder / "more" / f"{random_.randrange(1000)}.npz").write_bytes(b"x")
        case "a file a link":
            moved = workshop.folder / "elsewhere"
            shutil.copy(file, moved)
            with moved.open("ab") as out:
                out.write(b"x")
            file.unlink()
            file.symlink_to(moved)
        case _:
            (workshop.box.folder / ACTIVE).write_bytes(random_.randbytes(random_.randrange(60)))


def _killed(workshop: Workshop, random_: random.Random, kills: int, begin: Callable[[str], None]) -> int:
    """How often something else than a whole release of the maker is used after installing was killed."""
    _installed(workshop.box, workshop.release(0))
    broken = 0
    for number in range(kills):
        begin("kill")
        with _installing(workshop.box.folder, workshop.release(number % 3)) as process:
            time.sleep(random_.uniform(0, LONGEST_INSTALL_S))
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        broken += workshop.uses_what_was_signed() is not True
    return broken


@contextlib.contextmanager
def _installing(box: Path, file: Path) -> Iterator[int]:
    process = get_context("fork").Process(target=_install_again_and_again, args=(box, file))
    process.start()
    assert process.pid is not None
    try:
        yield process.pid
    finally:
        process.join()


def _install_again_and_again(box: Path, file: Path) -> None:
    for _ in range(1000):
        _installed(Releases(box), file)
