"""The standing orders of a node: fed with what devices report, written down, and carried out as the person who gave them.

What comes about is journaled before it acts. Rights are those of the giver at that moment: every command passes the judge anew.
"""

import asyncio
import datetime as dt
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import asdict, replace
from types import MappingProxyType
from typing import Any

from llmagentos.agent.amending import Focus
from llmagentos.agent.orders.compile import CannotCompile
from llmagentos.agent.orders.standing import Due, Standing, StandingOrders
from llmagentos.agent.orders.stored import named
from llmagentos.agent.orders.told import tell, tell_cause
from llmagentos.agent.outcomes import OrderOperation
from llmagentos.agent.ports import Selecting
from llmagentos.agent.site_index import SiteIndex
from llmagentos.agent.wording import Language, say
from llmagentos.app.foresight import Foresight
from llmagentos.app.recorder import Recorder
from llmagentos.app.replies import Declined
from llmagentos.kernel.journal import JournalFailed
from llmagentos.language import Program, render
from llmagentos.language import tree as t
from llmagentos.messages.records import Fired, Observation
from llmagentos.messages.site import Location
from llmagentos.messages.snapshot import Held, Snapshot, Speaker
from llmagentos.reasoning.signals import Signal

LATEST_S = 600.0
"""What was due while the node was down is not done later than this; it is told."""
STATE, COURSE = "orders", "course of orders"
"""Of the journal: what stands, and how it goes with it, which is written whenever one fires."""
WAITING = 1_000
"""What has come about and is not carried out yet; more than that in one breath is a storm, and the rest is dropped and told."""
Obey = Callable[[Standing, Fired], Awaitable[None]]


