import json
from dataclasses import replace
from typing import Any

import pytest

from llmagentos.messages.records import Command, EntityDescription, Property
from llmagentos.messages.site import Guard, Level, Naming, SiteConfig
from llmagentos.messages.snapshot import EntityView, Held, Snapshot, voice_in
from llmagentos.messages.values import Json
from llmagentos.policy import GuardState, Judge, PolicyBroken, RuleBook, Verdict
from llmagentos.policy.guard import runs

RULES = RuleBook()


def entity(identity: str, entity_class: str, name: str = "It", kind: str = "", **values: Any) -> EntityView:
    description = EntityDescription(id=identity, entity_class=entity_class, name=name, device="d", kind=kind,
                                    properties=(Property(name="on", kind="bool", writable=True),))  # fmt: skip
    return EntityView(description, None, {key: Held(value, 1000.0) for key, value in values.items()})


def judge(view: EntityView, value: Any = True, *, level: Level = "act", principal: str = "owner", consented: bool = False, prop: str = "on",
          guards: tuple[Guard, ...] = (), state: GuardState | None = None, others: tuple[EntityView, ...] = (), verb: str = "turn on", policies: str | None = None) -> Verdict:  # fmt: skip
    site = SiteConfig("S", level=level, guards=guards, names={"light.watch": Naming(level="observe")})
    snapshot = Snapshot(1010.0, 1, 1, {one.id: one for one in (view, *others)}, {})
    command = Command(entity=view.id, property=prop, value=value, verb=verb)
    return Judge(RuleBook(policies) if policies else RULES, site).judge(
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


def placed(identity: str, entity_class: str, area: str) -> EntityView:
    view = entity(identity, entity_class)
    return replace(view, description=replace(view.description, area=area))


def test_a_voice_is_a_guest_of_its_room_and_consents_to_nothing() -> None:
    voice = voice_in("Kitchen")
    assert judge(placed("light.a", "light", "Kitchen"), principal=voice).kind == "approve"
    assert judge(placed("light.b", "light", "Bedroom"), principal=voice).kind == "refuse"
    assert judge(entity("light.c", "light"), principal=voice).kind == "refuse"
    assert judge(entity("light.c", "light"), principal=voice_in(None)).kind == "refuse"
    assert judge(entity("list.a", "list"), principal=voice, prop="add").kind == "approve"
    assert judge(entity("list.a", "list"), principal=voice, prop="clear").kind == "refuse"
    for consented in (False, True):
        assert judge(placed("lock.a", "lock", "Kitchen"), principal=voice, consented=consented).kind == "refuse"


def test_guards_stand_after_policy() -> None:
    heater = entity("climate.a", "climate", temperature=20)
    wide = Guard("climate.*", "temperature", minimum=10, maximum=25, max_change=4)
    assert judge(heater, 26, prop="temperature", guards=(wide,)).rule == "guard-1"
    assert judge(heater, 25, prop="temperature", guards=(wide,)).kind == "refuse"  # five degrees at once
    assert judge(heater, 23, prop="temperature", guards=(wide,)).kind == "approve"
    pump = entity("switch.a", "switch", on=False)
    state = GuardState()
    state.note("switch.a", "on", True, 1000.0)
    state.note("switch.a", "on", False, 1005.0)
    assert judge(pump, guards=(Guard("switch.a", min_off_s=60),), state=state).kind == "refuse"
    assert judge(pump, guards=(Guard("switch.a", starts_per_hour=1),), state=state).kind == "refuse"
    assert (
        judge(
            pump, guards=(Guard("switch.a", excludes=("switch.b",)),), others=(entity("switch.b", "switch", on=True),)
        ).kind
        == "refuse"
    )
    assert judge(pump, guards=(Guard("switch.a", fresh=("sensor.x", "value"), fresh_s=60),)).kind == "refuse"


def test_the_owners_rule_can_permit_what_is_asked_for_by_default() -> None:
    lock = entity("lock.a", "lock", state="locked")
    assert judge(lock, "unlocked", prop="state").kind == "ask"
    own = 'permit (principal, action == Action::"command", resource) when { resource == Device::"lock.a" };'
    assert judge(lock, "unlocked", prop="state", policies=own).kind == "approve"


def test_what_an_accepted_command_starts_counts_before_it_reports() -> None:
    one = (Guard("switch.a", excludes=("switch.b",)),)
    pump, other = entity("switch.a", "switch", on=False), entity("switch.b", "switch", on=False)
    state = GuardState()
    assert judge(pump, guards=one, others=(other,), state=state).kind == "approve"
    state.note("switch.b", "on", True, 1000.0)
    assert judge(pump, guards=one, others=(other,), state=state).kind == "refuse"
    state.settled("switch.b")
    assert judge(pump, guards=one, others=(other,), state=state).kind == "approve"


def test_what_runs() -> None:
    cases: list[tuple[str, Json, bool | None]] = [
        ("on", True, True), ("on", 1, False), ("mode", "off", False), ("mode", "heat", True), ("position", 100, True), ("position", 0, False),
        ("temperature", 21.0, None), ("brightness", 1, None),
    ]  # fmt: skip
    for name, value, expected in cases:
        assert runs(name, value) is expected, (name, value)
    state = GuardState()
    state.note("climate.a", "temperature", 21.0, 5.0)
    assert state.stopped == {}
    state.note("valve.a", "position", 100, 6.0)
    again = GuardState()
    again.load(json.loads(json.dumps(state.dump())))
    assert (again.started, again.starts_since("valve.a", 0)) == ({"valve.a": 6.0}, 1)


def test_a_policy_that_does_not_fit_stops_everything() -> None:
    for text in ("permit (", 'forbid (principal, action, resource) when { resource.colour == "red" };'):
        with pytest.raises(PolicyBroken):
            RuleBook(text)


def test_what_a_person_has_the_right_to_at_all_does_not_depend_on_the_hour_or_the_stop() -> None:
    light = entity("light.a", "light")
    night = 'permit(principal, action == Action::"command", resource) when { context.hour < 6 };'
    command = Command(entity="light.a", property="on", value=True, verb="turn on")
    snapshot = Snapshot(1010.0, 1, 1, {"light.a": light}, {})
    strict = Judge(RuleBook(night), SiteConfig("S", level="act"))
    strict.stopped = True
    assert strict.ever(command, "owner", snapshot, agent="orders").kind == "approve"
    free = Judge(RULES, SiteConfig("S", level="act"))
    assert free.ever(command, "burglar", snapshot, agent="orders").kind == "refuse"
    assert Judge(RULES, SiteConfig("S", level="observe")).ever(command, "owner", snapshot, agent="orders").rule == "level-observe"  # fmt: skip
    lock = Snapshot(1010.0, 1, 1, {"lock.a": entity("lock.a", "lock")}, {})
    assert free.ever(Command(entity="lock.a", property="on", value=True, verb="lock"), "owner", lock, agent="orders").kind == "ask"  # fmt: skip
    assert free.ever(command, "owner", lock, agent="orders").rule == "unknown-device"
