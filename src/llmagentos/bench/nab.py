"""`agentos bench nab FOLDER`: the Numenta anomaly benchmark, scored as its own program does.

One detector for all 58 streams, one point at a time; the threshold on its score is the one that serves all streams together best, as
the benchmark prescribes (Lavin and Ahmad, "Evaluating real-time anomaly detection algorithms", 2015; NAB 1.1, `sweeper.py`). It hands the smallest and the greatest
value of a stream to each detector beforehand, as a device would say what it can measure (`base.py`); the figures of others rest on that, and so does `standard`. Without
it is `standard_unranged`.
"""

import csv
import datetime as dt
import io
import json
import math
import tarfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import TypeAlias

from rich.console import Console
from rich.table import Table

from llmagentos.bench.report import BenchError, Figures, tracking
from llmagentos.perception.streams.detector import Detector

ARCHIVE = "nab-data-labels.tar.gz"
WINDOWS = "labels/combined_windows.json"
PROBATION, LONGEST_PROBATION = 0.15, 750
PROFILES = {"standard": (1.0, 0.11, 1.0), "low_fp": (1.0, 0.22, 1.0), "low_fn": (1.0, 0.11, 2.0)}
"""What is won by a detection, and lost by a false one and by a missed one."""
Surprise: TypeAlias = Callable[[float, float], float]
"""Of a time (seconds) and a value: how unusual, from 0 to 1."""


@dataclass(frozen=True, slots=True)
class Stream:
    """One file: times in seconds, values, and (first, last) positions of the labelled windows."""

    name: str
    times: tuple[float, ...]
    values: tuple[float, ...]
    windows: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Point:
    """A score and what an alarm there would count: `window` None outside of all; `worth` without weights."""

    score: float
    worth: float
    window: tuple[str, int] | None


@dataclass(slots=True)
class Tally:
    """What is won so far at one threshold."""

    false: float = 0.0
    best: dict[tuple[str, int], float] = field(default_factory=dict)


def read_streams(folder: Path) -> list[Stream]:
    """All streams of the archive. Raises: BenchError."""
    try:
        with tarfile.open(folder / ARCHIVE) as archive:
            texts = {one.name: archive.extractfile(one).read().decode() for one in archive if one.isfile()}  # type: ignore[union-attr]
        windows = json.loads(texts[WINDOWS])
    except (OSError, tarfile.TarError, KeyError, ValueError) as error:
        raise BenchError(f"{folder} does not hold {ARCHIVE} with {WINDOWS}: {error}") from error
    return [_stream(name, texts[f"data/{name}"], limits) for name, limits in sorted(windows.items())]


def _stream(name: str, text: str, limits: list[tuple[str, str]]) -> Stream:
    rows = list(csv.DictReader(io.StringIO(text)))
    times = [_seconds(one["timestamp"]) for one in rows]
    at = {moment: place for place, moment in reversed(list(enumerate(times)))}
    windows = tuple((at[_seconds(first)], at[_seconds(last)]) for first, last in limits)
    return Stream(name, tuple(times), tuple(float(one["value"]) for one in rows), windows)


def _seconds(text: str) -> float:
    return dt.datetime.fromisoformat(text.partition(".")[0]).replace(tzinfo=dt.UTC).timestamp()


def points(stream: Stream, scores: Sequence[float]) -> list[Point]:
    """What an alarm would count at each place, those of the probation left out."""
    found, past = [], None
    windows = list(stream.windows)
    for place, score in enumerate(scores):
        if windows and place > windows[0][1]:
            past = windows.pop(0)
        inside = windows[0] if windows and place >= windows[0][0] else None
        if inside is not None:
            width = inside[1] - inside[0] + 1
            worth = _sigmoid(-(inside[1] - place + 1) / width) / _sigmoid(-1.0)
            found.append(Point(score, worth, (stream.name, inside[0])))
        else:
            far = math.inf if past is None else (place - past[1]) / (past[1] - past[0])
            found.append(Point(score, _sigmoid(far), None))
    return found[math.floor(min(PROBATION * len(scores), LONGEST_PROBATION)) :]


