import pytest

from llmagentos.devices.simulation import yaml12
from llmagentos.devices.simulation.fixtures import class_of, from_fixtures, is_fixtures, to_values
from llmagentos.devices.simulation.sitefile import site_spec
from tests.shared import needs

HOME = """
language: en
floors: [{name: Upstairs, id: up}]
areas: [{name: Bedroom, id: bedroom, floor: up}, {name: Hall, id: hall}]
entities:
  - {name: Lamp, id: light.lamp, area: bedroom, attributes: {supported_color_modes: [brightness], brightness: 255}}
  - {name: Bulb, id: light.bulb, area: hall, state: "off", attributes: {supported_color_modes: [onoff]}}
  - {name: Door, id: cover.door, state: false, attributes: {device_class: cover.CoverDeviceClass.GARAGE, supported_features: [cover.CoverEntityFeature.OPEN]}}
  - {name: Speaker, id: media_player.speaker, state: playing, attributes: {volume_level: 0.5}}
  - {name: Odd, id: ghost.odd}
"""


def test_a_home_becomes_a_site() -> None:
    data = yaml12.load(HOME)
    assert is_fixtures(data)
    site = from_fixtures(data, "home")
    assert site["areas"] == [{"name": "Bedroom", "floor": "Upstairs"}, {"name": "Hall"}]
    lamp, bulb, door, speaker = site_spec(site["simulate"]).devices
    assert (lamp.area, lamp.values["brightness"], "brightness" in lamp.properties) == ("Bedroom", 100, True)
    assert (bulb.values["on"], "brightness" in bulb.properties) == (False, False)
    assert (door.kind, door.values["state"], "position" in door.properties) == ("garage", "closed", False)
    assert (speaker.values["playback"], speaker.values["on"], speaker.values["volume"]) == ("playing", True, 50)


@pytest.mark.parametrize(
    ("entity", "state", "attributes", "values"),
    [
        ("fan.a", "on", {"percentage": 100}, {"on": True, "speed": 100}),
        ("lock.a", "locked", {}, {"state": "locked"}),
        ("vacuum.a", "off", {}, {"activity": "idle"}),
        ("light.a", "off", {"brightness": None, "color_mode": None}, {"on": False}),
        ("climate.a", "heat", {"target_temperature": "21"}, {"mode": "heat", "temperature": 21}),
        ("binary_sensor.a", {"in": "wet", "out": "on"}, {}, {"on": True}),
        ("sensor.a", "2024-04-01", {}, {"value": "2024-04-01"}),
        ("person.a", "not_home", {}, {"location": "away"}),
    ],
)
def test_states(entity: str, state: object, attributes: dict[str, object], values: dict[str, object]) -> None:
    assert to_values(class_of(entity), state, attributes) == values


def test_every_home_of_the_sets_is_a_site() -> None:
    files = sorted(needs("assist").rglob("_fixtures.yaml"))
    assert files
    for file in files:
        data = yaml12.load(file.read_text(encoding="utf-8"))
        assert len(site_spec(from_fixtures(data, "home")["simulate"]).devices) == len(data["entities"])
