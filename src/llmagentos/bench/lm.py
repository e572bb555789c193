"""`agentos bench lm TEXT`: a small decoder learns a text character by character, and runs elsewhere as it ran in training.

The text, its split, the size of the network, the length of its windows and the number of tokens are those of the CPU setting of nanoGPT
(`config/train_shakespeare_char.py` with the flags of its README), which ends at 1.88 nats a character. All of the last tenth is scored, in windows side by side.
"""

import gzip
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from llmagentos.bench.report import BenchError, Figures, tracking
from llmagentos.inference.compiler.compile import compiled, native_precision, read_model
from llmagentos.inference.compiler.int8 import Precision
from llmagentos.inference.engine.cache import KeyValues
from llmagentos.inference.engine.decoder import Decoder as Engine
from llmagentos.inference.engine.engine import HIDDEN_FROM
from llmagentos.inference.llamacpp import LlamaCpp, installed
from llmagentos.inference.weights.gguf_writer import write_gguf
from llmagentos.inference.weights.model import Vocabulary
from llmagentos.training.architectures.exporting import write_decoder
from llmagentos.training.architectures.transformer import Decoder, Shape, size
from llmagentos.training.data.vocabulary import MarkedText, characters
from llmagentos.training.objectives.causal import CausalLanguageModelling
from llmagentos.training.optimisation.loop import Course, Loop

CONTEXT, BATCH, STEPS = 64, 12, 2000
"""As nanoGPT's. The network below has 0.79 million parameters; nanoGPT's has 0.80."""
PUBLISHED = 1.88
TRIES = 8
AGREED = 512
"""Tokens of the held-out text on which engines are compared."""
IMPOSSIBLE = -10.0
"""Log probability below which llama.cpp's own are rounded to nothing."""
Scores = NDArray[np.float64]


def run_lm(text: Path, seeds: int, steps: int, out: Console) -> Figures:
    """Learn with each seed, score, hand the last one over to the engines. Raises: BenchError."""
    try:
        data = text.read_bytes()
        whole = (gzip.decompress(data) if text.suffix == ".gz" else data).decode()
    except (OSError, UnicodeDecodeError) as error:
        raise BenchError(f"{text} is no text: {error}") from error
    vocabulary = characters(whole)
    tokens = torch.tensor(MarkedText(vocabulary).encode(whole), dtype=torch.uint8)
    cut = int(0.9 * len(tokens))
    if len(tokens) - cut <= AGREED:
        raise BenchError(f"{text} is too short: {len(tokens)} characters")
    losses, seconds, reached = list[float](), list[float](), list[float]()
    table = Table("seed", "held-out loss", "bits a byte", "seconds", f"seconds to {PUBLISHED}")
    with tempfile.TemporaryDirectory() as folder, tracking(seeds * steps) as begin:
        for seed in range(1, seeds + 1):
            network = Decoder(_begun(len(vocabulary.tokens), seed))
            objective = CausalLanguageModelling(network, tokens[:cut], tokens[cut:], BATCH)
            loop = Loop(objective, _course(steps, seed), Path(folder) / str(seed))
            loop.run(begin)
            tried = [one for one in loop.log.lines if "held_out_loss" in one]
            losses.append(tried[-1]["held_out_loss"])
            seconds.append(loop.seconds)
            reached.append(_seconds_to(loop, PUBLISHED))
            table.add_row(str(seed), f"{losses[-1]:.4f}", f"{tried[-1]['held_out_bits_per_byte']:.4f}", f"{seconds[-1]:.0f}", f"{reached[-1]:.0f}")  # fmt: skip
        out.print(table)
        agreed = _agreement(network, vocabulary, tokens[cut : cut + AGREED].tolist(), Path(folder), out)
    return {
        "val_loss": round(statistics.mean(losses), 4), "worst_seed": round(max(losses), 4), "seeds": seeds, "steps": steps,
        "tokens": steps * BATCH * CONTEXT, "parameters": size(network), "seconds": round(statistics.mean(seconds), 1),
        "seconds_to_published": round(statistics.mean(reached), 1) if min(reached) >= 0 else -1.0, **agreed,
    }  # fmt: skip


