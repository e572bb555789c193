"""Carrying out approved commands so that every intent ends verified, failed or in doubt, whatever happens in between.

    Intent (journaled) -> Sent (journaled) -> bytes -> state read back -> Receipt (journaled)

An intent without `Sent` was certainly never sent. After a restart: never sent and not expired is sent now if it is
idempotent (absolute state, so late is still right) and ended otherwise; sent is read back, and what a device does not show is sent
again under the same rule: the power may have gone between the record and the bytes.
"""

import asyncio
import contextlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from llmagentos.messages import Clock, IdSource
from llmagentos.messages.ports import Bus, Journal
from llmagentos.messages.records import Approval, Command, Intent, Outcome, Receipt, Record, Sent
from llmagentos.messages.snapshot import EntityView
from llmagentos.messages.values import Json, same

CONFIRM_S = 5.0
"""How long a device has to report the state asked of it; Zigbee devices answer within one or two seconds."""
TRAVEL_S = 90.0
"""Covers and valves move: while they say they are moving the right way they have this long."""
HALT = "stop"
"""The verb that still passes when everything is stopped: it only ends what moves."""
MOVING = {"open": "opening", "closed": "closing"}
ROUNDING = {"%": 1.0, "C": 0.5, "F": 0.5, "°C": 0.5, "°F": 0.5, "K": 60.0}
"""What a device may round by: a byte of brightness is 0.4 %, a thermostat's half degree, a mired step about 20 K."""


class Publisher(Protocol):
    """Gets a command to its device."""

    def messages(self, command: Command) -> tuple[tuple[str, str, bool], ...]:
        """(topic, payload, retain) of a command. Raises: ValueError for one that cannot be sent."""
        ...

    def publish(self, messages: tuple[tuple[str, str, bool], ...]) -> None:
        """Hand them to the broker. Raises: ConnectionError if there is none."""
        ...


class Site(Protocol):
    """Reads back."""

    def entity(self, entity_id: str) -> EntityView | None: ...


@dataclass(frozen=True, slots=True)
class Ending:
    """How an intent ended; `record` is the observation that told so."""

    outcome: Outcome
    observed: Json = None
    detail: str = ""
    record: str | None = None


@dataclass(slots=True)
class _Watch:
    """An intent that waits for its state."""

    intent: Intent
    started: float
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    sent: bool = False
    superseded: bool = False


