"""The part of a graph that repairs look at: things with their classes, and Brick's relations between them, each seen from one end."""

from collections.abc import Iterable
from dataclasses import dataclass

from pyoxigraph import NamedNode, Triple

from llmagentos.knowledge.graph.vocabulary import BRICK, LABEL, TYPE, forwards, is_kind_of, parents, short
from llmagentos.messages.snapshot import SiteLinks


@dataclass(frozen=True)
class Links:
    """`names`: the node of each name. Classes and relations are without namespace; a name is the label, else the end of the node's."""

    classes: dict[str, str]
    links: tuple[tuple[str, str, str], ...]
    names: dict[str, NamedNode]


def links(triples: Iterable[Triple]) -> Links:
    """What is said of things that have names. Two that would be called the same are told apart by their whole names."""
    triples = list(triples)
    called = {
        one.subject: one.object.value for one in triples
        if one.predicate.value == LABEL and isinstance(one.subject, NamedNode) and hasattr(one.object, "value")
    }  # fmt: skip
    nodes = set[NamedNode]()
    for one in triples:
        if one.predicate.value == TYPE:
            nodes |= {one.subject} if isinstance(one.subject, NamedNode) else set()
        elif one.predicate.value.startswith(BRICK):
            nodes |= {end for end in (one.subject, one.object) if isinstance(end, NamedNode)}
    names: dict[str, NamedNode] = {}
    of: dict[NamedNode, str] = {}
    for node in sorted(nodes, key=lambda one: one.value):
        name = called.get(node) or short(node.value)
        of[node] = name if name not in names else node.value
        names[of[node]] = node
    classes: dict[str, str] = {}
    found: set[tuple[str, str, str]] = set()
    for one in triples:
        if not isinstance(one.subject, NamedNode) or not isinstance(one.object, NamedNode):
            continue
        name = one.predicate.value
        if name == TYPE and one.object.value.startswith(BRICK):
            name, known = short(one.object.value), classes.get(of[one.subject])
            classes[of[one.subject]] = name if known is None or is_kind_of(name, known) else known
        elif name.startswith(BRICK) and one.subject in of and one.object in of:
            found.add(forwards(of[one.subject], name[len(BRICK) :], of[one.object]))
    return Links(classes, tuple(sorted(found)), names)


def site_links(known: Links) -> SiteLinks | None:
    """As questions see it; None where nothing is drawn up."""
    if not known.links:
        return None
    above = {name: frozenset(_above(name)) for name in set(known.classes.values())}
    return SiteLinks(dict(known.classes), known.links, above)


def _above(name: str) -> set[str]:
    found, waiting = set[str](), [name]
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.add(one)
            waiting += parents().get(one, ())
    return found
