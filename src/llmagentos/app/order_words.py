"""What people ask and change in words of the orders that stand. Everybody changes their own; the owner everybody's."""

from collections.abc import Callable, Sequence

from llmagentos.agent.amending import Focus
from llmagentos.agent.orders.standing import Standing
from llmagentos.agent.outcomes import OrdersOperation
from llmagentos.agent.ports import Selecting
from llmagentos.agent.wording import Language, say
from llmagentos.app.orders import Orders
from llmagentos.app.replies import Declined
from llmagentos.language import selectors
from llmagentos.messages.snapshot import Found, Snapshot, Speaker


class OrderWords:
    """One per node. `attend` is told which order is spoken of now."""

    def __init__(self, orders: Orders, select: Selecting, now: Callable[[], Snapshot]) -> None:
        self._orders, self._select, self._now = orders, select, now
        self._shown: dict[tuple[str, OrdersOperation], list[Standing]] = {}
        """What a person was asked whether to remove: that and nothing else is what their yes is about."""

    attend: Callable[[str, Focus], None]
    """Set once there is somebody to be told."""

    async def do(self, operation: OrdersOperation, speaker: Speaker, language: Language) -> str:
        """Tell of the orders that are meant, or pause, resume or remove them; what to say. Raises: Declined, JournalFailed."""
        meant = self._shown.pop((speaker.principal, operation), None) or self._meant(operation, speaker)
        meant = [one for one in meant if self._orders.get(one.id) is one]
        if not meant:
            raise Declined(say("orders_none", language))
        if operation.verb == "list":
            if len(meant) == 1:  # "make it nine" is about this one now
                self.attend(speaker.principal, self._orders.focus(meant[0], language))
            return say("orders_are", language, what=_numbered([self._told(one, language) for one in meant]))
        own = [one for one in meant if speaker.principal in (one.principal, "owner")]
        if not own:
            raise Declined(say("orders_of_others", language))
        text = say(
            f"orders_{operation.verb}", language, what=_numbered([self._orders.told(one, language) for one in own])
        )
        for one in own:
            if operation.verb == "remove":
                await self._orders.remove(one.id)
            else:
                await self._orders.pause(one.id, operation.verb == "pause")
        return text

    def warnings(self, operation: OrdersOperation, speaker: Speaker, language: Language) -> list[str]:
        """What would be gone, said before it is."""
        if operation.verb != "remove":
            return []
        meant = [one for one in self._meant(operation, speaker) if speaker.principal in (one.principal, "owner")]
        self._shown = {(speaker.principal, operation): meant}
        told = [self._orders.told(one, language) for one in meant]
        return [f"{one[:1].upper()}{one[1:]}." for one in told]

    def _told(self, standing: Standing, language: Language) -> str:
        told = self._orders.told(standing, language)
        return say("orders_resting", language, what=told) if standing.paused else told

    def _meant(self, operation: OrdersOperation, speaker: Speaker) -> list[Standing]:
        known = list(self._orders.all())
        if operation.last:
            return [one for one in known if speaker.principal in (one.principal, "owner")][-1:]
        if operation.entities is None:
            return known
        return [one for one in known if self._about(one) & set(operation.entities)]

    def _about(self, standing: Standing) -> set[str]:
        """The devices that an order watches or moves."""
        speaker, now = Speaker(standing.principal, standing.area), self._now()
        found = [self._select(one, now, speaker, lambda _: True) for one in selectors(standing.order)]
        return {entity.id for one in found if isinstance(one, Found) for entity in one.entities}


def _numbered(told: Sequence[str]) -> str:
    return told[0] if len(told) == 1 else "; ".join(f"({number}) {one}" for number, one in enumerate(told, 1))
