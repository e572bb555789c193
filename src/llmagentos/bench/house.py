"""`agentos bench house`: the demo house and what people say to it (`sites/demo-cases.yaml`), states read from the broker.

These cases are ours and may be tuned on; what counts is accuracy on sets written elsewhere (`assist`, `ha-intents`).
"""

import tempfile
from importlib import resources
from pathlib import Path
from typing import Any

import yaml
from rich.console import Console

from llmagentos.agent.ports import Deciding
from llmagentos.bench.assist import Case, run_case
from llmagentos.bench.home import home_under_test
from llmagentos.bench.report import CaseResult, Figures, accuracy_figures, show_cases, tracking
from llmagentos.devices.simulation import yaml12

SITES = Path(str(resources.files("llmagentos") / "sites"))


def house_cases() -> list[tuple[Case, str]]:
    """The cases, each with the sentence of the site language it means."""
    data = yaml12.load((SITES / "demo-cases.yaml").read_text(encoding="utf-8"))
    return [(_case(one), one["means"]) for one in data]


def _case(one: dict[str, Any]) -> Case:
    expected = one.get("expect", {})
    reply = one.get("reply") or ("done" if expected else "answer")
    language = "zh" if any("\u4e00" <= char <= "\u9fff" for char in one["say"]) else "en"
    return Case(
        home=SITES / "demo.yaml", group=f"{language}/{reply}", words=one["say"], setup=one.get("setup", {}), expected=expected,
        counts={device: values["items"] for device, values in expected.items() if "items" in values}, ignored={},
        answers=tuple(one.get("answer", ())), area=one.get("in"), now=None, reply=reply, consent=one.get("consent", False),
    )  # fmt: skip


def still_house(folder: Path) -> Path:
    """The demo house without weather and travel times, so that nothing moves but by command."""
    data = yaml12.load((SITES / "demo.yaml").read_text(encoding="utf-8"))
    data["simulate"]["outside"] = None
    for device in data["simulate"]["devices"]:
        device.pop("travel", None)
    file = folder / "house.yaml"
    file.write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
    return file


async def run_house(decider: Deciding, out: Console, limit: int | None) -> Figures:
    """Say everything to the house, show what came of it, return the figures."""
    cases = house_cases()[:limit]
    results: list[CaseResult] = []
    with tempfile.TemporaryDirectory() as folder:
        async with home_under_test(still_house(Path(folder)), Path(folder), decider) as home:
            with tracking(len(cases)) as begin:
                for number, (case, _) in enumerate(cases):
                    begin(case.words)
                    results.append(await run_case(case, home, f"case-{number}"))
    show_cases(results, out)
    return accuracy_figures(results)
