"""Standing orders over a real broker: given, obeyed, explained, kept over a restart; a device is a message away."""

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from llmagentos.app.explain import explain
from llmagentos.app.node import Node
from llmagentos.app.operations import handle
from llmagentos.app.unattended import Unattended
from llmagentos.devices.codecs import Publish
from llmagentos.devices.mqtt import MqttClient
from llmagentos.kernel.journal import JournalFailed, SqliteJournal
from llmagentos.messages.records import Fault, Fired, Intent, Proposal, Record
from llmagentos.messages.snapshot import Speaker
from llmagentos.reasoning.calendar import next_at
from tests.flows.house import ShiftedClock, Witness, house, restarted

OWNER = Speaker("owner", "Kitchen", "test")


def _held_up(node: Node) -> int:
    return sum(one.why == "hand" for one in node.journal.latest("Fired") if isinstance(one, Fired))


def _intents(node: Node, entity: str) -> int:
    intents = [one.command.entity for one in node.journal.latest("Intent") if isinstance(one, Intent)]
    return sum(one.endswith(entity) for one in intents)


async def _becomes(witness: Witness, topic: str, name: str, value: Any) -> None:
    async with asyncio.timeout(10):
        while ((await witness.state(topic)) or {}).get(name) != value:
            pass


def test_an_order_is_obeyed_and_explained(tmp_path: Path) -> None:
    async def run() -> None:
        async with house(tmp_path) as (node, _model, witness):
            sentence = 'when light "Bedroom Lamp" is on: turn on light "Kitchen Light"'
            said = await node.do(sentence, OWNER)
            assert (said.kind, said.text) == ("done", "From now on: when Bedroom Lamp is on: turn on Kitchen Light.")
            await node.do('turn on light "Bedroom Lamp"', OWNER)
            await _becomes(witness, "house/light.kitchen/state", "on", "ON")
            [fired] = node.journal.latest("Fired")
            assert isinstance(fired, Fired) and fired.why == "fired" and fired.sentence == sentence
            told = [
                line["text"]
                for line in explain(node.journal.chain(node.last_of("Kitchen Light") or ""), node.journal.words)
            ]
            assert any("standing order acted" in one for one in told)
            assert any("Bedroom Lamp" in one for one in told)

    asyncio.run(run())


def test_an_order_in_words_stands_after_a_yes(tmp_path: Path) -> None:
    async def run() -> None:
        async with house(tmp_path) as (node, model, witness):
            words = "whenever the bedroom lamp is on turn on the kitchen light"
            model.sentences[words] = 'when light "Bedroom Lamp" is on: turn on light "Kitchen Light"'
            asked = await node.say(words, OWNER)
            assert (asked.kind, asked.text) == (
                "question",
                "From now on, when Bedroom Lamp is on: turn on Kitchen Light. Shall I?",
            )
            assert node.orders.all() == ()
            yes = await node.say("yes", OWNER)
            assert yes.kind == "done"
            assert len(node.orders.all()) == 1, yes
            await node.do('turn on light "Bedroom Lamp"', OWNER)
            await _becomes(witness, "house/light.kitchen/state", "on", "ON")

    asyncio.run(run())


