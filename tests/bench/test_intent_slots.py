from typing import Any

import pytest

from llmagentos.app.simulated import snapshot_of
from llmagentos.bench.intent_slots import intent_of, matches
from llmagentos.language import parse

HOME = snapshot_of(
    {
        "site": "Home",
        "areas": [{"name": "Kitchen"}, {"name": "Den"}],
        "simulate": {
            "outside": None,
            "devices": [
                {"id": "fan.a", "class": "fan", "name": "Kitchen fan", "area": "Kitchen", "can": ["speed"]},
                {"id": "fan.b", "class": "fan", "name": "Den fan", "area": "Den", "can": ["speed"]},
                {"id": "lawn_mower.a", "class": "lawn mower", "name": "Clippy"},
                {"id": "light.a", "class": "light", "name": "Lamp", "area": "Den", "can": ["brightness"]},
                {"id": "light.b", "class": "light", "name": "Strip", "area": "Den"},
            ],
        },
    }
)


@pytest.mark.parametrize(
    ("sentence", "intent", "expected", "here", "right"),
    [
        ('set fan "Kitchen fan" speed 50%', "HassFanSetSpeed", {"area": "Kitchen", "percentage": 50}, None, True),
        ('set fan "Den fan" speed 50%', "HassFanSetSpeed", {"area": "Kitchen", "percentage": 50}, None, False),
        ('set fan "Kitchen fan" speed 40%', "HassFanSetSpeed", {"area": "Kitchen", "percentage": 50}, None, False),
        ('dock lawn mower "Clippy"', "HassLawnMowerDock", {}, None, True),
        ('turn on fan "Kitchen fan"', "HassTurnOn", {"domain": "fan"}, None, False),
        ('turn on light "Lamp"', "HassTurnOn", {"domain": "light", "area": "Den"}, None, False),
        ('turn on light in "Den"', "HassTurnOn", {"domain": "light", "area": "Den"}, None, True),
        ('turn on light in "Den"', "HassTurnOn", {"domain": "light"}, "Den", True),
        ("turn on light", "HassTurnOn", {"name": "Lamp"}, None, False),
        ("cancel timer", "HassCancelTimer", {"area": "Den"}, None, False),
    ],
)
def test_other_words_for_the_same_things_are_right(
    sentence: str, intent: str, expected: dict[str, Any], here: str | None, right: bool
) -> None:
    found_intent, found = intent_of(parse(sentence).statements[0], HOME)
    assert found_intent == intent
    assert matches(expected, found, here, HOME) is right
