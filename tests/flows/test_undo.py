"""Taking back, over a real broker."""

import asyncio
from pathlib import Path

from llmagentos.messages.snapshot import Speaker
from tests.flows.house import house

OWNER, OTHER = Speaker("owner", None, "test"), Speaker("owner", None, "other")


def test_what_was_changed_is_as_it_was(tmp_path: Path) -> None:
    async def run() -> None:
        async with house(tmp_path) as (node, _model, witness):
            assert (await node.say("undo that", OWNER)).text == "There is nothing to take back."
            await node.do('set light "Kitchen Light" brightness 40%', OWNER)
            await node.do('set light "Kitchen Light" brightness 80%', OWNER)
            assert (await node.say("undo that", OWNER)).kind == "done"
            assert (await witness.state("house/light.kitchen/state"))["brightness"] == 40
            assert (await node.say("Undo!", OWNER)).kind == "done"  # and that again
            assert (await witness.state("house/light.kitchen/state"))["brightness"] == 80
            assert (await node.say("undo", OTHER)).kind == "answer"  # another conversation

    asyncio.run(run())


def test_what_was_off_is_off_again_and_what_was_there_stays(tmp_path: Path) -> None:
    async def run() -> None:
        async with house(tmp_path) as (node, _model, witness):
            await node.do('set light "Kitchen Light" brightness 40%', OWNER)
            await node.do('turn off light "Kitchen Light"', OWNER)
            await node.do('set light "Kitchen Light" brightness 80%', OWNER)
            assert (await witness.state("house/light.kitchen/state"))["on"] == "ON"
            await node.say("undo that", OWNER)
            assert (await witness.state("house/light.kitchen/state"))["on"] == "OFF"
            await node.do('add "milk" to list "Shopping"', OWNER)
            await asyncio.sleep(0.2)
            await node.do('add "milk" to list "Shopping"', OWNER)
            await node.say("undo that", OWNER)
            await asyncio.sleep(0.2)
            assert "milk" in (await node.do('items of list "Shopping"', OWNER)).text
            await node.do("start timer 10 min", OWNER)
            assert (await node.say("undo", OWNER)).text == "There is nothing to take back."

    asyncio.run(run())


def test_what_cannot_be_taken_back_is_said(tmp_path: Path) -> None:
    async def run() -> None:
        async with house(tmp_path) as (node, _model, witness):
            await node.do('press button "Bell"', OWNER)
            said = await node.say("undo that", OWNER)
            assert (said.kind, said.text) == ("refusal", "This cannot be taken back: Bell.")
            await node.do('add "milk" to list "Shopping"', OWNER)
            assert (await node.say("撤销", OWNER)).kind == "done"
            await asyncio.sleep(0.2)  # a list does not say when it is done
            assert "empty" in (await node.do('items of list "Shopping"', OWNER)).text
            await node.do('turn on light "Kitchen Light"; press button "Bell"', OWNER)
            assert "cannot be taken back: Bell" in (await node.say("undo that", OWNER)).text
            assert (await witness.state("house/light.kitchen/state"))["on"] == "OFF"

    asyncio.run(run())


def test_taking_back_has_no_more_rights(tmp_path: Path) -> None:
    async def run() -> None:
        async with house(tmp_path) as (node, _model, witness):
            asked = await node.do('unlock lock "Front Door"', OWNER)
            assert asked.consent is not None
            await node.consent(asked.consent, True, "owner")
            await node.do('lock lock "Front Door"', OWNER)
            again = await node.say("undo that", OWNER)
            assert again.kind == "question"
            assert (await witness.state("house/lock.front/state"))["state"].lower() != "unlocked" or again.consent

    asyncio.run(run())
