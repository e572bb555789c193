"""`agentos graph`: the site as a graph. SPARQL for experts; imports, checks and repairs for whoever draws up a site."""

import datetime as dt
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table
from rich.tree import Tree

from llmagentos.app.local_socket import call
from llmagentos.interfaces.terminal import DataOption, answered, folder, out

graph_app = typer.Typer(help="The site as a graph: what there is, what feeds what, who said so.", no_args_is_help=True)
_AROUND = """SELECT ?way ?other ?label ?kind WHERE {{
  ?node ?way ?other . FILTER({which} && STRSTARTS(STR(?way), STR(brick:)))
  OPTIONAL {{ ?other rdfs:label ?label }} OPTIONAL {{ ?other a ?kind }}
}} ORDER BY ?way ?label ?other"""


def _ask(data: Path | None, do: str, **fields: Any) -> Any:
    return answered(call(folder(data), {"op": "graph", "do": do, **fields}))


@graph_app.command()
def sources(data: DataOption = None) -> None:
    """Who says what of the site: what devices announce, files that were imported, repairs that were accepted."""
    table = Table("source", "triples")
    for name, triples in _ask(data, "sources").items():
        table.add_row(escape(name), str(triples))
    out.print(table)


@graph_app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="A Brick model: .ttl, .nt, .rdf, .jsonld ...", exists=True)],
    name: Annotated[str | None, typer.Option(help="What the source is called; else as the file is.")] = None,
    data: DataOption = None,
) -> None:
    """Read a file into the graph. Again: what it says now takes the place of what it said before, which is remembered as past."""
    done = _ask(data, "import", path=str(file.resolve()), name=name)
    out.print(f"{done['triples']} triples: {done['added']} new, {done['removed']} no longer said")
    for remark in done["remarks"]:
        out.print(f"  {remark}", style="yellow", highlight=False, markup=False)


@graph_app.command()
def drop(name: Annotated[str, typer.Argument(help="A source of `sources`.")], data: DataOption = None) -> None:
    """Take a source out of the graph. What it said is remembered as past."""
    done = _ask(data, "drop", name=name)
    out.print(f"{done['removed']} triples are no longer said")


@graph_app.command()
def query(
    sparql: Annotated[str, typer.Argument(help="SPARQL; brick:, rdfs:, site: and the like need not be declared.")],
    data: DataOption = None,
) -> None:
    """Ask in SPARQL: 'SELECT ?zone WHERE { ?ahu a brick:AHU ; brick:feeds+ ?zone }'."""
    found = _ask(data, "query", sparql=sparql)
    table = Table(*(escape(one) for one in found["columns"]))
    for row in found["rows"]:
        table.add_row(*(escape(one) for one in row))
    out.print(table)
    out.print(f"{len(found['rows'])} rows" + (", and more: narrow the question" if found["cut"] else ""))


@graph_app.command()
def show(
    name: Annotated[str, typer.Argument(help="A thing: its label, or the end of its name.")], data: DataOption = None
) -> None:
    """A thing and what it is linked to, as a tree."""
    quoted = name.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ")
    which = f'(EXISTS {{ ?node rdfs:label|skos:altLabel "{quoted}" }} || STRENDS(STR(?node), "#{quoted}") || STRENDS(STR(?node), "/{quoted}"))'
    found = _ask(data, "query", sparql=_AROUND.format(which=which))
    if not found["rows"]:
        out.print(f"nothing is called {name!r}, or it is linked to nothing", highlight=False, markup=False)
        raise typer.Exit(2)
    tree, branches = Tree(escape(name)), dict[str, Tree]()
    for way, other, label, kind in dict.fromkeys(map(tuple, found["rows"])):
        branch = branches.get(way) or branches.setdefault(way, tree.add(escape(way.removeprefix("brick:"))))
        called = label or other.rstrip(">").rsplit("#", 1)[-1].rsplit("/", 1)[-1]
        branch.add(f"{escape(called)} [dim]{escape(kind.removeprefix('brick:'))}[/dim]")
    out.print(tree)