def test_orders_are_listed_paused_and_removed_by_number(tmp_path: Path) -> None:
    async def run() -> None:
        async with house(tmp_path) as (node, _model, witness):
            await node.do('when light "Bedroom Lamp" is on: turn on light "Kitchen Light"', OWNER)

            async def asked(**request: object) -> Any:
                return await handle(node, json.dumps({"op": "orders", **request}).encode())

            [listed] = (await asked(change="pause", order=1))["result"]
            assert listed["paused"] and listed["number"] == 1
            await node.do('turn on light "Bedroom Lamp"', OWNER)
            await asyncio.sleep(0.3)
            assert (await witness.state("house/light.kitchen/state"))["on"] == "OFF"
            assert (await asked())["result"][0]["holds"]
            assert "no order 2" in (await asked(change="pause", order=2))["error"]
            other = 'when light "Bedroom Lamp" is on: turn on media player "Radio"'
            answer = await asked(change="edit", order=1, sentence=other)
            assert "result" in answer, answer
            [edited] = answer["result"]
            assert (edited["id"], edited["sentence"]) == (listed["id"], other)
            assert (
                "no order" in (await asked(change="edit", order=1, sentence='turn on light "Kitchen Light"'))["error"]
            )
            assert (
                "Nowhere" in (await asked(change="edit", order=1, sentence=other.replace("Radio", "Nowhere")))["error"]
            )
            assert (await asked())["result"][0]["sentence"] == other
            assert "can be paused" in (await asked(change="praise", order=1))["error"]
            assert (await asked(change="remove", order=1))["result"] == []

    asyncio.run(run())


def test_a_hand_on_the_switch_beats_an_order(tmp_path: Path) -> None:
    async def run() -> None:
        clock = ShiftedClock()
        async with house(tmp_path, clock=clock) as (node, _model, witness):
            await node.do('when light "Bedroom Lamp" is on: turn on light "Kitchen Light"', OWNER)
            phone = MqttClient(witness.broker.address, "phone")
            await phone.connect()
            for on in ("ON", "OFF"):
                phone.publish(Publish("house/light.kitchen/set/on", on))
                await _becomes(witness, "house/light.kitchen/state", "on", on)
            await node.do('turn on light "Bedroom Lamp"', OWNER)
            async with asyncio.timeout(10):
                while len(node.journal.latest("Fired")) < 2:  # noqa: ASYNC110
                    await asyncio.sleep(0.05)
            assert {one.why for one in node.journal.latest("Fired") if isinstance(one, Fired)} == {"fired", "hand"}
            assert (await witness.state("house/light.kitchen/state"))["on"] == "OFF"
            clock.ahead_s += 1900.0  # the hold is over, and the order still calls for it
            await _becomes(witness, "house/light.kitchen/state", "on", "ON")
            await phone.close()

    asyncio.run(run())


def test_what_a_hand_holds_up_is_dropped_where_it_is_no_longer_called_for_and_done_by_the_next_life(
    tmp_path: Path,
) -> None:
    async def run() -> None:
        clock = ShiftedClock()
        async with house(tmp_path, clock=clock) as (node, _model, witness):
            await node.do('when light "Bedroom Lamp" is on: turn on light "Kitchen Light"', OWNER)
            phone = MqttClient(witness.broker.address, "phone")
            await phone.connect()

            async def held_up(count: int) -> None:
                for on in ("ON", "OFF"):
                    phone.publish(Publish("house/light.kitchen/set/on", on))
                    await _becomes(witness, "house/light.kitchen/state", "on", on)
                await node.do('turn on light "Bedroom Lamp"', OWNER)
                async with asyncio.timeout(10):
                    while _held_up(node) < count:  # noqa: ASYNC110
                        await asyncio.sleep(0.05)

            await held_up(1)
            await node.do('turn off light "Bedroom Lamp"', OWNER)
            clock.ahead_s += 1900.0
            await asyncio.sleep(1.0)
            assert (await witness.state("house/light.kitchen/state"))["on"] == "OFF"
            await held_up(2)
            await node.close()
            async with restarted(tmp_path, witness, clock=clock):
                await _becomes(witness, "house/light.kitchen/state", "on", "ON")
            await phone.close()

    asyncio.run(run())


