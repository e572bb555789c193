from typing import Any

import pytest

from llmagentos.messages.records import Command, EntityDescription, Property
from llmagentos.messages.site import Guard, Level, Naming, SiteConfig
from llmagentos.messages.snapshot import EntityView, Held, Snapshot
from llmagentos.policy import GuardState, Judge, PolicyBroken, RuleBook, Verdict

RULES = RuleBook()


def entity(identity: str, entity_class: str, name: str = "It", kind: str = "", **values: Any) -> EntityView:
    description = EntityDescription(id=identity, entity_class=entity_class, name=name, device="d", kind=kind,
                                    properties=(Property(name="on", kind="bool", writable=True),))  # fmt: skip
    return EntityView(description, None, {key: Held(value, 1000.0) for key, value in values.items()})


def judge(view: EntityView, value: Any = True, *, level: Level = "act", principal: str = "owner", consented: bool = False, prop: str = "on",
          guards: tuple[Guard, ...] = (), state: GuardState | None = None, others: tuple[EntityView, ...] = (), verb: str = "turn on") -> Verdict:  # fmt: skip
    site = SiteConfig("S", level=level, guards=guards, names={"light.watch": Naming(level="observe")})
    snapshot = Snapshot(1010.0, 1, 1, {one.id: one for one in (view, *others)}, {})
    command = Command(entity=view.id, property=prop, value=value, verb=verb)
    return Judge(RULES, site).judge(
        command, principal, snapshot, state or GuardState(), agent="dialogue", hour=12, consented=consented
    )


def test_lights_are_free_and_dangerous_things_ask() -> None:
    assert judge(entity("light.a", "light")) == Verdict("approve", "everyday")
    for view in (entity("lock.a", "lock"), entity("valve.a", "valve"), entity("cover.a", "cover", kind="garage"), entity("siren.a", "siren"),
                 entity("switch.a", "switch", name="Space Heater"), entity("switch.b", "outlet", name="烤箱")):  # fmt: skip
        assert judge(view).kind == "ask", view.name
        assert judge(view, consented=True).kind == "approve"


def test_levels_strangers_and_unknown_devices_are_refused() -> None:
    light = entity("light.a", "light")
    assert judge(light, level="observe").rule == "level-observe"
    assert judge(light, level="advise").rule == "level-advise"
    assert judge(entity("light.watch", "light")).rule == "level-observe"
    assert judge(light, principal="burglar").kind == "refuse"
    assert judge(entity("lock.a", "lock"), principal="burglar", consented=True).kind == "refuse"
    assert judge(entity("x", "spaceship")).kind == "refuse"


def test_guards_stand_after_policy() -> None:
    heater = entity("climate.a", "climate", temperature=20)
    wide = Guard("climate.*", "temperature", minimum=10, maximum=25, max_change=4)
    assert judge(heater, 26, prop="temperature", guards=(wide,)).rule == "guard-1"
    assert judge(heater, 25, prop="temperature", guards=(wide,)).kind == "refuse"  # five degrees at once
    assert judge(heater, 23, prop="temperature", guards=(wide,)).kind == "approve"
    pump = entity("switch.a", "switch", on=False)
    state = GuardState()
    state.note("switch.a", True, 1000.0)
    state.note("switch.a", False, 1005.0)
    assert judge(pump, guards=(Guard("switch.a", min_off_s=60),), state=state).kind == "refuse"
    assert judge(pump, guards=(Guard("switch.a", starts_per_hour=1),), state=state).kind == "refuse"
    assert (
        judge(
            pump, guards=(Guard("switch.a", excludes=("switch.b",)),), others=(entity("switch.b", "switch", on=True),)
        ).kind
        == "refuse"
    )
    assert judge(pump, guards=(Guard("switch.a", fresh=("sensor.x", "value"), fresh_s=60),)).kind == "refuse"


def test_a_policy_that_does_not_fit_stops_everything() -> None:
    for text in ("permit (", 'forbid (principal, action, resource) when { resource.colour == "red" };'):
        with pytest.raises(PolicyBroken):
            RuleBook(text)
