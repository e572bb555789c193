"""What all benches on the command line share: their options, and how a measurement is run, shown and ended."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from llmagentos.bench.report import BenchError, Figures, finish
from llmagentos.bench.subject import Run, measured
from llmagentos.inference.store import StoreError
from llmagentos.interfaces.terminal import fail

out = Console()

ModelOption = Annotated[str, typer.Option("--model", help="A known model or the path of a GGUF file.")]
LimitOption = Annotated[int | None, typer.Option("--limit", min=1, help="Stop after so many cases.")]
JsonOption = Annotated[Path | None, typer.Option("--json", help="Write the last line to this file too.")]
FolderArgument = Annotated[Path, typer.Argument(exists=True, file_okay=False, help="The folder of the set.")]


def measure_bench(
    name: str,
    work: Coroutine[Any, Any, Figures],
    file: Path | None,
    broken: Callable[[Figures], Sequence[str]] = lambda _figures: (),
) -> None:
    """Run a bench to its last line. Exit code 1 where a promise did not hold, 2 where nothing could be measured."""
    try:
        figures = asyncio.run(work)
    except (BenchError, StoreError) as error:
        raise fail(str(error)) from error
    for sentence in broken(figures):
        out.print(sentence, style="red", markup=False, highlight=False)
    finish(name, figures, out, file)
    if broken(figures):
        raise typer.Exit(1)


def with_model(
    bench: str,
    model: str,
    json: Path | None,
    run: Run,
    broken: Callable[[Figures], Sequence[str]] = lambda _figures: (),
) -> None:
    """Run a bench with a model, named in the figures."""

    async def measure() -> Figures:
        async with measured(model) as decider:
            return {"model": model, **await run(decider)}

    measure_bench(bench, measure(), json, broken)
