"""A language model from a prepared corpus: tokens packed, a decoder learned, written so that engines run it."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

from llmagentos.inference.tokenizer import Tokenizer
from llmagentos.inference.weights.model import Vocabulary
from llmagentos.training.architectures.exporting import write_decoder
from llmagentos.training.architectures.transformer import Decoder, Shape, size
from llmagentos.training.data.documents import collected
from llmagentos.training.data.packed import pack, packed
from llmagentos.training.data.vocabulary import END, learned, read_vocabulary, save
from llmagentos.training.objectives.causal import CausalLanguageModelling
from llmagentos.training.optimisation.checkpoint import CHECKPOINT, DamagedRun
from llmagentos.training.optimisation.loop import Course, Loop
from llmagentos.training.plots import learning_curve

PRESETS: dict[str, tuple[int, int, int, int, int]] = {
    "tiny": (4, 4, 128, 336, 128), "small": (6, 6, 384, 1024, 256), "base": (12, 12, 768, 2048, 1024),
}  # fmt: skip
"""Layers, heads, width, inner width, context: 1, 10 and 85 million parameters beside the embedding."""
HELD_OUT = 0.05


class NothingToLearn(ValueError):
    """The corpus is too small for what is wanted. The message says how small."""


def learn_vocabulary(corpus: Path, size_: int, folder: Path) -> Vocabulary:
    """Byte-level BPE of a corpus, as `tokenizer.json`. Raises: ValueError, OSError."""
    vocabulary = learned((one.text for one in collected([corpus])), size_)
    folder.mkdir(parents=True, exist_ok=True)
    save(folder, vocabulary)
    return vocabulary


def pretrain(
    corpus: Path, vocabulary: Path, folder: Path, preset: str, course: Course, batch_size: int, tell: Callable[[str], None] = lambda _: None,
) -> dict[str, Any]:  # fmt: skip
    """Begin a run or go on with it; returns its report. The model lies in `model` once the course is at its end.

    Raises: NothingToLearn, OSError, DamagedRun.
    """
    known = read_vocabulary(vocabulary)
    folder.mkdir(parents=True, exist_ok=True)
    tokens, read = _packed(corpus, vocabulary, known, folder, tell)
    layers, heads, width, inner, context = PRESETS[preset]
    cut = int(tokens * (1 - HELD_OUT))
    if tokens - cut <= context:
        raise NothingToLearn(
            f"the corpus has {tokens} tokens; this preset wants at least {round(context / HELD_OUT) + 1}"
        )
    row = packed(folder / "tokens.bin")
    torch.manual_seed(course.seed)
    network = Decoder(Shape(vocabulary=len(known.tokens), layers=layers, heads=heads, width=width, inner=inner, context=context))  # fmt: skip
    loop = Loop(CausalLanguageModelling(network, row[:cut], row[cut:], batch_size, read / tokens), course, folder)
    loop.run(tell)
    learning_curve(loop.log.lines, folder / "curve.svg")
    if loop.done or loop.given_up:
        write_decoder(network, known, folder / "model")
    report = {
        "preset": preset, "parameters": size(network), "tokens": tokens, "bytes": read, "steps": loop.step, "seconds": round(loop.seconds, 1),
        **{key: value for key, value in next((one for one in reversed(loop.log.lines) if "held_out_loss" in one), {}).items() if key != "step"},
    }  # fmt: skip
    (folder / "report.json").write_text(json.dumps(report, indent=1), encoding="utf-8")
    return report


def _packed(
    corpus: Path, vocabulary: Path, known: Vocabulary, folder: Path, tell: Callable[[str], None]
) -> tuple[int, int]:
    """Tokens and bytes of the corpus, packed anew where corpus or vocabulary are others. Raises: DamagedRun where a run has begun with those."""
    files = sorted(corpus.rglob("*.gz")) if corpus.is_dir() else [corpus]
    digest = hashlib.sha256((vocabulary / "tokenizer.json").read_bytes())
    for file in files:
        digest.update(file.read_bytes())
    counts = folder / "tokens.json"
    held = json.loads(counts.read_text(encoding="utf-8")) if counts.exists() else {}
    if held.get("of") != digest.hexdigest():
        if (folder / CHECKPOINT).exists():
            raise DamagedRun(f"{folder} holds a run over another corpus or vocabulary; give this one another folder")
        tokens, read = pack(corpus, Tokenizer(known), known.tokens.index(END), folder / "tokens.bin", tell)
        held = {"of": digest.hexdigest(), "tokens": tokens, "bytes": read}
        counts.write_text(json.dumps(held), encoding="utf-8")
    return held["tokens"], held["bytes"]
