"""`agentos`: every command is a thin shell over the node's local socket or `app.run`."""

import asyncio
import contextlib
import datetime as dt
import os
import signal
from collections.abc import Callable, Coroutine
from importlib import resources
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, DownloadColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from llmagentos.app.local_socket import call, events, running_nodes
from llmagentos.app.run import FolderInUse, deciding, running
from llmagentos.app.sitefile import SiteFileError, load_site
from llmagentos.devices.broker import BrokerFailed
from llmagentos.devices.codecs.payloads import slug
from llmagentos.devices.mqtt import BrokerGone
from llmagentos.devices.simulation.sitefile import SiteFileError as SimulationError
from llmagentos.inference.store import DEFAULT_MODEL, MODELS, ModelStore, StoreError, default_folder
from llmagentos.interfaces.cli_bench import bench_app
from llmagentos.interfaces.cli_train import train_app
from llmagentos.interfaces.web.server import PORT, page
from llmagentos.kernel.journal import JournalFailed
from llmagentos.policy import PolicyBroken

app = typer.Typer(
    help="The operating system for LLM agents at the edge.", no_args_is_help=True, pretty_exceptions_enable=False
)
models_app = typer.Typer(help="Language models on this machine.", no_args_is_help=True)
app.add_typer(models_app, name="models")
app.add_typer(bench_app, name="bench")
app.add_typer(train_app, name="train")
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
ModelOption = Annotated[
    str, typer.Option("--model", help="A known model, a GGUF file, a folder of Hugging Face, or http://host/v1#name.")
]
BiggerOption = Annotated[
    str | None, typer.Option("--bigger", help="A second model, asked where the first is not sure: as for --model.")
]
PortOption = Annotated[int, typer.Option("--port", help="Where the page listens on this machine; 0: any free port.")]


def _base() -> Path:
    return Path(os.environ.get("AGENTOS_DATA", "~/.local/share/llmagentos")).expanduser()


def _folder(data: Path | None) -> Path:
    """The folder of the node that is meant: the one given, else the one that runs."""
    if data is not None:
        return data.expanduser()
    folders = running_nodes(_base())
    if len(folders) > 1:
        names = ", ".join(one.name for one in folders)
        Console(stderr=True).print(
            f"[red]several nodes run here ({names}); choose one with --data {_base()}/NAME[/red]"
        )
        raise typer.Exit(2)
    return folders[0] if folders else _base()


def _run(work: Coroutine[Any, Any, Any]) -> Any:
    """Run to the end; what a person can mend becomes one sentence and exit code 2."""
    try:
        return asyncio.run(work)
    except SAYABLE as error:
        Console(stderr=True).print(str(error), style="red", markup=False, highlight=False, soft_wrap=True)
        raise typer.Exit(2) from error
    except KeyboardInterrupt:
        raise typer.Exit(0) from None


@app.command()
def demo(
    home: Annotated[Path | None, typer.Argument(help="A site file with `simulate`, or a `_fixtures.yaml`.")] = None,
    data: DataOption = None,
    model: ModelOption = DEFAULT_MODEL,
    bigger: BiggerOption = None,
    port: PortOption = PORT,
) -> None:
    """A living simulated house: fetches the model, starts everything, waits for Ctrl-C."""
    try:
        _fetch(model.partition("@")[0], None)
    except StoreError as error:
        out.print(
            f"[yellow]{error}[/yellow]\nGoing on without a model: sentences of the site language work (`agentos do`)."
        )
    site = home or Path(str(resources.files("llmagentos") / "sites" / "demo.yaml"))
    _run(_serve(site, data, model, bigger, port, simulate=True))


@app.command()
def run(
    site: Path,
    data: DataOption = None,
    model: ModelOption = DEFAULT_MODEL,
    bigger: BiggerOption = None,
    port: PortOption = PORT,
) -> None:
    """Run the node for a site file, on the broker it names."""
    _run(_serve(site, data, model, bigger, port, simulate=False))