def _begun(vocabulary: int, seed: int) -> Shape:
    torch.manual_seed(seed)
    return Shape(vocabulary=vocabulary, layers=4, heads=4, width=128, inner=336, context=CONTEXT)


def _course(steps: int, seed: int) -> Course:
    return Course(
        steps=steps, rate=3e-3, matrix_rate=2e-2, schedule="linear", try_every=max(1, steps // TRIES), checkpoint_every=steps, seed=seed,
    )  # fmt: skip


def _seconds_to(loop: Loop[Any], loss: float) -> float:
    """When the held-out loss was first seen at that or below; -1 for never."""
    elapsed = 0.0
    for line in loop.log.lines:
        elapsed = line.get("seconds", elapsed)
        if line.get("held_out_loss", loss + 1) <= loss:
            return elapsed
    return -1.0


def _agreement(network: Decoder, vocabulary: Vocabulary, tokens: list[int], folder: Path, out: Console) -> Figures:
    """Log probabilities of torch beside those of our engine and of llama.cpp, from the exported network."""
    checkpoint = folder / "exported"
    write_decoder(network, vocabulary, checkpoint)
    windows = [tokens[at : at + CONTEXT] for at in range(0, AGREED, CONTEXT)]
    with torch.no_grad():
        hidden = network.eval()(torch.tensor(windows))
        reference = network.scores(hidden).log_softmax(dim=-1).double().numpy()
    figures: Figures = {}
    kinds: dict[str, Precision] = {"float32": "float32", "int8": native_precision()}
    for name, precision in kinds.items():
        ours = np.stack(list(map(_reader(checkpoint, folder, precision), windows)))
        figures[f"{name}_largest_gap"] = round(float(np.abs(ours - reference).max()), 6)
        figures[f"{name}_top1"] = round(float((ours.argmax(-1) == reference.argmax(-1)).mean()), 4)
    write_gguf(read_model(checkpoint), folder / "exported.gguf", "F32", "bench-lm")
    began = time.monotonic()
    gap = _llama_cpp_gap(folder / "exported.gguf", windows, reference)
    if gap is not None:
        figures["llamacpp_largest_gap"] = round(gap, 6)
    out.print(f"exported, and read by the engines in {time.monotonic() - began:.1f} s", highlight=False)
    return figures


def _reader(checkpoint: Path, store: Path, precision: Precision) -> Callable[[list[int]], Scores]:
    engine = Engine(compiled(checkpoint, None, store, precision=precision), threads=2)
    bias = np.triu(np.full((CONTEXT, CONTEXT), HIDDEN_FROM, np.float32), 1)

    def read(window: list[int]) -> Scores:
        rows = KeyValues(engine.architecture, CONTEXT)
        logits = engine.logits(engine.forward(tuple(window), range(CONTEXT), bias, rows)).astype(np.float64)
        logits -= logits.max(axis=1, keepdims=True)
        normal: Scores = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
        return normal

    return read


def _llama_cpp_gap(file: Path, windows: list[list[int]], reference: Scores) -> float | None:
    """The largest difference after each window, over all that is not next to impossible; None where llama.cpp is not installed."""
    if not installed():
        return None
    model = LlamaCpp(file, threads=2, exact=True)
    gaps = []
    for window, expected in zip(windows, reference, strict=True):
        found = np.array(
            model.log_probs(tuple(window[:-1]), [((), range(expected.shape[1]))])[0]
        )  # it wants room for one more
        likely = expected[-2] > IMPOSSIBLE
        gaps.append(float(np.abs(found - expected[-2])[likely].max()))
    return max(gaps)
