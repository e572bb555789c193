"""Boxes of one air handler with reheat are like each other, not like a chiller."""

import pytest

from llmagentos.reasoning.links.similar import similar

CLASSES = {**{f"vav_{n}": "VAV" for n in range(12)}, "ahu_1": "AHU", "ahu_2": "AHU", "ch_1": "Chiller", "ct_1": "Tower"}
LINKS = [
    *((f"ahu_{1 + n // 6}", "feeds", f"vav_{n}") for n in range(12)),
    *((f"vav_{n}", "hasTag", "Reheat") for n in range(3)),
    ("ch_1", "feeds", "ct_1"),
]


def test_the_likest_come_first() -> None:
    found = similar(CLASSES, LINKS, "vav_0", 4)
    assert {one.name for one in found[:2]} == {"vav_1", "vav_2"}
    assert {("^feeds", "ahu_1"), ("hasTag", "Reheat"), ("is", "VAV")} == set(found[0].shared)
    assert found[0].likeness >= found[-1].likeness
    assert all(one.name.startswith("vav") for one in found)
    with pytest.raises(KeyError):
        similar(CLASSES, LINKS, "nothing")
