"""Live events. Publishing never waits: each subscriber has a bounded queue that loses its oldest and counts the loss."""

import asyncio
from collections import deque
from types import TracebackType
from typing import Any

QUEUE = 1_000
"""Events a slow page may be behind: minutes of a busy site. A page that lost some asks for a fresh snapshot."""


class Subscription:
    """An endless, bounded stream of events; use as a context manager and iterate."""

    def __init__(self, bus: "EventBus", size: int) -> None:
        self._bus, self._events = bus, deque[Any](maxlen=size)
        self._ready = asyncio.Event()
        self.lost = 0

    def put(self, event: Any) -> None:
        """Take an event, at the cost of the oldest when full."""
        self.lost += len(self._events) == self._events.maxlen
        self._events.append(event)
        self._ready.set()

    async def next(self, timeout_s: float | None = None) -> Any:
        """The next event; None when none came within the time."""
        while not self._events:
            self._ready.clear()
            try:
                await asyncio.wait_for(self._ready.wait(), timeout_s)
            except TimeoutError:
                return None
        return self._events.popleft()

    async def gather(self, window_s: float) -> list[Any]:
        """Everything that comes within a time."""
        await asyncio.sleep(window_s)
        gathered = list(self._events)
        self._events.clear()
        return gathered

    def __enter__(self) -> "Subscription":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bus.leave(self)


class EventBus:
    """Fan-out of records and deltas to whoever listens."""

    def __init__(self) -> None:
        self._subscriptions: list[Subscription] = []

    def publish(self, event: Any) -> None:
        """Hand an event to every subscriber at once."""
        for one in self._subscriptions:
            one.put(event)

    def subscribe(self, size: int = QUEUE) -> Subscription:
        """From now on."""
        subscription = Subscription(self, size)
        self._subscriptions.append(subscription)
        return subscription

    def leave(self, subscription: Subscription) -> None:
        """No more for this one."""
        if subscription in self._subscriptions:
            self._subscriptions.remove(subscription)
