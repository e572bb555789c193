"""`agentos bench lm`, `mlm`, `seq2seq`, `snips`, `deploy`: the life of a model, from its text to the box it runs on."""

import importlib.util
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


COMMANDS = {"lm": lm_command}
