"""What is drawn up: which things words speak of, and how things stand to each other, compared with a slow walk."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmagentos.agent.linked import Asked, Linked, kinds_in, things_in
from llmagentos.agent.linked_offered import linked
from llmagentos.agent.offered import Scope
from llmagentos.agent.site_index import SiteIndex
from llmagentos.knowledge.graph.links import Links, site_links
from llmagentos.language import parse, render
from llmagentos.language.tree import Program
from llmagentos.messages.snapshot import SiteLinks, Snapshot, Speaker


def drawn(classes: Mapping[str, str], *links: tuple[str, str, str]) -> SiteLinks:
    known = site_links(Links(dict(classes), links, {}))
    assert known is not None
    return known


HOUSE = drawn(
    {"ahu_A1": "AHU", "ahu_A2": "AHU", "vav_C1": "VAV", "vav_C2": "VAV", "vav_C3": "VAV", "zone_C1": "HVAC_Zone", "zone_C2": "HVAC_Zone", "room_C1": "Room",
     "room_C2": "Room", "floor_1": "Floor", "temp_C1": "Zone_Air_Temperature_Sensor", "flow_C1": "Supply_Air_Flow_Sensor", "pump-1": "Pump", "pump-2": "Pump", "coil": "Coil"},
    ("ahu_A1", "feeds", "vav_C1"), ("ahu_A1", "feeds", "vav_C2"), ("vav_C1", "feeds", "zone_C1"), ("vav_C2", "feeds", "zone_C2"), ("zone_C1", "hasPart", "room_C1"),
    ("zone_C2", "hasPart", "room_C2"), ("floor_1", "hasPart", "room_C1"), ("floor_1", "hasPart", "room_C2"), ("vav_C1", "hasPoint", "temp_C1"), ("vav_C1", "hasPoint", "flow_C1"),
    ("vav_C2", "hasTag", "Reheat"), ("pump-1", "feeds", "coil"), ("coil", "feeds", "pump-2"), ("pump-2", "feeds", "pump-1"),
)  # fmt: skip


def answer(sentence: str, links: SiteLinks = HOUSE) -> str:
    ask = parse(sentence).statements[0]
    assert isinstance(ask, Asked)
    return Linked(links, "en").answer(ask)


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ('list fed by "ahu_A1"', "vav_C1, vav_C2."), ('count "Room" fed by "ahu_A1"', "2: room_C1, room_C2."), ('list feeding "vav_C1"', "ahu_A1."),
        ('list "AHU" feeding "room_C1"', "ahu_A1."), ('list upstream of "room_C1"', "zone_C1, vav_C1, ahu_A1."), ('list "Floor" around "room_C2"', "floor_1."),
        ('list points of "vav_C1"', "temp_C1, flow_C1."), ('list "Temperature Sensor" points of "zone_C1"', "temp_C1."), ('list points of "room_C1"', "temp_C1, flow_C1."),
        ('list with point "flow_C1"', "vav_C1."), ('list "VAV" beside "vav_C1"', "vav_C2."), ('list "Room" in "floor_1" and fed by "ahu_A1"', "room_C1, room_C2."),
        ('list "Room" in "floor_1" and fed by "ahu_A2"', "None."), ('count every "VAV"', "3: vav_C1, vav_C2, vav_C3."), ('list every "VAV" without "AHU"', "vav_C3."),
        ('list every "VAV" with "Temperature Sensor"', "vav_C1."), ('list every "Room" with "Reheat"', "room_C2."), ('list every "Boiler"', "There is no such Boiler here."),
        ('most "VAV" by "AHU"', "ahu_A1: 2."), ('more "VAV" at "ahu_A2" or "ahu_A1"', "ahu_A1: 2, ahu_A2: 0."), ('whether "room_C1" in "floor_1"', "Yes: room_C1, floor_1."),
        ('whether "ahu_A1" feeding "room_C1"', "Yes: ahu_A1, room_C1."), ('whether "pump-2" feeding "coil"', "No: pump-2, coil."), ('whether "pump-1" feeding "coil"', "Yes: pump-1, coil."),
        ('path "ahu_A1" to "room_C1"', "ahu_A1 -> vav_C1 -> zone_C1 -> room_C1."), ('path "room_C1" to "ahu_A1"', "room_C1 -> zone_C1 -> vav_C1 -> ahu_A1."),
        ('path "ahu_A2" to "room_C1"', "Nothing leads from ahu_A2 to room_C1."), ('between "ahu_A1" and "zone_C1"', "vav_C1."), ('list fed by "ahu_A9"', "There is no such ahu_A9 here."),
    ],
)  # fmt: skip
def test_how_things_stand(sentence: str, expected: str) -> None:
    assert answer(sentence) == expected


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("what does AHU 1 feed", "ahu_A1"), ("which sensors has vav c1", "vav_C1"), ("is room C2 on floor one", "room_C2"), ("ahu_A2 给哪些供风", "ahu_A2"),
        ("where is zone-c2", "zone_C2"), ("does pump 2 feed the coil", "pump-2"),
    ],
)  # fmt: skip
def test_what_words_speak_of(words: str, first: str) -> None:
    assert first in things_in(words, HOUSE)[:2]


def test_kinds_in_words() -> None:
    assert "HVAC_Zone" in kinds_in("which zones are there", HOUSE)
    assert "VAV" in kinds_in("how many boxes does it feed", HOUSE)
    assert "Zone_Air_Temperature_Sensor" in kinds_in("zone air temperature sensors", HOUSE)
    assert kinds_in("温度传感器有哪些", HOUSE)[0] == "Temperature_Sensor"
    assert kinds_in("turn on the light", HOUSE) == ()


def test_what_is_offered_can_be_parsed_and_answered() -> None:
    for words in ("which VAVs does AHU 1 feed", "is room C1 on floor 1", "how does air get from ahu_A1 to room_C2", "which VAVs have no AHU", "who has more rooms, ahu_A1 or ahu_A2"):  # fmt: skip
        snapshot = Snapshot(0.0, 1, 1, {}, {}, links=HOUSE)
        offered = list(linked(Scope(words, snapshot, Speaker(), (), (), SiteIndex(snapshot))))
        assert offered
        for statement in offered:
            assert parse(render(Program((statement,)))).statements == (statement,)
            assert answer(render(Program((statement,))))
    empty = Snapshot(0.0, 1, 1, {}, {})
    assert list(linked(Scope("which VAVs does AHU 1 feed", empty, Speaker(), (), (), SiteIndex(empty)))) == []


NAMES = st.sampled_from("abcdef")


@given(st.lists(st.tuples(NAMES, st.sampled_from(["feeds", "hasPart"]), NAMES), min_size=1, max_size=14), NAMES)
def test_downstream_as_a_slow_walk_finds_it(links: list[tuple[str, str, str]], start: str) -> None:
    whole = drawn(dict.fromkeys("abcdef", "Pump"), *links)
    reached, before = {start}, set[str]()
    while reached != before:
        before = set(reached)
        reached |= {tail for head, _, tail in links if head in reached}
    assert set(Linked(whole, "en").related("downstream of", start)) == reached - {start}


@pytest.mark.parametrize(
    ("words", "first"),
    [("what does AHU 1 feed", "AHU-01"), ("what does AHU 2 feed", "ahu_A2"), ("who feeds room R311", "room R311"), ("大厅由谁供风", "大厅"), ("what does the ahu feed", "ahu")],
)  # fmt: skip
def test_the_thing_that_is_named_comes_first(words: str, first: str) -> None:
    site = drawn(
        {"AHU-01": "AHU", "ahu_A2": "AHU", "ahu": "AHU", "room R31": "Room", "room R311": "Room", "大厅": "Room", "办公室": "Room"},
        ("AHU-01", "feeds", "room R31"), ("ahu_A2", "feeds", "大厅"), ("ahu", "feeds", "办公室"),
    )  # fmt: skip
    assert things_in(words, site)[0] == first
