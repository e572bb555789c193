"""What is to be scheduled: activities in whole ticks, what they need while they run, and what comes before what."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property


@dataclass(frozen=True, slots=True)
class Activity:
    """`ticks` long, not before `release`; `needs` is how much of which resource it takes; `after` are activities by number."""

    ticks: int
    needs: tuple[tuple[int, int], ...] = ()
    after: tuple[int, ...] = ()
    release: int = 0


class Impossible(ValueError):
    """There is no schedule at all. The message says why."""


@dataclass(frozen=True)
class Project:
    """Activities and how much there is of each resource, always or tick by tick (the last value then goes on)."""

    activities: tuple[Activity, ...]
    capacity: tuple[int | tuple[int, ...], ...] = ()
    order: tuple[int, ...] = field(init=False, compare=False, default=())
    """The activities such that none comes before what it waits for."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "order", _sorted(self.activities))
        for number, one in enumerate(self.activities):
            for resource, amount in one.needs:
                if amount > self.most(resource):
                    raise Impossible(
                        f"activity {number} needs {amount} of resource {resource}, of which there is {self.most(resource)}"
                    )

    def most(self, resource: int) -> int:
        """How much there ever is of a resource that lasts for ever, else how much there is in the end."""
        known = self.capacity[resource]
        return known if isinstance(known, int) else known[-1]

    @property
    def constant(self) -> bool:
        """Whether there is always the same of everything, and nothing waits for a time."""
        return all(isinstance(one, int) for one in self.capacity) and not any(one.release for one in self.activities)

    @cached_property
    def horizon(self) -> int:
        """When everything is certainly done if it is done one after another."""
        begun = max(
            [one.release for one in self.activities] + [len(one) for one in self.capacity if isinstance(one, tuple)],
            default=0,
        )
        return begun + sum(one.ticks for one in self.activities)

    def room(self, resource: int) -> list[int]:
        """How much there is of a resource, tick by tick."""
        known = self.capacity[resource]
        if isinstance(known, int):
            return [known] * self.horizon
        return [*known, *([known[-1]] * (self.horizon - len(known)))]

    def followers(self) -> list[list[int]]:
        """Who waits for each."""
        waiting: list[list[int]] = [[] for _ in self.activities]
        for number, one in enumerate(self.activities):
            for before in one.after:
                waiting[before].append(number)
        return waiting


def feasible(project: Project, starts: Sequence[int]) -> bool:
    """Whether a schedule keeps every rule; the slow reference."""
    used = [[0] * (project.horizon + 1) for _ in project.capacity]
    for one, start in zip(project.activities, starts, strict=True):
        if start < one.release or any(
            starts[before] + project.activities[before].ticks > start for before in one.after
        ):
            return False
        for resource, amount in one.needs:
            for tick in range(start, start + one.ticks):
                used[resource][tick] += amount
    return all(u <= r for resource, each in enumerate(used) for u, r in zip(each, project.room(resource), strict=False))


def _sorted(activities: Sequence[Activity]) -> tuple[int, ...]:
    """Raises: Impossible for activities that wait for each other."""
    missing = [len(set(one.after)) for one in activities]
    waiting: list[list[int]] = [[] for _ in activities]
    for number, one in enumerate(activities):
        for before in set(one.after):
            if not 0 <= before < len(activities):
                raise Impossible(f"activity {number} waits for {before}, which is not there")
            waiting[before].append(number)
    ready = [number for number, count in enumerate(missing) if count == 0]
    order: list[int] = []
    while ready:
        number = ready.pop(0)
        order.append(number)
        for following in waiting[number]:
            missing[following] -= 1
            if missing[following] == 0:
                ready.append(following)
    if len(order) < len(activities):
        raise Impossible("some activities wait for each other")
    return tuple(order)
