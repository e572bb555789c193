"""Streams of sites with things that happen to them, drawn from a seed: what the detector of `perception/streams` was chosen on.

They stand for what signals of homes and plants are like (cycles of days and weeks, counts, bursts, regulated values, wandering ones); what
happens to them begins somewhere after the first fifth. `agentos bench streams` scores them as `bench nab` does, which the detector was not chosen on.
"""

import numpy as np
from numpy.typing import NDArray
from rich.console import Console

from llmagentos.bench.nab import PROFILES, Stream, best, detected, judge
from llmagentos.bench.report import Figures
from llmagentos.perception.streams.detector import Detector

Values = NDArray[np.float64]
DAY, MONDAY = 86_400.0, 345_600.0
STEPS = (60.0, 300.0, 300.0, 900.0, 1800.0, 3600.0)
KINDS = ("daily", "weekly", "counts", "bursts", "regulated", "wandering", "switched", "heavy")
EVENTS = ("spike", "level", "drift", "quiet", "noise", "stuck", "cycle", "dense", "off")
WINDOW_SHARE = 0.1


def drawn_streams(count: int, seed: int) -> list[Stream]:
    """As many streams, each kind in turn."""
    return [_drawn(number, np.random.default_rng((seed, number))) for number in range(count)]


def _drawn(number: int, random: np.random.Generator) -> Stream:
    kind, step = KINDS[number % len(KINDS)], float(random.choice(STEPS))
    length = int(random.integers(1500, 8000))
    times = MONDAY + random.integers(0, 7) * DAY + np.arange(length) * step
    values, scale = _usual(kind, times, random)
    happened = int(random.choice([0, 1, 1, 2, 2, 3]))
    starts = np.sort(random.choice(np.arange(length // 5, length * 19 // 20), happened, replace=False))
    half = int(WINDOW_SHARE * length / max(1, happened) / 2)
    windows: list[tuple[int, int]] = []
    for start in starts:
        if windows and start - half <= windows[-1][1] + 1:
            continue
        values = _happen(str(random.choice(EVENTS)), values, int(start), step, scale, random)
        windows.append((int(start) - half, min(length - 1, int(start) + half)))
    decimals = int(random.choice([0, 1, 2, 6])) if scale > 3 else 3
    return Stream(f"{kind}/{number}", tuple(times), tuple(np.round(values, decimals)), tuple(windows))


def _usual(kind: str, times: Values, random: np.random.Generator) -> tuple[Values, float]:
    """Values as they usually are, and how far they move."""
    size, scale = len(times), float(10 ** random.uniform(-1, 3))
    noise = _memory(random.normal(size=size), float(random.choice([0.0, 0.5, 0.9])))
    day = _cycle(times, random)
    base = float(random.uniform(0, 10))
    match kind:
        case "daily":
            shape = base + 2 * day + random.choice([0.05, 0.3, 1.0]) * noise
        case "weekly":
            free = (times // DAY).astype(np.int64) % 7 >= 2 + random.integers(1, 4)
            shape = base + 2 * day * np.where(free, random.uniform(0, 0.6), 1.0) + random.choice([0.05, 0.3]) * noise
        case "counts":
            shape = random.poisson(np.maximum(0.05, random.uniform(0.3, 20) * (1 + day) / 2)).astype(np.float64)
            scale = 1.0
        case "bursts":
            often = random.uniform(0.002, 0.03)
            shape = base + 0.2 * noise + np.where(random.random(size) < often, random.gamma(2.0, 3.0, size), 0.0)
        case "regulated":
            shape = base + np.sin(np.cumsum(random.uniform(0.1, 0.6) + 0.02 * random.normal(size=size))) + 0.1 * noise
        case "wandering":
            shape = base + _memory(random.normal(size=size), 0.995) * 0.1 + 0.1 * noise
        case "switched":
            shape = base + 3.0 * (np.cumsum(random.random(size) < random.uniform(0.005, 0.05)) % 2) + 0.1 * noise
        case _:
            shape = np.exp(0.7 * noise + 0.5 * day)
    return scale * shape, scale


def _memory(noise: Values, share: float) -> Values:
    """Noise of unit spread that remembers itself."""
    if share == 0.0:
        return noise
    remembered = np.empty_like(noise)
    last = 0.0
    for place, one in enumerate(noise * np.sqrt(1 - share**2)):
        last = share * last + one
        remembered[place] = last
    return remembered


def _cycle(times: Values, random: np.random.Generator) -> Values:
    """A shape of the day, between -1 and 1: a wave with overtones, or working hours."""
    turn = 2 * np.pi * times / DAY
    if random.random() < 0.3:
        first, last = np.sort(random.uniform(5, 23, 2))
        hours = times % DAY / 3600
        return np.where((hours > first) & (hours < last), 1.0, -1.0)
    waves = sum(random.normal() / (k + 1) * np.cos((k + 1) * turn + random.uniform(0, 6)) for k in range(3))
    return np.asarray(waves / max(1e-9, float(np.abs(waves).max())))


def _happen(event: str, values: Values, start: int, step: float, scale: float, random: np.random.Generator) -> Values:
    """The same stream with something that happens to it."""
    values = values.copy()
    spread, lasts = float(np.std(values)) or scale, int(random.uniform(0.5, 12) * 3600 / step) + 1
    part = slice(start, start + lasts)
    strength, sign = random.uniform(2, 6), float(random.choice([-1.0, 1.0]))
    reach = len(values[part])
    match event:
        case "spike":
            values[start : start + int(random.integers(1, 4))] += sign * 2 * strength * spread
        case "level":
            values[start:] += sign * strength * spread
        case "drift":
            values[start:] += sign * strength * spread * np.minimum(1.0, np.arange(len(values) - start) / (4 * lasts))
        case "quiet":
            values[part] = values[part].mean() + 0.05 * (values[part] - values[part].mean())
        case "noise":
            values[part] += random.normal(size=reach) * spread * strength / 2
        case "stuck":
            values[start : start + 4 * lasts] = values[start]
        case "cycle":
            values[part] = values[max(0, start - int(DAY / step / 2)) :][:reach]
        case "dense":
            values[part] = np.maximum(
                values[part], np.where(random.random(reach) < 0.3, values[:start].max(), values[part])
            )
        case _:
            values[part] = values[:start].min() - (0.0 if random.random() < 0.5 else 0.3 * spread)
    return values


def run_streams(count: int, seed: int, out: Console) -> Figures:
    """Score the detector on drawn streams, as `bench nab` does."""
    streams = drawn_streams(count, seed)
    scores, seconds = detected(streams, lambda _: Detector().surprise)
    score, threshold = best(judge(streams, scores), PROFILES["standard"])
    out.print(f"standard {score:.1f}, threshold {threshold:.2f}", highlight=False)
    return {
        "streams": count,
        "standard": round(score, 2),
        "threshold": round(threshold, 3),
        "us_per_point": round(seconds * 1e6, 1),
    }
