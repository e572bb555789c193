"""Schedules as short as can be found in the time there is. Pure but for the clock that says when to stop.

Serial generation of a schedule from a list of activities (each as early as possible), which the search over lists improves: a
population of lists, two-point crossover, and double justification of every child (everything as late as possible, then as early as
possible: never longer, most often shorter).
Sources: Kolisch and Hartmann 1999 (serial generation, lists); Hartmann 1998 (crossover); Valls, Ballestin, Quintanilla 2005 (justification).
"""

import random
import time
from collections.abc import Callable, Sequence

from llmagentos.agent.plans.project import Project

POPULATION = 24
Starts = list[int]


def schedule(project: Project, budget_s: float, seed: int = 1, clock: Callable[[], float] = time.monotonic) -> Starts:
    """When each activity begins; deterministic by seed but for where the budget ends."""
    return _Search(project, seed).run(clock() + budget_s, clock)


def makespan(project: Project, starts: Sequence[int]) -> int:
    """When the last one ends."""
    return max((start + one.ticks for start, one in zip(starts, project.activities, strict=True)), default=0)


def least(project: Project) -> int:
    """No schedule is shorter: the critical path, and the work there is for each resource."""
    return _Search(project, 0).bound


class _Search:
    def __init__(self, project: Project, seed: int) -> None:
        self._project, self._random = project, random.Random(seed)
        self._ticks = [one.ticks for one in project.activities]
        self._needs = [one.needs for one in project.activities]
        self._release = [one.release for one in project.activities]
        self._before = [list(dict.fromkeys(one.after)) for one in project.activities]
        self._after = project.followers()
        self._rooms = [project.room(resource) for resource in range(len(project.capacity))]
        self._count = len(project.activities)
        self._late = self._latest()
        self.bound = self._least()

    def run(self, until: float, clock: Callable[[], float]) -> Starts:
        """Search until then, or until nothing shorter is possible."""
        best = self._improved(self._sampled(0.0))
        shortest = makespan(self._project, best)
        population = [(shortest, self._list(best))]
        while clock() < until and shortest > self.bound:
            if len(population) < POPULATION:
                order = self._sampled(1.0)
            else:
                mother, father = self._random.sample(population[: POPULATION // 2], 2)
                order = self._mutated(self._crossed(mother[1], father[1]))
            starts = self._improved(order)
            length = makespan(self._project, starts)
            if length < shortest:
                best, shortest = starts, length
            population.append((length, self._list(starts)))
            if len(population) > 2 * POPULATION:
                population = self._survivors(population)
        return best

    def _survivors(self, population: list[tuple[int, list[int]]]) -> list[tuple[int, list[int]]]:
        """The shortest, each list once."""
        known = {tuple(order): (length, order) for length, order in population}
        return sorted(known.values(), key=lambda one: one[0])[:POPULATION]

    def _improved(self, order: Sequence[int]) -> Starts:
        starts = self._forward(order)
        return self._justified(starts) if self._project.constant else starts

    def _forward(self, order: Sequence[int]) -> Starts:
        """Each activity of the list as early as everything before it lets it."""
        return self._generate(order, self._before, self._release)

    def _generate(self, order: Sequence[int], before: list[list[int]], release: list[int]) -> Starts:
        rooms = [list(room) for room in self._rooms]
        starts, ends = [0] * self._count, [0] * self._count
        for number in order:
            start = release[number]
            for one in before[number]:
                if ends[one] > start:
                    start = ends[one]
            ticks, needs = self._ticks[number], self._needs[number]
            if needs and ticks:
                start = _earliest(start, ticks, needs, rooms)
                for resource, amount in needs:
                    room = rooms[resource]
                    for tick in range(start, start + ticks):
                        room[tick] -= amount
            starts[number] = start
            ends[number] = start + ticks
        return starts

    def _justified(self, starts: Starts) -> Starts:
        """To the right, and back to the left. Of what takes no time and ends together, what waits comes after what it waits for."""
        ends = [start + ticks for start, ticks in zip(starts, self._ticks, strict=True)]
        from_the_end = sorted(range(self._count), key=lambda one: (-ends[one], -self._rank[one]))
        backward = self._generate(from_the_end, self._after, self._release)
        return self._forward(
            sorted(range(self._count), key=lambda one: (-(backward[one] + self._ticks[one]), self._rank[one]))
        )

    def _list(self, starts: Starts) -> list[int]:
        return sorted(range(self._count), key=lambda one: (starts[one], self._rank[one]))

    def _sampled(self, chance: float) -> list[int]:
        """A list that prefers what must be done first (latest finish), the more so the less is left to chance."""
        missing = [len(one) for one in self._before]
        ready = [number for number in range(self._count) if missing[number] == 0]
        order: list[int] = []
        while ready:
            worst = max(self._late[one] for one in ready)
            if chance:
                number = self._random.choices(ready, [(worst - self._late[one] + 1) ** 1.5 for one in ready])[0]
            else:
                number = min(ready, key=lambda one: self._late[one])
            ready.remove(number)
            order.append(number)
            for following in self._after[number]:
                missing[following] -= 1
                if missing[following] == 0:
                    ready.append(following)
        return order

    def _crossed(self, mother: list[int], father: list[int]) -> list[int]:
        """The beginning and the end of one, the middle in the order of the other: no activity gets before what it waits for."""
        first, second = sorted((self._random.randrange(self._count + 1), self._random.randrange(self._count + 1)))
        head = mother[:first]
        taken = set(head)
        middle = [one for one in father if one not in taken][: second - first]
        taken.update(middle)
        return [*head, *middle, *(one for one in mother if one not in taken)]

    def _mutated(self, order: list[int]) -> list[int]:
        """Some neighbours change places where nothing speaks against it."""
        for at in range(self._count - 1):
            if self._random.random() < 0.05 and order[at] not in self._before[order[at + 1]]:
                order[at], order[at + 1] = order[at + 1], order[at]
        return order

    def _latest(self) -> list[int]:
        """The latest finish of each if there were enough of everything (critical path)."""
        late = [self._project.horizon] * self._count
        self._rank = {number: rank for rank, number in enumerate(self._project.order)}
        for number in reversed(self._project.order):
            for following in self._after[number]:
                late[number] = min(late[number], late[following] - self._ticks[following])
        return late

    def _least(self) -> int:
        """No schedule is shorter: the critical path, and the work there is for each resource."""
        ends = [0] * self._count
        for number in self._project.order:
            begun = max([self._release[number], *(ends[one] for one in self._before[number])])
            ends[number] = begun + self._ticks[number]
        work = [0] * len(self._rooms)
        for number in range(self._count):
            for resource, amount in self._needs[number]:
                work[resource] += amount * self._ticks[number]
        filled = [-(-each // max(1, max(room, default=1))) for each, room in zip(work, self._rooms, strict=True)]
        return max([*ends, *filled], default=0)


def _earliest(start: int, ticks: int, needs: tuple[tuple[int, int], ...], rooms: list[list[int]]) -> int:
    """The first start from there on at which there is enough of everything for so long."""
    at = start
    while at < start + ticks:
        for resource, amount in needs:
            if rooms[resource][at] < amount:
                start = at + 1
                break
        at += 1
    return start
