"""The names that graphs of sites use. Source: Brick 1.4 (https://brickschema.org), whose earlier versions put their number into every name."""

import re
from functools import cache
from importlib.resources import files

BRICK = "https://brickschema.org/schema/Brick#"
TAG = "https://brickschema.org/schema/BrickTag#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
OWL = "http://www.w3.org/2002/07/owl#"
XSD = "http://www.w3.org/2001/XMLSchema#"
SKOS = "http://www.w3.org/2004/02/skos/core#"
PROV = "http://www.w3.org/ns/prov#"
SITE = "urn:agentos:"
"""Of what the node itself knows: `urn:agentos:entity/ID`, `urn:agentos:place/NAME`, `urn:agentos:source/NAME`."""
PREFIXES = {
    "brick": BRICK,
    "tag": TAG,
    "rdf": RDF,
    "rdfs": RDFS,
    "owl": OWL,
    "xsd": XSD,
    "prov": PROV,
    "skos": SKOS,
    "site": SITE,
}
TYPE, LABEL, ALIAS = f"{RDF}type", f"{RDFS}label", f"{SKOS}altLabel"

INVERSES = {
    "feeds": "isFedBy", "hasPart": "isPartOf", "hasPoint": "isPointOf", "isLocationOf": "hasLocation", "controls": "isControlledBy",
    "measures": "isMeasuredBy", "regulates": "isRegulatedBy", "meters": "isMeteredBy", "hasTag": "isTagOf", "hasInputSubstance": "isInputSubstanceOf",
}  # fmt: skip
"""Relation and the same seen from the other end; the first is how links are compared."""
_FORWARDS = {backwards: forwards for forwards, backwards in INVERSES.items()}
_VERSIONED = re.compile(r"https?://brickschema\.org/schema/(?:[\d.]+/)?(Brick|BrickFrame|BrickTag)#")


def normal(iri: str) -> str:
    """A name without the version that old Brick files put into it."""
    found = _VERSIONED.match(iri)
    if found is None:
        return iri
    return (TAG if found[1] == "BrickTag" else BRICK) + iri[found.end() :]


def short(iri: str) -> str:
    """The last part of a name, for people."""
    return re.split(r"[#/:]", iri)[-1] or iri


def forwards(head: str, relation: str, tail: str) -> tuple[str, str, str]:
    """A Brick relation as seen from the end that `INVERSES` prefers; `relation` without its namespace."""
    turned = _FORWARDS.get(relation)
    return (head, relation, tail) if turned is None else (tail, turned, head)


@cache
def parents() -> dict[str, tuple[str, ...]]:
    """The classes of Brick 1.4.4 and what each is a kind of, without namespace (BSD-3; made by `ontology.py`)."""
    text = files("llmagentos.knowledge.graph").joinpath("classes.tsv").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in text.splitlines() if line and not line.startswith("#"))
    return {name: tuple(above.split()) for name, above in rows}


def is_kind_of(name: str, kind: str) -> bool:
    """Whether a class is another or one of its kinds."""
    waiting, seen = [name], set[str]()
    while waiting:
        one = waiting.pop()
        if one == kind:
            return True
        if one not in seen:
            seen.add(one)
            waiting += parents().get(one, ())
    return False
