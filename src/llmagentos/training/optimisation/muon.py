"""Muon: momentum whose directions are made equally strong, for the matrices inside a network.

Source: Jordan et al., "Muon: an optimizer for hidden layers in neural networks", 2024, its scale of a step by shape too. In float32: torch's own works in bfloat16, which is slow on a CPU.
"""

from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import Tensor

TERMS = (3.4445, -4.7750, 2.0315)
"""Of the quintic whose repetition drives singular values towards one, near enough, fast."""
STEPS = 5


class Muon(torch.optim.Optimizer):
    """For matrices only; matrices of one shape are worked on together."""

    def __init__(
        self, matrices: Iterable[Tensor], *, lr: float, momentum: float = 0.95, weight_decay: float = 0.0
    ) -> None:
        super().__init__(matrices, {"lr": lr, "momentum": momentum, "weight_decay": weight_decay})
        if any(one.dim() != 2 for group in self.param_groups for one in group["params"]):
            raise ValueError("Muon is for matrices; give vectors and embeddings to AdamW")

    @torch.no_grad()
    def step(self, closure: Callable[[], Any] | None = None) -> None:  # type: ignore[override]
        """One step along the gradients that are there."""
        for group in self.param_groups:
            alike: dict[torch.Size, list[Tensor]] = {}
            for one in group["params"]:
                if one.grad is not None:
                    alike.setdefault(one.shape, []).append(one)
            for shape, matrices in alike.items():
                straight = orthogonal(torch.stack([self._pushed(one, group["momentum"]) for one in matrices]))
                rate = group["lr"] * max(1.0, shape[0] / shape[1]) ** 0.5
                for one, direction in zip(matrices, straight, strict=True):
                    one.mul_(1 - group["lr"] * group["weight_decay"]).add_(direction, alpha=-rate)

    def _pushed(self, matrix: Tensor, momentum: float) -> Tensor:
        """The gradient with its past, looking ahead (Nesterov)."""
        assert matrix.grad is not None
        past = self.state[matrix].setdefault("momentum", torch.zeros_like(matrix))
        past.lerp_(matrix.grad, 1 - momentum)
        return matrix.grad.lerp(past, momentum)


def orthogonal(matrices: Tensor) -> Tensor:
    """The nearest matrices whose singular values are about one (between 0.7 and 1.2). Shapes: [count, rows, columns] to the same."""
    one, three, five = TERMS
    tall = matrices.shape[1] > matrices.shape[2]
    x: Tensor = matrices.mT if tall else matrices
    x = x / (x.norm(dim=(1, 2), keepdim=True) + 1e-7)
    for _ in range(STEPS):
        square = x @ x.mT
        x = one * x + (three * square + five * square @ square) @ x
    done: Tensor = x.mT if tall else x
    return done
