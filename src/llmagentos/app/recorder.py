"""Records of the app: stamped, written down, and only then shown."""

from collections.abc import Mapping
from typing import Any, TypedDict, TypeVar

from llmagentos.app.ports import CausalJournal
from llmagentos.messages import Clock, IdSource
from llmagentos.messages.ports import Bus
from llmagentos.messages.records import Fault, Record

R = TypeVar("R", bound=Record)


class Stamp(TypedDict):
    """What each record begins with."""

    id: str
    at: float


class Recorder:
    """One per node."""

    def __init__(self, journal: CausalJournal, bus: Bus, clock: Clock, ids: IdSource) -> None:
        self._journal, self._bus, self._clock, self._ids = journal, bus, clock, ids

    def now(self) -> float:
        """Seconds since the epoch."""
        return self._clock.now()

    def monotonic(self) -> float:
        """Seconds, for measuring."""
        return self._clock.monotonic()

    def next_id(self) -> str:
        """For what is not a record itself."""
        return self._ids.next()

    def stamp(self) -> Stamp:
        """For a record of this moment."""
        return {"id": self._ids.next(), "at": self._clock.now()}

    async def write(self, record: R, *, state: Mapping[str, Any] | None = None) -> R:
        """To disk, with `state` in one write, then to who follows. Raises: JournalFailed."""
        await self._journal.append(record, state=state)
        self._bus.publish(record)
        return record

    async def write_all(self, *records: Record) -> None:
        """The same for several, all or none. Raises: JournalFailed."""
        await self._journal.append(*records)
        for one in records:
            self._bus.publish(one)

    async def remember(self, text: str) -> str:
        """Words of people, in a side table; their key. Raises: JournalFailed."""
        return await self._journal.remember(text)

    async def fault(self, subject: str, problem: str, detail: str = "", *, source: str = "node") -> str:
        """Something went wrong; the id of the record. Raises: JournalFailed."""
        fault = Fault(**self.stamp(), source=source, subject=subject, problem=problem, detail=detail)
        return (await self.write(fault)).id