def test_later_only_what_a_hand_held_up_is_done_and_only_once(tmp_path: Path) -> None:
    async def run() -> None:
        clock = ShiftedClock()
        async with house(tmp_path, clock=clock) as (node, _model, witness):
            order = (
                'when light "Bedroom Lamp" is on until light "Bedroom Lamp" is off: turn on light "Kitchen Light"; '
                'press button "Bell"; after 5 min: press button "Bell"'
            )
            await node.do(order, OWNER)
            phone = MqttClient(witness.broker.address, "phone")
            await phone.connect()
            for on in ("ON", "OFF"):
                phone.publish(Publish("house/light.kitchen/set/on", on))
                await _becomes(witness, "house/light.kitchen/state", "on", on)
            await node.do('turn on light "Bedroom Lamp"', OWNER)
            async with asyncio.timeout(10):
                while not (_intents(node, "bell") and node.snapshot().timers):  # noqa: ASYNC110
                    await asyncio.sleep(0.05)
            assert len(node.snapshot().timers) == 1
            await node.close()
            for _life in range(2):
                async with restarted(tmp_path, witness, clock=clock) as later:
                    await _becomes(witness, "house/light.kitchen/state", "on", "ON")
                    await asyncio.sleep(0.5)
                    assert (_intents(later, "bell"), _intents(later, "light.kitchen")) == (1, 1)
                    assert len(later.snapshot().timers) == 1
            async with restarted(tmp_path, witness, clock=clock) as later:
                await later.do('turn off light "Bedroom Lamp"', OWNER)
                await _becomes(witness, "house/light.kitchen/state", "on", "OFF")
            await phone.close()

    asyncio.run(run())


def test_what_a_full_disk_keeps_from_being_done_later_waits_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def run() -> None:
        clock = ShiftedClock()
        async with house(tmp_path, clock=clock) as (node, _model, witness):
            await node.do('when light "Bedroom Lamp" is on: turn on light "Kitchen Light"', OWNER)
            phone = MqttClient(witness.broker.address, "phone")
            await phone.connect()
            for on in ("ON", "OFF"):
                phone.publish(Publish("house/light.kitchen/set/on", on))
                await _becomes(witness, "house/light.kitchen/state", "on", on)
            await node.do('turn on light "Bedroom Lamp"', OWNER)
            async with asyncio.timeout(10):
                while not _held_up(node):  # noqa: ASYNC110
                    await asyncio.sleep(0.05)
            failed: list[int] = []
            append = SqliteJournal.append

            async def full(self: SqliteJournal, *records: Record, state: Mapping[str, Any] | None = None) -> None:
                if any(isinstance(one, Proposal) for one in records) and len(failed) < 2:
                    failed.append(1)
                    raise JournalFailed("the disk is full")
                await append(self, *records, state=state)

            monkeypatch.setattr(SqliteJournal, "append", full)
            clock.ahead_s += 1900.0
            await _becomes(witness, "house/light.kitchen/state", "on", "ON")
            assert len(failed) == 2
            await phone.close()

    asyncio.run(run())


def test_an_order_that_begins_a_plan_begins_it_once_over_a_restart(tmp_path: Path) -> None:
    async def run() -> None:
        async with house(tmp_path) as (node, _model, witness):
            await node.do('method "Evening": task "a" takes 1 h { turn on light "Kitchen Light" }', OWNER)
            await node.do('when light "Bedroom Lamp" is on: activate scene "Evening"', OWNER)
            await node.do('turn on light "Bedroom Lamp"', OWNER)
            await _becomes(witness, "house/light.kitchen/state", "on", "ON")
            await node.close()
            async with restarted(tmp_path, witness) as later:
                await asyncio.sleep(1.0)
                assert len(later.plans.all()) == 1

    asyncio.run(run())


