"""Curves of learning and of how far probabilities may be believed, as pictures. Needs matplotlib, of the `train` extra."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure

SMOOTH = 40
BINS = 10
SHARES = {"held_out_exact", "held_out_intent", "held_out_slot_f1", "held_out_following_accuracy"}
"""Of what is logged, between 0 and 1."""
Believed = Sequence[tuple[float, bool]]
"""Confidence, and whether it was right."""


def learning_curve(curve: Sequence[Mapping[str, float]], file: Path) -> None:
    """Loss on what is learned from and on what is held out over steps; shares of what is right there on the right."""
    figure = Figure(figsize=(7, 3.5), layout="constrained")
    axes: Axes = figure.subplots()
    learned = [(one["step"], one["loss"]) for one in curve if "loss" in one]
    losses = [loss for _, loss in learned]
    smooth = [
        sum(losses[max(0, n - SMOOTH) : n + 1]) / len(losses[max(0, n - SMOOTH) : n + 1]) for n in range(len(losses))
    ]
    axes.plot([step for step, _ in learned], smooth, label=f"loss, mean of {SMOOTH} steps", linewidth=1)
    probes = [one for one in curve if "held_out_loss" in one]
    steps = [one["step"] for one in probes]
    axes.plot(steps, [one["held_out_loss"] for one in probes], "o-", label="loss, held out")
    axes.set(xlabel="step", ylabel="nats", ylim=(0, None))
    shares = sorted({key for one in probes for key in one} & SHARES)
    if shares:
        right = axes.twinx()
        for name in shares:
            right.plot(steps, [one[name] for one in probes], "s--", color="grey", label=name.removeprefix("held_out_"))
        right.set(ylim=(0, 1), ylabel="right, held out")
        right.legend(loc="upper right")
    axes.grid(alpha=0.3)
    axes.legend(loc="upper left")
    figure.savefig(file)


def belief(seen: Believed, file: Path) -> None:
    """Left: how often readings of a confidence are right. Right: errors among the surest, by how many those are."""
    figure = Figure(figsize=(8, 3.5), layout="constrained")
    reliable, risk = figure.subplots(1, 2)
    bins = list(_bins(seen))
    reliable.plot([0, 1], [0, 1], color="grey", linewidth=0.8)
    reliable.bar([one for one, _, _ in bins], [right for _, right, _ in bins], width=0.08, alpha=0.7)
    reliable.set(xlabel="confidence", ylabel="right", xlim=(0, 1), ylim=(0, 1))
    coverage, risks = risk_coverage(seen)
    risk.plot(coverage, risks)
    risk.set(xlabel="coverage: the surest share of decisions", ylabel="wrong among them", xlim=(0, 1), ylim=(0, None))
    for axes in (reliable, risk):
        axes.grid(alpha=0.3)
    figure.savefig(file)


def risk_coverage(seen: Believed) -> tuple[list[float], list[float]]:
    """Share of decisions taken, the surest first, and share of wrong ones among them (El-Yaniv and Wiener 2010)."""
    coverage, risks, wrong = [], [], 0
    for count, (_, right) in enumerate(sorted(seen, key=lambda one: -one[0]), 1):
        wrong += not right
        coverage.append(count / len(seen))
        risks.append(wrong / count)
    return coverage, risks


def _bins(seen: Believed) -> Iterator[tuple[float, float, int]]:
    for number in range(BINS):
        inside = [(one, right) for one, right in seen if number / BINS < one <= (number + 1) / BINS]
        if inside:
            yield (
                sum(one for one, _ in inside) / len(inside),
                sum(right for _, right in inside) / len(inside),
                len(inside),
            )
