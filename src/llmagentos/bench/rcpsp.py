"""`agentos bench rcpsp FOLDER`: the schedules of PSPLIB's projects against the best that are known.

A gap is how much longer ours is, by CP-SAT where that is installed and by our own search (`_default`). Sources: Kolisch and Sprecher, PSPLIB, 1996; the best-known makespans beside the archive.
"""

import csv
import tarfile
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

from rich.console import Console
from rich.table import Table

from llmagentos.agent.plans.optimal import optimal
from llmagentos.agent.plans.project import Activity, Project, feasible
from llmagentos.agent.plans.schedule import makespan, schedule
from llmagentos.bench.report import BenchError, Figures, tracking

ARCHIVE, BEST = "rcpsp-j30-j60-j120.tar.gz", "best-known.csv"


def read_patterson(text: str) -> Project:
    """A project in Patterson's format: counts, capacities, then for each activity its length, needs and followers. Raises: ValueError."""
    numbers = [int(one) for one in text.split()]
    count, resources = numbers[0], numbers[1]
    capacity, at = tuple(numbers[2 : 2 + resources]), 2 + resources
    rows: list[tuple[int, tuple[tuple[int, int], ...]]] = []
    after: list[list[int]] = [[] for _ in range(count)]
    for number in range(count):
        needs = numbers[at + 1 : at + 1 + resources]
        rows.append((numbers[at], tuple((resource, amount) for resource, amount in enumerate(needs) if amount)))
        following = numbers[at + 1 + resources]
        at += 2 + resources
        for one in numbers[at : at + following]:
            after[one - 1].append(number)
        at += following
    return Project(tuple(Activity(ticks, needs, tuple(after[n])) for n, (ticks, needs) in enumerate(rows)), capacity)


def run_rcpsp(folder: Path, sizes: list[str], seconds: float, limit: int | None, out: Console) -> Figures:
    """Schedule them, show the gaps by size, return the figures. Raises: BenchError."""
    try:
        with (folder / BEST).open(encoding="utf-8") as lines:
            best = {one["instance"]: int(one["bks"]) for one in csv.DictReader(lines)}
        with tarfile.open(folder / ARCHIVE) as archive:
            texts = {one.name: archive.extractfile(one).read().decode() for one in archive if one.isfile()}  # type: ignore[union-attr]
    except (OSError, tarfile.TarError, KeyError, ValueError) as error:
        raise BenchError(f"{folder} does not hold {ARCHIVE} and {BEST}: {error}") from error
    figures: Figures = {"seconds": seconds}
    ways: dict[str, Callable[[Project, float], list[int]]] = {"_default": schedule}
    if find_spec("ortools") is not None:
        ways = {"": optimal, **ways}
    table = Table("set", "by", "projects", "mean gap", "as short as known", "largest")
    for size in sizes:
        names = sorted(one for one in texts if one.upper().startswith(f"{size.upper()}_"))
        names = names[:: max(1, len(names) // (limit or len(names)))]
        figures[f"projects_{size.lower()}"] = len(names)
        for way, solve in ways.items():
            gaps = _gaps(names, texts, best, lambda project, solve=solve: solve(project, seconds))  # type: ignore[misc]
            figures[f"gap_{size.lower()}{way}"] = round(sum(gaps) / len(gaps) * 100, 3)
            even = sum(one <= 0 for one in gaps)
            shown = (f"{sum(gaps) / len(gaps):.2%}", f"{even / len(gaps):.0%}", f"{max(gaps):.1%}")
            table.add_row(size, "CP-SAT" if way == "" else "default", str(len(gaps)), *shown)
    out.print(table)
    return figures


def _gaps(
    names: list[str], texts: dict[str, str], best: dict[str, int], solve: Callable[[Project], list[int]]
) -> list[float]:
    gaps = []
    with tracking(len(names)) as begin:
        for name in names:
            begin(name)
            project = read_patterson(texts[name])
            starts = solve(project)
            if not feasible(project, starts):
                raise BenchError(f"{name}: a schedule that breaks a rule; this is a bug")
            gaps.append(makespan(project, starts) / best[name] - 1)
    return gaps
