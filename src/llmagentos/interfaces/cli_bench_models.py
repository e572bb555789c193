"""`agentos bench lm`, `mlm`, `seq2seq`, `snips`, `deploy`: the life of a model, from its text to the box it runs on."""

import importlib.util
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from llmagentos.bench.report import BenchError, Figures
from llmagentos.bench.subject import chosen
from llmagentos.interfaces.measuring import JsonOption, measure_bench, out

EXTRA = ("torch", "tokenizers", "sacrebleu")


def _needs_extra() -> None:
    missing = [one for one in EXTRA if importlib.util.find_spec(one) is None]
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


def mlm_command(
    text: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A text, perhaps gzipped.")],
    snips: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="The archive of SNIPS.")],
    steps: Annotated[int, typer.Option(min=20)] = 1200,
    json: JsonOption = None,
) -> None:
    """An encoder learns hidden tokens and which passage follows; what it knows of intents then."""

    async def measure() -> Figures:
        _needs_extra()
        from llmagentos.bench.mlm import run_mlm  # loads torch

        return run_mlm(text, snips, steps, out)

    measure_bench("mlm", measure(), json)


def seq2seq_command(
    folder: Annotated[Path, typer.Argument(file_okay=False, help="Of the run; a finished one is only tried.")],
    pairs: Annotated[int, typer.Option(min=1000, help="To learn from.")] = 90_000,
    tried: Annotated[int, typer.Option(min=10, help="Of sites whose names no other has.")] = 1500,
    steps: Annotated[int, typer.Option(min=20)] = 2000,
    clear_of: Annotated[list[Path] | None, typer.Option(help="Test sets whose sentences must not occur.")] = None,
    json: JsonOption = None,
) -> None:
    """From a person's sentence to the site language by a small network that began with nothing."""

    async def measure() -> Figures:
        _needs_extra()
        from llmagentos.bench.seq2seq import run_seq2seq  # loads torch

        return run_seq2seq(folder, pairs, tried, steps, tuple(clear_of or ()), out)

    measure_bench("seq2seq", measure(), json)


def snips_command(
    archive: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="The archive of SNIPS.")],
    steps: Annotated[int, typer.Option(min=20)] = 1800,
    json: JsonOption = None,
) -> None:
    """Intents and slots by the small language model with a few adapted layers."""

    async def measure() -> Figures:
        _needs_extra()
        from llmagentos.bench.snips import run_snips  # loads torch

        return run_snips(archive, chosen("smollm2-135m").file, steps, out)

    measure_bench("snips", measure(), json)


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


COMMANDS: dict[str, Callable[..., None]] = {
    "lm": lm_command,
    "mlm": mlm_command,
    "seq2seq": seq2seq_command,
    "snips": snips_command,
    "deploy": deploy_command,
}
