"""Rotary positions: the table of cosines and sines a model was trained with.

Source: Su et al., "RoFormer", 2021, eq. 34; scaling as Hugging Face's modeling_rope_utils.py: linear (Chen et al. 2023),
"llama3", YaRN (Peng et al. 2023, sec. 3.2 to 3.4).
"""

import math

import numpy as np

from llmagentos.inference.weights.model import Architecture, Matrix, RopeScaling


def rotation(architecture: Architecture, factors: Matrix | None, positions: int) -> tuple[Matrix, Matrix]:
    """Cosines and sines. Shapes: [positions, head_size / 2] each."""
    size, base = architecture.head_size, architecture.rope_base
    frequencies = base ** (-np.arange(0, size, 2, dtype=np.float64) / size)
    attention = 1.0
    scaling = architecture.rope_scaling
    if scaling is not None:
        frequencies, attention = _scaled(frequencies, scaling, size, base)
    if factors is not None:
        frequencies = frequencies / factors
    angles = np.arange(positions, dtype=np.float64)[:, None] * frequencies
    return (attention * np.cos(angles)).astype(np.float32), (attention * np.sin(angles)).astype(np.float32)


def _scaled(
    frequencies: "np.ndarray[tuple[int], np.dtype[np.float64]]", scaling: RopeScaling, size: int, base: float
) -> "tuple[np.ndarray[tuple[int], np.dtype[np.float64]], float]":
    interpolated = frequencies / scaling.factor
    if scaling.kind == "linear":
        return interpolated, 1.0
    if scaling.kind == "llama3":
        turns = scaling.original_context * frequencies / (2 * math.pi)
        span = scaling.high_frequency - scaling.low_frequency
        keep = np.clip((turns - scaling.low_frequency) / span, 0.0, 1.0)
        return keep * frequencies + (1 - keep) * interpolated, 1.0

    def dimension(turns: float) -> float:
        return size * math.log(scaling.original_context / (turns * 2 * math.pi)) / (2 * math.log(base))

    low = max(0, math.floor(dimension(scaling.beta_fast)))
    high = min(size - 1, math.ceil(dimension(scaling.beta_slow)))
    ramp = np.clip((np.arange(size // 2) - low) / max(high - low, 0.001), 0.0, 1.0)
    return frequencies * (1 - ramp) + interpolated * ramp, 0.1 * math.log(scaling.factor) + 1.0
