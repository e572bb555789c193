"""What the node does while nobody speaks to it: standing orders that fired and timers that were set to do something.

The rights are those of the person who gave the order or set the timer.
"""

import asyncio
import dataclasses
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from llmagentos.agent.dialogue import Turn
from llmagentos.agent.orders.standing import Standing
from llmagentos.app.conversation import Conversation, undoing
from llmagentos.app.hands import Hands
from llmagentos.app.notices import Notices
from llmagentos.app.orders import Orders
from llmagentos.app.put_back import PutBack
from llmagentos.app.recorder import Recorder
from llmagentos.app.replies import Replies
from llmagentos.app.ringing import LATEST_S
from llmagentos.kernel.journal import JournalFailed, SqliteJournal
from llmagentos.kernel.timers import Timer
from llmagentos.knowledge import World
from llmagentos.language import GrammarError, Program, render
from llmagentos.language import tree as t
from llmagentos.messages.records import Answer, Command, ConsentRequest, Fired, Intent, PlanStep, Record, Refusal
from llmagentos.messages.snapshot import Speaker
from llmagentos.policy.engine import dangerous

_OUTCOMES = Intent | Refusal | ConsentRequest | PlanStep
RECOVERED = 50
"""So many of the newest firings are looked at after a start: what came to nothing before the last run ended is among them."""


@dataclass(frozen=True, slots=True)
class _HeldUp:
    """What a hand kept an order from: the record of that, and the devices that it is done to when nobody's hand is on them any more."""

    record: Fired
    entities: frozenset[str]


