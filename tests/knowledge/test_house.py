"""World, selection and retrieval over the demo house."""

import json

import pytest

from llmagentos.bench.impossible import house
from llmagentos.knowledge import Retriever, World, select
from llmagentos.language import Selector, parse
from llmagentos.language import tree as t
from llmagentos.messages.records import EntityDescription, Property
from llmagentos.messages.site import Naming, SiteConfig
from llmagentos.messages.snapshot import Ambiguous, Area, Found, Missing, Speaker

HOUSE = house()
NOWHERE, NURSERY = Speaker(), Speaker(area="Nursery")


def meant(text: str, speaker: Speaker = NOWHERE) -> set[str] | str:
    statement = parse(f"turn on {text}").statements[0]
    assert isinstance(statement, t.Do)
    resolution = select(statement.target, HOUSE, speaker, lambda one: one.property("on") is not None)
    if isinstance(resolution, Missing):
        return resolution.reason
    entities = resolution.entities if isinstance(resolution, Found) else resolution.options
    names = {one.name for one in entities}
    return f"which of {len(names)}" if isinstance(resolution, Ambiguous) else names


@pytest.mark.parametrize(
    ("text", "speaker", "expected"),
    [
        ('light "Hall Light"', NOWHERE, {"Hall Light"}),
        ('light "hall light"', NOWHERE, {"Hall Light"}),
        ('light "落地灯"', NOWHERE, {"Living Room Lamp"}),
        ('light in "厨房"', NOWHERE, {"Kitchen Light", "Counter Light"}),
        ('light on "Upstairs"', NOWHERE, {"Nursery Light", "Bedroom Lamp"}),
        ("light", NURSERY, {"Nursery Light"}),
        ("light", NOWHERE, "which of 7"),
        ("light here", NURSERY, {"Nursery Light"}),
        ('light in "Cellar"', NOWHERE, "absent"),
        ('light "Sauna"', NOWHERE, "absent"),
        ('lock "Front Door"', NOWHERE, "impossible"),
        ("outlet", NOWHERE, {"Coffee Maker"}),
    ],
)
def test_what_a_selector_means(text: str, speaker: Speaker, expected: set[str] | str) -> None:
    assert meant(text, speaker) == expected


def test_exceptions_are_spared() -> None:
    everything = meant("all light")
    assert isinstance(everything, set)
    assert meant('all light except light in "Kitchen"') == everything - {"Kitchen Light", "Counter Light"}


@pytest.mark.parametrize(
    ("words", "entity"),
    [
        ("turn on the counter light", "light.counter_light"), ("is the freezer cold", "sensor.freezer_temperature"),
        ("nursery radiator warmer", "climate.nursery"), ("打开窗帘", "cover.curtain"), ("floor lamp off", "light.living_room_lamp"),
        ("what is on the groceries list", "shopping"), ("unlock the front door", "lock.front_door"), ("让扫地机器人打扫", "vacuum.dusty"),
    ],
)  # fmt: skip
def test_what_is_spoken_of_is_among_the_candidates(words: str, entity: str) -> None:
    found = Retriever().retrieve(words, HOUSE, NOWHERE, 6)
    assert entity in [one.id for one in found.entities]


def test_the_world_survives_a_restart_with_the_age_of_what_it_knows() -> None:
    site = SiteConfig(name="x", areas=(Area("Hall", "Ground", ("Entrance",)),), names={"lamp": Naming(name="My Lamp")})
    lamp = EntityDescription(id="lamp", entity_class="light", name="Lamp", device="d", area="entrance",
                             properties=(Property(name="on", kind="bool", writable=True),))  # fmt: skip
    world = World(site)
    assert world.describe(lamp)
    assert not world.describe(lamp)
    assert world.report("lamp", "on", True, 5.0) is not None
    assert world.report("lamp", "on", True, 6.0) is None
    assert world.report("ghost", "on", True, 6.0) is None
    again = World(site)
    again.load(json.loads(json.dumps(world.dump_descriptions())), json.loads(json.dumps(world.dump_values())))
    view = again.entity("lamp")
    assert view is not None
    assert (view.name, view.area, view.floor, view.values["on"].at) == ("My Lamp", "Hall", "Ground", 6.0)
    assert again.miss() == ("lamp",)
    assert not again.snapshot(7.0).entities["lamp"].online
    again.describe(lamp)
    assert again.snapshot(7.0).entities["lamp"].online
    assert again.miss() == ()
    assert again.remove("lamp")
    assert select(Selector("light"), again.snapshot(7.0), NOWHERE) == Missing("absent")
