"""What devices reported, for as long as the owner wants: changes, and now and then that nothing changed. SQLite, a file of its own.

Unlike the journal nothing rests on it: readings go to disk in batches, and a power cut may cost the last of them. Once a day what is
too old goes.
"""

import asyncio
import contextlib
import json
import logging
import sqlite3
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path

from llmagentos.messages.snapshot import Reading
from llmagentos.messages.values import Json, same

_log = logging.getLogger(__name__)
_SCHEMA = """
PRAGMA journal_mode = WAL;
CREATE TABLE IF NOT EXISTS signals (id INTEGER PRIMARY KEY, entity TEXT NOT NULL, property TEXT NOT NULL, UNIQUE (entity, property));
CREATE TABLE IF NOT EXISTS readings (signal INTEGER NOT NULL, at INTEGER NOT NULL, value, PRIMARY KEY (signal, at)) WITHOUT ROWID;
"""
DAY_S = 86_400.0
STILL_S = 900.0
"""A signal that goes on saying the same is written down again after this."""
WAITING = 100_000
"""Readings that wait for a disk that does not take them; more are lost, the oldest first."""
MOST = 200_000
"""Readings that one question gets, the newest."""
TOLERANCE, SANE = 1e-9, 1e15


class SqliteHistory:
    """One per node. `note` costs microseconds; `flush` and `between` are the disk's work, in another thread."""

    def __init__(self, path: Path, keep_days: float) -> None:
        self._path, self._keep_s = path, keep_days * DAY_S
        self._waiting: list[Reading] = []
        self._last: dict[tuple[str, str], tuple[Json, float]] = {}
        self._numbers: dict[tuple[str, str], int] = {}
        self._pruned = float("-inf")
        self._writing = asyncio.Lock()

    def note(self, entity: str, name: str, value: Json, at: float) -> None:
        """A device reported this. What is no number, word or truth is not kept."""
        if not isinstance(value, str | bool | int | float | None) or self._keep_s <= 0:
            return
        if isinstance(value, int | float) and not abs(value) < SANE:  # infinite, or not a number
            return
        last = self._last.get((entity, name))
        if last is not None and same(last[0], value, TOLERANCE) and at - last[1] < STILL_S:
            return
        self._last[entity, name] = (value, at)
        self._waiting.append(Reading(at, entity, name, value))
        if len(self._waiting) > WAITING:
            del self._waiting[: WAITING // 10]

    async def flush(self, now: float | None = None) -> None:
        """What waits goes to disk; a disk that does not take it is tried again next time. What is too old `now` goes."""
        async with self._writing:
            batch, self._waiting = self._waiting, []
            prune = now is not None and not 0 <= now - self._pruned < DAY_S
            if not batch and not prune:
                return
            try:
                await asyncio.to_thread(self._write, batch, now if prune else None)
            except (sqlite3.Error, OSError, OverflowError) as error:
                self._numbers.clear()  # what was numbered may have been taken back
                _log.warning("the history %s takes no readings: %s", self._path, error)
                self._waiting = [*batch, *self._waiting][-WAITING:]

    async def between(self, signals: Collection[tuple[str, str]], start: float, end: float) -> tuple[Reading, ...]:
        """What signals said, oldest first; before it the last that each said until `start`."""
        await self.flush()
        return tuple(await asyncio.to_thread(self._read, sorted(signals), start, end))

    async def begun(self, signals: Collection[tuple[str, str]] = ()) -> float | None:
        """When the oldest reading is from; with `signals`, of the one that is known for the shortest time."""
        await self.flush()
        return await asyncio.to_thread(self._oldest, sorted(signals))

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, timeout=10.0)
        connection.execute("PRAGMA synchronous = NORMAL")
        return connection

    def _write(self, batch: Sequence[Reading], now: float | None) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.closing(self._connect()) as connection:
            if not self._numbers:
                connection.executescript(_SCHEMA)
            with connection:
                rows = [(self._number(connection, one), round(one.at * 1000), _stored(one.value)) for one in batch]
                connection.executemany("INSERT OR REPLACE INTO readings VALUES (?, ?, ?)", rows)
                if now is not None:
                    self._prune(connection)
                    self._pruned = now

    def _prune(self, connection: sqlite3.Connection) -> None:
        """Each signal by the index; by the newest reading, whatever the clock says: one that jumps ahead forgets nothing."""
        latest = "SELECT signals.id, (SELECT max(at) FROM readings WHERE signal = signals.id) FROM signals"
        known = connection.execute(latest).fetchall()
        times = sorted(at for _, at in known if at is not None)
        middle = times[len(times) // 2] if times else 0  # a few that came while the clock was wrong decide nothing
        connection.executemany(
            "DELETE FROM readings WHERE signal = ? AND at < ?", [(one, middle - round(self._keep_s * 1000)) for one, _ in known]
        )  # fmt: skip

    def _number(self, connection: sqlite3.Connection, reading: Reading) -> int:
        signal = (reading.entity, reading.property)
        if signal not in self._numbers:
            connection.execute("INSERT OR IGNORE INTO signals (entity, property) VALUES (?, ?)", signal)
            [(number,)] = connection.execute("SELECT id FROM signals WHERE entity = ? AND property = ?", signal)
            self._numbers[signal] = number
        return self._numbers[signal]

    def _read(self, signals: Iterable[tuple[str, str]], start: float, end: float) -> list[Reading]:
        if not self._path.exists():
            return []
        found: list[Reading] = []
        first, last = round(start * 1000), round(end * 1000)
        with contextlib.closing(self._connect()) as connection:
            for entity, name in signals:
                numbers = connection.execute(
                    "SELECT id FROM signals WHERE entity = ? AND property = ?", (entity, name)
                ).fetchall()
                if not numbers:
                    continue
                rows = connection.execute(
                    "SELECT at, value FROM (SELECT * FROM readings WHERE signal = ?1 AND at <= ?2 ORDER BY at DESC LIMIT 1) UNION ALL "
                    "SELECT at, value FROM (SELECT * FROM readings WHERE signal = ?1 AND at > ?2 AND at <= ?3 ORDER BY at DESC LIMIT ?4)",
                    (numbers[0][0], first, last, MOST),
                )
                found += [Reading(at / 1000, entity, name, _restored(value)) for at, value in rows]
        return sorted(found, key=lambda one: one.at)

    def _oldest(self, signals: Sequence[tuple[str, str]]) -> float | None:
        if not self._path.exists():
            return None
        with contextlib.closing(self._connect()) as connection:
            each = connection.execute(
                "SELECT entity, property, (SELECT min(at) FROM readings WHERE signal = signals.id) FROM signals"
            )
            found = {(entity, name): at for entity, name, at in each if at is not None}
        if signals:
            times = [found.get(one) for one in signals]
            return None if None in times else max(one for one in times if one is not None) / 1000
        return min(found.values()) / 1000 if found else None


def _stored(value: Json) -> float | str | None:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else json.dumps(value)


def _restored(value: float | str) -> Json:
    if isinstance(value, str):
        restored: Json = json.loads(value)
        return restored
    return value
