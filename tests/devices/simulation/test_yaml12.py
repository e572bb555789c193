from llmagentos.devices.simulation import yaml12


def test_on_and_off_are_words() -> None:
    assert yaml12.load("{on: true, state: off, yes: no}") == {"on": True, "state": "off", "yes": "no"}
