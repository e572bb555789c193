"""What is like a thing: near it in a ComplEx embedding of the site, where links and classes are what is learned; and what both are linked to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from llmagentos.reasoning.links.complex import ComplEx, ComplExSettings
from llmagentos.reasoning.links.graph import LinkGraph, Triple

SETTINGS, SEED = ComplExSettings(dimension=48, epochs=25), 1
IS = "is"


@dataclass(frozen=True, slots=True)
class Alike:
    """`likeness`: the cosine of both, from -1 to 1. `shared`: relation and thing that both have, `is` a class among them."""

    name: str
    likeness: float
    shared: tuple[tuple[str, str], ...]


def similar(classes: Mapping[str, str], links: Sequence[Triple], name: str, most: int = 10) -> list[Alike]:
    """The likest things, the first the most so. Raises: KeyError for a thing that is linked to nothing."""
    triples = [*links, *((thing, IS, kind) for thing, kind in classes.items())]
    graph = LinkGraph.of(triples)
    at = graph.entity_numbers[name]
    model = ComplEx(graph, SETTINGS, SEED)
    for _ in model.fit():
        pass
    table = model.entities / np.maximum(np.linalg.norm(model.entities, axis=1, keepdims=True), 1e-9)
    likeness = table @ table[at]
    kinds = set(classes.values())
    order = [
        number for number in np.argsort(-likeness).tolist() if number != at and graph.entities[number] not in kinds
    ]
    around = _around(triples, {name, *(graph.entities[number] for number in order[:most])})
    return [
        Alike(graph.entities[number], float(likeness[number]), tuple(sorted(around[name] & around[graph.entities[number]])))
        for number in order[:most]
    ]  # fmt: skip


def _around(triples: Sequence[Triple], names: set[str]) -> dict[str, set[tuple[str, str]]]:
    """What each is linked to; a relation to it is turned round by a hat."""
    found: dict[str, set[tuple[str, str]]] = {name: set() for name in names}
    for head, relation, tail in triples:
        if head in names:
            found[head].add((relation, tail))
        if tail in names:
            found[tail].add((f"^{relation}", head))
    return found
