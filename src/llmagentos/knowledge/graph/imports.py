"""Graphs that others have made: read, with versions taken out of names and remarks on what is odd. Nothing is rejected but what cannot be read."""

from collections import Counter
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from pyoxigraph import BlankNode, NamedNode, RdfFormat, Triple, parse

from llmagentos.knowledge.graph.vocabulary import BRICK, TYPE, normal, parents, short

FORMATS = {
    ".ttl": RdfFormat.TURTLE, ".nt": RdfFormat.N_TRIPLES, ".rdf": RdfFormat.RDF_XML, ".xml": RdfFormat.RDF_XML, ".owl": RdfFormat.RDF_XML,
    ".jsonld": RdfFormat.JSON_LD, ".n3": RdfFormat.N3,
}  # fmt: skip
"""By the end of a file's name."""
_FEW = 5


class UnreadableGraph(ValueError):
    """A file that is no graph, and where it stops being one."""


@dataclass(frozen=True)
class Imported:
    """What a file says, and remarks, one a line."""

    triples: tuple[Triple, ...]
    remarks: tuple[str, ...]


def imported(content: bytes, suffix: str, source: str) -> Imported:
    """The triples of a file. Nodes without a name get one from the source and stay apart from those of others. Raises: UnreadableGraph."""
    if suffix.lower() not in FORMATS:
        raise UnreadableGraph(f"graphs are read from {', '.join(FORMATS)}, not from {suffix or 'a file without an ending'}")  # fmt: skip
    renamed, triples = set[str](), dict[Triple, None]()
    try:
        for quad in parse(
            content, format=FORMATS[suffix.lower()], base_iri=f"urn:agentos:file/{quote(source, safe='')}/"
        ):
            for term in (quad.subject, quad.predicate, quad.object):
                if isinstance(term, NamedNode) and normal(term.value) != term.value:
                    renamed.add(term.value.removesuffix(short(term.value)))
            triples[Triple(*(_normal(term, source) for term in quad.triple))] = None
    except (SyntaxError, ValueError) as error:
        raise UnreadableGraph(f"this is no graph that can be read: {error}") from error
    return Imported(tuple(triples), tuple(_remarks(triples, renamed)))


def _normal(term: Any, source: str) -> Any:
    if isinstance(term, BlankNode):
        return NamedNode(f"urn:agentos:file/{quote(source, safe='')}/_{term.value}")
    return NamedNode(normal(term.value)) if isinstance(term, NamedNode) else term


def _remarks(triples: dict[Triple, None], renamed: set[str]) -> list[str]:
    remarks = [f"{one} is read as today's Brick" for one in sorted(renamed)]
    classes = Counter(
        one.object.value for one in triples if one.predicate.value == TYPE and isinstance(one.object, NamedNode)
    )
    unknown = [name[len(BRICK) :] for name in classes if name.startswith(BRICK) and name[len(BRICK) :] not in parents()]
    if unknown:
        remarks.append(f"classes that Brick 1.4 does not have: {_some(sorted(unknown))}")
    classed = {one.subject for one in triples if one.predicate.value == TYPE}
    linked = {
        end for one in triples if one.predicate.value.startswith(BRICK) and one.predicate.value != TYPE
        for end in (one.subject, one.object) if isinstance(end, NamedNode) and not end.value.startswith(BRICK)
    }  # fmt: skip
    if bare := sorted(short(one.value) for one in linked - classed):
        remarks.append(f"{len(bare)} without a class: {_some(bare)}")
    if not linked:
        remarks.append("there is no relation of Brick in it")
    return remarks


def _some(names: list[str]) -> str:
    return ", ".join(names[:_FEW]) + (f" and {len(names) - _FEW} more" if len(names) > _FEW else "")
