"""`python -m llmagentos.bench.replay FILE MODEL_FOLDER`: does this processor decide as another one did.

`agentos bench decisions --keep FILE` writes what was asked and what was decided; here a compiled model is asked again.
Needs no more than the engine itself, so that it also runs on a small board or in an emulator.
"""

import json
import sys
import time
from pathlib import Path
from typing import Any

from llmagentos.inference.compiler.artefact import load
from llmagentos.inference.decision import Bounds, Outcome, decide
from llmagentos.inference.engine.engine import Engine
from llmagentos.inference.tokenizer import Tokens
from llmagentos.language.automaton import Automaton

NEAR = 0.02
"""Nats: choices closer than this are equals, one processor's float32 sums differing from another's."""


def kept(prompt: Tokens, automaton: Automaton, outcome: Outcome) -> dict[str, Any]:
    """One decision as data."""
    choices = [[one.text, one.probability] for one in outcome.choices]
    return {"prompt": prompt, "automaton": automaton.to_json(), "choices": choices}


def replay(file: Path, model: Path, limit: int) -> int:
    """Decide again, print a line each, return how many came out otherwise."""
    engine = Engine(load(model), name=model.name, threads=2)
    different = 0
    for data in json.loads(file.read_text(encoding="utf-8"))[:limit]:
        started = time.perf_counter()
        then = data["choices"]
        now = decide(engine, engine.chat, tuple(data["prompt"]), Automaton.from_json(data["automaton"]), Bounds())
        best = now.choices[0]
        near = [text for text, probability in then if probability >= then[0][1] * (1 - NEAR)]
        different += best.text not in near
        mark = "same" if best.text in near else f"OTHER, was {then[0][0]}"
        print(f"{mark}: {best.text} ({best.probability:.4f}, was {then[0][1]:.4f}; {time.perf_counter() - started:.1f} s)", flush=True)  # fmt: skip
    return different


if __name__ == "__main__":
    raise SystemExit(1 if replay(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])) else 0)
