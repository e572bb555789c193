"""What every bench ends with: a table, the failures, and one JSON line `{"bench", "figures", "machine"}`."""

import itertools
import json
import os
import platform
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from llmagentos.messages.values import Json

BINS = 10


class BenchError(Exception):
    """There is nothing to measure there, or nothing to measure with. The message says what is expected."""


Figures: TypeAlias = dict[str, float | int | str]
_err = Console(stderr=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseResult:
    """How one sentence ended. `wrong`: something was changed, or a yes asked for, that should not have been."""

    group: str
    words: str
    passed: bool
    duration_ms: float
    wrong: bool = False
    consents: int = 0
    probability: float | None = None
    """What the agent believed of its reading."""
    asked: bool = False
    """It was not sure enough to act or answer, and asked."""
    detail: str = ""


def accuracy_figures(results: list[CaseResult]) -> Figures:
    """The figures of a set of cases: accuracy from 0 to 1, times in milliseconds."""
    times = [one.duration_ms for one in results]
    return {
        "cases": len(results),
        "accuracy": round(sum(one.passed for one in results) / max(1, len(results)), 4),
        "wrong_acts": sum(one.wrong for one in results),
        "consents": sum(one.consents for one in results),
        "p50_ms": round(quantile(times, 0.50), 1),
        "p95_ms": round(quantile(times, 0.95), 1),
        **_belief([one for one in results if one.probability is not None]),
    }


def _belief(results: list[CaseResult]) -> Figures:
    """Expected calibration error (Guo et al. 2017, eq. 3) of what was not asked back, and how many of the surest 90 % are
    right; what was asked back counts as the least sure there.
    """
    if not results:
        return {}
    seen = [(one.probability or 0.0, one.passed) for one in results if not one.asked]
    error = 0.0
    for number in range(BINS):
        inside = [(one, right) for one, right in seen if number / BINS < one <= (number + 1) / BINS]
        error += abs(sum(one - right for one, right in inside)) / max(1, len(seen))
    surest = sorted(results, key=lambda one: (one.asked, -(one.probability or 0.0)))[
        : max(1, round(0.9 * len(results)))
    ]
    return {
        "calibration_error": round(error, 4),
        "right_at_90": round(sum(one.passed for one in surest) / len(surest), 4),
        "asked": sum(one.asked for one in results),
    }


def quantile(values: list[float], share: float) -> float:
    """The smallest value that at least `share` of the values do not exceed; 0 for none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, -int(-share * len(ordered) // 1) - 1))] if ordered else 0.0


def machine() -> dict[str, Json]:
    """What the figures were measured on, with its load: times mean little without it."""
    return {
        "cpus": os.cpu_count(),
        "architecture": platform.machine(),
        "python": platform.python_version(),
        "load_1m": round(os.getloadavg()[0], 2),
    }


@contextmanager
def tracking(total: int) -> Iterator[Callable[[str], None]]:
    """A progress bar on standard error; call what it gives with each item that begins."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=_err, transient=True) as progress:
        task = progress.add_task("", total=total)
        begun = itertools.count()
        yield lambda item: progress.update(task, description=item[:60].ljust(60), completed=next(begun))


def show_cases(results: list[CaseResult], out: Console) -> None:
    """A line a group, then every case that failed."""
    groups: dict[str, list[CaseResult]] = defaultdict(list)
    for one in results:
        groups[one.group].append(one)
    table = Table("group", "cases", "passed", "accuracy", "wrong acts")
    for name, members in groups.items():
        passed = sum(one.passed for one in members)
        table.add_row(name, str(len(members)), str(passed), f"{passed / len(members):.0%}", str(sum(one.wrong for one in members)))  # fmt: skip
    out.print(table)
    for one in results:
        if not one.passed:
            mark = "[bold red]wrong act[/bold red]" if one.wrong else "[red]failed[/red]"
            out.print(f"{mark} {one.group}: {one.words!r}", highlight=False, soft_wrap=True)
            out.print(f"    {one.detail}", highlight=False, markup=False, style="dim", soft_wrap=True)


def finish(bench: str, figures: Figures, out: Console, file: Path | None) -> None:
    """The last line on standard output, and the same in a file."""
    line = json.dumps({"bench": bench, "figures": figures, "machine": machine()}, ensure_ascii=False)
    if file is not None:
        file.write_text(line + "\n", encoding="utf-8")
    out.file.write(line + "\n")
    out.file.flush()
