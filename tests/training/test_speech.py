import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmagentos.agent.clock_times import clock_times
from llmagentos.agent.quantities import durations, numbers
from llmagentos.language.units import Duration
from llmagentos.training.speech import LANGUAGES, expand, parted, speech
from llmagentos.training.spoken import spoken_duration, spoken_number, spoken_time


def test_patterns_expand() -> None:
    said = {expand("(turn|switch) on [the] {x}", random.Random(seed), x="lamp") for seed in range(60)}
    assert said == {f"{verb} on {the}lamp" for verb in ("turn", "switch") for the in ("", "the ")}
    assert expand("a (b|(c|d) e)", random.Random(2)) in ("a b", "a c e", "a d e")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_pattern_of_a_language_expands(language: str) -> None:
    words = speech(language)
    slots = dict.fromkeys("xabnvqthcpsmfyodw", "X") | {"k": "X", "k1": "X", "one": "X", "many": "X"}
    for section in ("acts", "questions", "refer", "timers", "follow"):
        for patterns in words.data[section].values():
            assert patterns
            assert all(expand(one, random.Random(1), **slots) for one in patterns)


def test_languages_can_say_the_same() -> None:
    english, chinese = (speech(one).data for one in ("en", "zh"))
    for section in (
        "acts",
        "questions",
        "refer",
        "timers",
        "follow",
        "devices",
        "nouns",
        "states",
        "replies",
        "colors",
    ):
        assert set(english[section]) == set(chinese[section])


def test_held_out_names_are_in_no_other_home() -> None:
    whole = speech("en")
    seen, held = parted(whole, held_out=False), parted(whole, held_out=True)
    assert not set(seen.data["areas"]) & set(held.data["areas"])
    assert {*seen.data["areas"], *held.data["areas"]} == set(whole.data["areas"])


@given(st.integers(1, 5 * 3600), st.sampled_from(LANGUAGES), st.integers(0, 99))
def test_spoken_durations_are_understood(seconds: int, language: str, seed: int) -> None:
    assert Duration(seconds) in durations(spoken_duration(Duration(seconds), language, random.Random(seed)))


@given(st.integers(0, 100), st.sampled_from(LANGUAGES))
def test_spoken_numbers_are_understood(value: int, language: str) -> None:
    for said in spoken_number(float(value), language):
        assert numbers(said) == (value,)


@given(
    st.integers(1, 23), st.sampled_from((0, 5, 10, 15, 20, 30, 45, 50)), st.sampled_from(LANGUAGES), st.integers(0, 99)
)
def test_spoken_times_are_understood(hour: int, minute: int, language: str, seed: int) -> None:
    said = spoken_time(hour * 60 + minute, language, random.Random(seed))
    words = f"{said}的闹钟" if language == "zh" else f"alarm for {said}"
    assert hour * 60 + minute in clock_times(words)
