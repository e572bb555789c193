"""What all commands share: where the node is, how its answers and failures are shown."""

import asyncio
import os
from collections.abc import Coroutine
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from llmagentos.app.local_socket import running_nodes
from llmagentos.app.run import FolderInUse
from llmagentos.app.sitefile import SiteFileError
from llmagentos.devices.broker import BrokerFailed
from llmagentos.devices.mqtt import BrokerGone
from llmagentos.devices.simulation.sitefile import SiteFileError as SimulationError
from llmagentos.inference.store import StoreError
from llmagentos.kernel.journal import JournalFailed
from llmagentos.policy import PolicyBroken

out = Console()
SAYABLE = (
    SiteFileError,
    SimulationError,
    BrokerFailed,
    BrokerGone,
    JournalFailed,
    FolderInUse,
    PolicyBroken,
    StoreError,
    ConnectionError,
    ValueError,
)

DataOption = Annotated[Path | None, typer.Option("--data", help="Where the node keeps its journal and socket.")]


def fail(message: str) -> typer.Exit:
    """What to raise after it was said what is wrong."""
    Console(stderr=True).print(message, style="red", markup=False, highlight=False, soft_wrap=True)
    return typer.Exit(2)


def data_folder() -> Path:
    """Where nodes keep what they know unless told otherwise: one folder for each site."""
    return Path(os.environ.get("AGENTOS_DATA", "~/.local/share/llmagentos")).expanduser()


def folder(data: Path | None) -> Path:
    """The folder of the node that is meant: the one given, else the one that runs."""
    if data is not None:
        return data.expanduser()
    folders = running_nodes(data_folder())
    if len(folders) > 1:
        names = ", ".join(one.name for one in folders)
        Console(stderr=True).print(
            f"[red]several nodes run here ({names}); choose one with --data {data_folder()}/NAME[/red]"
        )
        raise typer.Exit(2)
    return folders[0] if folders else data_folder()


def answered(work: Coroutine[Any, Any, Any]) -> Any:
    """Run to the end; what a person can mend becomes one sentence and exit code 2."""
    try:
        return asyncio.run(work)
    except SAYABLE as error:
        Console(stderr=True).print(str(error), style="red", markup=False, highlight=False, soft_wrap=True)
        raise typer.Exit(2) from error
    except KeyboardInterrupt:
        raise typer.Exit(0) from None


def show_reply(reply: dict[str, Any]) -> None:
    """What the node said, and where to ask why."""
    colour = {"done": "green", "answer": "cyan", "question": "yellow", "refusal": "magenta"}.get(reply["kind"], "red")
    out.print(reply["text"], style=colour, markup=False, highlight=False, soft_wrap=True)
    if reply["sentence"]:
        shown = (
            f"{reply['sentence']}  ({reply['probability']:.0%}, {reply['duration_ms']:.0f} ms)  why: {reply['record']}"
        )
        out.print(shown, style="dim", markup=False, highlight=False, soft_wrap=True)
    if reply["consent"]:
        out.print(f"agentos consent {reply['consent']}", style="dim", markup=False, highlight=False, soft_wrap=True)


def show_judged(judged: dict[str, Any]) -> None:
    """What the chain made of something, what it did and what it asks about."""
    acts = "".join(f"\n  {what}: {one}" for what in ("done", "asked") for one in judged[what])
    out.print(f"judged: {judged['urgency']} ({judged['sure']:.0%}){acts}", markup=False, highlight=False)
