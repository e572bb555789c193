"""Weights as int8, one scale an output channel or one a block of inputs; activations are quantised in the graph.

One scale for a whole tensor of activations ruins a small model (a few channels are a hundred times the rest). Products are exact integers everywhere: with VNNI instructions unsigned activations times signed weights;
without them x86 adds pairs of such products in 16 bits, which overflows, so weights are unsigned there too.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from llmagentos.inference.weights.model import Matrix

Precision = Literal["int8", "uint8", "float32"]
"""How a compiled model stores its large matrices. float32 is the reference that the others are measured against."""
LARGEST = 127
ZERO = 128
"""What stands for 0 in unsigned bytes."""


@dataclass(frozen=True, slots=True)
class Int8Matrix:
    """Shapes: values as the matrix, scales [rows]. A weight is its value (less `ZERO` where uint8) times its row's scale."""

    values: NDArray[np.int8] | NDArray[np.uint8]
    scales: Matrix


def quantise(matrix: Matrix, precision: Precision = "int8") -> Int8Matrix:
    """The nearest int8 matrix with symmetric rows. Guarantees: no weight is off by more than half its row's scale."""
    scales = np.maximum(np.abs(matrix).max(axis=1), 1e-12) / LARGEST
    values = np.rint(matrix / scales[:, None])
    if precision == "uint8":
        return Int8Matrix((values + ZERO).astype(np.uint8), scales.astype(np.float32))
    return Int8Matrix(values.astype(np.int8), scales.astype(np.float32))


BLOCK = 32


@dataclass(frozen=True, slots=True)
class BlockMatrix:
    """Shapes: values [rows, blocks, BLOCK], scales [rows * blocks]. A weight is its value less `ZERO`, times its scale."""

    values: NDArray[np.uint8]
    scales: Matrix


def quantise_blocks(matrix: Matrix) -> BlockMatrix:
    """As `quantise`, with a scale for every `BLOCK` weights of a row; the last block is filled with zeros."""
    rows, columns = matrix.shape
    blocks = np.zeros((rows, -(-columns // BLOCK) * BLOCK), np.float32)
    blocks[:, :columns] = matrix
    blocks = blocks.reshape(rows, -1, BLOCK)
    scales = np.maximum(np.abs(blocks).max(axis=2), 1e-12) / LARGEST
    values = (np.rint(blocks / scales[:, :, None]) + ZERO).astype(np.uint8)
    return BlockMatrix(values, scales.astype(np.float32).ravel())
