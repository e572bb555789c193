"""What standing orders with an end ("until ...") have changed, and how it was before they did."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from llmagentos.actuation.executor import ROUNDING
from llmagentos.app.undo import inverse
from llmagentos.messages.records import Command
from llmagentos.messages.snapshot import Snapshot
from llmagentos.messages.values import same


@dataclass(frozen=True, slots=True)
class _Changed:
    """`back` makes it as it was before `done`."""

    done: Command
    back: tuple[Command, ...]


class PutBack:
    """For each order what its last firing changed. Pure; the caller writes the state before anything is sent."""

    def __init__(self) -> None:
        self._changed: dict[str, tuple[str, tuple[_Changed, ...]]] = {}

    def note(
        self, order: str, fired: str, commands: Sequence[Command], before: Snapshot, *, further: bool = False
    ) -> None:
        """An order is about to send these. The same firing again, after a crash, changes nothing: what was noted then is how it was.

        `further`: beside what it has changed already.
        """
        last, changed = self._changed.get(order, ("", ()))
        if last == fired:
            return
        # what is on its way back from the last time is not yet as it was
        on_its_way = {(one.done.entity, one.done.property): one.back for one in changed if _still(one.done, before)}
        known = ((one, on_its_way.get((one.entity, one.property)) or inverse(one, before)) for one in commands)
        new = tuple(_Changed(one, back) for one, back in known if back is not None)
        self._changed[order] = fired, (*changed, *new) if further else new

    def noted(self) -> tuple[str, ...]:
        """The names of all that has changed something."""
        return tuple(self._changed)

    def due(self, order: str, now: Snapshot) -> tuple[Command, ...]:
        """What makes it as it was; what somebody has changed since is left as it is."""
        _, changed = self._changed.get(order, ("", ()))
        return tuple(back for one in changed if _still(one.done, now) for back in one.back)

    def earliest(self, prefix: str, now: Snapshot) -> tuple[Command, ...]:
        """What makes it as it was before the first of all whose names begin so; what somebody has changed since the last is left as it is."""
        back: dict[tuple[str, str], tuple[Command, ...]] = {}
        last: dict[tuple[str, str], Command] = {}
        for changed in (changed for name, (_, changed) in self._changed.items() if name.startswith(prefix)):
            for one in changed:
                key = (one.done.entity, one.done.property)
                back.setdefault(key, one.back)
                last[key] = one.done
        return tuple(one for key, commands in back.items() if _still(last[key], now) for one in commands)

    def forget(self, prefix: str) -> None:
        """All whose names begin so."""
        self._changed = {name: one for name, one in self._changed.items() if not name.startswith(prefix)}

    def dump(self) -> dict[str, Any]:
        """As JSON."""
        return {order: [fired, [asdict(one) for one in changed]] for order, (fired, changed) in self._changed.items()}

    def load(self, state: dict[str, Any]) -> None:
        """Take up what `dump` wrote."""
        self._changed = {
            order: (fired, tuple(_Changed(Command(**one["done"]), tuple(Command(**back) for back in one["back"])) for one in changed))
            for order, (fired, changed) in state.items()
        }  # fmt: skip


def _still(command: Command, now: Snapshot) -> bool:
    entity = now.entities.get(command.entity)
    prop = entity.property(command.property) if entity is not None else None
    if entity is None or prop is None:
        return False
    return prop.kind == "action" or same(entity.value(command.property), command.value, ROUNDING.get(prop.unit, 0.0))
