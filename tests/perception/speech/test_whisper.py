"""Readings of a recogniser, and the recogniser itself where its model and a voice are here."""

import shutil

import pytest

from llmagentos.inference.store import ModelStore, default_folder
from llmagentos.perception.speech.speaking import spoken
from llmagentos.perception.speech.whisper import Reading, Whisper, distinct

FOLDER = ModelStore(default_folder()).path("whisper-tiny.en")


def test_readings_differ_in_words_and_nothing_is_said_twice_over() -> None:
    found = distinct([(" Turn on the light.", -0.1), (" turn on the light", -0.2), (" Turn on the light. Turn on the light.", -0.3), (" Turn of the light.", -0.4), (" .", -0.5)])  # fmt: skip
    assert found == (Reading("Turn on the light.", -0.1), Reading("Turn of the light.", -0.4))
    assert distinct([("打开厨房的灯。 打开厨房的灯。", -0.1)])[0].text == "打开厨房的灯"
    assert distinct([("no no", -0.1)])[0].text == "no no"  # short words are said twice


@pytest.mark.skipif(
    FOLDER is None or shutil.which("flite") is None, reason="needs `agentos models fetch whisper-tiny.en` and flite"
)
def test_a_spoken_sentence_is_heard_and_names_are_favoured() -> None:
    assert FOLDER is not None
    whisper = Whisper(FOLDER)
    heard = whisper.hear(spoken("turn on the kitchen light"))
    assert heard.readings[0].text == "Turn on the kitchen light."
    assert heard.silence < 0.5
    named = whisper.hear(
        spoken("dim the den lamp to thirty percent", voice="rms"), names=("Kitchen", "Den", "Den Lamp")
    )
    assert "Den Lamp" in named.readings[0].text
