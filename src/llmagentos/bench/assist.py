"""`agentos bench assist DIR`: homes with sentences and the whole home they must leave behind.

The sets are in the format of allenporter/home-assistant-datasets (`assist`): `_fixtures.yaml` is the home, every other
file has tests with `sentences`, `setup`, `expect_changes`, `ignore_changes`, `context_device`, `context_now`, or
`expect_response` for questions. A case passes only if the whole home then equals setup and expected changes, read from
the broker. The bench is the owner and says yes once when asked.
"""

import datetime as dt
import re
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

from rich.console import Console

from llmagentos.agent.ports import Deciding
from llmagentos.app.replies import Reply
from llmagentos.bench.home import Home, HomeUnderTest, home_under_test
from llmagentos.bench.report import BenchError, CaseResult, Figures, accuracy_figures, show_cases, tracking
from llmagentos.devices.simulation import yaml12
from llmagentos.devices.simulation.fixtures import PROPERTY_OF, class_of, to_values
from llmagentos.messages import SystemClock
from llmagentos.messages.records import ConsentRequest
from llmagentos.messages.snapshot import Speaker
from llmagentos.messages.values import Json


@dataclass(frozen=True, slots=True)
class Case:
    """One sentence of a test."""

    home: Path
    group: str
    words: str
    setup: dict[str, dict[str, Json]]
    expected: dict[str, dict[str, Json]]
    counts: dict[str, int]
    ignored: dict[str, tuple[str, ...]]
    answers: tuple[str, ...]
    area: str | None
    now: float | None
    reply: str | None = None
    """The kind of reply that is expected, where the set says so."""
    consent: bool | None = None


@dataclass(slots=True)
class MovableClock:
    """The machine's clocks, with a wall clock that a case can set."""

    offset: float = 0.0
    _system: SystemClock = field(default_factory=SystemClock)

    def now(self) -> float:
        return self._system.now() + self.offset

    def monotonic(self) -> float:
        return self._system.monotonic()

    def set(self, now: float | None) -> None:
        """Make it `now`, or the machine's own time again."""
        self.offset = 0.0 if now is None else now - self._system.now()


def find_cases(folder: Path) -> list[Case]:
    """All cases below a folder. Raises: BenchError."""
    homes = sorted(folder.rglob("_fixtures.yaml"))
    cases = [case for home in homes for case in _home_cases(home, folder)]
    if not cases:
        raise BenchError(f"{folder} holds no assist set: folders with `_fixtures.yaml` beside files of `tests:`")
    return cases


async def run_assist(cases: list[Case], decider: Deciding, out: Console) -> Figures:
    """Run all cases, show them, return the figures."""
    results: list[CaseResult] = []
    by_home: dict[Path, list[Case]] = {}
    for case in cases:
        by_home.setdefault(case.home, []).append(case)
    with tracking(len(cases)) as begin:
        for home, members in by_home.items():
            clock = MovableClock()
            with tempfile.TemporaryDirectory() as folder:
                async with home_under_test(home, Path(folder), decider, clock) as under_test:
                    for number, case in enumerate(members):
                        begin(case.words)
                        clock.set(case.now)
                        results.append(await run_case(case, under_test, f"case-{number}"))
    show_cases(results, out)
    return accuracy_figures(results)


Saying: TypeAlias = Callable[[str, Speaker], Awaitable[Reply]]
"""How a sentence reaches the node."""


async def run_case(case: Case, home: HomeUnderTest, session: str, say: Saying | None = None) -> CaseResult:
    """One sentence in a clean home."""
    before = await home.reset(case.setup)
    speaker = Speaker("owner", case.area, session)
    reply = await (say or home.node.say)(case.words, speaker)
    asked: set[str] = set()
    told = f"{reply.sentence} -> {reply.text}"
    if reply.consent is not None:
        [request] = home.node.journal.latest("ConsentRequest", limit=1)
        assert isinstance(request, ConsentRequest)
        asked = {one.entity for one in request.commands}
        told += f" -> {(await home.node.consent(reply.consent, True, 'owner')).text}"
    wanted = expected_home(case, before)
    differences = compare(wanted, await home.read(), case)
    wrong = [one for one in differences if one.actual != before[one.device].get(one.name)]
    passed = not differences and (not case.answers or answered(reply, case.answers))
    passed = passed and (case.consent is None or case.consent == (reply.consent is not None))
    passed = passed and (case.reply in (None, reply.kind) or reply.consent is not None)
    detail = told + "".join(f"; {one}" for one in differences[:6])
    return CaseResult(
        group=case.group, words=case.words, passed=passed, duration_ms=reply.duration_ms, detail=detail,
        wrong=bool(wrong) or bool(asked - {*case.expected, *case.counts}), consents=int(reply.consent is not None), probability=reply.probability, asked=reply.kind == "question",
    )  # fmt: skip


