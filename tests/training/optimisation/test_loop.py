"""The loop: killed at any step it goes on to the same weights; it stops when nothing gets better."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from llmagentos.training.architectures.transformer import Decoder, Shape
from llmagentos.training.objectives.causal import CausalLanguageModelling
from llmagentos.training.optimisation.checkpoint import CHECKPOINT, DamagedRun
from llmagentos.training.optimisation.loop import Course, Loop
from llmagentos.training.optimisation.muon import Muon, orthogonal
from llmagentos.training.optimisation.schedule import share_of_rate

TEXT = torch.tensor(list(b"abcabdabeabf" * 40), dtype=torch.uint8) - 97
COURSE = Course(steps=12, rate=1e-2, matrix_rate=1e-2, accumulation=2, averaged_over=5, checkpoint_every=1, try_every=4, warm_up=0.2)  # fmt: skip


def objective(dropout: float = 0.2) -> CausalLanguageModelling:
    torch.manual_seed(7)
    shape = Shape(vocabulary=6, layers=1, heads=2, width=16, inner=24, context=8, dropout=dropout)
    return CausalLanguageModelling(Decoder(shape), TEXT[:400], TEXT[400:], 4)


def weights(loop: Loop[tuple[Tensor, Tensor]]) -> list[Tensor]:
    return [one.detach().clone() for one in loop.objective.network.parameters()]


@pytest.mark.parametrize("killed_at", (1, 5, 8, 11))
def test_a_killed_run_goes_on_as_if_nothing_had_been(tmp_path: Path, killed_at: int) -> None:
    whole = Loop(objective(), COURSE, tmp_path / "whole")
    whole.run()
    Loop(objective(), COURSE, tmp_path / "killed").run(until=killed_at)
    torch.rand(3)  # whatever else drew random numbers meanwhile
    again = Loop(objective(), COURSE, tmp_path / "killed")
    assert again.step == killed_at
    again.run()
    assert all(torch.equal(one, other) for one, other in zip(weights(whole), weights(again), strict=True))
    curves = [
        [(one["step"], one.get("loss"), one.get("held_out_loss")) for one in run.log.lines] for run in (whole, again)
    ]
    assert curves[0] == curves[1]


def test_what_was_done_after_the_last_checkpoint_is_done_again(tmp_path: Path) -> None:
    course = replace(COURSE, checkpoint_every=4)
    whole = Loop(objective(), course, tmp_path / "whole")
    whole.run()
    Loop(objective(), course, tmp_path / "killed").run(until=7)
    again = Loop(objective(), course, tmp_path / "killed")
    assert again.step == 4
    again.run()
    assert all(torch.equal(one, other) for one, other in zip(weights(whole), weights(again), strict=True))
    assert [one["step"] for one in again.log.lines if "loss" in one] == list(range(1, 13))


def test_a_finished_run_is_not_run_again_and_holds_what_was_averaged(tmp_path: Path) -> None:
    first = Loop(objective(), COURSE, tmp_path)
    first.run()
    again = Loop(objective(), COURSE, tmp_path)
    again.run()
    assert all(torch.equal(one, other) for one, other in zip(weights(first), weights(again), strict=True))


def test_a_run_of_another_course_or_a_damaged_one_is_not_gone_on_with(tmp_path: Path) -> None:
    Loop(objective(), COURSE, tmp_path).run(until=1)
    with pytest.raises(DamagedRun, match="another course"):
        Loop(objective(), replace(COURSE, rate=1e-3), tmp_path)
    file = tmp_path / CHECKPOINT
    file.write_bytes(file.read_bytes()[:-100])
    with pytest.raises(DamagedRun, match="remove it"):
        Loop(objective(), COURSE, tmp_path)


def test_it_learns_what_repeats(tmp_path: Path) -> None:
    loop = Loop(objective(0.0), replace(COURSE, steps=60, averaged_over=0), tmp_path)
    loop.run()
    tried = [one["held_out_loss"] for one in loop.log.lines if "held_out_loss" in one]
    assert tried[-1] < 0.7 < tried[0]  # two of three letters follow from the one before


class Worsening:
    """Gets worse and worse on what is held out."""

    def __init__(self) -> None:
        self.network = nn.Linear(1, 1)
        self.tries = 0

    def batch(self, draw: torch.Generator) -> Tensor:
        return torch.rand(4, 1, generator=draw)

    def loss(self, batch: Tensor) -> Tensor:
        loss: Tensor = self.network(batch).square().mean()
        return loss

    def held_out(self) -> Mapping[str, float]:
        self.tries += 1
        return {"loss": float(self.tries)}


def test_it_stops_when_nothing_gets_better(tmp_path: Path) -> None:
    loop = Loop(Worsening(), Course(steps=50, try_every=2, patience=3), tmp_path)
    loop.run()
    assert loop.step == 8  # the first try is the best, three more are not better


def test_a_loss_that_is_no_number_ends_the_run(tmp_path: Path) -> None:
    broken = Worsening()
    with torch.no_grad():
        broken.network.weight.fill_(float("inf"))
    with pytest.raises(DamagedRun, match="learn more slowly"):
        Loop(broken, Course(steps=5), tmp_path).run()


def test_muon_makes_all_directions_about_equally_strong() -> None:
    torch.manual_seed(1)
    for rows, columns in ((20, 30), (30, 20)):
        matrix = torch.randn(1, rows, columns) @ torch.diag(torch.logspace(0, -2, columns))
        sizes = torch.linalg.svdvals(orthogonal(matrix)[0])
        assert 0.5 < sizes.min() < sizes.max() < 1.3
    with pytest.raises(ValueError, match="AdamW"):
        Muon([torch.zeros(3)], lr=0.1)


def test_the_rate_rises_and_falls() -> None:
    assert share_of_rate(0.05, 0.1, "linear") == pytest.approx(0.5)
    assert share_of_rate(0.55, 0.1, "linear") == pytest.approx(0.5)
    assert share_of_rate(1.0, 0.1, "cosine", least=0.1) == pytest.approx(0.1)
    assert share_of_rate(0.9, 0.1, "constant") == 1.0
    assert share_of_rate(0.0, 0.1, "linear") > 0


def test_the_best_is_kept_where_there_is_patience(tmp_path: Path) -> None:
    """A loss that falls to step 4 and rises then: what is kept are the weights of step 4, also when gone on with."""

    class Turning(Worsening):
        def held_out(self) -> Mapping[str, float]:
            self.tries += 1
            return {"loss": abs(self.tries - 2)}

    course = Course(steps=50, try_every=2, checkpoint_every=2, patience=2)
    torch.manual_seed(1)
    first = Turning()
    at_best = Loop(first, course, tmp_path / "a")
    at_best.run(until=4)
    expected = first.network.weight.detach().clone()
    at_best.run()
    assert at_best.step == 8 and torch.equal(first.network.weight, expected)
    again = Turning()
    Loop(again, course, tmp_path / "a").run()
    assert torch.equal(again.network.weight, expected)
