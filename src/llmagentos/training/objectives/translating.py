"""One sequence from another: each token of the target from the source and the target before it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import torch
from torch import Tensor
from torch.nn import functional

from llmagentos.training.architectures.transformer import EncoderDecoder, filled, filling

T = TypeVar("T")
IGNORED = -100
POOL, ALIKE = 32, 12
"""A batch is drawn from so many times its size, of which it takes texts about as long as each other: sources within so many tokens, then targets."""
Tokenised = tuple[tuple[int, ...], tuple[int, ...]]
"""Source and target, without control tokens."""


@dataclass(frozen=True, slots=True)
class TextBatch:
    """Shapes: source and seen [batch, length]; given and wanted [batch, other], the one a token behind the other."""

    source: Tensor
    seen: Tensor
    given: Tensor
    wanted: Tensor


@dataclass(frozen=True)
class Translating:
    """`fill`, `begin` and `end` are control tokens. `smoothing`: of labels (Szegedy et al. 2016, section 7)."""

    network: EncoderDecoder
    train: Sequence[Tokenised]
    unseen: Sequence[Tokenised]
    batch_size: int
    fill: int = 0
    begin: int = 1
    end: int = 2
    smoothing: float = 0.1
    tried: int = 300

    def batch(self, draw: torch.Generator) -> TextBatch:
        chosen = torch.randint(len(self.train), (self.batch_size * POOL,), generator=draw).tolist()
        pool = sorted((self.train[one] for one in chosen), key=_length)
        first = int(torch.randint(POOL, (1,), generator=draw)) * self.batch_size
        return self.laid_out(pool[first : first + self.batch_size])

    def laid_out(self, pairs: Sequence[Tokenised]) -> TextBatch:
        """Pairs as tensors, the shorter ones filled at their end."""
        source = filled([one for one, _ in pairs], self.fill)
        given = filled([(self.begin, *one) for _, one in pairs], self.fill)
        wanted = filled([(*one, self.end) for _, one in pairs], IGNORED)
        return TextBatch(source, filling(source, self.fill), given, wanted)

    def loss(self, batch: TextBatch) -> Tensor:
        return self._loss(batch, self.smoothing)

    def held_out(self) -> Mapping[str, float]:
        """Over the first pairs that are held out: `loss` in nats a token, `exact` the share translated word for word."""
        tried = self.unseen[: self.tried]
        losses = [self._loss(self.laid_out(part), 0.0) for part in _portions(sorted(tried, key=_length))]
        said = self.translated([source for source, _ in tried])
        exact = sum(one == target for one, (_, target) in zip(said, tried, strict=True)) / len(tried)
        return {"loss": float(torch.stack(losses).mean()), "exact": exact}

    @torch.no_grad()
    def translated(self, sources: Sequence[Sequence[int]], longest: int = 256) -> list[tuple[int, ...]]:
        """The likeliest token at each place, until the end. In the order of the sources."""
        order = sorted(range(len(sources)), key=lambda one: len(sources[one]))
        found: dict[int, tuple[int, ...]] = {}
        for part in _portions(order):
            found.update(zip(part, self._greedy([sources[one] for one in part], longest), strict=True))
        return [found[one] for one in range(len(sources))]

    def _greedy(self, sources: Sequence[Sequence[int]], longest: int) -> list[tuple[int, ...]]:
        source = filled(sources, self.fill)
        seen = filling(source, self.fill)
        read = self.network.encoder(source, seen=seen)
        said = torch.full((len(sources), 1), self.begin)
        open_ = torch.ones(len(sources), dtype=torch.bool)
        while said.shape[1] <= longest and bool(open_.any()):
            hidden = self.network.going_on(read, seen, said)[:, -1]
            following = self.network.decoder.scores(hidden).argmax(dim=-1)
            following = torch.where(open_, following, self.fill)
            open_ &= following != self.end
            said = torch.cat((said, following[:, None]), dim=1)
        control = (self.fill, self.begin, self.end)
        return [tuple(one for one in row if one not in control) for row in said.tolist()]

    def _loss(self, batch: TextBatch, smoothing: float) -> Tensor:
        hidden = self.network(batch.source, batch.seen, batch.given)
        counts = batch.wanted != IGNORED  # scores are wanted of these alone
        scores = self.network.decoder.scores(hidden[counts])
        return functional.cross_entropy(scores, batch.wanted[counts], label_smoothing=smoothing)


def _length(pair: Tokenised) -> tuple[int, int]:
    return len(pair[0]) // ALIKE, len(pair[1])


def _portions(rows: Sequence[T], size: int = 64) -> list[Sequence[T]]:
    return [rows[first : first + size] for first in range(0, len(rows), size)]
