"""From drawn happenings to the judge's heads beside an adapter."""

import json
import math
import os
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, as_completed
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
DIRECTIONS, EPOCHS, EPOCHS_OF_ACTS = 96, 60, 20
_engine: Engine | None = None


def teach(
    model: Path, adapter: Path, store: Path, count: int, seed: int, workers: int, begin: Callable[[str], None]
) -> str:
    """Read, fit, write; what to say of it. Raises: UnsupportedModel, OSError."""
    begin("the model is compiled")
    artefact = compiled(model, adapter, store)
    parts: dict[int, tuple[Rows, Rows]] = {}
    os.environ["OMP_WAIT_POLICY"] = "PASSIVE"
    with ProcessPoolExecutor(workers, initializer=_begin, initargs=(artefact.folder,)) as pool:
        waiting = {pool.submit(_part, seed, number): number for number in range(math.ceil(count / PART))}
        for done in as_completed(waiting):
            parts[waiting[done]] = done.result()
            begin(f"{len(parts) * PART} happenings read")
    urgency, wise = (_joined([parts[number][which] for number in sorted(parts)]) for which in (0, 1))
    judged, share = fitted(urgency, len(URGENCIES), DIRECTIONS, EPOCHS)
    acting, share_of_acts = fitted(wise, 2, DIRECTIONS, EPOCHS_OF_ACTS)
    save(adapter / FILE, {"urgency": judged, "wise": acting}, about())
    report: dict[str, Any] = {"happenings": len(urgency.right), "acts": len(wise.right), "held_out": round(share, 3), "held_out_acts": round(share_of_acts, 3)}  # fmt: skip
    return json.dumps(report)


def _begin(folder: Path) -> None:
    global _engine
    from llmagentos.inference.compiler.artefact import load

    _engine = Engine(load(folder), name="judge", threads=1)


def _part(seed: int, number: int) -> tuple[Rows, Rows]:
    assert _engine is not None
    return rows(_engine, PART, seed * 1_000 + number, lambda _kind: None)


def _joined(parts: list[Rows]) -> Rows:
    return Rows(
        np.concatenate([one.states for one in parts]), np.concatenate([one.facts for one in parts]), np.concatenate([one.right for one in parts]),
        np.concatenate([one.happening + number * PART for number, one in enumerate(parts)]),
    )  # fmt: skip
