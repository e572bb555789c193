import datetime as dt

import pytest

from llmagentos.agent.lately import span_of, times_of, when_of
from llmagentos.agent.wording import Language

NOW = dt.datetime(2026, 3, 4, 12, 0, tzinfo=dt.UTC).timestamp()  # a Wednesday


@pytest.mark.parametrize(
    ("hours", "english", "chinese"),
    [(2, "today at 10:00", "今天10:00"), (14, "yesterday at 22:00", "昨天22:00"), (64, "on Sunday at 20:00", "周日20:00"),
     (24 * 9, "on 23 February at 12:00", "2月23日12:00")],
)  # fmt: skip
def test_when(hours: int, english: str, chinese: str) -> None:
    assert [when_of(NOW - hours * 3600, NOW, dt.UTC, one) for one in ("en", "zh")] == [english, chinese]


@pytest.mark.parametrize(
    ("seconds", "language", "told"),
    [(3600, "en", "hour"), (7 * 3600, "en", "7 hours"), (2 * 86_400, "en", "2 days"), (6.9 * 86_400, "zh", "7天"), (7200, "zh", "2小时")],
)  # fmt: skip
def test_spans(seconds: float, language: Language, told: str) -> None:
    assert span_of(seconds, language) == told


def test_times() -> None:
    assert [times_of(one, "en") for one in (1, 2, 3)] == ["once", "twice", "3 times"]
    assert times_of(1, "zh") == "1次"