def test_an_order_can_be_tried_out(tmp_path: Path) -> None:
    async def run() -> None:
        sent: list[str] = []

        def carrier(_address: str, _title: str, text: str) -> bool:
            sent.append(text)
            return True

        async with house(tmp_path, notify=["x://1"], carrier=carrier) as (node, _model, witness):
            node.trials._shown_s = 0.3
            await node.do('when light "Bedroom Lamp" is on: turn on light "Kitchen Light"; notify owner', OWNER)
            await node.do('when light "Bedroom Lamp" is on: unlock lock "Front Door"', OWNER)
            await node.do('when light "Bedroom Lamp" is on: notify owner', OWNER)

            async def tried(order: int) -> Any:
                return await handle(node, json.dumps({"op": "trial", "order": order}).encode())

            trying = asyncio.create_task(tried(1))
            await _becomes(witness, "house/light.kitchen/state", "on", "ON")
            assert (await trying)["result"]["text"] == "Kitchen Light on. It works, and is as it was before."
            await _becomes(witness, "house/light.kitchen/state", "on", "OFF")
            assert sent[0].startswith("This is a trial of: when Bedroom Lamp is on: turn on Kitchen Light")
            asked = (await tried(2))["result"]
            assert asked["kind"] == "question" and asked["consent"]
            assert "Did it arrive?" in (await tried(3))["result"]["text"]
            assert "no order 4" in (await tried(4))["error"]
            fired = [one for one in node.journal.latest("Fired") if isinstance(one, Fired)]
            assert {one.why for one in fired} == {"tried"} and {one.source for one in fired} == {"person:owner"}

    asyncio.run(run())


def test_trials_wait_for_each_other_and_one_that_a_crash_ends_is_put_back(tmp_path: Path) -> None:
    async def run() -> None:
        async with house(tmp_path) as (node, _model, witness):
            node.trials._shown_s = 0.3
            await node.do('when light "Bedroom Lamp" is on: turn on light "Kitchen Light"', OWNER)

            async def tried() -> Any:
                return (await handle(node, json.dumps({"op": "trial", "order": 1}).encode()))["result"]

            both = await asyncio.gather(tried(), tried())
            assert {one["text"] for one in both} == {"Kitchen Light on. It works, and is as it was before."}
            await _becomes(witness, "house/light.kitchen/state", "on", "OFF")
            node.trials._shown_s = 60.0
            trying = asyncio.create_task(tried())
            await _becomes(witness, "house/light.kitchen/state", "on", "ON")
            trying.cancel()
            await node.close()
            async with restarted(tmp_path, witness):
                await _becomes(witness, "house/light.kitchen/state", "on", "OFF")

    asyncio.run(run())


def test_an_order_tells_people_and_what_did_not_arrive_is_said(tmp_path: Path) -> None:
    async def run() -> None:
        sent: list[tuple[str, str, str]] = []

        def carrier(address: str, title: str, text: str) -> bool:
            sent.append((address, title, text))
            return address == "ntfy://good"

        addresses = ("ntfy://good", "mailto://secret")
        async with house(tmp_path, notify=addresses, carrier=carrier) as (node, _model, _witness):
            await node.do('when light "Bedroom Lamp" is on: notify owner', OWNER)
            await node.do('turn on light "Bedroom Lamp"', OWNER)
            async with asyncio.timeout(10):
                while not (faults := node.journal.latest("Fault")):  # noqa: ASYNC110
                    await asyncio.sleep(0.05)
            assert sent[0] == ("ntfy://good", "Test House", "Bedroom Lamp is on")
            assert [(one.subject, one.detail) for one in faults if isinstance(one, Fault)] == [
                ("notice", "address 2 (mailto)")
            ]

    asyncio.run(run())


def test_what_cannot_stand_is_said(tmp_path: Path) -> None:
    async def run() -> None:
        async with house(tmp_path) as (node, _model, _witness):
            for sentence in ('when light "Sauna" is on: turn on light "Kitchen Light"', 'when light "Kitchen Light" is on: turn on light "Sauna"',
                             'when sunset: turn on light "Kitchen Light"'):  # fmt: skip
                assert (await node.do(sentence, OWNER)).kind in ("refusal", "done")
            assert node.orders.all() == ()

    asyncio.run(run())


def test_a_lock_is_not_moved_without_a_yes(tmp_path: Path) -> None:
    async def run() -> None:
        async with house(tmp_path) as (node, _model, witness):
            await node.do('when light "Kitchen Light" is on: unlock lock "Front Door"', OWNER)
            await node.do('turn on light "Kitchen Light"', OWNER)
            await asyncio.sleep(0.5)
            assert [one.why for one in node.journal.latest("Fired") if isinstance(one, Fired)] == ["fired"]
            assert (await witness.state("house/lock.front/state"))["state"] == "locked"

    asyncio.run(run())


