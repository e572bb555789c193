"""Each number leaves out the link it speaks of: as if that link were not recorded, computed the slow way."""

import numpy as np

from llmagentos.reasoning.repairs.equipment import Equipment
from llmagentos.reasoning.repairs.evidence import FEATURES, features
from llmagentos.reasoning.repairs.names import NameSpace, parts
from tests.reasoning.repairs.test_proposals import CLASSES, LINKS

OWN = {
    "words of the first", "words of the second", "all words of the first", "all words of the second", "pairs linked",
    "like neighbours of the second", "like neighbours of the first", "one more from the first", "one more to the second",
}  # fmt: skip


def test_a_recorded_link_is_no_evidence_for_itself() -> None:
    whole = Equipment.of(CLASSES, LINKS)
    pattern = ("VAV", "feeds", "HVAC_Zone")
    [(_, recorded)] = whole.recorded([pattern])
    with_it = features(whole, pattern, recorded)
    row, column = recorded.heads.index("vav_203"), recorded.tails.index("zone_203")
    lacking = whole.with_links(set(LINKS) - {("vav_203", "feeds", "zone_203")})
    [(_, without)] = lacking.recorded([pattern])
    without_it = features(lacking, pattern, without)
    for number, name in enumerate(FEATURES):
        if name in OWN - {"one more from the first", "one more to the second"}:
            assert np.isclose(with_it[row, column, number], without_it[row, column, number]), name


def test_parts_of_names() -> None:
    assert {"vav", "r369", "369", "r", "^r3", "#36"} <= set(parts("vav_R369"))
    assert set(parts("zone_07")) & set(parts("ahu-7")) >= {"7"}
    space = NameSpace(["vav_R369", "temp_sensor_hvac_zone_R369", "vav_R370", "vav_S001"])
    alike = space.vectors([0], range(4)) @ space.vectors(range(4), range(4)).T
    assert alike[0, 0] > alike[0, 1] > alike[0, 3]
    assert alike[0, 2] > alike[0, 3]


def test_what_has_no_class_is_known_by_its_role() -> None:
    site = Equipment.of({"a": "AHU"}, [("a", "feeds", "b"), ("a", "feeds", "c")])
    assert site.kinds == {"a": "AHU", "b": "? to feeds", "c": "? to feeds"}
    assert site.patterns() == [("AHU", "feeds", "? to feeds")]
    labels = Equipment.labels({"a": "AHU", "b": "VAV", "c": "VAV"}, [("a", "hasTag", "x"), ("a", "feeds", "b"), ("a", "feeds", "c")])  # fmt: skip
    assert "x" not in labels.kinds
