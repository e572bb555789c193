"""The demo house as a graph."""

from llmagentos.bench.impossible import house
from llmagentos.knowledge.graph.check import check
from llmagentos.knowledge.graph.discovered import brick_class, discovered
from llmagentos.knowledge.graph.links import links
from llmagentos.knowledge.graph.store import SiteGraph
from llmagentos.knowledge.graph.vocabulary import parents

HOUSE = house()


def test_rooms_floors_and_what_is_in_them() -> None:
    known = links(discovered(HOUSE, "Birch House"))
    assert known.classes["Kitchen Light"] == "Luminaire"
    assert ("Kitchen", "isLocationOf", "Kitchen Light") in known.links
    assert ("Birch House", "hasPart", "Ground") in known.links
    assert ("Ground", "hasPart", "Kitchen") in known.links


def test_every_class_is_of_brick() -> None:
    found = {brick_class(one.entity_class, one.description.kind) for one in HOUSE.entities.values()}
    assert found <= set(parents()) | {"Equipment", "Sensor"}


def test_aliases_find_it() -> None:
    graph = SiteGraph()
    graph.put("discovery", discovered(HOUSE, "Birch House"), 0.0)
    found = graph.query('SELECT ?name { ?x skos:altLabel "咖啡机" ; rdfs:label ?name }')
    assert found.rows == (("Coffee Maker",),)


def test_nothing_departs_from_the_shapes() -> None:
    assert [one for one in check(discovered(HOUSE, "Birch House")) if one.severity != "Info"] == []
