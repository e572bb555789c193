"""A chain over the journal's records that shows whether one was changed, removed or slipped in afterwards.

Each seal is the SHA-256 of the seal before it and of every record since: identity, kind, time, body, in the order of writing (hash chain, after Haber and
Stornetta, "How to Time-Stamp a Digital Document", 1991). Who can write the file can write a whole new chain; so the newest seal is also said
on the broker (`app/heartbeat.py`), and whoever kept one can ask whether it is still in the chain.
"""

import hashlib
import sqlite3
from collections.abc import Iterable, Iterator

SCHEMA = "CREATE TABLE IF NOT EXISTS seals (sequence INTEGER PRIMARY KEY, seal BLOB NOT NULL);"
FIRST = bytes(32)
_ROWS = "SELECT sequence, id, kind, at, body FROM records WHERE sequence > ? ORDER BY sequence"
_Row = tuple[int, str, str, float, str]


def chained(seal: bytes, rows: Iterable[_Row]) -> tuple[int, bytes]:
    """The last sequence, and the seal after these rows; (0, seal) where there are none."""
    digest, last = hashlib.sha256(seal), 0
    for last, identity, kind, at, body in rows:
        for one in (str(last), identity, kind, repr(at), body):
            data = one.encode()
            digest.update(len(data).to_bytes(4, "big") + data)
    return last, digest.digest() if last else seal


def seal(connection: sqlite3.Connection) -> bytes:
    """Seal what is not sealed yet, within the caller's transaction; the newest seal."""
    after, newest = connection.execute("SELECT sequence, seal FROM seals ORDER BY sequence DESC LIMIT 1").fetchone() or (0, FIRST)  # fmt: skip
    last, made = chained(newest, connection.execute(_ROWS, (after,)))
    if last:
        connection.execute("INSERT INTO seals VALUES (?, ?)", (last, made))
    return made


def broken(connection: sqlite3.Connection, wanted: bytes | None = None) -> str | None:
    """What does not fit, in words; None if the chain is whole (and holds the seal that somebody kept)."""
    before, after, known = FIRST, 0, wanted is None
    for upto, kept in _seals(connection):
        rows = connection.execute(_ROWS.replace("ORDER", "AND sequence <= ? ORDER"), (after, upto)).fetchall()
        last, made = chained(before, rows)
        if made != kept or last != upto:
            return (
                f"records {after + 1} to {upto} are not what was written: something was changed, removed or slipped in"
            )
        before, after, known = kept, upto, known or kept == wanted
    [(unsealed,)] = connection.execute("SELECT count(*) FROM records WHERE sequence > ?", (after,))
    if unsealed:
        return f"{unsealed} records after number {after} were never sealed"
    return None if known else "the seal you kept is not in this journal: it was cut short or made anew"


def _seals(connection: sqlite3.Connection) -> Iterator[tuple[int, bytes]]:
    yield from connection.execute("SELECT sequence, seal FROM seals ORDER BY sequence")