def test_a_clash_is_said_before_and_after(tmp_path: Path) -> None:
    async def run() -> None:
        async with house(tmp_path) as (node, model, _witness):
            await node.do('when light "Bedroom Lamp" is on: turn on light "Kitchen Light"', OWNER)
            against = 'when light "Bedroom Lamp" is on: turn off light "Kitchen Light"'
            model.sentences["kitchen off when the bedroom lamp is on"] = against
            asked = await node.say("kitchen off when the bedroom lamp is on", OWNER)
            careful = 'Careful: at the same moment "when Bedroom Lamp is on: turn on Kitchen Light" tells Kitchen Light otherwise.'
            assert asked.kind == "question" and asked.text.endswith(f"Shall I? {careful}")
            assert (await node.do(against, OWNER)).text.endswith(careful)

    asyncio.run(run())


def test_at_its_end_an_order_puts_back_what_it_changed(tmp_path: Path) -> None:
    async def run() -> None:
        async with house(tmp_path) as (node, _model, witness):
            await node.do('set light "Kitchen Light" brightness 30%', OWNER)
            await node.do(
                'when light "Bedroom Lamp" is on until light "Bedroom Lamp" is off: set light "Kitchen Light" brightness 90%; '
                'turn on media player "Radio"', OWNER,
            )  # fmt: skip
            await node.do('turn on light "Bedroom Lamp"', OWNER)
            await _becomes(witness, "house/light.kitchen/state", "brightness", 90)
            await node.close()
            async with restarted(tmp_path, witness) as again:
                await again.do('turn off light "Bedroom Lamp"', OWNER)
                await _becomes(witness, "house/light.kitchen/state", "brightness", 30)
                await again.do('turn on light "Bedroom Lamp"', OWNER)
                await _becomes(witness, "house/light.kitchen/state", "brightness", 90)
                await again.do('set light "Kitchen Light" brightness 60%', OWNER)  # somebody wants it otherwise
                await again.do('turn off light "Bedroom Lamp"', OWNER)
                await asyncio.sleep(1.0)
                assert (await witness.state("house/light.kitchen/state"))["brightness"] == 60

    asyncio.run(run())


def test_people_are_told_whatever_becomes_of_the_rest(tmp_path: Path) -> None:
    async def run() -> None:
        sent: list[str] = []

        def carrier(_address: str, _title: str, text: str) -> bool:
            sent.append(text)
            return True

        async with house(tmp_path, notify=("ntfy://x",), carrier=carrier) as (node, _model, _witness):
            await node.do('when light "Kitchen Light" is on: unlock lock "Front Door"; notify owner', OWNER)
            await node.do('turn on light "Kitchen Light"', OWNER)
            async with asyncio.timeout(10):
                while len(sent) < 2:  # noqa: ASYNC110
                    await asyncio.sleep(0.05)
            assert sorted(sent) == [
                "Kitchen Light is on",
                "Kitchen Light is on: Unlock Front Door? This needs your yes.",
            ]

    asyncio.run(run())


def test_orders_survive_a_restart_and_hold_no_grudge(tmp_path: Path) -> None:
    async def run() -> None:
        clock = ShiftedClock()
        async with house(tmp_path, clock=clock) as (node, _model, witness):
            await node.do('when light "Bedroom Lamp" is on for 10 min: turn on light "Kitchen Light"', OWNER)
            await node.do('turn on light "Bedroom Lamp"', OWNER)
            await node.close()
            async with restarted(tmp_path, witness, clock=clock) as again:
                [standing] = again.orders.all()
                assert again.orders.sentence(standing).startswith('when light "Bedroom Lamp" is on for 10 min')
                clock.ahead_s += 601
                await _becomes(witness, "house/light.kitchen/state", "on", "ON")
                assert await again.orders.remove(standing.id) and not await again.orders.remove(standing.id)

    asyncio.run(run())


