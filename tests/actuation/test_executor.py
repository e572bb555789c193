"""The executor after a crash: what was never sent may be sent, what was sent is read back, and sent again only where that is safe."""

import asyncio

from llmagentos.actuation import Executor
from llmagentos.messages import IdSource, SimulatedClock
from llmagentos.messages.records import Command, EntityDescription, Intent, Property, Record
from llmagentos.messages.snapshot import EntityView, Held


class House:
    """Journal, bus, publisher and site of one lamp and one bell, in memory."""

    def __init__(self, clock: SimulatedClock) -> None:
        self.clock, self.records, self.sent = clock, list[Record](), list[tuple[str, str, bool]]()
        self.on: Held | None = None

    async def append(self, *records: Record) -> None:
        self.records += records

    async def remember(self, text: str) -> str:
        return text

    def publish(self, record: object) -> None:
        if isinstance(record, tuple):
            self.sent += record
            self.on = Held(True, self.clock.now())

    def messages(self, command: Command) -> tuple[tuple[str, str, bool], ...]:
        return (("topic", str(command.value), False),)

    def entity(self, entity_id: str) -> EntityView | None:
        properties = (
            Property(name="on", kind="bool", writable=True),
            Property(name="press", kind="action", readable=False, writable=True),
        )
        description = EntityDescription(
            id=entity_id, entity_class="light", name="It", device="d", properties=properties
        )
        return EntityView(description, None, {"on": self.on} if self.on else {})


def intent(clock: SimulatedClock, *, idempotent: bool, age_s: float = 1.0) -> Intent:
    command = Command(
        entity="x", property="on" if idempotent else "press", value=True, verb="turn on", idempotent=idempotent
    )
    at = clock.now() - age_s
    return Intent(
        id=f"i-{idempotent}",
        at=at,
        source="actuation",
        command=command,
        approval="a",
        principal="owner",
        expires_at=at + 60,
    )


def recovered(one: Intent, clock: SimulatedClock, house: House, *, sent: bool) -> str:
    executor = Executor(house, house, house, house, clock, IdSource("n", clock), confirm_s=0.1)
    [receipt] = asyncio.run(executor.recover([one], [one.id] if sent else []))
    return receipt.outcome


def test_never_sent_and_repeatable_is_sent_now_unless_expired() -> None:
    clock = SimulatedClock()
    house = House(clock)
    assert recovered(intent(clock, idempotent=True), clock, house, sent=False) == "verified"
    assert len(house.sent) == 1
    assert recovered(intent(clock, idempotent=True, age_s=100), clock, house, sent=False) == "failed"
    assert len(house.sent) == 1


def test_what_cannot_be_repeated_is_never_sent_again() -> None:
    clock = SimulatedClock()
    house = House(clock)
    assert recovered(intent(clock, idempotent=False), clock, house, sent=False) == "failed"
    assert recovered(intent(clock, idempotent=False), clock, house, sent=True) == "in_doubt"
    assert house.sent == []


def test_what_was_sent_is_read_back() -> None:
    clock = SimulatedClock()
    house = House(clock)
    assert recovered(intent(clock, idempotent=True, age_s=100), clock, house, sent=True) == "in_doubt"
    house.on = Held(True, clock.now())
    assert recovered(intent(clock, idempotent=True), clock, house, sent=True) == "verified"
    assert house.sent == []


def test_what_was_recorded_as_sent_and_does_not_show_is_sent_again() -> None:
    clock = SimulatedClock()
    house = House(clock)
    assert recovered(intent(clock, idempotent=True), clock, house, sent=True) == "verified"
    assert len(house.sent) == 1
