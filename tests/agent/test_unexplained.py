import pytest

from llmagentos.agent.unexplained import accounted, unexplained
from llmagentos.app.simulated import snapshot_of
from llmagentos.bench.impossible import house
from llmagentos.language import parse

HOME = house()


@pytest.mark.parametrize(
    ("words", "sentence", "left"),
    (
        ("turn on the sauna light", 'turn on light "Kitchen Light"', ("sauna",)),
        ("turn on the kitchen lights please", 'turn on light in "Kitchen"', ()),
        ("lounge lamp off", 'turn off light "Living Room Lamp"', ()),
        ("floor lamp to 50", 'set light "Living Room Lamp" brightness 50%', ()),
        ("open the skylight", 'open blind "Office Blind"', ("skylight",)),
        ("turn up the heating", 'raise climate "Thermostat" temperature', ()),
        ("打开厨房的灯", 'turn on light in "Kitchen"', ()),
        ("打开车库门", 'open garage "Garage Door"', ()),
        ("打开洗衣机", 'turn on outlet "Coffee Maker"', ("洗衣机",)),
        ("关掉书房的百叶窗", 'close blind in "Office"', ()),
    ),
)
def test_what_a_reading_leaves_over(words: str, sentence: str, left: tuple[str, ...]) -> None:
    assert unexplained(words, parse(sentence), HOME) == left


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("open the curtain in the den", True),
        ("关窗帘", True),
        ("open the curtain in the sauna", False),
        ("turn on the sprinkler", False),
        ("open it", False),
    ],
)
def test_what_is_all_here(words: str, expected: bool) -> None:
    home = snapshot_of(
        {
            "site": "Home",
            "areas": [{"name": "Den"}],
            "simulate": {
                "devices": [{"id": "c", "class": "cover", "kind": "curtain", "name": "Curtain", "area": "Den"}]
            },
        }
    )
    assert accounted(words, home.entities["c"], home) is expected
