"""Which entities a selector of the site language means, on this site, for this speaker. Pure."""

from collections.abc import Callable, Iterable

from llmagentos.language import Selector
from llmagentos.language.vocabulary import CLASSES
from llmagentos.messages.snapshot import Ambiguous, EntityView, Found, Missing, Resolution, Snapshot, Speaker

Able = Callable[[EntityView], bool]


def select(selector: Selector, snapshot: Snapshot, speaker: Speaker, able: Able = lambda _entity: True) -> Resolution:
    """Resolve a selector. `able` keeps those that can do (or know) what is asked.

    A selector without a place means the speaker's area if that has such a thing, else the only one there is or the only
    one that plays; several are Ambiguous. An area that is named but empty of them is Missing, never widened.
    """
    if selector.id is not None:  # an order names its devices so, and need not look at the others
        known = snapshot.entities.get(selector.id)
        return _named(selector, [known] if known is not None and is_kind(known, selector.kind) else [], snapshot, able)
    of_kind = [entity for entity in snapshot.entities.values() if is_kind(entity, selector.kind)]
    if selector.name is not None:
        return _named(selector, of_kind, snapshot, able)
    pool = [entity for entity in of_kind if not entity.description.diagnostic or selector.kind not in CLASSES]
    placed = list(_placed(selector, pool, snapshot, speaker))
    capable = [entity for entity in placed if able(entity)]
    if not capable:
        return Missing("impossible" if placed else "absent")
    if selector.exceptions:
        spared = {one.id for inner in selector.exceptions for one in _entities(select(inner, snapshot, speaker))}
        capable = [entity for entity in capable if entity.id not in spared]
        return Found(tuple(capable)) if capable else Missing("absent")
    if selector.everywhere or selector.here or selector.area is not None or selector.floor is not None:
        return Found(tuple(capable))
    near = [entity for entity in capable if speaker.area and entity.area == speaker.area]
    if near:
        return Found(tuple(near))
    busy = [entity for entity in capable if entity.value("playback") == "playing"]
    if len(busy) == 1:
        return Found(tuple(busy))
    return Found(tuple(capable)) if len(capable) == 1 else Ambiguous(tuple(capable))


def is_kind(entity: EntityView, kind: str) -> bool:
    """Whether an entity is of a class or finer kind; "device" is anything."""
    if kind in CLASSES:
        return entity.entity_class == kind
    return kind == "device" or entity.description.kind == kind


def _named(selector: Selector, pool: list[EntityView], snapshot: Snapshot, able: Able) -> Resolution:
    matches = pool if selector.id is not None else [entity for entity in pool if entity.called(selector.name or "")]
    if selector.id is None and selector.area is not None:
        place = area_name(selector.area, snapshot)
        matches = [entity for entity in matches if entity.area == place]
    capable = [entity for entity in matches if able(entity)]
    if not capable:
        return Missing("impossible" if matches else "absent")
    return Found(tuple(capable)) if len(capable) == 1 else Ambiguous(tuple(capable))


def _placed(
    selector: Selector, pool: Iterable[EntityView], snapshot: Snapshot, speaker: Speaker
) -> Iterable[EntityView]:
    if selector.area is not None:
        place = area_name(selector.area, snapshot)
        return (entity for entity in pool if entity.area is not None and entity.area == place)
    if selector.floor is not None:
        floor = selector.floor.casefold()
        return (entity for entity in pool if entity.floor is not None and entity.floor.casefold() == floor)
    if selector.here:
        return (entity for entity in pool if speaker.area is not None and entity.area == speaker.area)
    return pool


def area_name(said: str, snapshot: Snapshot) -> str | None:
    """The site's name of an area called so, without case; None where there is none."""
    folded = said.casefold()
    for area in snapshot.areas.values():
        if folded in (area.name.casefold(), *(one.casefold() for one in area.aliases)):
            return area.name
    return None


def _entities(resolution: Resolution) -> tuple[EntityView, ...]:
    if isinstance(resolution, Found):
        return resolution.entities
    return resolution.options if isinstance(resolution, Ambiguous) else ()
