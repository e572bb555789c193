"""What a number usually is: the middle by time, not by how often it was reported."""

import asyncio
from pathlib import Path

from llmagentos.app.usual import UsualNumbers, weighted_median
from llmagentos.kernel.history import DAY_S, SqliteHistory

NOW = 1_800_000_000.0


def test_a_number_counts_for_as_long_as_it_stood() -> None:
    busy_hour = [(100.0 + one, 50.0) for one in range(20)]
    assert weighted_median([(0.0, 4.0), *busy_hour, (130.0, 4.0)], 1000.0) == 4.0
    assert weighted_median([(0.0, 7.0)], 10.0) == 7.0
    assert weighted_median([(5.0, 1.0), (5.0, 3.0)], 5.0) == 2.0


def test_what_is_young_or_new_does_not_count(tmp_path: Path) -> None:
    async def run() -> None:
        history = SqliteHistory(tmp_path / "history.sqlite", 31)
        for hour in range(72):
            history.note("freezer", "value", -19.0 - 0.1 * (hour % 3), NOW - 3 * DAY_S + 3600 * hour)
        history.note("freezer", "value", -5.0, NOW - 60)
        history.note("young", "value", 3.0, NOW - 7200)
        usual = UsualNumbers(history)
        assert usual("freezer", "value") is None  # nobody has asked yet
        await usual.look([("freezer", "value"), ("young", "value"), ("nobody", "value")], NOW)
        assert usual("freezer", "value") == -19.1
        assert usual("young", "value") is None
        assert usual("nobody", "value") is None

    asyncio.run(run())
