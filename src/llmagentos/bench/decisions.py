"""`agentos bench decisions`: is the search exact, and does int8 decide as float32 does.

Sentences to homes of 10 to 200 entities go through the whole agent. Each decision is made four times, by the int8 model
and by the float32 one: as the engine runs (trees, guesses, bounds), and by reading every sentence that could still win
alone. The float32 pair shows the search; between the int8 pair rounding differs too: a sum in another order, one step
of one activation, and what follows from it.
"""

import json
import math
import random
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from rich.console import Console
from rich.table import Table

from llmagentos.agent.confidence import UNTRAINED
from llmagentos.agent.dialogue import Dialogue
from llmagentos.agent.ports import Decided, Prompt, Scored
from llmagentos.app.adapters import ChosenModel
from llmagentos.app.simulated import snapshot_of
from llmagentos.bench.replay import NEAR, kept
from llmagentos.bench.report import Figures, tracking
from llmagentos.bench.scale import home_of_size, sentences
from llmagentos.inference.compiler.artefact import Artefact
from llmagentos.inference.compiler.compile import compiled
from llmagentos.inference.decision import Bounds, Outcome, State, TokenAutomaton, decide
from llmagentos.inference.engine.engine import Engine
from llmagentos.inference.tokenizer import Tokens
from llmagentos.kernel.local_time import local_zone
from llmagentos.knowledge import Retriever, select
from llmagentos.language.automaton import Automaton
from llmagentos.messages.snapshot import Speaker

SIZES = (10, 200)
EACH = 10
"""Sentences to one home."""


class Found(NamedTuple):
    """A sentence with its negative log probability."""

    text: str
    cost: float


class Verdict(NamedTuple):
    """How one decision came out, in int8 and in float32, as it is made and in full."""

    words: str
    ours: Found
    in_full: Found
    exact: Found
    exact_in_full: Found


class Fourfold:
    """A `Deciding` that asks four ways and keeps what they said."""

    def __init__(self, ours: Artefact, exact: Artefact, *, trained: bool) -> None:
        self.trained, self.calibration = trained, UNTRAINED
        self._ours, self._ours_in_full = _engine(ours), _engine(ours)
        self._exact, self._exact_in_full = _engine(exact), _engine(exact)
        self.verdicts: list[Verdict] = []
        self.kept: list[dict[str, Any]] = []
        self.words = ""

    async def decide(
        self, static: Prompt, dynamic: Prompt, automaton: Automaton, likely: Sequence[str] = ()
    ) -> Decided:
        chat = self._ours.chat
        prompt = (*chat.whole(static), *chat.opened(dynamic))
        outcome = decide(self._ours, chat, prompt, automaton, Bounds(), likely)
        exact = decide(self._exact, chat, prompt, automaton, Bounds(), likely)
        self.kept.append(kept(prompt, automaton, outcome))
        self.verdicts.append(
            Verdict(
                self.words, _first(outcome), best_in_full(self._ours_in_full, prompt, automaton),
                _first(exact), best_in_full(self._exact_in_full, prompt, automaton),
            )
        )  # fmt: skip
        choices = tuple(Scored(one.text, one.probability) for one in outcome.choices)
        return Decided(self._ours.name, choices, outcome.passes, outcome.duration_ms, outcome.prompt_tokens)

    async def talk(self, prompt: Prompt) -> str:
        return ""


def _engine(artefact: Artefact) -> Engine:
    return Engine(artefact, name=artefact.folder.name, threads=2)


def _first(outcome: Outcome) -> Found:
    return Found(outcome.choices[0].text, -math.log(outcome.choices[0].probability))


def best_in_full(engine: Engine, prompt: Tokens, automaton: Automaton) -> Found:
    """The most probable sentence, depth first, one path a pass. What already costs more than the best whole sentence
    cannot win and is left.
    """
    legal = TokenAutomaton(automaton, engine.chat)
    best: tuple[float, Tokens] = (math.inf, ())
    waiting: list[tuple[float, Tokens, State]] = [(0.0, (), legal.start())]
    while waiting:
        cost, path, state = waiting.pop()
        if cost > best[0]:
            continue
        following = legal.next(state)
        allowed = sorted(following)
        [scores] = engine.log_probs(prompt, [(path, allowed)]) if len(allowed) > 1 else [[0.0]]
        steps = sorted(zip(scores, allowed, strict=True))
        for score, token in steps:  # the most probable is pushed last and goes first
            after = following[token]
            if after is not None:
                waiting.append((cost - score, (*path, token), after))
            elif cost - score < best[0]:
                best = (cost - score, (*path, token))
    return Found(engine.chat.decode(best[1]).strip(), best[0])


async def run_decisions(
    model: ChosenModel, store: Path, count: int, seed: int, keep: Path | None, out: Console
) -> Figures:
    """Decide `count` sentences, show where ways differ, return the shares that agree; `keep` is for `replay`."""
    random_ = random.Random(seed)
    with tempfile.TemporaryDirectory() as folder, tracking(count) as begin:
        native = compiled(model.file, model.adapter, store)
        exact = compiled(model.file, model.adapter, Path(folder), precision="float32")
        ways = Fourfold(native, exact, trained=model.trained)
        while len(ways.verdicts) < count:
            home = home_of_size(random_.randint(*SIZES))
            snapshot, dialogue = snapshot_of(home), Dialogue(ways, Retriever(), select, local_zone())
            for number, words in enumerate(
                sentences(home, min(EACH, count - len(ways.verdicts)), random_.randrange(10**6))
            ):
                begin(words)
                ways.words = words
                await dialogue.turn(words, snapshot, Speaker("owner", None, str(number)))
    if keep is not None:
        keep.write_text(json.dumps(ways.kept), encoding="utf-8")
    return _figures(ways.verdicts[:count], out)


def _figures(verdicts: list[Verdict], out: Console) -> Figures:
    table = Table("words", "decided", "in full", "float32", "float32 in full")
    for one in verdicts:
        if len({found.text for found in one[1:]}) > 1:
            table.add_row(one.words, *(f"{found.text} ({found.cost:.3f})" for found in one[1:]))
    out.print(table)
    gaps = [_gap(one.ours, one.in_full) for one in verdicts]
    exact_gaps = [_gap(one.exact, one.exact_in_full) for one in verdicts]
    return {
        "decisions": len(verdicts), "exact": _share([gap <= NEAR for gap in gaps]), "largest_gap": round(max(gaps), 4),
        "float32_exact": _share([gap <= NEAR for gap in exact_gaps]), "float32_largest_gap": round(max(exact_gaps), 4),
        "float32_agrees": _share([one.ours.text == one.exact.text for one in verdicts]),
    }  # fmt: skip


def _gap(one: Found, other: Found) -> float:
    """Between two winners, in nats: none where they are the same."""
    return 0.0 if one.text == other.text else abs(one.cost - other.cost)


def _share(which: list[bool]) -> float:
    return round(sum(which) / len(which), 4)
