"""Quantities: a number with a unit of the closed list below, written one way only.

Canonical text: the shortest decimal, a space before a unit unless it is `%`: `40%`, `21.5 C`, `-15 C`, `2700 K`.
Durations are whole seconds, written largest unit first: `1 h 5 min 30 s`, `2 d`.
"""

from dataclasses import dataclass

UNITS = ("%", "C", "F", "K", "W", "kW", "Wh", "kWh", "V", "A", "lx", "ppm", "hPa", "bar", "mm", "cm", "m", "km",
         "m/s", "km/h", "mph", "L", "m3", "kg", "g", "dB", "Hz", "ug/m3", "rpm", "EUR")  # fmt: skip
"""Units a sentence may carry. A property whose unit is not here is spoken of without one."""

_ALIASES = {
    "°C": "C", "°F": "F", "lux": "lx", "m³": "m3", "µg/m³": "ug/m3", "μg/m³": "ug/m3", "percent": "%", "l": "L",
    "kelvin": "K", "celsius": "C", "fahrenheit": "F", "℃": "C",
}  # fmt: skip

DURATION_UNITS = (("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1))


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with a unit from UNITS, or none."""

    value: float
    unit: str = ""

    def __str__(self) -> str:
        if not self.unit:
            return number_text(self.value)
        return f"{number_text(self.value)}{'' if self.unit == '%' else ' '}{self.unit}"


@dataclass(frozen=True, slots=True)
class Duration:
    """Whole seconds, at least one."""

    seconds: int

    def __post_init__(self) -> None:
        if self.seconds < 1:
            raise ValueError("a duration is at least one second")

    def __str__(self) -> str:
        rest, parts = self.seconds, []
        for unit, size in DURATION_UNITS:
            count, rest = divmod(rest, size)
            if count:
                parts.append(f"{count} {unit}")
        return " ".join(parts)


def number_text(value: float) -> str:
    """The shortest decimal without exponent, to nine places; it reads back as the same number."""
    text = f"{value:.9f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def canonical_unit(unit: str) -> str:
    """The unit of the list that a device's spelling means; the spelling itself where the list has none."""
    return _ALIASES.get(unit.strip(), unit.strip())


def convert(value: float, unit: str, to: str) -> float | None:
    """The value in another unit, None where the two do not measure the same or no conversion is known."""
    unit, to = canonical_unit(unit), canonical_unit(to)
    if unit == to or not unit or not to:
        return value
    if (unit, to) == ("C", "F"):
        return value * 9 / 5 + 32
    if (unit, to) == ("F", "C"):
        return (value - 32) * 5 / 9
    factor = _FACTORS.get((unit, to))
    return None if factor is None else value * factor


_FACTORS = {("kW", "W"): 1000.0, ("W", "kW"): 0.001, ("kWh", "Wh"): 1000.0, ("Wh", "kWh"): 0.001, ("km", "m"): 1000.0,
            ("m", "km"): 0.001, ("m", "cm"): 100.0, ("cm", "m"): 0.01, ("cm", "mm"): 10.0, ("mm", "cm"): 0.1,
            ("m/s", "km/h"): 3.6, ("km/h", "m/s"): 1 / 3.6, ("kg", "g"): 1000.0, ("g", "kg"): 0.001,
            ("m3", "L"): 1000.0, ("L", "m3"): 0.001}  # fmt: skip
