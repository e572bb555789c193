"""Turns the residual stream by a random orthogonal matrix, without changing what the model computes.

A few channels of the stream are much larger than the rest; turned, all are alike, and so are the weights that read them:
both lose half as much when they are rounded. Norms without weights commute with the turn; their weights go into the
matrices behind them. Source: Ashkboos et al., "SliceGPT", 2024, sec. 3, and "QuaRot", 2024, sec. 4 (stage 1a).
"""

from dataclasses import replace

import numpy as np

from llmagentos.inference.weights.model import Architecture, Layer, Matrix, ModelWeights, Vocabulary

SEED = 20_240_415


class Turned:
    """A model whose stream is turned. Its norms have no weights any more, and its head is never its embedding."""

    def __init__(self, model: ModelWeights) -> None:
        self._model = model
        self.architecture: Architecture = model.architecture
        self._turn = _orthogonal(model.architecture.hidden)

    def layer(self, number: int) -> Layer:
        layer = self._model.layer(number)
        ones = np.ones_like(layer.attention_norm)

        def reading(matrix: Matrix, norm: Matrix) -> Matrix:
            return np.asarray((matrix * norm) @ self._turn, np.float32)

        def writing(matrix: Matrix) -> Matrix:
            return np.asarray(self._turn.T @ matrix, np.float32)

        return replace(
            layer,
            query=reading(layer.query, layer.attention_norm),
            key=reading(layer.key, layer.attention_norm),
            value=reading(layer.value, layer.attention_norm),
            output=writing(layer.output),
            gate=reading(layer.gate, layer.inner_norm),
            up=reading(layer.up, layer.inner_norm),
            down=writing(layer.down),
            attention_norm=ones,
            inner_norm=ones,
        )

    def embedding(self) -> Matrix:
        return np.asarray(self._model.embedding() @ self._turn, np.float32)

    def head(self) -> Matrix:
        head = self._model.head()
        matrix = self._model.embedding() if head is None else head
        return np.asarray((matrix * self._model.final_norm()) @ self._turn, np.float32)

    def final_norm(self) -> Matrix:
        return np.ones(self.architecture.hidden, np.float32)

    def rope_factors(self) -> Matrix | None:
        return self._model.rope_factors()

    def vocabulary(self) -> Vocabulary:
        return self._model.vocabulary()


def _orthogonal(size: int) -> Matrix:
    """Uniformly random among the orthogonal matrices. Source: Mezzadri, Notices AMS 54, 2007."""
    q, r = np.linalg.qr(np.random.default_rng(SEED).standard_normal((size, size)))
    return (q * np.sign(np.diag(r))).astype(np.float32)
