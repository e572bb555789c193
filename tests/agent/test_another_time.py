import pytest

from llmagentos.agent.another_time import another_time
from llmagentos.language import parse


@pytest.mark.parametrize(
    ("words", "sentence", "expected"),
    [
        ("turn on the lamp at 10 pm", "turn on light", True),
        ("turn on the lamp at 22:15", "turn on light", True),
        ("turn on the lamp when I come home", "turn on light", True),
        ("if it rains close the window", "close window", True),
        ("turn on the fan for 10 minutes", "turn on fan", True),
        ("every morning open the curtain", "open curtain", True),
        ("turn off the lamp tomorrow", "turn off light", True),
        ("heating off on Mondays", "turn off climate", True),
        ("晚上十点关灯", "turn off light", True),
        ("下雨的时候关窗", "close window", True),
        ("turn on the lamp in 10 minutes", "after 10 min: turn on light", False),
        ("turn on the lamp when you can", "turn on light", False),
        ("set the heating to 7", "set climate temperature 7 C", False),
        ("set it to 21.30", "set climate temperature 21.3 C", False),
        ("dim the lamp at 30 percent", "set light brightness 30%", False),
        ("把灯调亮一点", "raise light brightness", False),
        ("wake me at 7 am", "set alarm at 07:00", False),
        ("is the lamp on at 7 am", 'is light "Lamp" on', False),
        ("turn on the lamp at 10 pm", "at 22:00: turn on light", False),
        ("turn on the lamp tomorrow at 10 pm", "at 22:00 on tomorrow: turn on light", False),
        ("turn on the lamp every day at 10 pm", "at 22:00: turn on light", True),
        ("turn on the lamp on Mondays at 10 pm", "at 22:00 on monday: turn on light", True),
        ("if it rains close the window in 5 minutes", "after 5 min: close window", True),
        ("每天晚上十点关灯", "at 22:00: turn off light", True),
        ("晚上十点关灯", "at 22:00: turn off light", False),
        ("lamp on once more", "turn on light", False),
    ],
)
def test_what_is_asked_for_later_is_not_done_now(words: str, sentence: str, expected: bool) -> None:
    assert another_time(words, parse(sentence)) is expected