class Executor:
    """One per node. `execute` is safe to call concurrently; commands on one entity keep their order."""

    def __init__(
        self,
        journal: Journal,
        bus: Bus,
        publisher: Publisher,
        site: Site,
        clock: Clock,
        ids: IdSource,
        *,
        confirm_s: float = CONFIRM_S,
    ) -> None:
        self._journal, self._bus, self._publisher, self._site = journal, bus, publisher, site
        self._clock, self._ids, self._confirm_s = clock, ids, confirm_s
        self._used: set[str] = set()
        self._watching: dict[str, list[_Watch]] = {}
        self._locks: dict[str, asyncio.Lock] = {}
        self.stopped = False

    async def execute(self, command: Command, approval: Approval) -> Receipt:
        """Carry out one approved command and return how it ended. Raises: PermissionError for an approval that does not fit."""
        return await self.finish(await self.accept(command, approval))

    async def accept(self, command: Command, approval: Approval) -> Intent:
        """`accept_all` of one."""
        [intent] = await self.accept_all([(command, approval)])
        return intent

    async def accept_all(
        self, approved: Sequence[tuple[Command, Approval]], *, resting_on: Sequence[Record] = ()
    ) -> list[Intent]:
        """Write the intents, with the records they rest on, all or none; when this returns they are not lost any more. Raises: PermissionError."""
        now = self._clock.now()
        intents = []
        for command, approval in approved:
            if approval.digest != command.digest() or approval.id in self._used or now > approval.expires_at:
                raise PermissionError("this approval is for another command, used up, or expired")
            self._used.add(approval.id)
            intents.append(Intent(id=self._ids.next(), at=now, source="actuation", causes=(approval.id,), command=command,
                                  approval=approval.id, principal=approval.principal, expires_at=approval.expires_at))  # fmt: skip
        await self._journal.append(*resting_on, *intents)
        for record in (*resting_on, *intents):
            self._bus.publish(record)
        return intents

    async def finish(self, intent: Intent) -> Receipt:
        """Send an accepted intent and see it through to its receipt."""
        entity = intent.command.entity
        watch = _Watch(intent, self._clock.monotonic())
        self._watching.setdefault(entity, []).append(watch)
        try:
            async with self._locks.setdefault(entity, asyncio.Lock()):
                ending, *causes = await self._send(watch)
            return await self._end(intent, ending or await self._confirm(watch), watch.started, *causes)
        finally:
            self._watching[entity].remove(watch)

    def halt(self, command: Command) -> None:
        """End a movement without a record, which stop-all alone may: for when the disk takes none. Raises: ValueError."""
        if command.verb != HALT:
            raise ValueError(f"{command.verb} is not sent without a record")
        with contextlib.suppress(ValueError, ConnectionError):  # the others are to be halted all the same
            self._publisher.publish(self._publisher.messages(command))

    async def _send(self, watch: _Watch) -> tuple[Ending | None, *tuple[str, ...]]:
        """Send a command: how it ended if it could not be sent (else None), and the record of sending."""
        intent = watch.intent
        if self._halted(intent.command):
            return (Ending("failed", detail="everything was stopped"),)
        if self._clock.now() > intent.expires_at:
            return (Ending("failed", detail="expired before it could be sent"),)
        try:
            messages = self._publisher.messages(intent.command)
        except ValueError as error:
            return (Ending("failed", detail=str(error)),)
        sent = Sent(id=self._ids.next(), at=self._clock.now(), source="actuation", causes=(intent.id,), intent=intent.id,
                    messages=tuple((topic, payload) for topic, payload, _ in messages))  # fmt: skip
        await self._journal.append(sent)
        self._bus.publish(sent)
        if self._halted(intent.command):  # while the record was on its way to the disk
            return Ending("failed", detail="everything was stopped"), sent.id
        try:
            self._publisher.publish(messages)
        except ConnectionError as error:
            return Ending("failed", detail=str(error)), sent.id
        self._supersede(watch)
        return None, sent.id

    def _halted(self, command: Command) -> bool:
        return self.stopped and command.verb != HALT

    def _supersede(self, newer: _Watch) -> None:
        """End the wait of older commands that this one takes back: a door that is told to stop will not get to "open"."""
        for watch in self._watching[newer.intent.command.entity]:
            if watch is not newer and watch.sent and _concern(watch.intent.command) == _concern(newer.intent.command):
                watch.superseded = True
                watch.changed.set()
        newer.sent = True

    async def _confirm(self, watch: _Watch) -> Ending:
        command = watch.intent.command
        deadline = watch.started + self._confirm_s
        while True:
            entity = self._site.entity(command.entity)
            ending = confirmed(command, entity, since=watch.intent.at)
            if ending is not None:
                return ending
            if watch.superseded:
                observed = entity.value(command.property) if entity else None
                return Ending("in_doubt", observed, "a newer command took its place")
            if entity is not None and _on_its_way(command, entity):
                deadline = watch.started + TRAVEL_S
            left = deadline - self._clock.monotonic()
            if left <= 0:
                observed = entity.value(command.property) if entity else None
                waited = self._clock.monotonic() - watch.started
                return Ending("in_doubt", observed, f"the device did not confirm within {waited:.0f} s")
            watch.changed.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(watch.changed.wait(), left)

    def observed(self, entity_id: str) -> None:
        """A property of an entity was reported; whoever waits for it looks again."""
        for watch in self._watching.get(entity_id, ()):
            watch.changed.set()

    async def recover(self, open_intents: Iterable[Record], sent: Iterable[str]) -> list[Receipt]:
        """End what a previous run left open. `sent`: intents with a `Sent` record. Nothing non-idempotent is sent again."""
        sent_ids = set(sent)
        receipts = []
        for intent in open_intents:
            assert isinstance(intent, Intent)
            if intent.id not in sent_ids:
                if intent.command.idempotent and self._clock.now() <= intent.expires_at:
                    receipts.append(await self.finish(intent))
                else:
                    unsent = Ending("failed", detail="the node stopped before it was sent")
                    receipts.append(await self._end(intent, unsent, self._clock.monotonic()))
                continue
            entity = self._site.entity(intent.command.entity)
            ending = confirmed(intent.command, entity, since=intent.at)
            if ending is None and intent.command.idempotent and self._clock.now() <= intent.expires_at:
                receipts.append(await self.finish(intent))
                continue
            if ending is None or not intent.command.idempotent:
                observed = entity.value(intent.command.property) if entity else None
                ending = Ending(
                    "in_doubt", observed, "the node stopped after sending; the device's state does not tell"
                )
            receipts.append(await self._end(intent, ending, self._clock.monotonic()))
        return receipts

    async def _end(self, intent: Intent, ending: Ending, started: float, *causes: str) -> Receipt:
        told = (ending.record,) if ending.record else ()
        receipt = Receipt(
            id=self._ids.next(), at=self._clock.now(), source="actuation", causes=(intent.id, *causes, *told), intent=intent.id,
            outcome=ending.outcome, observed=ending.observed, detail=ending.detail, duration_ms=(self._clock.monotonic() - started) * 1000,
        )  # fmt: skip
        await self._journal.append(receipt)
        self._bus.publish(receipt)
        return receipt


def confirmed(command: Command, entity: EntityView | None, *, since: float) -> Ending | None:
    """Whether what the device reports says that a command was carried out; None while it does not tell.

    What has no state to read back (an action) or is never reported (optimistic) is verified as sent, and says so.
    """
    if entity is None:
        return Ending("failed", detail="the device is gone")
    prop = entity.property(command.property)
    if prop is None or prop.kind == "action" or not prop.readable or prop.optimistic:
        return Ending("verified", detail="assumed")
    held = entity.values.get(command.property)
    if held is None or held.at < since - 1e-6:
        return None
    tolerance = max(ROUNDING.get(prop.unit, 0.0), (prop.step or 1.0) / 2 + 0.01 if prop.unit not in ROUNDING else 0.0)
    if same(held.value, command.value, tolerance):
        return Ending("verified", held.value, record=held.record)
    if command.value in ("returning",) and held.value == "docked":
        return Ending("verified", held.value, record=held.record)
    return None


def _concern(command: Command) -> str:
    """What a command is about: all that moves a thing is one concern, any other property its own."""
    return "movement" if command.property in ("state", "position", "stop") else command.property


def _on_its_way(command: Command, entity: EntityView) -> bool:
    state = entity.value("state")
    if command.property == "state":
        return state == MOVING.get(str(command.value))
    return command.property == "position" and state in MOVING.values()