async def _serve(site: Path, data: Path | None, model: str, bigger: str | None, port: int, *, simulate: bool) -> None:
    folder = data.expanduser() if data else _base() / slug(load_site(site).name)
    models, ended = ModelStore(default_folder()), asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):  # both end the house in order: everything saved, every child gone
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    async with (
        deciding(models, model, _compiling()) as decider,
        deciding(models, bigger, _compiling()) if bigger else contextlib.nullcontext() as second,
        running(site, folder, decider, simulate=simulate, bigger=second, tell=out.print) as node,
        page(node, folder, port) as address,
    ):
        out.print(
            f"[bold]{node.site.name}[/bold] runs. Ctrl-C ends it.\n  page:     [bold]{address}[/bold]",
            soft_wrap=True,
        )
        out.print('  terminal: agentos ask "turn on the kitchen light"', highlight=False)
        await ended.wait()


@app.command()
def ask(words: str, area: str | None = None, data: DataOption = None) -> None:
    """Say one sentence to the running node."""
    _show_reply(_run(call(_folder(data), {"op": "say", "words": words, "area": area})))


@app.command()
def do(sentence: str, data: DataOption = None) -> None:
    """Carry out one sentence of the site language, without the model."""
    _show_reply(_run(call(_folder(data), {"op": "do", "sentence": sentence})))


@app.command()
def chat(area: str | None = None, data: DataOption = None) -> None:
    """Talk to the running node; an empty line ends it."""
    folder = _folder(data)
    while words := out.input("[bold]> [/bold]").strip():
        reply = _run(call(folder, {"op": "say", "words": words, "area": area, "session": "chat"}))
        _show_reply(reply)
        if reply["consent"]:
            yes = out.input("yes or no? ").strip().lower() in ("y", "yes", "是", "好")
            _show_reply(_run(call(folder, {"op": "consent", "request": reply["consent"], "granted": yes})))


@app.command()
def consent(
    request: str, no: Annotated[bool, typer.Option("--no", help="Refuse instead.")] = False, data: DataOption = None
) -> None:
    """Answer a question for consent by its id."""
    _show_reply(_run(call(_folder(data), {"op": "consent", "request": request, "granted": not no})))


@app.command()
def devices(data: DataOption = None) -> None:
    """All entities with their states."""
    table = Table("name", "class", "area", "state", "id")
    site = _run(call(_folder(data), {"op": "site"}))
    for one in site["entities"].values():
        values = ", ".join(f"{name} {value}" for name, value in one["values"].items())
        state = escape(values or one["state"]) if one["online"] else "[red]offline[/red]"
        table.add_row(escape(one["name"]), one["class"], escape(one["area"] or ""), state, escape(one["id"]))
    out.print(table)
    for one in site["reminders"]:
        out.print(f"alarm {one['text']}" if one["alarm"] else f"timer {one['text']} {one['left']}", highlight=False)


@app.command()
def orders(
    pause: Annotated[int | None, typer.Option(help="The number of an order that is to rest.")] = None,
    resume: Annotated[int | None, typer.Option(help="The number of one that rests no longer.")] = None,
    remove: Annotated[int | None, typer.Option(help="The number of one that is to stand no longer.")] = None,
    trial: Annotated[
        int | None, typer.Option("--try", help="The number of one to try out now: what it does is done, and put back.")
    ] = None,
    data: DataOption = None,
) -> None:
    """The standing orders, after a change if one is wanted. `agentos do 'when ...: ...'` gives one."""
    if trial is not None:
        _show_reply(_run(call(_folder(data), {"op": "trial", "order": trial})))
        return
    changes = {"pause": pause, "resume": resume, "remove": remove}
    request: dict[str, Any] = {"op": "orders"}
    wanted = [(change, number) for change, number in changes.items() if number is not None]
    if len(wanted) > 1:
        raise typer.BadParameter("one change at a time")
    request |= dict(zip(("change", "order"), wanted[0], strict=True)) if wanted else {}
    table = Table("", "order", "by", "state", "last")
    for one in _run(call(_folder(data), request)):
        state = one["suspended"] or ("paused" if one["paused"] else "holds" if one["holds"] else "waits")
        state = "; ".join((state, *one["doubts"]))
        last = f"{dt.datetime.fromtimestamp(one['last_fired']).astimezone():%a %H:%M}" if one["last_fired"] else ""
        table.add_row(str(one["number"]), escape(one["sentence"]), escape(one["principal"]), escape(state), last)
    out.print(table)


