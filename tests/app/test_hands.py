from llmagentos.app.hands import Hands
from llmagentos.app.simulated import snapshot_of
from llmagentos.messages.records import Command, Observation

HOME = snapshot_of(
    {"site": "Home", "areas": [], "simulate": {"outside": None, "devices": [
        {"id": "lamp", "class": "light", "name": "Lamp"}, {"id": "blind", "class": "cover", "kind": "blind", "name": "Blind"},
        {"id": "smoke", "class": "binary sensor", "kind": "smoke", "name": "Smoke"},
    ]}}
)  # fmt: skip
LAMP, BLIND, SMOKE = (HOME.entities[one] for one in ("lamp", "blind", "smoke"))


def said(entity: str, name: str, value: object, previous: object) -> Observation:
    return Observation(id="o", at=0.0, source="t", entity=entity, property=name, value=value, previous=previous)  # type: ignore[arg-type]


def told(entity: str, name: str = "on", value: bool | str = True, verb: str = "turn on") -> Command:
    return Command(entity=entity, property=name, value=value, verb=verb)


def test_a_hand_beats_for_a_while() -> None:
    hands = Hands(1800.0)
    hands.observed(said("lamp", "on", True, False), LAMP, 100.0)
    assert hands.beats("lamp", 200.0) and not hands.beats("lamp", 1900.0) and not hands.beats("blind", 200.0)


def test_our_own_effect_is_no_hand() -> None:
    hands = Hands(1800.0)
    hands.ours(told("lamp"), 100.0)
    hands.observed(said("lamp", "on", True, False), LAMP, 102.0)
    assert not hands.beats("lamp", 103.0)
    hands.observed(said("lamp", "on", False, True), LAMP, 120.0)
    assert hands.beats("lamp", 121.0)
    hands.ours(told("lamp"), 122.0)  # a person asks us: that is what they want now
    assert not hands.beats("lamp", 123.0)


def test_what_travels_takes_its_time_and_a_repetition_is_no_change() -> None:
    hands = Hands(1800.0)
    hands.ours(told("blind", "state", "open"), 100.0)
    hands.observed(said("blind", "state", "open", "opening"), BLIND, 160.0)
    hands.observed(said("lamp", "on", True, True), LAMP, 160.0)
    assert not hands.beats("blind", 161.0) and not hands.beats("lamp", 161.0)


def test_what_is_set_back_again_and_again_is_fought_over() -> None:
    hands = Hands(1800.0)
    for start in (100.0, 103.0, 106.0):
        assert not hands.fights
        hands.ours(told("lamp"), start)
        hands.observed(said("lamp", "on", True, False), LAMP, start + 0.2)
        hands.observed(
            said("lamp", "on", False, True), LAMP, start + 1.0
        )  # sooner than any effect of ours would be over
        assert hands.beats("lamp", start + 2)
    assert list(hands.fights) == ["lamp"]


def test_what_a_scene_sets_is_no_hand() -> None:
    hands = Hands(1800.0)
    hands.ours(told("scene.film", "activate", True, "activate"), 100.0)
    hands.observed(said("lamp", "on", False, True), LAMP, 101.0)
    assert not hands.beats("lamp", 102.0)


def test_only_what_was_told_so_is_explained_by_us() -> None:
    hands = Hands(1800.0)
    hands.ours(told("lamp"), 100.0)
    assert hands.explains(said("lamp", "on", True, False), LAMP, 102.0)
    assert not hands.explains(said("lamp", "on", False, True), LAMP, 103.0)  # somebody else
    assert not hands.explains(said("lamp", "on", True, False), LAMP, 140.0)  # long after
    assert not hands.explains(said("smoke", "on", True, False), SMOKE, 102.0)


def test_a_scene_explains_what_it_can_set_and_no_detector() -> None:
    hands = Hands(1800.0)
    hands.ours(Command(entity="scene", property="activate", value="activate", verb="activate"), 100.0)
    assert hands.explains(said("lamp", "on", True, False), LAMP, 105.0)
    assert not hands.explains(said("smoke", "on", True, False), SMOKE, 105.0)
