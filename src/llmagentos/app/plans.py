"""Plans under way: each act journaled before it is carried out, with the rights of who gave the plan; taken up after a crash where they stood.

What fails takes what rests on it along; the rest goes on. A plan that is cancelled ends what is under way and puts back what it changed, after
a crash too.
"""

import asyncio
import datetime as dt
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from llmagentos.agent.lately import span_of
from llmagentos.agent.orders.momentary import holds_now, of_time
from llmagentos.agent.outcomes import PlanOperation
from llmagentos.agent.plans.course import Course
from llmagentos.agent.plans.outline import PlanError
from llmagentos.agent.ports import Selecting
from llmagentos.agent.wording import Language, join, say
from llmagentos.app.conversation import Conversation, undoing
from llmagentos.app.methods import OwnMethods
from llmagentos.app.notices import Notices
from llmagentos.app.plan_acts import LOOK_S, PlanActs
from llmagentos.app.put_back import PutBack
from llmagentos.app.recorder import Recorder
from llmagentos.app.replies import Declined
from llmagentos.kernel.journal import JournalFailed
from llmagentos.language import GrammarError, Program, parse, render
from llmagentos.language import tree as t
from llmagentos.language.units import Quantity
from llmagentos.messages.records import PlanStep
from llmagentos.messages.site import Location
from llmagentos.messages.snapshot import Snapshot, Speaker

STATE = "plans"
"""Of the journal."""
KEPT, AGAIN_S = 20, 1.0
_log = logging.getLogger(__name__)


