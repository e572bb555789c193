"""A plant drawn by rule, mistakes put into it, and what is proposed."""

import pytest

from llmagentos.reasoning.repairs.corruption import corrupted
from llmagentos.reasoning.repairs.proposals import CLASS, Link, propose, propose_classes


def plant(boxes: int = 80) -> tuple[dict[str, str], list[Link]]:
    """Air handlers that feed the boxes of a floor, each with a zone and a sensor of its number."""
    classes: dict[str, str] = {}
    links: list[Link] = []
    for number in range(boxes):
        floor, name = 1 + number // 10, f"{1 + number // 10}{number % 10:02}"
        classes |= {f"ahu_{floor}": "AHU", f"vav_{name}": "VAV", f"zone_{name}": "HVAC_Zone", f"temp_{name}": "Temperature_Sensor"}  # fmt: skip
        links += [(f"ahu_{floor}", "feeds", f"vav_{name}"), (f"vav_{name}", "feeds", f"zone_{name}"), (f"vav_{name}", "hasPoint", f"temp_{name}")]  # fmt: skip
    return classes, links


CLASSES, LINKS = plant()


def test_one_that_is_missing_and_one_that_is_wrong() -> None:
    given = [one for one in LINKS if one[2] not in ("zone_207", "temp_305")] + [("vav_108", "hasPoint", "temp_305")]
    found = propose(CLASSES, given)
    assert {(one.change, one.link) for one in found if one.confidence > 0.6} >= {
        ("add", ("vav_207", "feeds", "zone_207")),
        ("remove", ("vav_108", "hasPoint", "temp_305")),
    }
    assert all(one.reasons and 0 <= one.confidence <= 1 for one in found)
    missing = next(one for one in found if one.link == ("vav_207", "feeds", "zone_207"))
    assert any("'207'" in reason for reason in missing.reasons)
    assert any("zone_207 has none" in reason for reason in missing.reasons)


def test_whole_drawings_are_left_alone() -> None:
    assert [one for one in propose(CLASSES, LINKS) if one.confidence > 0.5] == []


@pytest.mark.parametrize("seed", range(3))
def test_most_of_a_tenth_is_found(seed: int) -> None:
    trial = corrupted(LINKS, 0.1, seed)
    found = [one for one in propose(CLASSES, trial.links) if one.confidence > 0.5]
    right = [one for one in found if one.link in (trial.removed if one.change == "add" else trial.false)]
    assert len(right) >= 0.8 * len(found)
    assert len(right) >= 0.6 * (len(trial.removed) + len(trial.false))


def test_a_wrong_class_and_a_lacking_one() -> None:
    given = {**CLASSES, "vav_203": "Temperature_Sensor"}
    del given["zone_307"]
    found = {(one.change, one.link) for one in propose_classes(given, LINKS) if one.confidence > 0.5}
    assert found >= {
        ("remove", ("vav_203", CLASS, "Temperature_Sensor")),
        ("add", ("zone_307", CLASS, "HVAC_Zone")),
    }


def test_little_says_nothing() -> None:
    classes, links = plant(3)
    assert propose(classes, links) == []
    assert propose({}, []) == []


def test_corruption_is_what_it_says_it_is() -> None:
    trial = corrupted(LINKS, 0.2, 5)
    assert set(trial.links) == (set(LINKS) - trial.removed) | trial.false
    assert len(trial.removed) == round(0.2 * len(LINKS))
    assert not trial.false & set(LINKS)
    assert corrupted(LINKS, 0.2, 5) == trial
