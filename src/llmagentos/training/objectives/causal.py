"""The next token, from those before it."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from llmagentos.training.architectures.transformer import Decoder

Windows = tuple[Tensor, Tensor]
TRIED_AT_ONCE = 64


@dataclass(frozen=True)
class CausalLanguageModelling:
    """Windows of one long row of tokens. Shapes: train and unseen [length].

    `bytes_per_token`: of the held-out text, so that vocabularies of different sizes compare.
    """

    network: Decoder
    train: Tensor
    unseen: Tensor
    batch_size: int
    bytes_per_token: float = 1.0

    def batch(self, draw: torch.Generator) -> Windows:
        """Windows anywhere. Shapes: [batch, context] twice, the second one token later."""
        context = self.network.shape.context
        starts = torch.randint(len(self.train) - context, (self.batch_size,), generator=draw)
        at = starts[:, None] + torch.arange(context)
        return self.train[at].long(), self.train[at + 1].long()

    def loss(self, batch: Windows) -> Tensor:
        given, following = batch
        scores = self.network.scores(self.network(given))
        return functional.cross_entropy(scores.flatten(0, 1), following.flatten())

    def held_out(self) -> Mapping[str, float]:
        """Over all that is held out, cut into windows side by side: `loss` in nats a token, perplexity, bits a byte."""
        loss = whole_loss(self.network, self.unseen)
        return {"loss": loss, "perplexity": math.exp(loss), "bits_per_byte": loss / math.log(2) / self.bytes_per_token}


@torch.no_grad()
def whole_loss(network: Decoder, tokens: Tensor) -> float:
    """Nats a token over the whole text, each window read without what came before it; every token but the first counts once."""
    context = network.shape.context
    whole = (len(tokens) - 1) // context * context
    given, following = tokens[:whole].view(-1, context), tokens[1 : whole + 1].view(-1, context)
    total = 0.0
    for first in range(0, len(given), TRIED_AT_ONCE):
        part = slice(first, first + TRIED_AT_ONCE)
        total += _summed(network, given[part], following[part])
    if whole < len(tokens) - 1:
        total += _summed(network, tokens[None, whole:-1], tokens[None, whole + 1 :])
    return total / (len(tokens) - 1)


def _summed(network: Decoder, given: Tensor, following: Tensor) -> float:
    scores = network.scores(network(given.long()))
    return float(functional.cross_entropy(scores.flatten(0, 1), following.long().flatten(), reduction="sum"))
