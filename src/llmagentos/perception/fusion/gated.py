"""Fusion by gates: what each sense says, weighed by how far it can be believed here and now.

Each sense has an encoder into a space that all share, where what belongs together lies together (InfoNCE: van den Oord et al., "Representation learning with
contrastive predictive coding", 2018, equation 4), and a head of its own. The answer is the sum of the heads' log probabilities, each times a gate that
looks at all senses at once (a gated multimodal unit, Arevalo et al., 2017, with log probabilities in the place of features): with all gates at one it is the sum of
independent witnesses, and a sense that hears only noise is left out of it. Senses are left out and disturbed at random in training, so that one that is missing or
noisy costs little. Numpy alone; gradients are written out and tested against differences.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]
Labels = NDArray[np.int64]
Weights = dict[str, Values]
SHARED = 32
"""Dimensions of the space that all senses share."""
TEMPERATURE = 0.1
"""Of the contrast between what belongs together and what does not."""
LEAST = 1e-2
"""No vector of the shared space is taken for shorter before it is made one."""


@dataclass(frozen=True, slots=True)
class Shape:
    """How many numbers each sense gives, how many hidden units it has, how many classes there are."""

    senses: tuple[tuple[str, int], ...]
    hidden: int
    classes: int


def drawn(shape: Shape, random: np.random.Generator) -> Weights:
    """Weights to begin with."""
    weights: Weights = {}

    def layer(name: str, into: int, out: int, size: float = 1.0) -> None:
        weights[f"{name}/w"] = random.normal(size=(into, out)) * size * np.sqrt(2 / into)
        weights[f"{name}/b"] = np.zeros(out)

    for sense, size in shape.senses:
        layer(f"{sense}/hidden", size, shape.hidden)
        layer(f"{sense}/shared", shape.hidden, SHARED)
        layer(f"{sense}/head", shape.hidden, shape.classes, 0.3)
        layer(f"{sense}/gate", len(shape.senses) * (shape.hidden + 1), 1, 0.1)
    return weights


@dataclass(slots=True)
class Pass:
    """One forward pass over a batch, with what its gradient needs. `there` (batch, senses): which sense is there at all."""

    inputs: list[Values]
    there: Values
    hidden: list[Values]
    shared: list[Values]
    heads: list[Values]
    context: Values
    gates: Values
    logits: Values

    def probabilities(self) -> Values:
        """(batch, classes)."""
        return softmax(self.logits)


def forward(weights: Weights, shape: Shape, inputs: Sequence[Values], there: Values) -> Pass:
    """What all senses say of a batch together."""
    hidden, shared, heads = [], [], []
    for place, (sense, _) in enumerate(shape.senses):
        units = np.maximum(0.0, inputs[place] @ weights[f"{sense}/hidden/w"] + weights[f"{sense}/hidden/b"])
        units = units * there[:, place : place + 1]
        hidden.append(units)
        shared.append(_unit(units @ weights[f"{sense}/shared/w"] + weights[f"{sense}/shared/b"]))
        heads.append(log_softmax(units @ weights[f"{sense}/head/w"] + weights[f"{sense}/head/b"]))
    context = np.concatenate([*hidden, there], 1)
    scores = [context @ weights[f"{sense}/gate/w"] + weights[f"{sense}/gate/b"] for sense, _ in shape.senses]
    gates = _softplus(np.concatenate(scores, 1) + 1.0) * there
    logits = sum(gates[:, place : place + 1] * head for place, head in enumerate(heads))
    return Pass(list(inputs), there, hidden, shared, heads, context, gates, np.asarray(logits))


def losses(state: Pass, labels: Labels) -> tuple[float, float, float]:
    """Of the answer, of each sense's own answer where it is there, and of the contrast between senses."""
    rows = np.arange(len(labels))
    whole = float(-log_softmax(state.logits)[rows, labels].mean())
    own = float(-sum((head[rows, labels] * state.there[:, place]).mean() for place, head in enumerate(state.heads)))
    return whole, own, _contrast(state, labels)[0]


