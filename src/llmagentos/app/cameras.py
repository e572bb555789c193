"""The site's cameras: pictures arrive or are fetched, are looked at only where something changed, and are dropped.

What is counted becomes readings of the camera, so that orders, questions and rules know of it; what is seen goes to the chain.
"""

import asyncio
import base64
import hashlib
import json
import logging
import time
import urllib.request
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit, urlunsplit

from llmagentos.agent.chain.words import of_picture
from llmagentos.app.chain import Noticed
from llmagentos.app.seeing import Seer
from llmagentos.devices.codecs.payloads import slug
from llmagentos.messages.records import EntityDescription, Property
from llmagentos.messages.site import Camera
from llmagentos.perception.extras import MissingSense, NoPicture

if TYPE_CHECKING:
    from llmagentos.perception.sight.changes import Watched
    from llmagentos.perception.sight.sight import Seen

FETCH_S = 10.0
MAX_FETCHED = 20_000_000
UNUSUAL, SAVE_S = 0.9, 600.0
_log = logging.getLogger(__name__)

Report = Callable[[str, str, float | str], None]
"""An entity, a property, its value."""


class Cameras:
    """One per node. `describe`, `report` and `available` tell the site of what cameras count; `notice` hands what was seen to the chain."""

    def __init__(
        self, cameras: tuple[Camera, ...], folder: Path, seer: Callable[[], Seer], *, describe: Callable[[EntityDescription], None],
        report: Report, available: Callable[[str, bool], None], usual: Callable[[str, str], float | None], notice: Callable[[Noticed], None],
    ) -> None:  # fmt: skip
        self._cameras, self._file, self._seer = cameras, folder / "cameras.json", seer
        self._describe, self._report, self._available, self._usual, self._notice = (
            describe,
            report,
            available,
            usual,
            notice,
        )
        self._watched: dict[str, Watched] | None = None
        self._newest: dict[str, bytes] = {}
        self._arrived = asyncio.Event()
        self._told: dict[str, tuple[tuple[tuple[str, int], ...], tuple[str, ...]]] = {}
        self._why_not: dict[str, str] = {}
        self._saved, self._changed, self._writing = 0.0, False, asyncio.Lock()
        self._fetchers = ThreadPoolExecutor(
            max(1, len(cameras)), "camera"
        )  # a camera that hangs holds up no other work

    @property
    def topics(self) -> tuple[str, ...]:
        """Where pictures come as messages."""
        return tuple(one.topic for one in self._cameras if one.topic)

    def announce(self) -> None:
        """Tell the site what each camera counts."""
        for camera in self._cameras:
            for zone in (None, *(one.name for one in camera.zones)):
                name = f"{camera.name} People" if zone is None else f"{camera.name} People at {zone}"
                self._describe(_sensor(camera, people_of(camera.name, zone), name, "counter", ""))

    def takes(self, topic: str, payload: bytes) -> bool:
        """A message of the broker: a picture of one of ours, of which only the newest counts; an empty one is none."""
        for camera in self._cameras:
            if camera.topic == topic:
                if payload:
                    self._newest[camera.name] = payload
                    self._arrived.set()
                return True
        return False

    async def work(self) -> None:
        """Look at what arrives and what is fetched, for ever."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._arriving())
            for camera in self._cameras:
                if camera.url is not None:
                    tasks.create_task(self._fetching(camera, camera.url))

    async def _arriving(self) -> None:
        while True:
            await self._arrived.wait()
            self._arrived.clear()
            for camera in self._cameras:
                data = self._newest.pop(camera.name, None)
                if data is not None:
                    await self._guarded(camera, self.take(camera, data))

    async def _fetching(self, camera: Camera, url: str) -> None:
        """One after another: of a camera that hangs no second picture is asked for."""
        loop = asyncio.get_running_loop()
        while True:
            fetched: list[bytes] = []
            await self._guarded(camera, _kept(loop.run_in_executor(self._fetchers, fetch, url), fetched))
            if fetched:
                await self._guarded(camera, self.take(camera, fetched[0]))
            await asyncio.sleep(camera.every_s)

    async def _guarded(self, camera: Camera, work: Awaitable[None]) -> None:
        """What goes wrong with one camera ends no other, and is said once, without its address: that may hold a password."""
        try:
            await work
        except Exception as error:  # cameras, codecs and models raise what they like
            known = isinstance(error, NoPicture | MissingSense)
            why = str(error) if known else f"no picture ({type(error).__name__})"
            if self._why_not.get(camera.name) != why:
                self._why_not[camera.name] = why
                _log.warning("camera %s: %s", camera.name, why)
                for zone in (None, *(one.name for one in camera.zones)):
                    self._available(people_of(camera.name, zone), False)
        else:
            if self._why_not.pop(camera.name, None) is not None:
                for zone in (None, *(one.name for one in camera.zones)):
                    self._available(people_of(camera.name, zone), True)

    async def take(self, camera: Camera, data: bytes) -> None:
        """One picture. Raises: NoPicture, MissingSense, and whatever a model raises."""
        from llmagentos.perception.sight.changes import Watched
        from llmagentos.perception.sight.picture import read_picture

        picture = await asyncio.to_thread(read_picture, data)
        watched = (await self._known()).setdefault(camera.name, Watched())
        if not watched.changed(picture):
            return
        seen = await self._seer().look(picture)
        self._changed = True
        self._count(camera, seen)
        self._hand_on(camera, seen, watched.surprise(seen.scene), data)

    def _count(self, camera: Camera, seen: "Seen") -> None:
        self._report(people_of(camera.name), "value", float(seen.people))
        for zone in camera.zones:
            self._report(people_of(camera.name, zone.name), "value", float(seen.counts(zone).get("person", 0)))
        if seen.gauge is not None:
            self._describe(_sensor(camera, gauge_of(camera.name), f"{camera.name} Gauge", "", seen.gauge.unit))
            self._report(gauge_of(camera.name), "value", round(seen.gauge.value, 4))

    def _hand_on(self, camera: Camera, seen: "Seen", surprise: float, data: bytes) -> None:
        """To the chain, where it is not what was there before."""
        counts, text = tuple(sorted(seen.counts().items())), seen.message
        if self._told.get(camera.name, ((), ())) == (counts, text) and surprise < UNUSUAL and seen.gauge is None:
            return
        self._told[camera.name] = (counts, text)
        self._notice(
            noticed(camera.name, camera.area, seen, data, surprise, self._usual(gauge_of(camera.name), "value"))
        )

    async def _known(self) -> "dict[str, Watched]":
        """What each camera usually shows, read once."""
        from llmagentos.perception.sight.changes import Watched

        if self._watched is None:
            found: dict[str, Watched] = {}
            try:
                kept = json.loads(await asyncio.to_thread(self._file.read_text, encoding="utf-8"))
                for name, state in kept.items():
                    found[name] = Watched()
                    found[name].load(state)
            except FileNotFoundError:
                pass
            except (OSError, ValueError, AttributeError, TypeError) as error:
                _log.warning("%s cannot be read (%s); what is usual is learned anew", self._file, error)
            self._watched = self._watched if self._watched is not None else found
        return self._watched

    async def save(self, now: float, *, at_once: bool = False) -> None:
        """What each camera usually shows, now and then; pictures are never kept."""
        if not self._changed or self._watched is None or (not at_once and now - self._saved < SAVE_S):
            return
        self._saved, self._changed = now, False
        async with self._writing:  # who is cancelled meanwhile leaves a thread behind that still writes
            await asyncio.shield(asyncio.to_thread(_save, self._file, dict(self._watched)))

    def close(self) -> None:
        """Nobody waits for a camera that hangs."""
        self._fetchers.shutdown(wait=False, cancel_futures=True)


async def _kept(work: Awaitable[bytes], into: list[bytes]) -> None:
    into.append(await work)


def _sensor(camera: Camera, sensor: str, name: str, kind: str, unit: str) -> EntityDescription:
    number = Property(name="value", kind="number", unit=unit)
    return EntityDescription(id=sensor, entity_class="sensor", kind=kind, name=name, device=identity(camera.name), area=camera.area, properties=(number,))  # fmt: skip


def _save(file: Path, watched: "dict[str, Watched]") -> None:
    try:
        partial = file.with_suffix(".partial")
        partial.write_text(json.dumps({name: one.dump() for name, one in watched.items()}), encoding="utf-8")
        partial.replace(file)
    except (OSError, RuntimeError) as error:
        _log.warning("%s cannot be written: %s", file, error)


def noticed(
    name: str, area: str | None, seen: "Seen", data: bytes, surprise: float = 0.0, usual: float | None = None
) -> Noticed:
    """What was seen, as the chain takes it; `usual`: what its gauge usually shows."""
    gauge = None if seen.gauge is None else (seen.gauge.value, seen.gauge.most, seen.gauge.unit)
    counts = seen.counts()
    happening = of_picture(name, area, identity(name), counts, seen.message, gauge, usual, odd=surprise >= UNUSUAL)  # fmt: skip
    sure = min([*(one.sure for one in seen.things), *(one.sure for one in seen.written)], default=1.0)
    return Noticed(happening, sure, data=hashlib.sha256(data).hexdigest(), counts=tuple(sorted(counts.items())))


def identity(camera: str) -> str:
    """The id of a camera."""
    return f"camera.{slug(camera)}"


def people_of(camera: str, zone: str | None = None) -> str:
    """The id of its count of people."""
    return f"sensor.{slug(camera)}_people" + (f"_{slug(zone)}" if zone else "")


def gauge_of(camera: str) -> str:
    """The id of what a gauge before it shows."""
    return f"sensor.{slug(camera)}_gauge"


def fetch(url: str) -> bytes:
    """A picture, or a frame of a stream. Raises: what networks, files and codecs raise."""
    if url.startswith(("rtsp://", "rtsps://")):
        return _frame(url)
    if not url.startswith(("http://", "https://")):
        with Path(url.removeprefix("file://")).open("rb") as file:
            return file.read(MAX_FETCHED)
    parts = urlsplit(url)
    request = urllib.request.Request(urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2])))
    if parts.username is not None:
        pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}".encode()
        request.add_header("Authorization", f"Basic {base64.b64encode(pair).decode()}")
    ends, data = time.monotonic() + FETCH_S, b""
    with urllib.request.urlopen(request, timeout=FETCH_S) as answer:
        while block := answer.read1(1 << 16):
            data += block
            if time.monotonic() > ends or len(data) > MAX_FETCHED:
                raise OSError("the camera takes too long, or sends no end")
    return data


def _frame(url: str) -> bytes:
    """One frame of a stream."""
    from llmagentos.perception.sight.picture import vision

    cv2 = vision()
    stream = cv2.VideoCapture(url, cv2.CAP_FFMPEG, [cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, 10_000, cv2.CAP_PROP_READ_TIMEOUT_MSEC, 10_000])  # fmt: skip
    try:
        there, frame = stream.read()
        if not there:
            raise OSError("the stream gives no frame")
        return bytes(cv2.imencode(".jpg", frame)[1])
    finally:
        stream.release()
