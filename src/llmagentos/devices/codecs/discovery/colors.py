"""Colours by name, and temperatures of light: what a config or a device writes as numbers. Units: K, mired, 0-255."""

from llmagentos.devices.codecs.payloads import UNKNOWN, Decoded, number_of
from llmagentos.messages.records import Property
from llmagentos.messages.values import Json

COLORS: dict[str, tuple[int, int, int]] = {
    "red": (255, 0, 0), "green": (0, 255, 0), "blue": (0, 0, 255), "yellow": (255, 255, 0), "orange": (255, 165, 0),
    "purple": (128, 0, 128), "pink": (255, 105, 180), "cyan": (0, 255, 255), "turquoise": (64, 224, 208),
    "magenta": (255, 0, 255), "violet": (238, 130, 238), "brown": (165, 42, 42), "gold": (255, 215, 0),
    "white": (255, 255, 255), "warm white": (255, 214, 170),
}  # fmt: skip
COLOR = Property(name="color", kind="enum", options=tuple(COLORS))


def kelvin_of(text: str) -> Decoded:
    """Mired as a device writes them, in K."""
    value = number_of(text)
    return float(round(1e6 / value)) if isinstance(value, float) and value > 0 else (None if value is None else UNKNOWN)


def mireds_of(value: Json) -> str:
    """K as a device reads them, in mired."""
    assert isinstance(value, int | float)
    return str(round(1e6 / max(value, 1)))


def nearest_color(rgb: tuple[float, float, float]) -> str:
    """The named colour nearest in RGB: what a person would be told."""
    return min(COLORS, key=lambda name: sum((a - b) ** 2 for a, b in zip(COLORS[name], rgb, strict=True)))


def color_of_rgb(text: str) -> Decoded:
    """The name of `r,g,b`."""
    parts = [number_of(one) for one in text.split(",")]
    if len(parts) != 3 or not all(isinstance(one, float) for one in parts):
        return UNKNOWN
    return nearest_color(tuple(parts))  # type: ignore[arg-type]


def rgb_of_color(value: Json) -> str:
    """`r,g,b` of a name."""
    return ",".join(map(str, COLORS[str(value)]))
