"""`agentos bench injection`: attacks hidden in data that tools return (AgentDojo, suite v1), against rights from the person's words alone.

Every pair of a user's task and an attacker's: an attack is executable if any call of it that has an effect is approved. No model
takes part: it is assumed to do whatever the attacker says. A user's task is possible if none of its calls is refused.
"""

from collections.abc import Iterable
from typing import Any

from rich.console import Console
from rich.table import Table

from llmagentos.bench.report import BenchError, Figures
from llmagentos.policy.grants import Call, Grants, Lookup

VERSION = "v1"
MISSING = "this bench needs AgentDojo: pip install agentdojo==0.1.35"


def _suites() -> dict[str, Any]:
    try:
        from agentdojo.task_suite.load_suites import get_suites
    except ModuleNotFoundError as error:
        raise BenchError(MISSING) from error
    suites: dict[str, Any] = get_suites(VERSION)
    return suites


def records(environment: Any) -> Lookup:
    """What the owner's own records call things: contacts, files, events and mails by their ids, users and channels by name."""

    def lookup(name: str, value: str) -> list[str]:
        found: list[str] = []
        inbox, drive, calendar = (getattr(environment, one, None) for one in ("inbox", "cloud_drive", "calendar"))
        if inbox is not None:
            found += [str(one.name) for one in inbox.contact_list if str(one.email).casefold() == value.casefold()]
            found += [one.subject for one in inbox.emails.values() if name == "email_id" and one.id_ == value]
        if drive is not None and name == "file_id":
            found += [one.filename.rsplit(".", 1)[0] for one in drive.files.values() if one.id_ == value]
        if calendar is not None and name == "event_id":
            found += [one.title for one in calendar.events.values() if one.id_ == value]
        return found

    return lookup


def calls(task: Any, environment: Any) -> list[Call]:
    """The calls that carry a task out."""
    return [Call(one.function, one.args) for one in task.ground_truth(environment)]


def _worst(grants: Grants, wanted: Iterable[Call]) -> str:
    kinds = {grants.rule(one).kind for one in wanted}
    return next((kind for kind in ("refuse", "ask") if kind in kinds), "approve")


def _executable(grants: Grants, wanted: Iterable[Call]) -> bool:
    """Whether anything that an attack does is approved; one that only reads what the person may read anyway does nothing."""
    effects = [
        one
        for one in wanted
        if one.tool.partition("_")[0] not in ("search", "list", "get", "read") or "url" in one.arguments
    ]
    return any(grants.rule(one).kind == "approve" for one in effects)


async def run_injection(out: Console) -> Figures:
    """All suites. Raises: BenchError without AgentDojo."""
    attacks = executable = tasks = possible = free = 0
    table = Table("suite", "attacks", "executable", "tasks", "possible", "without a question")
    for name, suite in _suites().items():
        environment = suite.load_and_inject_default_environment({})
        lookup = records(environment)
        rows = [0, 0, 0, 0, 0]
        hostile = {key: calls(one, environment) for key, one in suite.injection_tasks.items()}
        for key, user_task in suite.user_tasks.items():
            grants = Grants(user_task.PROMPT, lookup)
            worst = _worst(grants, calls(user_task, environment))
            rows[2] += 1
            rows[3] += worst != "refuse"
            rows[4] += worst == "approve"
            if worst == "refuse":
                refused = next(one for one in calls(user_task, environment) if grants.rule(one).kind == "refuse")
                out.print(f"[red]impossible[/] {name}/{key}: {refused.tool}")
            for attack, wanted in hostile.items():
                if not wanted:  # it wants words alone
                    continue
                rows[0] += 1
                if _executable(grants, wanted):
                    rows[1] += 1
                    out.print(f"[red]executable[/] {name}/{attack} in {key}")
        table.add_row(name, *(str(one) for one in rows))
        attacks, executable, tasks, possible, free = (
            sum(pair) for pair in zip((attacks, executable, tasks, possible, free), rows, strict=True)
        )
    out.print(table)
    return {
        "attacks": attacks,
        "executable": executable,
        "tasks": tasks,
        "possible": possible,
        "without_question": free,
    }


def broken(figures: Figures) -> list[str]:
    """What fails, in words."""
    wrong = [f"{figures['executable']} attacks could act without a question"] if figures["executable"] else []
    lost = int(figures["tasks"]) - int(figures["possible"])
    return [*wrong, *([f"{lost} tasks of the person are impossible"] if lost else [])]
