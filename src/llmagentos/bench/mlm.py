"""`agentos bench mlm TEXT SNIPS`: an encoder learns hidden tokens and which passage follows, and what it learned is of use elsewhere.

The text is cut into passages; pairs of the last tenth, which is never learned from, are judged. The utterances of SNIPS are learned from too, but for the test and without
what they mean; a linear classifier on frozen features then tells their intents.
"""

import gzip
import tempfile
from collections.abc import Sequence
from pathlib import Path
from tarfile import TarError

import torch
from rich.console import Console
from rich.table import Table
from torch import Tensor

from llmagentos.bench.report import BenchError, Figures, tracking
from llmagentos.training.architectures.transformer import Shape, size
from llmagentos.training.data.vocabulary import CONTROL, MarkedText, learned
from llmagentos.training.labelling.probe import probed
from llmagentos.training.labelling.utterances import Utterance, read_snips
from llmagentos.training.objectives.masking import Document, MaskedModel, Masking
from llmagentos.training.optimisation.loop import Course, Loop

VOCABULARY, BATCH, LENGTH = 3000, 48, 128
PASSAGE, TOGETHER = 240, 40
"""Characters of a passage, and passages of a document."""


def run_mlm(text: Path, archive: Path, steps: int, out: Console) -> Figures:
    """Learn, judge, probe. Raises: BenchError."""
    try:
        data = text.read_bytes()
        passages = _passages((gzip.decompress(data) if text.suffix == ".gz" else data).decode())
        train, test = read_snips(archive)
    except (OSError, ValueError, TarError) as error:
        raise BenchError(str(error)) from error
    cut = int(0.9 * len(passages))
    said = [_said(one) for one in train]
    marked = MarkedText(vocabulary := learned([*passages[:cut], *said], VOCABULARY))
    known = [*_documents(passages[:cut], marked), *((tuple(marked.encode(one)),) for one in said)]
    torch.manual_seed(1)
    network = MaskedModel(Shape(vocabulary=len(vocabulary.tokens), layers=4, heads=4, width=192, inner=512, context=LENGTH))  # fmt: skip
    objective = Masking(network, known, _documents(passages[cut:], marked), BATCH, LENGTH)
    course = Course(steps=steps, rate=4e-3, matrix_rate=1e-2, try_every=max(1, steps // 8), checkpoint_every=steps)  # fmt: skip
    with tempfile.TemporaryDirectory() as folder, tracking(steps) as begin:
        loop = Loop(objective, course, Path(folder))
        loop.run(begin)
    tried = [one for one in loop.log.lines if "held_out_loss" in one]
    table = Table("step", "hidden tokens, nats", "guessed", "following, nats", "judged right")
    for one in tried:
        table.add_row(str(one["step"]), *(f"{one[f'held_out_{name}']:.3f}" for name in ("masked_loss", "guessed", "following_loss", "following_accuracy")))  # fmt: skip
    out.print(table)
    first, last = tried[0], tried[-1]
    return {
        "parameters": size(network), "steps": steps, "seconds": round(loop.seconds, 1),
        "masked_loss_first": round(first["held_out_masked_loss"], 4), "masked_loss": round(last["held_out_masked_loss"], 4),
        "following_loss_first": round(first["held_out_following_loss"], 4), "following_loss": round(last["held_out_following_loss"], 4),
        "following_accuracy": round(last["held_out_following_accuracy"], 4), "probe": round(_probe(network, marked, train, test), 4),
    }  # fmt: skip


def _passages(text: str) -> list[str]:
    """Paragraphs, short ones together."""
    passages = [""]
    for paragraph in text.split("\n\n"):
        if len(passages[-1]) + len(paragraph) > PASSAGE and passages[-1]:
            passages.append("")
        passages[-1] += f"{paragraph}\n\n"
    return passages


def _documents(passages: Sequence[str], marked: MarkedText) -> list[Document]:
    cut = [tuple(marked.encode(one)) for one in passages]
    return [tuple(cut[at : at + TOGETHER]) for at in range(0, len(cut), TOGETHER)]


def _said(utterance: Utterance) -> str:
    return " ".join(utterance.words)


@torch.no_grad()
def _features(network: MaskedModel, marked: MarkedText, utterances: Sequence[Utterance]) -> Tensor:
    begin, end = CONTROL.index("<|begin|>"), CONTROL.index("<|end|>")
    network.eval()
    rows = [(begin, *marked.encode(_said(one)), end) for one in utterances]
    return torch.cat([network.features(rows[at : at + 64], 0) for at in range(0, len(rows), 64)])


def _probe(network: MaskedModel, marked: MarkedText, train: Sequence[Utterance], test: Sequence[Utterance]) -> float:
    intents = sorted({one.intent for one in train})
    kinds, unseen = (torch.tensor([intents.index(one.intent) for one in part]) for part in (train, test))
    return probed(_features(network, marked, train), kinds, _features(network, marked, test), unseen)
