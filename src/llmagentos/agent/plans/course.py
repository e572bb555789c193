"""A plan under way: which step may begin, which is over, what a failure takes with it. Pure; the caller carries out and writes down."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from llmagentos.agent.plans.deferral import deferred
from llmagentos.agent.plans.outline import Capacity, Step, fits, steps_of, timeline
from llmagentos.agent.wording import Language
from llmagentos.language import parse
from llmagentos.language import tree as t

Status = Literal["waiting", "running", "done", "not needed", "failed", "skipped", "cancelled"]
PATIENCE, PATIENCE_S = 3, 1800.0
"""What lasts until something is so fails after so many times what it was thought to take, and so much longer at least."""
OVER: tuple[Status, ...] = ("done", "not needed", "failed", "skipped", "cancelled")
_KEPT = ("id", "sentence", "principal", "area", "cause", "given_at", "language", "status", "begun", "acted", "records", "why", "order", "not_before", "told", "undo")  # fmt: skip


@dataclass
class Course:
    """One plan. Lists are by step: `acted` is how many acts of it have been carried out, `records` what the act under way is caused by,
    `order` when it is planned to begin, `not_before` what need not begin yet. `undo`: it was cancelled, and is to be put back; `told`: all is done and said.

    Raises: GrammarError, PlanError, ValueError for what was kept of another plan than the sentence says.
    """

    id: str
    sentence: str
    principal: str
    area: str | None
    cause: str
    given_at: float
    language: Language = "en"
    status: list[Status] = field(default_factory=list)
    begun: list[float] = field(default_factory=list)
    acted: list[int] = field(default_factory=list)
    records: list[str] = field(default_factory=list)
    why: list[str] = field(default_factory=list)
    order: list[float] = field(default_factory=list)
    not_before: list[float] = field(default_factory=list)
    told: bool = False
    undo: bool = False
    steps: tuple[Step, ...] = ()
    title: str = ""

    def __post_init__(self) -> None:
        [plan] = parse(self.sentence).statements
        assert isinstance(plan, t.Plan)
        self.title, self.steps = str(plan.title), steps_of(plan)
        if not self.status:
            count = len(self.steps)
            self.status, self.begun, self.acted = ["waiting"] * count, [0.0] * count, [0] * count
            self.records, self.why = [""] * count, [""] * count
        lists = (self.status, self.begun, self.acted, self.records, self.why)
        if any(len(one) != len(self.steps) for one in lists) or any(
            len(one) not in (0, len(self.steps)) for one in (self.order, self.not_before)
        ):
            raise ValueError("its steps are not those that were kept")

    @property
    def over(self) -> bool:
        """Whether nothing of it is to come."""
        return all(one in OVER for one in self.status)

    @property
    def settled(self) -> bool:
        """Whether all of it is done, put back and said."""
        return self.over and self.told and not self.undo

    def plan(self, capacity: Capacity, minute_of_day: Callable[[float], int]) -> None:
        """When each step is to begin: as early as can be, but for what has a deadline. Raises: PlanError."""
        starts = timeline(self.steps, capacity)
        due = {
            number: self._due(step.deadline, minute_of_day)
            for number, step in enumerate(self.steps)
            if step.deadline is not None
        }
        later = deferred(self.steps, starts, due, capacity)
        for number in sorted(range(len(starts)), key=lambda one: starts[one]):
            ends = [starts[one] + self.steps[one].seconds for one in self.steps[number].after]
            starts[number] = max([starts[number], later.get(number, 0.0), *ends])
        self.not_before = [self.given_at + later[one] if one in later else 0.0 for one in range(len(starts))]
        self.order = [self.given_at + one for one in starts]

    def _due(self, deadline: int, minute_of_day: Callable[[float], int]) -> float:
        """Seconds from the beginning."""
        return (deadline - minute_of_day(self.given_at)) % (24 * 60) * 60.0

    def ready(self, capacity: Capacity, others: Sequence[Step], now: float) -> list[int]:
        """Steps that may begin: it is time for them, all they wait for is over and well, and there is enough of everything. `others` run in other plans."""
        found: list[int] = []
        for number in sorted(range(len(self.steps)), key=lambda one: self.order[one]):
            if self.status[number] != "waiting" or not all(
                self.status[one] in ("done", "not needed") for one in self.steps[number].after
            ):
                continue
            if self.not_before and now < self.not_before[number]:
                continue
            running = [one for index, one in enumerate(self.steps) if self.status[index] == "running" or index in found]
            if fits(self.steps[number], [*running, *others], capacity):
                found.append(number)
        return found

    def begin(self, number: int, now: float, *, needed: bool) -> None:
        """A step begins, or turns out not to be needed: its condition does not hold."""
        self.status[number] = "running" if needed else "not needed"
        self.begun[number] = now

    def lasted(self, now: float) -> list[int]:
        """Running steps whose acts are all carried out and whose time is over; a clock that was set back begins it anew."""
        self.begun = [min(one, now) for one in self.begun]
        return [one for one in self._acted() if self.steps[one].until is None and now >= self.begun[one] + self.steps[one].seconds]  # fmt: skip

    def awaiting(self, now: float) -> tuple[list[int], list[int]]:
        """Running steps whose acts are all carried out and that last until something is so; and those of them that have waited too long."""
        waiting = [one for one in self._acted() if self.steps[one].until is not None]
        longest = [max(PATIENCE * self.steps[one].seconds, self.steps[one].seconds + PATIENCE_S) for one in waiting]
        return waiting, [one for one, limit in zip(waiting, longest, strict=True) if now > self.begun[one] + limit]

    def _acted(self) -> list[int]:
        return [
            number
            for number, step in enumerate(self.steps)
            if self.status[number] == "running" and self.acted[number] == len(step.acts)
        ]

    def fail(self, number: int, why: str) -> list[int]:
        """A step failed; the steps that rest on it will not be done, and are returned."""
        self.status[number], self.why[number] = "failed", why
        lost = [number]
        for index, step in enumerate(self.steps):
            if self.status[index] == "waiting" and any(one in lost for one in step.after):
                self.status[index] = "skipped"
                lost.append(index)
        return lost[1:]

    def give_up(self, why: str) -> None:
        """Nothing more of it can be done."""
        self.why = [why if status not in OVER else known for status, known in zip(self.status, self.why, strict=True)]
        self.status = ["failed" if status not in OVER else status for status in self.status]

    def cancel(self) -> None:
        """What has not ended will not; what was changed is to be put back."""
        self.undo = True
        self.status = ["cancelled" if one not in OVER else one for one in self.status]

    def late(self, minute_of_day: Callable[[float], int]) -> list[int]:
        """Steps that would end after their deadline if they began when they are planned to."""
        return [
            number
            for number, step in enumerate(self.steps)
            if step.deadline is not None
            and self.order[number] + step.seconds - self.given_at > self._due(step.deadline, minute_of_day)
        ]

    def dump(self) -> dict[str, Any]:
        """As JSON."""
        return {name: getattr(self, name) for name in _KEPT}
