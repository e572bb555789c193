"""`agentos bench hwu FILE`: what people said to a home robot, with a home made of the places and things they named.

Right is the verb of the label and, where a place was labelled, that place; where the value is missing ("change the light color") the verb is right
if that value is asked for (`set light color ?`). Nothing is moved. What the site language has no
word for stays in, and counts as wrong.
Source: Liu et al. 2019, HWU64, fold 1, the test part.
"""

import json
import tarfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console

from llmagentos.agent.dialogue import Dialogue
from llmagentos.agent.ports import Deciding
from llmagentos.app.simulated import snapshot_of
from llmagentos.bench.report import BenchError, CaseResult, Figures, accuracy_figures, show_cases, tracking
from llmagentos.kernel.local_time import local_zone
from llmagentos.knowledge import Retriever, select
from llmagentos.language import GrammarError, Selector, Statement, parse
from llmagentos.language import tree as t
from llmagentos.messages.snapshot import Snapshot, Speaker

Verb = Callable[[Statement], bool]
NO_PLACE = (
    "house",
    "home",
    "apartment",
    "room",
    "my room",
    "this room",
    "the room",
    "whole house",
    "all house",
    "place",
    "entire house",
)
MAIN = "Main Room"
_OURS = ("music", "play", "audio", "iot", "lists", "alarm")
"""Beginnings of labels that a house may act upon."""


def _does(*verbs: str) -> Verb:
    return lambda one: isinstance(one, t.Do) and one.verb in verbs


def _changes(direction: str, prop: str) -> Verb:
    return lambda one: (
        (isinstance(one, t.Change) and (one.direction, one.property) == (direction, prop))
        or (isinstance(one, t.Set) and one.property == prop)
    )


VERBS: dict[str, Verb] = {
    "iot_hue_lighton": _does("turn on"), "iot_hue_lightoff": _does("turn off"),
    "iot_hue_lightup": lambda one: _changes("raise", "brightness")(one) or _does("turn on")(one),
    "iot_hue_lightdim": _changes("lower", "brightness"),
    "iot_hue_lightchange": lambda one: isinstance(one, t.Set) and one.property in ("color", "color temperature", "brightness"),
    "iot_wemo_on": _does("turn on"), "iot_wemo_off": _does("turn off"), "iot_cleaning": _does("start"), "iot_coffee": _does("turn on"),
    "audio_volume_up": _changes("raise", "volume"), "audio_volume_down": _changes("lower", "volume"), "audio_volume_mute": _does("mute"),
    "lists_query": lambda one: isinstance(one, t.AskList | t.Count), "lists_createoradd": lambda one: isinstance(one, t.NewList) or (isinstance(one, t.EditList) and one.verb == "add"),
    "lists_remove": lambda one: isinstance(one, t.ClearList | t.DropList) or (isinstance(one, t.EditList) and one.verb != "add"), "alarm_set": lambda one: isinstance(one, t.SetAlarm | t.StartTimer),
    "alarm_query": lambda one: isinstance(one, t.AskAlarms | t.AskTimer),
    "alarm_remove": lambda one: isinstance(one, t.CancelAlarm | t.CancelAllAlarms | t.TimerCommand | t.CancelAllTimers),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Said:
    """One utterance with its labels."""

    intent: str
    words: str
    slots: dict[str, str]

    @property
    def place(self) -> str | None:
        place = self.slots.get("house_place", "").casefold()
        return place.title() if place and place not in NO_PLACE else None


def beyond_homes(file: Path | None, count: int) -> list[str]:
    """Utterances that concern no home, evenly over the labels; none without a file. Raises: BenchError."""
    if file is None:
        return []
    foreign = [one.words for one in _all(file) if one.intent not in VERBS and one.intent.partition("_")[0] not in _OURS]
    return foreign[:: max(1, len(foreign) // count)][:count]


def find_said(file: Path) -> list[Said]:
    """The utterances that concern a home. Raises: BenchError."""
    return [one for one in _all(file) if one.intent in VERBS]


def _all(file: Path) -> list[Said]:
    try:
        with tarfile.open(file) as archive:
            return [
                one for member in archive if member.name.endswith(".json") for one in _read(archive.extractfile(member))
            ]
    except (OSError, tarfile.TarError, ValueError, KeyError) as error:
        raise BenchError(f"{file} holds no HWU64 test part: {error!r}") from error


def _read(file: Any) -> Iterator[Said]:
    for one in json.load(file)["test_data_annotation"]:
        yield Said(one["intent"], one["text"], {entity["entity"]: entity["value"] for entity in one["entities"]})


def home_of(said: list[Said]) -> dict[str, Any]:
    """A home with everything they name: lights in every place, and the things by their names."""
    places = [MAIN, *sorted({one.place for one in said if one.place})]
    things = {
        one.slots["device_type"].title()
        for one in said
        if one.intent.startswith("iot_wemo") and "device_type" in one.slots
    }
    lists = {one.slots["list_name"].title() for one in said if "list_name" in one.slots} | {"Shopping", "To Do"}
    devices = [_device("light", f"{place} Light", place, ["brightness", "color"]) for place in places]
    devices += [_device("outlet", name, MAIN) for name in sorted(things)]
    devices += [_device("list", name) for name in sorted(lists)]
    devices += [
        _device("outlet", "Coffee Machine", MAIN),
        _device("vacuum", "Robot Vacuum"),
        _device("media player", "Speaker", MAIN),
    ]
    for number, one in enumerate(devices):
        one["id"] = f"{one['class'].replace(' ', '_')}.d{number}"
    return {
        "site": "Home",
        "areas": [{"name": place} for place in places],
        "simulate": {"outside": None, "devices": devices},
    }


def _device(entity_class: str, name: str, area: str | None = None, can: list[str] | None = None) -> dict[str, Any]:
    return {"class": entity_class, "name": name, "can": can or [], **({"area": area} if area else {})}


async def run_hwu(file: Path, decider: Deciding, limit: int | None, out: Console) -> Figures:
    """Decide every utterance, show the results by label, return the figures."""
    said = find_said(file)
    home = snapshot_of(home_of(said))
    said = said[:: max(1, len(said) // (limit or len(said)))]
    retriever, results = Retriever(), []
    with tracking(len(said)) as begin:
        for number, one in enumerate(said):
            begin(one.words)
            started = time.monotonic()
            dialogue = Dialogue(decider, retriever, select, local_zone())
            turn = await dialogue.turn(one.words, home, Speaker("owner", MAIN, str(number)))
            passed = _right(one, turn.sentence, home)
            acted = turn.kind in ("commands", "timer") and not passed
            detail = f"{turn.sentence} ({turn.probability:.0%})"
            taken = (time.monotonic() - started) * 1000
            results.append(CaseResult(group=one.intent, words=one.words, passed=passed, wrong=acted, duration_ms=taken, detail=detail, probability=turn.probability, asked=turn.kind == "question"))  # fmt: skip
    show_cases(results, out)
    return accuracy_figures(results)


def _right(said: Said, sentence: str, home: Snapshot) -> bool:
    try:
        statement = parse(sentence).statements[0]
    except GrammarError:
        return False
    if isinstance(statement, t.Delayed | t.Scheduled):
        statement = statement.action
    if not VERBS[said.intent](statement):
        return False
    target = getattr(statement, "target", None)
    return said.place is None or (isinstance(target, Selector) and _place_of(target, home) == said.place)


def _place_of(target: Selector, home: Snapshot) -> str | None:
    if target.name is None:
        return target.area
    return next((one.area for one in home.entities.values() if one.name == target.name), None)
