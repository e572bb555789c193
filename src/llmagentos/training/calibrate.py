"""How sure a trained model may be believed to be: its decisions on homes that training never saw, through the whole agent."""

import json
from collections.abc import Callable, Sequence
from itertools import islice
from pathlib import Path

import numpy as np

from llmagentos.agent.confidence import Calibration, act_from
from llmagentos.agent.dialogue import Dialogue, Turn
from llmagentos.agent.ports import Decided, Deciding, Prompt
from llmagentos.app.adapters import CARD
from llmagentos.app.node import local_zone
from llmagentos.knowledge import Retriever, select
from llmagentos.language.automaton import Automaton
from llmagentos.training.situations import Situations

SEED = 909
STEPS = 50


async def observe(
    decider: Deciding, count: int, weights: dict[str, float], begin: Callable[[str], None]
) -> list[tuple[float, bool]]:
    """Probability of the chosen reading and whether it does what was meant, for situations without a past."""
    seen: list[tuple[float, bool]] = []
    bare = _Bare(decider)
    alone = (one for one in Situations(SEED, weights, held_out=True) if one.before is None)
    for one in islice(alone, count):
        begin(one.words)
        dialogue = Dialogue(bare, Retriever(), select, local_zone())
        turn = await dialogue.turn(one.words, one.snapshot, one.speaker)
        meant = dialogue.understand(one.sentence, one.snapshot, one.speaker, turn.language)
        seen.append((turn.probability, _does(turn) == _does(meant)))
    return seen


class _Bare:
    """The model's own probabilities, whatever was believed of it before; it asks nothing and does not talk."""

    trained, calibration = True, Calibration(act_at=0.0)

    def __init__(self, decider: Deciding) -> None:
        self._decider = decider

    async def decide(
        self, static: Prompt, dynamic: Prompt, automaton: Automaton, likely: Sequence[str] = ()
    ) -> Decided:
        return await self._decider.decide(static, dynamic, automaton, likely)

    async def talk(self, prompt: Prompt) -> str:
        return ""


def _does(turn: Turn) -> tuple[object, ...]:
    return turn.kind, turn.commands, turn.timers, turn.text


def fit(seen: Sequence[tuple[float, bool]]) -> tuple[float, float]:
    """Slope and offset of the logistic that makes what was seen most likely (Newton's method, with a little shrinkage)."""
    probability = np.clip(np.array([one for one, _ in seen]), 1e-9, 1 - 1e-9)
    right = np.array([float(one) for _, one in seen])
    features = np.stack([np.log(probability / (1 - probability)), np.ones(len(seen))], axis=1)
    weights = np.array([1.0, 0.0])
    for _ in range(STEPS):
        expected = 1 / (1 + np.exp(-np.clip(features @ weights, -30, 30)))
        gradient = features.T @ (expected - right) + 0.01 * (weights - np.array([1.0, 0.0]))
        curvature = (features * (expected * (1 - expected))[:, None]).T @ features + 0.01 * np.eye(2)
        weights = weights - np.linalg.solve(curvature, gradient)
    return float(weights[0]), float(weights[1])


def write_calibration(folder: Path, slope: float, offset: float) -> None:
    """Into the adapter's card."""
    file = folder / CARD
    card = json.loads(file.read_text(encoding="utf-8"))
    card["calibration"] = {"slope": round(slope, 4), "offset": round(offset, 4), "act_at": round(act_from(), 3)}
    file.write_text(json.dumps(card, indent=1, ensure_ascii=False), encoding="utf-8")
