import asyncio
import sqlite3
from pathlib import Path

import pytest

from llmagentos.kernel.journal import SqliteJournal
from llmagentos.messages.records import Fault


def fault(number: int) -> Fault:
    return Fault(id=f"f{number}", at=float(number), source="test", subject="door", problem=f"problem {number}")


def filled(path: Path, *, first: int = 0) -> SqliteJournal:
    journal = SqliteJournal(path)

    async def write() -> None:
        for number in range(first, first + 12):
            await journal.append(fault(number))

    asyncio.run(write())
    return journal


def test_what_was_written_is_whole_over_restarts(tmp_path: Path) -> None:
    first = filled(tmp_path / "journal.sqlite")
    kept = first.seal
    first.close()
    second = filled(tmp_path / "journal.sqlite", first=12)
    assert second.tampered() is None and second.tampered(kept) is None and second.seal != kept
    second.close()


@pytest.mark.parametrize(
    "deed",
    [
        "UPDATE records SET body = replace(body, 'problem 5', 'nothing') WHERE id = 'f5'",
        "UPDATE records SET at = 99.0 WHERE id = 'f5'",
        "DELETE FROM records WHERE id = 'f5'",
        "DELETE FROM records WHERE id = 'f11'",
        "UPDATE records SET sequence = 100 WHERE id = 'f5'",
        "INSERT INTO records (id, kind, at, body) VALUES ('x', 'Fault', 1.0, '{}')",
    ],
)
def test_a_deed_afterwards_shows(tmp_path: Path, deed: str) -> None:
    journal = filled(tmp_path / "journal.sqlite")
    with sqlite3.connect(tmp_path / "journal.sqlite") as connection:
        connection.execute(deed)
    connection.close()
    assert journal.tampered() is not None
    journal.close()


def test_a_journal_that_was_cut_short_shows_to_who_kept_a_seal(tmp_path: Path) -> None:
    journal = filled(tmp_path / "journal.sqlite")
    kept = journal.seal
    with sqlite3.connect(tmp_path / "journal.sqlite") as connection:
        for table in ("records", "seals"):
            connection.execute(f"DELETE FROM {table} WHERE sequence > 6")
    connection.close()
    assert journal.tampered() is None
    assert journal.tampered(kept) == "the seal you kept is not in this journal: it was cut short or made anew"
    journal.close()


def test_a_journal_of_an_older_program_is_sealed_from_its_next_record_on(tmp_path: Path) -> None:
    first = filled(tmp_path / "journal.sqlite")
    first.close()
    with sqlite3.connect(tmp_path / "journal.sqlite") as connection:
        connection.execute("DROP TABLE seals")
    connection.close()
    second = filled(tmp_path / "journal.sqlite", first=12)
    assert second.tampered() is None
    second.close()