class Plans:
    """One per node. `keep` writes the state."""

    def __init__(
        self, conversation: Conversation, acts: PlanActs, notices: Notices, snapshot: Callable[[], Snapshot], recorder: Recorder, *,
        select: Selecting, zone: dt.tzinfo, place: Location | None, capacity: dict[str, Quantity], methods: OwnMethods,
        keep: Callable[[dict[str, Any]], Awaitable[None]],
    ) -> None:  # fmt: skip
        self._conversation, self._acts, self._notices = conversation, acts, notices
        self._snapshot, self._recorder, self._keep = snapshot, recorder, keep
        self._select, self._zone, self._place, self._capacity, self._methods = select, zone, place, capacity, methods
        self._looked: dict[tuple[str, int], int] = {}
        """For what steps wait for: the version of the site that was looked at last."""
        self._courses: dict[str, Course] = {}
        self._put_back = PutBack()
        self._running: dict[tuple[str, int], asyncio.Task[None]] = {}
        """Steps whose acts are carried out; -1 is putting back."""
        self._unreadable: list[str] = []

    def load(self, state: dict[str, Any]) -> None:
        """Take up what `keep` wrote; a plan that cannot be read any more is told and left out."""
        for one in state.get("courses") or ():
            try:
                course = Course(**one)
            except (TypeError, ValueError, GrammarError) as error:
                self._unreadable.append(f"{one.get('sentence')}: {error}")
                continue
            self._courses[course.id] = course
        self._put_back.load(state.get("put back") or {})

    def all(self) -> tuple[Course, ...]:
        """In the order in which they were given."""
        return tuple(self._courses.values())

    async def give(self, operation: PlanOperation, speaker: Speaker, language: Language, cause: str) -> str:
        """One more plan begins; what to say. Raises: Declined; JournalFailed, and then it has not begun."""
        try:
            sentence = render(Program((self._methods.expanded(operation.plan),)))
        except PlanError as error:
            raise Declined(say("plan", language, name=str(error))) from error
        turn = self._conversation.understand(sentence, speaker, language)
        if turn.kind != "timer":  # a method of the past, for a site that has changed
            raise Declined(turn.text)
        course = Course(
            self._recorder.next_id(), sentence, speaker.principal, speaker.area, cause, self._recorder.now(), language
        )
        try:
            await self._plan(course)
        except PlanError as error:
            raise Declined(say("plan", language, name=str(error))) from error
        self._courses[course.id] = course
        for old in [one.id for one in self.all() if one.settled][:-KEPT]:
            del self._courses[old]
        try:
            await self._save()
        except JournalFailed:
            del self._courses[course.id]
            raise
        return self.told(course)

    async def _plan(self, course: Course) -> None:
        await asyncio.to_thread(course.plan, self._capacity, self._minute_of_day)

    async def preview(self, sentence: str, language: Language) -> str:
        """What a plan would be, without beginning it. Raises: GrammarError, PlanError."""
        statements = parse(sentence).statements
        if len(statements) != 1 or not isinstance(statements[0], t.Plan):
            raise PlanError('that is no plan; one begins with: plan "NAME": task ...')
        plan = self._methods.expanded(statements[0])
        course = Course("preview", render(Program((plan,))), "owner", None, "", self._recorder.now(), language)
        await self._plan(course)
        return self.told(course)

    def told(self, course: Course) -> str:
        """A plan as a time line, and what would be late."""
        lines, language = [], course.language
        for number in sorted(range(len(course.steps)), key=lambda one: course.order[one]):
            step = course.steps[number]
            lasts = f" ({span_of(step.seconds, language, minutes=True)})" if step.seconds else ""
            lines.append(f"{dt.datetime.fromtimestamp(course.order[number], self._zone):%H:%M} {step.name}{lasts}")
        text = say("plan_given", language, title=f'"{course.title}"', steps=", ".join(lines))
        late = [course.steps[one].name for one in course.late(self._minute_of_day)]
        return f"{text} {say('plan_late', language, names=join(late, language))}" if late else text

    async def cancel(self, course: Course) -> None:
        """It ends here: acts under way come to their end, then what it changed and what can be put back is. Raises: JournalFailed."""
        course.cancel()
        await self._written(course, "", "cancelled")

    async def work(self) -> None:
        """Carry plans out, for ever."""
        while self._unreadable:
            await self._recorder.fault("plan", "cannot be read any more", self._unreadable.pop())
        while True:
            for course in self.all():
                if not course.settled:
                    await self._advance(course)
            await asyncio.sleep(LOOK_S)

    async def close(self) -> None:
        """What is under way stays journaled."""
        tasks = list(self._running.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _advance(self, course: Course) -> None:
        try:
            if not course.order:
                await self._plan(course)
            await self._look(course)
        except PlanError as error:  # the site has changed: there is less of something
            course.give_up(str(error))
            await self._save()

    async def _look(self, course: Course) -> None:
        """Steps that are over, steps that may begin; each is looked at again after every write, when somebody may have cancelled."""
        for number in course.lasted(self._recorder.now()):
            if course.status[number] == "running":
                await self._done(course, number)
        await self._wait(course)
        others = [
            step for other in self.all() if other is not course
            for step, status in zip(other.steps, other.status, strict=True) if status == "running"
        ]  # fmt: skip
        for number in course.ready(self._capacity, others, self._recorder.now()):
            if course.status[number] != "waiting":
                continue
            needed = self._holds(course, course.steps[number].condition)
            course.begin(number, self._recorder.now(), needed=needed)
            if needed:
                await self._save()
            else:
                await self._written(course, course.steps[number].name, "not needed")
        for number, status in enumerate(course.status):
            if status == "running" and course.acted[number] < len(course.steps[number].acts):
                self._run(course, number, self._act)
        if course.over and not any(key[0] == course.id for key in self._running):
            await self._end(course)

    async def _done(self, course: Course, number: int) -> None:
        course.status[number] = "done"
        await self._written(course, course.steps[number].name, "done")
        await self._methods.learn(course.steps[number].name, self._recorder.now() - course.begun[number])

    async def _failed(self, course: Course, number: int, why: str) -> None:
        name, lost = course.steps[number].name, course.fail(number, why)
        await self._written(course, name, "failed", why)
        await self._methods.learn(name, None)
        for one in lost:
            await self._written(course, course.steps[one].name, "skipped", f"{name} failed")

    async def _wait(self, course: Course) -> None:
        """Steps that last until something is so: looked at whenever the site, or the time of day that they wait for, has changed."""
        waiting, overdue = course.awaiting(self._recorder.now())
        version = self._snapshot().version
        for number in waiting:
            until, key = course.steps[number].until, (course.id, number)
            if course.status[number] != "running":
                continue  # somebody has cancelled it meanwhile
            before, self._looked[key] = self._looked.get(key), version
            if (before != version or (until is not None and of_time(until))) and self._holds(course, until):
                await self._done(course, number)
            elif number in overdue:
                await self._failed(course, number, say("plan_never", course.language))

    def _run(self, course: Course, number: int, work: Callable[[Course, int], Awaitable[None]]) -> None:
        key = (course.id, number)
        if key not in self._running:
            self._running[key] = asyncio.create_task(self._guarded(course, number, work))

    async def _guarded(self, course: Course, number: int, work: Callable[[Course, int], Awaitable[None]]) -> None:
        """Nothing that goes wrong here may leave a plan hanging."""
        try:
            await work(course, number)
        except JournalFailed as error:  # the disk is full: where it stands it goes on, later
            _log.error("plan %s waits: %s", course.title, error)
            await asyncio.sleep(AGAIN_S)
        except Exception as error:
            _log.error("plan %s failed", course.title, exc_info=error)
            if number >= 0:
                course.fail(number, f"{type(error).__name__}: {error}")
            else:
                course.undo = False
        finally:
            self._running.pop((course.id, number), None)

    async def _act(self, course: Course, number: int) -> None:
        """The acts of a step, from the one on which it stands."""
        step = course.steps[number]
        while course.acted[number] < len(step.acts) and course.status[number] == "running":
            why = await self._carried_out(course, number)
            if why and course.status[number] == "running":
                await self._failed(course, number, why)
                return
            course.acted[number] += 1
            course.records[number] = ""
            await self._save()

    async def _carried_out(self, course: Course, number: int) -> str:
        """One act; why it failed, or nothing."""
        if course.records[number]:
            why = await self._acts.became(course.records[number], course.language)
            if why is not None:
                return why
        act, speaker = course.steps[number].acts[course.acted[number]], self._speaker(course)
        if isinstance(act, t.Notify):
            await self._tell(course, str(act.text or course.title))
            return ""
        turn = self._conversation.understand(render(Program((act,))), speaker, course.language)
        key = f"{course.id} {number} {course.acted[number]}"
        self._put_back.note(key, key, turn.commands, self._snapshot())
        name = course.steps[number].name
        record = await self._written(course, name, "begun", act=course.acted[number], number=number)

        def asked(text: str) -> None:
            course.why[number] = text  # shown beside the step until somebody answers
            self._notices.tell(say("plan_yes", course.language, title=f'"{course.title}"', what=text))

        why = await self._acts.carry_out(turn, record, speaker, asked)
        course.why[number] = ""
        return why

    async def _end(self, course: Course) -> None:
        if course.undo:
            self._run(course, -1, self._undo)
            return
        title, language = f'"{course.title}"', course.language
        missed = [
            f"{step.name} ({why})" if why else step.name
            for step, status, why in zip(course.steps, course.status, course.why, strict=True)
            if status in ("failed", "skipped")
        ]
        course.told = True
        self._looked = {key: one for key, one in self._looked.items() if key[0] != course.id}
        self._put_back.forget(f"{course.id} ")
        await self._save()
        if "cancelled" not in course.status:
            await self._tell(course, say("plan_partly", language, title=title, names=join(missed, language)) if missed else say("plan_done", language, title=title))  # fmt: skip

    async def _undo(self, course: Course, _number: int) -> None:
        """Put back what a cancelled plan changed, and say what could not be."""
        back = self._put_back.earliest(f"{course.id} ", self._snapshot())
        text = say("plan_cancelled", course.language, title=f'"{course.title}"')
        if back:
            turn = undoing(back, course.language)
            reply = await self._conversation.carry_out(
                turn, course.cause, self._speaker(course), self._recorder.monotonic(), wait=True
            )
            text += f" {reply.text}" if reply.kind != "done" else ""
        course.undo = False
        await self._save()
        await self._tell(course, text)

    async def _tell(self, course: Course, text: str) -> None:
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

    def _minute_of_day(self, at: float) -> int:
        then = dt.datetime.fromtimestamp(at, self._zone)
        return then.hour * 60 + then.minute

    def _speaker(self, course: Course) -> Speaker:
        return Speaker(course.principal, course.area, f"plan {course.id}", "plans")

    def _holds(self, course: Course, condition: t.AnyOf | None) -> bool:
        """Whether a condition holds now; one that cannot be told does not."""
        if condition is None:
            return True
        return holds_now(condition, self._snapshot(), self._speaker(course), self._select, self._zone, self._place)
