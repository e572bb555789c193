"""Trying an order out, because a person says so: what it does is done now, looked at, and put back where that can be.

The surest answer to whether it would work tonight. Rights are those of who gave the order; what asks for a yes asks here too, and is not
put back: it is that person's act. A node that dies during a trial puts back what it changed when it starts again.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from llmagentos.agent.orders.standing import Standing
from llmagentos.agent.wording import say
from llmagentos.app.conversation import Conversation, undoing
from llmagentos.app.notices import Notices
from llmagentos.app.orders import Orders
from llmagentos.app.put_back import PutBack
from llmagentos.app.recorder import Recorder
from llmagentos.app.replies import Reply
from llmagentos.app.undo import inverse
from llmagentos.knowledge import World
from llmagentos.language import Program, render
from llmagentos.language import tree as t
from llmagentos.messages.records import Fired
from llmagentos.messages.snapshot import Speaker

STATE = "trials"
"""Of the journal."""
SHOWN_S = 3.0
"""How long it stays so that a person can see it."""


class Trials:
    """One per node, and one at a time: of two at once each would take the other's work for how it was. `keep` writes the state."""

    def __init__(
        self, conversation: Conversation, orders: Orders, notices: Notices, world: World, recorder: Recorder, *,
        keep: Callable[[dict[str, Any]], Awaitable[None]], shown_s: float = SHOWN_S,
    ) -> None:  # fmt: skip
        self._conversation, self._orders, self._notices = conversation, orders, notices
        self._world, self._recorder, self._keep, self._shown_s = world, recorder, keep, shown_s
        self._put_back = PutBack()
        self._one_at_a_time = asyncio.Lock()

    def load(self, state: dict[str, Any]) -> None:
        """Take up what `keep` wrote."""
        self._put_back.load(state)

    async def run(self, standing: Standing, principal: str) -> Reply:
        """Do what an order does; what came of it."""
        async with self._one_at_a_time:
            return await self._run(standing, principal)

    async def recover(self) -> None:
        """Put back what a trial of the last run left changed; the site is known by now."""
        async with self._one_at_a_time:
            for fired in self._put_back.noted():
                await self._end(fired, Speaker("owner", None, "trial", "orders"))

    async def _run(self, standing: Standing, principal: str) -> Reply:
        language, started = self._conversation.language, self._recorder.monotonic()
        speaker = Speaker(standing.principal, standing.area, "trial", "orders")
        fired = await self._recorder.write(
            Fired(**self._recorder.stamp(), source=f"person:{principal}", order=standing.id, sentence=self._orders.sentence(standing), why="tried")
        )  # fmt: skip
        if any(isinstance(one, t.Notify) for one in standing.order.actions):
            self._notices.tell(say("trial_notice", language, what=self._orders.told(standing, language)))
        acts = tuple(one for one in standing.order.actions if not isinstance(one, t.Notify | t.Delayed))
        if not acts:
            return await self._conversation.answer(say("trial_told", language), fired.id, speaker, started)
        turn = self._conversation.understand(render(Program(acts)), speaker, language)
        before = self._world.snapshot(self._recorder.now())
        self._put_back.note(fired.id, fired.id, turn.commands, before)
        await self._keep(self._put_back.dump())
        reply = await self._conversation.carry_out(turn, fired.id, speaker, started)
        if reply.kind in ("question", "refusal"):
            await self._forget(fired.id)
            return replace(reply, text=f"{reply.text} {say('trial_question', language)}") if reply.consent else reply
        if reply.kind == "done":
            await asyncio.sleep(self._shown_s)
        back = await self._end(fired.id, speaker)
        if reply.kind != "done" or not turn.commands:
            return reply
        if back is not None and back.kind != "done":
            return replace(back, text=f"{reply.text} {say('trial_not_back', language)} {back.text}")
        stays = any(inverse(one, before) is None for one in turn.commands)
        came = [reply.text, say("trial_stays" if stays else "trial_back", language)]
        return await self._conversation.answer(" ".join(came), fired.id, speaker, started)

    async def _end(self, fired: str, speaker: Speaker) -> Reply | None:
        """Put back what a trial changed and nobody has changed since; how that went, if there was anything."""
        due, reply = self._put_back.due(fired, self._world.snapshot(self._recorder.now())), None
        if due:
            turn = undoing(due, self._conversation.language)
            reply = await self._conversation.carry_out(turn, fired, speaker, self._recorder.monotonic())
        await self._forget(fired)
        return reply

    async def _forget(self, fired: str) -> None:
        self._put_back.forget(fired)
        await self._keep(self._put_back.dump())
