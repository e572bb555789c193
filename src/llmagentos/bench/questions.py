"""`agentos bench questions FOLDER`: what owners and operators ask, over the demo house with a recorded week and over two Brick models.

The questions, their answers and the recorded past were written by another hand (`sites/questions.yaml`); of those marked as not seen nobody who builds
looks at more than their number. An answer is right if it holds the facts: exactly these names, this number, this time, yes or no, that there is no such
thing. What the model took is left out of the time.
"""

import csv
import datetime as dt
import gzip
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from rich.console import Console

from llmagentos.agent.dialogue import Dialogue, Turn
from llmagentos.agent.past import Past
from llmagentos.agent.ports import Deciding
from llmagentos.agent.unusual import Unusual, tell
from llmagentos.bench.house import SITES
from llmagentos.bench.impossible import house
from llmagentos.bench.report import BenchError, CaseResult, Figures, accuracy_figures, quantile, show_cases, tracking
from llmagentos.devices.simulation import yaml12
from llmagentos.knowledge import Retriever, select
from llmagentos.knowledge.graph.imports import UnreadableGraph, imported
from llmagentos.knowledge.graph.links import links, site_links
from llmagentos.language import tree as t
from llmagentos.language.vocabulary import PRIMARY
from llmagentos.messages.snapshot import Held, Reading, Snapshot, Speaker

NOW = dt.datetime(2026, 5, 13, 18, 30, tzinfo=dt.UTC)
FILES = {"soda": "soda_brick.ttl", "chiller": "chiller-plant.ttl"}
_SAYS_NO = re.compile(r"^\s*(?:no\b|not\b|none\b|nothing\b|没|不|无)|\bless than\b|低于|更低", re.IGNORECASE)
_SAYS_YES = re.compile(r"^\s*(?:yes\b|是|有)|\bmore than\b|高于|更高", re.IGNORECASE)
_COLDER = re.compile(r"\b(?:colder|cooler|lower|drier|less|fewer)\b|冷|低|干燥", re.IGNORECASE)
_NO_SUCH = re.compile(r"\bno such\b|\bno record\b|\bdo not know\b|\bnothing\b|^none\b|\bnot possible\b|\bknow of no\b|没有|不知道|做不到|无法", re.IGNORECASE)  # fmt: skip
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_LENGTH = re.compile(
    r"(\d+(?:\.\d+)?)\s*(days?|d\b|天|hours?|h\b|小时|minutes?|min\b|分钟|seconds?|s\b|秒)", re.IGNORECASE
)
_MINUTES = {"d": 1440.0, "天": 1440.0, "h": 60.0, "小": 60.0, "m": 1.0, "分": 1.0, "s": 1 / 60, "秒": 1 / 60}


