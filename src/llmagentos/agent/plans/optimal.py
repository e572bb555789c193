"""Schedules by constraint solving: OR-tools' CP-SAT, begun from what our own search has found.

An extra: `pip install 'llmagentos[schedule]'`. Whoever does not have it gets what `schedule` finds.
"""

import time

from llmagentos.agent.plans.project import Project
from llmagentos.agent.plans.schedule import Starts, least, makespan, schedule

OWN_SHARE = 0.25
"""Of the time, for our own search: where that reaches the bound, the solver is not asked."""


def optimal(project: Project, budget_s: float, workers: int = 2) -> Starts:
    """As short a schedule as the solver finds in time, never longer than our own. Raises: ModuleNotFoundError without OR-tools."""
    from ortools.sat.python import cp_model  # an extra, and half a second to load

    begun = time.monotonic()
    known = schedule(project, budget_s * OWN_SHARE)
    longest, shortest = makespan(project, known), least(project)
    if longest <= shortest:
        return known
    model = cp_model.CpModel()
    starts = [model.new_int_var(one.release, longest - one.ticks, "") for one in project.activities]
    intervals = [
        model.new_fixed_size_interval_var(start, one.ticks, "")
        for start, one in zip(starts, project.activities, strict=True)
    ]
    end = model.new_int_var(shortest, longest, "")
    for start, one in zip(starts, project.activities, strict=True):
        model.add(end >= start + one.ticks)
        for before in one.after:
            model.add(start >= starts[before] + project.activities[before].ticks)
    for resource in range(len(project.capacity)):
        needs = [
            (interval, amount)
            for interval, one in zip(intervals, project.activities, strict=True)
            for each, amount in one.needs
            if each == resource and amount
        ]
        taken = _taken(project.room(resource)[:longest])
        full = max(project.room(resource), default=0)
        needs += [(model.new_fixed_size_interval_var(at, ticks, ""), amount) for at, ticks, amount in taken]
        model.add_cumulative([interval for interval, _ in needs], [amount for _, amount in needs], full)
    for start, hint in zip(starts, known, strict=True):
        model.add_hint(start, hint)
    model.minimize(end)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = workers
    solver.parameters.max_time_in_seconds = max(0.01, budget_s - (time.monotonic() - begun))
    status = solver.solve(model)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return known
    found = [solver.value(one) for one in starts]
    return found if makespan(project, found) < longest else known


def _taken(room: list[int]) -> list[tuple[int, int, int]]:
    """Where there is less of a resource than at its best: (from tick, for how many, how much less)."""
    full, blocks = max(room, default=0), list[tuple[int, int, int]]()
    for tick, free in enumerate(room):
        if blocks and blocks[-1][0] + blocks[-1][1] == tick and blocks[-1][2] == full - free:
            blocks[-1] = (blocks[-1][0], blocks[-1][1] + 1, full - free)
        elif free < full:
            blocks.append((tick, 1, full - free))
    return blocks
