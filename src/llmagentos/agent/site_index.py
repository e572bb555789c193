"""What grammars ask of a site, gathered once for each structure of it: kinds, names, and who can do what where.

Nothing here looks at values, so an index serves all snapshots of one structure; sentences about a house of ten thousand
entities then cost what those about ten do.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeAlias

from llmagentos.agent import abilities
from llmagentos.language import Selector
from llmagentos.language.vocabulary import COVER_KINDS, KINDS
from llmagentos.messages.records import Property
from llmagentos.messages.snapshot import EntityView, Snapshot

Test: TypeAlias = tuple[str, ...]
"""("do", verb), ("set", property, unit) or ("ask", class)."""


def kind_word(entity: EntityView) -> str:
    """What a selector calls it: a cover by what it covers, a sensor by what it measures, others by class."""
    kind = entity.description.kind
    if entity.entity_class == "cover" and kind in COVER_KINDS:
        return kind
    return entity.entity_class


def ask_kind(entity: EntityView) -> str:
    """What a question calls it: a binary sensor by what it senses."""
    kind = entity.description.kind
    return kind if entity.entity_class == "binary sensor" and kind in KINDS else kind_word(entity)


UNNAMED = ("light", "climate", "media player", "vacuum", "lawn mower")
"""Kinds that people give orders to without a word for them: "louder", "it is cold", "the floor is dirty"."""


@dataclass(frozen=True, slots=True)
class Group:
    """The entities of a kind that pass a test, as far as selectors for several need them."""

    count: int
    areas: frozenset[str]
    floors: frozenset[str]
    words: tuple[str, ...] = ()
    """Of a question: the words their states can be called."""


class SiteIndex:
    """The index of one structure."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.structure = snapshot.structure
        self.classes = frozenset(one.entity_class for one in snapshot.entities.values())
        self.floors = snapshot.floors
        self._of_kind: dict[str, list[EntityView]] = {}
        self._of_ask_kind: dict[tuple[str, str], list[EntityView]] = {}
        self._twins: dict[tuple[str, str], list[EntityView]] = {}
        self._groups: dict[tuple[str, Test], Group] = {}
        for entity in snapshot.entities.values():
            for name in dict.fromkeys(one.casefold() for one in (entity.name, *entity.description.aliases, entity.id)):
                self._twins.setdefault((kind_word(entity), name), []).append(entity)
            if not entity.description.diagnostic:
                self._of_kind.setdefault(kind_word(entity), []).append(entity)
                self._of_ask_kind.setdefault((entity.entity_class, ask_kind(entity)), []).append(entity)
        self.unnamed = tuple(kind for kind in UNNAMED if kind in self._of_kind)
        self.unnamed_shapes = shapes(one for kind in self.unnamed for one in self._of_kind[kind])
        self.measured = _places(snapshot, lambda one: one.description.kind if one.entity_class == "sensor" else "")
        self.measuring = _places(snapshot, lambda one: "yes" if one.property("current temperature") else "").get("yes")
        self.lists = len(self._of_kind.get("list", ()))
        self.plays = any(one.property("play") for one in self._of_kind.get("media player", ()))
        self.players = _places(snapshot, lambda one: "yes" if one.property("play") else "").get("yes", frozenset())

    def named(self, entity: EntityView) -> Selector:
        """The shortest selector that means this entity alone."""
        kind = kind_word(entity)
        twins = self._twins.get((kind, entity.name.casefold()), [])
        if len(twins) <= 1:
            return Selector(kind, name=entity.name)
        if entity.area and sum(one.area == entity.area for one in twins) == 1:
            return Selector(kind, name=entity.name, area=entity.area)
        return Selector(kind, id=entity.id)

    def group(self, kind: str, test: Test) -> Group:
        """Those of a kind, as selectors call it, that can do something."""
        known = self._groups.get((kind, test))
        if known is None:
            known = self._groups[kind, test] = _group(self._of_kind.get(kind, ()), test)
        return known

    def askable(self, entity: EntityView) -> Group:
        """Those that questions call as this one, if they have a state."""
        kind, test = ask_kind(entity), ("ask", entity.entity_class)
        known = self._groups.get((kind, test))
        if known is None:
            known = self._groups[kind, test] = _group(self._of_ask_kind.get((entity.entity_class, kind), ()), test)
        return known


def passes(entity: EntityView, test: Test) -> bool:
    """Whether an entity can do what a test asks."""
    if test[0] == "do":
        return abilities.effect_of(test[1], entity) is not None
    if test[0] == "set":
        return any((one.name, one.unit) == test[1:] for one in abilities.settable(entity))
    return bool(abilities.state_words(entity))


def shapes(entities: Iterable[EntityView]) -> dict[Test, Property]:
    """The tests of all properties that can be set on some entities, each with one example."""
    return {("set", prop.name, prop.unit): prop for one in entities for prop in abilities.settable(one)}


def _group(entities: Iterable[EntityView], test: Test) -> Group:
    able = [one for one in entities if passes(one, test)]
    words = (word for one in able for word in abilities.state_words(one)) if test[0] == "ask" else ()
    return Group(
        len(able),
        frozenset(one.area for one in able if one.area),
        frozenset(one.floor for one in able if one.floor),
        tuple(dict.fromkeys(words)),
    )


def _places(snapshot: Snapshot, sort: Callable[[EntityView], str]) -> dict[str, frozenset[str]]:
    """The areas of entities by a sort of theirs; those of no sort are left out."""
    found: dict[str, set[str]] = {}
    for one in snapshot.entities.values():
        if name := sort(one):
            found.setdefault(name, set()).update({one.area} if one.area else ())
    return {name: frozenset(areas) for name, areas in found.items()}
