import pytest

from llmagentos.agent.orders.told import tell
from llmagentos.agent.wording import Language
from llmagentos.language import parse
from llmagentos.language import tree as t
from tests.agent.orders.test_standing import home


@pytest.mark.parametrize(
    ("sentence", "language", "expected"),
    [
        ('when temperature "Freezer" > -15 C and nobody home for 10 min: turn on outlet "Spare Compressor"', "en",
         "when Freezer is above -15°C and nobody is home for 10 minutes: turn on Spare Compressor"),
        ('when every weekday at 07:00 if person "Ada" is home: turn on light "Lamp"', "en", "every weekday at 07:00, if Ada is home: turn on Lamp"),
        ('when 30 min before sunset: set light in "Den" brightness 40%', "en", "30 minutes before sunset: set the brightness of every light in the Den to 40%"),
        ('when light "Lamp" is on if nobody home: turn off all light except light "Lamp"', "en",
         "when Lamp is on, if nobody is home: turn off every light except Lamp"),
        ('when person "Ada" is home: after 10 min: turn off light "Lamp"', "en", "when Ada is home: turn off Lamp 10 minutes later"),
        ('when person "Ada" is home: after 10 min: turn off light "Lamp"', "zh", "Ada在家时，10分钟后关闭Lamp"),
        ('when light "Lamp" is on if nobody home: notify owner', "zh", "Lamp开着时，如果没有人在家，通知您"),
        ('when any window in "Den" is open until sunset at most 1 per 1 d: turn on light "Lamp"', "en",
         "when any window in the Den is open: turn on Lamp, until at sunset, at most 1 time in 1 day"),
        ('when every window in "Den" is closed: turn off light in "Den"', "zh", "Den所有窗关闭时，关闭Den所有灯"),
        ('when every day at 22:00: turn off light "Lamp"', "zh", "每天22:00，关闭Lamp"),
        ('when light "Lamp" is on for 5 min: turn off light "Lamp"', "zh", "Lamp开着（持续5分钟）时，关闭Lamp"),
    ],
)  # fmt: skip
def test_it_is_told_in_plain_words(sentence: str, language: Language, expected: str) -> None:
    [order] = parse(sentence).statements
    assert isinstance(order, t.Order)
    assert tell(order, home(), language) == expected
