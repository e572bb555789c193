"""What is unusual in the numbers that devices report, noticed as they come. What is known of each signal is a file of its own on which nothing rests."""

import asyncio
import json
import logging
import tempfile
from collections import deque
from collections.abc import Awaitable, Callable
from pathlib import Path

from llmagentos.agent.past import COUNTERS
from llmagentos.messages.records import EntityDescription, Observation
from llmagentos.perception.streams.detector import Detector

UNUSUAL = 0.75
"""So surprising, and it is told."""
YOUNG = 500
"""Readings of a signal of which nothing is told yet."""
WAITING, SAVE_S = 1000, 600.0
_MEASURING = ("sensor", "weather", "climate")
_log = logging.getLogger(__name__)


class Sensing:
    """One per node. `tell` writes down what is unusual: id of the entity, what, how."""

    def __init__(self, file: Path, tell: Callable[[str, str, str], Awaitable[object]]) -> None:
        self._file, self._tell = file, tell
        self._detectors: dict[tuple[str, str], Detector] = {}
        self._found: deque[tuple[str, str, float, float]] = deque(maxlen=WAITING)
        self._saved, self._writing = 0.0, asyncio.Lock()

    def load(self) -> None:
        """Take up what was known; a file that cannot be read is begun anew."""
        try:
            kept = json.loads(self._file.read_text(encoding="utf-8"))
            self._detectors = {(one["entity"], one["property"]): Detector.load(one["known"]) for one in kept}
        except FileNotFoundError:
            return
        except (OSError, ValueError, KeyError, TypeError) as error:
            _log.warning("%s cannot be read (%s); what is usual is learned anew", self._file, error)

    def observed(self, observation: Observation, entity: EntityDescription) -> None:
        """A device said something."""
        value = observation.value
        if isinstance(value, bool) or not isinstance(value, int | float) or not _measures(entity, observation.property):
            return
        key = (observation.entity, observation.property)
        detector = self._detectors.get(key) or self._detectors.setdefault(key, Detector())
        surprise = detector.surprise(observation.at, float(value))
        if surprise >= UNUSUAL and detector.count > YOUNG:
            self._found.append((*key, float(value), surprise))

    def gone(self, entity: str) -> None:
        """It is there no more."""
        self._detectors = {key: one for key, one in self._detectors.items() if key[0] != entity}

    async def told(self) -> None:
        """Write down what was found."""
        while self._found:
            entity, name, value, surprise = self._found.popleft()
            await self._tell(entity, "unusual", f"{name} {value:g}, {surprise:.0%} sure")

    async def save(self, now: float, *, at_once: bool = False) -> None:
        """Now and then; what the disk does not take is tried again."""
        if not at_once and now - self._saved < SAVE_S:
            return
        self._saved = now
        async with self._writing:  # who is cancelled meanwhile leaves a thread behind that still writes
            await asyncio.shield(self._written())

    async def _written(self) -> None:
        kept = [
            {"entity": entity, "property": name, "known": one.dump()} for (entity, name), one in self._detectors.items()
        ]
        try:
            lines = []
            for one in kept:  # one at a time: the others wait for none of them long
                lines.append(json.dumps(one))
                await asyncio.sleep(0)
            await asyncio.to_thread(_replace, self._file, "[" + ",\n".join(lines) + "]")
        except OSError as error:
            _log.warning("%s cannot be written: %s", self._file, error)


def _measures(entity: EntityDescription, name: str) -> bool:
    if entity.diagnostic or entity.kind in COUNTERS or entity.entity_class not in _MEASURING:
        return False
    return name == "value" or name.startswith("current ") or entity.entity_class == "weather"


def _replace(file: Path, text: str) -> None:
    """Whole or not at all."""
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=file.parent, prefix=".streams", delete=False) as fresh:
        fresh.write(text)
    Path(fresh.name).replace(file)
