"""The right one of the legal tokens, wherever there is a choice: what the engine will ask of the model, and nothing else."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from llmagentos.training.architectures.transformer import filled
from llmagentos.training.corpus import Example
from llmagentos.training.network import Network

POOL = 800
"""Examples a batch is drawn from: it takes some that are about as long as each other."""
Scored = tuple[Tensor, Tensor, Tensor]


@dataclass(frozen=True)
class Deciding:
    """`tokens`: about as many in each batch, filling included; `tried`: held-out examples that are tried on the way."""

    network: Network
    train: Sequence[Example]
    unseen: Sequence[Example]
    tokens: int
    tried: int = 240

    def batch(self, draw: torch.Generator) -> Sequence[Example]:
        count = min(POOL, len(self.train))
        chosen = torch.randperm(len(self.train), generator=draw)[:count].tolist()
        portions = _portions(sorted((self.train[one] for one in chosen), key=_length), self.tokens)
        return portions[int(torch.randint(len(portions), (1,), generator=draw))]

    def loss(self, batch: Sequence[Example]) -> Tensor:
        """Nats a decision: the sum over its choices."""
        scores, right, _ = self._scored(batch)
        return -scores.gather(1, right[:, None]).sum() / len(batch)

    def held_out(self) -> Mapping[str, float]:
        return self.evaluated(self.unseen[:: max(1, len(self.unseen) // self.tried)])

    @torch.no_grad()
    def evaluated(self, examples: Sequence[Example]) -> Mapping[str, float]:
        """`loss` in nats a decision, `exact` the share of decisions that are right all the way."""
        loss, exact = 0.0, 0
        for batch in _portions(sorted(examples, key=_length), self.tokens):
            scores, right, owner = self._scored(batch)
            loss -= float(scores.gather(1, right[:, None]).sum())
            exact += len(batch) - len(set(owner[scores.argmax(dim=1) != right].tolist()))
        return {"loss": loss / max(1, len(examples)), "exact": exact / max(1, len(examples))}

    def _scored(self, batch: Sequence[Example]) -> Scored:
        """Log probabilities at every choice, which is right, and whose choice it is."""
        hidden = self.network(filled([one.tokens for one in batch], 0))
        owner = [number for number, one in enumerate(batch) for _ in one.choices]
        at = [len(one.prompt) + choice.at - 1 for one in batch for choice in one.choices]
        choices = [choice for one in batch for choice in one.choices]
        scores = self.network.scores(hidden[owner, at], filled([one.allowed for one in choices], -1))
        return scores, torch.tensor([one.right for one in choices]), torch.tensor(owner)


def _length(one: Example) -> int:
    return len(one.tokens)


def _portions(ordered: Sequence[Example], tokens: int) -> "list[Sequence[Example]]":
    portions: list[Sequence[Example]] = []
    start = 0
    for at, one in enumerate(ordered):
        if at > start and (at + 1 - start) * _length(one) > tokens:
            portions.append(ordered[start:at])
            start = at
    return [*portions, ordered[start:]] if ordered else []
