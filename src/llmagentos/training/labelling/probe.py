"""How much of a distinction lies open in features: a linear classifier on top of what stays as it is.

Source: Alain and Bengio, "Understanding intermediate layers using linear classifier probes", 2016.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional

SHRINK = 1e-3
ROUNDS = 200


def probed(features: Tensor, kinds: Tensor, unseen: Tensor, unseen_kinds: Tensor) -> float:
    """Share of unseen ones that multinomial logistic regression gets right. Shapes: [rows, width], [rows]."""
    mean, scale = features.mean(dim=0), features.std(dim=0) + 1e-6
    given, tried = (features - mean) / scale, (unseen - mean) / scale
    linear = nn.Linear(features.shape[1], int(kinds.max()) + 1)
    nn.init.zeros_(linear.weight)
    nn.init.zeros_(linear.bias)
    fitting = torch.optim.LBFGS(linear.parameters(), max_iter=ROUNDS, line_search_fn="strong_wolfe")

    def surprise() -> Tensor:
        fitting.zero_grad()
        loss = functional.cross_entropy(linear(given), kinds) + SHRINK * linear.weight.square().sum()
        loss.backward()  # type: ignore[no-untyped-call]
        return loss

    fitting.step(surprise)  # type: ignore[no-untyped-call]
    with torch.no_grad():
        return float((linear(tried).argmax(dim=1) == unseen_kinds).float().mean())
