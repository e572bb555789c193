"""Protocols that more than one room needs. Each room states its own needs elsewhere, beside its code."""

from typing import Protocol

from llmagentos.messages.records import Record


class Journal(Protocol):
    """The node's memory of what happened. One writer; a record is on disk when `append` returns."""

    async def append(self, *records: Record) -> None:
        """Store all or none. Guarantees: durable over power loss on return; order kept. Raises: JournalClosed."""
        ...

    async def remember(self, text: str) -> str:
        """Keep words of a person in the deletable side table and return their key."""
        ...


class Bus(Protocol):
    """Live events for subscribers; the journal is the durable form of the same events."""

    def publish(self, record: Record) -> None:
        """Never blocks: a subscriber that is too slow loses its oldest events and is told how many."""
        ...
