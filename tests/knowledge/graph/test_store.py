"""Sources, their past, inverses and queries; compared with sets that are kept by hand."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import NamedNode, Triple

from llmagentos.knowledge.graph.folder import GraphFolder
from llmagentos.knowledge.graph.store import QueryError, SiteGraph
from llmagentos.knowledge.graph.vocabulary import BRICK


def rel(head: str, relation: str, tail: str) -> Triple:
    return Triple(NamedNode(f"urn:x:{head}"), NamedNode(BRICK + relation), NamedNode(f"urn:x:{tail}"))


RELATIONS = st.builds(rel, st.sampled_from("abc"), st.sampled_from(["feeds", "isFedBy", "hasPart", "isPartOf"]), st.sampled_from("abc"))  # fmt: skip
WORLDS = st.lists(
    st.tuples(st.sampled_from(["one", "two"]), st.frozensets(RELATIONS, max_size=5)), min_size=1, max_size=6
)


def turned(triple: Triple) -> Triple:
    back = {"feeds": "isFedBy", "isFedBy": "feeds", "hasPart": "isPartOf", "isPartOf": "hasPart"}
    assert isinstance(triple.object, NamedNode)
    return Triple(triple.object, NamedNode(BRICK + back[triple.predicate.value[len(BRICK) :]]), triple.subject)


@given(WORLDS)
def test_now_and_then_and_from_both_ends(changes: list[tuple[str, frozenset[Triple]]]) -> None:
    graph, says = SiteGraph(), dict[str, frozenset[Triple]]()
    history: list[dict[str, frozenset[Triple]]] = []
    for number, (source, triples) in enumerate(changes):
        graph.put(source, triples, number * 10.0)
        says = {**says, source: triples}
        history.append(says)
    for number, then in enumerate(history):
        for source in ("one", "two"):
            assert graph.said(source, number * 10.0 + 5) == then.get(source, frozenset())
    everything = {one for each in says.values() for one in each}
    found = graph.query(
        "SELECT ?s ?p ?o WHERE { ?s ?p ?o FILTER(STRSTARTS(STR(?p), STR(brick:))) FILTER(STRSTARTS(STR(?s), 'urn:x:')) }"
    )
    wanted = everything | {turned(one) for one in everything}
    assert set(found.rows) == {(f"<{s.value}>", f"brick:{p.value[len(BRICK) :]}", f"<{o.value}>") for s, p, o in wanted}


@given(WORLDS)
def test_a_small_change_turns_as_a_large_one_does(changes: list[tuple[str, frozenset[Triple]]]) -> None:
    graph = SiteGraph()
    for number, (source, triples) in enumerate(changes):
        graph.put(source, triples, float(number))
    small = {str(quad) for quad in graph.store}
    graph.turn_all()
    assert {str(quad) for quad in graph.store} == small


def test_what_is_saved_is_what_is_loaded(tmp_path: Path) -> None:
    graph, folder = SiteGraph(), GraphFolder(tmp_path / "graph")
    for number, (name, triples) in enumerate(
        [("a/ü", [rel("a", "feeds", "b")]), ("two", [rel("b", "feeds", "c")]), ("a/ü", [rel("a", "hasPart", "b")])]
    ):
        graph.put(name, triples, float(number))
        folder.save(graph, name)
    again = folder.load()
    assert {str(quad) for quad in again.store} == {str(quad) for quad in graph.store}
    assert again.said("a/ü", 1.0) == {rel("a", "feeds", "b")}
    again.drop("two", 9.0)
    folder.save(again, "two")
    assert folder.load().sources() == {"a/ü": 1}


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("SELECT", "cannot be answered"),
        ("INSERT DATA { <urn:a> <urn:b> <urn:c> }", "cannot be answered"),
        ("SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }", "another server"),
        ("SELECT * { service SILENT <http://127.0.0.1:1/> { ?s ?p ?o } }", "another server"),
        ('SELECT * { ?s ?p "#" . SERVICE <http://a/> { ?s ?p ?o } }', "another server"),
        ("SELECT * { ?s <http://a#b> ?o . SERVICE <http://a/> { ?s ?p ?o } }", "another server"),
        (
            "SELECT * { BIND(''' ' \" ''' AS ?x) SERVICE <http://a/> { ?s ?p ?o } FILTER(\"\" = \"\") }",
            "another server",
        ),
        ("SELECT * { FILTER(1<2)SERVICE#>\n<http://a/> { ?s ?p ?o } }", "another server"),
        ("SELECT * { \\u0053ERVICE <http://a/> { ?s ?p ?o } }", "another server"),
    ],
)
def test_what_may_not_be_asked(query: str, said: str) -> None:
    graph = SiteGraph()
    graph.put("one", [rel("a", "feeds", "b")], 0.0)
    with pytest.raises(QueryError, match=said):
        graph.query(query)
    assert graph.sources() == {"one": 1}


def test_what_was_dropped_and_came_again_keeps_its_past() -> None:
    graph = SiteGraph()
    graph.put("one", [rel("a", "feeds", "b")], 100.0)
    graph.drop("one", 200.0)
    graph.put("one", [rel("c", "feeds", "d")], 300.0)
    said = [graph.said("one", at) for at in (50.0, 150.0, 250.0, 350.0)]
    assert said == [set(), {rel("a", "feeds", "b")}, set(), {rel("c", "feeds", "d")}]


def test_a_file_of_something_else_is_left_out(tmp_path: Path) -> None:
    graph, folder = SiteGraph(), GraphFolder(tmp_path)
    graph.put("My Building 图", [rel("a", "feeds", "b")], 0.0)
    folder.save(graph, "My Building 图")
    (tmp_path / "other.nt").write_text("no graph")
    assert folder.load().sources() == {"My Building 图": 1}


def test_answers_are_tables_and_long_ones_are_cut() -> None:
    graph = SiteGraph()
    graph.put("one", [rel("a", "feeds", str(number)) for number in range(20)], 0.0)
    assert graph.query("ASK { ?x brick:feeds ?y }").rows == (("true",),)
    found = graph.query("SELECT ?y { ?x brick:feeds ?y FILTER(?y != <urn:x#service>) }", 5)
    assert (found.columns, len(found.rows), found.cut) == (("y",), 5, True)
    assert graph.query("CONSTRUCT { ?y brick:isFedBy ?x } WHERE { ?x brick:feeds ?y }").columns[0] == "subject"
    with pytest.raises(KeyError):
        graph.drop("two", 0.0)
