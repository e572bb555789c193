import pytest

from llmagentos.agent.speech_act import only_asks


@pytest.mark.parametrize(
    "words",
    [
        "how far open is the curtain", "is the front door locked", "can you tell me whether the garage is closed", "which lights are on",
        "ok what's the humidity", "did anyone leave the garage open", "when does my alarm go off", "do we have any lights on", "check if the door is shut",
        "did somebody turn off the heating", "前门锁了没", "厨房的灯有多亮", "车库门关好了吗", "还有几盏灯开着", "谁在家",
    ],
)  # fmt: skip
def test_questions(words: str) -> None:
    assert only_asks(words)


@pytest.mark.parametrize(
    "words",
    [
        "could you turn on the light", "is it possible to water the garden", "what about the kitchen", "how about some light", "have the mower start",
        "is it me or is it dark in here", "when motion is detected turn on the light", "is the light on? if so turn it off", "do the dishes",
        "are you able to close the blind", "what I want is the lamp on", "if the door opens tell me", "tell me if the freezer gets warm",
        "is there any chance you could dim the lamp", "is the lamp on? turn it off", "能把灯打开吗", "这里是不是太暗了", "把灯关了好吗", "有人来就开灯", "front door",
    ],
)  # fmt: skip
def test_what_may_be_a_wish(words: str) -> None:
    assert not only_asks(words)
