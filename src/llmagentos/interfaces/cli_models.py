"""`agentos models ...`: models by pinned hash, and releases of what was trained over them."""

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Column, Table

from llmagentos.app.adapters import chosen_model, in_use, releases
from llmagentos.app.releases import complaint, share_understood
from llmagentos.fleet.container import pack
from llmagentos.fleet.manifest import BadRelease
from llmagentos.fleet.releases import Installed
from llmagentos.fleet.signing import fingerprint, make_keys, read_public, read_secret
from llmagentos.inference.ports import ModelUnavailable
from llmagentos.inference.store import MODELS, ModelStore, StoreError, default_folder
from llmagentos.interfaces.terminal import fail, out

models_app = typer.Typer(help="Language models on this machine.", no_args_is_help=True)
ReleaseFile = Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A release.")]


@models_app.command("list")
def list_models() -> None:
    """Known models, which are here, and which use a release."""
    store = ModelStore(default_folder())
    table = Table("model", "what", "MB", "licence", "here", "release")
    for one in MODELS.values():
        used = in_use(store, one.name)
        table.add_row(
            one.name, one.summary, str(one.size // 1_000_000), one.licence, "yes" if store.path(one.name) else "",
            f"{used.name}, version {used.manifest.version}" if used else "",
        )  # fmt: skip
    out.print(table)


@models_app.command("fetch")
def fetch_model(name: str, source: str | None = None) -> None:
    """Fetch a model by its pinned hash."""
    try:
        out.print(str(fetched(name, source)))
    except StoreError as error:
        raise fail(str(error)) from error


def fetched(name: str, source: str | None) -> Path:
    """A model, with a progress bar. Raises: StoreError."""
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=out, transient=True) as progress:
        task = progress.add_task(f"fetching {name}", total=None)
        return ModelStore(default_folder()).fetch(
            name, lambda done, size: progress.update(task, completed=done, total=size), source
        )


@models_app.command("export")
def export_model(
    name: Annotated[
        str,
        typer.Argument(help="As for --model: NAME, NAME@none, NAME@FOLDER, a GGUF file or a folder of Hugging Face."),
    ],
    target: Annotated[Path, typer.Argument(dir_okay=False, help="NAME.gguf")],
    kind: Annotated[str, typer.Option(help="Of the matrices: F32, F16 or Q8_0.")] = "Q8_0",
    adapter: Annotated[bool, typer.Option(help="Write the adapter alone, as llama.cpp's --lora takes it.")] = False,
) -> None:
    """Write a model as a GGUF file, its adapter merged into it, for llama.cpp and what builds on it."""
    from llmagentos.inference.compiler.compile import read_model  # loads numpy, for which no other command waits
    from llmagentos.inference.weights.gguf_writer import KINDS, write_gguf, write_gguf_adapter
    from llmagentos.inference.weights.model import UnsupportedModel

    wanted = next((one for one in KINDS if one == kind.upper()), None)
    try:
        if wanted is None:
            raise UnsupportedModel(f"matrices cannot be written as {kind}; take {', '.join(KINDS)}")
        chosen = chosen_model(ModelStore(default_folder()), name)
        if not adapter:
            write_gguf(read_model(chosen.file, chosen.adapter), target, wanted, target.stem)
        elif chosen.adapter is None:
            raise UnsupportedModel(f"{name} has no adapter")
        else:
            write_gguf_adapter(chosen.adapter, read_model(chosen.file), target)
    except (UnsupportedModel, ModelUnavailable, OSError) as error:
        raise fail(str(error)) from error
    out.print(f"{target}: {target.stat().st_size / 1e6:.0f} MB", highlight=False)


