"""`agentos bench latency`: from a sentence to a legal command, our way and the usual way, over homes of growing size.

Both ways run in turns in one process on the same weights; a sentence is said once. Ours is timed from the words to the
turn: retrieval, grammar, decision, effects.
"""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from rich.console import Console
from rich.table import Table

from llmagentos.agent.dialogue import Dialogue
from llmagentos.agent.ports import Deciding
from llmagentos.app.simulated import snapshot_of
from llmagentos.bench.report import Figures, quantile, tracking
from llmagentos.bench.scale import home_of_size, sentences
from llmagentos.bench.usual import UsualWay
from llmagentos.kernel.local_time import local_zone
from llmagentos.knowledge import Retriever, select
from llmagentos.messages.snapshot import Snapshot, Speaker

USUAL_SIZE = 100
"""The usual way is measured at this size alone: it gets the same candidates, so its time does not depend on size."""
SEED = 11


class Times(NamedTuple):
    """Milliseconds of each sentence."""

    ours: list[float]
    decisions: list[float]
    usual: list[float]


async def run_latency(
    model: str, file: Path, decider: Deciding, count: int, sizes: tuple[int, ...], out: Console
) -> Figures:
    """Time both ways, show a table, return the figures by model and size."""
    figures: Figures = {}
    table = Table("entities", "ours p50 ms", "p95 ms", "decision p50 ms", "usual p50 ms", "ratio")
    usual = _better_threads(file)
    dialogue_retriever = Retriever()
    with tracking(count * len(sizes)) as begin:
        for size in sizes:
            home = home_of_size(size)
            dialogue = Dialogue(decider, dialogue_retriever, select, local_zone())
            snapshot = snapshot_of(home)
            said = sentences(home, count + 3, SEED)
            times = await _measure(dialogue, snapshot, said, usual if size == USUAL_SIZE else None, begin)
            key = f"{model}/{size}"
            p50, p95 = quantile(times.ours, 0.5), quantile(times.ours, 0.95)
            decision = quantile(times.decisions, 0.5)
            figures |= {f"{key}/p50_ms": round(p50, 1), f"{key}/p95_ms": round(p95, 1), f"{key}/decision_p50_ms": round(decision, 1)}  # fmt: skip
            row = [str(size), f"{p50:.0f}", f"{p95:.0f}", f"{decision:.0f}", "", ""]
            if times.usual:
                theirs = quantile(times.usual, 0.5)
                figures |= {f"{key}/usual_p50_ms": round(theirs, 1), f"{key}/ratio_p50": round(theirs / p50, 2)}
                row[-2:] = [f"{theirs:.0f}", f"{theirs / p50:.1f}"]
            table.add_row(*row)
    out.print(table)
    return figures


async def _measure(
    dialogue: Dialogue, snapshot: Snapshot, said: list[str], usual: UsualWay | None, begin: Callable[[str], None]
) -> Times:
    """Both ways in turns; the first three sentences warm them up."""
    times = Times([], [], [])
    for number, words in enumerate(said):
        if number >= 3:
            begin(words)
        started = time.perf_counter()
        turn = await dialogue.turn(words, snapshot, Speaker("owner", None, str(number)))
        ours = (time.perf_counter() - started) * 1000
        theirs = 0.0
        if usual is not None:
            candidates = dialogue.candidates(words, snapshot, Speaker("owner", None, "usual"))
            started = time.perf_counter()
            await asyncio.to_thread(usual.call, words, candidates)
            theirs = (time.perf_counter() - started) * 1000
        if number >= 3:
            times.ours.append(ours)
            times.decisions.append(turn.decided.duration_ms)
            if usual is not None:
                times.usual.append(theirs)
    return times


def _better_threads(file: Path) -> UsualWay:
    """The usual way at its better number of threads."""
    made = {threads: UsualWay(file, threads=threads) for threads in (1, 2)}
    taken = {}
    for threads, way in made.items():
        way.call("turn on the lamp", ["Lamp", "Fan"])
        started = time.perf_counter()
        for words in ("turn off the lamp", "is the fan on"):
            way.call(words, ["Lamp", "Fan"])
        taken[threads] = time.perf_counter() - started
    return made[min(taken, key=lambda one: taken[one])]
