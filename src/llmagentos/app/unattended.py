"""What the node does while nobody speaks to it: standing orders that fired and timers that were set to do something.

The rights are those of the person who gave the order or set the timer.
"""

import asyncio
import dataclasses
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from llmagentos.agent.orders.standing import Standing
from llmagentos.app.conversation import Conversation, undoing
from llmagentos.app.hands import Hands
from llmagentos.app.notices import Notices
from llmagentos.app.orders import Orders
from llmagentos.app.put_back import PutBack
from llmagentos.app.recorder import Recorder
from llmagentos.app.replies import Replies
from llmagentos.app.ringing import LATEST_S
from llmagentos.kernel.journal import SqliteJournal
from llmagentos.kernel.timers import Timer
from llmagentos.knowledge import World
from llmagentos.language import GrammarError, Program, render
from llmagentos.language import tree as t
from llmagentos.messages.records import Answer, Command, ConsentRequest, Fired, Intent, Record, Refusal
from llmagentos.messages.snapshot import Speaker
from llmagentos.policy.engine import dangerous

RECOVERED = 50
"""So many of the newest firings are looked at after a start: what came to nothing before the last run ended is among them."""


class Unattended:
    """One per node. `keep` writes what is to be put back."""

    def __init__(
        self, conversation: Conversation, orders: Orders, hands: Hands, notices: Notices, *,
        world: World, replies: Replies, recorder: Recorder, keep: Callable[[dict[str, Any]], Awaitable[None]],
    ) -> None:  # fmt: skip
        self._conversation, self._orders, self._hands, self._notices = conversation, orders, hands, notices
        self._world, self._replies, self._recorder, self._keep = world, replies, recorder, keep
        self._put_back = PutBack()
        self._held_up: dict[str, tuple[Fired, frozenset[str]]] = {}
        """Of an order: the firing that a hand held up, and whose hands are waited for."""

    def load(self, state: dict[str, Any]) -> None:
        """Take up what `keep` wrote."""
        self._put_back.load(state)

    async def obey(self, standing: Standing, fired: Fired, *, later: bool = False) -> None:
        """What a standing order says, or making it as it was at its end: people are told first, whatever becomes of the rest.

        `later`: people were told, and a hand held up the rest.
        """
        self._held_up.pop(standing.id, None)
        speaker = Speaker(standing.principal, standing.area, "orders", "orders")
        language = self._conversation.language
        if fired.why == "ended":
            await self._end(standing, fired, speaker)
            return
        cause = self._orders.cause(standing, language)
        actions = standing.order.actions
        for one in actions if not later else ():
            if isinstance(one, t.Notify):
                await self._tell(str(one.text or cause), fired.id, speaker)
        acts = tuple(one for one in actions if not isinstance(one, t.Notify))
        if not acts:
            return
        turn = self._conversation.understand(render(Program(acts)), speaker, language)
        free = tuple(one for one in turn.commands if not self._held_by_hand(one))
        if len(free) < len(turn.commands):
            await self._orders.left_alone(standing, fired)
            held = frozenset(one.entity for one in turn.commands) - {one.entity for one in free}
            self._held_up[standing.id] = fired, held
            turn = dataclasses.replace(turn, commands=free)
            if not free and not turn.timers:
                return
        if standing.order.until is not None:
            self._put_back.note(standing.id, fired.id, turn.commands, self._world.snapshot(self._recorder.now()))
            await self._keep(self._put_back.dump())
        reply = await self._conversation.carry_out(turn, fired.id, speaker, self._recorder.monotonic(), wait=False)
        if reply.kind in ("question", "refusal", "error"):  # nobody may be looking
            self._notices.tell(f"{cause}: {reply.text}")

    async def resume(self) -> None:
        """What hands have held up and hold up no longer is done now, where it is still called for."""
        for order_id, (fired, held) in list(self._held_up.items()):
            standing, now = self._orders.get(order_id), self._recorder.now()
            if standing is None or standing.paused or not self._orders.holds(order_id):
                del self._held_up[order_id]
            elif not any(self._hands.beats(one, now) for one in held):
                await self.obey(standing, fired, later=True)

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

    async def recover(self, journal: SqliteJournal) -> None:
        """Carry out what had fired when the last run ended and had come to nothing yet."""
        latest = journal.latest("Fired", limit=RECOVERED)
        fired = [one for one in latest if isinstance(one, Fired) and one.why in ("fired", "ended")]
        while not self._orders.begun:  # noqa: ASYNC110 - the node's own clock begins them
            await asyncio.sleep(0.05)
        for one in _held_up_last(latest):  # a new life knows of no hands
            standing = self._orders.get(one.order)
            if standing is not None and not standing.paused and self._orders.holds(one.order):
                await self.obey(standing, one, later=True)
        for one in reversed(fired):
            standing = self._orders.get(one.order)
            if standing is None or self._recorder.now() - one.at > LATEST_S:
                continue
            moves = one.why == "ended" or any(not isinstance(action, t.Notify) for action in standing.order.actions)
            if not _came_to(one, Intent | Refusal | ConsentRequest | Fired if moves else Answer, journal):
                await self.obey(standing, one)

    def _held_by_hand(self, command: Command) -> bool:
        """Whether somebody's hand beats an order here; never where harm is to be averted."""
        entity = self._world.entity(command.entity)
        return entity is not None and not dangerous(entity) and self._hands.beats(command.entity, self._recorder.now())

    async def _tell(self, text: str, cause: str, speaker: Speaker) -> None:
        await self._replies.give(cause, speaker, "answer", text, self._recorder.monotonic())
        self._notices.tell(text)


def _held_up_last(latest: Sequence[Record]) -> list[Fired]:
    """The newest of each order where that is that a hand held it up."""
    newest: dict[str, Fired] = {}
    for one in latest:
        if isinstance(one, Fired):
            newest.setdefault(one.order, one)
    return [one for one in newest.values() if one.why == "hand"]


def _came_to(record: Record, ends: Any, journal: SqliteJournal) -> bool:
    """Whether something of these kinds followed."""
    return any(isinstance(one, ends) or _came_to(one, ends, journal) for one in journal.effects(record.id))
