"""`agentos train ...`: corpora, fine-tuning and adapters. Needs the `train` extra where a network learns."""

import asyncio
import json
from pathlib import Path
from tarfile import TarError
from typing import Annotated

import typer

from llmagentos.app.adapters import chosen_model
from llmagentos.app.run import deciding
from llmagentos.inference.ports import ModelUnavailable
from llmagentos.inference.store import ModelStore, default_folder
from llmagentos.interfaces import cli_pretrain
from llmagentos.interfaces.cli_pretrain import needs_extra
from llmagentos.interfaces.terminal import fail, out

train_app = typer.Typer(help="Teach a model the site's language.", no_args_is_help=True)
BASE = "qwen2.5-coder-0.5b"

ModelOption = Annotated[str, typer.Option("--model", help="The model to teach.")]
PatternsOption = Annotated[Path | None, typer.Option(help="A folder of home-llm's word lists.")]
PeopleOption = Annotated[Path | None, typer.Option(help="The training part of HWU64, gzipped.")]
OthersOption = Annotated[list[Path] | None, typer.Option(help="Folders of word lists in other languages.")]
FileArgument = Annotated[Path, typer.Argument(exists=True, dir_okay=False)]


def _base(model: str) -> Path:
    try:
        return chosen_model(ModelStore(default_folder()), f"{model}@none").file
    except ModelUnavailable as error:
        raise fail(str(error)) from error


@train_app.command()
def corpus(
    target: Annotated[Path, typer.Argument(dir_okay=False, help="Where to write it, e.g. train.jsonl.gz.")],
    model: ModelOption = BASE,
    count: Annotated[int, typer.Option(min=1, help="Examples.")] = 40_000,
    seed: int = 1,
    held_out: Annotated[
        bool, typer.Option(help="Of names that no other corpus has, for measuring while training.")
    ] = False,
    patterns: PatternsOption = None,
    people: PeopleOption = None,
    others: OthersOption = None,
    clear_of: Annotated[list[Path] | None, typer.Option(help="Test sets whose sentences must not occur.")] = None,
) -> None:
    """Make situations and sentences, deterministic by seed."""
    from llmagentos.training.making import Plan, make  # loads word lists that no other command needs

    plan = Plan(
        seed,
        count,
        held_out=held_out,
        patterns=patterns,
        people=people,
        others=tuple(others or ()),
        kept=tuple(clear_of or ()),
    )
    with out.status("") as status:
        report = make(_base(model), plan, target, status.update)
    out.print_json(json.dumps(report, ensure_ascii=False))


@train_app.command()
def contamination(
    corpus_file: FileArgument,
    tests: Annotated[list[Path], typer.Argument(exists=True, help="Folders of test sets, or the test part of HWU64.")],
) -> None:
    """Show what of test sets is in a corpus: the same sentences, near ones, and the most alike."""
    from llmagentos.training.corpus import read  # loads word lists
    from llmagentos.training.kept import Kept, overlap

    try:
        found = overlap([one.words for one in read(corpus_file)[1]], Kept(tests))
    except (OSError, ValueError, TarError) as error:
        raise fail(str(error)) from error
    for alike, test, said in found.pairs:
        out.print(f"{alike:.2f}  {test}  |  {said}", highlight=False, markup=False)
    out.print(f"{found.same} of {found.sentences} test sentences are among {found.wordings} wordings, {found.near} more nearly so.", highlight=False)  # fmt: skip


@train_app.command("site-model")
def site_model(
    corpus_file: FileArgument,
    held_out: FileArgument,
    folder: Annotated[Path, typer.Argument(file_okay=False, help="Of the run: checkpoints, curve, report.")],
    model: ModelOption = BASE,
    minutes: Annotated[float, typer.Option(min=0.1, help="Of the whole run.")] = 150.0,
    segment: Annotated[
        float, typer.Option(min=0.1, help="Stop after so many minutes; the same command goes on.")
    ] = 150.0,
    rank: int = 16,
    learning_from: Annotated[int, typer.Option(help="The first layer that learns.")] = 4,
    rate: float = 4e-4,
    tokens: Annotated[int, typer.Option(help="Of one step.")] = 640,
    seed: int = 1,
    start: Annotated[
        Path | None, typer.Option(exists=True, file_okay=False, help="A run or an adapter to begin from.")
    ] = None,
) -> None:
    """Fine-tune on a corpus, in segments if need be."""
    needs_extra("torch", "matplotlib")
    from llmagentos.training.optimisation.loop import Course  # loads torch
    from llmagentos.training.runs import Recipe, train

    course = Course(
        steps=1 << 30, minutes=minutes, rate=rate, warm_up=0.04, schedule="cosine", try_every=100, checkpoint_every=40, patience=3, seed=seed,
    )  # fmt: skip
    recipe = Recipe(rank=rank, alpha=2.0 * rank, learning_from=learning_from, tokens=tokens, course=course)
    try:
        with out.status("") as status:
            report = train(_base(model), corpus_file, held_out, folder, recipe, segment, status.update, start)
    except (OSError, ValueError) as error:
        raise fail(str(error)) from error
    except KeyboardInterrupt as stopped:
        out.print(f"stopped; the same command goes on from {folder}")
        raise typer.Exit(130) from stopped
    out.print_json(json.dumps(report, ensure_ascii=False))


