"""What a model file says, whatever its format: the shape of the network, its weights layer by layer, its vocabulary.

Matrices are float32 with one row an output. Queries and keys are in the order of Hugging Face's rotation (first half
with second half); formats that store them otherwise reorder as they read.
"""

from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float32]
FAMILIES = ("llama", "qwen2", "qwen3")


class UnsupportedModel(ValueError):
    """Their fault: a file this program cannot run. The message says what it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RopeScaling:
    """How positions beyond those of the training are rotated. Source: Hugging Face, modeling_rope_utils.py."""

    kind: Literal["linear", "llama3", "yarn"]
    factor: float
    original_context: int = 0
    low_frequency: float = 1.0
    high_frequency: float = 4.0
    beta_fast: float = 32.0
    beta_slow: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Architecture:
    """The shape of a decoder of the Llama kind. `inner` is the width of the gated feed-forward part."""

    family: str
    layers: int
    heads: int
    kv_heads: int
    head_size: int
    hidden: int
    inner: int
    epsilon: float
    rope_base: float
    rope_scaling: RopeScaling | None
    vocabulary: int
    context: int

    def __post_init__(self) -> None:
        if self.family not in FAMILIES:
            raise UnsupportedModel(f"a model of the family {self.family!r}; known: {', '.join(FAMILIES)}")
        if self.heads % self.kv_heads or self.head_size % 2 or min(self.layers, self.hidden, self.inner) < 1:
            raise UnsupportedModel("heads or widths of the model do not fit each other")


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """The weights of one layer. Shapes: query [heads*head_size, hidden], key and value [kv_heads*head_size, hidden],
    output [hidden, heads*head_size], gate and up [inner, hidden], down [hidden, inner]; norms and biases are vectors.
    """

    query: Matrix
    key: Matrix
    value: Matrix
    output: Matrix
    gate: Matrix
    up: Matrix
    down: Matrix
    attention_norm: Matrix
    inner_norm: Matrix
    query_bias: Matrix | None = None
    key_bias: Matrix | None = None
    value_bias: Matrix | None = None
    query_norm: Matrix | None = None
    key_norm: Matrix | None = None


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Byte-level BPE. `tokens` in the visible alphabet of GPT-2, `special` never arise from text by merging."""

    tokens: tuple[str, ...]
    merges: tuple[tuple[str, str], ...]
    special: frozenset[int]
    splitting: str


class ModelWeights(Protocol):
    """A model file, read tensor by tensor: nothing is held but what was asked for."""

    @property
    def architecture(self) -> Architecture: ...

    def layer(self, number: int) -> Layer:
        """Raises: UnsupportedModel where a tensor is missing or has another shape."""
        ...

    def embedding(self) -> Matrix:
        """Shapes: [vocabulary, hidden]."""
        ...

    def head(self) -> Matrix | None:
        """The output matrix, None where it is the embedding. Shapes: [vocabulary, hidden]."""
        ...

    def final_norm(self) -> Matrix: ...

    def rope_factors(self) -> Matrix | None:
        """Divisors of the rotation frequencies that the file itself carries. Shapes: [head_size / 2]."""
        ...

    def vocabulary(self) -> Vocabulary: ...
