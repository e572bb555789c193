"""`agentos bench engine`: passes of our engine beside llama.cpp's and CTranslate2's, after the same cached beginning.

llama.cpp runs at its fastest block format and the better of one and two threads; its pass ends with one decoded token, as
it must there. Engines take turns, so that a busy moment of the machine hits all alike.
"""

import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from rich.console import Console
from rich.table import Table

from llmagentos.agent.ports import Prompt
from llmagentos.agent.prompt import static_part
from llmagentos.bench.report import Figures, quantile, tracking
from llmagentos.bench.requantise import requantise
from llmagentos.bench.rivals import CTranslate2Passes, LlamaCppPasses
from llmagentos.inference.client import ModelWorker
from llmagentos.inference.compiler.compile import compiled, read_model
from llmagentos.inference.decision import Bounds
from llmagentos.inference.engine.engine import Engine
from llmagentos.inference.tokenizer import Tokens
from llmagentos.language.automaton import Builder

PASSES = (1, 8, 32, 64, 512)
PREFIX = 300
ROUNDS = 9
FORMATS = ("Q4_0", "Q8_0")
THREADS = (1, 2)
BUSY_TOKENS, BUSY_ROUNDS = 40, 40


class Passes(Protocol):
    """An engine that evaluates new tokens after a beginning it has cached."""

    def run(self, prefix: Sequence[int], new: Sequence[int]) -> None: ...


class OurPasses:
    """Ours; a pass ends with the scores of three tokens."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def run(self, prefix: Sequence[int], new: Sequence[int]) -> None:
        self._engine.log_probs((*prefix, *new), [((), (1, 2, 3))])


def run_engine(name: str, model: Path, store: Path, out: Console) -> Figures:
    """Time all engines, show a table, return milliseconds and ratios (above 1 we are faster)."""
    weights = read_model(model)
    random_ = random.Random(7)

    def tokens(count: int) -> Tokens:
        return tuple(random_.randrange(300, 40_000) for _ in range(count))

    with tempfile.TemporaryDirectory() as folder:
        llama = [
            LlamaCppPasses(requantise(model, kind, Path(folder) / f"{kind}.gguf"), threads=threads)
            for kind in FORMATS
            for threads in THREADS
        ]
        engines: dict[str, list[Passes]] = {
            "ours": [OurPasses(Engine(compiled(model, None, store), name=name, threads=2))],
            "llamacpp": [*llama],
            "ctranslate2": [CTranslate2Passes(weights, Path(folder) / "ctranslate2", threads=threads) for threads in THREADS],
        }  # fmt: skip
        prefix = tokens(PREFIX)
        for one in (one for group in engines.values() for one in group):
            one.run(prefix, tokens(1))
        figures: Figures = {}
        table = Table("new tokens", *(f"{one} ms" for one in engines), "vs llama.cpp", "vs CTranslate2")
        with tracking(len(PASSES)) as begin:
            for count in PASSES:
                begin(f"{count} tokens")
                rounds = 3 if count > 64 else ROUNDS
                best = _turns(engines, prefix, [tokens(count) for _ in range(rounds)])
                figures |= {f"{one}/{count}_ms": round(ms, 2) for one, ms in best.items()}
                ratios = {rival: best[rival] / best["ours"] for rival in ("llamacpp", "ctranslate2")}
                figures |= {f"vs_{rival}/{count}": round(ratio, 2) for rival, ratio in ratios.items()}
                table.add_row(str(count), *(f"{ms:.1f}" for ms in best.values()), *(f"{one:.1f}" for one in ratios.values()))  # fmt: skip
        figures |= _beside_others(engines["ours"][0], prefix, [tokens(BUSY_TOKENS) for _ in range(BUSY_ROUNDS)])
    out.print(table)
    return figures


async def run_cold(compiled_model: Path) -> Figures:
    """The model's own process from its start to the first decision over the prompt's examples, and what it then holds."""
    builder = Builder()
    for verb in (" turn on", " turn off"):
        builder.accept(builder.path(builder.start, [verb, " light", ' "Lamp"']))
    question: Prompt = (("user", ("Request: turn on the lamp",)), ("assistant", ("Command:",)))
    worker = ModelWorker(compiled_model)
    started = time.perf_counter()
    try:
        await worker.decide(static_part(), question, builder.build(), Bounds())
        cold_s = time.perf_counter() - started
        return {"cold_start_s": round(cold_s, 2), "resident_mb": worker.resident_mb()}
    finally:
        await worker.close()


def _beside_others(ours: Passes, prefix: Tokens, passes: Sequence[Tokens]) -> Figures:
    """Our slowest passes alone and beside two processes that never rest."""

    def p95() -> float:
        times = []
        for tokens in passes:
            started = time.perf_counter()
            ours.run(prefix, tokens)
            times.append((time.perf_counter() - started) * 1000)
        return quantile(times, 0.95)

    alone = p95()
    others = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(2)]
    try:
        time.sleep(0.5)
        busy = p95()
    finally:
        for one in others:
            one.kill()
            one.wait()
    return {"p95_alone_ms": round(alone, 1), "p95_busy_ms": round(busy, 1), "p95_busy_ratio": round(busy / alone, 2)}


def _turns(engines: dict[str, list[Passes]], prefix: Tokens, passes: Sequence[Tokens]) -> dict[str, float]:
    """The median milliseconds of each engine at its best setting."""
    times: dict[tuple[str, int], list[float]] = {}
    for tokens in passes:
        for name, settings in engines.items():
            for number, one in enumerate(settings):
                started = time.perf_counter()
                one.run(prefix, tokens)
                times.setdefault((name, number), []).append((time.perf_counter() - started) * 1000)
    return {
        name: min(quantile(times[name, number], 0.5) for number in range(len(settings)))
        for name, settings in engines.items()
    }
