"""Plans under way: each act journaled before it is carried out, with the rights of who gave the plan; taken up after a crash where they stood.

An act is done again only if nothing came of it, or where doing it twice is the same as once. What fails takes what rests on it along;
the rest goes on. A plan that is cancelled puts back what it changed.
"""

import asyncio
import datetime as dt
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from llmagentos.agent.effects import PlanOperation
from llmagentos.agent.lately import span_of
from llmagentos.agent.orders.compile import CannotCompile
from llmagentos.agent.orders.standing import Standing, StandingOrders
from llmagentos.agent.plans.course import Course
from llmagentos.agent.plans.outline import PlanError
from llmagentos.agent.ports import Selecting
from llmagentos.agent.wording import Language, join, say
from llmagentos.app.conversation import Conversation, undoing
from llmagentos.app.notices import Notices
from llmagentos.app.put_back import PutBack
from llmagentos.app.recorder import Recorder
from llmagentos.app.replies import Reply
from llmagentos.kernel.journal import SqliteJournal
from llmagentos.language import Program, parse, render
from llmagentos.language import tree as t
from llmagentos.language.units import Quantity
from llmagentos.messages.records import ConsentRequest, Intent, PlanStep, Receipt, Record, Refusal
from llmagentos.messages.site import Location
from llmagentos.messages.snapshot import Snapshot, Speaker

STATE = "plans"
"""Of the journal."""
LOOK_S, KEPT, TRIES = 0.25, 20, 2
RECEIPT_S = 90.0
"""After that an act that was under way at a crash counts as failed."""


