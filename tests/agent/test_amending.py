import pytest

from llmagentos.agent.amending import alike, amends, asks_for_time
from llmagentos.language import parse
from llmagentos.language import tree as t


@pytest.mark.parametrize(
    "words",
    [
        "no, at nine", "not the light, the radio", "but only if nobody is home", "yes, but at nine", "ok but nine", "9 pm", "half past nine", "at nine in the evening please",
        "half an hour later", "and tell me", "I meant the hall light", "that was too early", "at 9 instead", "九点", "改成九点", "不，八点半", "太早了", "只有没人在家的时候", "早一点", "要持续五分钟才行",
    ],
)  # fmt: skip
def test_words_that_say_how_it_should_be_instead(words: str) -> None:
    assert amends(words)


@pytest.mark.parametrize(
    "words",
    [
        "turn on the light", "At nine turn off the heating", "after sunset turn on the porch light", "no lights in the bedroom please", "For dinner dim the lights", "make it warmer",
        "晚上十点关灯", "早上七点打开窗帘", "要是下雨就关窗", "以后天黑就开灯", "超过30度就开空调", "晚安", "at nine lights off", "good night",
    ],
)  # fmt: skip
def test_words_that_are_a_wish_of_their_own(words: str) -> None:
    assert not amends(words)


@pytest.mark.parametrize(
    ("words", "asks"), [("that was too early!", True), ("太晚了", True), ("too early, at nine", False)]
)
def test_whether_a_time_is_still_to_be_said(words: str, asks: bool) -> None:
    assert asks_for_time(words) == asks


def order(sentence: str) -> t.Order:
    [found] = parse(sentence).statements
    assert isinstance(found, t.Order)
    return found


def test_an_amended_order_shares_its_trigger_or_an_act() -> None:
    first = order('when every day at 20:00: turn on light "A"; notify owner')
    assert alike(first, order('when every day at 21:00: turn on light "A"'))
    assert alike(first, order('when every day at 20:00: turn on light "B"'))
    assert not alike(first, order('when every day at 21:00: turn on light "B"'))
