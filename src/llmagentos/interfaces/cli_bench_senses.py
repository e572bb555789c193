"""`agentos bench ...` of the senses: what is heard, seen and felt."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from llmagentos.bench.report import Figures
from llmagentos.inference.store import DEFAULT_MODEL
from llmagentos.interfaces.measuring import (
    FolderArgument,
    JsonOption,
    LimitOption,
    ModelOption,
    measure_bench,
    out,
    with_model,
)


def speech(
    text: Annotated[Path | None, typer.Argument(help="A gzipped text that is read aloud as speech meant for nobody.")] = None,
    language: Annotated[str, typer.Option(help="en or zh.")] = "en",
    model: ModelOption = DEFAULT_MODEL, limit: LimitOption = None, json: JsonOption = None,
) -> None:  # fmt: skip
    """The demo house spoken to, clean and in noise."""
    if language not in ("en", "zh"):
        raise typer.BadParameter("en or zh")

    async def run(decider: Any) -> Figures:
        from llmagentos.bench.speech import run_speech  # loads numpy, which no other command waits for

        return await run_speech(decider, out, language, text, limit)

    with_model("speech", model, json, run)


def nab(folder: FolderArgument, json: JsonOption = None) -> None:
    """The Numenta anomaly benchmark."""

    async def measure() -> Figures:
        from llmagentos.bench.nab import run_nab

        return run_nab(folder, out)

    measure_bench("nab", measure(), json)


def streams(
    count: Annotated[int, typer.Option(min=1, help="Streams that are drawn.")] = 128,
    seed: Annotated[int, typer.Option(help="From which they are drawn.")] = 1,
    json: JsonOption = None,
) -> None:
    """Drawn signals of homes and plants with things that happen to them: what the detector of `nab` was chosen on."""

    async def measure() -> Figures:
        from llmagentos.bench.streams import run_streams  # loads numpy, which no other command waits for

        return run_streams(count, seed, out)

    measure_bench("streams", measure(), json)


def fusion(
    file: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, help="Spoken digits, as DIGIT_SPEAKER_TAKE.wav in a tar.")
    ],
    seeds: Annotated[int, typer.Option(min=1)] = 5,
    json: JsonOption = None,
) -> None:
    """Digits that are spoken and written: one sense, both, noisy, missing."""

    async def measure() -> Figures:
        from llmagentos.bench.fusion import run_fusion  # loads numpy, which no other command waits for

        return run_fusion(file, seeds, out)

    measure_bench("fusion", measure(), json)


def sight(
    seeds: Annotated[int, typer.Option(min=1, help="From each, 40 texts and 10 gauges are drawn.")] = 1,
    json: JsonOption = None,
) -> None:
    """Signs, displays and gauges that are drawn, and photographs."""

    async def measure() -> Figures:
        from llmagentos.bench.sight import run_sight  # loads numpy, which no other command waits for

        return await run_sight(seeds, out)

    measure_bench("sight", measure(), json)


def chain(
    only: Annotated[str | None, typer.Option(help="seen or unseen; both without.")] = None,
    model: ModelOption = DEFAULT_MODEL, limit: LimitOption = None, json: JsonOption = None,
) -> None:  # fmt: skip
    """What senses notice, judged: told, done, asked about, or nothing."""
    if only not in (None, "seen", "unseen"):
        raise typer.BadParameter("seen or unseen")

    async def run(decider: Any) -> Figures:
        from llmagentos.bench.chain import run_chain

        return await run_chain(decider, out, only, limit)

    with_model("chain", model, json, run)


COMMANDS: dict[str, Callable[..., None]] = {
    "speech": speech,
    "nab": nab,
    "streams": streams,
    "fusion": fusion,
    "sight": sight,
    "chain": chain,
}
