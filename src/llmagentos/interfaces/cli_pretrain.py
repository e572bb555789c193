"""`agentos train prepare`, `vocabulary`, `language`, `translate`: models from nothing but text."""

import importlib.util
import json
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from llmagentos.interfaces.terminal import fail, out

Corpus = Annotated[Path, typer.Argument(exists=True, help="A folder that `train prepare` wrote, or a text.")]
NEEDED = ("torch", "tokenizers", "rjieba", "py3langid", "rensa", "phonenumbers", "matplotlib")


def needs_extra(*modules: str) -> None:
    """Say what is missing. Raises: typer.Exit."""
    missing = [one for one in modules or NEEDED if importlib.util.find_spec(one) is None]
    if missing:
        raise fail(f"this needs {' and '.join(missing)}: pip install 'llmagentos[train]'")


def prepare_command(
    sources: Annotated[
        list[Path], typer.Argument(exists=True, help="Texts, logs, .jsonl, journals, or folders of these.")
    ],
    target: Annotated[Path, typer.Option("--to", file_okay=False, help="A new folder for the corpus.")],
    languages: Annotated[
        str, typer.Option(help="Codes of the languages that are kept, with commas; all if empty.")
    ] = "",
    least_words: Annotated[int, typer.Option(min=1, help="Of a document.")] = 1,
    near: Annotated[float, typer.Option(min=0.3, max=1.0, help="Documents that share so much are one.")] = 0.8,
    names: Annotated[bool, typer.Option(help="Keep personal data as it is.")] = False,
) -> None:
    """Collect, clean, replace personal data, leave out duplicates; the report says what there is and what is gone."""
    needs_extra()
    from llmagentos.training.data.cleaning import Rules  # loads dictionaries
    from llmagentos.training.data.documents import UnknownSource
    from llmagentos.training.data.prepare import prepare

    rules = Rules(languages=frozenset(one for one in languages.split(",") if one), least_words=least_words, masked=not names)  # fmt: skip
    try:
        with out.status("") as status:
            report = prepare(sources, target, rules, near, status.update)
    except (UnknownSource, OSError) as error:
        raise fail(str(error)) from error
    out.print_json(json.dumps(report, ensure_ascii=False))


def vocabulary_command(
    corpus: Corpus,
    target: Annotated[Path, typer.Argument(file_okay=False, help="A folder for tokenizer.json.")],
    size: Annotated[int, typer.Option(min=300, max=65_000, help="Tokens.")] = 4096,
) -> None:
    """Learn how a corpus is cut into tokens: byte-level BPE."""
    needs_extra()
    from llmagentos.training.pretraining import learn_vocabulary  # loads torch

    try:
        vocabulary = learn_vocabulary(corpus, size, target)
    except (ValueError, OSError) as error:
        raise fail(str(error)) from error
    out.print(f"{target}/tokenizer.json: {len(vocabulary.tokens)} tokens", highlight=False)


def language_command(
    corpus: Corpus,
    vocabulary: Annotated[Path, typer.Argument(exists=True, file_okay=False, help="A folder with tokenizer.json.")],
    folder: Annotated[Path, typer.Argument(file_okay=False, help="Of the run; the same command goes on with it.")],
    preset: Annotated[str, typer.Option(help="tiny, small or base.")] = "tiny",
    steps: Annotated[int, typer.Option(min=1)] = 2000,
    batch: Annotated[int, typer.Option(min=1, help="Windows of a step.")] = 12,
    accumulation: Annotated[int, typer.Option(min=1, help="Batches of a step.")] = 1,
    precision: Annotated[str, typer.Option(help="float32, or bfloat16 where the processor is fast in it.")] = "float32",
    seed: int = 1,
) -> None:
    """Learn to go on with a text, from nothing; `FOLDER/model` then runs here, and as GGUF elsewhere."""
    needs_extra()
    from llmagentos.training.optimisation.checkpoint import DamagedRun  # loads torch
    from llmagentos.training.optimisation.loop import Course
    from llmagentos.training.pretraining import PRESETS, NothingToLearn, pretrain

    if preset not in PRESETS or precision not in ("float32", "bfloat16"):
        raise fail(f"presets are {', '.join(PRESETS)}; precisions float32 and bfloat16")
    course = Course(
        steps=steps, rate=3e-3, matrix_rate=2e-2, accumulation=accumulation, precision="bfloat16" if precision == "bfloat16" else "float32",
        try_every=max(1, steps // 10), checkpoint_every=100, patience=4, seed=seed,
    )  # fmt: skip
    try:
        with out.status("") as status:
            report = pretrain(corpus, vocabulary, folder, preset, course, batch, status.update)
    except (NothingToLearn, DamagedRun, OSError, ValueError) as error:
        raise fail(str(error)) from error
    except KeyboardInterrupt as stopped:
        out.print(f"stopped; the same command goes on from {folder}")
        raise typer.Exit(130) from stopped
    out.print_json(json.dumps(report))


def translate_command(
    source: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A text, line by line.")],
    target: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="Its translation, line by line.")],
    folder: Annotated[Path, typer.Argument(file_okay=False, help="Of the run; the same command goes on with it.")],
    steps: Annotated[int, typer.Option(min=1)] = 2000,
    batch: Annotated[int, typer.Option(min=1, help="Pairs of a step.")] = 64,
    vocabulary: Annotated[int, typer.Option(min=512, help="Tokens, of both languages together.")] = 4000,
    held_out: Annotated[int, typer.Option(min=1, help="Pairs at the end that are not learned from.")] = 200,
) -> None:
    """Learn to translate from two files; ends with BLEU on what is held out."""
    needs_extra(*NEEDED, "sacrebleu")
    from llmagentos.bench.seq2seq import tried_on  # loads torch
    from llmagentos.training.optimisation.checkpoint import DamagedRun
    from llmagentos.training.optimisation.loop import Course
    from llmagentos.training.translation.pairs import lines
    from llmagentos.training.translation.runs import Size, train

    course = Course(steps=steps, rate=4e-3, matrix_rate=1e-2, try_every=max(1, steps // 8), checkpoint_every=100)
    try:
        pairs = lines(source, target)
        if len(pairs) <= held_out:
            raise ValueError(f"there are {len(pairs)} pairs, and {held_out} are to be held out; say --held-out")
        unseen = pairs[-held_out:]
        tried = {one.source for one in unseen}
        known = [one for one in pairs[:-held_out] if one.source not in tried]
        split = folder / "held_out.txt"
        if split.exists() and split.read_text(encoding="utf-8") != str(held_out):
            raise ValueError(f"{folder} was begun with other pairs held out; give this run a folder of its own")
        folder.mkdir(parents=True, exist_ok=True)
        split.write_text(str(held_out), encoding="utf-8")
        with out.status("") as status:
            translator = train(known, unseen, folder, Size(vocabulary=vocabulary), course, batch, status.update)  # fmt: skip
    except (DamagedRun, OSError, ValueError, RuntimeError) as error:
        raise fail(str(error)) from error
    except KeyboardInterrupt as stopped:
        out.print(f"stopped; the same command goes on from {folder}")
        raise typer.Exit(130) from stopped
    chinese = any("\u4e00" <= character <= "\u9fff" for one in unseen for character in one.target)
    out.print_json(json.dumps(tried_on(translator, unseen, out, "zh" if chinese else "13a")))


COMMANDS: dict[str, Callable[..., None]] = {
    "prepare": prepare_command,
    "vocabulary": vocabulary_command,
    "language": language_command,
    "translate": translate_command,
}
