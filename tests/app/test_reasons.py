"""Why a number is as it is, from a history on disk; and what the journal says of things that were done by nobody here, or refused."""

import asyncio
import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from llmagentos.agent.outcomes import Question
from llmagentos.agent.wording import Language
from llmagentos.app.reasons import Reasons
from llmagentos.bench.impossible import house
from llmagentos.kernel.history import SqliteHistory
from llmagentos.kernel.journal import SqliteJournal
from llmagentos.language import tree as t
from llmagentos.messages.records import (
    Command,
    EntityDescription,
    Intent,
    Outcome,
    Property,
    Receipt,
    Refusal,
    Utterance,
)
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
    assert "I know of nothing that I did" in asked(of, "bedroom_heater")
    assert "I know of nothing that I did" not in asked(of, "bedroom_window")  # it could not have


def test_a_refusal_is_told(tmp_path: Path) -> None:
    of = asyncio.run(reasons(tmp_path, window_open=False))
    command = Command(entity="bedroom_lamp", property="on", value=True, verb="turn on")
    refusal = Refusal(
        id="r1", at=NOW, source="policy", principal="owner", command=command, rule="quiet", reason="quiet hours"
    )
    asyncio.run(of._journal.append(refusal))
    assert "You wanted it changed today at 18:30, and I did not do it: quiet hours." in asked(of, "bedroom_lamp")


async def _did(
    of: Reasons,
    of_what: str,
    value: bool,
    at: float,
    *,
    name: str = "on",
    verb: str = "turn on",
    outcome: Outcome = "verified",
) -> None:
    """A command of the owner with all that it takes."""
    number = f"{of_what}{at}{name}"
    said = Utterance(
        id=f"u{number}",
        at=at,
        source="person:owner",
        principal="owner",
        words=await of._journal.remember("do it"),
        session="s",
    )
    command = Command(entity=of_what, property=name, value=value, verb=verb)
    intent = Intent(
        id=f"i{number}",
        at=at,
        source="executor",
        causes=(said.id,),
        command=command,
        approval="a",
        principal="owner",
        expires_at=at + 10,
    )
    receipt = Receipt(
        id=f"r{number}", at=at + 1, source="executor", causes=(intent.id,), intent=intent.id, outcome=outcome
    )
    await of._journal.append(said, intent, receipt)


def test_only_what_was_set_is_said_to_have_been_asked_for(tmp_path: Path) -> None:
    async def told() -> list[str]:
        of = await reasons(tmp_path, window_open=False)
        lamp, at = "bedroom_lamp", NOW - 600
        question, found = Question(t.Why(), (lamp,)), list[str]()
        of._history.note(lamp, "on", True, at - 300)
        of._history.note(lamp, "on", False, at)  # as it is now
        await _did(of, lamp, True, at - 20)  # on was asked for, off came by hand
        found.append(await of.answer(question, "en", OWNER))
        await _did(of, "scene", True, at - 5, name="activate", verb="activate")
        found.append(await of.answer(question, "en", OWNER))
        for number in range(30):
            await _did(of, lamp, True, NOW - 300 + number, name="brightness", verb="set")
        await _did(of, lamp, False, at - 2)
        found.append(await of.answer(question, "en", OWNER))
        await _did(of, lamp, True, NOW - 1, outcome="failed")
        found.append(await of.answer(Question(t.Why()), "en", OWNER))
        found.append(await of.answer(Question(t.Why()), "en", Speaker("guest", None, "other")))
        found.append(await of.answer(Question(t.Why(None, f"u{lamp}{at - 2}on")), "en", OWNER))
        return found

    hand, scene, asked_for, failed, other, record = asyncio.run(told())
    assert "I know of nothing that I did for it" in hand
    assert "Perhaps because of this: You asked for it today" in scene
    assert 'You asked for it today at 18:19: "do it".' in asked_for
    assert "I tried, and it did not work" in failed
    assert other == "I have done nothing lately."
    assert "You asked for it" in record


def test_what_counts_is_looked_at_first_in_a_room_full_of_lights(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    of = asyncio.run(reasons(tmp_path, window_open=True))
    spots = [entity(f"Spot {number}", "light", "", False, writable=True) for number in range(20)]
    full = replace(snapshot(), entities={one.id: one for one in (*spots, *BEDROOM)})
    monkeypatch.setattr(of, "_snapshot", lambda: full)
    assert "Bedroom Window was open" in asked(of, "bedroom_temperature")


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
