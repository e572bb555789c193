"""The judge of answers: the right facts pass, others do not, whatever the words around them."""

import datetime as dt
from typing import Any

import pytest

from llmagentos.agent.ports import Decided
from llmagentos.agent.turn import Turn
from llmagentos.bench.impossible import house
from llmagentos.bench.questions import NOW, recorded, right

HOUSE = house()


def judged(answer: dict[str, Any], text: str, kind: str = "answer", words: str = "is it") -> bool:
    turn = Turn(kind, "", 1.0, Decided("x", (), 0, 0.0, 0), "en")  # type: ignore[arg-type]  # kinds of turns
    return right(words, answer, text, turn, HOUSE)


@pytest.mark.parametrize(
    ("answer", "text", "passes"),
    [
        ({"names": ["Kitchen Light"]}, "Kitchen Light.", True), ({"names": ["Kitchen Light"]}, "Kitchen Light and Hall Light.", False), ({"names": ["Kitchen Light"]}, "None.", False),
        ({"number": 3, "unit": "count"}, "Front Door: on 3 times.", True), ({"number": 3, "unit": "count"}, "Front Door: on 13 times.", False),
        ({"number": 90, "unit": "min"}, "It was on for 1 hour 30 minutes.", True), ({"number": 90, "unit": "min"}, "It was on for 30 minutes.", False),
        ({"number": -11.8, "unit": "C"}, "Freezer: -11.8°C, yesterday at 03:00.", True), ({"number": 21.3, "unit": "C", "within": 0.2}, "21.2°C", True),
        ({"yes": True}, "Yes, it is.", True), ({"yes": True}, "No, it is not.", False), ({"yes": False}, "不是。", True), ({"yes": True}, "Maybe.", False),
        ({"time": "2026-05-13T08:08", "within": 2}, "today at 08:09", True), ({"time": "2026-05-13T08:08", "within": 2}, "today at 09:08", False), ({"time": "2026-05-11"}, "on Monday at 15:00", True),
        ({"path": ["a1", "b2"]}, "a1 -> b2", True), ({"path": ["a1", "b2"]}, "b2 -> a1", False), ({"absent": True}, "There is no such sauna here.", True), ({"absent": True}, "21 degrees", False),
    ],
)  # fmt: skip
def test_facts(answer: dict[str, Any], text: str, passes: bool) -> None:
    assert judged(answer, text) == passes


def test_a_question_back_is_no_answer() -> None:
    assert not judged({"yes": True}, "Yes?", "question")
    assert judged({"absent": True}, "No.", "refusal")


def test_the_week_ends_as_the_house_is() -> None:
    home, readings = recorded(HOUSE)
    assert home.at == NOW.timestamp() == dt.datetime(2026, 5, 13, 18, 30, tzinfo=dt.UTC).timestamp()
    assert len(readings) > 3000
    assert all(one.at <= home.at for one in readings)
    assert home.entities["light.hall_light"].value("on") is True
