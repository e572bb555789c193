"""What speaks against standing orders, looked at one order after the other, and said when it changes."""

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

from llmagentos.agent.effects import effect
from llmagentos.agent.orders.promises import Devices, Doubt, Evidence, devices_of, doubts
from llmagentos.agent.orders.standing import Standing
from llmagentos.agent.outcomes import CannotDo, Commands
from llmagentos.agent.ports import Selecting
from llmagentos.agent.wording import Language, say
from llmagentos.app.notices import Notices
from llmagentos.app.recorder import Recorder
from llmagentos.language import tree as t
from llmagentos.messages.records import Command
from llmagentos.messages.snapshot import Snapshot, Speaker
from llmagentos.policy import Judge, Verdict
from llmagentos.reasoning.signals import Signal


class Promised(Protocol):
    """What is to happen when something comes about: orders, alarms."""

    def all(self) -> tuple[Standing, ...]: ...

    def watched_by(self, order_id: str, /) -> tuple[Signal, ...]: ...

    def told(self, standing: Standing, language: Language) -> str: ...


class Doubting:
    """One per node."""

    def __init__(
        self, promised: Sequence[Promised], evidence: Evidence, judge: Judge, notices: Notices, select: Selecting, now: Callable[[], Snapshot], recorder: Recorder
    ) -> None:  # fmt: skip
        self._promised, self._evidence, self._judge, self._notices = promised, evidence, judge, notices
        self._select, self._now, self._recorder = select, now, recorder
        self._structure = -1
        self._devices: Devices = {}
        self._rights: dict[tuple[str, str], Verdict] = {}
        """Of a person and a command, as long as the site is what it is."""
        self._doubted: dict[str, tuple[Doubt, ...]] = {}
        self._looked_at = -1
        self.rounds = 0
        """How often a look at all orders has begun."""

    def of(self, standing: Standing, language: Language) -> list[str]:
        """What speaks against this order working when it is needed, in words, as it was last looked at."""
        return [self._told(one, language) for one in self._doubted.get(standing.id, ())]

    async def look(self, language: Language) -> None:
        """At the next order, one at a time so that nothing waits for it: say if it has become doubtful that it would work, or no longer is."""
        orders = [(one, each) for each in self._promised for one in each.all()]
        if not orders:
            return
        self._looked_at = (self._looked_at + 1) % len(orders)
        if self._looked_at == 0:
            self.rounds += 1
            standing_now = {one.id for one, _ in orders}
            self._doubted = {key: one for key, one in self._doubted.items() if key in standing_now}
        standing, kept = orders[self._looked_at]
        now, before = self._found(standing, kept), self._doubted.get(standing.id, ())
        if now != before:
            self._doubted[standing.id] = now
            why = ", ".join(self._told(one, language) for one in now)
            await self._recorder.fault(kept.told(standing, language), "at risk" if now else "sound again", why)

    def _found(self, standing: Standing, kept: Promised) -> tuple[Doubt, ...]:
        if standing.paused:
            return ()
        if standing.suspended is not None:
            reason, _, detail = standing.suspended.partition(": ")
            return (Doubt(detail, "gone" if reason == "absent" else "impossible"),)
        now, moved, others = self._now(), list[str](), set[Doubt]()
        if now.structure != self._structure:
            self._structure, self._devices, self._rights = now.structure, devices_of(now), {}
        speaker = Speaker(standing.principal, standing.area, standing.id)
        for act in standing.order.actions:
            outcome = effect(act.action if isinstance(act, t.Delayed) else act, now, speaker, self._select)
            commands = outcome.commands if isinstance(outcome, Commands) else ()
            moved += [one.entity for one in commands]
            others.update(self._not_allowed(commands, standing.principal, now))
            if isinstance(act, t.Notify) and self._notices.failing:
                others.add(Doubt("notice", "undelivered"))
            if isinstance(outcome, CannotDo) and outcome.reason != "later":
                others.add(Doubt(outcome.detail, "gone" if outcome.reason == "absent" else "impossible"))
        found = doubts(kept.watched_by(standing.id), moved, now, self._evidence, self._devices)
        return tuple(sorted({*found, *others}))

    def _not_allowed(self, commands: tuple[Command, ...], principal: str, now: Snapshot) -> Iterator[Doubt]:
        for one in commands:
            key = (principal, one.digest())
            if key not in self._rights:
                self._rights[key] = self._judge.ever(one, principal, now, agent="orders")
            verdict = self._rights[key]
            if verdict.kind != "approve":
                yield Doubt(one.entity, "asks" if verdict.kind == "ask" else "forbidden")

    def _told(self, one: Doubt, language: Language) -> str:
        entity = self._now().entities.get(one.entity)
        return say(f"doubt_{one.reason}", language, name=entity.name if entity is not None else one.entity)
