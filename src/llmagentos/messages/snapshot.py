"""The site as one instant holds it: what knowledge hands to agents. Immutable; a new fact makes a new snapshot."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Literal, TypeAlias

from llmagentos.messages.records import EntityDescription, Property, Quality
from llmagentos.messages.values import Json


@dataclass(frozen=True, slots=True)
class Held:
    """A value the node holds true since `at`, from the reading `record` (an id, if it was kept)."""

    value: Json
    at: float
    quality: Quality = "good"
    record: str | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """What a property of an entity was reported to be; None: its device could not be asked."""

    at: float
    entity: str
    property: str
    value: Json


@dataclass(frozen=True, slots=True)
class EntityView:
    """An entity as the site names and places it, with its values."""

    description: EntityDescription
    floor: str | None = None
    values: Mapping[str, Held] = field(default_factory=lambda: MappingProxyType({}))
    online: bool = True

    @property
    def id(self) -> str:
        return self.description.id

    @property
    def name(self) -> str:
        return self.description.name

    @property
    def area(self) -> str | None:
        return self.description.area

    @property
    def entity_class(self) -> str:
        return self.description.entity_class

    def value(self, name: str) -> Json:
        """The value of a property, None where it is not known."""
        held = self.values.get(name)
        return None if held is None else held.value

    def property(self, name: str) -> Property | None:
        """The description of a property."""
        return self.description.property(name)

    def called(self, name: str) -> bool:
        """Whether that is its name, an alias or its id, without case."""
        folded = name.casefold()
        return folded == self.id or any(folded == one.casefold() for one in (self.name, *self.description.aliases))


@dataclass(frozen=True, slots=True)
class Area:
    """A place of the site; `floor` is a place of places."""

    name: str
    floor: str | None = None
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TimerView:
    """A running or paused timer."""

    id: str
    started_for_s: float
    left_s: float
    running: bool
    name: str | None = None
    area: str | None = None


@dataclass(frozen=True, slots=True)
class AlarmView:
    """An alarm and when it rings next, in seconds since the epoch. `repeats`: every such `day`."""

    id: str
    minute_of_day: int
    rings_at: float
    day: str | None = None
    repeats: bool = False


Link: TypeAlias = tuple[str, str, str]
"""From, relation, to."""


@dataclass(frozen=True, eq=False)
class SiteLinks:
    """Drawn-up equipment by name: its class, and what it is linked to. `above`: of each class all that it is a kind of, itself among them.

    Names of classes and relations are those of Brick, without namespace; of a relation and its inverse only one is here.
    """

    classes: Mapping[str, str]
    links: tuple[Link, ...]
    above: Mapping[str, frozenset[str]]

    @cached_property
    def onward(self) -> Mapping[tuple[str, str], tuple[str, ...]]:
        """What a thing is linked to by a relation."""
        return _gathered((head, relation, tail) for head, relation, tail in self.links)

    @cached_property
    def backward(self) -> Mapping[tuple[str, str], tuple[str, ...]]:
        """What is linked to a thing by a relation."""
        return _gathered((tail, relation, head) for head, relation, tail in self.links)

    @cached_property
    def things(self) -> tuple[str, ...]:
        """All names."""
        ends = {name for head, _, tail in self.links for name in (head, tail)}
        return tuple(sorted(ends | set(self.classes)))

    def is_a(self, thing: str, kind: str) -> bool:
        """Whether a thing is of a class or one of its kinds."""
        own = self.classes.get(thing)
        return own is not None and kind in self.above.get(own, frozenset((own,)))


def _gathered(links: Iterable[Link]) -> Mapping[tuple[str, str], tuple[str, ...]]:
    found: dict[tuple[str, str], list[str]] = {}
    for near, relation, far in links:
        found.setdefault((near, relation), []).append(far)
    return {key: tuple(each) for key, each in found.items()}


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All entities by id, areas by name. `version` grows with every change of what exists or holds."""

    at: float
    version: int
    structure: int
    """Grows only when entities or areas come, go or change their description: what grammars are built from."""
    entities: Mapping[str, EntityView]
    areas: Mapping[str, Area]
    timers: tuple[TimerView, ...] = ()
    alarms: tuple[AlarmView, ...] = ()
    links: SiteLinks | None = None

    @property
    def floors(self) -> tuple[str, ...]:
        """Floors that have an area, in the order of the areas."""
        return tuple(dict.fromkeys(area.floor for area in self.areas.values() if area.floor))


_VOICE = "voice:"


def voice_in(area: str | None) -> str:
    """The principal of a voice that nobody recognised, by the room it was heard in."""
    return _VOICE + (area or "")


def room_of(principal: str) -> str | None:
    """The room of an unrecognised voice; None for everybody else."""
    return principal.removeprefix(_VOICE) if principal.startswith(_VOICE) else None


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who speaks, where, in which conversation; and which `agent` acts for them, which an owner's rules may ask for."""

    principal: str = "owner"
    area: str | None = None
    session: str = "main"
    agent: Literal["dialogue", "orders", "plans", "timers", "chain", "chain.ask"] = "dialogue"


@dataclass(frozen=True, slots=True)
class Found:
    """The entities a selector means, at least one."""

    entities: tuple[EntityView, ...]


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """It could be any of these."""

    options: tuple[EntityView, ...]


@dataclass(frozen=True, slots=True)
class Missing:
    """Nothing fits: `absent` if there is no such thing, `impossible` if it cannot do what is asked."""

    reason: Literal["absent", "impossible"]


Resolution: TypeAlias = Found | Ambiguous | Missing
