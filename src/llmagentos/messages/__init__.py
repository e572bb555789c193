"""The records that cross rooms and the protocols every room shares. Standard library only; nothing here performs I/O."""

from llmagentos.messages.clock import Clock, IdSource, SimulatedClock, SystemClock
from llmagentos.messages.records import Record

__all__ = ["Clock", "IdSource", "Record", "SimulatedClock", "SystemClock"]
