"""Choosing a token of free text. Decisions do not sample."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Sampling:
    """`temperature` 0 takes the most probable token; `top_p`: Holtzman et al. 2020, nucleus sampling."""

    temperature: float = 0.0
    top_p: float = 1.0
    seed: int = 0


GREEDY = Sampling()


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
