"""Hands on switches: what somebody, or another system, has set otherwise than we did is left alone by standing orders for a while."""

from collections import deque
from dataclasses import dataclass

from llmagentos.messages.records import Command, Observation
from llmagentos.messages.snapshot import EntityView
from llmagentos.messages.values import Json

OURS_S, TRAVELS_S = 15.0, 120.0
"""A change so soon after a command of ours is its effect; what moves takes its time."""
FIGHT_S, FIGHT_TIMES = 600.0, 3
"""What is set back so often within that time is fought over."""
_TRAVELS = ("cover", "valve", "vacuum", "lawn mower", "climate")


@dataclass(slots=True)
class _Told:
    """What we told a device last; `reached` once it was so."""

    at: float
    property: str
    value: Json
    reached: bool = False


class Hands:
    """When each device was last commanded by us, and when last set by somebody else. `hold_s`: how long a hand beats an order."""

    def __init__(self, hold_s: float) -> None:
        self._hold_s = hold_s
        self._ours: dict[str, _Told] = {}
        self._theirs: dict[str, float] = {}
        self._undone: dict[str, deque[float]] = {}
        self._scene_until = 0.0
        self.fights: deque[str] = deque(maxlen=100)
        """Devices that somebody sets back whenever they are set here; the caller takes them out and says so."""

    def ours(self, command: Command, now: float) -> None:
        """A command of ours leaves. A person's own wish ends the hold."""
        if command.verb == "activate":  # a scene sets what it likes
            self._scene_until = now + OURS_S
        self._ours[command.entity] = _Told(now, command.property, command.value)
        self._theirs.pop(command.entity, None)

    def explains(self, observation: Observation, entity: EntityView, now: float) -> bool:
        """Whether what a device says is what we, or a scene of ours, told it to be. What cannot be told anything is never ours."""
        prop = entity.property(observation.property)
        if prop is None or not prop.writable:
            return False
        told, travels = self._ours.get(entity.id), entity.entity_class in _TRAVELS
        if told is None or told.property != observation.property:
            return now < self._scene_until
        return now - told.at < (TRAVELS_S if travels else OURS_S) and (travels or observation.value == told.value)

    def observed(self, observation: Observation, entity: EntityView, now: float) -> None:
        """A device says that something it can be told is otherwise now."""
        prop = entity.property(observation.property)
        known = observation.quality == "good" and observation.previous is not None
        if prop is None or not prop.writable or not known or observation.previous == observation.value:
            return  # what was not known before, or is news from the broker's memory, was set by nobody in particular
        told = self._ours.get(entity.id)
        if now < self._scene_until or (told is not None and self._is_effect(told, observation, entity, now)):
            return
        self._theirs[entity.id] = now
        if told is not None and told.reached:
            del self._ours[entity.id]
            self._set_back(entity.id, now)

    def _is_effect(self, told: _Told, observation: Observation, entity: EntityView, now: float) -> bool:
        """Whether a change is what we told the device. One that was on as told and is off again was set back, however soon."""
        if isinstance(observation.value, bool) and observation.property == told.property:
            was_reached, told.reached = told.reached, told.reached or observation.value == told.value
            if was_reached:
                return False
        return now - told.at < (TRAVELS_S if entity.entity_class in _TRAVELS else OURS_S)

    def _set_back(self, entity: str, now: float) -> None:
        times = self._undone.setdefault(entity, deque(maxlen=FIGHT_TIMES))
        times.append(now)
        if len(times) == FIGHT_TIMES and now - times[0] < FIGHT_S:
            times.clear()
            self.fights.append(entity)

    def beats(self, entity: str, now: float) -> bool:
        """Whether a standing order is to leave it alone."""
        return now - self._theirs.get(entity, -self._hold_s) < self._hold_s
