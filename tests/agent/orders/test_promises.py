from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType

from llmagentos.agent.orders.promises import Doubt, doubts
from llmagentos.app.simulated import snapshot_of
from llmagentos.messages.snapshot import Held, Snapshot
from llmagentos.messages.values import Json
from llmagentos.reasoning.health import Trouble
from llmagentos.reasoning.signals import Signal


class Seen:
    """What was learned of devices, for a test."""

    def __init__(
        self, troubles: Mapping[Signal, list[Trouble]] | None = None, failed: frozenset[str] = frozenset()
    ) -> None:
        self._troubles, self._failed = troubles or {}, failed

    def troubles(self, signal: Signal, alike: Iterable[Signal], now: float) -> list[Trouble]:
        return self._troubles.get(signal, [])

    def failed(self, entity: str) -> bool:
        return entity in self._failed


NOTHING = Seen()
DEVICES = {"d1": ("door", "level"), "lamp": ("lamp",)}


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
    assert doubts([("door", "on")], ["lamp"], home(door={"on": False}), NOTHING, DEVICES) == ()


def test_what_speaks_against_it() -> None:
    assert doubts([("door", "on")], [], home(door={"on": None}), NOTHING, DEVICES) == (Doubt("door", "unknown"),)
    assert doubts([("door", "on")], ["lamp"], home(door={"on": False}, level={"value": 9.0}), NOTHING, DEVICES) == (
        Doubt("door", "battery"),
    )
    assert doubts([("door", "on")], ["lamp"], home(door={"on": False}, lamp={"online": False}), NOTHING, DEVICES) == (
        Doubt("lamp", "unreachable"),
    )
    assert doubts([("window", "on")], ["lamp"], home(), NOTHING, DEVICES) == (Doubt("window", "gone"),)


def test_what_was_learned_of_them() -> None:
    well = home(door={"on": False})
    assert doubts([("door", "on")], ["lamp"], well, Seen({("door", "on"): ["stuck"]}), DEVICES) == (
        Doubt("door", "stuck"),
    )
    assert doubts([("door", "on")], ["lamp"], well, Seen({("level", "value"): ["empties"]}), DEVICES) == (
        Doubt("door", "empties"),
    )
    assert doubts([("door", "on")], ["lamp"], well, Seen(failed=frozenset({"lamp"})), DEVICES) == (
        Doubt("lamp", "jammed"),
    )
    gone = home(door={"on": False}, lamp={"online": False})
    assert doubts([("door", "on")], ["lamp"], gone, Seen(failed=frozenset({"lamp"})), DEVICES) == (
        Doubt("lamp", "unreachable"),
    )
