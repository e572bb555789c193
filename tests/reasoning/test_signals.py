from hypothesis import given
from hypothesis import strategies as st

from llmagentos.reasoning.signals import OneOf, Signals, Threshold

FACT = ("warm", "hall")
SIGNAL = ("sensor.hall", "temperature")


def test_a_threshold_holds_until_the_value_is_back() -> None:
    signals = Signals()
    assert signals.watch(SIGNAL, Threshold(">", 20.0, 1.0), FACT) is None
    told = [signals.reading(*SIGNAL, value) for value in (20.0, 20.5, 19.5, 19.0, 20.5)]
    assert told == [([], []), ([FACT], []), ([], []), ([], [FACT]), ([FACT], [])]


def test_what_is_not_known_holds_nothing_up() -> None:
    signals = Signals()
    signals.watch(SIGNAL, Threshold("<", 5.0), FACT)
    assert signals.reading(*SIGNAL, 4.0) == ([FACT], [])
    assert signals.reading(*SIGNAL, None) == ([], [FACT])
    assert signals.reading(*SIGNAL, "unavailable") == ([], [])
    signals.reading(*SIGNAL, 4.0)
    assert signals.gone(SIGNAL[0]) == [FACT]
    assert signals.gone(SIGNAL[0]) == []


def test_true_is_not_one() -> None:
    signals = Signals()
    signals.watch(SIGNAL, OneOf((True,)), FACT)
    assert signals.reading(*SIGNAL, 1.0) == ([], [])
    assert signals.reading(*SIGNAL, True) == ([FACT], [])


def test_a_new_watch_knows_what_was_said_and_a_forgotten_one_is_told_of() -> None:
    signals = Signals()
    signals.reading(*SIGNAL, 30.0)
    assert signals.watch(SIGNAL, Threshold(">=", 30.0), FACT) == FACT
    assert signals.watch(SIGNAL, Threshold(">", 30.0), ("hot",)) is None
    assert signals.forget([FACT, ("hot",)]) == (FACT,)
    assert list(signals.watching()) == []


@given(st.lists(st.floats(-5, 5), max_size=40), st.sampled_from([">", ">=", "<", "<="]), st.floats(0, 2))
def test_facts_begin_and_end_in_turns(values: list[float], operator: str, hysteresis: float) -> None:
    signals, held = Signals(), False
    signals.watch(SIGNAL, Threshold(operator, 0.0, hysteresis), FACT)
    for value in values:
        began, ended = signals.reading(*SIGNAL, value)
        assert (began, ended) in (([], []), ([FACT], []) if not held else ([], [FACT]))
        held = (held or bool(began)) and not ended
        beyond = value > 0 if operator[0] == ">" else value < 0
        assert held or not beyond
        assert not held or abs(value) <= hysteresis or beyond or (value == 0 and operator.endswith("="))
