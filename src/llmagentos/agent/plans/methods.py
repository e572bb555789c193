"""How things are done here: named tasks of tasks that plans use by their names, and what each step has really taken. Pure.

A task without steps of its own that is called like a method is done by it, tasks within tasks (hierarchical task networks:
Erol and others, 1994). A step that lasts until something is so ("until") takes as long as it took here lately, the middle of its last times.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from statistics import median
from typing import Any

from llmagentos.agent.plans.outline import PlanError, steps_of
from llmagentos.language import Program, parse, render
from llmagentos.language import tree as t
from llmagentos.language.units import Duration

REMEMBERED, ENOUGH = 10, 2
"""Times that are kept of a step, and how many make an estimate."""
MINUTE = 60


@dataclass(slots=True)
class Method:
    """`sentence` is it in the site language. Of a step, by its name: the seconds it took, how often it was done and how often it failed."""

    id: str
    sentence: str
    principal: str
    took: dict[str, list[float]] = field(default_factory=dict)
    done: dict[str, int] = field(default_factory=dict)
    failed: dict[str, int] = field(default_factory=dict)

    @property
    def tree(self) -> t.Method:
        [known] = parse(self.sentence).statements
        assert isinstance(known, t.Method)
        return known

    @property
    def steps(self) -> frozenset[str]:
        """The names of its tasks, and of those within them."""
        return frozenset(_names(self.tree.tasks, ""))

    def usual(self, step: str) -> int | None:
        """Seconds that a step takes here, in whole minutes; None before that is known."""
        times = self.took.get(step, ())
        return max(MINUTE, -(-round(median(times)) // MINUTE) * MINUTE) if len(times) >= ENOUGH else None


class Methods:
    """The methods of a site."""

    def __init__(self) -> None:
        self._methods: dict[str, Method] = {}

    def all(self) -> tuple[Method, ...]:
        """In the order in which they were given."""
        return tuple(self._methods.values())

    def called(self, name: str) -> Method | None:
        """The method of a name, without case."""
        return next((one for one in self._methods.values() if one.tree.title.casefold() == name.casefold()), None)

    def place(self, method: Method) -> None:
        """One more, or one in place of another of its name. Raises: PlanError for one that cannot be carried out as it is written."""
        title = method.tree.title
        before = self.called(title)
        kept = {key: one for key, one in self._methods.items() if before is None or key != before.id}
        known, self._methods = self._methods, {**kept, method.id: method}
        try:
            steps_of(self.expanded(used(title)))
        except Exception:
            self._methods = known
            raise

    def remove(self, method_id: str) -> bool:
        """It is no method any more; whether it was one."""
        return self._methods.pop(method_id, None) is not None

    def forget(self, method_id: str) -> None:
        """What was learned of its steps."""
        method = self._methods[method_id]
        method.took, method.done, method.failed = {}, {}, {}

    def expanded(self, plan: t.Plan) -> t.Plan:
        """The plan with each method's tasks in the place of its name. Raises: PlanError for methods that need each other."""
        return replace(plan, tasks=tuple(self._task(one, (), None, "") for one in plan.tasks))

    def _task(self, task: t.Task, within: tuple[str, ...], method: Method | None, path: str) -> t.Task:
        """`path` is that of the task in the method that it belongs to."""
        name = f"{path}{task.name}"
        own = self.called(task.name) if not task.steps else None
        if own is not None and (task.duration, task.until, task.condition, task.needs, task.deadline) != (None, None, None, (), None):  # fmt: skip
            raise PlanError(f'"{task.name}" is a method: say in it how long its tasks take and what they need')
        if own is not None:
            if own.id in within:
                raise PlanError(f'the method "{task.name}" needs itself')
            inner = tuple(self._task(one, (*within, own.id), own, "") for one in own.tree.tasks)
            return replace(task, steps=inner, together=True)
        steps = tuple(self._task(one, within, method, f"{name} / ") if isinstance(one, t.Task) else one for one in task.steps)  # fmt: skip
        usual = method.usual(name) if method is not None and task.until is not None else None
        duration = Duration(usual) if usual is not None else task.duration
        return replace(task, steps=steps, duration=duration)

    def learn(self, path: str, seconds: float | None) -> bool:
        """A step of a plan is over, in so many seconds, or (None) has failed; whether it belongs to a method. `path` as plans name steps."""
        method, step = self._within(path)
        if method is None:
            return False
        if seconds is None:
            method.failed[step] = method.failed.get(step, 0) + 1
        else:
            method.done[step] = method.done.get(step, 0) + 1
            method.took[step] = [*method.took.get(step, []), round(seconds, 1)][-REMEMBERED:]
        return True

    def _within(self, path: str) -> tuple[Method | None, str]:
        """The innermost method that a step belongs to, and its name there."""
        names = path.split(" / ")
        for depth in range(len(names) - 1, 0, -1):
            method, step = self.called(names[depth - 1]), " / ".join(names[depth:])
            if method is not None and step in method.steps:
                return method, step
        return None, path

    def dump(self) -> list[dict[str, Any]]:
        """As JSON."""
        return [asdict(one) for one in self._methods.values()]

    def load(self, state: Sequence[Mapping[str, Any]]) -> None:
        """Take up what `dump` wrote."""
        self._methods = {one["id"]: Method(**one) for one in state}


def used(title: str) -> t.Plan:
    """The plan that is one method."""
    return t.Plan(title, (t.Task(title),))


def _names(steps: Sequence[t.Task | t.Act], within: str) -> Iterator[str]:
    for one in steps:
        if isinstance(one, t.Task):
            yield f"{within}{one.name}"
            yield from _names(one.steps, f"{within}{one.name} / ")


def told(method: Method) -> str:
    """A method in the site language, as it was given."""
    return render(Program((method.tree,)))