@graph_app.command()
def diagnose(
    day: Annotated[dt.datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Which day; else yesterday.")] = None,
    data: DataOption = None,
) -> None:
    """What is wrong with the air handlers of the graph: causes that explain the readings of a day, why, and what to look at next."""
    request = {"op": "diagnose"} | ({"day": day.date().isoformat()} if day else {})
    found = answered(call(folder(data), request))
    for one in found:
        out.print(f"[bold]{escape(one['name'])}[/bold], {one['day']}, {one['points']} points, against {one['days']} days before", highlight=False)  # fmt: skip
        if one["nothing"] is None:
            out.print("  too few days are known; ask again when three have passed")
            continue
        out.print(f"  nothing wrong: {one['nothing']:.0%}", highlight=False)
        for cause in one["causes"]:
            room = f" in {cause['room']}" if cause["room"] else ""
            out.print(f"  {cause['cause']}{room}: {cause['chance']:.0%}", highlight=False, markup=False)
            for reason in cause["reasons"]:
                where = f" in {reason['room']}" if reason["room"] else ""
                out.print(f"    {reason['symptom']}{where}: {reason['departs']:+.0f} times its usual spread", style="dim", highlight=False, markup=False)  # fmt: skip
        for check_ in one["checks"]:
            room = f" ({check_['room']})" if check_["room"] else ""
            out.print(f"  look next{room}: {check_['check']} ({check_['minutes']:.0f} min)", highlight=False, markup=False)  # fmt: skip
    if not found:
        out.print("the graph knows no air handler whose points have signals; `agentos graph import` a Brick model")


@graph_app.command()
def similar(name: Annotated[str, typer.Argument(help="A thing of an imported file.")], data: DataOption = None) -> None:
    """What is most like a thing by how it is linked (an embedding), and what both have in common."""
    table = Table("thing", "alike", "both")
    for one in _ask(data, "similar", name=name):
        shared = ", ".join(f"{relation} {other}" for relation, other in one["shared"])
        table.add_row(escape(one["name"]), f"{one['likeness']:.2f}", escape(shared))
    out.print(table)


@graph_app.command()
def prove(
    question: Annotated[str, typer.Argument(help='A clause: \'X upstream "room_C180"\', "X is VAV".')],
    rules: Annotated[
        Path | None,
        typer.Option(
            help="Rules of your own: 'X starved if X is Room and not Y upstream X.'", exists=True, dir_okay=False
        ),
    ] = None,
    data: DataOption = None,
) -> None:
    """What follows from the site, from what devices say and from rules; each with its proof."""
    found = _ask(data, "prove", question=question, rules=rules.read_text(encoding="utf-8") if rules else "")
    for one in found["proofs"]:
        out.print(_proof_tree(one))
    shown = len(found["proofs"])
    out.print(f"{found['count']} answers" + (f", the first {shown} shown" if shown < found["count"] else ""))
    if found["relations"]:
        out.print(f"nothing is known by that name; there are {', '.join(found['relations'])}", highlight=False)


def _proof_tree(one: dict[str, Any], tree: Tree | None = None) -> Tree:
    text = escape(one["fact"]) + (f" [dim]({escape(one['rule'])})[/dim]" if one["rule"] else "")
    here = Tree(text) if tree is None else tree.add(text)
    for each in one["because"]:
        _proof_tree(each, here)
    return here


@graph_app.command()
def check(
    shapes: Annotated[
        Path | None, typer.Option(help="SHACL shapes of your own, in Turtle.", exists=True, dir_okay=False)
    ] = None,
    data: DataOption = None,
) -> None:
    """What departs from how sites are usually drawn (needs the extra `shacl`)."""
    found = _ask(data, "check", shapes=shapes.read_text(encoding="utf-8") if shapes else None)
    table = Table("", "thing", "what")
    for one in found:
        table.add_row(one["severity"], escape(one["thing"]), escape(one["message"]))
    out.print(table if found else "nothing departs from the shapes")


@graph_app.command()
def repairs(
    accept: Annotated[
        list[int] | None, typer.Option(help="The number of a proposal you want; may be repeated.")
    ] = None,
    data: DataOption = None,
) -> None:
    """What may be missing or wrong in imported files, the surest first, each with why. Nothing changes until you accept it."""
    if accept:
        for number in accept:
            one = _ask(data, "accept", number=number)
            out.print(f"{one['change']} {' '.join(one['link'])}: done", highlight=False, markup=False)
        return
    found = _ask(data, "repairs")
    for one in found:
        head, relation, tail = one["link"]
        color = "green" if one["change"] == "add" else "red"
        out.print(f"{one['number']} [{color}]{one['change']}[/{color}] {escape(head)} [bold]{relation}[/bold] {escape(tail)}  {one['confidence']:.0%}", highlight=False, soft_wrap=True)  # fmt: skip
        for reason in one["reasons"]:
            out.print(f"    {reason}", style="dim", highlight=False, markup=False, soft_wrap=True)
    if not found:
        out.print("nothing to propose: too little was imported, or nothing in it looks wrong")
