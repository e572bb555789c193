"""A decoder of the Llama kind in torch, its weights frozen, with low-rank adapters that learn.

Frozen weights and activations may be bfloat16; what learns is float32. Source: Hu et al., "LoRA", 2021.
"""

from collections.abc import Iterator, Mapping

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from llmagentos.inference.compiler.rope import rotation
from llmagentos.inference.weights.model import Layer, Matrix, ModelWeights

PLACES = ("query", "key", "value", "output", "gate", "up", "down")
POSITIONS = 2048


class AdaptedLinear(nn.Module):
    """A frozen product plus a low-rank one. Shapes: [..., inputs] to [..., outputs]."""

    def __init__(self, weight: Tensor, bias: Tensor | None, rank: int, scale: float) -> None:
        super().__init__()
        outputs, inputs = weight.shape
        self.weight = nn.Buffer(weight, persistent=False)
        self.bias = None if bias is None else nn.Buffer(bias, persistent=False)
        self.scale = scale
        self.down = nn.Parameter(torch.empty(rank, inputs)) if rank else None
        self.up = nn.Parameter(torch.zeros(outputs, rank)) if rank else None
        if self.down is not None:
            nn.init.kaiming_uniform_(self.down, a=5**0.5)

    def forward(self, given: Tensor) -> Tensor:
        product = functional.linear(given, self.weight, self.bias)
        if self.down is None or self.up is None:
            return product
        kind = given.dtype
        return product + self.scale * functional.linear(functional.linear(given, self.down.to(kind)), self.up.to(kind))


class Block(nn.Module):
    """One layer of the decoder."""

    def __init__(self, layer: Layer, network: "Network", rank: int, scale: float) -> None:
        super().__init__()
        a = network.architecture
        self._heads, self._kv_heads, self._head, self._epsilon = a.heads, a.kv_heads, a.head_size, a.epsilon
        biases = {"query": layer.query_bias, "key": layer.key_bias, "value": layer.value_bias}
        self.places = nn.ModuleDict(
            {
                place: AdaptedLinear(network.tensor(getattr(layer, place)), network.optional(biases.get(place)), rank, scale)
                for place in PLACES
            }
        )  # fmt: skip
        self.attention_norm = nn.Buffer(network.tensor(layer.attention_norm), persistent=False)
        self.inner_norm = nn.Buffer(network.tensor(layer.inner_norm), persistent=False)
        self._query_norm, self._key_norm = network.optional(layer.query_norm), network.optional(layer.key_norm)

    def forward(self, hidden: Tensor, cosines: Tensor, sines: Tensor, seen: Tensor | None = None) -> Tensor:
        """With `seen` [batch, length] every position sees all of those, else what came before it."""
        batch, length, width = hidden.shape
        places = self.places
        normed = functional.rms_norm(hidden, (width,), self.attention_norm, self._epsilon)

        def heads(place: str, count: int, norm: Tensor | None) -> Tensor:
            apart: Tensor = places[place](normed).view(batch, length, count, self._head)
            apart = apart if norm is None else functional.rms_norm(apart, (self._head,), norm, self._epsilon)
            return apart.transpose(1, 2)

        query = _rotated(heads("query", self._heads, self._query_norm), cosines, sines)
        key = _rotated(heads("key", self._kv_heads, self._key_norm), cosines, sines)
        value = heads("value", self._kv_heads, None)
        mixed = functional.scaled_dot_product_attention(
            query, key, value, None if seen is None else seen[:, None, None, :], is_causal=seen is None, enable_gqa=True
        )
        hidden = hidden + places["output"](mixed.transpose(1, 2).reshape(batch, length, -1))
        normed = functional.rms_norm(hidden, (width,), self.inner_norm, self._epsilon)
        inner: Tensor = places["down"](functional.silu(places["gate"](normed)) * places["up"](normed))
        return hidden + inner


class Network(nn.Module):
    """The whole decoder. Layers below `learning_from` have no adapters and no gradients."""

    def __init__(self, model: ModelWeights, *, rank: int, alpha: float, learning_from: int = 0, kind: torch.dtype = torch.bfloat16) -> None:  # fmt: skip
        super().__init__()
        self.architecture, self._kind, self._learning_from = model.architecture, kind, learning_from
        a = self.architecture
        self.embedding = nn.Buffer(self.tensor(model.embedding()), persistent=False)
        head = model.head()
        self.head = self.embedding if head is None else nn.Buffer(self.tensor(head), persistent=False)
        self.final_norm = nn.Buffer(self.tensor(model.final_norm()), persistent=False)
        cosines, sines = rotation(a, model.rope_factors(), min(POSITIONS, a.context))
        self.cosines, self.sines = (nn.Buffer(self.tensor(one), persistent=False) for one in (cosines, sines))
        self.blocks = nn.ModuleList(
            Block(model.layer(number), self, rank if number >= learning_from else 0, alpha / max(1, rank))
            for number in range(a.layers)
        )

    def tensor(self, matrix: Matrix) -> Tensor:
        return torch.from_numpy(np.array(matrix, np.float32)).to(self._kind)

    def optional(self, matrix: Matrix | None) -> Tensor | None:
        return None if matrix is None else self.tensor(matrix)

    def forward(self, tokens: Tensor) -> Tensor:
        """Last hidden states. Shapes: [batch, length] to [batch, length, hidden]; shorter ones are filled at their end."""
        length = tokens.shape[1]
        cosines, sines = self.cosines[:length], self.sines[:length]
        hidden = self.embedding[tokens]
        with torch.no_grad():
            for block in self.blocks[: self._learning_from]:
                hidden = block(hidden, cosines, sines)
        for block in self.blocks[self._learning_from :]:
            hidden = block(hidden, cosines, sines)
        return functional.rms_norm(hidden, (hidden.shape[-1],), self.final_norm, self.architecture.epsilon)

    @torch.no_grad()
    def lower(self, tokens: Tensor, layers: int) -> Tensor:
        """Hidden states after the first layers, which nothing learns through. Shapes: [batch, length] to [batch, length, hidden]."""
        hidden: Tensor = self.embedding[tokens]
        for block in self.blocks[:layers]:
            hidden = block(hidden, self.cosines[: tokens.shape[1]], self.sines[: tokens.shape[1]])
        return hidden

    def scores(self, hidden: Tensor, allowed: Tensor) -> Tensor:
        """Log probabilities among the allowed tokens. Shapes: hidden [n, hidden], allowed [n, most] filled with -1."""
        logits = torch.einsum("nh,nkh->nk", hidden.float(), self.head[allowed.clamp(min=0)].float())
        return logits.masked_fill(allowed < 0, float("-inf")).log_softmax(dim=1)

    def take(self, adapters: Mapping[str, Tensor]) -> None:
        """Go on from adapters of the same shape. Raises: KeyError, RuntimeError where they are not."""
        with torch.no_grad():
            for name, parameter in self.adapters():
                parameter.copy_(adapters[name])

    def adapters(self) -> Iterator[tuple[str, nn.Parameter]]:
        """What learns, by name."""
        return self.named_parameters()


def _rotated(heads: Tensor, cosines: Tensor, sines: Tensor) -> Tensor:
    first, second = heads.chunk(2, dim=-1)
    return torch.cat((first * cosines - second * sines, second * cosines + first * sines), dim=-1)
