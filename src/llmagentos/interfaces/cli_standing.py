"""`agentos orders`, `plans`, `methods`, `alarms`: what stands, is under way, or waits for somebody."""

import datetime as dt
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from llmagentos.app.local_socket import call
from llmagentos.interfaces.terminal import DataOption, answered, folder, out, show_reply


def orders(
    pause: Annotated[int | None, typer.Option(help="The number of an order that is to rest.")] = None,
    resume: Annotated[int | None, typer.Option(help="The number of one that rests no longer.")] = None,
    remove: Annotated[int | None, typer.Option(help="The number of one that is to stand no longer.")] = None,
    edit: Annotated[
        tuple[int, str] | None,
        typer.Option(metavar="NUMBER SENTENCE", help="What stands in the place of one: 'when ...: ...'."),
    ] = None,
    trial: Annotated[
        int | None, typer.Option("--try", help="The number of one to try out now: what it does is done, and put back.")
    ] = None,
    data: DataOption = None,
) -> None:
    """The standing orders, after a change if one is wanted. `agentos do 'when ...: ...'` gives one."""
    if trial is not None:
        show_reply(answered(call(folder(data), {"op": "trial", "order": trial})))
        return
    changes = {"pause": pause, "resume": resume, "remove": remove}
    request: dict[str, Any] = {"op": "orders"}
    wanted = [(change, number) for change, number in changes.items() if number is not None]
    if len(wanted) + (edit is not None) > 1:
        raise typer.BadParameter("one change at a time")
    request |= dict(zip(("change", "order"), wanted[0], strict=True)) if wanted else {}
    request |= {"change": "edit", "order": edit[0], "sentence": edit[1]} if edit is not None else {}
    table = Table("", "order", "by", "state", "last")
    for one in answered(call(folder(data), request)):
        state = one["suspended"] or ("paused" if one["paused"] else "holds" if one["holds"] else "waits")
        state = "; ".join((state, *one["doubts"]))
        last = f"{dt.datetime.fromtimestamp(one['last_fired']).astimezone():%a %H:%M}" if one["last_fired"] else ""
        table.add_row(str(one["number"]), escape(one["sentence"]), escape(one["principal"]), escape(state), last)
    out.print(table)


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
        out.print(
            answered(call(folder(data), {"op": "plans", "preview": preview}))["text"], highlight=False, markup=False
        )
        return
    request: dict[str, Any] = {"op": "plans"} | ({"cancel": cancel} if cancel is not None else {})
    for one in answered(call(folder(data), request)):
        table = Table(
            "step", "planned", "begun", "state", title=f"{one['number']} {escape(one['title'])}", title_justify="left"
        )
        for step in one["steps"]:
            planned, begun = (f"{dt.datetime.fromtimestamp(at).astimezone():%a %H:%M}" if at else "" for at in (step["planned"], step["begun"]))  # fmt: skip
            table.add_row(
                escape(step["name"]), planned, begun, escape("; ".join(filter(None, (step["status"], step["why"]))))
            )
        out.print(table)


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
    for one in answered(call(folder(data), request)):
        out.print(f"{one['number']} {one['sentence']}", highlight=False, markup=False, soft_wrap=True)
        for step in one["steps"]:
            usual = f", usually {step['usual'] // 60} min" if step["usual"] else ""
            out.print(
                f"  {step['name']}: done {step['done']} times, failed {step['failed']}{usual}",
                style="dim",
                highlight=False,
                markup=False,
            )


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
    for one in answered(call(folder(data), request)):
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
