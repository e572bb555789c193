import pytest

from llmagentos.knowledge.kinds import kind_by_name


@pytest.mark.parametrize(
    ("entity_class", "kind", "name", "expected"),
    [
        ("cover", "", "Office Blind", "blind"),
        ("cover", "cover", "客厅窗帘", "curtain"),
        ("cover", "garage", "Curtain", "garage"),
        ("cover", "", "Number 5", ""),
        ("binary sensor", "door", "Hall Window", "window"),
        ("binary sensor", "door", "Back Door", "door"),
        ("binary sensor", "motion", "Window Motion", "motion"),
        ("light", "", "Window Light", ""),
    ],
)
def test_the_name_tells_where_the_device_does_not(entity_class: str, kind: str, name: str, expected: str) -> None:
    assert kind_by_name(entity_class, kind, name) == expected
