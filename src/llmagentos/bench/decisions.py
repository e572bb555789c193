"""`agentos bench decisions`: is the search exact, and does int8 decide as float32 does.

Sentences to homes of 10 to 200 entities go through the whole agent. Each decision is made three times: by the engine
as it runs (trees, guesses, bounds), by reading every sentence that could still win alone and from its beginning with the
same int8 model, and by the float32 model.
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

from llmagentos.agent.dialogue import Dialogue
from llmagentos.agent.ports import Decided, Prompt, Scored
from llmagentos.app.node import local_zone
from llmagentos.bench.intents import snapshot_of
from llmagentos.bench.replay import NEAR, kept
from llmagentos.bench.report import Figures, tracking
from llmagentos.bench.scale import home_of_size, sentences
from llmagentos.inference.compiler.compile import compiled
from llmagentos.inference.decision import Bounds, State, TokenAutomaton, decide
from llmagentos.inference.engine.engine import Engine
from llmagentos.inference.tokenizer import Tokens
from llmagentos.knowledge import Retriever, select
from llmagentos.language.automaton import Automaton
from llmagentos.messages.snapshot import Speaker

SIZES = (10, 200)
EACH = 10
"""Sentences to one home."""


class Verdict(NamedTuple):
    """How one decision compares. Costs are negative log probabilities."""

    words: str
    ours: str
    ours_cost: float
    slow: str
    slow_cost: float
    exact: str


class Threefold:
    """A `Deciding` that asks three ways and keeps what they said."""

    def __init__(self, ours: Engine, slow: Engine, exact: Engine) -> None:
        self._ours, self._slow, self._exact = ours, slow, exact
        self.verdicts: list[Verdict] = []
        self.kept: list[dict[str, Any]] = []
        self.words = ""

    async def decide(
        self, static: Prompt, dynamic: Prompt, automaton: Automaton, likely: Sequence[str] = ()
    ) -> Decided:
        chat = self._ours.chat
        prompt = (*chat.whole(static), *chat.opened(dynamic))
        found = decide(self._ours, chat, prompt, automaton, Bounds(), likely)
        reference = decide(self._exact, chat, prompt, automaton, Bounds(n_best=1), likely)
        slow, slow_cost = best_in_full(self._slow, prompt, automaton)
        best = found.choices[0]
        self.kept.append(kept(prompt, automaton, found))
        self.verdicts.append(Verdict(self.words, best.text, -math.log(best.probability), slow, slow_cost, reference.choices[0].text))  # fmt: skip
        choices = tuple(Scored(one.text, one.probability) for one in found.choices)
        return Decided(self._ours.name, choices, found.passes, found.duration_ms, found.prompt_tokens)

    async def talk(self, prompt: Prompt) -> str:
        return ""


def best_in_full(engine: Engine, prompt: Tokens, automaton: Automaton) -> tuple[str, float]:
    """The most probable sentence and its cost, depth first, one path a pass. What already costs more than the best whole
    sentence cannot win and is left.
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
    return engine.chat.decode(best[1]).strip(), best[0]


async def run_decisions(
    name: str, model: Path, store: Path, count: int, seed: int, keep: Path | None, out: Console
) -> Figures:
    """Decide `count` sentences, show where ways differ, return the shares that agree; `keep` is for `replay`."""
    random_ = random.Random(seed)
    with tempfile.TemporaryDirectory() as folder, tracking(count) as begin:
        native, exact = compiled(model, None, store), compiled(model, None, Path(folder), precision="float32")
        ways = Threefold(*(Engine(one, name=name, threads=2) for one in (native, native, exact)))
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
    same = [one.ours == one.slow or abs(one.ours_cost - one.slow_cost) <= NEAR for one in verdicts]
    agree = [one.ours == one.exact for one in verdicts]
    table = Table("words", "decided", "in full", "float32")
    for one, is_same, agrees in zip(verdicts, same, agree, strict=True):
        if not (is_same and agrees):
            slow = f"{one.slow} ({one.slow_cost - one.ours_cost:+.3f})"
            table.add_row(one.words, one.ours, "=" if is_same else slow, "=" if agrees else one.exact)
    out.print(table)
    count = len(verdicts)
    return {"decisions": count, "exact": round(sum(same) / count, 4), "float32_agrees": round(sum(agree) / count, 4)}