def recorded(home: Snapshot) -> tuple[Snapshot, list[Reading]]:
    """The house at the end of the recorded week, and the week."""
    known = {one.name: one for one in home.entities.values()}
    readings: list[Reading] = []
    with gzip.open(SITES / "questions-history.csv.gz", "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            entity = known.get(row["device"])
            if entity is not None:
                at = dt.datetime.fromisoformat(row["at"]).replace(tzinfo=dt.UTC).timestamp()
                name = PRIMARY.get(entity.entity_class, "state") if row["property"] == "state" else row["property"]
                readings.append(Reading(at, entity.id, name.replace("_", " "), _value(row["value"])))
    values: dict[str, dict[str, Held]] = {}
    for one in readings:
        values.setdefault(one.entity, {})[one.property] = Held(one.value, one.at)
    entities = {
        key: replace(one, values=MappingProxyType({**one.values, **values.get(key, {})}))
        for key, one in home.entities.items()
    }
    return replace(home, at=NOW.timestamp(), entities=MappingProxyType(entities)), readings


def _value(text: str) -> bool | float | str:
    if text in ("true", "false"):
        return text == "true"
    try:
        return float(text)
    except ValueError:
        return text


def drawn(file: Path) -> Snapshot:
    """A site of which only a drawing is known. Raises: BenchError."""
    try:
        known = site_links(links(imported(file.read_bytes(), file.suffix, file.stem).triples))
    except (OSError, UnreadableGraph) as error:
        raise BenchError(f"{file}: {error}") from error
    return Snapshot(NOW.timestamp(), 1, 1, MappingProxyType({}), MappingProxyType({}), links=known)


async def run_questions(decider: Deciding, folder: Path, out: Console, limit: int | None) -> Figures:
    """Ask all, judge, return the figures. Raises: BenchError."""
    asked = yaml12.load((SITES / "questions.yaml").read_text(encoding="utf-8"))[:limit]
    home, past = recorded(house())
    sites = {"demo": home, **{name: drawn(folder / file) for name, file in FILES.items()}}
    results: list[CaseResult] = []
    own_ms: list[float] = []
    with tracking(len(asked)) as begin:
        for one in asked:
            begin(one["ask"])
            snapshot = sites[one["site"]]
            started = time.perf_counter()
            turn = await Dialogue(decider, Retriever(), select, dt.UTC).turn(one["ask"], snapshot, Speaker())
            text = " ".join((turn.text, *_from_the_past(turn, snapshot, past)))
            took = (time.perf_counter() - started) * 1000
            own_ms.append(took - turn.decided.duration_ms)
            passed = right(one["ask"], one["answer"], text, turn, snapshot)
            group = f"{one['site']}/{one['kind']}" if one["seen"] else f"{one['site']}/unseen"
            results.append(
                CaseResult(
                    group=group, words=one["ask"], passed=passed, duration_ms=took, wrong=turn.acts, probability=turn.probability,
                    asked=turn.kind == "question", detail=f"{turn.sentence}: {text} | {one['answer']}",
                )
            )  # fmt: skip
    show_cases([one for one in results if one.passed or not one.group.endswith("unseen")], out)
    figures = accuracy_figures(results)
    for name in sites:
        of_site = [one for one in results if one.group.startswith(name)]
        figures[f"accuracy_{name}"] = _share(of_site)
    figures["accuracy_unseen"] = _share([one for one in results if one.group.endswith("unseen")])
    return {**figures, "own_p50_ms": round(quantile(own_ms, 0.5), 1), "own_p95_ms": round(quantile(own_ms, 0.95), 1)}


def _share(results: Sequence[CaseResult]) -> float:
    return round(sum(one.passed for one in results) / max(1, len(results)), 4)


def _from_the_past(turn: Turn, snapshot: Snapshot, past: Sequence[Reading]) -> list[str]:
    """What only the memory can answer; why and what if are answered by a running node, and count as wrong here."""
    memory = Past(past, snapshot.at, dt.UTC, turn.language)
    told = []
    for one in turn.questions:
        entities = {key: snapshot.entities[key] for key in one.entities}
        if isinstance(one.ask, t.AskUnusual):
            unusual = Unusual(memory, snapshot.at, dt.UTC, turn.language)
            told.append(tell([unusual.of(one.ask.over, each) for each in entities.values()], turn.language))
        elif not isinstance(one.ask, t.Why | t.WhatIf):
            told.append(memory.answer(one.ask, entities))
    return told


def right(words: str, answer: Mapping[str, Any], text: str, turn: Turn, snapshot: Snapshot) -> bool:
    """Whether a text holds the facts of an answer, and no others of its sort."""
    if turn.kind == "question":
        return False
    if "absent" in answer:
        return turn.kind == "refusal" or _NO_SUCH.search(text) is not None
    if "names" in answer:
        return _names(text, snapshot, answer["names"]) == set(answer["names"])
    if "path" in answer:
        places = [text.find(str(one)) for one in answer["path"]]
        return (
            -1 not in places
            and places == sorted(places)
            and _names(text, snapshot, answer["path"]) == set(answer["path"])
        )
    if "yes" in answer:
        yes, no = _SAYS_YES.search(text) is not None, _SAYS_NO.search(text) is not None
        turned = "than" in text and _COLDER.search(words) is not None
        return (yes or no) and (yes and not no) == (answer["yes"] != turned)
    if "time" in answer:
        return _time(text, str(answer["time"]), float(answer.get("within", 1)))
    return _number(text, answer)


def _names(text: str, snapshot: Snapshot, wanted: Sequence[str]) -> set[str]:
    """The things of the site that a text names; where one name is within another the longer one counts."""
    known = {one.name for one in snapshot.entities.values()} | set(snapshot.areas) | set(wanted)
    known |= set(snapshot.links.things) if snapshot.links is not None else set()
    found: set[str] = set()
    for name in sorted(known, key=len, reverse=True):
        pattern = rf"(?<![\w-]){re.escape(name)}(?![\w-])"
        if re.search(pattern, text):
            found.add(name)
            text = re.sub(pattern, " ", text)
    return found


def _number(text: str, answer: Mapping[str, Any]) -> bool:
    wanted, within = float(answer["number"]), float(answer.get("within", 0.051 if answer.get("unit") != "count" else 0))
    lengths = [float(number) * _MINUTES[unit[0].casefold()] for number, unit in _LENGTH.findall(text)]
    if answer.get("unit") == "min" and lengths:
        return abs(sum(lengths) - wanted) <= max(within, 0.5)
    return any(abs(float(one) - wanted) <= within + 1e-9 for one in _NUMBER.findall(text))


def _time(text: str, wanted: str, within: float) -> bool:
    day = dt.datetime.fromisoformat(wanted)
    if "T" not in wanted:
        return f"{day:%A}" in text or "一二三四五六日"[day.weekday()] in text or wanted in text
    said = [int(hour) * 60 + int(minute) for hour, minute in re.findall(r"(\d{1,2}):(\d\d)", text)]
    return any(abs(one - day.hour * 60 - day.minute) <= within for one in said)
