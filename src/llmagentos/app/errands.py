"""What a turn wants of the node itself rather than of a device: timers, alarms, lists, standing orders, notices."""

from collections.abc import Awaitable, Callable

from llmagentos.agent.outcomes import (
    AlarmOperation,
    ListOperation,
    MethodOperation,
    Notice,
    Operation,
    OrderOperation,
    OrdersOperation,
    PlanOperation,
    Question,
    TimerOperation,
    WatchOperation,
)
from llmagentos.agent.wording import Language, say
from llmagentos.app.annunciation import Annunciation
from llmagentos.app.notices import Notices
from llmagentos.app.order_words import OrderWords
from llmagentos.app.orders import Orders
from llmagentos.app.own_lists import OwnLists
from llmagentos.app.reminders import Reminders
from llmagentos.app.replies import Declined
from llmagentos.language import tree as t
from llmagentos.messages.snapshot import Speaker, room_of


class Errands:
    """Gives each operation to the part that knows it. `keep` writes the reminders down."""

    def __init__(
        self, reminders: Reminders, keep: Callable[[], Awaitable[None]], lists: OwnLists, orders: Orders, about_orders: OrderWords,
        alarms: Annunciation, notices: Notices,
    ) -> None:  # fmt: skip
        self._reminders, self._keep, self._lists, self._notices = reminders, keep, lists, notices
        self._orders, self._about_orders, self._alarms = orders, about_orders, alarms

    plan: Callable[[PlanOperation, Speaker, Language, str], Awaitable[str]]
    method: Callable[[MethodOperation, Speaker, Language], Awaitable[str]]
    """These begin a plan and remember a method; set once there is what does."""

    remember: Callable[[Question, Language], Awaitable[str]]
    """What only the node's memory can answer."""

    account: Callable[[Question, Language, Speaker], Awaitable[str]]
    """Why something is so, or was done."""

    async def answer(self, question: Question, language: Language, speaker: Speaker) -> str:
        """What is asked of more than the snapshot holds."""
        if isinstance(question.ask, t.WhatIf):
            return await self._orders.supposed(question.ask.action, speaker, language)
        if isinstance(question.ask, t.Why):
            return await self.account(question, language, speaker)
        return await self.remember(question, language)

    async def warnings(self, operation: Operation, language: Language, speaker: Speaker) -> list[str]:
        """What is to be said of one before it is done."""
        if isinstance(operation, OrderOperation):
            return await self._orders.warnings(operation, speaker, language)
        if isinstance(operation, OrdersOperation):
            return self._about_orders.warnings(operation, speaker, language)
        return []

    async def do(self, operation: Operation, language: Language, speaker: Speaker, cause: str) -> str:
        """Carry one out; what to say of it. Raises: Declined."""
        if room_of(speaker.principal) is not None and not _for_guests(operation):
            raise Declined(say("guest_no", language))
        if isinstance(operation, ListOperation):
            return await self._lists.do(operation, language)
        if isinstance(operation, OrderOperation):
            return await self._orders.give(operation, speaker, language, cause)
        if isinstance(operation, OrdersOperation):
            return await self._about_orders.do(operation, speaker, language)
        if isinstance(operation, WatchOperation):
            return await self._alarms.give(operation, speaker, language, cause)
        if isinstance(operation, PlanOperation):
            return await self.plan(operation, speaker, language, cause)
        if isinstance(operation, MethodOperation):
            return await self.method(operation, speaker, language)
        if isinstance(operation, Notice):
            text = operation.text or say("notice", language)
            self._notices.tell(text)
            return text
        text = self._reminders.do(operation, language, speaker, cause)
        await self._keep()
        return text


def _for_guests(operation: Operation) -> bool:
    """What a voice that nobody recognised may want of the node: a timer or a single alarm of its own. What others set, and what stands, is not for it to change."""
    if isinstance(operation, TimerOperation):
        return operation.verb == "start"
    if isinstance(operation, AlarmOperation):
        return operation.verb == "set" and not operation.repeats
    return isinstance(operation, OrdersOperation) and operation.verb == "list"
