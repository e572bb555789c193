"""One look at a picture: who and what is there, what is written, what a dial shows."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from llmagentos.messages.site import Zone
from llmagentos.perception.sight.gauges import Gauge, read_gauge
from llmagentos.perception.sight.objects import Objects, Thing
from llmagentos.perception.sight.picture import Picture
from llmagentos.perception.sight.written import Reader, Written


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """What a picture shows. `scene`: 512 numbers of length one, for comparing."""

    things: tuple[Thing, ...]
    written: tuple[Written, ...]
    gauge: Gauge | None
    scene: NDArray[np.float32]

    def counts(self, zone: Zone | None = None) -> dict[str, int]:
        """How many of each kind, in the whole picture or with their feet in a zone."""
        return dict(Counter(one.name for one in self.things if zone is None or _stands_in(one, zone)))

    @property
    def people(self) -> int:
        return self.counts().get("person", 0)

    @property
    def text(self) -> tuple[str, ...]:
        """Line for line."""
        return tuple(one.text for one in self.written)

    @property
    def message(self) -> tuple[str, ...]:
        """What is written, but for the numbers round a dial that was read."""
        if self.gauge is None:
            return self.text
        return tuple(one for one in self.text if not one.lstrip("-−–").replace(".", "").replace(",", "").isdigit())


class Sight:
    """The models of seeing, loaded once. Not for two callers at once. Raises: MissingSense."""

    def __init__(self, objects: Path) -> None:
        self._objects, self._reader = Objects(objects), Reader()

    def look(self, picture: Picture) -> Seen:
        """Everything at once: some 0.15 s for the things, and up to a second for what is written."""
        things, scene = self._objects.find(picture)
        written = self._reader.read(picture)
        return Seen(things, written, read_gauge(picture, written), scene)


def _stands_in(thing: Thing, zone: Zone) -> bool:
    across, down = (thing.box[0] + thing.box[2]) / 2, thing.box[3]
    return zone.left <= across <= zone.right and zone.top <= down <= zone.bottom
