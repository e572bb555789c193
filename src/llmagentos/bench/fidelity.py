"""`agentos bench fidelity TEXT`: what int8 costs, in nats a token and in changed first choices, against float32.

The reference is the same graph in float32, itself held against llama.cpp's F16 on the first windows; llama.cpp's Q8_0,
which has 8 bits as we do, shows what 8 bits cost elsewhere.
"""

import gzip
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from llmagentos.bench.report import BenchError, Figures, tracking
from llmagentos.bench.requantise import requantise
from llmagentos.bench.rivals import LlamaCppPasses
from llmagentos.inference.compiler.compile import compiled
from llmagentos.inference.engine.cache import KeyValues
from llmagentos.inference.engine.decoder import Decoder
from llmagentos.inference.engine.engine import HIDDEN_FROM
from llmagentos.inference.tokenizer import Tokenizer, Tokens

WINDOW = 256
"""Tokens that are read together."""
RIVAL_WINDOWS = 4
"""llama.cpp answers token by token: so many windows are enough to compare with."""


class Reading:
    """What a model makes of windows of text: its first choice after each token, and what the next one cost it."""

    def __init__(self, decoder: Decoder) -> None:
        self._decoder = decoder
        self._rows = KeyValues(decoder.architecture, WINDOW)
        self._bias = np.triu(np.full((WINDOW, WINDOW), HIDDEN_FROM, np.float32), 1)

    def of(self, window: Tokens) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Shapes: first choices [window], costs in nats [window - 1]."""
        hidden = self._decoder.forward(window, range(WINDOW), self._bias, self._rows)
        logits = self._decoder.logits(hidden).astype(np.float64)
        logits -= logits.max(axis=1, keepdims=True)
        log_probs = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
        return logits.argmax(axis=1), -log_probs[np.arange(WINDOW - 1), window[1:]]


def run_fidelity(model: Path, text: Path, tokens: int, store: Path, out: Console) -> Figures:
    """Read the end of a text with every engine, show a table, return the figures. Raises: BenchError."""
    with tempfile.TemporaryDirectory() as folder:
        exact = compiled(model, None, Path(folder), precision="float32")
        windows = list(_windows(_read(text), Tokenizer(exact.vocabulary()), tokens // WINDOW))
        with tracking(2 * len(windows) + 2 * RIVAL_WINDOWS) as begin:
            ours, reference = (
                _read_all(Reading(Decoder(one, threads=2)), windows, lambda: begin("ours and float32"))
                for one in (compiled(model, None, store), exact)
            )
            rivals = {
                kind: _first_choices(requantise(model, kind, Path(folder) / f"{kind}.gguf"), windows[:RIVAL_WINDOWS], lambda: begin("llama.cpp"))
                for kind in ("F16", "Q8_0")
            }  # fmt: skip
    compared = slice(RIVAL_WINDOWS * WINDOW)
    figures: Figures = {
        "tokens": len(windows) * WINDOW,
        "nll_float32": round(float(reference.costs.mean()), 4), "nll_ours": round(float(ours.costs.mean()), 4),
        "nll_lost": round(float(ours.costs.mean() - reference.costs.mean()), 4),
        "top1_float32": _share(ours.choices, reference.choices),
        "top1_llamacpp_f16": _share(ours.choices[compared], rivals["F16"]),
        "float32_llamacpp_f16": _share(reference.choices[compared], rivals["F16"]),
        "llamacpp_q8_0_llamacpp_f16": _share(rivals["Q8_0"], rivals["F16"]),
    }  # fmt: skip
    table = Table("figure", "value")
    for name, value in figures.items():
        table.add_row(name, str(value))
    out.print(table)
    return figures


class _Read:
    """A whole text as one model read it."""

    def __init__(self, parts: Iterable[tuple[NDArray[np.int64], NDArray[np.float64]]]) -> None:
        choices, costs = zip(*parts, strict=True)
        self.choices, self.costs = np.concatenate(choices), np.concatenate(costs)


def _read_all(reading: Reading, windows: list[Tokens], begin: Callable[[], None]) -> _Read:
    def each() -> Iterator[tuple[NDArray[np.int64], NDArray[np.float64]]]:
        for window in windows:
            begin()
            yield reading.of(window)

    return _Read(each())


def _first_choices(file: Path, windows: list[Tokens], begin: Callable[[], None]) -> NDArray[np.int64]:
    model = LlamaCppPasses(file, threads=2)
    found: list[int] = []
    for window in windows:
        begin()
        found += [model.first_choice(window[:end]) for end in range(1, WINDOW + 1)]
    return np.array(found)


def _share(one: NDArray[np.int64], other: NDArray[np.int64]) -> float:
    return round(float((one == other).mean()), 4)


def _read(text: Path) -> str:
    data = text.read_bytes()
    return (gzip.decompress(data) if text.suffix == ".gz" else data).decode("utf-8", "replace")


def _windows(text: str, tokenizer: Tokenizer, count: int) -> Iterator[Tokens]:
    """The last windows of a text. Raises: BenchError where it is too short."""
    tokens = tokenizer.encode(text[-count * WINDOW * 6 :])
    if len(tokens) < count * WINDOW:
        raise BenchError(f"the text has {len(tokens)} tokens, {count * WINDOW} are to be read")
    for number in range(count):
        yield tokens[number * WINDOW : (number + 1) * WINDOW]
