"""Happenings and circumstances in words."""

import datetime as dt
from dataclasses import replace

import pytest

from llmagentos.agent.chain.deviation import deviation, in_words
from llmagentos.agent.chain.words import QUOTED, circumstances, of_picture, of_reading, of_sound, of_voice
from llmagentos.app.simulated import snapshot_of
from llmagentos.messages.snapshot import Snapshot

SITE = {
    "site": "s", "areas": [{"name": "Hall"}, {"name": "Cellar"}],
    "simulate": {"outside": None, "devices": [
        {"id": "lamp", "class": "light", "name": "Hall Light", "area": "Hall", "state": {"on": True}, "via": "agentos"},
        {"id": "door", "class": "lock", "name": "Front Door", "area": "Hall", "state": {"state": "unlocked"}, "via": "agentos"},
        {"id": "cold", "class": "sensor", "kind": "temperature", "unit": "°C", "name": "Freezer", "area": "Cellar", "state": {"value": -9.5}, "via": "agentos"},
        {"id": "leak", "class": "binary sensor", "kind": "moisture", "name": "Leak", "area": "Cellar", "state": {"on": True}, "via": "agentos"},
        {"id": "ada", "class": "person", "name": "Ada", "state": {"location": "away"}, "via": "agentos"},
    ]},
}  # fmt: skip


@pytest.fixture(scope="module")
def snapshot() -> Snapshot:
    at = dt.datetime(2026, 1, 5, 2, 40, tzinfo=dt.UTC).timestamp()
    return replace(snapshot_of(SITE), at=at)


def test_a_number_is_told_with_what_it_was_and_usually_is(snapshot: Snapshot) -> None:
    cold = snapshot.entities["cold"]
    prop = cold.property("value")
    assert prop is not None
    told = of_reading(cold, prop, -9.5, -12, -19.5)
    assert told.told == "Freezer in Cellar is now -9.5°C, before -12°C, usually -19.5°C: far above usual."
    assert told.area == "Cellar"
    assert "usual" not in of_reading(cold, prop, -9.5, -12, None).told


def test_states_and_people(snapshot: Snapshot) -> None:
    door, ada = snapshot.entities["door"], snapshot.entities["ada"]
    lock, location = door.property("state"), ada.property("location")
    assert lock is not None
    assert location is not None
    assert of_reading(door, lock, "unlocked", "locked", None).told == "Front Door in Hall is now unlocked, before locked."  # fmt: skip
    assert of_reading(ada, location, "away", "home", None).told == "Ada has left."
    assert of_reading(ada, location, "home", "away", None).told == "Ada has come."


def test_pictures_voices_and_sounds() -> None:
    told = of_picture(
        "Gate Camera", "Yard", "camera.gate", {"person": 2, "truck": 1}, ["NORTHERN", 'PALLETS "LTD"']
    ).told
    assert told == "Gate Camera sees 2 people, a truck and shows the text \"NORTHERN / PALLETS 'LTD'\"."
    assert of_picture("C", None, None, {}, (), (8.6, 10, "bar"), 3.1).told == "C shows a gauge at 8.6 bar of 10, usually 3.1: extremely far above usual."  # fmt: skip
    assert of_picture("C", None, None, {}).told == "C sees nothing in particular."
    assert of_voice("Hall", "let\nme  in").told == 'A voice in Hall says: "let me in"'
    assert len(of_voice(None, "a" * 5000).told) < QUOTED + 40
    assert of_sound("Kitchen", "glass breaking").told == "A sound in Kitchen is heard: glass breaking."


def test_circumstances_name_the_time_the_people_what_is_near_and_what_is_wrong_elsewhere(snapshot: Snapshot) -> None:
    told = circumstances(snapshot, of_sound("Hall", "footsteps"), dt.UTC, lambda one, _: -19.5 if one == "cold" else None)  # fmt: skip
    assert told.splitlines() == [
        "It is night, 02:40. Nobody is here.",
        "There: Front Door unlocked; Hall Light on.",
        "Elsewhere: Freezer -9.5°C, usually -19.5°C: far above usual (Cellar); Leak wet (Cellar).",
    ]


@pytest.mark.parametrize(
    ("steps", "words"),
    [(0.1, "as usual"), (-0.5, "as usual"), (1.0, "a little above usual"), (-2.0, "below usual"), (3.0, "far above usual"), (-9.0, "extremely far below usual"), (99.0, "impossibly far above usual, perhaps a fault of the sensor")],
)  # fmt: skip
def test_steps_in_words(steps: float, words: str) -> None:
    assert in_words(steps) == words


def test_a_step_is_what_people_would_notice(snapshot: Snapshot) -> None:
    cold = snapshot.entities["cold"]
    prop = cold.property("value")
    assert prop is not None
    assert deviation(cold, prop, -16.5, -19.5) == pytest.approx(1.0)
    assert deviation(cold, prop, 60, 50) == pytest.approx(1.0)
    fahrenheit = replace(prop, unit="°F")
    assert deviation(cold, fahrenheit, 32 + 5.4, 32) == pytest.approx(1.0)
