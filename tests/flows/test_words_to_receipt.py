"""From a sentence to a verified state on a real broker, with a scripted model: everything but the choice is real."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from llmagentos.agent.ports import Deciding
from llmagentos.app.run import deciding
from llmagentos.devices.broker import mosquitto
from llmagentos.inference.store import DEFAULT_MODEL, ModelStore, default_folder
from llmagentos.messages.records import Answer, Approval, Decision, Intent, Receipt, Refusal, Utterance
from llmagentos.messages.snapshot import Speaker
from tests.flows.house import ShiftedClock, house

OWNER = Speaker("owner", "Kitchen", "test")
TURNS: list[tuple[str, str, str, str | None, dict[str, Any]]] = [
    ("turn on the kitchen light", 'turn on light "Kitchen Light"', "done", "house/light.kitchen/state", {"on": "ON"}),
    ("kitchen to 40 percent", 'set light in "Kitchen" brightness 40%', "done", "house/light.kitchen/state", {"brightness": 40}),
    ("a bit brighter", "raise light brightness", "done", "house/light.kitchen/state", {"brightness": 60}),
    ("lamp upstairs on", 'turn on light on "Upstairs"', "done", "zigbee2mqtt/Bedroom Lamp", {"state": "ON"}),
    ("把卧室的灯调到百分之五十", 'set light in "Bedroom" brightness 50%', "done", "zigbee2mqtt/Bedroom Lamp", {"brightness": 127}),
    ("关掉所有的灯", "turn off all light", "done", "house/light.kitchen/state", {"on": "OFF"}),
    ("blind halfway, 50 percent", 'set blind "Blind" position 50%', "done", "house/cover.blind/state", {"position": 50}),
    ("radio at 35 percent", 'set media player "Radio" volume 35%', "done", "agentos/radio/state", {"volume": 35}),
    ("put oat milk on the shopping list", 'add "oat milk" to list "Shopping"', "done", None, {}),
    ("it should be 21 degrees in the bedroom", 'set climate in "Bedroom" temperature 21 C', "done", "house/climate.bedroom/state", {"temperature": 21}),
    ("make it 29 degrees", 'set climate "Thermostat" temperature 29 C', "refusal", "house/climate.bedroom/state", {"temperature": 21}),
    ("is the kitchen light on", 'is light "Kitchen Light" on', "answer", None, {}),
    ("how many lights are on", "count light on", "answer", None, {}),
    ("open the front door", 'unlock lock "Front Door"', "question", "house/lock.front/state", {"state": "locked"}),
    ("which one", "clarify", "question", None, {}),
    ("launch the rocket", "refuse impossible", "refusal", None, {}),
    ("egg timer 6 minutes", "start timer 6 min", "done", None, {}),
    ("wake me at 7 am tomorrow", "set alarm at 07:00 on tomorrow", "done", None, {}),
    ("wake me at 6 am on weekdays", "set alarm at 06:00 every weekday", "done", None, {}),
    ("which alarms are set", "alarms", "answer", None, {}),
    ("not at 7 am", "cancel alarm at 07:00", "done", None, {}),
    ("what lists are there", "count list", "answer", None, {}),
]  # fmt: skip


async def play(folder: Path, broker: str, decider: Deciding | None = None) -> None:
    async with house(folder, broker=broker, decider=decider) as (node, model, witness):
        for words, sentence, kind, topic, expected in TURNS:
            model.sentences[words] = sentence
            reply = await node.say(words, OWNER)
            assert reply.kind == kind, (words, reply)
            if topic is not None:
                said = await witness.state(topic)
                assert {key: said[key] for key in expected} == expected, (words, said)
        asked = (await node.say("open the front door", OWNER)).consent
        assert asked is not None
        assert (await node.consent(asked, True, "owner")).kind == "done"
        assert (await witness.state("house/lock.front/state"))["state"] == "unlocked"
        assert (await node.consent(asked, True, "owner")).kind == "error"  # a yes counts once
        [item] = (await witness.state("agentos/shopping/state"))["items"]
        assert item["summary"] == "oat milk"


def test_with_the_embedded_broker(tmp_path: Path) -> None:
    asyncio.run(play(tmp_path, "embedded"))


@pytest.mark.slow
@pytest.mark.model
@pytest.mark.timeout(300)
def test_with_the_real_model(tmp_path: Path) -> None:
    models = ModelStore(default_folder())
    if models.path(DEFAULT_MODEL) is None:
        pytest.skip(f"needs the model: agentos models fetch {DEFAULT_MODEL}")

    async def run() -> None:
        async with deciding(models, DEFAULT_MODEL) as decider:
            await play(tmp_path, "embedded", decider)

    asyncio.run(run())


@pytest.mark.skipif(mosquitto() is None, reason="mosquitto is not installed")
def test_with_mosquitto(tmp_path: Path) -> None:
    asyncio.run(play(tmp_path, "mosquitto"))


def test_the_chain_leads_back_to_the_words(tmp_path: Path) -> None:
    async def run() -> None:
        async with house(tmp_path) as (node, model, _witness):
            model.sentences["light on please"] = 'turn on light "Kitchen Light"'
            reply = await node.say("light on please", OWNER)
            chain = node.journal.chain(reply.receipts[0])
            kinds = [type(one) for one in chain]
            assert {Utterance, Decision, Approval, Intent, Receipt} <= set(kinds)
            first = chain[0]
            assert isinstance(first, Utterance)
            assert node.journal.words(first.words) == "light on please"
            await node.journal.forget([first.words])
            assert node.journal.words(first.words) is None
            assert node.journal.chain(reply.receipts[0])[0] == first

    asyncio.run(run())


def test_stop_all_ends_actuation_until_released(tmp_path: Path) -> None:
    async def run() -> None:
        async with house(tmp_path) as (node, _model, witness):
            await node.stop_all(True, "owner")
            assert (await node.do('turn on light "Kitchen Light"', OWNER)).kind == "refusal"
            assert (await witness.state("house/light.kitchen/state"))["on"] == "OFF"
            assert [one.rule for one in node.journal.latest("Refusal") if isinstance(one, Refusal)] == ["stop-all"]
            await node.stop_all(False, "owner")
            assert (await node.do('turn on light "Kitchen Light"', OWNER)).kind == "done"

    asyncio.run(run())


def test_an_alarm_is_kept_and_rings_every_day(tmp_path: Path) -> None:
    async def run() -> None:
        clock = ShiftedClock()
        async with house(tmp_path, clock=clock) as (node, model, _witness):
            model.sentences["wake me at 6 am every day"] = "set alarm at 06:00 every day"
            model.sentences["alarms"] = "alarms"
            await node.say("wake me at 6 am every day", OWNER)
            kept = node.journal.state("reminders")
            assert kept is not None
            assert [one["minute_of_day"] for one in kept["alarms"]] == [360]
            with node.bus.subscribe() as events:
                for _ in range(2):
                    [alarm] = node.snapshot().alarms
                    clock.ahead_s += alarm.rings_at - clock.now()
                    async with asyncio.timeout(10):
                        while not isinstance(rung := await events.next(), Answer):
                            pass
                    assert node.journal.words(rung.words) == "It is 06:00: your alarm."
                    assert rung.session == OWNER.session
            assert "06:00 every day" in (await node.say("alarms", OWNER)).text

    asyncio.run(run())


def test_what_is_to_be_done_at_a_time_is_done_then_and_once(tmp_path: Path) -> None:
    async def run() -> None:
        clock = ShiftedClock()
        async with house(tmp_path, clock=clock) as (node, model, witness):
            model.sentences["kitchen light on tomorrow at 6 am"] = 'at 06:00 on tomorrow: turn on light "Kitchen Light"'
            said = await node.say("kitchen light on tomorrow at 6 am", OWNER)
            assert (said.kind, said.text) == ("done", "Will do: 06:00 tomorrow.")
            assert (await witness.state("house/light.kitchen/state"))["on"] == "OFF"
            kept = node.journal.state("reminders")
            assert kept is not None and kept["timers"][0]["action"] == 'turn on light "Kitchen Light"'
            clock.ahead_s += kept["timers"][0]["ends_at"] - clock.now() + 1
            async with asyncio.timeout(10):
                while (await witness.state("house/light.kitchen/state"))["on"] != "ON":
                    pass
            assert node.snapshot().timers == ()

    asyncio.run(run())


def test_an_alarm_that_was_slept_through_is_told(tmp_path: Path) -> None:
    async def run() -> None:
        clock = ShiftedClock()
        async with house(tmp_path, clock=clock) as (node, _model, _witness):
            await node.do("set alarm at 06:00", OWNER)
            with node.bus.subscribe() as events:
                clock.ahead_s += 3 * 86_400
                assert node.snapshot().alarms
                async with asyncio.timeout(10):
                    while not isinstance(told := await events.next(), Answer):
                        pass
            assert "missed" in str(node.journal.words(told.words))
            assert node.snapshot().alarms == ()

    asyncio.run(run())