class Unattended:
    """One per node. `keep` writes what is to be put back; `taken_up` knows whether a plan or a timer began because of a record."""

    def __init__(
        self, conversation: Conversation, orders: Orders, hands: Hands, notices: Notices, *, world: World, replies: Replies, recorder: Recorder,
        journal: SqliteJournal, taken_up: Callable[[str], bool], keep: Callable[[dict[str, Any]], Awaitable[None]],
    ) -> None:  # fmt: skip
        self._conversation, self._orders, self._hands, self._notices = conversation, orders, hands, notices
        self._world, self._replies, self._recorder, self._journal = world, replies, recorder, journal
        self._taken_up, self._keep = taken_up, keep
        self._put_back = PutBack()
        self._held_up: dict[str, _HeldUp] = {}
        """Of an order: what a hand held up of its last firing."""

    def load(self, state: dict[str, Any]) -> None:
        """Take up what `keep` wrote."""
        self._put_back.load(state)

    async def obey(self, standing: Standing, fired: Fired) -> None:
        """What a standing order says, or making it as it was at its end: people are told first, whatever becomes of the rest."""
        self._held_up.pop(standing.id, None)
        speaker, language = _speaker(standing), self._conversation.language
        if fired.why == "ended":
            await self._end(standing, fired, speaker)
            return
        for one in standing.order.actions:
            if isinstance(one, t.Notify):
                await self._tell(str(one.text or self._orders.cause(standing, language)), fired.id, speaker)
        self._conversation.attend(standing.principal, self._orders.focus(standing, language))
        turn = self._wanted(standing)
        if turn is None:
            return
        free = tuple(one for one in turn.commands if not self._held_by_hand(one))
        held = frozenset(one.entity for one in turn.commands) - {one.entity for one in free}
        if held:
            self._held_up[standing.id] = _HeldUp(await self._orders.left_alone(standing, fired), held)
        ends = standing.order.until is not None  # then what the last firing changed is not this one's to put back
        if free or turn.timers or ends:
            await self._do(standing, fired, dataclasses.replace(turn, commands=free))

    def _wanted(self, standing: Standing) -> Turn | None:
        """What an order does beside telling people."""
        acts = tuple(one for one in standing.order.actions if not isinstance(one, t.Notify))
        if not acts:
            return None
        return self._conversation.understand(render(Program(acts)), _speaker(standing), self._conversation.language)

    async def _do(self, standing: Standing, fired: Fired, turn: Turn, *, further: bool = False) -> None:
        if standing.order.until is not None:
            before = self._world.snapshot(self._recorder.now())
            self._put_back.note(standing.id, fired.id, turn.commands, before, further=further)
            await self._keep(self._put_back.dump())
        if not turn.commands and not turn.timers:
            return
        reply = await self._conversation.carry_out(
            turn, fired.id, _speaker(standing), self._recorder.monotonic(), wait=False
        )
        if reply.kind in ("question", "refusal", "error"):  # nobody may be looking
            self._notices.tell(f"{self._orders.cause(standing, self._conversation.language)}: {reply.text}")

    async def resume(self) -> None:
        """What hands have held up and hold up no longer is done now, where it is still called for. Raises: JournalFailed, and then it still waits."""
        for order_id, held in list(self._held_up.items()):
            standing, now = self._orders.get(order_id), self._recorder.now()
            if standing is None or standing.paused or not self._orders.holds(order_id):
                del self._held_up[order_id]
            elif not any(self._hands.beats(one, now) for one in held.entities):
                del self._held_up[order_id]
                try:
                    await self._later(standing, held)
                except JournalFailed:
                    self._held_up.setdefault(order_id, held)
                    raise

    async def _later(self, standing: Standing, held: _HeldUp) -> None:
        """To the devices that hands were on, and to them alone: the rest of the order is done."""
        turn = self._wanted(standing)
        commands = tuple(one for one in turn.commands if one.entity in held.entities) if turn is not None else ()
        if turn is not None and commands:
            await self._do(standing, held.record, dataclasses.replace(turn, commands=commands, timers=()), further=True)

    async def _end(self, standing: Standing, fired: Fired, speaker: Speaker) -> None:
        """Make it as it was before an order acted, but for what somebody has changed since."""
        due = self._put_back.due(standing.id, self._world.snapshot(self._recorder.now()))
        commands = tuple(one for one in due if not self._held_by_hand(one))
        if commands:
            turn = undoing(commands, self._conversation.language)
            await self._conversation.carry_out(turn, fired.id, speaker, self._recorder.monotonic(), wait=False)

    async def act(self, timer: Timer, speaker: Speaker) -> None:
        """What a timer was set to do."""
        late = self._recorder.now() - timer.ends_at
        if late > LATEST_S:
            await self._recorder.fault("timer", "too late to act", f"{timer.action}, due {late / 60:.0f} minutes ago")
            return
        try:
            turn = self._conversation.understand(timer.action or "", speaker)
        except GrammarError as error:
            await self._recorder.fault("timer", "cannot be read any more", f"{timer.action}: {error}")
            return
        await self._conversation.carry_out(
            turn, timer.cause or timer.id, speaker, self._recorder.monotonic(), wait=False
        )

    async def recover(self) -> None:
        """Carry out what had fired when the last run ended and had come to nothing yet."""
        latest = self._journal.latest("Fired", limit=RECOVERED)
        fired = [one for one in latest if isinstance(one, Fired) and one.why in ("fired", "ended")]
        while not self._orders.begun:  # noqa: ASYNC110 - the node's own clock begins them
            await asyncio.sleep(0.05)
        for one in _held_up_last(latest):  # a new life knows of no hands
            standing = self._orders.get(one.order)
            done = _followed(one.id, _OUTCOMES, self._journal)
            if (
                standing is not None
                and one.at >= standing.placed_at
                and not standing.paused
                and not done
                and self._orders.holds(one.order)
            ):
                await self._later(standing, _HeldUp(one, self._left(standing, one)))
        for one in reversed(fired):
            standing = self._orders.get(one.order)
            if (
                standing is not None
                and one.at >= standing.placed_at  # what another order in its place fired for is not its own
                and self._recorder.now() - one.at <= LATEST_S
                and not self._came_about(one, standing)
            ):
                await self.obey(standing, one)

    def _left(self, standing: Standing, hand: Fired) -> frozenset[str]:
        """The devices of an order that what it was kept from by a hand did not reach."""
        reached = {one.command.entity for cause in hand.causes for one in _followed(cause, Intent, self._journal) if isinstance(one, Intent)}  # fmt: skip
        turn = self._wanted(standing)
        return frozenset(one.entity for one in turn.commands if one.entity not in reached) if turn else frozenset()

    def _came_about(self, fired: Fired, standing: Standing) -> bool:
        """Whether what an order does has been done, or begun, or been found impossible; of one that only tells, whether it has told."""
        tells = fired.why == "fired" and all(isinstance(action, t.Notify) for action in standing.order.actions)
        if tells:
            return bool(_followed(fired.id, Answer, self._journal))
        if self._taken_up(fired.id) or _followed(fired.id, _OUTCOMES | Fired, self._journal):
            return True
        answers = [one for one in _followed(fired.id, Answer, self._journal) if isinstance(one, Answer)]
        return any(one.kind in ("done", "refusal") for one in answers)

    def _held_by_hand(self, command: Command) -> bool:
        """Whether somebody's hand beats an order here; never where harm is to be averted."""
        entity = self._world.entity(command.entity)
        return entity is not None and not dangerous(entity) and self._hands.beats(command.entity, self._recorder.now())

    async def _tell(self, text: str, cause: str, speaker: Speaker) -> None:
        await self._replies.give(cause, speaker, "answer", text, self._recorder.monotonic())
        self._notices.tell(text)


def _speaker(standing: Standing) -> Speaker:
    return Speaker(standing.principal, standing.area, "orders", "orders")


def _held_up_last(latest: Sequence[Record]) -> list[Fired]:
    """The newest of each order where that is that a hand held it up. Trials tell nothing of that."""
    newest: dict[str, Fired] = {}
    for one in latest:
        if isinstance(one, Fired) and one.why != "tried":
            newest.setdefault(one.order, one)
    return [one for one in newest.values() if one.why == "hand"]


def _followed(record: str, kinds: Any, journal: SqliteJournal) -> list[Record]:
    """What of these kinds followed."""
    found: list[Record] = []
    for one in journal.effects(record):
        found += [*([one] if isinstance(one, kinds) else []), *_followed(one.id, kinds, journal)]
    return found
