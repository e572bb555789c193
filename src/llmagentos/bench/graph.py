"""`agentos bench graph`: a campus of a million triples, loaded, drawn from both ends and asked what feeds what."""

import random
import resource
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from pyoxigraph import NamedNode, RdfFormat, Triple, serialize
from rich.console import Console

from llmagentos.bench.report import Figures
from llmagentos.knowledge.graph.folder import GraphFolder
from llmagentos.knowledge.graph.vocabulary import BRICK, TYPE

BOXES, POINTS, QUERIES, SEED = 20, 4, 200, 7
_CAMPUS = "urn:campus:"
_PATHS = (
    "SELECT ?zone WHERE {{ <{ahu}> brick:feeds+ ?zone . FILTER(EXISTS {{ ?zone a brick:HVAC_Zone }}) }}",
    "SELECT ?above WHERE {{ <{zone}> brick:isFedBy+ ?above }}",
    "SELECT ?point WHERE {{ <{ahu}> brick:feeds+/brick:hasPoint ?point }}",
    "SELECT (COUNT(?room) AS ?rooms) WHERE {{ <{ahu}> brick:feeds+/brick:hasPart ?room }}",
    "ASK {{ <{ahu}> brick:feeds+/brick:hasPart <{room}> }}",
    "SELECT ?sensor WHERE {{ <{room}> brick:isPartOf/brick:isFedBy/brick:hasPoint ?sensor . ?sensor a brick:Temperature_Sensor }}",
)
"""What is downstream, upstream, its points, how many rooms, whether it serves one, and what measures a room."""


def run_graph(triples: int, out: Console) -> Figures:
    """From files, as the node starts, to answers."""
    with TemporaryDirectory() as place:
        folder = Path(place)
        with (folder / "campus.nt").open("wb") as file:
            serialize(_campus(triples), file, format=RdfFormat.N_TRIPLES)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        begun = time.perf_counter()
        graph = GraphFolder(folder).load()
        load_s = time.perf_counter() - begun
        used = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    draw, took = random.Random(SEED), list[float]()
    handlers = sum(1 for _ in graph.store.quads_for_pattern(None, NamedNode(TYPE), NamedNode(f"{BRICK}AHU"), None))
    for number in range(QUERIES):
        at = f"{_CAMPUS}{draw.randrange(handlers)}"
        box = draw.randrange(BOXES)
        asked = _PATHS[number % len(_PATHS)].format(ahu=f"{at}/ahu", zone=f"{at}/zone{box}", room=f"{at}/room{box}")
        begun = time.perf_counter()
        found = graph.query(asked)
        took.append((time.perf_counter() - begun) * 1000)
        assert found.rows
    took.sort()
    figures: Figures = {
        "triples": triples, "load_s": round(load_s, 2), "path_p50_ms": round(took[len(took) // 2], 2),
        "path_p95_ms": round(took[int(len(took) * 0.95)], 2), "rss_mb": round(used),
    }  # fmt: skip
    out.print(f"{triples} triples in {load_s:.1f} s and {used:.0f} MB; a path in {figures['path_p50_ms']} ms, p95 {figures['path_p95_ms']} ms")  # fmt: skip
    return figures


def _campus(triples: int) -> Iterator[Triple]:
    """Buildings of an air handler, which feeds boxes with points, which feed zones of a room; every third handler feeds others."""
    said = 0
    number = 0
    while said < triples:
        for one in _building(number):
            yield one
            said += 1
            if said == triples:
                return
        number += 1


def _building(number: int) -> Iterator[Triple]:
    at = f"{_CAMPUS}{number}"
    yield _is(f"{at}/ahu", "AHU")
    if number % 3 == 1 and number > 1:
        yield _rel(f"{_CAMPUS}{number - 1}/ahu", "feeds", f"{at}/ahu")
    for box in range(BOXES):
        vav, zone, room = (f"{at}/{sort}{box}" for sort in ("vav", "zone", "room"))
        yield from (_is(vav, "VAV"), _is(zone, "HVAC_Zone"), _is(room, "Room"))
        yield from (_rel(f"{at}/ahu", "feeds", vav), _rel(vav, "feeds", zone), _rel(zone, "hasPart", room))
        for point in range(POINTS):
            yield _is(f"{vav}/point{point}", "Temperature_Sensor")
            yield _rel(vav, "hasPoint", f"{vav}/point{point}")


def _is(node: str, name: str) -> Triple:
    return Triple(NamedNode(node), NamedNode(TYPE), NamedNode(BRICK + name))


def _rel(head: str, relation: str, tail: str) -> Triple:
    return Triple(NamedNode(head), NamedNode(BRICK + relation), NamedNode(tail))