def answered(reply: Reply, expected: tuple[str, ...]) -> bool:
    """Whether a reply states, in one sentence, one answer that holds an expected word."""
    sentences = [one for one in re.split(r"(?<=[.!?。！？])\s+", reply.text.strip()) if one]
    if reply.kind != "answer" or len(sentences) != 1:
        return False
    said = reply.text.casefold()
    return any(re.search(rf"(?<!\w){re.escape(one.casefold())}(?!\w)", said) for one in expected)


@dataclass(frozen=True, slots=True)
class Difference:
    """A property that is not as it should be."""

    device: str
    name: str
    wanted: Json
    actual: Json

    def __str__(self) -> str:
        return f"{self.device} {self.name} is {self.actual!r}, not {self.wanted!r}"


def expected_home(case: Case, before: Home) -> Home:
    """The whole home as it must be: as it was, with the expected changes."""
    home = {key: dict(values) for key, values in before.items()}
    for device, values in case.expected.items():
        home.setdefault(device, {}).update({name: _reported(value) for name, value in values.items()})
    return home


def compare(wanted: Home, actual: Home, case: Case) -> list[Difference]:
    """Where the home differs from what it must be."""
    differences = []
    for device, values in wanted.items():
        skipped = {*case.ignored.get(device, ()), *_derived(values)}
        for name in (one for one in values if one not in skipped):
            wanted_value, now = values[name], actual.get(device, {}).get(name)
            if device in case.counts and name == "items":
                wanted_value, now = case.counts[device], _open_items(now)
            if not _equal(wanted_value, now):
                differences.append(Difference(device, name, wanted_value, now))
    return differences


def _derived(values: dict[str, Any]) -> tuple[str, ...]:
    """What follows from other properties: a player is on if it plays, a light that is off has no brightness."""
    if "activity" in values:
        return ("state",)
    if "playback" in values:
        return ("on", "muted", "title")
    return ("brightness", "color", "color temperature") if values.get("on") == "OFF" else ()


def _equal(wanted: Json, actual: Json) -> bool:
    if isinstance(wanted, int | float) and isinstance(actual, int | float) and not isinstance(wanted, bool):
        return abs(wanted - actual) <= 1  # a byte of brightness is 0.4 %
    return wanted == actual


def _open_items(items: Json) -> int:
    return sum(isinstance(one, dict) and one.get("status") != "completed" for one in items or ()) if isinstance(items, list) else 0  # fmt: skip


def _reported(value: Json) -> Json:
    return ("ON" if value else "OFF") if isinstance(value, bool) else value


def _home_cases(fixtures: Path, root: Path) -> Iterator[Case]:
    home = yaml12.load(fixtures.read_text(encoding="utf-8"))
    areas = {one["id"]: one["name"] for one in home.get("areas", [])}
    device_area = {one["id"]: areas.get(one.get("area")) for one in home.get("devices", [])}
    for file in sorted(fixtures.parent.glob("*.yaml")):
        if file.name.startswith("_"):
            continue
        data = yaml12.load(file.read_text(encoding="utf-8"))
        for test in data.get("tests", []):
            for words in test["sentences"]:
                group = str(file.parent.relative_to(root) if file.parent != root else file.parent.name)
                yield _case(fixtures, f"{group}/{file.stem}", words, test, device_area)


def _case(home: Path, group: str, words: str, test: dict[str, Any], device_area: dict[str, str | None]) -> Case:
    setup = {key.lower(): _values(key, one) for key, one in (test.get("setup") or {}).items()}
    changes = test.get("expect_changes") or {}
    now = test.get("context_now")
    return Case(
        home=home, group=group, words=words, setup=setup,
        expected={key.lower(): _values(key, one) for key, one in changes.items()},
        counts={key.lower(): int(one["state"]) for key, one in changes.items() if key.startswith("todo.") and "state" in one},
        ignored={key.lower(): tuple(PROPERTY_OF.get(str(name), "") for name in names)
                 for key, names in (test.get("ignore_changes") or {}).items()},
        answers=tuple(str(one) for one in test.get("expect_response") or ()),
        area=device_area.get(test.get("context_device", "")),
        now=dt.datetime.fromisoformat(str(now)).replace(tzinfo=None).timestamp() if now else None,
    )  # fmt: skip


def _values(entity_id: str, change: dict[str, Any]) -> dict[str, Json]:
    state = None if entity_id.startswith("todo.") else change.get("state")
    return to_values(class_of(entity_id), state, change.get("attributes") or {})