class Plans:
    """One per node. `keep` writes the state."""

    def __init__(
        self, conversation: Conversation, notices: Notices, snapshot: Callable[[], Snapshot], recorder: Recorder, journal: SqliteJournal, *,
        select: Selecting, zone: dt.tzinfo, place: Location | None, capacity: dict[str, Quantity],
        keep: Callable[[dict[str, Any]], Awaitable[None]], awaits: Callable[[str], bool],
    ) -> None:  # fmt: skip
        self._conversation, self._notices, self._snapshot = conversation, notices, snapshot
        self._recorder, self._journal, self._keep, self._awaits = recorder, journal, keep, awaits
        self._select, self._zone, self._place, self._capacity = select, zone, place, capacity
        self._courses: dict[str, Course] = {}
        self._order: dict[str, list[float]] = {}
        self._put_back = PutBack()
        self._acting: dict[tuple[str, int], asyncio.Task[None]] = {}

    def load(self, state: dict[str, Any]) -> None:
        """Take up what `keep` wrote."""
        for one in state.get("courses") or ():
            course = Course(**one)
            self._courses[course.id] = course
        self._put_back.load(state.get("put back") or {})

    def all(self) -> tuple[Course, ...]:
        """In the order in which they were given."""
        return tuple(self._courses.values())

    async def give(self, operation: PlanOperation, speaker: Speaker, language: Language, cause: str) -> str:
        """One more plan begins; what to say."""
        sentence = render(Program((operation.plan,)))
        course = Course(
            self._recorder.next_id(), sentence, speaker.principal, speaker.area, cause, self._recorder.now()
        )
        try:
            told = self.told(course, language)
        except PlanError as error:
            return say("plan", language, name=str(error))
        self._courses[course.id] = course
        for old in [one.id for one in self.all() if one.over][:-KEPT]:
            del self._courses[old]
        await self._save()
        return told

    def told(self, course: Course, language: Language) -> str:
        """A plan as a time line, and what would be late. Raises: PlanError."""
        order = self.planned(course)
        lines = []
        for number in sorted(range(len(course.steps)), key=lambda one: order[one]):
            step = course.steps[number]
            lasts = f" ({span_of(step.seconds, language, minutes=True)})" if step.seconds else ""
            lines.append(f"{dt.datetime.fromtimestamp(order[number], self._zone):%H:%M} {step.name}{lasts}")
        text = say("plan_given", language, title=f'"{course.title}"', steps=", ".join(lines))
        late = [course.steps[one].name for one in course.late(order, self._minute_of_day)]
        return f"{text} {say('plan_late', language, names=join(late, language))}" if late else text

    async def cancel(self, course: Course) -> None:
        """It ends here; what it changed and what can be put back is, the last first."""
        for key in [one for one in self._acting if one[0] == course.id]:
            self._acting.pop(key).cancel()
        begun = [number for number, status in enumerate(course.status) if status == "running" or course.acted[number]]
        course.cancel()
        course.told = True
        record = await self._written(course, "", "cancelled")
        speaker = self._speaker(course)
        for number in reversed(begun):
            for act in reversed(range(course.acted[number] + 1)):
                back = self._put_back.due(f"{course.id} {number} {act}", self._snapshot())
                if back:
                    turn = undoing(back, self._conversation.language)
                    await self._conversation.carry_out(turn, record, speaker, self._recorder.monotonic(), wait=False)

    async def work(self) -> None:
        """Carry plans out, for ever."""
        while True:
            for course in self.all():
                if not course.over or not course.told:
                    await self._advance(course)
            await asyncio.sleep(LOOK_S)

    async def _advance(self, course: Course) -> None:
        now = self._recorder.now()
        for number in course.lasted(now):
            course.status[number] = "done"
            await self._written(course, course.steps[number].name, "done")
        others = [
            step for other in self.all() if other is not course
            for step, status in zip(other.steps, other.status, strict=True) if status == "running"
        ]  # fmt: skip
        for number in course.ready(self._capacity, self.planned(course), others):
            needed = self._holds(course, course.steps[number].condition)
            course.begin(number, now, needed=needed)
            if not needed:
                await self._written(course, course.steps[number].name, "not needed")
        for number, status in enumerate(course.status):
            key = (course.id, number)
            if (
                status == "running"
                and key not in self._acting
                and course.acted[number] < len(course.steps[number].acts)
            ):
                self._acting[key] = asyncio.create_task(self._act(course, number))
        if course.over and not course.told:
            course.told = True
            await self._save()
            await self._ended(course)

    async def _act(self, course: Course, number: int) -> None:
        """The acts of a step, from the one on which it stands."""
        step = course.steps[number]
        try:
            while course.acted[number] < len(step.acts):
                why = await self._carried_out(course, number)
                if why:
                    lost = course.fail(number, why)
                    await self._written(course, step.name, "failed", why)
                    for one in lost:
                        await self._written(course, course.steps[one].name, "skipped", f"{step.name} failed")
                    return
                course.acted[number] += 1
                course.records[number] = ""
                await self._save()
        finally:
            self._acting.pop((course.id, number), None)

    async def _carried_out(self, course: Course, number: int) -> str:
        """One act, tried again where that is safe; why it failed, or nothing."""
        why = await self._left_open(course, number)
        if why is not None:
            return why
        act, safe = course.steps[number].acts[course.acted[number]], True
        for attempt in range(TRIES):
            speaker = self._speaker(course)
            turn = self._conversation.understand(render(Program((act,))), speaker, self._conversation.language)
            safe = all(one.idempotent for one in turn.commands)
            key = f"{course.id} {number} {course.acted[number]}"
            record = await self._written(
                course, course.steps[number].name, "begun", act=course.acted[number], number=number
            )
            if attempt == 0:
                self._put_back.note(key, record, turn.commands, self._snapshot())
                await self._save()
            reply = await self._conversation.carry_out(turn, record, speaker, self._recorder.monotonic(), wait=True)
            if reply.consent is not None:
                return await self._consented(course, reply)
            if reply.kind in ("done", "answer"):
                return ""
            if reply.kind != "error" or not safe:
                return reply.text
        return reply.text

    async def _consented(self, course: Course, reply: Reply) -> str:
        """Wait for somebody's yes."""
        language = self._conversation.language
        self._notices.tell(say("plan_yes", language, title=f'"{course.title}"', what=reply.text))
        assert reply.consent is not None
        while self._awaits(reply.consent):  # noqa: ASYNC110 - a person takes minutes
            await asyncio.sleep(LOOK_S)
        return await self._receipts(reply.consent) or ""

    async def _left_open(self, course: Course, number: int) -> str | None:
        """What became of the act that was under way when the last run ended; None if it has to be done (again)."""
        record = course.records[number]
        if not record:
            return None
        if not _all_of(record, Intent | Refusal | ConsentRequest, self._journal):
            return None
        return await self._receipts(record)

    async def _receipts(self, record: str) -> str | None:
        """Wait for the receipts of all that a record led to: nothing if all is well, else why not."""
        intents = [one for one in _all_of(record, Intent, self._journal) if isinstance(one, Intent)]
        if not intents:
            return "nobody said yes"
        until = self._recorder.monotonic() + RECEIPT_S
        while self._recorder.monotonic() < until:
            ends = [one for intent in intents for one in self._journal.effects(intent.id) if isinstance(one, Receipt)]
            if len(ends) >= len(intents):
                bad = [one for one in ends if one.outcome != "verified"]
                return bad[0].detail or "it does not show" if bad else ""
            await asyncio.sleep(LOOK_S)
        return "no device said what became of it"

    async def _ended(self, course: Course) -> None:
        language = self._conversation.language
        missed = [
            f"{step.name} ({why or status})" if status == "failed" else step.name
            for step, status, why in zip(course.steps, course.status, course.why, strict=True)
            if status in ("failed", "skipped")
        ]
        title = f'"{course.title}"'
        text = say("plan_partly", language, title=title, names=join(missed, language)) if missed else say("plan_done", language, title=title)  # fmt: skip
        await self._conversation.tell(text, course.cause, self._speaker(course))
        self._notices.tell(text)

    async def _written(self, course: Course, step: str, status: Any, detail: str = "", *, act: int = 0, number: int | None = None) -> str:  # fmt: skip
        """In one write with the state: what becomes of a step; the id of the record."""
        record = PlanStep(**self._recorder.stamp(), source="agent.plans", causes=(course.cause,), plan=course.id, step=step,
                          status=status, act=act, detail=detail)  # fmt: skip
        if number is not None:
            course.records[number] = record.id
        return (await self._recorder.write(record, state={STATE: self.dump()})).id

    async def _save(self) -> None:
        await self._keep(self.dump())

    def dump(self) -> dict[str, Any]:
        """As JSON."""
        return {"courses": [one.dump() for one in self.all()], "put back": self._put_back.dump()}

    def planned(self, course: Course) -> list[float]:
        """When each step begins if all goes well. Raises: PlanError."""
        if course.id not in self._order:
            self._order[course.id] = course.planned(self._capacity)
        return self._order[course.id]

    def _minute_of_day(self, at: float) -> int:
        then = dt.datetime.fromtimestamp(at, self._zone)
        return then.hour * 60 + then.minute

    def _speaker(self, course: Course) -> Speaker:
        return Speaker(course.principal, course.area, f"plan {course.id}")

    def _holds(self, course: Course, condition: t.AnyOf | None) -> bool:
        """Whether a condition holds now; one that cannot be told does not."""
        if condition is None:
            return True
        snapshot = self._snapshot()
        standing = StandingOrders(self._select, self._zone, self._place)
        standing.begin(snapshot, snapshot.at)
        order = t.Order(condition, None, None, None, None, (t.Notify("owner"),))
        try:
            standing.place(Standing("if", order, course.principal, course.area, snapshot.at), snapshot.at)
        except CannotCompile:
            return False
        return standing.holds("if")

    def preview(self, sentence: str, language: Language) -> str:
        """What a plan would be, without beginning it. Raises: GrammarError, PlanError."""
        statements: Sequence[Any] = parse(sentence).statements
        if len(statements) != 1 or not isinstance(statements[0], t.Plan):
            raise PlanError('that is no plan; one begins with: plan "NAME": task ...')
        return self.told(
            Course("preview", render(Program((statements[0],))), "owner", None, "", self._recorder.now()), language
        )


def _all_of(record: str, kinds: Any, journal: SqliteJournal) -> list[Record]:
    """Everything of these kinds that followed from a record."""
    found: list[Record] = []
    for one in journal.effects(record):
        found += [one] if isinstance(one, kinds) else []
        if not isinstance(one, Receipt):
            found += _all_of(one.id, kinds, journal)
    return list({one.id: one for one in found}.values())