@train_app.command()
def export(
    folder: Annotated[Path, typer.Argument(exists=True, file_okay=False, help="Of a run.")],
    target: Annotated[Path, typer.Argument(file_okay=False, help="Of the adapter; use it with --model NAME@FOLDER.")],
    rank: Annotated[int | None, typer.Option(min=1, help="Reduce it to this rank.")] = None,
) -> None:
    """Write the adapter of a run's last checkpoint."""
    needs_extra("torch", "matplotlib")
    from llmagentos.training.runs import export_run  # loads torch

    try:
        export_run(folder, target, rank)
    except (OSError, ValueError) as error:
        raise fail(f"{folder} holds no run: {error}") from error
    out.print(f"{target} is an adapter")


@train_app.command()
def merge(
    first: Annotated[Path, typer.Argument(exists=True, file_okay=False, help="An adapter.")],
    second: Annotated[Path, typer.Argument(exists=True, file_okay=False, help="Another one, of the same layers.")],
    target: Annotated[Path, typer.Argument(file_okay=False, help="Of their mean.")],
    share: Annotated[float, typer.Option(min=0.0, max=1.0, help="Of the second.")] = 0.5,
    rank: Annotated[int, typer.Option(min=1, help="Of the mean.")] = 16,
) -> None:
    """Write the mean of two adapters; calibrate it anew."""
    from llmagentos.training.merge import merge as merged

    try:
        merged(first, second, share, rank, target)
    except (OSError, ValueError) as error:
        raise fail(str(error)) from error
    out.print(f"{target} is an adapter")


@train_app.command()
def calibrate(
    adapter: Annotated[Path, typer.Argument(exists=True, file_okay=False)],
    model: ModelOption = BASE,
    count: Annotated[int, typer.Option(min=50, help="Situations of homes that training never saw.")] = 800,
    patterns: PatternsOption = None,
    people: PeopleOption = None,
    plot: Annotated[Path | None, typer.Option(help="Draw reliability, and risk over coverage, here.")] = None,
) -> None:
    """Fit how far an adapter's probabilities may be believed, and write it into its card."""
    from llmagentos.training.calibrate import (  # loads word lists
        Observed,
        cross_fitted,
        error,
        fit,
        observe,
        write_calibration,
    )
    from llmagentos.training.making import borrowed

    others = borrowed(patterns, people, held_out=True)

    async def run() -> list[Observed]:
        async with deciding(ModelStore(default_folder()), f"{model}@{adapter}") as decider:
            with out.status("") as status:
                return await observe(decider, count, {"en": 0.6, "zh": 0.4}, others, status.update)

    seen = asyncio.run(run())
    fitted = fit(seen)
    write_calibration(adapter, fitted)
    believed = cross_fitted(seen)
    if plot is not None:
        needs_extra("torch", "matplotlib")
        from llmagentos.training.plots import belief  # loads matplotlib

        belief(believed, plot)
    right = sum(one.right for one in seen) / len(seen)
    out.print(f"{right:.1%} of {len(seen)} right, calibration error {error(believed):.1%}; {fitted}", highlight=False)


@train_app.command()
def judge(
    adapter: Annotated[Path, typer.Argument(exists=True, file_okay=False, help="Beside which the heads are written.")],
    model: ModelOption = BASE,
    count: Annotated[int, typer.Option(min=300, help="Happenings that are drawn and read.")] = 6_000,
    seed: int = 31,
    workers: Annotated[int, typer.Option(min=1)] = 2,
    parts: Annotated[
        Path, typer.Option(file_okay=False, help="What was read already; the same command goes on.")
    ] = Path("judge-parts"),
) -> None:
    """Teach the judge of the chain what matters: heads on the model as it is with this adapter."""
    needs_extra("torch", "matplotlib")
    from llmagentos.training.chain.teaching import teach  # loads torch

    with out.status("") as status:
        report = teach(_base(model), adapter, default_folder(), parts, count, seed, workers, status.update)
    out.print(report)


@train_app.command()
def diagnoser(
    target: Annotated[Path, typer.Argument(dir_okay=False, help="Where to write it.")],
    count: Annotated[int, typer.Option(min=100, help="Plants.")] = 3_000,
    seed: int = 11,
) -> None:
    """What twelve kinds of faults do to air handlers, learned from simulated plants."""
    from llmagentos.training.plants import trained  # numpy, for which no other command waits

    trained(count, seed).save(target)
    out.print(f"{target}: learned from {count} plants")


for _name, _command in cli_pretrain.COMMANDS.items():
    train_app.command(_name)(_command)
