"""A GGUF file as model weights: Llama, Qwen2 and Qwen3, in every block format the `gguf` library dequantises."""

import math
from pathlib import Path
from typing import Any

import gguf
import numpy as np

from llmagentos.inference.weights.gguf_header import BrokenHeader, TensorInfo, read_header
from llmagentos.inference.weights.model import Architecture, Layer, Matrix, RopeScaling, UnsupportedModel, Vocabulary

SPECIAL = (3, 4)
"""Kinds of tokens (control, user defined) that text is never merged into. Source: ggml, llama_token_type."""


class GgufModel:
    """The model in one GGUF file. Raises: UnsupportedModel."""

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            header = read_header(path)
            self._data = np.memmap(path, np.uint8, "r")
        except (BrokenHeader, OSError) as error:
            raise UnsupportedModel(f"{path.name} cannot be read: {error}") from error
        self._fields, self._tensors = header.fields, header.tensors
        self.architecture = self._read_architecture()

    def _read_architecture(self) -> Architecture:
        family = str(self._fields.get("general.architecture"))
        embedding = self._tensors.get("token_embd.weight")
        if embedding is None:
            raise UnsupportedModel(f"{self._path.name} holds no language model")
        heads, hidden = int(self._need("attention.head_count")), int(self._need("embedding_length"))
        head_size = int(self._field("attention.key_length", hidden // max(1, heads)))
        if int(self._field("rope.dimension_count", head_size)) != head_size:
            raise UnsupportedModel(f"{self._path.name} rotates a part of each head only")
        return Architecture(
            family=family,
            layers=int(self._need("block_count")),
            heads=heads,
            kv_heads=int(self._field("attention.head_count_kv", heads)),
            head_size=head_size,
            hidden=hidden,
            inner=int(self._need("feed_forward_length")),
            epsilon=float(self._field("attention.layer_norm_rms_epsilon", 1e-5)),
            rope_base=float(self._field("rope.freq_base", 10_000.0)),
            rope_scaling=self._rope_scaling(),
            vocabulary=embedding.shape[0],
            context=int(self._field("context_length", 2048)),
        )

    def _rope_scaling(self) -> RopeScaling | None:
        kind = self._field("rope.scaling.type", "none")
        if kind == "none":
            return None
        if kind not in ("linear", "yarn"):
            raise UnsupportedModel(f"{self._path.name} scales its rotation by {kind!r}")
        return RopeScaling(
            kind=kind,
            factor=float(self._need("rope.scaling.factor")),
            original_context=int(self._field("rope.scaling.original_context_length", 0)),
        )

    def layer(self, number: int) -> Layer:
        a = self.architecture
        width, kv_width = a.heads * a.head_size, a.kv_heads * a.head_size

        def matrix(name: str, rows: int, columns: int) -> Matrix:
            return self._tensor(f"blk.{number}.{name}.weight", (rows, columns))

        def vector(name: str, length: int) -> Matrix | None:
            known = f"blk.{number}.{name}" in self._tensors
            return self._tensor(f"blk.{number}.{name}", (length,)) if known else None

        return Layer(
            query=self._rotation(matrix("attn_q", width, a.hidden), a.heads),
            key=self._rotation(matrix("attn_k", kv_width, a.hidden), a.kv_heads),
            value=matrix("attn_v", kv_width, a.hidden),
            output=matrix("attn_output", a.hidden, width),
            gate=matrix("ffn_gate", a.inner, a.hidden),
            up=matrix("ffn_up", a.inner, a.hidden),
            down=matrix("ffn_down", a.hidden, a.inner),
            attention_norm=self._tensor(f"blk.{number}.attn_norm.weight", (a.hidden,)),
            inner_norm=self._tensor(f"blk.{number}.ffn_norm.weight", (a.hidden,)),
            query_bias=vector("attn_q.bias", width),
            key_bias=vector("attn_k.bias", kv_width),
            value_bias=vector("attn_v.bias", kv_width),
            query_norm=vector("attn_q_norm.weight", a.head_size),
            key_norm=vector("attn_k_norm.weight", a.head_size),
        )

    def embedding(self) -> Matrix:
        return self._tensor("token_embd.weight", (self.architecture.vocabulary, self.architecture.hidden))

    def head(self) -> Matrix | None:
        if "output.weight" not in self._tensors:
            return None
        return self._tensor("output.weight", (self.architecture.vocabulary, self.architecture.hidden))

    def final_norm(self) -> Matrix:
        return self._tensor("output_norm.weight", (self.architecture.hidden,))

    def rope_factors(self) -> Matrix | None:
        known = "rope_freqs.weight" in self._tensors
        return self._tensor("rope_freqs.weight", (self.architecture.head_size // 2,)) if known else None

    def vocabulary(self) -> Vocabulary:
        names = ("model", "pre", "tokens", "merges", "token_type")
        kind, pre, tokens, merges, types = (self._fields.get(f"tokenizer.ggml.{one}") for one in names)
        if kind != "gpt2" or not isinstance(tokens, list) or not isinstance(merges, list):
            raise UnsupportedModel(f"{self._path.name} has a {kind} vocabulary; only byte-level BPE is supported")
        special = frozenset(number for number, kind in enumerate(types or []) if kind in SPECIAL)
        pairs = tuple((left, right) for left, _, right in (str(one).partition(" ") for one in merges))
        if len(pairs) == 1 and "".join(pairs[0]) not in tokens:  # stands for none: GGUF knows no empty list
            pairs = ()
        return Vocabulary(tuple(map(str, tokens)), pairs, special, str(pre))

    def _field(self, name: str, default: Any) -> Any:
        return self._fields.get(f"{self._fields.get('general.architecture')}.{name}", default)

    def _need(self, name: str) -> Any:
        value = self._field(name, None)
        if not isinstance(value, int | float):
            raise UnsupportedModel(f"{self._path.name} does not say its {name}")
        return value

    def _rotation(self, matrix: Matrix, heads: int) -> Matrix:
        """llama.cpp stores Llama's queries and keys with the rotated pairs side by side; we have them halves apart."""
        if self.architecture.family != "llama":
            return matrix
        pairs = matrix.reshape(heads, self.architecture.head_size // 2, 2, -1)
        return np.ascontiguousarray(pairs.swapaxes(1, 2).reshape(matrix.shape))

    def _tensor(self, name: str, shape: tuple[int, ...]) -> Matrix:
        info = self._tensors.get(name)
        if info is None:
            raise UnsupportedModel(f"{self._path.name} has no tensor {name}")
        if info.shape != shape:
            raise UnsupportedModel(f"{self._path.name}: {name} has the shape {info.shape}, not {shape}")
        return self._dequantise(name, info)

    def _dequantise(self, name: str, info: TensorInfo) -> Matrix:
        try:
            kind = gguf.GGMLQuantizationType(info.kind)
            elements, size = gguf.GGML_QUANT_SIZES[kind]
            if info.shape[-1] % elements:
                raise UnsupportedModel(f"{self._path.name}: {name} does not consist of whole blocks")
            end = info.offset + math.prod(info.shape) // elements * size
            if end > len(self._data):
                raise UnsupportedModel(f"{self._path.name} ends in the middle of {name}")
            blocks = self._data[info.offset : end].reshape(*info.shape[:-1], info.shape[-1] // elements * size)
            return gguf.dequantize(blocks, kind).astype(np.float32, copy=False).reshape(info.shape)
        except (ValueError, KeyError, NotImplementedError) as error:
            raise UnsupportedModel(f"{self._path.name}: {name} is stored in a way unknown here: {error}") from error
