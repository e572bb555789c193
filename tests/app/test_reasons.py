"""Why a number is as it is, from a history on disk; and what the journal says of things that were done by nobody here, or refused."""

import asyncio
import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

from llmagentos.agent.outcomes import Question
from llmagentos.agent.wording import Language
from llmagentos.app.reasons import Reasons
from llmagentos.bench.impossible import house
from llmagentos.kernel.history import SqliteHistory
from llmagentos.kernel.journal import SqliteJournal
from llmagentos.language import tree as t
from llmagentos.messages.records import Command, EntityDescription, Property, Refusal
from llmagentos.messages.snapshot import EntityView, Held, Snapshot, Speaker
from tests.reasoning.causes.test_explanation import room

NOW = dt.datetime(2026, 5, 13, 18, 30, tzinfo=dt.UTC).timestamp()
OWNER = Speaker("owner", "Bedroom", "test")


def entity(name: str, entity_class: str, kind: str, value: Any, *, writable: bool = False) -> EntityView:
    number = not isinstance(value, bool)
    prop = Property(
        name="value" if number else "on",
        kind="number" if number else "bool",
        unit="C" if number else "",
        writable=writable,
    )
    described = EntityDescription(id=name.casefold().replace(" ", "_"), entity_class=entity_class, name=name, device="d", kind=kind, area="Bedroom", properties=(prop,))  # fmt: skip
    return EntityView(described, values={prop.name: Held(value, NOW)})


BEDROOM = (
    entity("Bedroom Temperature", "sensor", "temperature", 12.8),
    entity("Bedroom Window", "binary sensor", "window", True),
    entity("Bedroom Heater", "switch", "", True, writable=True),
    entity("Bedroom Lamp", "light", "", False, writable=True),
    entity("Outdoor Temperature", "sensor", "temperature", 5.0),
    entity("Bedroom Power", "sensor", "power", 800.0),
)
COURSES = {
    "bedroom_window": "window",
    "bedroom_heater": "heater",
    "bedroom_lamp": "lamp",
    "outdoor_temperature": "outdoors",
}


def snapshot() -> Snapshot:
    return replace(house(), entities={one.id: one for one in BEDROOM}, at=NOW)


async def reasons(folder: Path, *, window_open: bool) -> Reasons:
    """Four weeks in which the power of the heater says just what the heater does."""
    target, others, end = room(1, window_open=window_open)
    history = SqliteHistory(folder / "history.sqlite", 31)
    for at, value, heats in zip(target.times, target.values, others["heater"].values, strict=True):
        history.note("bedroom_temperature", "value", float(value), NOW - end + at)
        history.note("bedroom_power", "value", 800.0 * heats, NOW - end + at)
    for name, course in COURSES.items():
        for at, value in zip(others[course].times, others[course].values, strict=True):
            number = course == "outdoors"
            history.note(name, "value" if number else "on", float(value) if number else bool(value), NOW - end + at)
        await history.flush(None)
    await history.flush(None)
    return Reasons(SqliteJournal(folder / "journal.sqlite"), history, snapshot, dt.UTC, cast(Any, None))


def asked(of: Reasons, name: str, language: Language = "en") -> str:
    return asyncio.run(of.answer(Question(t.Why(), (name,)), language, OWNER))


def test_a_cold_room_is_explained_by_its_window(tmp_path: Path) -> None:
    of = asyncio.run(reasons(tmp_path, window_open=True))
    told = asked(of, "bedroom_temperature")
    assert "At this hour it is usually" in told
    assert "Bedroom Window was open for 58% of the last 8 hours, otherwise 0% to 17%" in told
    assert not any(one in told for one in ("Heater", "Power", "Lamp"))
    assert "Bedroom Window在过去" in asked(of, "bedroom_temperature", "zh")


def test_a_usual_number_needs_no_reason(tmp_path: Path) -> None:
    of = asyncio.run(reasons(tmp_path, window_open=False))
    assert "That is usual at this hour" in asked(of, "bedroom_temperature")


def test_what_nobody_did_here_and_what_else_happened(tmp_path: Path) -> None:
    of = asyncio.run(reasons(tmp_path, window_open=True))
    assert "I did not do it" in asked(of, "bedroom_heater")
    assert "I did not do it" not in asked(of, "bedroom_window")  # it could not have


def test_a_refusal_is_told(tmp_path: Path) -> None:
    of = asyncio.run(reasons(tmp_path, window_open=False))
    command = Command(entity="bedroom_lamp", property="on", value=True, verb="turn on")
    refusal = Refusal(
        id="r1", at=NOW, source="policy", principal="owner", command=command, rule="quiet", reason="quiet hours"
    )
    asyncio.run(of._journal.append(refusal))
    assert "You wanted it changed today at 18:30, and I did not do it: quiet hours." in asked(of, "bedroom_lamp")


def test_without_a_past_nothing_is_claimed(tmp_path: Path) -> None:
    empty = Reasons(
        SqliteJournal(tmp_path / "j.sqlite"),
        SqliteHistory(tmp_path / "h.sqlite", 31),
        snapshot,
        dt.UTC,
        cast(Any, None),
    )
    assert "I have not known them long enough" in asked(empty, "bedroom_temperature")
    assert "I have not seen it change." in asked(empty, "bedroom_lamp")
