import pytest

from llmagentos.agent.quantities import durations, numbers, words_of
from llmagentos.language.units import Duration


@pytest.mark.parametrize(
    ("words", "expected"),
    [("dim to twenty five percent", (25.0,)), ("调到百分之八十", (80.0,)), ("二十一度半", (21.5,)), ("eighteen and a half", (18.5,)), ("set it to 21.5", (21.5,)),
     ("one hundred and 3", (100.0, 3.0)), ("nothing here", ()), ("minus -5 degrees", (-5.0,))],
)  # fmt: skip
def test_numbers(words: str, expected: tuple[float, ...]) -> None:
    assert numbers(words) == expected


@pytest.mark.parametrize(
    ("words", "seconds"),
    [("for 1 hour 5 minutes and 30 seconds", [3930]), ("half an hour", [1800]), ("十分钟后", [600]), ("an hour and a half", [5400]),
     ("半小时", [1800]), ("一个小时", [3600]), ("1个半小时", [5400]), ("add 5 minutes to the 1 hour timer", [300, 3600]), ("later", [])],
)  # fmt: skip
def test_durations(words: str, seconds: list[int]) -> None:
    assert [one.seconds for one in durations(words)] == seconds


def test_words_of_rebuild_the_sentence() -> None:
    assert words_of("add Joe's oat-milk 牛奶 now") == ["add", " Joe's", " oat-milk", " 牛", "奶", " now"]


@pytest.mark.parametrize(
    ("words", "unit", "found"),
    (
        ("set it to 21 degrees", "%", ()),
        ("set it to 21 degrees", "C", (21.0,)),
        ("40 percent please", "C", ()),
        ("forty percent", "%", (40.0,)),
        ("set it to 40", "C", (40.0,)),
        ("调到百分之三十", "C", ()),
        ("调到22度", "%", ()),
        ("调到22度", "C", (22.0,)),
        ("2700 kelvin", "K", (2700.0,)),
        ("2700 kelvin", "%", ()),
    ),
)
def test_a_number_said_in_a_unit_is_of_that_unit(words: str, unit: str, found: tuple[float, ...]) -> None:
    assert numbers(words, unit) == found


def test_an_a_within_a_word_is_no_hour() -> None:
    assert durations("yeah, turn it on") == durations("blah blah") == ()
    assert durations("half an hour") == (Duration(1800),)
    assert durations("a minute") == (Duration(60),)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("colder than minus fifteen degrees", (-15.0,)),
        ("below five degrees below zero", (-5.0,)),
        ("冷冻柜高于零下十六度", (-16.0,)),
        ("低于负5度", (-5.0,)),
        ("负责人", ()),
        ("亮度调到一半", ()),
        ("亮一点", ()),
        ("五十一", (51.0,)),
    ],
)
def test_less_than_nothing_and_no_number(words: str, expected: tuple[float, ...]) -> None:
    assert numbers(words) == expected


@pytest.mark.parametrize(
    ("words", "seconds"),
    [
        ("for a quarter of an hour", 900),
        ("three quarters of an hour", 2700),
        ("two and a half hours", 9000),
        ("a couple of minutes", 120),
        ("1h 30m", 5400),
        ("一刻钟", 900),
    ],
)
def test_durations_as_people_say_them(words: str, seconds: int) -> None:
    assert [one.seconds for one in durations(words)] == [seconds]


@pytest.mark.parametrize(
    ("words", "percent"),
    [
        ("raise the blind to three quarters", [75]),
        ("two thirds of the way", [67]),
        ("dim it to a quarter", [25]),
        ("开到三分之一", [33]),
        ("quarter past seven", [7]),
        ("the third light", []),
    ],
)
def test_parts_of_a_whole(words: str, percent: list[float]) -> None:
    assert list(numbers(words, "%")) == percent


@pytest.mark.parametrize("words", ["as dim as it gets", "I am cold", "the ad on the radio"])
def test_a_letter_is_no_unit(words: str) -> None:
    assert durations(words) == ()