@models_app.command("keys")
def keys(folder: Annotated[Path, typer.Argument(file_okay=False, help="Where the pair is written.")]) -> None:
    """Make a pair of keys: `secret.pem` signs your releases and stays with you, `public.pem` is what boxes trust."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        name = make_keys(folder / "secret.pem", folder / "public.pem")
    except OSError as error:
        raise fail(str(error)) from error
    out.print(f"the key {name} is in {folder}; give public.pem to who shall trust you", highlight=False)


@models_app.command("pack")
def pack_release(
    adapter: Annotated[Path, typer.Argument(exists=True, file_okay=False, help="The folder of an adapter.")],
    target: Annotated[Path, typer.Argument(dir_okay=False, help="The release that is written.")],
    key: Annotated[Path, typer.Option(exists=True, dir_okay=False, help="Your secret.pem.")],
    version: Annotated[int, typer.Option(min=1, help="Higher than that of the release before.")],
    model: Annotated[str, typer.Option(help="The model it is an adapter of.")] = "qwen2.5-coder-0.5b",
    about: Annotated[str, typer.Option(help="A sentence on what is new.")] = "",
) -> None:
    """Sign an adapter as a release, if it does well in the engine that will run it."""
    store = ModelStore(default_folder())
    try:
        secret = read_secret(key)
        with out.status("trying it"):
            right = share_understood(store, model, adapter)
        manifest = pack(adapter, target, secret, model=model, version=version, about=about, measured={"canary": right})
    except (BadRelease, OSError) as error:
        raise fail(str(error)) from error
    out.print(f"{target}: version {version} of {model}, {manifest.size / 1e6:.0f} MB, signed by {manifest.signer}", highlight=False)  # fmt: skip


@models_app.command("trust")
def trust_key(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="Somebody's public.pem.")],
    yes: Annotated[bool, typer.Option("--yes", help="You have compared its fingerprint already.")] = False,
) -> None:
    """Install what is signed by this key from now on, after you compared its fingerprint with the maker's."""
    try:
        name = fingerprint(read_public(file))
        if not yes and not typer.confirm(f"the key is {name}; is that what its maker says?"):
            raise typer.Exit(1)
        releases(ModelStore(default_folder())).trust.add(file)
    except (BadRelease, OSError) as error:
        raise fail(str(error)) from error
    out.print(f"releases of {name} may be installed; `agentos models distrust {name}` ends it", highlight=False)


@models_app.command("distrust")
def distrust_key(name: Annotated[str, typer.Argument(help="The fingerprint of a key.")]) -> None:
    """Trust a key no longer: what it signed is not loaded again."""
    if not releases(ModelStore(default_folder())).trust.remove(name):
        raise fail(f"no key {name} is trusted here")
    out.print(f"{name} is not trusted any more; nodes that run use what they loaded until they are started again")


@models_app.command("install")
def install(
    file: ReleaseFile,
    older: Annotated[bool, typer.Option(help="Even if a newer version is in use.")] = False,
) -> None:
    """Check a release, try it, and use it from the next start of a node on."""
    store = ModelStore(default_folder())
    held = releases(store)
    try:
        found = held.install(file, older=older)
        with out.status("trying it on a small house"):
            used = held.activate(found.name, lambda one: complaint(store, one), older=older)
    except (BadRelease, OSError) as error:
        raise fail(str(error)) from error
    out.print(f"{_described(used)} is used by nodes that start from now on; `agentos models back {used.manifest.model}` undoes it", highlight=False, soft_wrap=True)  # fmt: skip


@models_app.command("use")
def use(
    name: Annotated[str, typer.Argument(help="Of a release that is installed; `agentos models releases`.")],
) -> None:
    """Use a release that is here already."""
    store = ModelStore(default_folder())
    try:
        with out.status("trying it on a small house"):
            used = releases(store).activate(name, lambda one: complaint(store, one), older=True)
    except (BadRelease, OSError) as error:
        raise fail(str(error)) from error
    out.print(f"{_described(used)} is used by nodes that start from now on", highlight=False)


@models_app.command("back")
def back(model: Annotated[str, typer.Argument(help="A known model.")] = "qwen2.5-coder-0.5b") -> None:
    """Use what was used before the last release."""
    try:
        used = releases(ModelStore(default_folder())).back(model)
    except (BadRelease, OSError) as error:
        raise fail(str(error)) from error
    out.print(f"{_described(used) if used else f'the adapter that ships with {model}'} is used by nodes that start from now on", highlight=False)  # fmt: skip


@models_app.command("releases")
def list_releases() -> None:
    """What is installed, from whom, and what is used."""
    store = ModelStore(default_folder())
    held = releases(store)
    used = {found.name for one in MODELS if (found := in_use(store, one)) is not None}
    table = Table(*(Column(one, min_width=16) for one in ("release", "signed by")), "model", "version", "used", "about")
    for one in held.all():
        if isinstance(one, str):
            table.add_row(one.partition(":")[0], "", "", "", "[red]unusable[/red]", one.partition(": ")[2])
        else:
            m = one.manifest
            table.add_row(
                one.name, m.signer, m.model, str(m.version), "yes" if one.name in used else "", escape(m.about)
            )
    out.print(table)
    out.print(f"trusted keys: {', '.join(held.trust.names()) or 'none'}", highlight=False)


def _described(one: Installed) -> str:
    return f"{one.name} (version {one.manifest.version} of {one.manifest.model}, signed by {one.manifest.signer})"
