import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from llmagentos.language import GrammarError, Program, Slot, parse, render, render_pieces
from llmagentos.language import tree as t
from tests.language import trees

PATIENT = settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))

SENTENCES = [
    'which light in "Kitchen" able color temperature',
    'whether light "Hall" able turn on',
    'abilities of fan "Bedroom Fan"',
    'place of vacuum "Dusty"',
    'maximum of temperature "Freezer" yesterday afternoon',
    'duration of light "Hall" on this week from 22:00 to 06:00',
    "changes tuesday small hours",
    'unusual of device in "Kitchen" last night',
    'unusual last 1 d',
    'turn on light "Kitchen Light"',
    'set light in "Kitchen" brightness 40%; lock lock #lock.front',
    'turn off all light except light in "Nursery", light "Hall"',
    'turn on light here',
    'set climate "Thermostat" mode "heat"',
    'set fan "Ceiling" oscillation on',
    'raise climate in "Bedroom" temperature by 1.5 C',
    'play "The Office" as show on media player "TV"',
    'add "milk" to list "Shopping"',
    'start timer 1 h 5 min "pasta"',
    'extend timer for 5 min by 1 h',
    'cancel timer',
    'after 5 min: turn off all light',
    'state of lock "front door"',
    'brightness of light "x"',
    'any window open',
    'count light on "Upstairs" on',
    'mean of temperature in "Bedroom" last 1 d',
    'weather temperature at "London" tomorrow',
    'why #home-01abc',
    'what if open valve "Main"',
    'clarify light "A" or light "B"',
    'refuse absent',
    'when temperature "Freezer" > -15 C and nobody home for 10 min: notify owner; turn on outlet "Spare"',
    'when every weekday at 18:30 if weather "Roof" is "rainy" until sunset at most 1 per 1 d: close all blind',
    'plan "guests": task "heat" takes 2 h needs "power" 2 kW by 18:00 { set climate in "Hall" temperature 21 C },'
    ' task "lay the table" after "heat"',
    'turn on light "客厅灯"',
]  # fmt: skip


@pytest.mark.parametrize("text", SENTENCES)
def test_canonical_text_survives(text: str) -> None:
    assert render(parse(text)) == text


@PATIENT
@given(trees.PROGRAMS)
def test_tree_to_text_to_tree_is_exact(program: Program) -> None:
    text = render(program)
    again = parse(text)
    assert again == program
    assert render(again) == text


@PATIENT
@given(st.text(max_size=80) | st.lists(st.sampled_from(" ".join(SENTENCES).split()), max_size=12).map(" ".join))
def test_any_text_parses_or_says_where_not(text: str) -> None:
    try:
        program = parse(text)
    except GrammarError as error:
        assert 0 <= error.position <= len(text)
    else:
        assert parse(render(program)) == program


def test_error_names_place_and_expectation() -> None:
    with pytest.raises(GrammarError, match=r"at 'kitchen' \(character 18\): expected a quoted text"):
        parse("turn on light in kitchen")


def test_depth_and_length_are_bounded() -> None:
    with pytest.raises(GrammarError, match="nested"):
        parse("after 1 s: " * 40 + "cancel timer")
    with pytest.raises(GrammarError, match="longer"):
        parse("x" * 30_000)


def test_slots_become_pieces_and_have_no_text() -> None:
    program = Program((t.Set(t.Selector("light", name="Lamp"), "brightness", Slot("percent")),))
    assert render_pieces(program) == ["set", " light", ' "Lamp"', " brightness", Slot("percent")]
    with pytest.raises(GrammarError):
        render(program)
