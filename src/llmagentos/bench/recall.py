"""`agentos bench recall DIR`: is what a sentence is about among the candidates. No model.

Of an `assist` set: whatever must change is a candidate, or, where several must, is in a candidate's area. Of `ha-intents`: the
expected name is a candidate's, the expected area one that a sentence may name.
"""

from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from rich.console import Console

from llmagentos.agent.hearing import CANDIDATES
from llmagentos.app.simulated import snapshot_of
from llmagentos.bench.assist import Case, find_cases
from llmagentos.bench.intents import IntentCase, find_intent_cases, home_snapshot
from llmagentos.bench.report import BenchError, Figures
from llmagentos.devices.simulation import yaml12
from llmagentos.devices.simulation.fixtures import from_fixtures
from llmagentos.knowledge import Retriever
from llmagentos.messages.snapshot import Snapshot, Speaker


def run_recall(folder: Path, out: Console) -> Figures:
    """Share of sentences whose subject is found; those that are not are shown. Raises: BenchError."""
    found = (
        list(_assist(folder))
        if any(folder.rglob("_fixtures.yaml")) and not _is_intents(folder)
        else list(_intents(folder))
    )
    if not found:
        raise BenchError(f"{folder} holds neither an assist set nor intent tests")
    for words, missing in found:
        if missing:
            out.print(f"{words!r}: {', '.join(missing)}", highlight=False, markup=False)
    return {"sentences": len(found), "recall": round(sum(not missing for _, missing in found) / len(found), 4)}


def _is_intents(folder: Path) -> bool:
    return any(folder.rglob("Hass*"))


def _assist(folder: Path) -> Iterator[tuple[str, list[str]]]:
    retriever, known = Retriever(), cache(_fixture_snapshot)
    for case in find_cases(folder):
        if case.expected or case.counts:
            yield case.words, list(_missing(case, known(case.home), retriever))


def _missing(case: Case, snapshot: Snapshot, retriever: Retriever) -> Iterator[str]:
    """What must change and is no candidate."""
    found = retriever.retrieve(case.words, snapshot, Speaker("owner", case.area, "recall"), CANDIDATES)
    changing = {*case.expected, *case.counts}
    for device in sorted(changing):
        entity = snapshot.entities[device]
        alike = any(one.entity_class == entity.entity_class for one in found.entities)
        if entity not in found.entities and not (len(changing) > 1 and alike and entity.area in found.areas):
            yield device


def _fixture_snapshot(file: Path) -> Snapshot:
    return snapshot_of(from_fixtures(yaml12.load(file.read_text(encoding="utf-8")), "home"))


def _intents(folder: Path) -> Iterator[tuple[str, list[str]]]:
    for name, cases in find_intent_cases(folder).items():
        snapshot, retriever = home_snapshot(Path(name)), Retriever()
        for case in cases:
            if {"name", "area"} & {*case.slots} and "Timer" not in case.intent:
                yield case.words, list(_missing_slots(case, snapshot, retriever))


def _missing_slots(case: IntentCase, snapshot: Snapshot, retriever: Retriever) -> Iterator[str]:
    found = retriever.retrieve(case.words, snapshot, Speaker("owner", case.area, "recall"), CANDIDATES)
    names = {name.casefold() for one in found.entities for name in (one.name, *one.description.aliases)}
    if not _among(case.slots.get("name"), names):
        yield f"name {case.slots['name']}"
    areas = {
        name.casefold() for one in found.areas if one in snapshot.areas for name in (one, *snapshot.areas[one].aliases)
    }
    if not _among(case.slots.get("area"), areas):
        yield f"area {case.slots['area']}"


def _among(wanted: object, names: Iterable[str]) -> bool:
    """Whether one of the wanted names is there; nothing wanted always is."""
    every = wanted if isinstance(wanted, list) else [wanted]
    return wanted in (None, "all") or any(str(one).casefold() in names for one in every)