@app.command()
def plans(
    preview: Annotated[
        str | None, typer.Option(help="A plan in the site language: show what it would be, and do not begin it.")
    ] = None,
    cancel: Annotated[
        int | None, typer.Option(help="The number of a plan that is to end, and to put back what it can.")
    ] = None,
    data: DataOption = None,
) -> None:
    """The plans and how far they are. `agentos do 'plan "NAME": task ...'` begins one."""
    if preview is not None:
        out.print(_run(call(_folder(data), {"op": "plans", "preview": preview}))["text"], highlight=False, markup=False)
        return
    request: dict[str, Any] = {"op": "plans"} | ({"cancel": cancel} if cancel is not None else {})
    for one in _run(call(_folder(data), request)):
        table = Table(
            "step", "planned", "begun", "state", title=f"{one['number']} {escape(one['title'])}", title_justify="left"
        )
        for step in one["steps"]:
            planned, begun = (f"{dt.datetime.fromtimestamp(at).astimezone():%a %H:%M}" if at else "" for at in (step["planned"], step["begun"]))  # fmt: skip
            table.add_row(
                escape(step["name"]), planned, begun, escape("; ".join(filter(None, (step["status"], step["why"]))))
            )
        out.print(table)


@app.command()
def methods(
    remove: Annotated[int | None, typer.Option(help="The number of one that is to be no method any more.")] = None,
    forget: Annotated[
        int | None, typer.Option(help="The number of one of which what was learned is to be forgotten.")
    ] = None,
    data: DataOption = None,
) -> None:
    """How things are done here, and how long their steps take. `agentos do 'method "NAME": task ...'` teaches one."""
    wanted = [(change, number) for change, number in (("remove", remove), ("forget", forget)) if number is not None]
    if len(wanted) > 1:
        raise typer.BadParameter("one change at a time")
    request: dict[str, Any] = {"op": "methods"}
    request |= dict(zip(("change", "method"), wanted[0], strict=True)) if wanted else {}
    for one in _run(call(_folder(data), request)):
        out.print(f"{one['number']} {one['sentence']}", highlight=False, markup=False, soft_wrap=True)
        for step in one["steps"]:
            usual = f", usually {step['usual'] // 60} min" if step["usual"] else ""
            out.print(
                f"  {step['name']}: done {step['done']} times, failed {step['failed']}{usual}",
                style="dim",
                highlight=False,
                markup=False,
            )


@app.command()
def alarms(
    acknowledge: Annotated[
        int | None, typer.Option(help="The number of an alarm that you have taken note of; 0: of all.")
    ] = None,
    shelve: Annotated[int | None, typer.Option(help="The number of one that is not to be told for a while.")] = None,
    minutes: Annotated[float, typer.Option(min=1, max=720, help="How long it is shelved.")] = 30,
    unshelve: Annotated[int | None, typer.Option(help="The number of one that is to be told again.")] = None,
    remove: Annotated[int | None, typer.Option(help="The number of one that is to be watched for no longer.")] = None,
    data: DataOption = None,
) -> None:
    """The alarms, those first that need somebody. `agentos do 'alarm "NAME" high when ...: "WHAT TO DO"'` places one."""
    changes = {"acknowledge": acknowledge, "shelve": shelve, "unshelve": unshelve, "remove": remove}
    wanted = [(change, number) for change, number in changes.items() if number is not None]
    if len(wanted) > 1:
        raise typer.BadParameter("one change at a time")
    request: dict[str, Any] = {"op": "alarms", "minutes": minutes}
    request |= {"change": wanted[0][0], "alarm": wanted[0][1] or None} if wanted else {}
    table = Table("", "alarm", "priority", "state", "since", "what")
    for one in _run(call(_folder(data), request)):
        since = f"{dt.datetime.fromtimestamp(one['since']).astimezone():%a %H:%M}" if one["since"] else ""
        state = f"[red]{one['state']}[/red]" if one["state"] in ("unacknowledged", "returned") else one["state"]
        until = (
            f" until {dt.datetime.fromtimestamp(one['shelved_until']).astimezone():%H:%M}"
            if one["shelved_until"]
            else ""
        )
        against = escape("; ".join(filter(None, (one["suspended"], *one["doubts"]))))
        what = escape("\n".join(filter(None, (one["text"], one["advice"], against))))
        table.add_row(str(one["number"]), escape(one["name"]), one["priority"], state + until, since, what)
    out.print(table)


