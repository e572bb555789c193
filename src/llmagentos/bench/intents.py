"""`agentos bench ha-intents DIR`: sentences with the intent and slots that Home Assistant expects of them.

Intent and slots are read off the site-language tree of what was understood (`intent_of`). The home is the union of
the set's fixtures and its case files, with one device of each class that the set speaks of in every area, so that a
sentence about the kitchen's fans has fans to speak of. No device is moved.
Source: OHF-Voice/intents, `tests/<language>`.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console

from llmagentos.agent.dialogue import Dialogue, Turn
from llmagentos.agent.ports import Deciding
from llmagentos.app.simulated import snapshot_of
from llmagentos.bench.intent_slots import Slots, intent_of, matches
from llmagentos.bench.report import BenchError, CaseResult, Figures, accuracy_figures, show_cases, tracking
from llmagentos.devices.simulation import yaml12
from llmagentos.devices.simulation.fixtures import from_fixtures
from llmagentos.inference.ports import ModelUnavailable
from llmagentos.kernel.local_time import local_zone
from llmagentos.knowledge import Retriever, select
from llmagentos.language import GrammarError, parse
from llmagentos.messages.snapshot import Snapshot, Speaker, TimerView

EVERYWHERE = ("light", "fan", "climate", "media_player")
COVER_KINDS = ("curtain", "blind", "window", "shutter")


@dataclass(frozen=True, slots=True)
class IntentCase:
    """One sentence and what it is expected to be."""

    language: str
    group: str
    words: str
    slots: Slots
    area: str | None

    @property
    def intent(self) -> str:
        return self.group.partition("/")[0]


def find_intent_cases(folder: Path) -> dict[str, list[IntentCase]]:
    """Cases by language folder. Raises: BenchError."""
    folders = [folder] if any(folder.glob("Hass*")) else sorted(one for one in folder.iterdir() if one.is_dir())
    found = {str(one): list(_cases(one)) for one in folders}
    found = {name: cases for name, cases in found.items() if cases}
    if not found:
        raise BenchError(f"{folder} holds no intent tests: LANGUAGE/HassIntent/NAME.yaml with `tests:`")
    return found


def _cases(folder: Path) -> Iterator[IntentCase]:
    for file in sorted(folder.glob("Hass*/*.yaml")):
        data = yaml12.load(file.read_text(encoding="utf-8"))
        for test in data.get("tests", []):
            area = (test.get("context") or {}).get("area")
            for words in test["sentences"]:
                yield IntentCase(folder.name, f"{file.parent.name}/{file.stem}", words, test.get("slots") or {}, area)


async def run_intents(folder: Path, limit: int | None, decider: Deciding, out: Console) -> Figures:
    """Decide every sentence, show the results, return the figures, accuracy by language too."""
    sets = find_intent_cases(folder)
    total = sum(len(cases) for cases in sets.values())
    everything = [(name, case) for name, cases in sets.items() for case in _spread(cases, limit, total)]
    homes = {name: home_snapshot(Path(name)) for name in sets}
    results: list[tuple[str, CaseResult]] = []
    with tracking(len(everything)) as begin:
        for number, (name, case) in enumerate(everything):
            begin(case.words)
            results.append((case.language, await decide_case(case, homes[name], decider, number)))
    show_cases([one for _, one in results], out)
    figures = accuracy_figures([one for _, one in results])
    for language in dict.fromkeys(one for one, _ in results):
        mine = [result for one, result in results if one == language]
        figures[f"accuracy_{language}"] = round(sum(one.passed for one in mine) / len(mine), 4)
    return figures


def _spread(cases: list[IntentCase], limit: int | None, total: int) -> list[IntentCase]:
    """Every n-th case, so that a limit still sees every intent."""
    if limit is None or limit >= total:
        return cases
    step = total / limit
    return [cases[int(index * step)] for index in range(int(len(cases) / step))]


async def decide_case(case: IntentCase, home: Snapshot, decider: Deciding, number: int) -> CaseResult:
    """What one sentence is understood as. A wrong act is a sentence that would change something it must not."""
    started = time.monotonic()
    try:
        turn = await _understood(case, home, decider, str(number))
    except ModelUnavailable as error:  # too slow is wrong, and the next sentence has its chance
        late_ms = (time.monotonic() - started) * 1000
        return CaseResult(group=case.group, words=case.words, passed=False, duration_ms=late_ms, detail=str(error))
    duration_ms = (time.monotonic() - started) * 1000
    try:
        statement = parse(turn.sentence).statements[0]
    except GrammarError:  # nothing was understood at all
        return CaseResult(group=case.group, words=case.words, passed=False, duration_ms=duration_ms, detail=turn.text)
    intent, slots = intent_of(statement, home)
    command = case.slots.get("conversation_command")
    if command is not None:
        alone = await _understood(
            IntentCase(case.language, case.group, str(command), {}, case.area), home, decider, f"{number}-command"
        )
        slots["conversation_command"] = command if turn.sentence.endswith(f": {alone.sentence}") else "other"
    passed = intent == case.intent and matches(case.slots, slots, case.area, home)
    acted = turn.kind in ("commands", "timer") and not passed
    detail = f"{turn.sentence} ({turn.probability:.0%}) = {intent} {slots}, expected {case.slots}"
    return CaseResult(group=case.group, words=case.words, passed=passed, duration_ms=duration_ms, wrong=acted, detail=detail, probability=turn.probability, asked=turn.kind == "question")  # fmt: skip


async def _understood(case: IntentCase, home: Snapshot, decider: Deciding, session: str) -> Turn:
    dialogue = Dialogue(decider, Retriever(), select, local_zone())
    return await dialogue.turn(case.words, home, Speaker("owner", case.area, session))


def home_of(folder: Path) -> dict[str, Any]:
    """The home of a language, as Home Assistant fixtures."""
    file = folder / "_fixtures.yaml"
    home: dict[str, Any] = (
        yaml12.load(file.read_text(encoding="utf-8")) if file.is_file() else {"language": folder.name}
    )
    areas: dict[str, dict[str, Any]] = {one["name"]: one for one in home.get("areas", [])}
    entities: dict[str, dict[str, Any]] = {one["id"]: one for one in home.get("entities", [])}
    for case_file in sorted(folder.glob("Hass*/*.yaml")):
        _join(yaml12.load(case_file.read_text(encoding="utf-8")), areas, entities)
    for area in areas.values():
        for entity in _one_of_each(area):
            entities.setdefault(entity["id"], entity)
    return {**home, "areas": list(areas.values()), "entities": list(entities.values())}


def _join(data: dict[str, Any], areas: dict[str, dict[str, Any]], entities: dict[str, dict[str, Any]]) -> None:
    for area in data.get("areas") or ():
        areas.setdefault(area["name"], {"name": area["name"], "id": area["name"]})
    known = {(str(one["id"]).partition(".")[0], one["name"]) for one in entities.values()}
    for entity in data.get("entities") or ():
        if (entity["domain"], entity["name"]) not in known:
            name = f"{entity['domain']}.entity_{len(entities)}"
            place = areas.get(entity.get("area", ""), {}).get("id")
            entities[name] = {**entity, "id": name, **({"area": place} if place else {})}


def _one_of_each(area: dict[str, Any]) -> Iterator[dict[str, Any]]:
    place, name = area.get("id", area["name"]), area["name"]
    for domain in EVERYWHERE:
        attributes = {"current_temperature": 20} if domain == "climate" else {}
        yield {"id": f"{domain}.each_{place}", "name": f"{name} {domain.replace('_', ' ')}", "area": place, "state": "off",
               "attributes": attributes}  # fmt: skip
    for kind in COVER_KINDS:
        yield {"id": f"cover.each_{kind}_{place}", "name": f"{name} {kind}", "area": place, "state": "closed",
               "attributes": {"device_class": kind}}  # fmt: skip


def home_snapshot(folder: Path) -> Snapshot:
    """The home of a language, with the timers that run in it."""
    home = home_of(folder)
    return snapshot_of(from_fixtures(home, "home"), tuple(_timers(home)))


def _timers(home: dict[str, Any]) -> Iterator[TimerView]:
    areas = {one.get("id", one["name"]): one["name"] for one in home["areas"]}
    for number, one in enumerate(home.get("timers") or ()):
        seconds = 3600 * one.get("start_hours", 0) + 60 * one.get("start_minutes", 0) + one.get("start_seconds", 0)
        yield TimerView(f"timer-{number}", seconds, one.get("total_seconds_left", 0), one.get("is_active", True),
                        one.get("name"), areas.get(one.get("area", "")))  # fmt: skip
