"""Things with a class, and links between them, as tables: one for each pattern of (class, relation, class) that occurs."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from llmagentos.reasoning.repairs.names import NameSpace

Link = tuple[str, str, str]
"""From, relation, to."""
Pattern = tuple[str, str, str]
"""The class at the beginning, the relation, the class at the end."""
Table = NDArray[np.float64]
CLASS = "type"
"""The relation from a thing to its class, where classes themselves are looked at."""
MOST_CELLS = 4_000_000
"""A pattern of more pairs than this is left alone: 2,000 things of each class."""


@dataclass(frozen=True)
class Equipment:
    """What is recorded: what each thing is, and the links."""

    kinds: Mapping[str, str]
    links: tuple[Link, ...]
    context: "Equipment | None" = None
    """Where to look for what things are linked to, if not here."""

    @classmethod
    def of(cls, classes: Mapping[str, str], links: Iterable[Link]) -> "Equipment":
        """A thing without a class is known by what it is most often at the end of."""
        site = cls({}, tuple(sorted(set(links))))
        unclassed = {name: f"? {role}" for name, role in site.roles.items()}
        return cls({**unclassed, **classes}, site.links)

    @cached_property
    def roles(self) -> dict[str, str]:
        """At the end of what each thing is most often."""
        seen: dict[str, Counter[str]] = defaultdict(Counter)
        for head, relation, tail in self.links:
            seen[head][f"from {relation}"] += 1
            seen[tail][f"to {relation}"] += 1
        return {name: each.most_common(1)[0][0] for name, each in seen.items()}

    @classmethod
    def labels(cls, classes: Mapping[str, str], links: Iterable[Link]) -> "Equipment":
        """The classes as links from things to them; what these are linked to is looked up in the site itself.

        Things whose likes mostly have no class need none: tags, units.
        """
        site = cls.of(classes, links)
        likes, classed = Counter(site.roles.values()), Counter(site.roles[one] for one in classes if one in site.roles)
        things = [one for one in site.kinds if one in classes or classed[site.roles[one]] > likes[site.roles[one]] / 2]
        kinds = {**dict.fromkeys(classes.values(), "class"), **dict.fromkeys(things, "thing")}
        return cls(kinds, tuple(sorted((thing, CLASS, each) for thing, each in classes.items())), site)

    def with_links(self, links: Iterable[Link]) -> "Equipment":
        """The same things, other links."""
        return Equipment(self.kinds, tuple(sorted(set(links))), self.context)

    @cached_property
    def things(self) -> tuple[str, ...]:
        return tuple(sorted(self.kinds))

    @cached_property
    def numbers(self) -> dict[str, int]:
        return {name: number for number, name in enumerate(self.things)}

    @cached_property
    def names(self) -> NameSpace:
        return NameSpace(self.things, words_only=self.context is not None)

    @cached_property
    def of_kind(self) -> dict[str, tuple[str, ...]]:
        found: dict[str, list[str]] = defaultdict(list)
        for thing in self.things:
            found[self.kinds[thing]].append(thing)
        return {kind: tuple(each) for kind, each in found.items()}

    def patterns(self) -> list[Pattern]:
        """Those that occur, and are not too wide, the commonest first."""
        often = Counter((self.kinds[head], relation, self.kinds[tail]) for head, relation, tail in self.links)
        size = {kind: len(each) for kind, each in self.of_kind.items()}
        return [one for one, _ in often.most_common() if size[one[0]] * size[one[2]] <= MOST_CELLS]

    def recorded(self, patterns: Iterable[Pattern]) -> Iterator[tuple[Pattern, "Recorded"]]:
        """Each pattern with its table."""
        pairs: dict[Pattern, list[tuple[str, str]]] = defaultdict(list)
        for head, relation, tail in self.links:
            pairs[self.kinds[head], relation, self.kinds[tail]].append((head, tail))
        for pattern in patterns:
            heads, tails = self.of_kind[pattern[0]], self.of_kind[pattern[2]]
            row = {name: number for number, name in enumerate(heads)}
            column = {name: number for number, name in enumerate(tails)}
            table = np.zeros((len(heads), len(tails)))
            for head, tail in pairs[pattern]:
                table[row[head], column[tail]] = 1
            yield pattern, Recorded(heads, tails, table)

    @cached_property
    def surroundings(self) -> dict[str, frozenset[tuple[str, bool, str]]]:
        """What each thing is linked to: relation, whether it begins there, and the other thing and its class."""
        if self.context is not None:
            return self.context.surroundings
        found: dict[str, set[tuple[str, bool, str]]] = defaultdict(set)
        for head, relation, tail in self.links:
            found[head] |= {(relation, True, self.kinds[tail]), (relation, True, f"={tail}")}
            found[tail] |= {(relation, False, self.kinds[head]), (relation, False, f"={head}")}
        return {thing: frozenset(each) for thing, each in found.items()}


@dataclass(frozen=True)
class Recorded:
    """The pairs of one pattern; `table` is 1 where a link is recorded, (heads, tails)."""

    heads: tuple[str, ...]
    tails: tuple[str, ...]
    table: Table