@app.command()
def why(record: str, data: DataOption = None) -> None:
    """The chain from a record, or from the last thing that happened to an entity, back to what caused it."""
    chain = _run(call(_folder(data), {"op": "why", "record": record}))
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
    answer = _run(call(_folder(data), {"op": "verify", "seal": kept.hex() if kept is not None else None}))
    if answer["tampered"]:
        Console(stderr=True).print(f"[red]{answer['tampered']}[/red]", highlight=False)
        raise typer.Exit(1)
    out.print(f"whole; seal {answer['seal']}", highlight=False)


@app.command()
def watch(data: DataOption = None) -> None:
    """Everything that happens at the running node, until Ctrl-C."""

    async def show() -> None:
        async for event in events(_folder(data)):
            for entity in event.get("entities", {}).values() if event["type"] == "delta" else ():
                if entity is not None and not entity["diagnostic"]:
                    out.print(f"[cyan]{escape(entity['name'])}[/cyan] {escape(entity['state'])}", highlight=False)
            for record in event.get("events", ()):
                if record["kind"] != "Observation":
                    _show_record(record)

    _run(show())


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
    result = _run(call(_folder(data), {"op": "stop", "stopped": not release}))
    out.print("stopped: no command leaves" if result["stopped"] else "released")


@models_app.command("list")
def list_models() -> None:
    """Known models and which are here."""
    store = ModelStore(default_folder())
    table = Table("model", "what", "MB", "licence", "here")
    for one in MODELS.values():
        table.add_row(
            one.name, one.summary, str(one.size // 1_000_000), one.licence, "yes" if store.path(one.name) else ""
        )
    out.print(table)


@models_app.command("fetch")
def fetch_model(name: str, source: str | None = None) -> None:
    """Fetch a model by its pinned hash."""
    try:
        out.print(str(_fetch(name, source)))
    except StoreError as error:
        Console(stderr=True).print(f"[red]{error}[/red]", highlight=False)
        raise typer.Exit(2) from error


def _fetch(name: str, source: str | None) -> Path:
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=out, transient=True) as progress:
        task = progress.add_task(f"fetching {name}", total=None)
        return ModelStore(default_folder()).fetch(
            name, lambda done, total: progress.update(task, completed=done, total=total), source
        )


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


def _show_reply(reply: dict[str, Any]) -> None:
    colour = {"done": "green", "answer": "cyan", "question": "yellow", "refusal": "magenta"}.get(reply["kind"], "red")
    out.print(reply["text"], style=colour, markup=False, highlight=False, soft_wrap=True)
    if reply["sentence"]:
        shown = (
            f"{reply['sentence']}  ({reply['probability']:.0%}, {reply['duration_ms']:.0f} ms)  why: {reply['record']}"
        )
        out.print(shown, style="dim", markup=False, highlight=False, soft_wrap=True)
    if reply["consent"]:
        out.print(f"agentos consent {reply['consent']}", style="dim", markup=False, highlight=False, soft_wrap=True)


def main() -> None:
    """The console script."""
    app()
