"""What is known of a happening without reading it: numbers that go to the judge beside what the model makes of the words.

Times, people present, how far a number is from usual, what kind of device spoke: a sense knows these exactly, and a small model need not guess them from text.
"""

import datetime as dt
import re

from llmagentos.agent.chain.remedies import Remedy
from llmagentos.agent.chain.words import Happening
from llmagentos.messages.snapshot import EntityView, Snapshot

_SENSES = ("sensor", "sight", "speech", "sound")
_CLASSES = ("binary sensor", "sensor", "cover", "lock", "valve", "switch", "outlet", "light", "fan", "person", "weather", "climate", "siren")  # fmt: skip
_KINDS = ("smoke", "gas", "moisture", "motion", "door", "window", "temperature", "humidity", "pressure", "carbon monoxide", "carbon dioxide", "level", "battery", "power", "current", "illuminance")  # fmt: skip
_NEWS = ("open", "unlocked", "closed", "locked", "on", "off", "home", "away")
_LEVELS = (0.6, 1.4, 2.6, 5.0, 25.0)
_VERBS = ("close", "open", "turn on", "turn off", "lock", "unlock")
_QUOTED = re.compile(r'"[^"]*"')
_HAZARDS = ("smoke", "gas", "moisture", "carbon monoxide")


OF_HAPPENING = 6 + len(_SENSES) + len(_CLASSES) + len(_KINDS) + len(_NEWS) + len(_LEVELS) + 2 + 3 + 1
OF_REMEDY = 3 + len(_VERBS) + len(_CLASSES)
"""How many numbers each has; what learned from them fits no others."""


def of_happening(happening: Happening, snapshot: Snapshot, zone: dt.tzinfo) -> list[float]:
    """Always as many numbers, most of them 0 or 1."""
    entity = snapshot.entities.get(happening.entity) if happening.entity else None
    night, nobody = _is_night(snapshot.at, zone), _nobody(snapshot)
    circumstances = [night, nobody, night and nobody, _hazard_elsewhere(snapshot, happening), _runs_near(snapshot, happening), _left_on(snapshot)]  # fmt: skip
    return [
        *map(float, circumstances), *_one_of(happening.sense, _SENSES), *_one_of(entity.entity_class if entity else "", _CLASSES),
        *_one_of(_kind(entity), _KINDS), *_one_of(happening.news, _NEWS), *_level(happening.steps), *_people(happening.people), float(happening.text),
    ]  # fmt: skip


def of_remedy(remedy: Remedy, happening: Happening, snapshot: Snapshot) -> list[float]:
    """The same of what could be done about it."""
    entity = snapshot.entities[remedy.entity]
    near = entity.area is not None and entity.area == happening.area
    told = _QUOTED.sub("", happening.told)  # what strangers wrote or said names nothing
    named = re.search(rf"(?<!\w){re.escape(entity.name)}(?!\w)", told, re.IGNORECASE) is not None
    return [
        float(near), float(named), float(remedy.entity == happening.entity), *_one_of(remedy.verb, _VERBS), *_one_of(entity.entity_class, _CLASSES),
    ]  # fmt: skip


def _one_of(word: str, words: tuple[str, ...]) -> list[float]:
    return [float(one == word) for one in words]


def _kind(entity: EntityView | None) -> str:
    return "" if entity is None else entity.description.kind


def _level(steps: float | None) -> list[float]:
    """How far from usual, as the words say it; then on which side."""
    if steps is None:
        return [0.0] * (len(_LEVELS) + 2)
    level = sum(abs(steps) >= one for one in _LEVELS)
    return [*(float(level >= one) for one in range(1, len(_LEVELS) + 1)), float(steps > 0), 1.0]


def _people(count: int) -> list[float]:
    return [float(count >= least) for least in (1, 2, 4)]


def _is_night(at: float, zone: dt.tzinfo) -> bool:
    local = dt.datetime.fromtimestamp(at, zone)
    return not 5.5 <= local.hour + local.minute / 60 < 22.5


def _nobody(snapshot: Snapshot) -> bool:
    people = [one for one in snapshot.entities.values() if one.entity_class == "person"]
    known = [one.value("location") for one in people]
    return bool(known) and None not in known and "home" not in known


def _hazard_elsewhere(snapshot: Snapshot, happening: Happening) -> bool:
    """Whether a detector of something dangerous is on anywhere, but for the one that speaks."""
    return any(
        one.value("on") is True and one.description.kind in _HAZARDS and one.id != happening.entity
        for one in snapshot.entities.values()
    )


def _runs_near(snapshot: Snapshot, happening: Happening) -> bool:
    return any(
        one.value("on") is True and one.entity_class == "switch" and one.area is not None and one.area == happening.area
        for one in snapshot.entities.values()
    )


def _left_on(snapshot: Snapshot) -> bool:
    """Something that should not be left alone."""
    return any(
        (one.entity_class == "outlet" and one.value("on") is True)
        or (one.entity_class in ("cover", "lock") and one.value("state") in ("open", "unlocked"))
        for one in snapshot.entities.values()
    )
