"""Encoder, decoder, and both together. Blocks normalise what they read and add what they found (Xiong et al. 2020)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor, nn
from torch.nn import functional

from llmagentos.training.architectures.attention import Angles, Attention
from llmagentos.training.architectures.positions import BASE, rotary, sinusoidal


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What a network is built from. `inner` is the width of the gated part of a block.

    With rotary positions a decoder is a Llama, with `normed` queries and keys a Qwen3: both llama.cpp and our engine run them.
    """

    vocabulary: int
    layers: int
    heads: int
    width: int
    inner: int
    context: int
    kv_heads: int | None = None
    positions: Literal["rotary", "sinusoidal"] = "rotary"
    normed: bool = True
    dropout: float = 0.0
    tied: bool = True
    """The matrix that reads tokens is also the one that scores them (Press and Wolf 2017)."""
    epsilon: float = 1e-6

    def __post_init__(self) -> None:
        if self.width % self.heads or (self.width // self.heads) % 2 or self.heads % (self.kv_heads or self.heads):
            raise ValueError(
                f"{self.heads} heads do not divide a width of {self.width} into even parts that share keys"
            )


class Gated(nn.Module):
    """What each position makes of what it gathered. Source: Shazeer, "GLU variants", 2020, SwiGLU.

    Shapes: [batch, length, width] to the same.
    """

    def __init__(self, width: int, inner: int) -> None:
        super().__init__()
        self.gate, self.up = nn.Linear(width, inner, bias=False), nn.Linear(width, inner, bias=False)
        self.down = nn.Linear(inner, width, bias=False)

    def forward(self, hidden: Tensor) -> Tensor:
        made: Tensor = self.down(functional.silu(self.gate(hidden)) * self.up(hidden))
        return made


class Block(nn.Module):
    """Attention to itself, perhaps to another sequence, then the gated part."""

    def __init__(self, shape: Shape, *, causal: bool, crossing: bool = False) -> None:
        super().__init__()
        self.causal = causal
        self.attention_norm = nn.RMSNorm(shape.width, shape.epsilon)
        self.attention = _attention(shape)
        self.crossing_norm = nn.RMSNorm(shape.width, shape.epsilon) if crossing else None
        self.crossing = _attention(shape) if crossing else None
        self.inner_norm = nn.RMSNorm(shape.width, shape.epsilon)
        self.inner = Gated(shape.width, shape.inner)
        self.dropout = nn.Dropout(shape.dropout)

    def forward(
        self, hidden: Tensor, *, seen: Tensor | None = None, angles: Angles | None = None,
        beside: Tensor | None = None, beside_seen: Tensor | None = None,
    ) -> Tensor:  # fmt: skip
        """Shapes: hidden [batch, length, width]; `beside` and masks as in `Attention`. A causal block needs no mask of
        its own: filling stands at the end, where nothing that counts looks.
        """
        own = None if self.causal else seen
        hidden = hidden + self.dropout(
            self.attention(self.attention_norm(hidden), causal=self.causal, seen=own, angles=angles)
        )
        if self.crossing is not None and self.crossing_norm is not None and beside is not None:
            hidden = hidden + self.dropout(self.crossing(self.crossing_norm(hidden), beside, seen=beside_seen))
        done: Tensor = hidden + self.dropout(self.inner(self.inner_norm(hidden)))
        return done


class Transformer(nn.Module):
    """Embeddings, blocks, a last norm, and scores over the vocabulary."""

    def __init__(self, shape: Shape, *, causal: bool, crossing: bool = False) -> None:
        super().__init__()
        self.shape = shape
        self.embedding = nn.Embedding(shape.vocabulary, shape.width)
        self.blocks = nn.ModuleList(Block(shape, causal=causal, crossing=crossing) for _ in range(shape.layers))
        self.final_norm = nn.RMSNorm(shape.width, shape.epsilon)
        self.head = None if shape.tied else nn.Linear(shape.width, shape.vocabulary, bias=False)
        self.dropout = nn.Dropout(shape.dropout)
        turning = shape.positions == "rotary"
        cosines, sines = rotary(shape.context, shape.width // shape.heads, BASE)
        self.cosines, self.sines = nn.Buffer(cosines, persistent=False), nn.Buffer(sines, persistent=False)
        self.waves = None if turning else nn.Buffer(sinusoidal(shape.context, shape.width), persistent=False)
        self._begin()

    def _begin(self) -> None:
        """Small weights; what writes into the stream begins with nothing, so that at first each block passes on what it got."""
        for name, parameter in self.named_parameters():
            if parameter.dim() < 2:
                continue
            if name.endswith(("output.weight", "down.weight")):
                nn.init.zeros_(parameter)
            else:
                nn.init.normal_(
                    parameter, std=0.02 if "embedding" in name or "head" in name else parameter.shape[1] ** -0.5
                )

    def forward(
        self,
        tokens: Tensor,
        *,
        seen: Tensor | None = None,
        beside: Tensor | None = None,
        beside_seen: Tensor | None = None,
    ) -> Tensor:
        """Last hidden states. Shapes: tokens [batch, length], seen [batch, length], beside [batch, other, width];
        returns [batch, length, width].
        """
        hidden = self.embedding(tokens)
        if self.waves is not None:  # waves are of size one, so are the embeddings then
            hidden = hidden * self.shape.width**0.5 + self.waves[: tokens.shape[1]]
        angles = None if self.waves is not None else (self.cosines, self.sines)
        hidden = self.dropout(hidden)
        for block in self.blocks:
            hidden = block(hidden, seen=seen, angles=angles, beside=beside, beside_seen=beside_seen)
        done: Tensor = self.final_norm(hidden)
        return done

    def scores(self, hidden: Tensor) -> Tensor:
        """Shapes: [..., width] to [..., vocabulary], in logits."""
        return functional.linear(hidden, self.embedding.weight if self.head is None else self.head.weight)


class Encoder(Transformer):
    """Every position sees every other. For masked tokens, for classifying and for labelling."""

    def __init__(self, shape: Shape) -> None:
        super().__init__(shape, causal=False)


class Decoder(Transformer):
    """Every position sees what came before it. For going on."""

    def __init__(self, shape: Shape) -> None:
        super().__init__(shape, causal=True)


class EncoderDecoder(nn.Module):
    """One sequence from another: an encoder, and a decoder that attends to it. Both share their embedding."""

    def __init__(self, encoder: Shape, decoder: Shape) -> None:
        super().__init__()
        self.encoder, self.decoder = Encoder(encoder), Transformer(decoder, causal=True, crossing=True)
        if (encoder.vocabulary, encoder.width) == (decoder.vocabulary, decoder.width):
            self.encoder.embedding = self.decoder.embedding

    def forward(self, source: Tensor, seen: Tensor, target: Tensor) -> Tensor:
        """Shapes: source and seen [batch, length], target [batch, other]; returns [batch, other, width] of the target."""
        return self.going_on(self.encoder(source, seen=seen), seen, target)

    def going_on(self, read: Tensor, seen: Tensor, target: Tensor) -> Tensor:
        """As `forward`, of a source that was read before."""
        hidden: Tensor = self.decoder(target, beside=read, beside_seen=seen)
        return hidden


def size(network: nn.Module) -> int:
    """Parameters, shared ones once."""
    return sum(one.numel() for one in network.parameters())


def _attention(shape: Shape) -> Attention:
    return Attention(
        shape.width, shape.heads, shape.kv_heads or shape.heads, normed=shape.normed, epsilon=shape.epsilon
    )


def filling(tokens: Tensor, fill: int) -> Tensor:
    """Where there is no filling. Shapes: [batch, length] to the same, of booleans."""
    return torch.ne(tokens, fill)


def filled(rows: Sequence[Sequence[int]], value: int) -> Tensor:
    """Rows of different lengths as one tensor, filled at their end."""
    longest = max(map(len, rows))
    return torch.tensor([[*row, *[value] * (longest - len(row))] for row in rows])
