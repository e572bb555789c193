import pytest

from llmagentos.agent.orders.weighing import left_out, moments_left_out, worth_showing
from llmagentos.bench.impossible import house
from llmagentos.language import Program, parse

HOME = house()
NEAR = tuple(HOME.entities.values())
LAMP = 'turn off light "Bedroom Lamp"'


def program(sentence: str) -> Program:
    return parse(sentence)


@pytest.mark.parametrize(
    ("words", "sentence", "count"),
    [
        ("bedroom lamp off at nine every evening", f"when every day at 21:00: {LAMP}", 0),
        ("bedroom lamp off at nine every evening", f"when nobody home: {LAMP}", 1),
        ("bedroom lamp off at nine or at sunset", f"when every day at 21:00: {LAMP}", 1),
        ("bedroom lamp off when it is on for ten minutes", f'when light "Bedroom Lamp" is on for 10 min: {LAMP}', 0),
        ("bedroom lamp off when it is on for ten minutes", f'when light "Bedroom Lamp" is on: {LAMP}', 1),
        ("at 7 pm, no, 8 pm the bedroom lamp off", f"when every day at 20:00: {LAMP}", 0),
        ("thermostat to 19 at eight", 'when every day at 20:00: set climate "Thermostat" temperature 19 C', 0),
        ("thermostat to 19 at eight", 'when every day at 20:00: turn on climate "Thermostat"', 1),
        ("living room lamp to 70 % at 7", 'when every day at 07:00: set light "Living Room Lamp" brightness 70%', 0),
        ("living room lamp to 70 % at 7", 'when every day at 07:00: turn on light "Living Room Lamp"', 1),
        ("wenn nobody is home twice a day bedroom lamp off", f"when nobody home at most 2 per 1 d: {LAMP}", 0),
        ("夜里十二点床头灯要是还亮着，给它关了", f'when light "Bedroom Lamp" is on: {LAMP}', 2),
    ],
)
def test_what_was_said_and_is_in_no_reading_is_counted(words: str, sentence: str, count: int) -> None:
    assert left_out(words, program(sentence), HOME, ()) == count


def test_of_a_moment_left_out_the_pieces_are_known_that_would_say_it() -> None:
    assert moments_left_out("at sunset or half past six", program(f"when nobody home: {LAMP}")) == [
        frozenset((" 06:30", " 18:30")),
        frozenset((" sunrise", " sunset")),
    ]


def shown(words: str, *readings: tuple[str, float]) -> list[str]:
    found = [(one, program(one), chance) for one, chance in readings]
    return worth_showing(words, "", found, HOME, NEAR)


def test_a_reading_that_leaves_less_out_comes_first_and_a_close_one_beside_it() -> None:
    plain, whole = f"when nobody home: {LAMP}", f"when sunset if nobody home: {LAMP}"
    words = "bedroom lamp off at sundown if nobody is home"
    assert shown(words, (plain, 0.6), (whole, 0.3)) == [whole]
    assert shown(words, (whole, 0.5), (whole.replace("nobody", "somebody"), 0.3)) == [
        whole,
        whole.replace("nobody", "somebody"),
    ]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("open the office blind when it gets nice out", 'when outlet "Coffee Maker" is on: open blind "Office Blind"'),
        ("open the office blind when it gets nice out", 'when somebody home: open blind "Office Blind"'),
        ("小明一进家门就把电视打开", 'when person "Ada" is home: turn on media player "TV"'),
        ("bedroom lamp off when it has been off", f'when light "Bedroom Lamp" is off for 5 min: {LAMP}'),
    ],
)
def test_what_nobody_spoke_of_and_what_does_nothing_is_not_shown(words: str, sentence: str) -> None:
    assert shown(words, (sentence, 0.9)) == []


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("when somebody walks by at night light in the hall", 'when binary sensor "Hall Motion" is detected: turn on light "Hall Light"'),
        ("when Ada gets in turn on the TV", 'when person "Ada" is home: turn on media player "TV"'),
        ("when music is on dim the living room lamp", 'when media player "Radio" is playing: set light "Living Room Lamp" brightness 20%'),
        ("keep the front door locked", 'when lock "Front Door" is unlocked: lock lock "Front Door"'),
    ],
)  # fmt: skip
def test_what_rests_on_the_words_is_shown(words: str, sentence: str) -> None:
    assert shown(words, (sentence, 0.9)) == [sentence]


def test_an_order_that_is_amended_rests_on_what_was_said_before_too() -> None:
    order = f'when outlet "Coffee Maker" is on if nobody home: {LAMP}'
    found = [(order, program(order), 0.9)]
    before = "bedroom lamp off when the coffee maker is on"
    assert worth_showing("only if nobody is home", before, found, HOME, NEAR) == [order]
    assert worth_showing("only if nobody is home", "", found, HOME, NEAR) == []
