"""The steps of a plan: tasks within tasks laid flat, who waits for whom, and when each would begin."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from llmagentos.agent.plans.optimal import optimal
from llmagentos.agent.plans.project import Activity, Impossible, Project
from llmagentos.agent.plans.schedule import least, makespan, schedule
from llmagentos.language import tree as t
from llmagentos.language.units import Duration, Quantity, convert

TICK_S, SCALE = 60, 1000
"""Schedules are made in minutes, and thousandths of what a resource is counted in."""
BUDGET_S, SOLVER_BUDGET_S = 0.1, 1.0
LONGEST_S = 31 * 86_400
Capacity = Mapping[str, Quantity]
"""How much there is of each shared resource: power, a robot."""
Path = tuple[str, ...]


class PlanError(ValueError):
    """A plan that cannot be carried out as it is written. The message says why."""


@dataclass(frozen=True, slots=True)
class Step:
    """Acts that are carried out one after another; then it lasts until `seconds` have passed. `after` are steps by number.

    `deadline` is the minute of the day by which it is to be over.
    """

    name: str
    after: tuple[int, ...]
    acts: tuple[t.Act, ...]
    seconds: int = 0
    needs: tuple[t.Need, ...] = ()
    deadline: int | None = None
    condition: t.AnyOf | None = None
    until: t.AnyOf | None = None
    """It is over when this holds; `seconds` is then how long that is thought to take."""


def steps_of(plan: t.Plan) -> tuple[Step, ...]:
    """Raises: PlanError."""
    made = _Outline()
    made.add(plan.tasks, (), (), together=True)
    steps = tuple(made.steps)
    try:
        Project(tuple(Activity(0, after=one.after) for one in steps))
    except Impossible as error:
        raise PlanError(str(error)) from error
    if sum(one.seconds for one in steps) > LONGEST_S:
        raise PlanError(f"all of it takes longer than {LONGEST_S // 86_400} days")
    return steps


def timeline(steps: Sequence[Step], capacity: Capacity) -> list[float]:
    """Seconds from the beginning at which each step would begin, as early as possible. Raises: PlanError where something never fits."""
    names = list(capacity)
    activities = [
        Activity(-(-one.seconds // TICK_S), tuple((names.index(need.resource), _scaled(need, capacity)) for need in one.needs if need.resource in capacity), one.after)
        for one in steps
    ]  # fmt: skip
    try:
        project = Project(tuple(activities), tuple(int(one.value * SCALE) for one in capacity.values()))
    except Impossible as error:
        raise PlanError(_what_never_fits(steps, capacity) or str(error)) from error
    return [float(start * TICK_S) for start in _scheduled(project)]


def _scheduled(project: Project) -> list[int]:
    """By the solver where it is installed and there is something to gain."""
    known = schedule(project, BUDGET_S)
    if makespan(project, known) <= least(project):
        return known
    try:
        return optimal(project, SOLVER_BUDGET_S)
    except ModuleNotFoundError:
        return known


def _what_never_fits(steps: Sequence[Step], capacity: Capacity) -> str | None:
    for one in steps:
        for need in one.needs:
            known = capacity.get(need.resource)
            if known is not None and _scaled(need, capacity) > int(known.value * SCALE):
                return f"{one.name} needs {need.amount} of {need.resource}, of which there is {known}"
    return None


def _scaled(need: t.Need, capacity: Capacity) -> int:
    """How much of its resource a need takes. Raises: PlanError for a unit that measures something else."""
    known = capacity[need.resource]
    amount = convert(need.amount.value, need.amount.unit, known.unit)
    if amount is None:
        raise PlanError(f"{need.resource} is counted in {known.unit or 'pieces'}, not in {need.amount.unit}")
    return round(amount * SCALE)


def fits(step: Step, running: Sequence[Step], capacity: Capacity) -> bool:
    """Whether there is enough left of everything while others run."""
    for need in step.needs:
        if need.resource not in capacity:
            continue
        taken = sum(_scaled(one, capacity) for each in running for one in each.needs if one.resource == need.resource)
        if taken + _scaled(need, capacity) > int(capacity[need.resource].value * SCALE):
            return False
    return True


class _Outline:
    """A task is known by the names on the way to it: two tasks that hold others may each hold one of the same name."""

    def __init__(self) -> None:
        self.steps: list[Step] = []
        self._ends: dict[Path, tuple[int, ...]] = {}
        self._held: dict[Path, set[str]] = {}

    def add(self, tasks: Sequence[t.Task], after: tuple[int, ...], path: Path, *, together: bool) -> tuple[int, ...]:
        """Tasks beside each other, or one after another; the steps that they all end with."""
        self._hold(tasks, path)
        ends: tuple[int, ...] = ()
        waiting = list(tasks)
        while waiting:
            ready = [one for one in waiting if all(self._end(name, path) is not None for name in one.after)]
            if not ready:
                raise PlanError(self._why(waiting, path))
            task = ready[0]
            waiting.remove(task)
            before = after if together else (ends or after)
            ended = self._task(task, before, (*path, task.name))
            ends = (*ends, *ended) if together else ended
        return ends

    def _hold(self, tasks: Sequence[t.Task], path: Path) -> None:
        self._held[path] = held = set[str]()
        for one in tasks:
            if one.name in held:
                raise PlanError(f'two tasks are called "{one.name}"')
            held.add(one.name)

    def _end(self, name: str, path: Path) -> tuple[int, ...] | None:
        """What the task of a name ends with, as seen from within `path`: the nearest of that name, or else the only one."""
        for depth in range(len(path), -1, -1):
            if name in self._held.get(path[:depth], ()):
                return self._ends.get((*path[:depth], name))
        found = [ends for known, ends in self._ends.items() if known[-1] == name]
        return found[0] if len(found) == 1 else None

    def _why(self, waiting: Sequence[t.Task], path: Path) -> str:
        names = {one.name for one in waiting}
        for one in waiting:
            for name in one.after:
                if name not in names and self._end(name, path) is None:
                    return f'"{one.name}" comes after "{name}", which is no task of this plan'
        return f"these tasks wait for each other: {', '.join(one.name for one in waiting)}"

    def _task(self, task: t.Task, before: tuple[int, ...], path: Path) -> tuple[int, ...]:
        if any(isinstance(one, t.Task) for one in task.steps) and (task.condition or task.until or task.needs or task.duration or task.deadline is not None):  # fmt: skip
            raise PlanError(
                f'"{task.name}" holds tasks: say of each of them how long it takes, what it needs, by when and if'
            )
        if any(one is not None and _cannot_be_looked_up(one) for one in (task.condition, task.until)):
            raise PlanError(f'"{task.name}" asks whether something is so: a moment or a silence cannot be looked up')
        begins = before
        for name in task.after:
            known = self._end(name, path[:-1])
            if known is None:
                raise PlanError(f'"{task.name}" comes after "{name}", which is not before it')
            begins = tuple(dict.fromkeys((*begins, *known)))
        within = [one for one in task.steps if isinstance(one, t.Task)]
        if task.together:
            if len(within) < len(task.steps):
                raise PlanError(
                    f'"{task.name}" holds tasks that are done together, and acts beside them: make them a task'
                )
            self._ends[path] = self.add(within, begins, path, together=True)
            return self._ends[path]
        self._hold(within, path)
        ends, name = begins, " / ".join(path)
        acts: list[t.Act] = []
        for step in (*task.steps, None):
            if step is not None and not isinstance(step, t.Task):
                acts.append(step)
                continue
            if acts or (step is None and ends == begins):
                seconds = task.duration.seconds if isinstance(task.duration, Duration) and step is None else 0
                until = task.until if step is None else None
                self.steps.append(Step(name, ends, tuple(acts), seconds, task.needs, task.deadline, task.condition, until))  # fmt: skip
                ends, acts = (len(self.steps) - 1,), []
            if step is not None:
                ends = self._task(step, ends, (*path, step.name))
        self._ends[path] = ends
        return ends


def _cannot_be_looked_up(condition: t.AnyOf) -> bool:
    return any(isinstance(one, t.Clock | t.Sun | t.Silence) for every in condition.conditions for one in every.conditions)  # fmt: skip
