"""`agentos`: every command is a thin shell over the node's local socket or `app.run`."""

import asyncio
import contextlib
import datetime as dt
import signal
from collections.abc import Callable
from importlib import resources
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

from llmagentos.app.collector import collecting
from llmagentos.app.listening import ears
from llmagentos.app.local_socket import call, events
from llmagentos.app.run import deciding, running
from llmagentos.app.seeing import eyes
from llmagentos.app.sitefile import load_site
from llmagentos.devices.codecs.payloads import slug
from llmagentos.inference.store import DEFAULT_MODEL, ModelStore, StoreError, default_folder
from llmagentos.interfaces.cli_bench import bench_app
from llmagentos.interfaces.cli_graph import graph_app
from llmagentos.interfaces.cli_models import fetched, models_app
from llmagentos.interfaces.cli_sight import see
from llmagentos.interfaces.cli_speech import hear, listen
from llmagentos.interfaces.cli_standing import alarms, methods, orders, plans
from llmagentos.interfaces.cli_train import train_app
from llmagentos.interfaces.terminal import DataOption, answered, data_folder, folder, out, show_reply
from llmagentos.interfaces.web.server import PORT, page

app = typer.Typer(
    help="The operating system for LLM agents at the edge.", no_args_is_help=True, pretty_exceptions_enable=False
)
app.add_typer(models_app, name="models")
app.add_typer(bench_app, name="bench")
app.add_typer(train_app, name="train")
app.add_typer(graph_app, name="graph")
ModelOption = Annotated[
    str, typer.Option("--model", help="A known model, a GGUF file, a folder of Hugging Face, or http://host/v1#name.")
]
BiggerOption = Annotated[
    str | None, typer.Option("--bigger", help="A second model, asked where the first is not sure: as for --model.")
]
PortOption = Annotated[int, typer.Option("--port", help="Where the page listens on this machine; 0: any free port.")]


@app.command()
def demo(
    home: Annotated[
        Path | None,
        typer.Argument(help="A site file with `simulate`, or a `_fixtures.yaml`; `works` is a small plant."),
    ] = None,
    data: DataOption = None,
    model: ModelOption = DEFAULT_MODEL,
    bigger: BiggerOption = None,
    port: PortOption = PORT,
) -> None:
    """A living simulated house: fetches the model, starts everything, waits for Ctrl-C."""
    try:
        fetched(model.partition("@")[0], None)
    except StoreError as error:
        out.print(
            f"[yellow]{error}[/yellow]\nGoing on without a model: sentences of the site language work (`agentos do`)."
        )
    site = _shipped(home or Path("demo"))
    answered(_serve(site, data, model, bigger, port, simulate=True))


def _shipped(site: Path) -> Path:
    """A site that comes with the program, by its name; any other as it is."""
    own = Path(str(resources.files("llmagentos") / "sites" / f"{site}.yaml"))
    return own if not site.exists() and str(site) in ("demo", "works") else site


@app.command()
def run(
    site: Path,
    data: DataOption = None,
    model: ModelOption = DEFAULT_MODEL,
    bigger: BiggerOption = None,
    port: PortOption = PORT,
) -> None:
    """Run the node for a site file, on the broker it names."""
    answered(_serve(site, data, model, bigger, port, simulate=False))


async def _serve(site: Path, data: Path | None, model: str, bigger: str | None, port: int, *, simulate: bool) -> None:
    room = data.expanduser() if data else data_folder() / slug(load_site(site).name)
    models, ended = ModelStore(default_folder()), asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):  # both end the house in order: everything saved, every child gone
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    async with (
        deciding(models, model, _compiling()) as decider,
        deciding(models, bigger, _compiling()) if bigger else contextlib.nullcontext() as second,
        running(site, room, decider, simulate=simulate, bigger=second, tell=out.print) as node,
        collecting(node.settled),
        page(node, room, port) as address,
    ):
        node.senses.listener, node.senses.seer = ears(models, node.site.language), eyes(models)
        out.print(
            f"[bold]{node.site.name}[/bold] runs. Ctrl-C ends it.\n  page:     [bold]{address}[/bold]",
            soft_wrap=True,
        )
        out.print('  terminal: agentos ask "turn on the kitchen light"', highlight=False)
        await ended.wait()


@app.command()
def ask(words: str, area: str | None = None, data: DataOption = None) -> None:
    """Say one sentence to the running node."""
    show_reply(answered(call(folder(data), {"op": "say", "words": words, "area": area})))


@app.command()
def do(sentence: str, data: DataOption = None) -> None:
    """Carry out one sentence of the site language, without the model."""
    show_reply(answered(call(folder(data), {"op": "do", "sentence": sentence})))