def _sigmoid(place: float) -> float:
    """1 well before the end of a window (-1), 0 at its end, -1 far behind it."""
    return -1.0 if place > 3.0 else 2 / (1 + math.exp(5 * place)) - 1


def scored(all_points: list[Point], windows: int, weights: tuple[float, float, float]) -> tuple[float, float]:
    """The score of the best threshold, 0 for silence and 100 for perfection, and that threshold."""
    hit, false, missed = weights
    tally = Tally(best={one.window: -missed for one in all_points if one.window is not None})
    total, best = sum(tally.best.values()), (-missed * windows, 1.1)
    ordered = sorted(all_points, key=lambda one: -one.score)
    for threshold, group in groupby(ordered, key=lambda one: one.score):
        for one in group:
            if one.window is None:
                total += one.worth * false
            elif one.worth * hit > tally.best[one.window]:
                total += one.worth * hit - tally.best[one.window]
                tally.best[one.window] = one.worth * hit
        if total > best[0]:
            best = (total, threshold)
    return 100 * (best[0] + missed * windows) / ((hit + missed) * windows), best[1]


def detected(streams: list[Stream], make: Callable[[Stream], Surprise]) -> tuple[list[list[float]], float]:
    """Scores of every stream, each read once from its beginning by a detector of its own; seconds a point."""
    scores, taken, count = [], 0.0, 0
    with tracking(len(streams)) as begin:
        for one in streams:
            begin(one.name)
            surprise = make(one)
            begun = time.perf_counter()
            scores.append([surprise(at, value) for at, value in zip(one.times, one.values, strict=True)])
            taken, count = taken + time.perf_counter() - begun, count + len(one.times)
    return scores, taken / count


def run_nab(folder: Path, out: Console) -> Figures:
    """Read all streams, show by folder what was found. Raises: BenchError."""
    streams = read_streams(folder)
    figures: Figures = {"streams": len(streams), "windows": sum(len(one.windows) for one in streams)}
    ranged, seconds = detected(streams, lambda one: Detector(min(one.values), max(one.values)).surprise)
    judged = judge(streams, ranged)
    for name, weights in PROFILES.items():
        score, threshold = best(judged, weights)
        figures[name] = round(score, 2)
        if name == "standard":
            _show(streams, judged, threshold, out)
    unranged, _ = detected(streams, lambda _: Detector().surprise)
    figures["standard_unranged"] = round(best(judge(streams, unranged), PROFILES["standard"])[0], 2)
    figures["us_per_point"] = round(seconds * 1e6, 1)
    for name, value in figures.items():
        out.print(f"{name}: {value}", highlight=False)
    return figures


def judge(streams: list[Stream], scores: list[list[float]]) -> list[list[Point]]:
    """What an alarm at each point would count."""
    return [points(stream, each) for stream, each in zip(streams, scores, strict=True)]


def best(judged: list[list[Point]], weights: tuple[float, float, float]) -> tuple[float, float]:
    """The score of the threshold that serves all streams best, and that threshold."""
    everything = [point for each in judged for point in each]
    windows = len({one.window for one in everything if one.window is not None})
    return scored(everything, windows, weights)


def _show(streams: list[Stream], judged: list[list[Point]], threshold: float, out: Console) -> None:
    table = Table("streams", "windows", "found", "false alarms")
    by_folder = groupby(zip(streams, judged, strict=True), key=lambda one: one[0].name.partition("/")[0])
    for folder, each in by_folder:
        some = [(stream, points) for stream, points in each]
        alarms = [point for _, points in some for point in points if point.score >= threshold]
        found = {one.window for one in alarms} - {None}
        false = sum(one.window is None for one in alarms)
        table.add_row(folder, str(sum(len(stream.windows) for stream, _ in some)), str(len(found)), str(false))
    out.print(table)
