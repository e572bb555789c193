"""Whether a condition holds at this moment, by the same engine that orders wait on. Moments and silences cannot be looked up."""

import datetime as dt

from llmagentos.agent.orders.compile import CannotCompile
from llmagentos.agent.orders.standing import Standing, StandingOrders
from llmagentos.agent.ports import Selecting
from llmagentos.language import tree as t
from llmagentos.messages.site import Location
from llmagentos.messages.snapshot import Snapshot, Speaker


def holds_now(
    condition: t.AnyOf, snapshot: Snapshot, speaker: Speaker, select: Selecting, zone: dt.tzinfo, place: Location | None
) -> bool:
    """What cannot be told does not hold."""
    standing = StandingOrders(select, zone, place)
    standing.begin(snapshot, snapshot.at)
    order = t.Order(condition, None, None, None, None, (t.Notify("owner"),))
    try:
        standing.place(Standing("now", order, speaker.principal, speaker.area, snapshot.at), snapshot.at)
    except CannotCompile:
        return False
    return standing.holds("now")


def of_time(condition: t.AnyOf) -> bool:
    """Whether it may come to hold although nothing on the site changes."""
    return any(isinstance(one, t.Between) for every in condition.conditions for one in every.conditions)
