"""From drawn happenings to the judge's heads beside an adapter."""

import json
import math
import os
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np

from llmagentos.agent.chain.judging import URGENCIES
from llmagentos.app.judging import FILE, about
from llmagentos.inference.compiler.compile import compiled
from llmagentos.inference.engine.engine import Engine
from llmagentos.inference.head import save
from llmagentos.training.chain.fitting import Rows, fitted, rows

PART = 250
DIRECTIONS, EPOCHS, EPOCHS_OF_ACTS = 96, 60, 40
_engine: Engine | None = None


def teach(
    model: Path,
    adapter: Path,
    store: Path,
    parts: Path,
    count: int,
    seed: int,
    workers: int,
    begin: Callable[[str], None],
) -> str:
    """Read, fit, write; what to say of it. What was read is kept in `parts`, so that a run can be taken up. Raises: UnsupportedModel, OSError."""
    begin("the model is compiled")
    artefact = compiled(model, adapter, store)
    parts.mkdir(parents=True, exist_ok=True)
    files = [
        parts / f"{about(adapter).replace(' ', '-')}-{seed}-{number}.npz" for number in range(math.ceil(count / PART))
    ]
    os.environ["OMP_WAIT_POLICY"] = "PASSIVE"
    with ProcessPoolExecutor(workers, initializer=_begin, initargs=(artefact.folder,)) as pool:
        missing = [(number, file) for number, file in enumerate(files) if not file.exists()]
        for done, part in enumerate(as_completed([pool.submit(_part, seed, *one) for one in missing]), 1):
            part.result()
            begin(f"{(len(files) - len(missing) + done) * PART} happenings read")
    urgency, wise = (_joined([_kept(file, which) for file in files]) for which in ("urgency", "wise"))
    judged, share = fitted(urgency, len(URGENCIES), DIRECTIONS, EPOCHS)
    acting, share_of_acts = fitted(wise, 2, DIRECTIONS, EPOCHS_OF_ACTS)
    save(adapter / FILE, {"urgency": judged, "wise": acting}, about(adapter))
    report: dict[str, Any] = {"happenings": len(urgency.right), "acts": len(wise.right), "held_out": round(share, 3), "held_out_acts": round(share_of_acts, 3)}  # fmt: skip
    return json.dumps(report)


def _begin(folder: Path) -> None:
    global _engine
    from llmagentos.inference.compiler.artefact import load

    _engine = Engine(load(folder), name="judge", threads=1)


def _part(seed: int, number: int, file: Path) -> None:
    assert _engine is not None
    found = zip(("urgency", "wise"), rows(_engine, PART, seed * 1_000 + number, lambda _kind: None), strict=True)
    arrays = {f"{name}.{one.name}": getattr(part, one.name) for name, part in found for one in fields(Rows)}
    partial = file.with_suffix(".partial.npz")
    np.savez(partial, **arrays)
    partial.replace(file)


def _kept(file: Path, name: str) -> Rows:
    with np.load(file) as kept:
        return Rows(*(kept[f"{name}.{one.name}"] for one in fields(Rows)))


def _joined(parts: list[Rows]) -> Rows:
    return Rows(
        np.concatenate([one.states for one in parts]), np.concatenate([one.facts for one in parts]), np.concatenate([one.right for one in parts]),
        np.concatenate([one.happening + number * PART for number, one in enumerate(parts)]),
    )  # fmt: skip
