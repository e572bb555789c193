"""Hands on switches: what somebody, or another system, has set otherwise than we did is left alone by standing orders for a while."""

from llmagentos.messages.records import Observation
from llmagentos.messages.snapshot import EntityView

OURS_S, TRAVELS_S = 15.0, 120.0
"""A change so soon after a command of ours is its effect; what moves takes its time."""
_TRAVELS = ("cover", "valve", "vacuum", "lawn mower", "climate")


class Hands:
    """When each device was last commanded by us, and when last set by somebody else. `hold_s`: how long a hand beats an order."""

    def __init__(self, hold_s: float) -> None:
        self._hold_s = hold_s
        self._ours: dict[str, float] = {}
        self._theirs: dict[str, float] = {}

    def ours(self, entity: str, now: float) -> None:
        """A command of ours leaves. A person's own wish ends the hold."""
        self._ours[entity] = now
        self._theirs.pop(entity, None)

    def observed(self, observation: Observation, entity: EntityView, now: float) -> None:
        """A device says that something it can be told is otherwise now."""
        prop = entity.property(observation.property)
        known = observation.quality == "good" and observation.previous is not None
        if prop is None or not prop.writable or not known or observation.previous == observation.value:
            return  # what was not known before, or is news from the broker's memory, was set by nobody in particular
        ours_s = TRAVELS_S if entity.entity_class in _TRAVELS else OURS_S
        if now - self._ours.get(entity.id, -ours_s) >= ours_s:
            self._theirs[entity.id] = now

    def beats(self, entity: str, now: float) -> bool:
        """Whether a standing order is to leave it alone."""
        return now - self._theirs.get(entity, -self._hold_s) < self._hold_s
