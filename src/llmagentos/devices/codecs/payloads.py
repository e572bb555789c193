"""Reading payloads under limits: text, JSON, numbers, on and off; writing numbers the way devices expect them."""

import json
import math
import re
from typing import Any, Final

from llmagentos.messages.values import Json


class _Unknown:
    """The message says nothing about this property (other than saying that it is None)."""

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN: Final = _Unknown()
Decoded = Json | _Unknown

_NOTHING = ("", "none", "null", "unknown", "unavailable", "nan")


def text_of(payload: bytes) -> str:
    """The payload as text; bytes that are no UTF-8 become U+FFFD."""
    return payload.decode("utf-8", errors="replace")


def json_of(payload: bytes | str) -> Any:
    """The JSON of a payload, UNKNOWN where it is none, nests deeper than Python reads, or holds half a character."""
    try:
        data = json.loads(payload)
        if (b"\\u" if isinstance(payload, bytes) else "\\u") in payload:  # type: ignore[operator]  # of the same kind
            json.dumps(data, ensure_ascii=False).encode()  # a lone surrogate can be neither stored nor sent
    except (ValueError, RecursionError):
        return UNKNOWN
    return data


def number_of(text: Json) -> Decoded:
    """A finite number, None where the device says it has none, UNKNOWN where it is something else."""
    if isinstance(text, bool):
        return UNKNOWN
    if isinstance(text, int | float):
        return float(text) if abs(text) < 1e15 and math.isfinite(text) else UNKNOWN
    if not isinstance(text, str):
        return None if text is None else UNKNOWN
    if text.strip().lower() in _NOTHING:
        return None
    try:
        number = float(text)
    except ValueError:
        return UNKNOWN
    return number if math.isfinite(number) and abs(number) < 1e15 else UNKNOWN


def word_of(text: str) -> Decoded:
    """A short text, None where the device says it has none."""
    return None if text.strip().lower() in _NOTHING else text[:1_000]


def scale(value: float, old: tuple[float, float], new: tuple[float, float]) -> float:
    """Linear map between two ranges, clipped to the new one. The old range is not empty."""
    share = (value - old[0]) / (old[1] - old[0])
    low, high = min(new), max(new)
    return min(high, max(low, new[0] + share * (new[1] - new[0])))


def plain(value: float) -> int | float:
    """A whole number as an int: devices choke on 40.0."""
    return int(value) if float(value).is_integer() else round(value, 6)


def slug(text: str) -> str:
    """Lower-case letters (of any script), digits, `_`, `.` and `-`: what an id may hold."""
    return re.sub(r"[^\w.\-]+", "_", text.strip().lower()).strip("_")[:120] or "x"
