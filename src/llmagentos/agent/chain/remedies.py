"""What could be done about something: the opposite of what each device near it does, and what the owner lets the agent do by itself."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from llmagentos.agent.chain.words import Happening
from llmagentos.agent.ports import Selecting
from llmagentos.agent.site_index import SiteIndex
from llmagentos.language import GrammarError, Program, parse, render
from llmagentos.language import tree as t
from llmagentos.messages.snapshot import EntityView, Found, Snapshot, Speaker

MOST = 24
_OPPOSITE: dict[str, dict[object, str]] = {
    "valve": {"open": "close", "closed": "open"}, "cover": {"open": "close", "closed": "open"}, "lock": {"locked": "unlock", "unlocked": "lock"},
    **{one: {True: "turn off", False: "turn on"} for one in ("switch", "outlet", "fan", "light", "siren", "humidifier")},
    "climate": {"heat": "turn off", "auto": "turn off", "heat_cool": "turn off", "cool": "turn off"},
}  # fmt: skip
_LEFT = (("outlet", True), ("cover", "open"), ("lock", "unlocked"))
_PRIMARY = {"valve": "state", "cover": "state", "lock": "state", "climate": "mode"}


@dataclass(frozen=True, slots=True)
class Remedy:
    """One act on one device, as a sentence of the site language. `near`: where it happened, or where the same is measured."""

    entity: str
    verb: str
    sentence: str
    near: bool = True


Permission = tuple[str, frozenset[str]]
"""A verb, and the ids of the devices that it may be done to unasked."""


def remedies(
    snapshot: Snapshot, index: SiteIndex, happening: Happening, permissions: Sequence[Permission] = ()
) -> tuple[Remedy, ...]:
    """Of the devices in its area, of those that somebody who goes has left on or open, and what the owner lets the agent do by itself anywhere."""
    allowed, others = list[Remedy](), list[Remedy]()
    for entity in _able(snapshot):
        verb = _OPPOSITE[entity.entity_class].get(_state(entity))
        near = entity.area is not None and entity.area == happening.area
        near = near or (happening.news == "away" and (entity.entity_class, _state(entity)) in _LEFT)
        may = verb is not None and permitted(verb, entity.id, permissions)
        if verb is not None and (near or may):
            near = near or _measured_alike(entity, happening, snapshot)
            remedy = Remedy(entity.id, verb, render(Program((t.Do(verb, index.named(entity)),))), near)
            (allowed if may else others).append(remedy)
    return tuple([*allowed, *others][:MOST])


def _measured_alike(entity: EntityView, happening: Happening, snapshot: Snapshot) -> bool:
    """Whether what spoke has one of its kind beside a device: the water main in a cellar with a leak sensor, for a leak upstairs."""
    speaks = snapshot.entities.get(happening.entity or "")
    if speaks is None or not speaks.description.kind or entity.area is None:
        return False
    alike = (one for one in snapshot.entities.values() if one.description.kind == speaks.description.kind)
    return any(one.area == entity.area for one in alike)


def permitted(verb: str, entity: str, permissions: Iterable[Permission]) -> bool:
    """Whether the owner lets the agent do that by itself."""
    return any(verb == allowed and entity in ids for allowed, ids in permissions)


def permission(sentence: str, snapshot: Snapshot, select: Selecting) -> Permission | None:
    """What a sentence of the owner's permits on the site as it is; None where there is nothing of the kind."""
    statement = parse(sentence).statements[0]
    if not isinstance(statement, t.Do):
        return None
    found = select(statement.target, snapshot, Speaker("owner"), lambda _: True)
    return (statement.verb, frozenset(one.id for one in found.entities)) if isinstance(found, Found) else None


def check_permission(sentence: str) -> None:
    """What the owner may write under `on_its_own`: one act on one kind of device. Raises: ValueError, which says what to write."""
    try:
        statements = parse(sentence).statements
    except GrammarError as error:
        raise ValueError(f"{sentence!r} is no act of the site language: {error}") from error
    if len(statements) != 1 or not isinstance(statements[0], t.Do):
        raise ValueError(f'{sentence!r} is not one plain act such as: close valve "Water Main"')


def _able(snapshot: Snapshot) -> Iterable[EntityView]:
    return (one for one in snapshot.entities.values() if one.entity_class in _OPPOSITE and one.online)


def _state(entity: EntityView) -> object:
    value = entity.value(_PRIMARY.get(entity.entity_class, "on"))
    return value if isinstance(value, str | bool) else None
