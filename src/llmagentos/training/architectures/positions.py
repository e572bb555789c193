"""Where a token stands: added to it as waves, or turned into queries and keys."""

import torch
from torch import Tensor

BASE = 10_000.0


def sinusoidal(length: int, width: int) -> Tensor:
    """Waves of falling frequency, to be added to embeddings. Shapes: [length, width].

    Source: Vaswani et al., "Attention is all you need", 2017, section 3.5.
    """
    frequencies = BASE ** (-torch.arange(0, width, 2) / width)
    angles = torch.arange(length)[:, None] * frequencies
    return torch.stack((angles.sin(), angles.cos()), dim=-1).flatten(1)[:, :width]


def rotary(length: int, head: int, base: float = BASE) -> tuple[Tensor, Tensor]:
    """Cosines and sines of the angles by which queries and keys are turned. Shapes: [length, head / 2] each.

    Source: Su et al., "RoFormer", 2021, equation 15; halves are paired as Hugging Face and llama.cpp (NeoX) do.
    """
    angles = torch.arange(length)[:, None] * base ** (-torch.arange(0, head, 2) / head)
    return angles.cos(), angles.sin()


def turned(heads: Tensor, angles: tuple[Tensor, Tensor]) -> Tensor:
    """Queries or keys, each turned by its position. Shapes: [batch, heads, length, head] to the same."""
    cosines, sines = (one[: heads.shape[-2]] for one in angles)
    first, second = heads.chunk(2, dim=-1)
    return torch.cat((first * cosines - second * sines, second * cosines + first * sines), dim=-1)
