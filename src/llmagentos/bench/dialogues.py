"""`agentos bench dialogues`: conversations with the demo house (`sites/demo-dialogues.yaml`), turn by turn.

A turn is right if what it does is what one of its meanings does. Ours, so this measures memory and reference, not language.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Console

from llmagentos.agent.dialogue import Dialogue, Turn
from llmagentos.agent.ports import Deciding
from llmagentos.bench.house import SITES
from llmagentos.bench.impossible import house
from llmagentos.bench.report import CaseResult, Figures, accuracy_figures, show_cases, tracking
from llmagentos.devices.simulation import yaml12
from llmagentos.kernel.local_time import local_zone
from llmagentos.knowledge import Retriever, select
from llmagentos.messages.snapshot import Snapshot, Speaker


@dataclass(frozen=True, slots=True)
class Conversation:
    """Turns in order: words, and the sentences that would be right."""

    area: str | None
    turns: tuple[tuple[str, tuple[str, ...]], ...]


def conversations() -> list[Conversation]:
    """All of the file."""
    data = yaml12.load((SITES / "demo-dialogues.yaml").read_text(encoding="utf-8"))
    return [
        Conversation(
            one.get("in"), tuple((str(words), tuple(str(means).split(" | "))) for words, means in one["turns"])
        )
        for one in data
    ]


async def run_dialogues(decider: Deciding, out: Console, limit: int | None) -> Figures:
    """Hold them all, show the turns that went wrong, return the figures."""
    home, results = house(), []
    held = conversations()[:limit]
    with tracking(len(held)) as begin:
        for number, one in enumerate(held):
            begin(one.turns[0][0])
            dialogue = Dialogue(decider, Retriever(), select, local_zone())
            for words, means in one.turns:
                started = time.monotonic()
                turn = await dialogue.turn(words, home, Speaker("owner", one.area, str(number)))
                taken = (time.monotonic() - started) * 1000
                passed = right(turn, means, dialogue, home, Speaker("owner", one.area, "meant"))
                wrong = not passed and turn.kind in ("commands", "timer")
                detail = f"{turn.sentence} ({turn.probability:.0%}), not {' | '.join(means)}"
                results.append(CaseResult(group="turns", words=words, passed=passed, wrong=wrong, duration_ms=taken, detail=detail, probability=turn.probability, asked=turn.kind == "question"))  # fmt: skip
    show_cases(results, out)
    return {"dialogues": len(held), **accuracy_figures(results)}


def right(turn: Turn, means: Sequence[str], dialogue: Dialogue, home: Snapshot, speaker: Speaker) -> bool:
    """Whether a turn is one of some sentences, or does what one would."""
    if turn.sentence in means:
        return True
    return any(_does(turn) == _does(dialogue.understand(one, home, speaker, turn.language)) for one in means)


def _does(turn: Turn) -> tuple[object, ...]:
    text = turn.text if turn.kind in ("answer", "refusal") else ""
    return turn.kind, turn.commands, turn.timers, text