class Orders:
    """One per node. `keep` writes the state."""

    def __init__(
        self, select: Selecting, zone: dt.tzinfo, place: Location | None, now: Callable[[], Snapshot], *,
        recorder: Recorder, keep: Callable[[Mapping[str, Any]], Awaitable[None]], foresight: Foresight,
    ) -> None:  # fmt: skip
        self._foresight = foresight
        self._standing = StandingOrders(select, zone, place)
        self._select, self._zone, self._place = select, zone, place
        self._now, self._recorder, self._keep = now, recorder, keep
        self._pending: deque[Due] = deque()
        self._fired: Fired | None = None
        """What the first of them is on disk as."""
        self._unfinished: list[Due] = []
        self._early: deque[Observation] = deque(maxlen=WAITING)
        self._arrived = asyncio.Event()
        self._snapshot: Snapshot | None = None
        self._causes: dict[str, str] = {}
        self._structure, self._sentences = -1, dict[str, str]()
        """Orders with the names that things have in this structure of the site."""
        self._dropped = 0
        self.changed = False
        """Whether what stands is otherwise than on disk."""
        self.begun = False

    def load(self, orders: Mapping[str, Any], course: Mapping[str, Any]) -> None:
        """Take up what was kept."""
        state = {**orders, **course}
        self._standing.load(state, state.get("at"))
        self._unfinished = [
            Due(one["order"], one["at"], one["why"], tuple(tuple(fact) for fact in one["because"]))
            for one in state.get("pending") or ()
        ]
        self._causes = dict(state.get("causes") or {})

    def begin(self, snapshot: Snapshot) -> None:
        """The site is known again: orders stand on what it says now, and what was due meanwhile is due."""
        self._snapshot = snapshot
        for one in self._unfinished:
            self._take([one])
        self._unfinished = []
        self._take(self._standing.begin(_before(self._early, snapshot), self._recorder.now()))
        self.begun = True
        while self._early:  # a button is not pressed again for a node that was not ready
            self.observed(self._early.popleft())

    def site(self, snapshot: Snapshot) -> None:
        """The site is so now; nothing to do unless its structure changed."""
        known, self._snapshot = self._snapshot, snapshot
        if known is None or known.structure != snapshot.structure:
            self._take(self._standing.site(snapshot, self._recorder.now()))

    def observed(self, observation: Observation) -> None:
        """A device reported something. One that is out of reach keeps what it said last: its silence is a trigger of its own."""
        if not self.begun:
            news = observation.quality == "good" and observation.previous is not None  # not what the broker remembers
            if news and observation.value != observation.previous:
                self._early.append(observation)
            return
        value = observation.value if isinstance(observation.value, str | bool | int | float) else None
        self._take(self._standing.reading(observation.entity, observation.property, value, self._recorder.now()))

    def advance(self) -> None:
        """Time has passed."""
        self._take(self._standing.advance(self._recorder.now()))

    def _take(self, due: Iterable[Due]) -> None:
        for one in due:
            if len(self._pending) >= WAITING:
                self._dropped += 1
                continue
            self._pending.append(one)
        if self._pending or self._standing.lapsed:
            self._arrived.set()

    async def work(self, obey: Obey) -> None:
        """Have what comes about carried out, in its order, for ever. Raises: JournalFailed; called again it goes on with the same."""
        while True:
            if self._dropped:
                dropped, self._dropped = self._dropped, 0
                await self._recorder.fault("orders", "storm", f"{dropped} events were dropped")
            while self._pending:
                standing = self._standing.get(self._pending[0].order)
                if standing is None:
                    self._done()
                else:
                    await self._fire(standing, self._pending[0], obey)
            if self._standing.lapsed:
                await self.save()
            await self._arrived.wait()
            self._arrived.clear()

    async def _fire(self, standing: Standing, due: Due, obey: Obey) -> None:
        late = due.why == "fired" and self._recorder.now() - due.at > LATEST_S
        if late and due.at in standing.fired:
            standing.fired.remove(due.at)  # what is not done leaves its place to another
        fired = self._fired or await self._written(standing, due, late=late)
        try:
            if fired.why in ("fired", "ended") and not late:
                await obey(standing, fired)
        except JournalFailed:  # nothing was done of it, and the disk may have room again soon
            raise
        except BaseException:
            self._done()
            raise
        self._done()

    async def _written(self, standing: Standing, due: Due, *, late: bool) -> Fired:
        """In one write: it has come about, and will not for this again. What is saved meanwhile comes to the disk after it."""
        self._fired = Fired(id=self._recorder.next_id(), at=due.at, source="agent.orders", causes=self._rests_on(standing, due), order=standing.id,
                            sentence=self.sentence(standing), why="late" if late else due.why)  # fmt: skip
        try:
            return await self._recorder.write(self._fired, state={COURSE: self._course()})
        except JournalFailed:
            self._fired, self._standing.lapsed = None, True
            raise

    def _done(self) -> None:
        self._pending.popleft()
        self._fired = None

    async def left_alone(self, standing: Standing, fired: Fired) -> Fired:
        """Somebody's hand beat an order; the record of that."""
        told = Fired(**self._recorder.stamp(), source="agent.orders", causes=(fired.id,), order=standing.id,
                     sentence=fired.sentence, why="hand")  # fmt: skip
        return await self._recorder.write(told)

    def get(self, order_id: str) -> Standing | None:
        """An order that stands."""
        return self._standing.get(order_id)

    def _rests_on(self, standing: Standing, due: Due) -> tuple[str, ...]:
        """The words that gave the order, and the newest record of each device that its trigger rested on."""
        snapshot = self._now()
        records = [
            held.record
            for entity, name in self._standing.signals_of(standing.id, due.because)
            if entity in snapshot.entities and (held := snapshot.entities[entity].values.get(name)) is not None
        ]
        given = self._causes.get(standing.id)
        return tuple(dict.fromkeys(one for one in (given, *records) if one))

    async def give(self, operation: OrderOperation, speaker: Speaker, language: Language, cause: str) -> str:
        """One more order; what to say. Raises: Declined."""
        if self.begun:
            self.site(self._now())  # it may speak of what has announced itself just now
        now, known = self._recorder.now(), self._standing.get(operation.replaces or "")
        if known is not None and speaker.principal not in (known.principal, "owner"):
            raise Declined(say("orders_of_others", language))
        standing = Standing(self._recorder.next_id(), operation.order, speaker.principal, speaker.area, now)
        if known is not None:  # what it did lately counts, and what it has changed is still to be put back
            active = known.active and operation.order.until is not None
            standing = replace(standing, id=known.id, paused=known.paused, active=active, fired=list(known.fired))
        try:
            due = self._standing.place(standing, now)
        except CannotCompile as error:  # the site has changed since it was understood
            raise Declined(say(error.reason, language, name=error.detail)) from error
        own = [one for one in due if one.order == standing.id]
        said, self._causes[standing.id] = self._causes.get(standing.id), cause
        self._sentences.pop(standing.id, None)
        try:
            await self._save_orders()
        except JournalFailed:
            self._take_back(standing, known, said)
            raise
        finally:
            self._take(one for one in due if one.order != standing.id)
        if known is not None:
            self._forget_pending(known.id)
        self._take(own)
        given = say("order_given", language, what=self.told(standing, language))
        return " ".join((given, *await self._foreseen(replace(standing, paused=False), language)))

    def focus(self, standing: Standing, language: Language) -> Focus:
        """An order as what is spoken of now."""
        return Focus(standing.id, self.sentence(standing), self.told(standing, language), self._recorder.now())

    def _forget_pending(self, order_id: str) -> None:
        """What an order had come about for before another took its place is not done; the first of all is being carried out."""
        first, waiting = int(self._fired is not None), list(self._pending)
        self._pending = deque([*waiting[:first], *(one for one in waiting[first:] if one.order != order_id)])

    def _take_back(self, standing: Standing, known: Standing | None, said: str | None) -> None:
        """What could not be written down does not stand; what it would have taken the place of does."""
        if known is None:
            self._take(self._standing.remove(standing.id, self._recorder.now()))
            del self._causes[standing.id]
            return
        self._take(self._standing.place(known, self._recorder.now()))
        self._sentences.pop(known.id, None)
        self._causes.update({known.id: said} if said is not None else {})

    async def warnings(self, operation: OrderOperation, speaker: Speaker, language: Language) -> list[str]:
        """What is to be said of an order before it stands."""
        known = self._standing.get(operation.replaces or "")
        instead = [say("order_instead", language, what=self.told(known, language))] if known is not None else []
        new = Standing(operation.replaces or "new", operation.order, speaker.principal, speaker.area, self._recorder.now())  # fmt: skip
        return [*instead, *await self._foreseen(new, language)]

    async def _foreseen(self, new: Standing, language: Language) -> list[str]:
        others = [one for one in self._standing.all() if one.id != new.id and one.suspended is None]
        return await self._foresight.of(new, others, language, lambda one: self.told(one, language))

    async def supposed(self, act: t.Act, speaker: Speaker, language: Language) -> str:
        """What the orders would do if something were done now, in words."""
        return self._foresight.supposed(
            act, speaker, self._standing.all(), language, lambda one: self.told(one, language)
        )

    async def remove(self, order_id: str) -> bool:
        """An order stands no longer; whether it did."""
        known = self._standing.get(order_id) is not None
        self._take(self._standing.remove(order_id, self._recorder.now()))
        self._causes.pop(order_id, None)
        await self._save_orders()
        return known

    async def pause(self, order_id: str, paused: bool) -> bool:
        """An order rests, or no longer; whether it is there."""
        self._standing.pause([order_id], paused)
        await self._save_orders()
        return self._standing.get(order_id) is not None

    def _course(self) -> dict[str, Any]:
        """As JSON; what is on disk as fired waits no longer."""
        done = int(self._fired is not None)
        return {
            **self._standing.dump_course(),
            "at": self._recorder.now(),
            "pending": [asdict(one) for one in list(self._pending)[done:]],
        }

    async def _save_orders(self) -> None:
        """What stands has changed; what could not be written of that is written with the next save."""
        self.changed = True
        await self.save()

    async def save(self) -> None:
        """How it goes with the orders, to disk, and what stands if that has changed. Raises: JournalFailed."""
        changed, self.changed, self._standing.lapsed = self.changed, False, False
        state = {COURSE: self._course()} if self.begun else {}  # else what is on disk is what the start will go on from
        if changed:
            state[STATE] = {"orders": self._standing.dump_orders(), "causes": self._causes}
        try:
            await self._keep(state)
        except JournalFailed:
            self.changed, self._standing.lapsed = self.changed or changed, True
            raise

    def watched_by(self, order_id: str) -> tuple[Signal, ...]:
        """The signals that an order rests on."""
        return self._standing.watched_by(order_id)

    def telling(self) -> frozenset[tuple[str, str]]:
        """The signals (entity, property) on which an order that tells people rests and can fire."""
        able = (one for one in self._standing.all() if not one.paused and one.suspended is None)
        telling = (one for one in able if any(isinstance(act, t.Notify) for act in one.order.actions))
        return frozenset((signal[0], signal[1]) for one in telling for signal in self._standing.watched_by(one.id))

    def all(self) -> tuple[Standing, ...]:
        """Every order."""
        return self._standing.all()

    def holds(self, order_id: str) -> bool:
        """Whether the trigger of an order holds now."""
        return self._standing.holds(order_id)

    def cause(self, standing: Standing, language: Language) -> str:
        """What came about, in plain words."""
        return (
            self.sentence(standing) if self._snapshot is None else tell_cause(standing.order, self._snapshot, language)
        )

    def told(self, standing: Standing, language: Language) -> str:
        """An order in plain words."""
        if self._snapshot is None:
            return self.sentence(standing)
        return tell(standing.order, self._snapshot, language)

    def sentence(self, standing: Standing) -> str:
        """An order in the site language, with the names of today."""
        if self._snapshot is None:
            return standing.sentence
        if self._structure != self._snapshot.structure:
            self._structure, self._sentences = self._snapshot.structure, {}
            self._index = SiteIndex(self._snapshot)
        known = self._sentences.get(standing.id)
        if known is None:
            tree = named(standing.order, self._snapshot, self._index.named)
            known = self._sentences[standing.id] = render(Program((tree,)))
        return known


def _before(early: Iterable[Observation], snapshot: Snapshot) -> Snapshot:
    """The site as it was before these: they are told one by one after it."""
    entities = dict(snapshot.entities)
    for one in reversed(list(early)):
        entity = entities.get(one.entity)
        if entity is not None:
            values = {key: held for key, held in entity.values.items() if key != one.property}
            if one.previous is not None:
                values[one.property] = Held(
                    one.previous, entity.values[one.property].at if one.property in entity.values else one.at
                )
            entities[one.entity] = replace(entity, values=MappingProxyType(values))
    return replace(snapshot, entities=MappingProxyType(entities))
