"""The node's own lists: what a person wants to remember needs no device. Pure; `dump` and `load` carry them over a restart."""

import dataclasses
from dataclasses import dataclass
from typing import Any

LONGEST_NAME, MOST_ITEMS = 60, 500


@dataclass(frozen=True, slots=True)
class Item:
    """A line of a list."""

    text: str
    done: bool = False


@dataclass(frozen=True, slots=True)
class OwnList:
    """Items in the order in which they came."""

    id: str
    name: str
    items: tuple[Item, ...] = ()


class Lists:
    """All lists, by id. What changes one returns whether it did."""

    def __init__(self) -> None:
        self._lists: dict[str, OwnList] = {}
        self._made = 0

    def all(self) -> tuple[OwnList, ...]:
        """As they were made."""
        return tuple(self._lists.values())

    def new(self, name: str) -> OwnList | None:
        """A list of this name; None where there is one already. Raises: ValueError for a name that nobody could say."""
        plain = " ".join(name.split())[:LONGEST_NAME].strip()
        if not plain:
            raise ValueError("a list needs a name")
        if any(one.name.casefold() == plain.casefold() for one in self._lists.values()):
            return None
        self._made += 1
        made = OwnList(f"list.own{self._made}", plain)
        self._lists[made.id] = made
        return made

    def add(self, list_id: str, text: str) -> bool:
        """One more item; what is on it already, and not done, is not written twice."""
        known = self._lists.get(list_id)
        if (
            known is None
            or not text.strip()
            or len(known.items) >= MOST_ITEMS
            or _at(known, text, done=False) is not None
        ):
            return False
        self._lists[list_id] = dataclasses.replace(known, items=(*known.items, Item(text.strip()[:200])))
        return True

    def remove(self, list_id: str, text: str) -> bool:
        """An item off it, called as it was written, in any case; one that is not done first."""
        known = self._lists.get(list_id)
        at = None if known is None else _first(_at(known, text, done=False), _at(known, text, done=True))
        if known is None or at is None:
            return False
        self._lists[list_id] = dataclasses.replace(known, items=(*known.items[:at], *known.items[at + 1 :]))
        return True

    def complete(self, list_id: str, text: str) -> bool:
        """An item is done; it stays."""
        known = self._lists.get(list_id)
        at = None if known is None else _at(known, text, done=False)
        if known is None or at is None:
            return False
        done = dataclasses.replace(known.items[at], done=True)
        self._lists[list_id] = dataclasses.replace(known, items=(*known.items[:at], done, *known.items[at + 1 :]))
        return True

    def drop(self, list_id: str) -> bool:
        """The list itself away."""
        return self._lists.pop(list_id, None) is not None

    def get(self, list_id: str) -> OwnList | None:
        """One, if it is there."""
        return self._lists.get(list_id)

    def dump(self) -> dict[str, Any]:
        """As JSON."""
        return {"made": self._made, "lists": [dataclasses.asdict(one) for one in self._lists.values()]}

    def load(self, state: dict[str, Any]) -> None:
        """Take up what `dump` wrote."""
        self._made = int(state.get("made", 0))
        for one in state.get("lists") or ():
            items = tuple(Item(str(each["text"]), bool(each["done"])) for each in one["items"])
            self._lists[one["id"]] = OwnList(one["id"], one["name"], items)


def _at(known: OwnList, text: str, *, done: bool) -> int | None:
    wanted = text.strip().casefold()
    return next((n for n, one in enumerate(known.items) if one.done == done and one.text.casefold() == wanted), None)


def _first(one: int | None, other: int | None) -> int | None:
    return other if one is None else one
