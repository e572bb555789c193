import pytest

from llmagentos.agent.plans.outline import PlanError, Step, steps_of, timeline
from llmagentos.language import parse
from llmagentos.language import tree as t
from llmagentos.language.units import Quantity


def steps(text: str) -> tuple[Step, ...]:
    [plan] = parse(text).statements
    assert isinstance(plan, t.Plan)
    return steps_of(plan)


HEAT = 'task "heat" takes 2 h needs "power" 2 kW { set climate "Thermostat" temperature 21 C }'
BAKE = 'task "bake" takes 1 h needs "power" 2.5 kW { turn on switch "Oven" }'
LIGHT = 'task "light" after "heat" { turn on light "Lamp"; close curtain "Curtain" }'


def test_tasks_beside_each_other_and_after_one_another() -> None:
    made = steps(f'plan "guests": {LIGHT}, {HEAT}, {BAKE}')
    assert [(one.name, [made[each].name for each in one.after], len(one.acts), one.seconds) for one in made] == [
        ("heat", [], 1, 7200), ("light", ["heat"], 2, 0), ("bake", [], 1, 3600)]  # fmt: skip


def test_tasks_within_a_task_go_one_after_another_around_its_own_acts() -> None:
    made = steps(
        'plan "p": task "all" { turn on light "A"; task "in" { turn on light "B" }; turn on light "C"; turn on light "D" }, '
        'task "then" after "all" { turn off light "A" }'
    )
    assert [(one.name, one.after, len(one.acts)) for one in made] == [
        ("all", (), 1), ("all / in", (0,), 1), ("all", (1,), 2), ("then", (2,), 1)]  # fmt: skip


def test_a_task_without_acts_is_a_wait() -> None:
    assert [(one.name, one.seconds) for one in steps('plan "p": task "rest" takes 10 min')] == [("rest", 600)]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('plan "p": task "a" after "b" { turn on light "A" }', '"a" comes after "b", which is no task of this plan'),
        ('plan "p": task "a" after "b", task "b" after "a"', "these tasks wait for each other: a, b"),
        ('plan "p": task "a" takes 2 h { task "b" { turn on light "A" } }', '"a" holds tasks'),
        ('plan "p": task "a" if every day at 06:00 { turn on light "A" }', "cannot be looked up"),
        ('plan "p": task "a" takes 40 d { turn on light "A" }', "longer than 31 days"),
        ('plan "p": task "a", task "a"', 'two tasks are called "a"'),
    ],
)
def test_plans_that_contradict_themselves(text: str, why: str) -> None:
    with pytest.raises(PlanError, match=why):
        steps(text)


def test_what_is_scarce_is_shared() -> None:
    made = steps(f'plan "p": {HEAT}, {BAKE}')
    assert sorted(timeline(made, {})) == [0.0, 0.0]
    assert sorted(timeline(made, {"power": Quantity(5, "kW")})) == [0.0, 0.0]
    one, other = timeline(made, {"power": Quantity(4000, "W")})
    assert {one, other} in ({0.0, 3600.0}, {0.0, 7200.0}) and (other == 7200.0) != (one == 3600.0)
    with pytest.raises(PlanError, match=r"bake needs 2\.5 kW of power, of which there is 2 kW"):
        timeline(made, {"power": Quantity(2, "kW")})
    with pytest.raises(PlanError, match="power is counted in C"):
        timeline(made, {"power": Quantity(2, "C")})
