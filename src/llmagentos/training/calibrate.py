"""How sure a trained model may be believed to be: its decisions on homes that training never saw, through the whole agent."""

import json
import zlib
from collections.abc import Callable, Sequence
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from llmagentos.agent.confidence import Calibration, log_odds
from llmagentos.agent.dialogue import Dialogue, Turn
from llmagentos.agent.ports import Decided, Deciding, Prompt
from llmagentos.app.adapters import CARD
from llmagentos.kernel.local_time import local_zone
from llmagentos.knowledge import Retriever, select
from llmagentos.language.automaton import Automaton
from llmagentos.training.situations import Borrowed, Situation, Situations

Array: TypeAlias = NDArray[np.float64]
SEED = 909
STEPS, SHRINK = 50, 1.0


class Observed(NamedTuple):
    """The probability of a chosen reading, how many words for things it left, whether it acts, and whether it did what was meant."""

    probability: float
    unexplained: int
    acts: bool
    right: bool


async def observe(
    decider: Deciding, count: int, weights: dict[str, float], borrowed: Borrowed, begin: Callable[[str], None]
) -> list[Observed]:
    """Decisions in situations without a past; `borrowed` wording should be such as training never saw."""
    seen: list[Observed] = []
    bare = _Bare(decider)
    alone = (one for one in Situations(SEED, weights, borrowed, held_out=True) if one.before is None and _counts(one))
    for one in islice(alone, count):
        begin(one.words)
        dialogue = Dialogue(bare, Retriever(), select, local_zone())
        turn = await dialogue.turn(one.words, one.snapshot, one.speaker)
        meant = dialogue.understand(one.sentence, one.snapshot, one.speaker, turn.language)
        read = turn  # what is asked about first is how it was read
        if turn.offered:
            read = dialogue.understand(turn.offered[0], one.snapshot, one.speaker, turn.language)
        seen.append(Observed(turn.probability, turn.unexplained, read.acts, _does(read) == _does(meant)))
    return seen


def _counts(one: Situation) -> bool:
    """All that people said, and of what was made in their language every other, or there would be little of theirs. No orders: those are
    asked about however sure a model is."""
    if one.sentence.startswith("when "):
        return False
    return one.quoted or one.language != "en" or zlib.crc32(one.words.encode()) % 2 == 0


def fit(seen: Sequence[Observed]) -> Calibration:
    """The logistic that makes what was seen most likely (Newton's method), shrunk a little towards believing the model."""
    odds = np.array([log_odds(one.probability) for one in seen])
    left = np.array([-float(one.unexplained) for one in seen])
    replies = np.array([float(not one.acts) for one in seen])
    features = np.stack([odds, np.ones(len(seen)), left, replies], axis=1)
    right = np.array([float(one.right) for one in seen])
    believed = np.array([1.0, 0.0, 1.0, 0.0])
    weights = believed
    for _ in range(STEPS):
        expected = 1 / (1 + np.exp(-(features @ weights)))
        gradient = features.T @ (expected - right) + SHRINK * (weights - believed)
        curvature = (features * (expected * (1 - expected))[:, None]).T @ features + SHRINK * np.eye(4)
        step, share = np.linalg.solve(curvature, gradient), 1.0
        while _surprise(features, right, weights - share * step, believed) > _surprise(features, right, weights, believed) and share > 1e-6:  # fmt: skip
            share /= 2  # a whole step may overshoot
        weights = weights - share * step
    slope, offset, penalty, reply = (round(float(one), 4) for one in weights)
    return Calibration(slope, offset, max(0.0, penalty), reply)


def _surprise(features: Array, right: Array, weights: Array, believed: Array) -> float:
    odds = features @ weights
    return float(np.sum(np.logaddexp(0, odds) - right * odds) + SHRINK / 2 * np.sum((weights - believed) ** 2))


def cross_fitted(seen: Sequence[Observed]) -> list[tuple[float, bool]]:
    """What confidence each would have had and whether it was right; fitted on every other one, tried on the rest."""
    halves = seen[::2], seen[1::2]
    return [
        (calibration.confidence(one.probability, one.unexplained, acts=one.acts), one.right)
        for half, others in (halves, halves[::-1])
        for calibration in [fit(others)]
        for one in half
    ]


def error(believed: Sequence[tuple[float, bool]], bins: int = 10) -> float:
    """Expected calibration error (Guo et al. 2017, eq. 3)."""
    inside = [[(one, right) for one, right in believed if n / bins < one <= (n + 1) / bins] for n in range(bins)]
    return sum(abs(sum(one - right for one, right in each)) for each in inside) / max(1, len(believed))


def write_calibration(folder: Path, calibration: Calibration) -> None:
    """Into the adapter's card."""
    file = folder / CARD
    card = json.loads(file.read_text(encoding="utf-8"))
    card["calibration"] = asdict(calibration)
    file.write_text(json.dumps(card, indent=1, ensure_ascii=False), encoding="utf-8")


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
    text = turn.text if turn.kind != "chat" else ""  # what is said in talk is no matter of right and wrong
    return turn.kind, turn.commands, turn.timers, text
