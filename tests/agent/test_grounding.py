import pytest

from llmagentos.agent.grounding import contradicted, negated
from llmagentos.app.simulated import snapshot_of
from llmagentos.language import parse
from llmagentos.messages.snapshot import Speaker

HOME = snapshot_of(
    {
        "site": "Home",
        "areas": [{"name": "Kitchen", "aliases": ["厨房"]}, {"name": "Garage", "aliases": ["车库"]}, {"name": "Den", "floor": "Upstairs"}],
        "simulate": {
            "outside": None,
            "devices": [
                {"id": "light.a", "class": "light", "name": "Pendant", "area": "Kitchen", "can": ["brightness", "color"]},
                {"id": "light.b", "class": "light", "name": "Kitchen Lamp", "area": "Den", "can": ["brightness"]},
                {"id": "cover.a", "class": "cover", "kind": "curtain", "name": "Curtain", "area": "Garage"},
                {"id": "lock.a", "class": "lock", "name": "Front Door", "area": "Den", "aliases": ["大门锁"]},
                {"id": "humidifier.a", "class": "humidifier", "name": "Humidifier", "area": "Den"},
                {"id": "outlet.a", "class": "outlet", "name": "Coffee Machine", "area": "Kitchen"},
            ],
        },
    }
)  # fmt: skip


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("open the pendant", 'turn on light "Pendant"'),
        ("please lock the coffee machine", 'turn off outlet "Coffee Machine"'),
        ("mute the kitchen lamp", 'turn off light "Kitchen Lamp"'),
        ("turn on the pendant in the garage", 'turn on light "Pendant"'),
        ("车库的灯亮度五十", 'set light "Pendant" brightness 50%'),
        ("open the garage", 'open curtain in "Garage"'),
        ("open the garage in 5 minutes", 'after 5 min: open curtain in "Garage"'),
        ("switch on the water", 'turn on humidifier "Humidifier"'),
        ("boil some eggs", 'turn on outlet "Coffee Machine"'),
        ("make it brighter", 'raise light "Pendant" brightness'),
        ("it's stuffy in the den", 'lower light "Kitchen Lamp" brightness'),
        ("太冷了", 'raise light "Pendant" brightness'),
        ("turn off everything but the pendant light", 'turn off light "Pendant"'),
        ("除了厨房其他灯都关了", 'turn off light in "Kitchen"'),
        ("turn on the light", 'turn on light "Pendant"'),
        ("再多一点", "raise all light brightness"),
        ("set the pendant to 21 degrees", 'set light "Pendant" color "red"'),
    ],
)
def test_what_the_words_speak_against_is_asked_about(words: str, sentence: str) -> None:
    assert contradicted(words, None, parse(sentence), HOME, Speaker())


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("open the front door", 'unlock lock "Front Door"'),
        ("shut the pendant off", 'turn off light "Pendant"'),
        ("turn on the kitchen pendant", 'turn on light "Pendant"'),
        ("厨房灯亮一点", 'raise light "Pendant" brightness'),
        ("turn on the kitchen lamp", 'turn on light "Kitchen Lamp"'),
        ("it is dark upstairs", 'turn on light "Kitchen Lamp"'),
        ("draw the drapes", 'close curtain "Curtain"'),
        ("打开窗帘", 'open curtain "Curtain"'),
        ("humidfier on", 'turn on humidifier "Humidifier"'),
        ("make me a coffee", 'turn on outlet "Coffee Machine"'),
        ("锁上大门", 'lock lock "Front Door"'),
        ("make it purple in the kitchen", 'set light "Pendant" color "purple"'),
        ("wake me at 7", "set alarm at 07:00"),
        ("lights on in the kitchen, and the den", 'turn on light in "Kitchen"; turn on light in "Den"'),
    ],
)
def test_what_the_words_speak_for_is_done(words: str, sentence: str) -> None:
    assert not contradicted(words, None, parse(sentence), HOME, Speaker())


def test_where_the_speaker_is_tells_which_one() -> None:
    assert not contradicted(
        "make it brighter", "", parse('raise light "Pendant" brightness'), HOME, Speaker("owner", "Kitchen")
    )


def test_what_was_said_before_counts() -> None:
    assert contradicted("close it", None, parse('close curtain "Curtain"'), HOME, Speaker())
    assert not contradicted("close it", "is the curtain open", parse('close curtain "Curtain"'), HOME, Speaker())


@pytest.mark.parametrize(
    ("words", "sentence", "expected"),
    [
        ("please don't turn on the pendant", 'turn on light "Pendant"', True),
        ("never open the front door", 'unlock lock "Front Door"', True),
        ("不要给大门锁上锁", 'lock lock "Front Door"', True),
        ("先别开灯", 'turn on light "Pendant"', True),
        ("I don't need the pendant any more", 'turn off light "Pendant"', False),
        ("don't forget to lock the front door", 'lock lock "Front Door"', False),
        ("why don't you turn on the pendant", 'turn on light "Pendant"', False),
        ("别忘了锁门", 'lock lock "Front Door"', False),
        ("don't wake me", "cancel alarm", False),
        ("don't make any noise", 'mute media player "Speaker"', False),
        ("不要说话", 'mute media player "Speaker"', False),
        ("don't make any noise", 'turn on light "Pendant"', True),
        ("don't mute the speaker", 'mute media player "Speaker"', True),
    ],
)
def test_what_is_not_to_be_done(words: str, sentence: str, expected: bool) -> None:
    assert negated(words, parse(sentence)) is expected
