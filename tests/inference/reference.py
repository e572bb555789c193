"""The slow reference: a decoder in float32 numpy, one whole sequence at a time, as the papers write it."""

import numpy as np

from llmagentos.inference.compiler.rope import rotation
from llmagentos.inference.weights.model import Layer, Matrix, ModelWeights


def hidden_states(model: ModelWeights, tokens: list[int]) -> Matrix:
    """The last hidden states. Shapes: [tokens, hidden]."""
    a = model.architecture
    cosines, sines = rotation(a, model.rope_factors(), len(tokens))
    hidden = model.embedding()[tokens]
    for number in range(a.layers):
        layer = model.layer(number)
        hidden = hidden + _attention(model, layer, _norm(hidden, layer.attention_norm, a.epsilon), cosines, sines)
        normed = _norm(hidden, layer.inner_norm, a.epsilon)
        gate = normed @ layer.gate.T
        hidden = hidden + (gate / (1 + np.exp(-gate)) * (normed @ layer.up.T)) @ layer.down.T
    return _norm(hidden, model.final_norm(), a.epsilon)


def logits(model: ModelWeights, tokens: list[int]) -> Matrix:
    """Shapes: [tokens, vocabulary]."""
    head = model.head()
    return hidden_states(model, tokens) @ (model.embedding() if head is None else head).T


def _attention(model: ModelWeights, layer: Layer, normed: Matrix, cosines: Matrix, sines: Matrix) -> Matrix:
    a = model.architecture

    def heads(matrix: Matrix, bias: Matrix | None, norm: Matrix | None, count: int) -> Matrix:
        projected = normed @ matrix.T + (0 if bias is None else bias)
        apart = projected.reshape(len(normed), count, a.head_size)
        return apart if norm is None else _norm(apart, norm, a.epsilon)

    query = _rotated(heads(layer.query, layer.query_bias, layer.query_norm, a.heads), cosines, sines)
    key = _rotated(heads(layer.key, layer.key_bias, layer.key_norm, a.kv_heads), cosines, sines)
    value = heads(layer.value, layer.value_bias, None, a.kv_heads)
    group = a.heads // a.kv_heads
    key, value = np.repeat(key, group, axis=1), np.repeat(value, group, axis=1)
    scores = np.einsum("qhd,khd->hqk", query, key) / np.sqrt(a.head_size)
    scores += np.triu(np.full(scores.shape[1:], -np.inf), 1)
    weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
    weights /= weights.sum(axis=-1, keepdims=True)
    mixed = np.einsum("hqk,khd->qhd", weights, value).reshape(len(normed), -1)
    output: Matrix = mixed.astype(np.float32) @ layer.output.T
    return output


def _rotated(heads: Matrix, cosines: Matrix, sines: Matrix) -> Matrix:
    first, second = np.split(heads, 2, axis=-1)
    cos, sin = cosines[:, None], sines[:, None]
    return np.concatenate([first * cos - second * sin, second * cos + first * sin], axis=-1)


def _norm(values: Matrix, weight: Matrix, epsilon: float) -> Matrix:
    normed: Matrix = values / np.sqrt((values**2).mean(axis=-1, keepdims=True) + epsilon) * weight
    return normed
