"""`agentos bench snips FILE`: intents and slots by the small language model, most of it frozen.

The test is what its authors publish as such; when to stop is decided on a part of the training set.
"""

import random
import tempfile
from pathlib import Path
from tarfile import TarError

import torch
from rich.console import Console

from llmagentos.bench.report import BenchError, Figures, tracking
from llmagentos.inference.compiler.compile import read_model
from llmagentos.inference.tokenizer import Tokenizer
from llmagentos.training.labelling.labeller import Labeller, Labelling, Tags, read, scored
from llmagentos.training.labelling.utterances import read_snips
from llmagentos.training.network import Network
from llmagentos.training.optimisation.loop import Course, Loop

FROZEN, LEARNING = 16, 4
"""Of thirty layers; those above are not used at all."""
RANK, BATCH, KEPT = 48, 32, 500


def run_snips(archive: Path, model: Path, steps: int, out: Console) -> Figures:
    """Read everything once, learn, test. Raises: BenchError."""
    try:
        known, test = read_snips(archive)
    except (OSError, ValueError, TarError) as error:
        raise BenchError(str(error)) from error
    random.Random(1).shuffle(known)
    train, kept = known[KEPT:], known[:KEPT]
    torch.manual_seed(1)
    weights = read_model(model)
    network = Network(weights, rank=RANK, alpha=2.0 * RANK, learning_from=FROZEN, kind=torch.float32)
    tags, tokenizer = Tags.of(train), Tokenizer(weights.vocabulary())
    with tracking(len(known) + len(test)) as begin:
        states = [read(network, tokenizer, part, tags, FROZEN, begin) for part in (train, kept, test)]
    labeller = Labeller(network, FROZEN, LEARNING, tags)
    objective = Labelling(labeller, states[0], states[1], BATCH)
    course = Course(steps=steps, rate=1e-3, betas=(0.9, 0.98), weight_decay=0.01, warm_up=0.05, schedule="cosine", averaged_over=300, try_every=max(1, steps // 8), checkpoint_every=steps)  # fmt: skip
    with tempfile.TemporaryDirectory() as folder, tracking(steps) as begin:
        loop = Loop(objective, course, Path(folder))
        loop.run(begin)
    for line in loop.log.lines:
        if "held_out_loss" in line:
            out.print(f"step {line['step']}: intent {line['held_out_intent']:.4f}, slots {line['held_out_slot_f1']:.4f}", highlight=False)  # fmt: skip
    labeller.eval()
    intent, f1 = scored(labeller, states[2])
    learned = sum(one.numel() for one in labeller.parameters() if one.requires_grad)
    return {
        "utterances": len(train), "tests": len(test), "parameters_learned": learned, "steps": steps,
        "seconds": round(loop.seconds, 1), "intent": round(intent, 4), "slot_f1": round(f1, 4),
    }  # fmt: skip
