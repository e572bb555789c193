import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmagentos.agent.plans.methods import ENOUGH, REMEMBERED, Method, Methods, used
from llmagentos.agent.plans.outline import PlanError, steps_of
from llmagentos.language import Program, parse, render
from llmagentos.language import tree as t

WARM = 'method "Warm up": task "heat" takes 1 h until current temperature of climate "T" > 20 C { set climate "T" temperature 21 C }, task "tell" after "heat" { notify owner }'
GUESTS = 'method "Guests": task "Warm up", task "light" after "Warm up" { turn on light "A" }, task "music" { turn on media player "M" }'


def methods(*sentences: str) -> Methods:
    known = Methods()
    for number, one in enumerate(sentences):
        known.place(Method(f"m{number}", one, "owner"))
    return known


def plan(sentence: str) -> t.Plan:
    [found] = parse(sentence).statements
    assert isinstance(found, t.Plan)
    return found


def names(known: Methods, title: str) -> list[tuple[str, list[str]]]:
    steps = steps_of(known.expanded(used(title)))
    return [(one.name, [steps[each].name for each in one.after]) for one in steps]


def test_a_task_that_is_called_like_a_method_is_done_by_it_and_by_those_it_uses() -> None:
    assert names(methods(WARM, GUESTS), "guests") == [
        ("guests / Warm up / heat", []),
        ("guests / Warm up / tell", ["guests / Warm up / heat"]),
        ("guests / light", ["guests / Warm up / heat", "guests / Warm up / tell"]),
        ("guests / music", []),
    ]


def test_methods_may_share_one_and_hold_tasks_of_any_name() -> None:
    known = methods(
        WARM,
        'method "A": task "Warm up", task "tell" after "Warm up" { notify owner }',
        'method "B": task "Warm up", task "both" together { task "x" { notify owner }; task "y" after "x" { notify owner } }, task "end" after "both" { notify owner }',
    )
    steps = steps_of(
        known.expanded(plan('plan "p": task "A", task "B" after "A", task "x" after "B" { notify owner }'))
    )
    before = {one.name: {steps[each].name for each in one.after} for one in steps}
    assert before["A / tell"] == {"A / Warm up / heat", "A / Warm up / tell"}
    assert before["B / Warm up / heat"] == {*before["A / tell"], "A / tell"}
    assert {"B / both / x", "B / both / y"} <= before["B / end"]
    assert before["x"] >= {name for name in before if name.startswith("B / ")}
    assert known.learn("B / Warm up / heat", 60.0) and known.learn("B / both / y", 1.0)
    assert [one.done for one in known.all()] == [{"heat": 1}, {}, {"both / y": 1}]


def test_a_task_with_steps_of_its_own_is_no_method_whatever_it_is_called() -> None:
    known = methods(WARM)
    [step] = steps_of(known.expanded(plan('plan "p": task "Warm up" { task "by hand" { notify owner } }')))
    assert step.name == "Warm up / by hand" and not known.learn(step.name, 60.0)


def test_what_is_expanded_can_be_written_down_and_read_again() -> None:
    expanded = methods(WARM, GUESTS).expanded(
        plan('plan "p": task "Guests", task "end" after "Guests" { turn off light "A" }')
    )
    assert parse(render(Program((expanded,)))).statements == (expanded,)
    assert steps_of(expanded)[-1].after == (0, 1, 2, 3)


@pytest.mark.parametrize(
    ("sentences", "message"),
    [
        (('method "A": task "A"',), "needs itself"),
        (('method "A": task "B" { notify owner }', 'method "B": task "A"', 'method "A": task "B"'), "needs itself"),
        (('method "A": task "x" after "y" { notify owner }',), "no task of this plan"),
        (('method "A": task "x" { notify owner }', 'method "B": task "A" takes 5 min'), "say in it"),
    ],
)
def test_what_cannot_be_carried_out_is_no_method_and_leaves_the_old_one(
    sentences: tuple[str, ...], message: str
) -> None:
    known = methods(*sentences[:-1])
    before = known.dump()
    with pytest.raises(PlanError, match=message):
        known.place(Method("new", sentences[-1], "owner"))
    assert known.dump() == before


def test_what_lasts_until_something_is_so_takes_as_long_as_it_took_here() -> None:
    known = methods(WARM, GUESTS)
    step = "Guests / Warm up / heat"
    for seconds in (1500.0, 2100.0, 1810.0)[: ENOUGH - 1]:
        known.learn(step, seconds)
    assert _planned(known) == 3600
    for seconds in (2100.0, 1810.0, 1700.0):
        assert known.learn(step, seconds)
    assert _planned(known) == 1800
    assert known.learn("Guests / light", 3.0) and not known.learn("plain", 5.0) and not known.learn("Guests", 5.0)
    known.learn(step, None)
    warm = known.called("warm up")
    assert warm is not None and warm.failed == {"heat": 1} and warm.done["heat"] == ENOUGH + 2
    kept = Methods()
    kept.load(known.dump())
    assert _planned(kept) == 1800
    kept.forget(warm.id)
    assert _planned(kept) == 3600


def test_what_holds_at_once_takes_a_minute() -> None:
    known = methods(WARM)
    for _ in range(ENOUGH):
        known.learn("Warm up / heat", 0.3)
    assert steps_of(known.expanded(used("Warm up")))[0].seconds == 60


def _planned(known: Methods) -> int:
    return steps_of(known.expanded(used("Guests")))[0].seconds


@given(st.lists(st.floats(1, 1e5), min_size=ENOUGH, max_size=40))
def test_an_estimate_is_between_what_was_measured_lately(times: list[float]) -> None:
    known = methods(WARM)
    for one in times:
        known.learn("Warm up / heat", one)
    method = known.called("Warm up")
    assert method is not None
    usual, lately = method.usual("heat"), times[-REMEMBERED:]
    assert usual is not None and min(lately) - 1 <= usual <= max(lately) + 60 and usual % 60 == 0


def test_of_one_name_the_newest_counts() -> None:
    known = methods(WARM, 'method "warm UP": task "fire" { notify owner }')
    assert [one.tree.title for one in known.all()] == ["warm UP"]
    assert known.remove("m1") and not known.remove("m1") and known.called("warm up") is None
    assert steps_of(known.expanded(used("warm up")))[0].acts == ()
