import asyncio
from pathlib import Path

import pytest

from llmagentos.kernel import history
from llmagentos.kernel.history import DAY_S, STILL_S, SqliteHistory
from llmagentos.messages.snapshot import Reading

DOOR, ROOM = ("door", "on"), ("room", "value")


def test_changes_are_kept_and_what_stays_the_same_now_and_then(tmp_path: Path) -> None:
    kept = SqliteHistory(tmp_path / "history.sqlite", 31)
    for second in range(0, int(2 * STILL_S) + 1, 60):
        kept.note(*ROOM, 20.0 if second < STILL_S else 21.0, 1000.0 + second)
    found = asyncio.run(kept.between([ROOM], 0.0, 10_000.0))
    assert [(one.at - 1000, one.value) for one in found] == [(0, 20.0), (STILL_S, 21.0), (2 * STILL_S, 21.0)]


def test_a_question_gets_what_held_when_its_time_began(tmp_path: Path) -> None:
    kept = SqliteHistory(tmp_path / "history.sqlite", 31)
    for at, value in ((10.0, False), (20.0, True), (30.0, False), (40.0, True)):
        kept.note(*DOOR, value, at)
        kept.note("other", "on", value, at)
    assert asyncio.run(kept.between([DOOR], 25.0, 35.0)) == (
        Reading(20.0, "door", "on", True),
        Reading(30.0, "door", "on", False),
    )
    assert asyncio.run(kept.between([("nobody", "on")], 0.0, 99.0)) == ()
    assert asyncio.run(kept.begun()) == 10.0


def test_words_truths_and_numbers_come_back_as_what_they_were(tmp_path: Path) -> None:
    kept = SqliteHistory(tmp_path / "history.sqlite", 31)
    for at, value in enumerate((True, 1.0, "1", None, "开", -3)):
        kept.note(*ROOM, value, float(at))
    kept.note(*ROOM, {"not": "kept"}, 9.0)
    found = asyncio.run(kept.between([ROOM], -1.0, 99.0))
    assert [(type(one.value), one.value) for one in found] == [
        (bool, True), (float, 1.0), (str, "1"), (type(None), None), (str, "开"), (int, -3)]  # fmt: skip


def test_what_is_older_than_the_owner_wants_goes(tmp_path: Path) -> None:
    kept = SqliteHistory(tmp_path / "history.sqlite", 2)
    for day in range(5):
        kept.note(*ROOM, float(day), day * DAY_S)
    asyncio.run(kept.flush(4.5 * DAY_S))
    assert asyncio.run(kept.begun()) == 2 * DAY_S
    none = SqliteHistory(tmp_path / "none.sqlite", 0)
    assert len(asyncio.run(kept.between([ROOM], 0.0, 1e12))) == 3  # a question about the future forgets nothing
    asyncio.run(kept.flush(400 * DAY_S))  # nor does a clock that jumped ahead
    assert asyncio.run(kept.begun()) == 2 * DAY_S
    none.note(*ROOM, 1.0, 1.0)
    asyncio.run(none.flush(2.0))
    assert asyncio.run(none.begun()) is None


def test_another_run_goes_on_with_the_file(tmp_path: Path) -> None:
    first = SqliteHistory(tmp_path / "history.sqlite", 31)
    first.note(*ROOM, 1.0, 1.0)
    asyncio.run(first.flush(1.0))
    second = SqliteHistory(tmp_path / "history.sqlite", 31)
    second.note(*ROOM, 2.0, 2.0)
    assert [one.value for one in asyncio.run(second.between([ROOM], 0.0, 9.0))] == [1.0, 2.0]


def test_a_disk_that_takes_nothing_is_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "WAITING", 100)
    (tmp_path / "history.sqlite").mkdir()
    kept = SqliteHistory(tmp_path / "history.sqlite", 31)
    for number in range(500):
        kept.note(*ROOM, float(number), float(number))
    asyncio.run(kept.flush(500.0))
    (tmp_path / "history.sqlite").rmdir()
    found = asyncio.run(kept.between([ROOM], 0.0, 999.0))
    assert found[-1].value == 499.0 and 80 <= len(found) <= 101


def test_numbers_that_are_none_harm_nothing(tmp_path: Path) -> None:
    kept = SqliteHistory(tmp_path / "history.sqlite", 31)
    for at, value in enumerate((1.0, float("nan"), float("inf"), 10**400, 10**20, 2.0)):
        kept.note(*ROOM, value, float(at))
    assert [one.value for one in asyncio.run(kept.between([ROOM], -1.0, 99.0))] == [1.0, 2.0]


def test_signals_are_known_since_their_own_first_reading(tmp_path: Path) -> None:
    kept = SqliteHistory(tmp_path / "history.sqlite", 31)
    kept.note(*ROOM, 1.0, 100.0)
    kept.note(*DOOR, True, 500.0)
    assert asyncio.run(kept.begun([ROOM])) == 100.0 and asyncio.run(kept.begun([ROOM, DOOR])) == 500.0
    assert asyncio.run(kept.begun([ROOM, ("new", "value")])) is None
