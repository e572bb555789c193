"""Time and identity as arguments: no room reads the wall clock or draws an id on its own."""

import secrets
import time
from typing import Protocol

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32: no i, l, o, u to misread aloud


class Clock(Protocol):
    """Two clocks: `now` for records and people, `monotonic` for deadlines (it never jumps)."""

    def now(self) -> float:
        """Seconds since 1970-01-01 UTC."""
        ...

    def monotonic(self) -> float:
        """Seconds since an arbitrary start; never goes back."""
        ...


class SystemClock:
    """The machine's clocks."""

    def now(self) -> float:
        return time.time()

    def monotonic(self) -> float:
        return time.monotonic()


class SimulatedClock:
    """A clock that stands still until a test moves it."""

    def __init__(self, now: float = 1_750_000_000.0) -> None:
        self._now = now
        self._monotonic = 0.0

    def now(self) -> float:
        return self._now

    def monotonic(self) -> float:
        return self._monotonic

    def advance(self, seconds: float) -> None:
        """Move both clocks forward."""
        self._now += seconds
        self._monotonic += seconds

    def jump(self, seconds: float) -> None:
        """Move the wall clock alone, as an administrator or NTP does."""
        self._now += seconds


class IdSource:
    """Ids that name their node, sort by time and never repeat, even when the clock jumps back.

    Form: `node-xxxxxxxxxxxxx`, 13 characters of base 32: 48 bits of milliseconds, 17 bits of counter. The counter begins at
    random with every source: after a restart with a clock that jumped back ids do not meet those of the run before.
    """

    def __init__(self, node: str, clock: Clock) -> None:
        self.node = node
        self._clock = clock
        self._last = 0
        self._salt = secrets.randbits(16)

    def next(self) -> str:
        """A fresh id, greater than every id drawn before from this source."""
        self._last = max(self._last + 1, int(self._clock.now() * 1000) << 17 | self._salt)
        value, digits = self._last, ""
        for _ in range(13):
            digits = _ALPHABET[value & 31] + digits
            value >>= 5
        return f"{self.node}-{digits}"
