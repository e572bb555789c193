"""The site graph: triples of several sources, each in a graph of its own, with when they held and what follows from them.

What a source says now stands in the graph `urn:agentos:source/NAME`. What it said once, and what it began to say later than at first, stands in
`urn:agentos:past`: a reifier of each such triple with `site:from` and `site:until`. `urn:agentos:inverses` holds relations seen from their
other end. A query sees all of them as one.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from urllib.parse import quote, unquote

from pyoxigraph import Literal, NamedNode, Quad, QueryBoolean, QueryTriples, Store, Triple

from llmagentos.knowledge.graph.vocabulary import BRICK, INVERSES, PREFIXES, PROV, RDF, SITE, XSD

PAST, INVERSE = NamedNode(f"{SITE}past"), NamedNode(f"{SITE}inverses")
_REIFIES = NamedNode(f"{RDF}reifies")
_FROM, _UNTIL, _SOURCE = NamedNode(f"{SITE}from"), NamedNode(f"{SITE}until"), NamedNode(f"{PROV}wasDerivedFrom")
_GENERATED, _ORIGIN = NamedNode(f"{PROV}generatedAtTime"), NamedNode(f"{PROV}hadPrimarySource")
_DATE_TIME = NamedNode(f"{XSD}dateTime")
_WAYS = {**INVERSES, **{backwards: forwards for forwards, backwards in INVERSES.items()}}
_SERVICE = re.compile(r"(?<![:?$/#\w-])service\b", re.IGNORECASE)
"""The word, wherever it may stand as itself; a query that quotes it is refused, too."""
_ESCAPED = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")
REBUILT_FROM = 1_000
"""A change of so many triples makes all inverses anew, a smaller one only its own."""
MOST_ROWS = 1_000


class QueryError(ValueError):
    """A query that cannot be answered, and why, in a sentence."""


@dataclass(frozen=True, slots=True)
class Change:
    """What became of what a source said."""

    added: int
    removed: int


@dataclass(frozen=True, slots=True)
class Rows:
    """Columns and rows of text; `cut` where there were more."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    cut: bool = False


