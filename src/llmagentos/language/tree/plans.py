"""Tasks: what is to be done in which order, and how something is done here."""

from dataclasses import dataclass

from llmagentos.language.tree.acts import Act
from llmagentos.language.tree.standing import AnyOf
from llmagentos.language.units import Duration, Quantity


@dataclass(frozen=True, slots=True)
class Need:
    """How much of a shared resource a task takes while it runs: `"power" 2 kW`."""

    resource: str
    amount: Quantity


@dataclass(frozen=True, slots=True)
class Task:
    """Acts and tasks; one without any that is called like a method is done by that."""

    name: str
    after: tuple[str, ...] = ()
    duration: Duration | None = None
    """How long it lasts; with `until` how long that is thought to take."""
    needs: tuple[Need, ...] = ()
    deadline: int | None = None
    condition: AnyOf | None = None
    until: AnyOf | None = None
    together: bool = False
    """Its tasks are done beside each other, but for what they come after; else one after another."""
    steps: tuple["Act | Task", ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    title: str
    tasks: tuple[Task, ...]


@dataclass(frozen=True, slots=True)
class Method:
    """How something is done here: tasks that plans use by this name."""

    title: str
    tasks: tuple[Task, ...]
