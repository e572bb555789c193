"""Numbers as they come: what is unusual is told, states and counters are left alone, and a restart forgets nothing."""

import asyncio
import random
from pathlib import Path

import pytest

from llmagentos.app.sensing import Sensing
from llmagentos.messages.records import EntityDescription, Observation
from llmagentos.messages.values import Json

FREEZER = EntityDescription(id="freezer", entity_class="sensor", name="Freezer", device="d", kind="temperature")
METER = EntityDescription(id="meter", entity_class="sensor", name="Meter", device="d", kind="energy")
LIGHT = EntityDescription(id="light", entity_class="light", name="Light", device="d")


class Told:
    def __init__(self) -> None:
        self.lines: list[tuple[str, str, str]] = []

    async def __call__(self, subject: str, problem: str, detail: str) -> None:
        self.lines.append((subject, problem, detail))


def seen(entity: EntityDescription, value: Json, number: int, name: str = "value") -> Observation:
    return Observation(id=f"o{number}", at=number * 300.0, source="d", entity=entity.id, property=name, value=value)


def settled(sensing: Sensing, count: int = 2000) -> None:
    noise = random.Random(1)
    for number in range(count):
        sensing.observed(seen(FREEZER, -18 + noise.gauss(0, 0.3), number), FREEZER)


def test_a_freezer_that_warms_is_told_and_days_like_the_others_are_not(tmp_path: Path) -> None:
    told = Told()
    sensing = Sensing(tmp_path / "streams.json", told)
    settled(sensing)
    asyncio.run(sensing.told())
    assert told.lines == []
    sensing.observed(seen(FREEZER, -9.0, 2001), FREEZER)
    asyncio.run(sensing.told())
    [(subject, problem, detail)] = told.lines
    assert (subject, problem) == ("freezer", "unusual")
    assert detail.startswith("value -9, ")


def test_states_texts_and_counters_are_left_alone(tmp_path: Path) -> None:
    sensing = Sensing(tmp_path / "streams.json", Told())
    for value in (True, "on", None, {"a": 1}):
        sensing.observed(seen(FREEZER, value, 1), FREEZER)
    sensing.observed(seen(METER, 5.0, 1), METER)
    sensing.observed(seen(LIGHT, 5.0, 1, "brightness"), LIGHT)
    assert sensing._detectors == {}


def test_a_restart_forgets_nothing_and_a_broken_file_stops_nobody(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    first = Sensing(tmp_path / "streams.json", Told())
    settled(first)
    asyncio.run(first.save(0.0, at_once=True))
    second = Sensing(tmp_path / "streams.json", Told())
    second.load()
    assert second._detectors == first._detectors
    second.gone("freezer")
    assert second._detectors == {}
    (tmp_path / "streams.json").write_text("[{")
    third = Sensing(tmp_path / "streams.json", Told())
    third.load()
    assert "learned anew" in caplog.text
    Sensing(tmp_path / "none.json", Told()).load()


def test_it_is_saved_now_and_then(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    sensing = Sensing(tmp_path / "streams.json", Told())
    settled(sensing, 10)
    asyncio.run(sensing.save(100.0))
    assert not (tmp_path / "streams.json").exists()
    asyncio.run(sensing.save(1000.0))
    assert (tmp_path / "streams.json").exists()
    asyncio.run(Sensing(tmp_path / "nowhere" / "streams.json", Told()).save(1000.0))
    assert "cannot be written" in caplog.text
