"""Matrix products in the graph, two kinds, both on int8 weights and int8 activations (or both on float32).

`linear` has one scale an output channel and one a token: the fastest for many tokens. `block_linear` has one for each 32
numbers: nearly exact, for the two places where a few numbers are much larger than the rest and no turn of the stream
reaches (the inner activations of the feed-forward part, the scores of all tokens).
"""

from typing import NamedTuple

import numpy as np

from llmagentos.inference.compiler.int8 import LARGEST, ZERO, Precision, quantise, quantise_blocks
from llmagentos.inference.compiler.onnx_file import MICROSOFT, Graph
from llmagentos.inference.weights.model import Matrix

INT8 = 4
"""Activations as int8 too. Source: ONNX Runtime, ContribOperators.md, `MatMulNBits`, accuracy_level."""


class Levels(NamedTuple):
    """Quantised activations. Shapes: values as before, scale [tokens, 1]."""

    values: str
    scale: str


def levels(graph: Graph, activations: str) -> Levels:
    """Each token's activations as whole steps of a 127th of its largest."""
    zero, one = graph.constant("zero", np.array(ZERO, np.uint8)), graph.constant("one", np.array(1, np.float32))
    step = graph.constant("step", np.array(1 / LARGEST, np.float32))
    smallest = graph.constant("smallest", np.array(1e-12, np.float32))
    largest = graph.one("ReduceMax", graph.one("Abs", activations), graph.constant("last", np.array([-1])), keepdims=1)
    scale = graph.one("Max", graph.one("Mul", largest, step), smallest)
    return Levels(graph.one("QuantizeLinear", graph.one("Div", activations, scale), one, zero), scale)


def linear(graph: Graph, name: str, matrix: Matrix, precision: Precision, activations: str) -> str:
    """The product with a matrix [outputs, inputs]. Shapes: [tokens, outputs]."""
    if precision == "float32":
        return graph.one("MatMul", activations, graph.constant(name, np.ascontiguousarray(matrix.T)))
    given, quantised = levels(graph, activations), quantise(matrix, precision)
    values = graph.constant(name, quantised.values.T)
    scales = graph.constant(f"{name}.scales", quantised.scales)
    weight_zero = np.array(ZERO, np.uint8) if precision == "uint8" else np.array(0, np.int8)
    product = graph.one(
        "MatMulIntegerToFloat", given.values, values, "one", scales, "zero", graph.constant("weight_zero", weight_zero),
        domain=MICROSOFT,
    )  # fmt: skip
    return graph.one("Mul", product, given.scale)


def block_linear(graph: Graph, name: str, matrix: Matrix, precision: Precision, activations: str) -> str:
    """As `linear`, quantised in blocks along the inputs."""
    if precision == "float32":
        return linear(graph, name, matrix, precision, activations)
    quantised = quantise_blocks(matrix)
    rows, columns = matrix.shape
    return graph.one(
        "MatMulNBits", activations, graph.constant(name, quantised.values), graph.constant(f"{name}.scales", quantised.scales),
        domain=MICROSOFT, K=columns, N=rows, bits=8, block_size=quantised.values.shape[2], accuracy_level=INT8,
    )  # fmt: skip
