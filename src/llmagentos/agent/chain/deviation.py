"""How far a number is from what it usually is, in words that mean the same for every kind of measurement."""

from llmagentos.language.units import convert
from llmagentos.messages.records import Property
from llmagentos.messages.snapshot import EntityView

_NOTABLE: dict[str, tuple[float, float]] = {
    "humidity": (20.0, 0.0), "carbon dioxide": (400.0, 0.0), "carbon monoxide": (20.0, 0.0), "level": (20.0, 0.0), "battery": (30.0, 0.0),
    "pressure": (0.3, 0.35), "power": (500.0, 0.5), "pm25": (25.0, 0.0), "pm10": (40.0, 0.0), "moisture": (20.0, 0.0), "wind speed": (20.0, 0.0),
}  # fmt: skip
"""Kind -> (absolute, share of the usual): people would notice so much of a difference."""
_ROOM_C, _ROOM_STEP_C, _MACHINE_STEP_C = 32.0, 3.0, 10.0
"""Below that, rooms and stores are meant, above machines, which vary more."""
_OTHER = (0.5, 0.8)
UNBOUNDED = (
    "carbon monoxide",
    "carbon dioxide",
    "gas",
    "smoke",
    "pm25",
    "pm10",
    "power",
    "current",
    "pressure",
    "illuminance",
)
"""Kinds of which no number is beyond belief."""
_WORDS = ((0.6, "as usual"), (1.4, "a little {} usual"), (2.6, "{} usual"), (5.0, "far {} usual"), (25.0, "extremely far {} usual"))  # fmt: skip
_BEYOND = "impossibly far {} usual, perhaps a fault of the sensor"


def deviation(entity: EntityView, prop: Property, value: float, usual: float) -> float:
    """In steps that people would notice; negative below."""
    kind = entity.description.kind if prop.name in ("value", "on") else prop.name.removeprefix("current ")
    if kind == "temperature":
        there, here = convert(value, prop.unit or "C", "C"), convert(usual, prop.unit or "C", "C")
        if there is not None and here is not None:
            return (there - here) / (_ROOM_STEP_C if here < _ROOM_C else _MACHINE_STEP_C)
    absolute, share = _NOTABLE.get(kind, _OTHER)
    return (value - usual) / max(1e-9, absolute, share * abs(usual))


def in_words(steps: float, kind: str = "") -> str:
    """ "far above usual". What may well be so, and is deadly then, is never put down to the sensor."""
    side = "above" if steps > 0 else "below"
    beyond = _WORDS[-1][1] if kind in UNBOUNDED else _BEYOND
    return next((words for limit, words in _WORDS if abs(steps) < limit), beyond).format(side)
