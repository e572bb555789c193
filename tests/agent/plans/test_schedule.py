import itertools

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from llmagentos.agent.plans.optimal import optimal
from llmagentos.agent.plans.project import Activity, Impossible, Project, feasible
from llmagentos.agent.plans.schedule import makespan, schedule


@st.composite
def projects(draw: st.DrawFn, most: int = 8, *, constant: bool = False) -> Project:
    count = draw(st.integers(1, most))
    resources = draw(st.integers(0, 2))
    activities = []
    for number in range(count):
        after = tuple(sorted(draw(st.sets(st.integers(0, number - 1), max_size=2)))) if number else ()
        needs = tuple((resource, draw(st.integers(0, 3))) for resource in range(resources))
        release = 0 if constant else draw(st.sampled_from([0, 0, 0, 4]))
        activities.append(Activity(draw(st.integers(0, 5)), needs, after, release))
    shapes = (
        st.integers(3, 5)
        if constant
        else st.integers(3, 5) | st.lists(st.integers(0, 5), min_size=1, max_size=6).map(lambda one: (*one, 4))
    )
    return Project(tuple(activities), tuple(draw(shapes) for _ in range(resources)))


def ticking(limit: int) -> object:
    counter = itertools.count()
    return lambda: float(next(counter)) / limit


_INSTANT = Project(
    (Activity(1), Activity(0, after=(0,)), Activity(0), Activity(0), Activity(0, after=(1,)), Activity(0), Activity(0),
     Activity(1, after=(0, 4)))
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(projects())
@example(_INSTANT)
def test_every_schedule_keeps_every_rule(project: Project) -> None:
    starts = schedule(project, 1.0, clock=ticking(60))  # type: ignore[arg-type]
    assert feasible(project, starts)


@settings(max_examples=60, deadline=None)
@given(projects(5, constant=True))
def test_small_projects_are_as_short_as_can_be(project: Project) -> None:
    found = makespan(project, schedule(project, 1.0, clock=ticking(300)))  # type: ignore[arg-type]
    assert found == _shortest(project)


@settings(max_examples=40, deadline=None)
@given(projects(5, constant=True))
def test_the_solver_finds_the_shortest(project: Project) -> None:
    starts = optimal(project, 1.0)
    assert feasible(project, starts) and makespan(project, starts) == _shortest(project)


@settings(max_examples=40, deadline=None)
@given(projects())
@example(_INSTANT)
def test_what_the_solver_finds_keeps_every_rule_and_is_never_longer(project: Project) -> None:
    starts = optimal(project, 0.4)
    assert feasible(project, starts)
    assert makespan(project, starts) <= makespan(project, schedule(project, 1.0, clock=ticking(20)))  # type: ignore[arg-type]


def _shortest(project: Project) -> int:
    """By trying every list."""
    best = project.horizon
    for order in itertools.permutations(range(len(project.activities))):
        starts: list[int] = [0] * len(project.activities)
        done: set[int] = set()
        for number in order:
            one = project.activities[number]
            if not set(one.after) <= done:
                break
            at = max((starts[before] + project.activities[before].ticks for before in one.after), default=0)
            while not _fits(project, starts, done, number, at):
                at += 1
            starts[number] = at
            done.add(number)
        else:
            best = min(best, makespan(project, starts))
    return best


def _fits(project: Project, starts: list[int], done: set[int], number: int, at: int) -> bool:
    one = project.activities[number]
    for resource, amount in one.needs:
        for tick in range(at, at + one.ticks):
            used = sum(
                dict(project.activities[other].needs)[resource] for other in done
                if starts[other] <= tick < starts[other] + project.activities[other].ticks
            )  # fmt: skip
            if used + amount > project.most(resource):
                return False
    return True


def test_what_waits_for_itself_or_needs_too_much_is_refused() -> None:
    with pytest.raises(Impossible, match="wait for each other"):
        Project((Activity(1, after=(1,)), Activity(1, after=(0,))))
    with pytest.raises(Impossible, match="is not there"):
        Project((Activity(1, after=(3,)),))
    with pytest.raises(Impossible, match="needs 3 of resource 0"):
        Project((Activity(1, ((0, 3),)),), (2,))
