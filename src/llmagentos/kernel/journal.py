"""The journal: every record on disk before its effect happens. SQLite in a thread of its own, the node its only writer.

Commits are grouped: whatever waits when the disk is free goes in one transaction with synchronous=FULL, so `append`
returns after power-loss-safe storage at a fraction of a commit each. Words of people are in a side table of their own;
deleting them leaves the records whole.
"""

import asyncio
import contextlib
import json
import queue
import sqlite3
import threading
import uuid
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from llmagentos.kernel import seals
from llmagentos.messages import codec
from llmagentos.messages.records import Record

SCHEMA_VERSION = 1
_SCHEMA = """
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS records (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, at REAL NOT NULL, body TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS records_kind ON records (kind, sequence);
CREATE TABLE IF NOT EXISTS causes (effect TEXT NOT NULL, cause TEXT NOT NULL, PRIMARY KEY (effect, cause)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS causes_cause ON causes (cause);
CREATE TABLE IF NOT EXISTS words (key TEXT PRIMARY KEY, text TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS state (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
"""
QUEUE = 10_000
_Write = tuple[list[tuple[str, tuple[Any, ...]]], "asyncio.Future[None]", asyncio.AbstractEventLoop]


class JournalFailed(Exception):
    """The disk does not take records (full, read-only, gone): nothing may be carried out. The message says what to do."""


