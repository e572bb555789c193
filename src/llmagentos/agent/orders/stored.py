"""Orders as they are kept: with the ids of devices, which outlive their names, and shown with the names of today."""

from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

from llmagentos.agent.ports import Selecting
from llmagentos.language import Selector
from llmagentos.messages.snapshot import Found, Snapshot, Speaker

Node = TypeVar("Node")


def pinned(order: Node, snapshot: Snapshot, speaker: Speaker, select: Selecting) -> Node:
    """Names become ids, "here" the speaker's room; groups stay groups, whoever belongs to them then."""

    def pin(selector: Selector) -> Selector:
        if selector.here:  # without a room it stays open, and does not compile
            return replace(selector, here=speaker.area is None, area=speaker.area)
        if selector.name is None and (selector.area or selector.floor or selector.everywhere or selector.id):
            return selector
        if selector == Selector(selector.kind):  # which of them is to be asked, or all are meant
            return selector
        found = select(selector, snapshot, speaker, lambda _: True)
        if isinstance(found, Found) and len(found.entities) == 1:
            return Selector(selector.kind, id=found.entities[0].id)
        return selector

    changed: Node = _each(order, pin)
    return changed


def named(order: Node, snapshot: Snapshot, name: Callable[[Any], Selector]) -> Node:
    """Ids become the names of today; what is gone keeps its id. `name` as `SiteIndex.named`."""

    def show(selector: Selector) -> Selector:
        entity = snapshot.entities.get(selector.id or "")
        return selector if entity is None else replace(name(entity), kind=selector.kind)

    changed: Node = _each(order, show)
    return changed


def _each(tree: Any, change: Callable[[Selector], Selector]) -> Any:
    """The tree with every selector changed, those within selectors too."""
    if isinstance(tree, Selector):
        return change(replace(tree, exceptions=tuple(_each(one, change) for one in tree.exceptions)))
    if isinstance(tree, tuple):
        return tuple(_each(one, change) for one in tree)
    if is_dataclass(tree) and not isinstance(tree, type):
        return replace(tree, **{field.name: _each(getattr(tree, field.name), change) for field in fields(tree)})
    return tree