@app.command()
def chat(area: str | None = None, data: DataOption = None) -> None:
    """Talk to the running node; an empty line ends it."""
    node = folder(data)
    while words := out.input("[bold]> [/bold]").strip():
        reply = answered(call(node, {"op": "say", "words": words, "area": area, "session": "chat"}))
        show_reply(reply)
        if reply["consent"]:
            yes = out.input("yes or no? ").strip().lower() in ("y", "yes", "是", "好")
            show_reply(answered(call(node, {"op": "consent", "request": reply["consent"], "granted": yes})))


@app.command()
def consent(
    request: str, no: Annotated[bool, typer.Option("--no", help="Refuse instead.")] = False, data: DataOption = None
) -> None:
    """Answer a question for consent by its id."""
    show_reply(answered(call(folder(data), {"op": "consent", "request": request, "granted": not no})))


@app.command()
def devices(data: DataOption = None) -> None:
    """All entities with their states."""
    table = Table("name", "class", "area", "state", "id")
    site = answered(call(folder(data), {"op": "site"}))
    for one in site["entities"].values():
        values = ", ".join(f"{name} {value}" for name, value in one["values"].items())
        state = escape(values or one["state"]) if one["online"] else "[red]offline[/red]"
        table.add_row(escape(one["name"]), one["class"], escape(one["area"] or ""), state, escape(one["id"]))
    out.print(table)
    for one in site["reminders"]:
        out.print(f"alarm {one['text']}" if one["alarm"] else f"timer {one['text']} {one['left']}", highlight=False)


for other in (orders, plans, methods, alarms, hear, listen, see):
    app.command()(other)


@app.command()
def why(record: str, data: DataOption = None) -> None:
    """The chain from a record, or from the last thing that happened to an entity, back to what caused it."""
    chain = answered(call(folder(data), {"op": "why", "record": record}))
    if not chain:
        Console(stderr=True).print(f"[red]nothing is known of {record}[/red]", highlight=False)
        raise typer.Exit(2)
    for one in chain:
        _show_record(one)


@app.command()
def verify(
    seal: Annotated[
        str | None,
        typer.Option(help="A seal that you kept, in hexadecimal digits: from the node's heartbeat on the broker."),
    ] = None,
    data: DataOption = None,
) -> None:
    """Whether the journal is what was written: no record changed, removed or slipped in."""
    try:
        kept = bytes.fromhex(seal) if seal is not None else None
    except ValueError:
        raise typer.BadParameter("a seal is 64 hexadecimal digits") from None
    answer = answered(call(folder(data), {"op": "verify", "seal": kept.hex() if kept is not None else None}))
    if answer["tampered"]:
        Console(stderr=True).print(answer["tampered"], style="red", markup=False, highlight=False)
        raise typer.Exit(1)
    out.print(f"whole; seal {answer['seal']}", highlight=False)


@app.command()
def watch(data: DataOption = None) -> None:
    """Everything that happens at the running node, until Ctrl-C."""

    async def show() -> None:
        async for event in events(folder(data)):
            for entity in event.get("entities", {}).values() if event["type"] == "delta" else ():
                if entity is not None and not entity["diagnostic"]:
                    out.print(f"[cyan]{escape(entity['name'])}[/cyan] {escape(entity['state'])}", highlight=False)
            for record in event.get("events", ()):
                if record["kind"] != "Observation":
                    _show_record(record)

    answered(show())


def _show_record(one: dict[str, Any]) -> None:
    at = dt.datetime.fromtimestamp(one["at"]).astimezone()
    out.print(f"[dim]{at:%H:%M:%S}[/dim] [bold]{one['kind']:<14}[/bold]", end=" ", highlight=False)
    out.print(one["text"], highlight=False, markup=False, soft_wrap=True)


@app.command()
def stop(
    release: Annotated[bool, typer.Option("--release", help="Let commands pass again.")] = False,
    data: DataOption = None,
) -> None:
    """Stop every actuation at once."""
    result = answered(call(folder(data), {"op": "stop", "stopped": not release}))
    out.print("stopped: no command leaves" if result["stopped"] else "released")


def _compiling() -> Callable[[int, int], None]:
    """A bar for the first use of a model."""
    progress = Progress(
        TextColumn("compiling the model"), BarColumn(), MofNCompleteColumn(), console=out, transient=True
    )
    task = progress.add_task("")

    def update(done: int, total: int) -> None:
        progress.start()
        progress.update(task, completed=done, total=total)
        if done == total:
            progress.stop()

    return update


def main() -> None:
    """The console script."""
    app()
