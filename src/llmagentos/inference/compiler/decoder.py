"""The graph of a Llama-like decoder: embeddings of some tokens in, their last hidden states out.

What is not in it: the embedding and the output head, because a decision needs a few rows of them. Keys and values live in
buffers that the caller owns and the graph updates in place. `bias` is added to attention scores: with it the caller hides
tokens from each other, so that one pass carries a tree of sentences or several requests.
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from llmagentos.inference.compiler.int8 import Precision
from llmagentos.inference.compiler.linear import block_linear, linear
from llmagentos.inference.compiler.onnx_file import MICROSOFT, Graph
from llmagentos.inference.compiler.rope import rotation
from llmagentos.inference.weights.model import Architecture, Layer, Matrix, ModelWeights

MAX_POSITIONS = 8192
"""Rows of the rotation's table; a longer context than this is of no use to a decision."""


def write_decoder(
    model: ModelWeights,
    path: Path,
    weights: Path,
    precision: Precision,
    begin: Callable[[int], None] = lambda _layer: None,
) -> None:
    """Write the graph in a precision. `begin` hears of each layer. Raises: UnsupportedModel, OSError."""
    graph = Graph(weights)
    try:
        decoder = _Decoder(graph, model.architecture, precision)
        decoder.start(model.rope_factors())
        for number in range(model.architecture.layers):
            begin(number)
            decoder.add(number, model.layer(number))
        decoder.finish(model.final_norm())
        graph.save(path)
    finally:
        graph.close()


class _Decoder:
    """`hidden` is the residual stream, `delta` what the last part adds to it."""

    def __init__(self, graph: Graph, architecture: Architecture, precision: Precision) -> None:
        self._graph, self._a, self._precision = graph, architecture, precision
        self._hidden, self._delta = "", ""

    def start(self, factors: Matrix | None) -> None:
        g, a = self._graph, self._a
        self._hidden = g.input("embedded", np.float32, "tokens", a.hidden)
        g.input("last_row", np.int32, 1)
        g.input("total", np.int32)
        g.input("positions", np.int64, 1, "tokens")
        g.input("bias", np.float32, 1, 1, "tokens", "seen")
        cosines, sines = rotation(a, factors, min(a.context, MAX_POSITIONS))
        g.constant("cosines", cosines)
        g.constant("sines", sines)

    def add(self, number: int, layer: Layer) -> None:
        """One layer: attention, then the gated feed-forward part."""
        normed = self._normed(f"attention_norm.{number}", layer.attention_norm)
        mixed = self._attention(number, layer, normed)
        self._delta = self._product(f"output.{number}", layer.output, mixed)
        normed = self._normed(f"inner_norm.{number}", layer.inner_norm)
        self._delta = self._inner(number, layer, normed)

    def finish(self, norm: Matrix) -> None:
        normed = self._normed("final_norm", norm)
        self._graph.node("Identity", normed, outputs=["hidden"])
        self._graph.output("hidden", np.float32, "tokens", self._a.hidden)

    def _normed(self, name: str, weight: Matrix) -> str:
        """The residual stream with what was added last, normalised."""
        g, scale, epsilon = self._graph, self._graph.constant(name, weight), self._a.epsilon
        if not self._delta:
            return g.one("SimplifiedLayerNormalization", self._hidden, scale, axis=-1, epsilon=epsilon, stash_type=1)
        outputs = [f"{name}.normed", "", "", f"{name}.sum"]
        g.node(
            "SkipSimplifiedLayerNormalization", self._hidden, self._delta, scale,
            outputs=outputs, domain=MICROSOFT, epsilon=epsilon,
        )  # fmt: skip
        normed, _, _, self._hidden = outputs
        return normed

    def _attention(self, number: int, layer: Layer, normed: str) -> str:
        g, a = self._graph, self._a
        biases = [one for one in (layer.query_bias, layer.key_bias, layer.value_bias) if one is not None]
        projected = self._product(f"attention.{number}", np.concatenate([layer.query, layer.key, layer.value]), normed)
        if biases:
            projected = g.one("Add", projected, g.constant(f"attention.{number}.bias", np.concatenate(biases)))
        query, key, value = self._heads(number, layer, projected)
        past = [
            g.input(f"{kind}.{number}", np.float32, 1, a.kv_heads, "capacity", a.head_size)
            for kind in ("keys", "values")
        ]
        outputs = [f"mixed.{number}", f"new_keys.{number}", f"new_values.{number}"]
        g.node(
            "GroupQueryAttention", query, key, value, *past, "last_row", "total", "cosines", "sines", "positions", "bias",
            outputs=outputs, domain=MICROSOFT, num_heads=a.heads, kv_num_heads=a.kv_heads, do_rotary=1, rotary_interleaved=0,
        )  # fmt: skip
        for one in outputs[1:]:
            g.output(one, np.float32, 1, a.kv_heads, "capacity", a.head_size)
        return g.one("Reshape", outputs[0], g.constant("joined_heads", np.array([-1, a.heads * a.head_size])))

    def _heads(self, number: int, layer: Layer, projected: str) -> tuple[str, str, str]:
        """Query, key and value for the attention: joined in the first, or apart where a norm comes before."""
        g, a = self._graph, self._a
        width, kv_width = a.heads * a.head_size, a.kv_heads * a.head_size
        if layer.query_norm is None or layer.key_norm is None:
            shape = g.constant("joined", np.array([1, -1, width + 2 * kv_width]))
            return g.one("Reshape", projected, shape), "", ""
        sizes = g.constant("parts", np.array([width, kv_width, kv_width]))
        query, key, value = g.node("Split", projected, sizes, outputs=3, axis=1)
        apart = g.constant("heads_apart", np.array([-1, a.head_size]))
        made = []
        for kind, part, norm, size in (("query", query, layer.query_norm, width), ("key", key, layer.key_norm, kv_width)):  # fmt: skip
            weight = g.constant(f"{kind}_norm.{number}", norm)
            heads = g.one("Reshape", part, apart)
            normed = g.one("SimplifiedLayerNormalization", heads, weight, axis=-1, epsilon=a.epsilon, stash_type=1)
            made.append(g.one("Reshape", normed, g.constant(f"{kind}_shape", np.array([1, -1, size]))))
        made.append(g.one("Reshape", value, g.constant("key_shape", np.array([1, -1, kv_width]))))
        return made[0], made[1], made[2]

    def _inner(self, number: int, layer: Layer, normed: str) -> str:
        g, a = self._graph, self._a
        both = self._product(f"inner.{number}", np.concatenate([layer.gate, layer.up]), normed)
        gate, up = g.node("Split", both, g.constant("gate_up", np.array([a.inner, a.inner])), outputs=2, axis=1)
        gated = g.one("Mul", g.one("QuickGelu", gate, domain=MICROSOFT, alpha=1.0), up)
        return block_linear(self._graph, f"down.{number}", layer.down, self._precision, gated)

    def _product(self, name: str, matrix: Matrix, activations: str) -> str:
        return linear(self._graph, name, matrix, self._precision, activations)