class SiteGraph:
    """All in memory: a million triples are 0.7 GB and load in seconds. No thread of its own; queries may run in any."""

    def __init__(self) -> None:
        self.store = Store()
        self._numbers = count(1)

    def put(self, source: str, triples: Iterable[Triple], at: float, origin: str = "") -> Change:
        """From now on a source says these triples and no others. `origin`: the file or what else it was made from."""
        graph = graph_of(source)
        new = set(triples)
        old = set(self.triples(source))
        first = not any(self.store.quads_for_pattern(graph, _GENERATED, None, PAST))
        added, removed = new - old, old - new
        if len(added) >= REBUILT_FROM:
            self.store.bulk_extend(_quad(one, graph) for one in added)
        else:
            self.store.extend(_quad(one, graph) for one in added)
        for one in removed:
            self.store.remove(_quad(one, graph))
            self._ended(one, graph, at)
        self.store.add_graph(graph)
        if first:
            self.store.add(Quad(graph, _GENERATED, _time(at), PAST))
            self.store.add(Quad(graph, _ORIGIN, Literal(origin or source), PAST))
        else:
            for one in added:
                self._note(one, graph, at, None)
        self._turn(added, removed)
        return Change(len(added), len(removed))

    def drop(self, source: str, at: float) -> Change:
        """A source says nothing any more; what it said is past. Raises: KeyError for a source that is not there."""
        if not self.store.contains_named_graph(graph_of(source)):
            raise KeyError(source)
        change = self.put(source, (), at)
        self.store.remove_graph(graph_of(source))
        return change

    def sources(self) -> dict[str, int]:
        """Each source, and how many triples it says."""
        found = {}
        for graph in self.store.named_graphs():
            if isinstance(graph, NamedNode) and graph.value.startswith(f"{SITE}source/"):
                found[unquote(graph.value.removeprefix(f"{SITE}source/"))] = sum(
                    1 for _ in self.store.quads_for_pattern(None, None, None, graph)
                )
        return dict(sorted(found.items()))

    def triples(self, source: str) -> Iterator[Triple]:
        """What a source says now."""
        for quad in self.store.quads_for_pattern(None, None, None, graph_of(source)):
            yield quad.triple

    def said(self, source: str, at: float) -> set[Triple]:
        """What a source said then; nothing before it was first there."""
        graph, then = graph_of(source), _iso(at)
        began = next(iter(self.store.quads_for_pattern(graph, _GENERATED, None, PAST)), None)
        if began is None or _literal(began) > then:
            return set()
        holding, past = set(self.triples(source)), set[Triple]()
        for quad in self.store.quads_for_pattern(None, _SOURCE, graph, PAST):
            [reified] = self.store.quads_for_pattern(quad.subject, _REIFIES, None, PAST)
            assert isinstance(reified.object, Triple)
            since = next(iter(self.store.quads_for_pattern(quad.subject, _FROM, None, PAST)))
            until = next(iter(self.store.quads_for_pattern(quad.subject, _UNTIL, None, PAST)), None)
            if until is not None and _literal(since) <= then < _literal(until):
                past.add(reified.object)
            elif until is None and _literal(since) > then:
                holding.discard(reified.object)
        return holding | past

    def query(self, sparql: str, most: int = MOST_ROWS) -> Rows:
        """The answer to SELECT, ASK, CONSTRUCT or DESCRIBE; the prefixes of `PREFIXES` need not be declared. Nothing is ever changed.

        Raises: QueryError, also for one that would ask somebody else. What takes long cannot be broken off.
        """
        if _SERVICE.search(_unescaped(sparql)):
            raise QueryError("the query holds the word SERVICE and might ask another server; only this graph is asked")
        try:
            found = self.store.query(sparql, prefixes=PREFIXES, use_default_graph_as_union=True)
            if isinstance(found, QueryBoolean):
                return Rows(("answer",), (("true" if found else "false",),))
            if isinstance(found, QueryTriples):
                columns: tuple[str, ...] = ("subject", "predicate", "object")
                rows = (tuple(shown(term) for term in triple) for triple in found)
            else:
                columns = tuple(one.value for one in found.variables)
                rows = (tuple(shown(term) for term in solution) for solution in found)
            kept: list[tuple[str, ...]] = []
            for row in rows:
                if len(kept) == most:
                    return Rows(columns, tuple(kept), True)
                kept.append(row)
        except (SyntaxError, ValueError, OSError, RuntimeError) as error:
            raise QueryError(f"the query cannot be answered: {error}") from error
        return Rows(columns, tuple(kept))

    def _ended(self, triple: Triple, graph: NamedNode, at: float) -> None:
        for quad in self.store.quads_for_pattern(None, _REIFIES, triple, PAST):
            known = self.store.quads_for_pattern
            if any(known(quad.subject, _SOURCE, graph, PAST)) and not any(known(quad.subject, _UNTIL, None, PAST)):
                self.store.add(Quad(quad.subject, _UNTIL, _time(at), PAST))
                return
        began = next(iter(self.store.quads_for_pattern(graph, _GENERATED, None, PAST)))
        self._note(triple, graph, None, at, began.object)

    def _note(
        self, triple: Triple, graph: NamedNode, since: float | None, until: float | None, began: object = None
    ) -> None:
        node = NamedNode(f"{SITE}held/{next(self._numbers)}")
        while any(self.store.quads_for_pattern(node, None, None, PAST)):
            node = NamedNode(f"{SITE}held/{next(self._numbers)}")
        start = began if isinstance(began, Literal) else _time(since or 0.0)
        self.store.add(Quad(node, _REIFIES, triple, PAST))
        self.store.add(Quad(node, _SOURCE, graph, PAST))
        self.store.add(Quad(node, _FROM, start, PAST))
        if until is not None:
            self.store.add(Quad(node, _UNTIL, _time(until), PAST))

    def _turn(self, added: set[Triple], removed: set[Triple]) -> None:
        if len(added) + len(removed) >= REBUILT_FROM:
            self.turn_all()
            return
        for one in removed:
            turned = _turned(one)
            if turned is None or self._said_by_any(one):
                continue
            self.store.remove(_quad(turned, INVERSE))
            if self._said_by_any(turned):
                self.store.add(_quad(one, INVERSE))
        for one in added:
            if (turned := _turned(one)) is not None and not self._said_by_any(turned):
                self.store.add(_quad(turned, INVERSE))
            self.store.remove(_quad(one, INVERSE))

    def _said_by_any(self, triple: Triple) -> bool:
        return any(
            quad.graph_name != INVERSE
            for quad in self.store.quads_for_pattern(triple.subject, triple.predicate, triple.object)
        )

    def turn_all(self) -> None:
        """Every relation is seen from its other end again."""
        self.store.clear_graph(INVERSE)
        said = {way for way in _WAYS if any(self.store.quads_for_pattern(None, NamedNode(BRICK + way), None, None))}
        for way in said:
            back = _WAYS[way]
            unsaid = f"FILTER NOT EXISTS {{ GRAPH ?h {{ ?o <{BRICK}{back}> ?s }} }}" if back in said else ""
            self.store.update(
                f"INSERT {{ GRAPH <{INVERSE.value}> {{ ?o <{BRICK}{back}> ?s }} }} "
                f"WHERE {{ GRAPH ?g {{ ?s <{BRICK}{way}> ?o }} FILTER(?g != <{INVERSE.value}> && isIRI(?o)) {unsaid} }}"
            )


def graph_of(source: str) -> NamedNode:
    """The graph of a source."""
    return NamedNode(f"{SITE}source/{quote(source, safe='')}")


def shown(term: object) -> str:
    """A term for people and for tables: names with their prefix, literals as they are."""
    if term is None:
        return ""
    if isinstance(term, NamedNode):
        for prefix, namespace in PREFIXES.items():
            if term.value.startswith(namespace):
                return f"{prefix}:{term.value[len(namespace) :]}"
        return f"<{term.value}>"
    return term.value if isinstance(term, Literal) else str(term)


def _quad(triple: Triple, graph: NamedNode) -> Quad:
    return Quad(triple.subject, triple.predicate, triple.object, graph)


def _unescaped(sparql: str) -> str:
    """As it is read: letters may be written as their numbers (SPARQL 1.1, section 19.2)."""
    return _ESCAPED.sub(lambda found: chr(min(int(found[1] or found[2], 16), 0x10FFFF)), sparql)


def _turned(triple: Triple) -> Triple | None:
    name = triple.predicate.value
    if not name.startswith(BRICK) or not isinstance(triple.object, NamedNode):
        return None
    back = _WAYS.get(name[len(BRICK) :])
    return None if back is None else Triple(triple.object, NamedNode(BRICK + back), triple.subject)


def _literal(quad: Quad) -> str:
    assert isinstance(quad.object, Literal)
    return quad.object.value


def _iso(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds")


def _time(at: float) -> Literal:
    return Literal(_iso(at), datatype=_DATE_TIME)
