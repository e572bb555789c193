"""The site's cameras: pictures arrive or are fetched, are looked at only where something changed, and are dropped.

What is counted becomes readings of the camera, so that orders, questions and rules know of it; what is seen goes to the chain.
"""

import asyncio
import hashlib
import json
import logging
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from llmagentos.agent.chain.words import of_picture
from llmagentos.app.chain import Noticed
from llmagentos.app.seeing import Seer
from llmagentos.devices.codecs.payloads import slug
from llmagentos.messages.records import EntityDescription, Property
from llmagentos.messages.site import Camera
from llmagentos.perception.extras import MissingSense

if TYPE_CHECKING:
    from llmagentos.perception.sight.changes import Watched
    from llmagentos.perception.sight.sight import Seen

FETCH_S = 10.0
MAX_FETCHED = 20_000_000
UNUSUAL = 0.9
_log = logging.getLogger(__name__)

Report = Callable[[str, str, float | str], None]
"""An entity, a property, its value."""


class Cameras:
    """One per node. `describe` and `report` tell the site of what cameras count; `notice` hands what was seen to the chain."""

    def __init__(
        self, cameras: tuple[Camera, ...], folder: Path, seer: Callable[[], Seer], *,
        describe: Callable[[EntityDescription], None], report: Report, notice: Callable[[Noticed], None],
    ) -> None:  # fmt: skip
        self._cameras, self._file, self._seer = cameras, folder / "cameras.json", seer
        self._describe, self._report, self._notice = describe, report, notice
        self._watched: dict[str, Watched] = {}
        self._newest: dict[str, bytes] = {}
        self._arrived = asyncio.Event()
        self._told: dict[str, tuple[tuple[tuple[str, int], ...], tuple[str, ...]]] = {}
        self._why_not: set[str] = set()

    @property
    def topics(self) -> tuple[str, ...]:
        """Where pictures come as messages."""
        return tuple(one.topic for one in self._cameras if one.topic)

    def announce(self) -> None:
        """Tell the site what each camera counts."""
        for camera in self._cameras:
            for zone in (None, *(one.name for one in camera.zones)):
                name = f"{camera.name} People" if zone is None else f"{camera.name} People at {zone}"
                number = Property(name="value", kind="number", minimum=0, unit="")
                self._describe(EntityDescription(id=people_of(camera.name, zone), entity_class="sensor", kind="counter", name=name, device=identity(camera.name), area=camera.area, properties=(number,)))  # fmt: skip

    def takes(self, topic: str, payload: bytes) -> bool:
        """A message of the broker: a picture of one of ours, of which only the newest counts."""
        for camera in self._cameras:
            if camera.topic == topic:
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
                    await self.take(camera, data)

    async def _fetching(self, camera: Camera, url: str) -> None:
        while True:
            try:
                data = await asyncio.wait_for(asyncio.to_thread(_fetched, url), FETCH_S)
            except (OSError, ValueError, TimeoutError, MissingSense) as error:
                self._once(camera, f"no picture from {url}: {str(error) or 'it takes too long'}")
            else:
                await self.take(camera, data)
            await asyncio.sleep(camera.every_s)

    async def take(self, camera: Camera, data: bytes) -> None:
        """One picture, whatever becomes of it."""
        from llmagentos.perception.sight.picture import NoPicture, read_picture

        try:
            picture = await asyncio.to_thread(read_picture, data)
            watched = await self._known(camera)
            if not await asyncio.to_thread(watched.changed, picture):
                return
            seen = await self._seer().look(picture)
        except (NoPicture, MissingSense) as error:
            self._once(camera, str(error))
            return
        self._why_not.discard(camera.name)
        self._count(camera, seen)
        self._hand_on(camera, seen, watched.surprise(seen.scene), data)

    def _count(self, camera: Camera, seen: "Seen") -> None:
        self._report(people_of(camera.name), "value", float(seen.people))
        for zone in camera.zones:
            self._report(people_of(camera.name, zone.name), "value", float(seen.counts(zone).get("person", 0)))

    def _hand_on(self, camera: Camera, seen: "Seen", surprise: float, data: bytes) -> None:
        """To the chain, where it is not what was there before."""
        from llmagentos.perception.sight.sight import without_scale

        counts, text = tuple(sorted(seen.counts().items())), tuple(without_scale(seen))
        if self._told.get(camera.name, ((), ())) == (counts, text) and surprise < UNUSUAL and seen.gauge is None:
            return
        self._told[camera.name] = (counts, text)
        self._notice(noticed(camera.name, camera.area, seen, data, surprise))

    async def _known(self, camera: Camera) -> "Watched":
        from llmagentos.perception.sight.changes import Watched

        if camera.name not in self._watched:
            self._watched[camera.name] = watched = Watched()
            try:
                kept = json.loads(await asyncio.to_thread(self._file.read_text, encoding="utf-8"))
                watched.load(kept.get(camera.name, []))
            except FileNotFoundError:
                pass
            except (OSError, ValueError, AttributeError, TypeError) as error:
                _log.warning("%s cannot be read (%s); what is usual is learned anew", self._file, error)
        return self._watched[camera.name]

    async def save(self) -> None:
        """What each camera usually shows; pictures are never kept."""
        if not self._watched:
            return
        kept = {name: one.dump() for name, one in self._watched.items()}
        try:
            partial = self._file.with_suffix(".partial")
            await asyncio.to_thread(partial.write_text, json.dumps(kept), encoding="utf-8")
            partial.replace(self._file)
        except OSError as error:
            _log.warning("%s cannot be written: %s", self._file, error)

    def _once(self, camera: Camera, why: str) -> None:
        """Why nothing is seen, said when it begins."""
        if camera.name not in self._why_not:
            self._why_not.add(camera.name)
            _log.warning("camera %s: %s", camera.name, why)


def noticed(name: str, area: str | None, seen: "Seen", data: bytes, surprise: float = 0.0) -> Noticed:
    """What was seen, as the chain takes it."""
    from llmagentos.perception.sight.sight import without_scale

    gauge = None if seen.gauge is None else (seen.gauge.value, seen.gauge.most, seen.gauge.unit)
    counts = seen.counts()
    happening = of_picture(name, area, identity(name), counts, without_scale(seen), gauge, odd=surprise >= UNUSUAL)
    sure = min([*(one.sure for one in seen.things), *(one.sure for one in seen.written)], default=1.0)
    return Noticed(happening, sure, data=hashlib.sha256(data).hexdigest(), counts=tuple(sorted(counts.items())))


def identity(camera: str) -> str:
    """The id of a camera."""
    return f"camera.{slug(camera)}"


def people_of(camera: str, zone: str | None = None) -> str:
    """The id of its count of people."""
    return f"sensor.{slug(camera)}_people" + (f"_{slug(zone)}" if zone else "")


def _fetched(url: str) -> bytes:
    """Raises: OSError, ValueError, MissingSense."""
    if url.startswith(("rtsp://", "rtsps://")):
        return _frame(url)
    if url.startswith(("http://", "https://")):
        with urllib.request.urlopen(url, timeout=FETCH_S) as answer:
            data: bytes = answer.read(MAX_FETCHED + 1)
            return data
    return Path(url.removeprefix("file://")).read_bytes()


def _frame(url: str) -> bytes:
    """One frame of a stream."""
    from llmagentos.perception.sight.picture import vision

    cv2 = vision()
    stream = cv2.VideoCapture(url)
    try:
        there, frame = stream.read()
        if not there:
            raise OSError("the stream gives no frame")
        return bytes(cv2.imencode(".jpg", frame)[1])
    finally:
        stream.release()
