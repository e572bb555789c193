"""Brick files of other people."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmagentos.knowledge.graph.imports import UnreadableGraph, imported
from llmagentos.knowledge.graph.links import links
from llmagentos.knowledge.graph.vocabulary import BRICK, forwards, is_kind_of, normal, short
from tests.shared import needs


def test_old_names_are_read_as_new_ones() -> None:
    assert normal("https://brickschema.org/schema/1.0.2/BrickFrame#hasPoint") == f"{BRICK}hasPoint"
    assert normal("http://brickschema.org/schema/Brick#AHU") == f"{BRICK}AHU"
    assert normal("https://example.com/x#y") == "https://example.com/x#y"
    assert (short("urn:a:b"), short("http://a/b#c")) == ("b", "c")
    assert forwards("a", "isFedBy", "b") == ("b", "feeds", "a")
    assert is_kind_of("Zone_Air_Temperature_Sensor", "Point")
    assert not is_kind_of("VAV", "Point")


def test_a_real_building() -> None:
    found = imported(needs("brick/soda_brick.ttl").read_bytes(), ".ttl", "soda")
    assert len(found.triples) == 3774
    assert any("read as today's Brick" in one for one in found.remarks)
    assert any("Low_Return" not in one and "Energy_Demand" in one for one in found.remarks)
    known = links(found.triples)
    assert len(known.links) == 2078
    assert known.classes["vav_C180"] == "VAV"
    assert ("floor_1", "hasPart", "room_C180") in known.links  # it is said from the room's end


def test_the_finer_class_and_the_label_count() -> None:
    text = b"""@prefix brick: <https://brickschema.org/schema/Brick#> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
    <urn:a> a brick:Equipment, brick:AHU ; rdfs:label "Air" . <urn:b> a brick:VAV ; rdfs:label "Air" ; brick:isFedBy <urn:a> ; brick:hasTag [] ."""
    known = links(imported(text, ".ttl", "x").triples)
    assert known.classes == {"Air": "AHU", "urn:b": "VAV"}
    assert ("Air", "feeds", "urn:b") in known.links


@given(st.binary(max_size=200), st.sampled_from([".ttl", ".nt", ".rdf", ".jsonld", ".xls", ""]))
def test_what_is_no_graph_is_said_to_be_none(content: bytes, suffix: str) -> None:
    try:
        found = imported(content, suffix, "x")
    except UnreadableGraph as error:
        assert str(error)
    else:
        links(found.triples)


def test_the_place_of_a_mistake_is_told() -> None:
    with pytest.raises(UnreadableGraph, match="line 1"):
        imported(b"<urn:a> <urn:b", ".ttl", "x")
