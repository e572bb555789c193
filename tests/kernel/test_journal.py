import asyncio
import contextlib
import sqlite3
from pathlib import Path

import pytest

from llmagentos.kernel.journal import JournalFailed, SqliteJournal
from llmagentos.messages.records import Command, Intent, Observation, Receipt, Sent, Utterance

COMMAND = Command(entity="light.a", property="on", value=True, verb="turn on")


def intent(name: str, *causes: str) -> Intent:
    return Intent(
        id=name, at=1, source="t", causes=causes, command=COMMAND, approval="a", principal="owner", expires_at=9
    )


def receipt(name: str, of: str) -> Receipt:
    return Receipt(id=name, at=2, source="t", causes=(of,), intent=of, outcome="verified")


def test_what_was_appended_is_there_after_a_restart(tmp_path: Path) -> None:
    async def write() -> None:
        journal = SqliteJournal(tmp_path / "j.sqlite")
        await journal.append(intent("i1", "p"), intent("i2"))
        await journal.append(receipt("r1", "i1"))
        await journal.put_state("stopped", True)
        journal.close()

    asyncio.run(write())
    journal = SqliteJournal(tmp_path / "j.sqlite")
    assert journal.record("i1") == intent("i1", "p")
    assert journal.open_intents() == [intent("i2")]
    assert [one.id for one in journal.latest("Intent", "Receipt", limit=2)] == ["r1", "i2"]
    assert journal.state("stopped") is True
    assert journal.state("never") is None
    journal.close()


def test_the_way_back_joins_all_causes(tmp_path: Path) -> None:
    async def run() -> None:
        journal = SqliteJournal(tmp_path / "j.sqlite")
        words = await journal.remember("lamp on")
        await journal.append(Utterance(id="u", at=1, source="t", principal="owner", words=words, session="s"),
                             Observation(id="o", at=1, source="t", entity="light.a", property="on", value=False))  # fmt: skip
        await journal.append(
            intent("i", "u", "o"), Sent(id="s", at=1, source="t", causes=("i",), intent="i", messages=())
        )
        await journal.append(Receipt(id="r", at=2, source="t", causes=("i", "s"), intent="i", outcome="verified"))
        assert [one.id for one in journal.chain("r")] == ["u", "o", "i", "s", "r"]
        assert [one.id for one in journal.effects("i")] == ["s", "r"]
        assert journal.last_about("light.a") == "r"
        assert journal.last_about("light.b") is None
        await journal.forget([words])
        assert journal.words(words) is None
        assert len(journal.chain("r")) == 5
        journal.close()

    asyncio.run(run())


def test_an_append_is_all_or_nothing(tmp_path: Path) -> None:
    async def run() -> None:
        journal = SqliteJournal(tmp_path / "j.sqlite")
        await journal.append(intent("i"))
        with pytest.raises(JournalFailed):
            await journal.append(intent("new"), intent("i"))
        assert journal.record("new") is None
        results = await asyncio.gather(
            *(journal.append(intent(name)) for name in ("a", "i", "b")), return_exceptions=True
        )
        assert [type(one) for one in results] == [type(None), JournalFailed, type(None)]
        assert [one.id for one in journal.open_intents()] == ["i", "a", "b"]
        journal.close()

    asyncio.run(run())


def test_what_it_cannot_read_is_one_sentence(tmp_path: Path) -> None:
    broken = tmp_path / "broken.sqlite"
    broken.write_bytes(b"no database at all" * 100)
    with pytest.raises(JournalFailed, match="Move it away"):
        SqliteJournal(broken)
    newer = tmp_path / "newer.sqlite"
    SqliteJournal(newer).close()
    with contextlib.closing(sqlite3.connect(newer)) as connection, connection:
        connection.execute("UPDATE meta SET value = '99'")
    with pytest.raises(JournalFailed, match="newer program"):
        SqliteJournal(newer)
