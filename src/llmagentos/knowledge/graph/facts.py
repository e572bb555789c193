"""What rules over a site start from: how things are linked, what they are, and what devices say now."""

from collections.abc import Iterator
from importlib.resources import files

from llmagentos.language.vocabulary import PRIMARY
from llmagentos.messages.snapshot import EntityView, SiteLinks, Snapshot
from llmagentos.reasoning.rules import Fact


def site_rules() -> str:
    """The rules that come with the project."""
    return files("llmagentos.knowledge.graph").joinpath("site.rules").read_text(encoding="utf-8")


def site_facts(links: SiteLinks | None, snapshot: Snapshot) -> Iterator[Fact]:
    """Links as (relation, from, to), classes as (is, thing, class), values as (property, thing, value), all by name."""
    if links is not None:
        yield from ((relation, head, tail) for head, relation, tail in links.links)
        for thing, own in links.classes.items():
            yield from (("is", thing, kind) for kind in links.above.get(own, frozenset((own,))))
    for entity in snapshot.entities.values():
        yield from _of_entity(entity)


def _of_entity(entity: EntityView) -> Iterator[Fact]:
    yield ("is", entity.name, entity.entity_class.replace(" ", "_"))
    if entity.description.kind:
        yield ("is", entity.name, entity.description.kind.replace(" ", "_"))
    if entity.area:
        yield ("isLocationOf", entity.area, entity.name)
    if not entity.online:
        yield ("offline", entity.name)
        return
    for name, held in entity.values.items():
        if isinstance(held.value, str | bool | int | float):
            value = float(held.value) if isinstance(held.value, int) and not isinstance(held.value, bool) else held.value  # fmt: skip
            yield (name.replace(" ", "_"), entity.name, value)
            if name == PRIMARY.get(entity.entity_class):
                yield ("state", entity.name, value)
