"""What is heard reaches the house: other readings, silence, rights of a voice, sound that is none."""

import asyncio
import base64
import json
from pathlib import Path
from typing import Any

import numpy as np

from llmagentos.app.listening import ENGLISH, WhisperListener, as_typed, ears, names_of
from llmagentos.app.node import Node
from llmagentos.app.operations import handle
from llmagentos.inference.store import ModelStore
from llmagentos.messages.snapshot import Snapshot, Speaker
from llmagentos.perception.speech.sound import RATE, Samples, write_wave
from tests.flows.house import house

SOUND = base64.b64encode(write_wave(np.zeros(RATE, np.float32))).decode()


class Fake:
    def __init__(self, *readings: str) -> None:
        self.readings = readings

    async def hear(self, samples: Samples, snapshot: Snapshot) -> tuple[str, ...]:
        return self.readings


async def heard(node: Node, sound: str = SOUND, **more: Any) -> dict[str, Any]:
    return await handle(node, json.dumps({"op": "hear", "sound": sound, "session": "voice", **more}).encode())


async def _spoken(tmp_path: Path) -> None:
    async with house(tmp_path) as (node, model, _witness):
        assert "ears" in (await heard(node))["error"]
        model.sentences |= {
            "turn on the kitsch in light": "refuse impossible", "turn on the kitchen light": 'turn on light "Kitchen Light"',
            "don't touch the kitchen": "refuse impossible", "unlock the front door": 'unlock lock "Front Door"',
            "turn on the bedroom lamp": 'turn on light "Bedroom Lamp"', "turn off the kitchen light": 'turn off light "Kitchen Light"',
        }  # fmt: skip
        node.senses.listener = Fake("turn on the kitsch in light", "turn on the kitchen light")
        reply = (await heard(node, area="Kitchen"))["result"]["reply"]
        assert reply["kind"] == "done"  # the reading that means something here
        chain = [type(one).__name__ for one in node.journal.chain(reply["record"])]
        assert chain.count("Utterance") == 2  # what was heard first, and what was taken for it

        node.senses.listener = Fake("don't touch the kitchen", "turn off the kitchen light")
        assert (await heard(node, area="Kitchen"))["result"]["reply"][
            "kind"
        ] != "done"  # another reading never drops a "not"
        assert node.snapshot().entities["light.kitchen"].value("on") is True

        node.senses.listener = Fake("turn on the bedroom lamp")
        assert (await heard(node, area="Kitchen"))["result"]["reply"]["kind"] == "refusal"  # a guest of the kitchen
        assert (await heard(node, area="Kitchen", recognised=True))["result"]["reply"]["kind"] == "done"

        node.senses.listener = Fake("unlock the front door")
        assert (await heard(node, area="Kitchen"))["result"]["reply"]["consent"] is None
        assert (await heard(node, area="Kitchen", recognised=True))["result"]["reply"]["consent"]

        model.sentences |= {
            "ten minute timer": "start timer 10 min", "cancel the timer": "cancel timer", "cancel all timers": "cancel all timers",
            "if the kitchen light is off the lamp on": 'when light "Kitchen Light" is off: turn on light "Bedroom Lamp"', "yes": "none",
            "turn on the light": "turn on light", "turn on the lights": "turn on all light",
        }  # fmt: skip
        await node.say("ten minute timer", Speaker("owner", "Kitchen", "x"))
        for words in ("cancel the timer", "cancel all timers"):  # what others set is not a guest's to end
            node.senses.listener = Fake(words)
            assert (await heard(node, area="Kitchen"))["result"]["reply"]["kind"] == "refusal"
        assert len(node.snapshot().timers) == 1
        node.senses.listener = Fake("ten minute timer")
        assert (await heard(node, area="厨房"))["result"]["reply"]["kind"] == "done"  # a room by another of its names
        assert "no room" in (await heard(node, area="Attic"))["error"]
        node.senses.listener = Fake("if the kitchen light is off the lamp on")
        await heard(node, area="Kitchen")
        node.senses.listener = Fake("yes")
        await heard(node, area="Kitchen")
        assert not node.orders.all()

        await node.do("turn off all light", Speaker("owner", None, "x"))
        node.senses.listener = Fake("turn on the light", "turn on the lights")
        reply = (await heard(node, recognised=True))["result"]["reply"]
        assert reply["kind"] == "question"  # it was understood: no less likely reading takes its place

        node.senses.listener = Fake()
        assert (await heard(node))["result"] == {"heard": "", "reply": None}
        for nothing in ("", "!!", base64.b64encode(b"RIFFnonsense").decode()):
            assert "error" in await heard(node, nothing)


def test_what_is_heard_reaches_the_house(tmp_path: Path) -> None:
    asyncio.run(_spoken(tmp_path))


async def _missing(tmp_path: Path) -> None:
    async with house(tmp_path) as (node, _model, _witness):
        node.senses.listener = ears(ModelStore(tmp_path), "en")
        assert "agentos models fetch whisper-tiny.en" in (await heard(node))["error"]
        names = names_of(node.snapshot())
        assert "kitchen light" in names
        assert names[-2:] == ("kitchen", "bedroom")


def test_a_missing_model_says_what_to_fetch(tmp_path: Path) -> None:
    asyncio.run(_missing(tmp_path))


def test_the_model_follows_the_language_of_the_site(tmp_path: Path) -> None:
    for name in ("whisper-tiny.en", "whisper-base"):
        (tmp_path / name).mkdir()
        for file in ("model.bin", "config.json", "tokenizer.json", "vocabulary.txt"):
            (tmp_path / name / file).touch()
    for language, model, languages in (
        ("en", "whisper-base", ("en",)),
        ("zh-CN", "whisper-base", ("zh", "en")),
        ("en", "whisper-tiny.en", ("en",)),
    ):
        if model == ENGLISH:
            (tmp_path / "whisper-base" / "model.bin").unlink()
        listener = ears(ModelStore(tmp_path), language)
        assert isinstance(listener, WhisperListener)
        assert listener._folder.name == model
        assert listener._languages == languages


def test_what_was_heard_looks_as_if_it_had_been_typed() -> None:
    assert as_typed(" Living Room Lamp, a bit darker.") == "living room lamp a bit darker"
    assert as_typed("Set it to 21.5 degrees!") == "set it to 21.5 degrees"
    assert as_typed("打开厨房的灯。") == "打开厨房的灯"
    assert as_typed("Is the garage door open?") == "is the garage door open"  # it is a question without its mark
    assert as_typed("Front door?") == "front door?"  # this is not
    assert as_typed("现在几度？") == "现在几度"
