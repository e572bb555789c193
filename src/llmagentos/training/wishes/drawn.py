"""What people ask of what is drawn up of a site."""

import random
import re
from typing import Any

from llmagentos.agent.linked import Linked, shown
from llmagentos.language import Program, Statement
from llmagentos.language import tree as t
from llmagentos.messages.snapshot import SiteLinks
from llmagentos.training.speech import Speech, expand
from llmagentos.training.wishes.ground import Impossible, Wish

_RELATIONS: tuple[t.Relation, ...] = (
    "fed by",
    "fed by",
    "feeding",
    "feeding",
    "downstream of",
    "upstream of",
    "in",
    "in",
    "around",
    "points of",
    "points of",
    "with point",
    "beside",
)
_WHETHER: tuple[t.Relation, ...] = ("fed by", "feeding", "in", "downstream of", "upstream of", "points of")
_TRIES = 12


class Drawn:
    """Draws questions about one drawing."""

    def __init__(self, links: SiteLinks, speech: Speech, random_: random.Random) -> None:
        if "drawn" not in speech.data:
            raise Impossible
        self._links, self._random = links, random_
        self._data: dict[str, Any] = speech.data["drawn"]
        self._english = speech.language == "en"
        self._answers = Linked(links, "en")

    def draw(self) -> Wish:
        """One of any sort. Raises: Impossible, where the drawing has nothing for it."""
        sorts = (
            self.linked,
            self.linked,
            self.linked,
            self.linked,
            self.both,
            self.of_kind,
            self.of_kind,
            self.most,
            self.whether,
            self.whether,
            self.path,
            self.absent,
        )
        return self._random.choice(sorts)()

    def linked(self) -> Wish:
        """What stands so to a thing."""
        relation = self._random.choice(_RELATIONS)
        thing, found = self._thing_with(relation)
        kinds = sorted({self._links.classes[one] for one in found if one in self._links.classes})
        kind = self._random.choice(kinds) if kinds and self._random.random() < 0.6 else None
        if kind is None:
            return self._wish(t.AskLinked("list", relation, thing), self._say(relation, t=thing))
        listing: t.Listing = "count" if self._random.random() < 0.3 and f"count {relation}" in self._data else "list"
        kind = self._above(kind)
        key = f"count {relation}" if listing == "count" else f"{relation} kind"
        return self._wish(t.AskLinked(listing, relation, thing, shown(kind)), self._say(key, t=thing, k=kind))

    def both(self) -> Wish:
        """What is in one thing and fed by another."""
        rooms = self._of("Room")
        room = self._random.choice(rooms)
        floors = [one for one in self._answers.related("around", room) if self._links.is_a(one, "Floor")]
        handlers = [one for one in self._answers.related("upstream of", room) if self._links.is_a(one, "AHU")]
        if not floors or not handlers:
            raise Impossible
        kind = self._random.choice(("Room", "Room", "HVAC_Zone", "VAV"))
        listing: t.Listing = self._random.choice(("list", "count"))
        also = t.Standing("fed by", handlers[0])
        statement = t.AskLinked(listing, "in", floors[0], shown(kind), also)
        return self._wish(statement, self._say(f"{listing} both", t=handlers[0], f=floors[0], k=kind))

    def of_kind(self) -> Wish:
        """All of a kind; with something, or without."""
        kinds = sorted(set(self._links.classes.values()))
        kind, other = self._above(self._random.choice(kinds)), self._random.choice(kinds)
        listing: t.Listing = self._random.choice(("list", "count"))
        chance = self._random.random()
        if chance < 0.4 or kind == other:
            return self._wish(t.AskKind(listing, shown(kind)), self._say(f"{listing} every", k=kind))
        kind = self._random.choice(
            [one for one in ("VAV", "HVAC_Zone", "Room", "AHU", "Chiller") if one in kinds] or kinds
        )
        if kind == other:
            raise Impossible
        if chance < 0.7:
            return self._wish(
                t.AskKind(listing, shown(kind), having=shown(other)), self._say(f"{listing} with", k=kind, o=other)
            )
        return self._wish(
            t.AskKind(listing, shown(kind), lacking=shown(other)), self._say(f"{listing} without", k=kind, o=other)
        )

    def most(self) -> Wish:
        """Who has most, or more."""
        counted, by = self._random.choice(
            (("Room", "Floor"), ("VAV", "AHU"), ("HVAC_Zone", "AHU"), ("Room", "AHU"), ("HVAC_Zone", "Floor"))
        )
        owners = self._of(by)
        self._of(counted)
        if len(owners) < 2:
            raise Impossible
        if self._random.random() < 0.5:
            return self._wish(t.AskMost(shown(counted), shown(by)), self._say("most", k=counted, b=by))
        one, other = self._random.sample(owners, 2)
        return self._wish(t.AskMore(shown(counted), one, other), self._say("more", k=counted, t=one, u=other))

    def whether(self) -> Wish:
        """Whether one thing stands so to another; as often as not it does."""
        relation = self._random.choice(_WHETHER)
        other, found = self._thing_with(relation)
        thing = self._random.choice(found)
        if self._random.random() < 0.5:
            alike = [
                one
                for one in self._links.things
                if self._links.classes.get(one) == self._links.classes.get(thing) and one != other
            ]
            thing = self._random.choice(alike)
        return self._wish(t.AskWhether(thing, relation, other), self._say(f"whether {relation}", a=thing, b=other))

    def path(self) -> Wish:
        """How one reaches another, and what lies between."""
        start, found = self._thing_with("downstream of")
        end = self._random.choice(found)
        key = self._random.choice(("path", "path", "trace", "between"))
        if key == "trace":
            start, end = end, start
        return self._wish(t.AskPath(start, end, between=key == "between"), self._say(key, a=start, b=end))

    def absent(self) -> Wish:
        """A thing that is not drawn, called as those that are."""
        thing = self._random.choice(self._links.things)
        other = re.sub(r"\d+", lambda found: str(int(found[0]) + self._random.randint(40, 90)), thing)
        if other in self._links.things or other == thing:
            raise Impossible
        relation = self._random.choice(_RELATIONS)
        return self._wish(t.Refuse("absent"), self._say(relation, t=other))

    def _wish(self, statement: Statement, words: str) -> Wish:
        return Wish(Program((statement,)), words, act=False)

    def _of(self, kind: str) -> list[str]:
        found = [one for one in self._links.things if self._links.is_a(one, kind)]
        if not found:
            raise Impossible
        return found

    def _thing_with(self, relation: t.Relation) -> tuple[str, list[str]]:
        for _ in range(_TRIES):
            thing = self._random.choice(self._links.things)
            found = list(self._answers.related(relation, thing))
            if found:
                return thing, found
        raise Impossible

    def _above(self, kind: str) -> str:
        """The class itself, or now and then one that it is a kind of and for which there is a word."""
        above = sorted(one for one in self._links.above.get(kind, ()) if one in self._data["kinds"])
        return (
            self._random.choice(above)
            if above and (self._random.random() < 0.4 or kind not in self._data["kinds"])
            else kind
        )

    def _say(self, key: str, **slots: str) -> str:
        words = {name: self._spoken(value) if name in "tabuf" else value for name, value in slots.items()}
        for name in ("k", "o", "b"):
            if (name in slots and name != "b") or (name == "b" and key == "most"):
                one, many = self._kind_words(slots[name])
                words[name], words[f"{name}1"] = many, one
        return expand(self._random.choice(self._data[key]), self._random, **words)

    def _kind_words(self, kind: str) -> tuple[str, str]:
        known = self._data["kinds"].get(kind)
        if known is not None:
            one = str(self._random.choice(known))
        else:
            one = kind.replace("_", " ") if self._random.random() < 0.3 else kind.replace("_", " ").lower()
        if not self._english:
            return one, one
        return one, one + ("es" if one.endswith(("x", "s")) else "s")

    def _spoken(self, name: str) -> str:
        """A name as people type it: as it is, without its marks, or with its kind before it."""
        chance = self._random.random()
        if chance < 0.6:
            return name
        plain = re.sub(r"[_-]", " ", name)
        if chance < 0.75:
            return plain
        if chance < 0.85:
            return plain.upper() if self._random.random() < 0.5 else plain.lower()
        number = re.search(r"[A-Za-z]?\d[\w.-]*$", name)
        kind = self._links.classes.get(name)
        if number is not None and kind in self._data["kinds"]:
            return f"{self._random.choice(self._data['kinds'][kind])} {number[0]}"
        return name
