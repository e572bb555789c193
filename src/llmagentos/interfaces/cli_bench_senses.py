"""`agentos bench ...` of the senses: what is heard, seen and felt."""

from pathlib import Path
from typing import Annotated, Any

import typer

from llmagentos.bench.report import Figures
from llmagentos.inference.store import DEFAULT_MODEL
from llmagentos.interfaces.measuring import JsonOption, LimitOption, ModelOption, out, with_model


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


COMMANDS = {"speech": speech}
