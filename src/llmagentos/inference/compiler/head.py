"""The output head as a graph of its own: all tokens' scores, for free text. Decisions read single rows instead."""

from pathlib import Path

import numpy as np

from llmagentos.inference.compiler.int8 import Precision
from llmagentos.inference.compiler.linear import block_linear
from llmagentos.inference.compiler.onnx_file import Graph
from llmagentos.inference.weights.model import Matrix


def write_head(matrix: Matrix, path: Path, weights: Path, precision: Precision) -> None:
    """Write the graph. Shapes: matrix [vocabulary, hidden]."""
    graph = Graph(weights)
    try:
        hidden = graph.input("hidden", np.float32, "tokens", matrix.shape[1])
        product = block_linear(graph, "head", matrix, precision, hidden)
        graph.node("Identity", product, outputs=["logits"])
        graph.output("logits", np.float32, "tokens", matrix.shape[0])
        graph.save(path)
    finally:
        graph.close()
