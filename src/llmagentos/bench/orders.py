"""`agentos bench orders`: standing orders said to the demo house (`sites/demo-orders.yaml`), half of them not looked at while building.

Right is what the person is asked to confirm: the same rule, by the same devices, or a question that offers it; for what cannot be
done here, a refusal or a question. Nothing is set up.
"""

import time
from dataclasses import dataclass, fields, is_dataclass

from rich.console import Console

from llmagentos.agent.dialogue import Dialogue, Turn
from llmagentos.agent.effects import effect
from llmagentos.agent.orders.stored import pinned
from llmagentos.agent.outcomes import Commands
from llmagentos.agent.ports import Deciding
from llmagentos.bench.house import SITES
from llmagentos.bench.impossible import house
from llmagentos.bench.report import CaseResult, Figures, accuracy_figures, show_cases, tracking
from llmagentos.devices.simulation import yaml12
from llmagentos.kernel.local_time import local_zone
from llmagentos.knowledge import Retriever, select
from llmagentos.language import Program, Selector, parse
from llmagentos.language import tree as t
from llmagentos.language.units import Duration, Quantity
from llmagentos.messages.snapshot import Found, Snapshot, Speaker


@dataclass(frozen=True, slots=True)
class OrderCase:
    """What was said, the sentences that would be right, and whether it was looked at while building."""

    words: str
    means: tuple[str, ...]
    group: str


def order_cases() -> list[OrderCase]:
    """All of the file."""
    data = yaml12.load((SITES / "demo-orders.yaml").read_text(encoding="utf-8"))
    return [
        OrderCase(str(one["words"]), tuple(map(str, one["means"])), f"{_language(str(one['words']))} {one['set']}")
        for one in data
    ]


def _language(words: str) -> str:
    return "zh" if any("\u3400" <= char <= "\u9fff" for char in words) else "en"


async def run_orders(decider: Deciding, out: Console, limit: int | None) -> Figures:
    """Say them all, show which were not understood, return the figures."""
    home, results = house(), []
    cases = order_cases()[:limit]
    with tracking(len(cases)) as begin:
        for number, one in enumerate(cases):
            begin(one.words)
            started = time.monotonic()
            speaker = Speaker("owner", None, str(number))
            turn = await Dialogue(decider, Retriever(), select, local_zone()).turn(one.words, home, speaker)
            passed = right(turn, one.means, home, speaker)
            results.append(
                CaseResult(
                    group=one.group, words=one.words if one.group.endswith(" seen") else "(kept aside)", passed=passed,
                    wrong=not passed and turn.acts, duration_ms=(time.monotonic() - started) * 1000,
                    detail=f"{turn.sentence} ({turn.probability:.0%})" if one.group.endswith(" seen") else "",
                    probability=turn.probability, asked=turn.unsure,
                )
            )  # fmt: skip
    show_cases(results, out)
    unseen = [one for one in results if one.group.endswith("unseen")]
    return {
        **accuracy_figures(results),
        "accuracy_unseen": round(sum(one.passed for one in unseen) / max(1, len(unseen)), 4),
    }


def right(turn: Turn, means: tuple[str, ...], home: Snapshot, speaker: Speaker) -> bool:
    """Whether it is the rule that was meant, offered among others or alone, or the no or the question that was due."""
    if all(one.startswith(("refuse", "clarify", "none")) for one in means):
        return turn.kind in ("refusal", "question") and not any(one.startswith("when") for one in turn.offered)
    wanted = {_rule(one, home, speaker) for one in means if not one.startswith(("refuse", "clarify"))}
    return any(_rule(one, home, speaker) in wanted for one in (turn.sentence, *turn.offered))


def _rule(sentence: str, home: Snapshot, speaker: Speaker) -> object:
    """A sentence with the devices in the place of the words for them: two that watch and move the same in the same way are one rule."""
    return _resolved(
        Program(pinned(Program(parse(sentence).statements), home, speaker, select).statements), home, speaker
    )


def _resolved(part: object, home: Snapshot, speaker: Speaker) -> object:
    if isinstance(part, t.Do | t.Set | t.Change):
        done = effect(part, home, speaker, select)
        if isinstance(done, Commands):
            return done
    if isinstance(part, Selector):
        return _devices(part, home, speaker)
    if isinstance(part, tuple):
        return tuple(_resolved(one, home, speaker) for one in part)
    if not is_dataclass(part) or isinstance(part, Duration | Quantity):
        return part
    named = {one.name: _resolved(getattr(part, one.name), home, speaker) for one in fields(part)}
    if isinstance(part, t.InState) and len(_devices(part.target, home, speaker)) == 1:
        named["quantifier"] = "is"  # of one device any and every say the same
    return type(part), tuple(named.items())


def _devices(selector: Selector, home: Snapshot, speaker: Speaker) -> tuple[object, ...]:
    found = select(selector, home, speaker, lambda _: True)
    return tuple(sorted(one.id for one in found.entities)) if isinstance(found, Found) else (selector,)