def test_what_had_fired_at_a_crash_is_done_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def crash(_self: Unattended, _standing: object, _fired: object) -> None:
        raise asyncio.CancelledError

    async def run() -> None:
        with monkeypatch.context() as patch:
            patch.setattr(Unattended, "obey", crash)
            async with house(tmp_path) as (node, _model, witness):
                await node.do('when light "Bedroom Lamp" is on: press button "Bell"', OWNER)
                await node.do('turn on light "Bedroom Lamp"', OWNER)
                await asyncio.sleep(0.3)
                assert len(node.journal.latest("Fired")) == 1
                await node.close()
                patch.undo()
                for _ in range(2):  # the second start finds nothing left to do
                    async with restarted(tmp_path, witness) as again:
                        await asyncio.sleep(0.5)
                        intents = [one for one in again.journal.latest("Intent") if isinstance(one, Intent)]
                        assert [one.command.entity for one in intents].count("button.bell") == 1

    asyncio.run(run())


def test_an_order_waits_for_room_on_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written = SqliteJournal.append
    refused: list[str] = []

    async def full(self: SqliteJournal, *records: Record, state: Mapping[str, Any] | None = None) -> None:
        for kind in {type(one).__name__ for one in records} & {"Fired", "Proposal"} - {*refused}:
            refused.append(kind)
            raise JournalFailed("no space left")
        await written(self, *records, state=state)

    async def run() -> None:
        async with house(tmp_path) as (node, _model, witness):
            await node.do('when light "Bedroom Lamp" is on: turn on light "Kitchen Light"', OWNER)
            with monkeypatch.context() as disk:
                disk.setattr(SqliteJournal, "append", full)
                phone = MqttClient(witness.broker.address, "phone")
                await phone.connect()
                phone.publish(Publish("zigbee2mqtt/Bedroom Lamp/set", '{"state": "ON"}'))
                await _becomes(witness, "house/light.kitchen/state", "on", "ON")
                await phone.close()
            assert refused == ["Fired", "Proposal"]
            assert len(node.journal.latest("Fired")) == 1

    asyncio.run(run())


def test_a_moment_that_the_node_missed_is_caught_up_or_told(tmp_path: Path) -> None:
    async def run() -> None:
        clock = ShiftedClock()
        async with house(tmp_path, clock=clock) as (node, _model, witness):
            await node.do('when every day at 12:00: turn on light "Kitchen Light"', OWNER)
            await node.do('when every day at 12:30: turn on light "Bedroom Lamp"', OWNER)
            noon = next_at(12 * 60 + 30, None, clock.now(), node.zone)
            await node.close()
            clock.ahead_s += noon - clock.now() + 300
            async with restarted(tmp_path, witness, clock=clock) as again:
                await _becomes(witness, "zigbee2mqtt/Bedroom Lamp", "state", "ON")
                assert {one.why for one in again.journal.latest("Fired") if isinstance(one, Fired)} == {"late", "fired"}
                assert (await witness.state("house/light.kitchen/state"))["on"] == "OFF"

    asyncio.run(run())


def test_an_order_that_would_not_work_is_told_beforehand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("llmagentos.app.node.INSPECT_AFTER_S", 0.3)

    async def run() -> None:
        async with house(tmp_path) as (node, _model, witness):
            await node.do('when light "Bedroom Lamp" is on: turn on light "Kitchen Light"', OWNER)
            phone = MqttClient(witness.broker.address, "phone")
            await phone.connect()
            for state, problem in (("offline", "at risk"), ("online", "sound again")):
                phone.publish(Publish("zigbee2mqtt/Bedroom Lamp/availability", f'{{"state": "{state}"}}'))
                async with asyncio.timeout(5):
                    said: list[str] = []
                    while said != [problem]:
                        await asyncio.sleep(0.05)
                        said = [one.problem for one in node.journal.latest("Fault", limit=1) if isinstance(one, Fault)]
                doubts = ["Bedroom Lamp cannot be reached"] if state == "offline" else []
                assert (await handle(node, b'{"op": "orders"}'))["result"][0]["doubts"] == doubts
            await phone.close()

    asyncio.run(run())


