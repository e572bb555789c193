from dataclasses import replace
from types import MappingProxyType

from llmagentos.agent.orders.promises import Doubt, doubts
from llmagentos.app.simulated import snapshot_of
from llmagentos.messages.snapshot import Held, Snapshot
from llmagentos.messages.values import Json


def home(**changed: dict[str, Json]) -> Snapshot:
    devices = [
        {"id": "lamp", "class": "light", "name": "Lamp"},
        {"id": "door", "class": "binary sensor", "kind": "door", "name": "Door"},
        {
            "id": "level",
            "class": "sensor",
            "kind": "battery",
            "name": "Door Battery",
            "unit": "%",
            "state": {"value": 80},
        },
    ]
    made = snapshot_of({"site": "Home", "areas": [], "simulate": {"outside": None, "devices": devices}})
    entities = {}
    for key, one in made.entities.items():
        described = replace(one.description, device="d1" if key != "lamp" else "lamp")
        values = {
            **one.values,
            **{name: Held(value, 1.0) for name, value in changed.get(key, {}).items() if name != "online"},
        }
        entities[key] = replace(
            one,
            description=described,
            values=MappingProxyType(values),
            online=bool(changed.get(key, {}).get("online", True)),
        )
    return replace(made, entities=MappingProxyType(entities))


def test_a_sound_order() -> None:
    assert doubts([("door", "on")], ["lamp"], home(door={"on": False})) == ()


def test_what_speaks_against_it() -> None:
    assert doubts([("door", "on")], [], home(door={"on": None})) == (Doubt("door", "unknown"),)
    assert doubts([("door", "on")], ["lamp"], home(door={"on": False}, level={"value": 9.0})) == (
        Doubt("door", "battery"),
    )
    assert doubts([("door", "on")], ["lamp"], home(door={"on": False}, lamp={"online": False})) == (
        Doubt("lamp", "unreachable"),
    )
    assert doubts([("window", "on")], ["lamp"], home()) == (Doubt("window", "gone"),)
