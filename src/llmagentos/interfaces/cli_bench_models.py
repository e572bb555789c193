"""`agentos bench lm`, `mlm`, `seq2seq`, `snips`, `deploy`: the life of a model, from its text to the box it runs on."""

import importlib.util
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from llmagentos.bench.report import BenchError, Figures
from llmagentos.interfaces.measuring import JsonOption, measure_bench, out

EXTRA = {"torch": "torch", "tokenizers": "tokenizers"}


def _needs_extra() -> None:
    missing = [name for name, module in EXTRA.items() if importlib.util.find_spec(module) is None]
    if missing:
        raise BenchError(f"this needs {' and '.join(missing)}: pip install 'llmagentos[train]'")


def lm_command(
    text: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A text, perhaps gzipped.")],
    seeds: Annotated[int, typer.Option(min=1)] = 3,
    steps: Annotated[int, typer.Option(min=20)] = 2000,
    json: JsonOption = None,
) -> None:
    """A small decoder learns a text character by character; what is exported agrees with what was trained."""

    async def measure() -> Figures:
        _needs_extra()
        from llmagentos.bench.lm import run_lm  # loads torch

        return run_lm(text, seeds, steps, out)

    measure_bench("lm", measure(), json)


def deploy_command(
    count: Annotated[int, typer.Option(min=20, help="Damaged releases.")] = 1000,
    kills: Annotated[int, typer.Option(min=1, help="Times that installing is killed.")] = 100,
    json: JsonOption = None,
) -> None:
    """Releases that were changed, cut off, swapped or signed by strangers: is one ever used."""

    async def measure() -> Figures:
        from llmagentos.bench.deploy import run_deploy  # loads cryptography

        return run_deploy(count, kills, out)

    measure_bench("deploy", measure(), json, _broken)


def _broken(figures: Figures) -> list[str]:
    wrong = (
        int(figures["tampered_activated"]),
        int(figures["broken_by_kills"]),
        int(figures["sound"]) - int(figures["sound_activated"]),
    )
    said = (
        "{} damaged releases were used",
        "{} times installing was killed and left no whole release",
        "{} sound releases were refused",
    )
    return [one.format(count) for one, count in zip(said, wrong, strict=True) if count]


COMMANDS: dict[str, Callable[..., None]] = {"lm": lm_command, "deploy": deploy_command}
