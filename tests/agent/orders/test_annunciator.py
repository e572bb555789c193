import random

from llmagentos.agent.orders.annunciator import (
    ESCALATES_S,
    FLOOD_BEGINS,
    FLOOD_S,
    LONGEST_SHELF_S,
    Alarm,
    Annunciator,
    Happening,
)
from llmagentos.language.tree import Priority


def _one(priority: Priority = "high") -> tuple[Annunciator, Alarm]:
    annunciator, alarm = Annunciator(), Alarm("a", "Freezer", priority)
    annunciator.place(alarm)
    return annunciator, alarm


def _state(alarm: Alarm) -> str:
    return alarm.state


def _told(happened: list[Happening]) -> list[str]:
    """As the node does: who is loud is told, and it is noted."""
    for one in happened:
        if one.loud and one.alarm is not None:
            one.alarm.told = one.at
    return [f"{one.change}{'!' if one.loud else ''}" for one in happened]


def test_it_stays_until_it_is_over_and_somebody_took_note() -> None:
    annunciator, alarm = _one()
    assert _told(annunciator.raised("a", 0.0)) == ["raised!"] and _state(alarm) == "unacknowledged"
    assert _told(annunciator.acknowledge(["a"], "ann", 1.0)) == ["acknowledged"] and _state(alarm) == "acknowledged"
    assert _told(annunciator.returned("a", 2.0)) == ["returned"] and _state(alarm) == "normal"
    annunciator.raised("a", 3.0)
    annunciator.returned("a", 4.0)
    assert _state(alarm) == "returned"
    assert annunciator.acknowledge(["a"], "ann", 5.0) and _state(alarm) == "normal"
    assert annunciator.acknowledge(["a", "b"], "ann", 6.0) == [] and annunciator.returned("a", 7.0) == []


def test_what_chatters_is_told_once_until_somebody_took_note() -> None:
    annunciator, alarm = _one()
    told = [
        word for at in range(5) for word in _told([*annunciator.raised("a", at), *annunciator.returned("a", at + 0.5)])
    ]
    assert told.count("raised!") == 1 and alarm.raised == 5 and alarm.since == 0
    annunciator.acknowledge(["a"], "ann", 9.0)
    assert _told(annunciator.raised("a", 10.0)) == ["raised!"] and alarm.since == 10.0


def test_what_nobody_answers_is_told_again_and_more_urgent_things_sooner() -> None:
    for priority, patience in ESCALATES_S.items():
        annunciator, _ = _one(priority)
        _told(annunciator.raised("a", 0.0))
        assert annunciator.advance(patience - 1) == []
        assert _told(annunciator.advance(patience)) == ["escalated!"]
        assert annunciator.advance(patience + 1) == [] and _told(annunciator.advance(2 * patience)) == ["escalated!"]
        annunciator.acknowledge(["a"], "ann", 2 * patience + 1)
        assert annunciator.advance(9 * patience) == []
    assert ESCALATES_S["critical"] < ESCALATES_S["high"] < ESCALATES_S["medium"] and "low" not in ESCALATES_S


def test_a_shelf_is_quiet_and_ends() -> None:
    annunciator, alarm = _one()
    annunciator.shelve("a", "ann", 100.0, 0.0)
    assert _told(annunciator.raised("a", 10.0)) == ["raised"] and _state(alarm) == "shelved"
    assert annunciator.advance(99.0) == []
    assert _told(annunciator.advance(100.0)) == ["unshelved!"] and _state(alarm) == "unacknowledged"
    annunciator.shelve("a", "ann", 1e9, 200.0)
    assert alarm.shelved_until == 200.0 + LONGEST_SHELF_S
    annunciator.returned("a", 300.0)
    assert _told(annunciator.unshelve("a", "ann", 400.0)) == ["unshelved"] and _state(alarm) == "returned"
    assert annunciator.unshelve("a", "ann", 401.0) == [] and annunciator.shelve("b", "ann", 9.0, 0.0) == []


def test_what_came_and_went_on_a_shelf_is_told_when_it_comes_again() -> None:
    annunciator, alarm = _one("critical")
    _told(annunciator.raised("a", 0.0))
    annunciator.shelve("a", "ann", 100.0, 1.0)
    annunciator.returned("a", 2.0)
    _told(annunciator.advance(100.0))
    assert _told(annunciator.raised("a", 200.0)) == ["raised!"] and alarm.since == 200.0
    assert _told(annunciator.advance(200.0 + ESCALATES_S["critical"])) == ["escalated!"]


def test_what_chatters_is_no_flood() -> None:
    annunciator, _ = _one("low")
    annunciator.place(Alarm("b", "Pump", "medium"))
    annunciator.shelve("a", "ann", 500.0, 0.0)
    for at in range(30):
        _told([*annunciator.raised("a", at), *annunciator.returned("a", at + 0.5)])
    assert _told(annunciator.raised("b", 40.0)) == ["raised!"]


def test_in_a_flood_only_what_matters_most_is_told_and_the_rest_afterwards() -> None:
    annunciator = Annunciator()
    count = FLOOD_BEGINS + 5
    for number in range(count):
        annunciator.place(Alarm(str(number), f"Alarm {number}", "high" if number % 3 == 0 else "medium"))
    told = [_told(annunciator.raised(str(number), float(number))) for number in range(count)]
    assert told[FLOOD_BEGINS] == ["flood!", "raised"] and annunciator.dump()["flood"]
    assert all(one == ["raised!"] for one in told[:FLOOD_BEGINS])
    late = range(FLOOD_BEGINS + 1, count)
    assert all(told[one] == (["raised!"] if one % 3 == 0 else ["raised"]) for one in late)
    for number in range(0, count, 2):
        annunciator.acknowledge([str(number)], "ann", 30.0)
    over = annunciator.advance(FLOOD_S + count)
    assert not annunciator.dump()["flood"] and "flood over" in [one.change for one in over]
    untold = {one.alarm.id for one in over if one.change == "raised" and one.alarm is not None}
    assert untold == {str(one) for one in range(FLOOD_BEGINS, count) if one % 3 and one % 2}


def test_anything_may_happen_in_any_order_and_is_kept_over_a_restart() -> None:
    random_ = random.Random(3)
    annunciator, now = Annunciator(), 0.0
    for name in "abcdef":
        annunciator.place(Alarm(name, name, random_.choice(["critical", "high", "medium", "low"])))
    active, noted = dict.fromkeys("abcdef", False), dict.fromkeys("abcdef", True)
    for _ in range(5_000):
        now += random_.expovariate(1 / 20)
        one = random_.choice("abcdef")
        happened: list[Happening] = []
        match random_.randrange(6):
            case 0 | 1:
                happened = annunciator.raised(one, now)
                noted[one] &= active[one]
                active[one] = True
            case 2:
                happened, active[one] = annunciator.returned(one, now), False
            case 3:
                happened, noted[one] = annunciator.acknowledge([one], "ann", now), True
            case 4 if random_.random() < 0.5:
                happened = annunciator.shelve(one, "ann", now + 60, now)
            case 4:
                happened = annunciator.unshelve(one, "ann", now)
            case 5:
                kept = annunciator.dump()
                annunciator = Annunciator()
                annunciator.load(kept)
        happened += annunciator.advance(now)
        for alarm in annunciator.all():
            assert (alarm.active, alarm.noted) == (active[alarm.id], noted[alarm.id])
            assert alarm.shelved_until is None or alarm.shelved_until > now
        for each in happened:
            assert not each.loud or each.alarm is None or (each.alarm.active and not each.alarm.noted)
        _told(happened)
