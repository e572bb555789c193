import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmagentos.language.units import Duration, Quantity, convert, number_text


@given(st.integers(-(10**8), 10**8), st.integers(0, 6))
def test_number_text_reads_back(digits: int, places: int) -> None:
    value = digits / 10**places
    assert float(number_text(value)) == value


@pytest.mark.parametrize(
    ("value", "unit", "to", "expected"),
    [(20, "°C", "F", 68), (212, "F", "C", 100), (1.5, "kW", "W", 1500), (3, "C", "W", None), (5, "", "%", 5)],
)
def test_convert(value: float, unit: str, to: str, expected: float | None) -> None:
    assert convert(value, unit, to) == expected


def test_texts() -> None:
    assert str(Quantity(40, "%")) == "40%"
    assert str(Quantity(-15.5, "C")) == "-15.5 C"
    assert str(Duration(90_061)) == "1 d 1 h 1 min 1 s"
    with pytest.raises(ValueError, match="at least one"):
        Duration(0)
