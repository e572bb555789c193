from hypothesis import given
from hypothesis import strategies as st

from llmagentos.agent.plans.course import Course
from llmagentos.agent.plans.deferral import deferred
from llmagentos.agent.plans.outline import Step
from llmagentos.language import tree as t
from llmagentos.language.units import Quantity

POWER = {"power": Quantity(3.0, "kW")}
HOUR = 3600.0


def need(kilowatts: float) -> tuple[t.Need, ...]:
    return (t.Need("power", Quantity(kilowatts, "kW")),)


def test_what_takes_time_begins_as_late_as_its_deadline_lets_it() -> None:
    steps = (Step("heat", (), (), 3600), Step("light", (0,), ()), Step("lock", (), ()))
    later = deferred(steps, [0.0, 3600.0, 0.0], {0: 6 * HOUR, 2: 6 * HOUR}, {})
    assert later == {0: 6 * HOUR - 3600 * 1.1}


def test_what_is_waited_for_is_as_late_as_what_waits() -> None:
    steps = (Step("water", (), (), 600), Step("tea", (0,), (), 300), Step("news", (), (), 300))
    later = deferred(steps, [0.0, 600.0, 0.0], {1: HOUR}, {})
    assert later == {1: HOUR - 330, 0: HOUR - 330 - 660}


def test_two_that_need_all_there_is_do_not_begin_together() -> None:
    steps = (Step("wash", (), (), 3600, need(2)), Step("dry", (), (), 3600, need(2)))
    later = deferred(steps, [0.0, 3600.0], {0: 6 * HOUR, 1: 6 * HOUR}, POWER)
    first, second = sorted(later.values())
    assert second == 6 * HOUR - 3960 and first + 3600 <= second


def test_what_holds_up_something_else_is_not_deferred() -> None:
    steps = (Step("d", (), (), 600), Step("a", (0,), (), 3600, need(3)), Step("b", (), (), 3000, need(3)))
    assert deferred(steps, [0.0, 600.0, 4200.0], {0: 100 * 60.0, 2: 200 * 60.0}, POWER).keys() == {2}


def test_a_plan_waits_for_the_time_of_a_deferred_step() -> None:
    sentence = (
        'plan "p": task "heat" takes 1 h by 18:00 { turn on light "A" }, task "tell" after "heat" { notify owner }'
    )
    course = Course("c", sentence, "owner", None, "", 0.0)
    course.plan({}, lambda at: int(at // 60) % 1440)
    assert course.order == [18 * HOUR - 3960, 18 * HOUR - 360]
    assert course.ready({}, (), 17 * HOUR - 400) == [] and course.ready({}, (), 17 * HOUR) == [0]
    assert course.late(lambda at: int(at // 60) % 1440) == []


@st.composite
def plans(draw: st.DrawFn) -> tuple[tuple[Step, ...], dict[int, float]]:
    count = draw(st.integers(1, 7))
    steps = tuple(
        Step(
            f"s{number}",
            tuple(draw(st.sets(st.integers(0, number - 1), max_size=2))) if number else (),
            (),
            60 * draw(st.integers(0, 90)),
            need(draw(st.sampled_from((1.0, 2.0, 3.0)))) if draw(st.booleans()) else (),
        )
        for number in range(count)
    )
    due = draw(st.dictionaries(st.integers(0, count - 1), st.integers(0, 20).map(lambda one: one * HOUR), max_size=3))
    return steps, due


@given(plans())
def test_nothing_is_late_that_would_not_have_been_and_all_waits_for_what_it_must(
    made: tuple[tuple[Step, ...], dict[int, float]],
) -> None:
    steps, due = made
    soon = [float(sum(one.seconds for one in steps[:number])) for number in range(len(steps))]  # one after another
    later = deferred(steps, soon, due, POWER)
    starts = [max(start, later.get(number, 0.0)) for number, start in enumerate(soon)]
    for number in range(len(steps)):
        starts[number] = max([starts[number], *(starts[one] + steps[one].seconds for one in steps[number].after)])
    for number, by in due.items():
        if soon[number] + steps[number].seconds <= by:
            assert starts[number] + steps[number].seconds <= by
    assert all(later[number] >= soon[number] and steps[number].seconds for number in later)
