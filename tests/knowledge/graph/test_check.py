"""Shapes over small drawings."""

import pytest

from llmagentos.knowledge.graph.check import check
from llmagentos.knowledge.graph.imports import imported

PREFIX = "@prefix brick: <https://brickschema.org/schema/Brick#> . @prefix : <urn:x#> . "


@pytest.mark.parametrize(
    ("text", "thing", "message"),
    [
        (":a a brick:AHU . :v a brick:VAV ; brick:feeds :z . :z a brick:HVAC_Zone .", "v", "fed by an air handler"),
        (":a a brick:AHU ; brick:hasPoint :b . :b a brick:Fan .", "b", "hasPoint leads to"),
        (":a a brick:AHU ; brick:hasPoint :s . :b a brick:AHU ; brick:hasPoint :s . :s a brick:Temperature_Sensor .", "s", "one piece"),
        (":a a brick:AHU ; brick:hasPart :b ; brick:isPartOf :b . :b a brick:Fan .", "a", "both a part"),
        (":s a brick:Temperature_Sensor ; brick:feeds :z . :z a brick:HVAC_Zone .", "s", "points feed nothing"),
    ],
)  # fmt: skip
def test_what_departs_is_told(text: str, thing: str, message: str) -> None:
    found = check(imported((PREFIX + text).encode(), ".ttl", "x").triples)
    assert any(one.thing == thing and message in one.message for one in found), found


def test_shapes_of_ones_own() -> None:
    triples = imported((PREFIX + ":a a brick:AHU .").encode(), ".ttl", "x").triples
    own = PREFIX + "@prefix sh: <http://www.w3.org/ns/shacl#> . :s a sh:NodeShape ; sh:targetClass brick:AHU ; sh:property [ sh:path brick:feeds ; sh:minCount 1 ; sh:message \"feeds nothing\" ] ."  # fmt: skip
    assert [one.message for one in check(triples, own)] == ["feeds nothing"]
    with pytest.raises(ValueError, match=r".+"):
        check(triples, "no turtle")
