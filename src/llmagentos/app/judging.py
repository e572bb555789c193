"""The model's worker with heads beside its adapter: the judge of the chain."""

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from llmagentos.agent.chain.facts import OF_HAPPENING, OF_REMEDY
from llmagentos.agent.chain.judging import JUDGE_VERSION, Scores, continuation
from llmagentos.agent.confidence import Calibration
from llmagentos.agent.ports import Prompt
from llmagentos.app.ports import WorkerModel
from llmagentos.inference.client import ModelWorker
from llmagentos.inference.decision import Bounds
from llmagentos.inference.head import Head, load

FILE = "judge.npz"
FACTS = {"urgency": OF_HAPPENING, "wise": OF_REMEDY + OF_HAPPENING}
DEADLINE_S = 20.0


class JudgingModel(WorkerModel):
    """One that judges as well."""

    def __init__(self, worker: ModelWorker, bounds: Bounds, heads: Mapping[str, Head], *, trained: bool, calibration: Calibration) -> None:  # fmt: skip
        super().__init__(worker, bounds, trained=trained, calibration=calibration)
        self._heads = heads

    async def judge(
        self, prompt: Prompt, facts: Sequence[float], acts: Sequence[str], facts_of_acts: Sequence[Sequence[float]]
    ) -> Scores:
        paths = ("", *(continuation(one) for one in acts))
        states = np.asarray(await self._worker.states(prompt, paths, deadline_s=DEADLINE_S), np.float32)
        return scored(self._heads, states, facts, facts_of_acts)


def heads_of(folder: Path) -> Mapping[str, Head]:
    """The heads beside an adapter. Raises: DamagedHead, OSError."""
    return load(folder / FILE, FACTS, about(folder))


def about(adapter: Path) -> str:
    """What heads are made for: what the judge reads, and this adapter and no other."""
    with (adapter / "adapter_model.safetensors").open("rb") as file:
        return f"judge {JUDGE_VERSION} {hashlib.file_digest(file, 'sha256').hexdigest()[:16]}"


def scored(
    heads: Mapping[str, Head],
    states: NDArray[np.float32],
    facts: Sequence[float],
    facts_of_acts: Sequence[Sequence[float]],
) -> Scores:
    """The first state is that of the prompt, the others of the acts. What is known of the happening counts for its acts too."""
    [(nothing, tell, alarm)] = heads["urgency"].probabilities(states[:1], np.asarray([facts], np.float32))
    urgency = (float(nothing), float(tell), float(alarm))
    if len(states) == 1:
        return Scores(urgency, ())
    known = np.asarray([(*own, *facts) for own in facts_of_acts], np.float32)
    return Scores(urgency, tuple(float(one) for one in heads["wise"].probabilities(states[1:], known)[:, 1]))
