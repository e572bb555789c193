"""`agentos bench ...`: every command shows progress, a table and the failures, and ends with one JSON line."""

import asyncio
from collections.abc import Coroutine
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from llmagentos.app.run import deciding
from llmagentos.bench.assist import BenchError, find_cases, run_assist
from llmagentos.bench.house import run_house
from llmagentos.bench.intents import run_intents
from llmagentos.bench.report import Figures, finish
from llmagentos.inference.store import DEFAULT_MODEL, MODELS, ModelStore, StoreError, default_folder

bench_app = typer.Typer(help="Measurements that anyone can repeat.", no_args_is_help=True)
out = Console()

ModelOption = Annotated[str, typer.Option("--model", help="A known model or the path of a GGUF file.")]
LimitOption = Annotated[int | None, typer.Option("--limit", min=1, help="Stop after so many cases.")]
JsonOption = Annotated[Path | None, typer.Option("--json", help="Write the last line to this file too.")]
FolderArgument = Annotated[Path, typer.Argument(exists=True, file_okay=False, help="The folder of the set.")]


def _measure(name: str, work: Coroutine[Any, Any, Figures], file: Path | None) -> None:
    try:
        figures = asyncio.run(work)
    except (BenchError, StoreError) as error:
        Console(stderr=True).print(f"[red]{error}[/red]", highlight=False)
        raise typer.Exit(2) from error
    finish(name, figures, out, file)


def _present(model: str) -> ModelStore:
    store = ModelStore(default_folder())
    if store.path(model) is None:
        hint = f"fetch it with `agentos models fetch {model}`" if model in MODELS else f"known: {', '.join(MODELS)}"
        raise StoreError(f"the model {model} is not here; {hint}")
    return store


@bench_app.command()
def assist(
    folder: FolderArgument, model: ModelOption = DEFAULT_MODEL, limit: LimitOption = None, json: JsonOption = None
) -> None:
    """Homes with sentences, in the format of home-assistant-datasets; the whole home is compared."""

    async def measure() -> Figures:
        async with deciding(_present(model), model) as decider:
            return {"model": model, **await run_assist(find_cases(folder)[:limit], decider, out)}

    _measure("assist", measure(), json)


@bench_app.command("ha-intents")
def ha_intents(
    folder: FolderArgument, model: ModelOption = DEFAULT_MODEL, limit: LimitOption = None, json: JsonOption = None
) -> None:
    """Sentences with Home Assistant's intent and slots, read off the tree of what was understood."""

    async def measure() -> Figures:
        async with deciding(_present(model), model) as decider:
            return {"model": model, **await run_intents(folder, limit, decider, out)}

    _measure("ha-intents", measure(), json)


@bench_app.command()
def house(model: ModelOption = DEFAULT_MODEL, limit: LimitOption = None, json: JsonOption = None) -> None:
    """What people say to the demo house."""

    async def measure() -> Figures:
        async with deciding(_present(model), model) as decider:
            return {"model": model, **await run_house(decider, out, limit)}

    _measure("house", measure(), json)