def test_a_storm_of_readings_is_borne(tmp_path: Path) -> None:
    async def run() -> None:
        async with house(tmp_path) as (node, _model, witness):
            await node.do('when sensor "Bell Counter" > 500: turn on light "Kitchen Light"', OWNER)
            storm = MqttClient(witness.broker.address, "storm")
            await storm.connect()
            for number in range(1_000):
                storm.publish(Publish("house/sensor.bell_counter/state", f'{{"value": {number}}}'))
            await _becomes(witness, "house/light.kitchen/state", "on", "ON")
            assert len(node.journal.latest("Fired")) == 1
            await storm.close()

    asyncio.run(run())


def test_how_often_an_order_would_have_acted_is_said_before_it_stands(tmp_path: Path) -> None:
    async def run() -> None:
        clock = ShiftedClock()
        async with house(tmp_path, clock=clock) as (node, model, witness):
            for _ in range(3):  # an evening each, a few hours apart
                for verb in ("on", "off"):
                    await node.do(f'turn {verb} light "Kitchen Light"', OWNER)
                    await _becomes(witness, "house/light.kitchen/state", "on", verb.upper())
                    clock.ahead_s += 3 * 3600
            words = "whenever the kitchen light is on turn on the bedroom lamp"
            model.sentences[words] = 'when light "Kitchen Light" is on: turn on light "Bedroom Lamp"'
            asked = await node.say(words, OWNER)
            assert "In the last 18 hours it would have acted 3 times, last" in asked.text
            words = "tell me when the radio plays"
            model.sentences[words] = 'when media player "Radio" is playing: notify owner'
            assert (await node.say(words, OWNER)).text.endswith("In the last 18 hours it would not have acted.")

    asyncio.run(run())


def test_orders_are_told_rested_and_removed_in_words(tmp_path: Path) -> None:
    async def run() -> None:
        async with house(tmp_path) as (node, model, _witness):
            assert (await node.do("orders", OWNER)).text == "There is no such standing order."
            await node.do('when light "Bedroom Lamp" is on: turn on light "Kitchen Light"', OWNER)
            await node.do(
                'when lock "Front Door" is unlocked: turn on media player "Radio"', Speaker("ann", None, "hers")
            )
            told = await node.do("orders", OWNER)
            assert told.text == (
                "Standing orders: (1) when Bedroom Lamp is on: turn on Kitchen Light; "
                "(2) when Front Door is unlocked: turn on Radio."
            )
            model.sentences["let the rule for the kitchen light rest"] = 'pause orders of light "Kitchen Light"'
            rests = await node.say("let the rule for the kitchen light rest", OWNER)
            assert rests.text == "Resting now: when Bedroom Lamp is on: turn on Kitchen Light."
            assert [one.paused for one in node.orders.all()] == [True, False]
            assert "(resting)" in (await node.do('orders of light "Bedroom Lamp"', OWNER)).text
            other = await node.do('resume orders of light in "Kitchen"', Speaker("ann", None, "hers"))
            assert other.kind == "refusal" and "the owner" in other.text
            await node.do("resume orders", OWNER)
            assert not any(one.paused for one in node.orders.all())
            model.sentences["get rid of the last rule"] = "remove last order"
            asked = await node.say("get rid of the last rule", OWNER)
            assert asked.text == "Shall I remove this for good? When Front Door is unlocked: turn on Radio."
            assert len(node.orders.all()) == 2
            gone = await node.say("yes", OWNER)
            assert gone.text == "No longer in force: when Front Door is unlocked: turn on Radio."
            assert len(node.orders.all()) == 1

    asyncio.run(run())


