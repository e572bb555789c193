"""`agentos bench sight`: what is written on drawn signs, panels and displays, what drawn gauges show, and who and what is on photographs.

The photographs are those that scikit-image and scikit-learn carry; what is on them is told here, and what else the models claim to see there counts as wrong.
"""

import importlib.util
import time
from pathlib import Path
from statistics import median

from rich.console import Console
from rich.table import Table

from llmagentos.app.seeing import Seer, eyes
from llmagentos.bench.report import BenchError, Figures, tracking
from llmagentos.bench.subject import store
from llmagentos.perception.extras import MissingSense

PHOTOGRAPHS: tuple[tuple[str, str, dict[str, int]], ...] = (
    ("skimage", "data/astronaut.png", {"person": 1}), ("skimage", "data/camera.png", {"person": 1}), ("skimage", "data/chelsea.png", {"cat": 1}),
    ("skimage", "data/coffee.png", {"cup": 1}), ("skimage", "data/motorcycle_left.png", {"motorcycle": 1}), ("skimage", "data/horse.png", {"horse": 1}),
    ("skimage", "data/rocket.jpg", {}), ("skimage", "data/brick.png", {}), ("skimage", "data/grass.png", {}), ("skimage", "data/gravel.png", {}),
    ("skimage", "data/moon.png", {}), ("skimage", "data/page.png", {}), ("skimage", "data/text.png", {}), ("skimage", "data/hubble_deep_field.jpg", {}),
    ("sklearn", "datasets/images/china.jpg", {}), ("sklearn", "datasets/images/flower.jpg", {}),
)  # fmt: skip
ALLOWED = {"data/coffee.png": {"dining table", "spoon"}}
"""What may be seen as well: it is there."""
WITHIN = 0.03
"""Of the full scale."""


async def run_sight(seeds: int, out: Console) -> Figures:
    """Texts and gauges of so many seeds, and the photographs. Raises: BenchError."""
    seer = eyes(store())
    try:
        figures = await _texts(seer, seeds, out)
        figures |= await _gauges(seer, seeds, out)
        return figures | await _photographs(seer, out)
    except MissingSense as error:
        raise BenchError(str(error)) from error
    except ImportError as error:
        raise BenchError(f"{error.name} is not installed, and pictures are drawn with it: pip install '.[dev]'") from error  # fmt: skip


async def _texts(seer: Seer, seeds: int, out: Console) -> Figures:
    from llmagentos.bench.drawn_pictures import drawn_texts

    table, right, seconds = Table("written", "read"), 0, []
    pictures = [one for seed in range(1, seeds + 1) for one in drawn_texts(seed)]
    with tracking(len(pictures)) as begin:
        for one in pictures:
            begin(one.text)
            started = time.perf_counter()
            read = " ".join((await seer.look(one.picture)).text)
            seconds.append(time.perf_counter() - started)
            right += read == one.text
            if read != one.text:
                table.add_row(one.text, read)
    out.print(table)
    return {"texts": len(pictures), "text_exact": round(right / len(pictures), 4), "look_s": round(median(seconds), 3)}


async def _gauges(seer: Seer, seeds: int, out: Console) -> Figures:
    from llmagentos.bench.drawn_pictures import drawn_gauges

    table, errors = Table("shows", "read", "of the scale"), []
    pictures = [one for seed in range(1, seeds + 1) for one in drawn_gauges(seed)]
    with tracking(len(pictures)) as begin:
        for one in pictures:
            begin(f"{one.value:.2f} {one.unit}")
            gauge = (await seer.look(one.picture)).gauge
            away = 1.0 if gauge is None else abs(gauge.value - one.value) / (one.most - one.least)
            errors.append(away)
            if away > WITHIN:
                table.add_row(f"{one.value:.3g} {one.unit}", "-" if gauge is None else f"{gauge.value:.3g}", f"{away:.1%}")  # fmt: skip
    out.print(table)
    within = sum(one <= WITHIN for one in errors) / len(errors)
    return {"gauges": len(errors), "gauges_within": round(within, 4), "gauge_error_median": round(median(errors), 4)}


async def _photographs(seer: Seer, out: Console) -> Figures:
    from llmagentos.perception.sight.picture import read_picture

    table, right = Table("photograph", "there", "seen"), 0
    for package, name, there in PHOTOGRAPHS:
        found = importlib.util.find_spec(package)
        if found is None or found.origin is None:
            raise BenchError(f"{package} is not installed; its photographs are looked at: pip install '.[dev]'")
        seen = (await seer.look(read_picture((Path(found.origin).parent / name).read_bytes()))).counts()
        beside = {kind: count for kind, count in seen.items() if kind not in ALLOWED.get(name, ())}
        right += beside == there
        if beside != there:
            table.add_row(name, str(there), str(seen))
    out.print(table)
    return {"photographs": len(PHOTOGRAPHS), "photographs_right": round(right / len(PHOTOGRAPHS), 4)}
