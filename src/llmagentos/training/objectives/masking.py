"""Hidden tokens from what is around them, and whether one passage follows another.

Source: Devlin et al., "BERT", 2019, section 3.1 and appendix A.1.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor, nn
from torch.nn import functional

from llmagentos.training.architectures.transformer import Encoder, Shape, filled, filling
from llmagentos.training.objectives.translating import IGNORED

HIDDEN, MASKED, EXCHANGED = 0.15, 0.8, 0.1
"""Share of tokens that are to be guessed; of these, shares that are masked, and exchanged for another; the rest stay."""
Document = tuple[tuple[int, ...], ...]
"""Passages that follow each other."""


class MaskedModel(nn.Module):
    """An encoder, and a judge of whether what stands after the first end mark follows what stands before it."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.encoder = Encoder(shape)
        self.judge = nn.Sequential(nn.Linear(shape.width, shape.width), nn.Tanh(), nn.Linear(shape.width, 2))
        self.guess = nn.Sequential(nn.Linear(shape.width, shape.width), nn.GELU(), nn.RMSNorm(shape.width))

    def forward(self, tokens: Tensor, seen: Tensor) -> Tensor:
        """Shapes: [batch, length] twice; returns [batch, length, width]."""
        hidden: Tensor = self.encoder(tokens, seen=seen)
        return hidden

    def features(self, rows: Sequence[Sequence[int]], fill: int) -> Tensor:
        """Mean hidden states of texts, for a linear probe. Shapes: returns [rows, width]."""
        tokens = filled(rows, fill)
        seen = filling(tokens, fill)
        hidden = self(tokens, seen) * seen[..., None]
        mean: Tensor = hidden.sum(dim=1) / seen.sum(dim=1, keepdim=True)
        return mean


@dataclass(frozen=True, slots=True)
class MaskedBatch:
    """Shapes: tokens, seen and wanted [batch, length]; follows [batch], 1 where it does, IGNORED where nothing could follow."""

    tokens: Tensor
    seen: Tensor
    wanted: Tensor
    follows: Tensor


@dataclass(frozen=True)
class Masking:
    """`control` tokens (fill, begin, end, mask) are never hidden, nor taken in exchange."""

    network: MaskedModel
    train: Sequence[Document]
    unseen: Sequence[Document]
    batch_size: int
    length: int = 128
    control: tuple[int, int, int, int] = (0, 1, 2, 3)
    tried: int = 24
    """Batches on which what is held out is tried: always the same."""

    def batch(self, draw: torch.Generator) -> MaskedBatch:
        return self.hidden_in(self.train, draw)

    def hidden_in(self, documents: Sequence[Document], draw: torch.Generator) -> MaskedBatch:
        """Pairs of passages, half of which follow each other, with tokens hidden."""
        fill, begin, end, mask = self.control
        pairs = [self._pair(documents, draw) for _ in range(self.batch_size)]
        half = (self.length - 3) // 2
        rows = [(begin, *first[-half:], end, *second[:half], *((end,) if second else ())) for first, second, _ in pairs]
        tokens = filled(rows, fill)
        plain = tokens > max(self.control)
        chance = torch.rand(tokens.shape, generator=draw)
        guessed = plain & (chance < HIDDEN)
        within = chance / HIDDEN  # of those that are guessed, again between 0 and 1
        others = torch.randint(
            max(self.control) + 1, self.network.encoder.shape.vocabulary, tokens.shape, generator=draw
        )
        given = torch.where(guessed & (within < MASKED), mask, tokens)
        given = torch.where(guessed & (within >= MASKED) & (within < MASKED + EXCHANGED), others, given)
        wanted = torch.where(guessed, tokens, IGNORED)
        return MaskedBatch(given, filling(tokens, fill), wanted, torch.tensor([one for _, _, one in pairs]))

    def loss(self, batch: MaskedBatch) -> Tensor:
        masked, following, _ = self._losses(batch)
        return masked + following

    def held_out(self) -> Mapping[str, float]:
        """`loss` of both, each of them, and the share of pairs and of hidden tokens that are judged right."""
        sums = torch.zeros(4, dtype=torch.float64)
        for number in range(self.tried):
            draw = torch.Generator().manual_seed(number)
            masked, following, right = self._losses(self.hidden_in(self.unseen, draw))
            sums += torch.tensor([masked, following, *right], dtype=torch.float64)
        masked_loss, following_loss, guessed, judged = (sums / self.tried).tolist()
        return {
            "loss": masked_loss + following_loss, "masked_loss": masked_loss, "following_loss": following_loss,
            "guessed": guessed, "following_accuracy": judged,
        }  # fmt: skip

    def _losses(self, batch: MaskedBatch) -> tuple[Tensor, Tensor, tuple[float, float]]:
        hidden = self.network(batch.tokens, batch.seen)
        guessed = batch.wanted != IGNORED
        scores = self.network.encoder.scores(self.network.guess(hidden[guessed]))
        masked = functional.cross_entropy(scores, batch.wanted[guessed])
        able = batch.follows != IGNORED
        judged = self.network.judge(hidden[able, 0])
        following = functional.cross_entropy(judged, batch.follows[able]) if bool(able.any()) else masked * 0
        right = (
            float((scores.argmax(dim=1) == batch.wanted[guessed]).float().mean()),
            float((judged.argmax(dim=1) == batch.follows[able]).float().mean()) if bool(able.any()) else 0.5,
        )
        return masked, following, right

    def _pair(
        self, documents: Sequence[Document], draw: torch.Generator
    ) -> tuple[tuple[int, ...], tuple[int, ...], int]:
        """Two passages and whether the second follows the first; of a document of one passage that alone."""
        going_on, alone = self._kinds(documents)
        some = going_on if going_on and (not alone or _drawn(2, draw)) else alone
        document = some[_drawn(len(some), draw)]
        at = _drawn(max(1, len(document) - 1), draw)
        if len(document) == 1:
            return document[0], (), IGNORED
        if _drawn(2, draw):
            return document[at], document[at + 1], 1
        other = going_on[_drawn(len(going_on), draw)]
        return document[at], other[_drawn(len(other), draw)], 0

    def _kinds(self, documents: Sequence[Document]) -> tuple[Sequence[Document], Sequence[Document]]:
        """Documents of several passages, and those of one: half of what is drawn is of each kind."""
        if documents is self.train:
            return self._parted
        return _by_passages(documents)

    @cached_property
    def _parted(self) -> tuple[Sequence[Document], Sequence[Document]]:
        return _by_passages(self.train)


def _by_passages(documents: Sequence[Document]) -> tuple[Sequence[Document], Sequence[Document]]:
    return [one for one in documents if len(one) > 1], [one for one in documents if len(one) == 1]


def _drawn(below: int, draw: torch.Generator) -> int:
    return int(torch.randint(below, (1,), generator=draw))