def test_an_order_that_acted_is_corrected_by_the_words_that_follow(tmp_path: Path) -> None:
    async def run() -> None:
        async with house(tmp_path) as (node, model, witness):
            await node.do('when light "Bedroom Lamp" is on: turn on light "Kitchen Light"', OWNER)
            await node.do('turn on light "Bedroom Lamp"', OWNER)
            await _becomes(witness, "house/light.kitchen/state", "on", "ON")
            instead = 'when light "Bedroom Lamp" is on: turn on media player "Radio"'
            model.sentences["not the light, the radio"] = instead
            asked = await node.say("not the light, the radio", Speaker("owner", "Kitchen", "phone"))
            assert asked.text == (
                "From now on, when Bedroom Lamp is on: turn on Radio. Shall I? "
                "It takes the place of: when Bedroom Lamp is on: turn on Kitchen Light."
            )
            [before] = node.orders.all()
            assert (await node.say("yes", Speaker("owner", "Kitchen", "phone"))).kind == "done"
            [after] = node.orders.all()
            assert after.id == before.id and "radio" in after.sentence

    asyncio.run(run())


def test_an_order_does_nothing_for_what_the_one_in_whose_place_it_stands_fired_for(tmp_path: Path) -> None:
    async def run() -> None:
        async with house(tmp_path) as (node, _model, witness):
            await node.do('when light "Bedroom Lamp" is on: notify owner', OWNER)
            await node.do('turn on light "Bedroom Lamp"', OWNER)
            async with asyncio.timeout(10):
                while not node.journal.latest("Fired"):  # noqa: ASYNC110
                    await asyncio.sleep(0.05)
            [known] = node.orders.all()
            more = 'when light "Bedroom Lamp" is on: notify owner; turn on light "Kitchen Light"'
            await node.do(more, OWNER, replaces=known.id)
            await node.close()
            async with restarted(tmp_path, witness) as later:
                await asyncio.sleep(1.0)
                assert len(later.orders.all()) == 1
                assert (await witness.state("house/light.kitchen/state"))["on"] == "OFF"

    asyncio.run(run())


class FullDisk:
    """Takes no states while it is `full`: all, or those of one name."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, name: str | None = None) -> None:
        self.full, written = False, SqliteJournal.put_states

        async def written_or_not(journal: SqliteJournal, states: Mapping[str, Any]) -> None:
            if self.full and (name is None or name in states):
                raise JournalFailed("the disk is full")
            await written(journal, states)

        monkeypatch.setattr(SqliteJournal, "put_states", written_or_not)


def test_an_order_that_cannot_be_written_down_leaves_the_one_that_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = FullDisk(monkeypatch, "orders")

    async def run() -> None:
        async with house(tmp_path) as (node, _model, _witness):
            await node.do('when light "Bedroom Lamp" is on: turn on light "Kitchen Light"', OWNER)
            [known] = node.orders.all()
            disk.full = True
            with pytest.raises(JournalFailed):
                await node.do('when light "Bedroom Lamp" is off: notify owner', OWNER, replaces=known.id)
            with pytest.raises(JournalFailed):
                await node.do('when light "Bedroom Lamp" is off: notify owner', OWNER)
            disk.full = False
            assert [one.sentence for one in node.orders.all()] == [known.sentence]

    asyncio.run(run())


def test_a_removal_that_the_disk_did_not_take_is_written_with_the_next_save(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = FullDisk(monkeypatch)

    async def run() -> None:
        async with house(tmp_path) as (node, _model, _witness):
            await node.do('when light "Bedroom Lamp" is on: turn on light "Kitchen Light"', OWNER)
            [known] = node.orders.all()
            disk.full = True
            with pytest.raises(JournalFailed):
                await node.orders.remove(known.id)
            disk.full = False
            await node._save()
            assert node.journal.state("orders")["orders"] == []

    asyncio.run(run())
