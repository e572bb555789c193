"""Facts by relation and by any of their arguments. An index is made when it is first asked for, and kept from then on."""

from collections.abc import Iterable

from llmagentos.reasoning.rules import Fact, Value

Positions = tuple[int, ...]
"""Arguments, counted from 0."""


class Store:
    """A set of facts that answers quickly which of them have these values at these positions."""

    def __init__(self) -> None:
        self._facts: dict[str, dict[Fact, None]] = {}
        self._indexes: dict[str, dict[Positions, dict[tuple[Value, ...], dict[Fact, None]]]] = {}

    def add(self, fact: Fact) -> None:
        relation = str(fact[0])
        self._facts.setdefault(relation, {})[fact] = None
        for positions, index in self._indexes.get(relation, {}).items():
            _file(fact, positions, index)

    def remove(self, fact: Fact) -> None:
        relation = str(fact[0])
        del self._facts[relation][fact]
        for positions, index in self._indexes.get(relation, {}).items():
            key = _key(fact, positions)
            if key is not None:
                del index[key][fact]
                if not index[key]:
                    del index[key]

    def all(self, relation: str) -> Iterable[Fact]:
        """All facts of a relation, oldest first."""
        return self._facts.get(relation, ())

    def matching(self, relation: str, positions: Positions, values: tuple[Value, ...]) -> Iterable[Fact]:
        """Those with these values at these positions, oldest first."""
        if not positions:
            return self.all(relation)
        index = self._indexes.setdefault(relation, {}).get(positions)
        if index is None:
            index = self._indexes[relation][positions] = {}
            for fact in self.all(relation):
                _file(fact, positions, index)
        return index.get(values, ())


def _key(fact: Fact, positions: Positions) -> tuple[Value, ...] | None:
    """None for a fact that is too short to have them."""
    return tuple(fact[1 + one] for one in positions) if positions[-1] + 1 < len(fact) else None


def _file(fact: Fact, positions: Positions, index: dict[tuple[Value, ...], dict[Fact, None]]) -> None:
    key = _key(fact, positions)
    if key is not None:
        index.setdefault(key, {})[fact] = None
