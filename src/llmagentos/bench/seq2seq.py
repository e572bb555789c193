"""`agentos bench seq2seq FOLDER`: from what the agent reads to the site language, by a small network that began with nothing.

Learned from simulated sites, tried on sites of names that none of those has. The folder keeps the run: it goes on where it was, and a
finished one is only tried.
"""

import json
from pathlib import Path

import sacrebleu
from rich.console import Console

from llmagentos.bench.report import BenchError, Figures, tracking
from llmagentos.training.optimisation.checkpoint import DamagedRun
from llmagentos.training.optimisation.loop import Course
from llmagentos.training.translation.pairs import Pair, named, read, site_pairs, write
from llmagentos.training.translation.runs import Size, Translator, train

BATCH = 128
TRAINED, TRIED = 17, 9001
"""Seeds of the sites."""
SHOWN = 8


def run_seq2seq(folder: Path, pairs: int, tried: int, steps: int, tests: tuple[Path, ...], out: Console) -> Figures:
    """Make pairs, learn, translate what is held out, show some of what went wrong. Raises: BenchError."""
    folder.mkdir(parents=True, exist_ok=True)
    with tracking(steps) as begin:
        known = _pairs(folder / "train.gz", pairs, TRAINED, tests, held_out=False)
        unseen = _pairs(folder / "unseen.gz", tried, TRIED, tests, held_out=True)
        course = Course(steps=steps, rate=4e-3, matrix_rate=1e-2, try_every=250, checkpoint_every=250)  # fmt: skip
        try:
            translator = train(known, unseen, folder, Size(), course, BATCH, begin)
        except DamagedRun as error:
            raise BenchError(str(error)) from error
    return tried_on(translator, unseen, out)


def tried_on(translator: Translator, unseen: list[Pair], out: Console, tokenize: str = "none") -> Figures:
    """What comes of pairs that were not learned from. BLEU by sacrebleu: `tokenize` is its way of
    cutting words; the site language stands cut already."""
    said = translator.translated([one.source for one in unseen])
    whole = [named(text, one.names) for text, one in zip(said, unseen, strict=True)]
    right = [one.whole for one in unseen]
    wrong = [(one, text) for one, text in zip(unseen, whole, strict=True) if one.whole != text]
    for one, text in wrong[:SHOWN]:
        words = one.source.rpartition("> ")[2]
        out.print(f"{words}\n    {text}\n    {one.whole}", style="dim", markup=False, highlight=False, soft_wrap=True)
    bleu = sacrebleu.corpus_bleu(whole, [right], tokenize=tokenize, force=True)
    return {
        "pairs": len(unseen), "parameters": translator.parameters, "exact": round(1 - len(wrong) / len(unseen), 4), "bleu": round(bleu.score, 1),
    }  # fmt: skip


def _pairs(file: Path, count: int, seed: int, tests: tuple[Path, ...], *, held_out: bool) -> list[Pair]:
    made_of = json.dumps([count, seed, held_out, sorted(one.name for one in tests)])
    note = file.with_suffix(".json")
    if not file.exists():
        note.write_text(made_of, encoding="utf-8")
        write(file, site_pairs(count, seed, held_out=held_out, kept=tests))
    if not note.exists() or note.read_text(encoding="utf-8") != made_of:
        raise BenchError(f"{file} was made for other options; give this run a folder of its own")
    try:
        return read(file)
    except (OSError, ValueError) as error:
        raise BenchError(f"{file} is damaged; remove it to have it made again") from error
