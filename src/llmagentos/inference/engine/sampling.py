"""Choosing a token of free text. Decisions do not sample."""

import numpy as np
from numpy.typing import NDArray

from llmagentos.inference.ports import Sampling


def sample(logits: NDArray[np.float32], sampling: Sampling, random: np.random.Generator) -> int:
    """A token. Shapes: logits [vocabulary]."""
    if sampling.temperature <= 0:
        return int(logits.argmax())
    weights = np.exp((logits - logits.max()) / sampling.temperature)
    order = np.argsort(-weights)
    shares = weights[order] / weights.sum()
    nucleus = order[: int(np.searchsorted(np.cumsum(shares), sampling.top_p)) + 1]
    chosen = weights[nucleus] / weights[nucleus].sum()
    return int(random.choice(nucleus, p=chosen))