class SqliteJournal:
    """One file. Reading is from any thread through short-lived connections; writing is the one thread's."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.seal = seals.FIRST
        """The newest on disk (`kernel/seals.py`)."""
        self._writes: queue.Queue[_Write | None] = queue.Queue(QUEUE)
        path.parent.mkdir(parents=True, exist_ok=True)
        self._check_version()
        self._thread = threading.Thread(target=self._serve, name="journal", daemon=True)
        self._thread.start()

    def _check_version(self) -> None:
        try:
            with contextlib.closing(self._connect()) as connection, connection:
                connection.executescript(_SCHEMA + seals.SCHEMA)
                row = connection.execute("SELECT value FROM meta WHERE key = 'schema'").fetchone()
                if row is None:
                    connection.execute("INSERT INTO meta VALUES ('schema', ?)", (str(SCHEMA_VERSION),))
                elif int(row[0]) > SCHEMA_VERSION:
                    raise JournalFailed(
                        f"{self._path} was written by a newer program (schema {row[0]}); update LLMAgentOS"
                    )
        except sqlite3.Error as error:
            raise JournalFailed(
                f"the journal {self._path} cannot be opened: {error}. Move it away to start anew."
            ) from error

    async def append(self, *records: Record, state: Mapping[str, Any] | None = None) -> None:
        """Store all or none, durably, with pieces of state that belong to them. Raises: JournalFailed."""
        statements: list[tuple[str, tuple[Any, ...]]] = []
        for record in records:
            body = json.dumps(codec.encode(record), ensure_ascii=False)
            statements.append(
                (
                    "INSERT INTO records (id, kind, at, body) VALUES (?, ?, ?, ?)",
                    (record.id, type(record).__name__, record.at, body),
                )
            )
            statements += [
                ("INSERT OR IGNORE INTO causes VALUES (?, ?)", (record.id, cause)) for cause in record.causes
            ]
        await self._write([*statements, *(_put(key, value) for key, value in (state or {}).items())])

    async def remember(self, text: str) -> str:
        """Keep words of a person; the key is what records hold."""
        key = uuid.uuid4().hex
        await self._write([("INSERT INTO words VALUES (?, ?)", (key, text))])
        return key

    async def forget(self, keys: Iterable[str]) -> None:
        """Delete words of people. The records that point to them stay."""
        await self._write([("DELETE FROM words WHERE key = ?", (key,)) for key in keys])

    async def put_state(self, key: str, value: Any) -> None:
        """Replace a piece of state that a restart needs."""
        await self._write([_put(key, value)])

    async def put_states(self, states: Mapping[str, Any]) -> None:
        """The same for several, all or none."""
        await self._write([_put(key, value) for key, value in states.items()])

    async def put_made(self, key: str, make: Callable[[], Any]) -> None:
        """The same for a large piece, made in another thread: no reading waits for it. One at a time, or an older one may come last."""
        await self._write([await asyncio.to_thread(lambda: _put(key, make()))])

    def state(self, key: str) -> Any:
        """A piece of state, None if there is none."""
        row = self._query("SELECT value FROM state WHERE key = ?", (key,))
        return json.loads(row[0][0]) if row else None

    def record(self, record_id: str) -> Record | None:
        """One record."""
        rows = self._query("SELECT body FROM records WHERE id = ?", (record_id,))
        return codec.decode(json.loads(rows[0][0])) if rows else None

    def words(self, key: str) -> str | None:
        """Words of a person, None if they were deleted."""
        rows = self._query("SELECT text FROM words WHERE key = ?", (key,))
        return str(rows[0][0]) if rows else None

    def latest(self, *kinds: str, limit: int = 100) -> list[Record]:
        """The newest records of some kinds, newest first."""
        marks = ",".join("?" * len(kinds))
        rows = self._query(
            f"SELECT body FROM records WHERE kind IN ({marks}) ORDER BY sequence DESC LIMIT ?", (*kinds, limit)
        )
        return [codec.decode(json.loads(row[0])) for row in rows]

    def open_intents(self) -> list[Record]:
        """Intents without a receipt, oldest first."""
        rows = self._query(
            "SELECT body FROM records AS intent WHERE kind = 'Intent' AND NOT EXISTS (SELECT 1 FROM causes JOIN records AS end "
            "ON end.id = causes.effect WHERE causes.cause = intent.id AND end.kind = 'Receipt') ORDER BY sequence", ())  # fmt: skip
        return [codec.decode(json.loads(row[0])) for row in rows]

    def last_about(self, entity: str) -> str | None:
        """The newest record about an entity: how an intent ended, a refusal, or an observation that was kept."""
        rows = self._query(
            "SELECT id FROM records WHERE kind = 'Receipt' AND json_extract(body, '$.intent') IN "
            "(SELECT id FROM records WHERE kind = 'Intent' AND json_extract(body, '$.command.entity') = ?1) "
            "OR kind = 'Refusal' AND json_extract(body, '$.command.entity') = ?1 "
            "OR kind = 'Observation' AND json_extract(body, '$.entity') = ?1 ORDER BY sequence DESC LIMIT 1", (entity,))  # fmt: skip
        return str(rows[0][0]) if rows else None

    def meant(self, start: float, end: float) -> list[Record]:
        """The intents of a time, newest first."""
        rows = self._query(
            "SELECT body FROM records WHERE kind = 'Intent' AND at BETWEEN ? AND ? ORDER BY sequence DESC", (start, end)
        )
        return [codec.decode(json.loads(row[0])) for row in rows]

    def refused(self, entity: str) -> Record | None:
        """The newest refusal for an entity."""
        rows = self._query(
            "SELECT body FROM records WHERE kind = 'Refusal' AND json_extract(body, '$.command.entity') = ? ORDER BY sequence DESC LIMIT 1", (entity,)
        )  # fmt: skip
        return codec.decode(json.loads(rows[0][0])) if rows else None

    def effects(self, record_id: str) -> list[Record]:
        """The records that name this one as a cause, oldest first."""
        rows = self._query(
            "SELECT body FROM records JOIN causes ON id = effect WHERE cause = ? ORDER BY sequence", (record_id,)
        )
        return [codec.decode(json.loads(row[0])) for row in rows]

    def chain(self, record_id: str, limit: int = 200) -> list[Record]:
        """A record and all that led to it, oldest first: one recursive query over causes."""
        rows = self._query(
            "WITH RECURSIVE back (id) AS (SELECT ? UNION SELECT cause FROM causes JOIN back ON effect = back.id) "
            "SELECT body FROM records WHERE id IN (SELECT id FROM back) ORDER BY sequence LIMIT ?", (record_id, limit))  # fmt: skip
        return [codec.decode(json.loads(row[0])) for row in rows]

    def tampered(self, kept: bytes | None = None) -> str | None:
        """What shows that the journal was tampered with; None if nothing does. `kept` is a seal that somebody kept."""
        with contextlib.closing(self._connect()) as connection:
            return seals.broken(connection, kept)

    def close(self) -> None:
        """Write what waits and end the thread."""
        self._writes.put(None)
        self._thread.join()

    async def _write(self, statements: list[tuple[str, tuple[Any, ...]]]) -> None:
        loop = asyncio.get_running_loop()
        done: asyncio.Future[None] = loop.create_future()
        try:
            self._writes.put_nowait((statements, done, loop))
        except queue.Full as error:
            raise JournalFailed(f"{QUEUE} writes wait for the disk; nothing more is accepted") from error
        await done

    def _serve(self) -> None:
        connection = self._connect()
        while (first := self._writes.get()) is not None:
            batch, ending = [first], False
            while not self._writes.empty():
                following = self._writes.get_nowait()
                if following is None:
                    ending = True
                    break
                batch.append(following)
            self._commit(connection, batch)
            if ending:
                break
        connection.close()

    def _commit(self, connection: sqlite3.Connection, batch: list[_Write]) -> None:
        """One transaction for all; a write that does not fit fails alone, a disk that fails, fails them all."""
        failures: list[Exception | None] = []
        try:
            with connection:
                for statements, _, _ in batch:
                    failures.append(self._write_one(connection, statements))
                sealed = seals.seal(connection)
            self.seal = sealed
        except Exception as error:  # the thread must live: every caller waits for it
            failures = [self._failed(error)] * len(batch)
        for (_, done, loop), failure in zip(batch, failures, strict=True):
            with contextlib.suppress(RuntimeError):  # the loop that waited is gone
                loop.call_soon_threadsafe(_settle, done, failure)

    def _write_one(
        self, connection: sqlite3.Connection, statements: list[tuple[str, tuple[Any, ...]]]
    ) -> Exception | None:
        connection.execute("SAVEPOINT one")
        try:
            for sql, parameters in statements:
                connection.execute(sql, parameters)
        except (
            sqlite3.IntegrityError,
            sqlite3.InterfaceError,
            sqlite3.ProgrammingError,
            ValueError,
            TypeError,
        ) as error:
            connection.execute("ROLLBACK TO one")
            return self._failed(error)
        finally:
            connection.execute("RELEASE one")
        return None

    def _failed(self, error: Exception) -> JournalFailed:
        return JournalFailed(f"the journal {self._path} cannot be written: {error}. Free space on the disk.")

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, timeout=10)
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
        except sqlite3.Error:
            connection.close()
            raise
        return connection

    def _query(self, sql: str, parameters: tuple[Any, ...]) -> list[tuple[Any, ...]]:
        connection = self._connect()
        try:
            return connection.execute(sql, parameters).fetchall()
        finally:
            connection.close()


def _put(key: str, value: Any) -> tuple[str, tuple[Any, ...]]:
    return "INSERT OR REPLACE INTO state VALUES (?, ?)", (key, json.dumps(value, ensure_ascii=False))


def _settle(done: "asyncio.Future[None]", failure: Exception | None) -> None:
    if done.done():
        return
    if failure is None:
        done.set_result(None)
    else:
        done.set_exception(failure)
