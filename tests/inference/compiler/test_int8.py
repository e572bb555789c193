import numpy as np
import pytest

from llmagentos.inference.compiler.int8 import BLOCK, ZERO, quantise, quantise_blocks

RANDOM = np.random.default_rng(2)


@pytest.mark.parametrize("scale", (1e-6, 1.0, 1e4))
def test_no_weight_is_off_by_more_than_half_a_step(scale: float) -> None:
    matrix = (RANDOM.standard_normal((20, 70)) * scale).astype(np.float32)
    matrix[3] = 0
    signed, unsigned = quantise(matrix), quantise(matrix, "uint8")
    assert np.array_equal(signed.values.astype(int) + ZERO, unsigned.values.astype(int))
    back = signed.values * signed.scales[:, None]
    assert (np.abs(back - matrix) <= signed.scales[:, None] * 0.501).all()


def test_blocks_have_scales_of_their_own() -> None:
    matrix = RANDOM.standard_normal((6, 2 * BLOCK + 5)).astype(np.float32)
    matrix[:, :BLOCK] *= 1000
    made = quantise_blocks(matrix)
    assert made.values.shape == (6, 3, BLOCK)
    scales = made.scales.reshape(6, 3, 1)
    back = ((made.values.astype(np.float32) - ZERO) * scales).reshape(6, -1)[:, : matrix.shape[1]]
    assert (np.abs(back - matrix).reshape(6, -1)[:, BLOCK:] < 0.02).all()