def gradient(weights: Weights, shape: Shape, state: Pass, labels: Labels, own: float, contrast: float) -> Weights:
    """Of the answer's loss, plus `own` times that of each sense's, plus `contrast` times that of the contrast."""
    count, rows = len(labels), np.arange(len(labels))
    found: Weights = {}
    answer = softmax(state.logits)
    answer[rows, labels] -= 1
    answer /= count
    to_hidden = [np.zeros_like(one) for one in state.hidden]
    between = _contrast(state, labels)[1]
    for place, (sense, _) in enumerate(shape.senses):
        there, gate, head = state.there[:, place : place + 1], state.gates[:, place : place + 1], state.heads[place]
        to_gate = (answer * head).sum(1, keepdims=True) * there * _softplus_slope(gate)
        _linear(found, weights, f"{sense}/gate", state.context, to_gate)
        reach = to_gate @ weights[f"{sense}/gate/w"].T
        for other in range(len(shape.senses)):
            to_hidden[other] += reach[:, other * shape.hidden : (other + 1) * shape.hidden]
        sure = np.exp(head)
        to_head = answer * gate
        to_head = to_head - sure * to_head.sum(1, keepdims=True)
        itself = sure.copy()
        itself[rows, labels] -= 1
        to_head = to_head + own * itself * there / count
        to_hidden[place] += _linear(found, weights, f"{sense}/head", state.hidden[place], to_head)
        raw = state.hidden[place] @ weights[f"{sense}/shared/w"] + weights[f"{sense}/shared/b"]
        to_hidden[place] += _linear(
            found, weights, f"{sense}/shared", state.hidden[place], contrast * _through_unit(raw, between[place])
        )
    for place, (sense, _) in enumerate(shape.senses):
        passed = to_hidden[place] * (state.hidden[place] > 0) * state.there[:, place : place + 1]
        _linear(found, weights, f"{sense}/hidden", state.inputs[place], passed)
    return found


def _contrast(state: Pass, labels: Labels) -> tuple[float, list[Values]]:
    """InfoNCE between the first two senses over what is there of both: all of a class belong together. With its gradients."""
    both = (state.there[:, :2].min(1) > 0).nonzero()[0]
    grads = [np.zeros_like(one) for one in state.shared]
    if len(state.shared) < 2 or len(both) < 2:
        return 0.0, grads
    one, other = state.shared[0][both], state.shared[1][both]
    same = (labels[both][:, None] == labels[both][None]).astype(np.float64)
    scores = one @ other.T / TEMPERATURE
    total = 0.0
    for towards, belongs in ((0, same / same.sum(1, keepdims=True)), (1, same / same.sum(0, keepdims=True))):
        said = log_softmax(scores if towards == 0 else scores.T)
        wanted = belongs if towards == 0 else belongs.T
        total -= float((wanted * said).sum() / len(both)) / 2
        slope = (np.exp(said) - wanted) / len(both) / 2 / TEMPERATURE
        slope = slope if towards == 0 else slope.T
        grads[0][both] += slope @ other
        grads[1][both] += slope.T @ one
    return total, grads


def _linear(found: Weights, weights: Weights, name: str, into: Values, slope: Values) -> Values:
    """Adds a layer's gradients, returns that of what went in."""
    found[f"{name}/w"] = found.get(f"{name}/w", 0.0) + into.T @ slope
    found[f"{name}/b"] = found.get(f"{name}/b", 0.0) + slope.sum(0)
    return np.asarray(slope @ weights[f"{name}/w"].T)


def _length(values: Values) -> Values:
    """Never zero, and smooth there."""
    return np.asarray(np.sqrt((values**2).sum(1, keepdims=True) + LEAST**2))


def _unit(values: Values) -> Values:
    return values / _length(values)


def _through_unit(values: Values, slope: Values) -> Values:
    length = _length(values)
    return np.asarray(slope / length - values * (values * slope).sum(1, keepdims=True) / length**3)


def softmax(values: Values) -> Values:
    """Over the last axis."""
    return np.asarray(np.exp(log_softmax(values)))


def log_softmax(values: Values) -> Values:
    """Over the last axis."""
    moved = values - values.max(-1, keepdims=True)
    return np.asarray(moved - np.log(np.exp(moved).sum(-1, keepdims=True)))


def _softplus(values: Values) -> Values:
    return np.asarray(np.logaddexp(0.0, values))


def _softplus_slope(gate: Values) -> Values:
    """Of the softplus whose value is `gate`."""
    return np.asarray(1 - np.exp(-gate))


def named(weights: Mapping[str, Values]) -> list[str]:
    """In a fixed order."""
    return sorted(weights)
