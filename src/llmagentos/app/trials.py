"""Trying an order out, because a person says so: what it does is done now, looked at, and put back where that can be.

The surest answer to whether it would work tonight. Rights are those of who gave the order; what asks for a yes asks here too.
"""

import asyncio

from llmagentos.agent.orders.standing import Standing
from llmagentos.agent.wording import say
from llmagentos.app.conversation import Conversation, undoing
from llmagentos.app.notices import Notices
from llmagentos.app.orders import Orders
from llmagentos.app.recorder import Recorder
from llmagentos.app.replies import Reply
from llmagentos.app.undo import inverse
from llmagentos.knowledge import World
from llmagentos.language import Program, render
from llmagentos.language import tree as t
from llmagentos.messages.records import Fired
from llmagentos.messages.snapshot import Speaker

SHOWN_S = 3.0
"""How long it stays so that a person can see it."""


class Trials:
    """One per node."""

    def __init__(self, conversation: Conversation, orders: Orders, notices: Notices, world: World, recorder: Recorder, shown_s: float = SHOWN_S) -> None:  # fmt: skip
        self._conversation, self._orders, self._notices = conversation, orders, notices
        self._world, self._recorder, self._shown_s = world, recorder, shown_s

    async def run(self, standing: Standing, principal: str) -> Reply:
        """Do what an order does; what came of it."""
        language, started = self._conversation.language, self._recorder.monotonic()
        speaker = Speaker(standing.principal, standing.area, "trial", "orders")
        fired = await self._recorder.write(
            Fired(**self._recorder.stamp(), source=f"person:{principal}", order=standing.id, sentence=self._orders.sentence(standing), why="tried")
        )  # fmt: skip
        if any(isinstance(one, t.Notify) for one in standing.order.actions):
            self._notices.tell(say("trial_notice", language, what=self._orders.told(standing, language)))
        acts = tuple(one for one in standing.order.actions if not isinstance(one, t.Notify | t.Delayed))
        if not acts:
            text = say("trial_told", language)
            return await self._conversation.answer(text, fired.id, speaker, started)
        turn = self._conversation.understand(render(Program(acts)), speaker, language)
        before = self._world.snapshot(self._recorder.now())
        inverses = [inverse(one, before) for one in turn.commands]
        reply = await self._conversation.carry_out(turn, fired.id, speaker, started)
        if reply.kind != "done" or not turn.commands:
            return reply
        await asyncio.sleep(self._shown_s)
        back = tuple(command for each in inverses for command in each or ())
        if back:
            await self._conversation.carry_out(undoing(back, language), fired.id, speaker, started)
        said = [reply.text, say("trial_stays" if None in inverses else "trial_back", language)]
        return await self._conversation.answer(" ".join(said), fired.id, speaker, started)
