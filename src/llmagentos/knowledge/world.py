"""The registry of entities and their state. Readings enter, observations (changes) leave; no I/O.

Names, areas and aliases of the site file lie over what devices say of themselves and survive a device's renaming.
"""

import dataclasses
from types import MappingProxyType
from typing import Any

from llmagentos.knowledge.kinds import kind_by_name
from llmagentos.messages import codec
from llmagentos.messages.records import EntityDescription, Quality
from llmagentos.messages.site import Naming, SiteConfig
from llmagentos.messages.snapshot import AlarmView, Area, EntityView, Held, SiteLinks, Snapshot, TimerView
from llmagentos.messages.values import Json, same

NUMBER_TOLERANCE = 1e-9


class World:
    """What exists and what holds. `report` and the like say whether anything changed."""

    def __init__(self, site: SiteConfig) -> None:
        self._site = site
        self._areas = {area.name: area for area in site.areas}
        self._raw: dict[str, EntityDescription] = {}
        self._entities: dict[str, EntityView] = {}
        self._version = 0
        self._structure = 0
        self._snapshot: Snapshot | None = None
        self._timers: tuple[TimerView, ...] = ()
        self._alarms: tuple[AlarmView, ...] = ()
        self._links: SiteLinks | None = None
        self._unseen: set[str] = set()
        self._missed: set[str] = set()

    def describe(self, entity: EntityDescription) -> bool:
        """An entity exists as described; whether that is news."""
        self._unseen.discard(entity.id)
        if entity.id in self._missed:
            self._missed.discard(entity.id)
            self.availability(entity.id, True)
        if self._raw.get(entity.id) == entity:
            return False
        self._raw[entity.id] = entity
        naming = self._site.names.get(entity.id, Naming())
        if naming.hidden:
            return False
        shown = self._overlay(entity, naming)
        if shown.area and shown.area not in self._areas:
            self._areas[shown.area] = Area(shown.area)
        known = self._entities.get(entity.id)
        values = known.values if known else MappingProxyType({})
        floor = self._areas[shown.area].floor if shown.area else None
        self._entities[entity.id] = EntityView(shown, floor, values, known.online if known else True)
        self._changed(structure=True)
        return True

    def _overlay(self, entity: EntityDescription, naming: Naming) -> EntityDescription:
        area = naming.area or self._known_area(entity.area)
        aliases = tuple(dict.fromkeys((*entity.aliases, *naming.aliases)))
        name = naming.name or entity.name
        kind = kind_by_name(entity.entity_class, entity.kind, " ".join((name, *aliases)))
        return dataclasses.replace(entity, name=name, area=area, aliases=aliases, kind=kind)

    def _known_area(self, said: str | None) -> str | None:
        """The site's own spelling of an area a device suggests, else the device's."""
        if said is None:
            return None
        for area in self._areas.values():
            if said.casefold() in (area.name.casefold(), *(one.casefold() for one in area.aliases)):
                return area.name
        return said

    def miss(self) -> tuple[str, ...]:
        """What was known before the restart and has not announced itself since is offline; returns its ids."""
        self._missed |= self._unseen
        missed, self._unseen = tuple(sorted(self._unseen)), set()
        for entity_id in missed:
            self.availability(entity_id, False)
        return missed

    def remove(self, entity_id: str) -> bool:
        """An entity is gone; whether it was there."""
        self._raw.pop(entity_id, None)
        if self._entities.pop(entity_id, None) is None:
            return False
        self._changed(structure=True)
        return True

    def report(
        self, entity_id: str, name: str, value: Json, at: float, *, quality: Quality = "good", record: str | None = None
    ) -> Held | None:
        """A property was reported. Returns what was held before if the value changed (or was unknown), else None.

        Guarantees: an unchanged value only refreshes its age, without a new snapshot version.
        """
        view = self._entities.get(entity_id)
        if view is None:
            return None
        before = view.values.get(name)
        held = Held(value, at, quality, record)
        if before is not None and before.quality == quality and same(before.value, value, NUMBER_TOLERANCE):
            held = Held(value, at, quality, before.record if record is None else record)
            self._entities[entity_id] = dataclasses.replace(view, values=MappingProxyType({**view.values, name: held}))
            self._snapshot = None
            return None
        self._entities[entity_id] = dataclasses.replace(view, values=MappingProxyType({**view.values, name: held}))
        self._changed()
        return before or Held(None, 0.0)

    def availability(self, entity_id: str, online: bool) -> bool:
        """A device came or went; whether that is a change."""
        view = self._entities.get(entity_id)
        if view is None or view.online == online:
            return False
        self._entities[entity_id] = dataclasses.replace(view, online=online)
        self._changed()
        return True

    @property
    def structure(self) -> int:
        """Grows whenever something exists that did not, or is described otherwise."""
        return self._structure

    def set_timers(self, timers: tuple[TimerView, ...], alarms: tuple[AlarmView, ...] = ()) -> None:
        """The timers and alarms that exist now."""
        self._timers, self._alarms = timers, alarms
        self._changed()

    def set_links(self, links: SiteLinks | None) -> None:
        """What is drawn up of the site."""
        self._links = links
        self._changed(structure=True)

    def entity(self, entity_id: str) -> EntityView | None:
        """One entity as it is now."""
        return self._entities.get(entity_id)

    def snapshot(self, at: float) -> Snapshot:
        """The world now. Cheap: the same object until something changes."""
        if self._snapshot is None or self._snapshot.at + 1.0 < at:
            self._snapshot = Snapshot(at, self._version, self._structure, MappingProxyType(dict(self._entities)),
                                      MappingProxyType(dict(self._areas)), self._timers, self._alarms, self._links)  # fmt: skip
        return self._snapshot

    def _changed(self, *, structure: bool = False) -> None:
        self._version += 1
        self._structure += structure
        self._snapshot = None

    def dump_descriptions(self) -> list[dict[str, Any]]:
        """What exists, as devices describe it, as JSON: large, and changes with `structure` only. Any thread may ask."""
        return [dataclasses.asdict(one) for one in list(self._raw.values())]

    def dump_values(self) -> dict[str, dict[str, Any]]:
        """What holds, with its times, as JSON. Any thread may ask."""
        return {
            view.id: {name: [held.value, held.at, held.quality] for name, held in view.values.items()}
            for view in list(self._entities.values())
        }

    def load(self, descriptions: list[dict[str, Any]], values: dict[str, dict[str, Any]]) -> None:
        """Take up what was dumped; values keep their age, so what was old stays old. Raises: SchemaError."""
        for fields in descriptions:
            self.describe(codec.build(EntityDescription, fields))
        self._unseen = set(self._raw)
        for entity_id, known in values.items():
            for name, (value, at, quality) in known.items():
                self.report(entity_id, name, value, at, quality=quality)
