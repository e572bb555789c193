import json

from hypothesis import given
from hypothesis import strategies as st

from llmagentos.agent.plans.course import Course
from llmagentos.language.units import Quantity

PLAN = (
    'plan "p": task "a" takes 10 min needs "power" 2 kW { turn on light "A" }, task "b" needs "power" 2 kW { turn on light "B" }, '
    'task "c" after "a" { turn on light "C" }, task "d" after "b", "c" { turn on light "D" }'
)
POWER = {"power": Quantity(3, "kW")}


def course() -> Course:
    made = Course("p1", PLAN, "owner", None, "said", 1000.0)
    made.plan(POWER, lambda at: int(at // 60) % 1440)
    return made


def ready(one: Course) -> list[str]:
    return [one.steps[number].name for number in one.ready(POWER, (), 1e9)]


def do(one: Course, name: str, now: float) -> None:
    number = [step.name for step in one.steps].index(name)
    one.begin(number, now, needed=True)
    one.acted[number] = len(one.steps[number].acts)


def end(one: Course, now: float) -> list[str]:
    over = one.lasted(now)
    for number in over:
        one.status[number] = "done"
    return [one.steps[number].name for number in over]


def test_steps_wait_for_each_other_for_their_time_and_for_what_is_scarce() -> None:
    one = course()
    [first] = ready(one)
    do(one, first, 1000.0)
    assert ready(one) == []  # two times two kilowatts are too much
    assert end(one, 1000.0) == (["b"] if first == "b" else [])
    if first == "b":
        do(one, "a", 1000.0)
    assert end(one, 1599.0) == [] and end(one, 1600.0) == ["a"]
    assert "c" in ready(one)
    for _ in range(4):
        for name in ready(one):
            do(one, name, 1600.0)
        end(one, 1600.0)
    assert one.over and set(one.status) == {"done"}


def test_a_failure_takes_what_rests_on_it_and_nothing_else() -> None:
    one = course()
    names = [step.name for step in one.steps]
    do(one, "a", 1000.0)
    lost = one.fail(names.index("a"), "jammed")
    assert sorted(names[number] for number in lost) == ["c", "d"]
    assert ready(one) == ["b"] and not one.over


def test_a_step_that_is_not_needed_holds_nothing_up() -> None:
    one = course()
    one.begin([step.name for step in one.steps].index("a"), 1000.0, needed=False)
    assert one.over is False and "c" in ready(one)


def test_others_take_of_the_same() -> None:
    one, other = course(), course()
    busy = [step for step in other.steps if step.needs]
    assert one.ready(POWER, busy[:1], 1e9) == []


def test_a_deadline_that_cannot_be_kept_is_known_beforehand() -> None:
    late = Course("p2", 'plan "p": task "a" takes 2 h by 18:00 { turn on light "A" }', "owner", None, "said", 0.0)
    for hour, missed in ((17, [0]), (15, [])):
        late.plan({}, lambda _at, hour=hour: hour * 60)  # type: ignore[misc]
        assert late.late(lambda _at, hour=hour: hour * 60) == missed  # type: ignore[misc]


def test_a_clock_that_is_set_back_holds_nothing_up_for_longer() -> None:
    one = course()
    do(one, "a", 1000.0)
    assert end(one, 1000.0 - 86_400.0) == [] and end(one, 1600.0 - 86_400.0) == ["a"]


@given(st.lists(st.sampled_from(("begin", "end", "fail", "cancel")), max_size=30))
def test_what_is_kept_is_what_it_was(events: list[str]) -> None:
    one, now = course(), 1000.0
    for event in events:
        now += 400.0
        running = [number for number, status in enumerate(one.status) if status == "running"]
        if event == "begin":
            for name in ready(one):
                do(one, name, now)
        elif event == "end":
            end(one, now)
        elif event == "fail" and running:
            one.fail(running[0], "why")
        elif event == "cancel":
            one.cancel()
        again = Course(**json.loads(json.dumps(one.dump())))
        assert again == one
