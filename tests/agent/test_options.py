from llmagentos.agent.options import options
from llmagentos.agent.site_index import SiteIndex
from llmagentos.bench.impossible import house

HOME = house()
LIGHTS = [one for one in HOME.entities.values() if one.entity_class == "light"][:2]


def test_each_thing_that_could_be_meant_is_one() -> None:
    found = options("set light brightness 40%", LIGHTS, SiteIndex(HOME))
    assert found == [f'set light "{one.name}" brightness 40%' for one in LIGHTS]


def test_what_is_said_in_full_leaves_nothing_open() -> None:
    assert options('turn on light in "Kitchen"', LIGHTS, SiteIndex(HOME)) == []
    assert options("clarify", LIGHTS, SiteIndex(HOME)) == []
