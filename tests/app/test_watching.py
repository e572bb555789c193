import asyncio
from typing import Any

from llmagentos.app.watching import Watching
from llmagentos.kernel.bus import EventBus
from llmagentos.messages.records import Command, EntityDescription, Intent, Observation, Outcome, Property, Receipt
from llmagentos.messages.snapshot import EntityView


async def _forget(_state: list[Any]) -> None:
    pass


def _intent(number: int, entity: str) -> Intent:
    command = Command(entity=entity, property="on", value=True, verb="turn on")
    return Intent(
        id=f"i{number}", at=0.0, source="agent", command=command, approval="a", principal="owner", expires_at=9.0
    )


def _receipt(number: int, outcome: Outcome) -> Receipt:
    return Receipt(id=f"r{number}", at=1.0, source="actuation", intent=f"i{number}", outcome=outcome)


def test_a_command_that_did_not_show_is_held_against_a_device_until_one_does() -> None:
    asyncio.run(_commands_end())


async def _commands_end() -> None:
    bus = EventBus()
    watching = Watching(bus, _forget)
    task = asyncio.create_task(watching.follow())
    await asyncio.sleep(0)
    for number, outcome, failed in ((1, "in_doubt", True), (2, "verified", False), (3, "failed", True)):
        bus.publish(_intent(number, "lamp"))
        bus.publish(_receipt(number, outcome))  # type: ignore[arg-type]
        await asyncio.sleep(0.01)
        assert watching.failed("lamp") == failed
    assert not watching.failed("fan")
    watching.gone("lamp")
    assert not watching.failed("lamp")
    task.cancel()


def test_what_can_be_set_and_what_the_broker_remembers_is_no_sense() -> None:
    watching = Watching(EventBus(), _forget)
    prop = Property(name="value", kind="number", unit="C")
    sensor = EntityView(
        EntityDescription(id="s", entity_class="sensor", name="S", device="d", kind="temperature", properties=(prop,))
    )
    for number in range(3):
        watching.observed(Observation(id=f"o{number}", at=600.0 * number, source="t", entity="s", property="value", value=-127.0, quality="stale"), sensor)  # fmt: skip
    assert watching.troubles(("s", "value"), (), 1800.0) == []
    for number in range(3):
        watching.observed(Observation(id=f"p{number}", at=600.0 * number, source="t", entity="s", property="value", value=-127.0), sensor)  # fmt: skip
    assert watching.troubles(("s", "value"), (), 1800.0) == ["implausible"]
