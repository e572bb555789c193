"""What each objective draws, hides and counts, against slow references."""

import math
from pathlib import Path

import pytest
import torch
from torch.nn import functional

from llmagentos.training.architectures.transformer import Decoder, EncoderDecoder, Shape
from llmagentos.training.objectives.causal import CausalLanguageModelling, whole_loss
from llmagentos.training.objectives.masking import MaskedModel, Masking
from llmagentos.training.objectives.translating import IGNORED, Translating
from llmagentos.training.optimisation.loop import Course, Loop


def drawn(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


@torch.no_grad()
def test_every_token_of_a_text_is_scored_once() -> None:
    torch.manual_seed(1)
    decoder = Decoder(Shape(vocabulary=9, layers=1, heads=2, width=16, inner=24, context=8)).eval()
    tokens = torch.randint(9, (45,), dtype=torch.uint8)
    total = 0.0
    for at in range(1, len(tokens)):
        window = tokens[(at - 1) // 8 * 8 : at].long()[None]
        total += float(functional.cross_entropy(decoder.scores(decoder(window))[0, -1:], tokens[at : at + 1].long()))
    assert whole_loss(decoder, tokens) == pytest.approx(total / 44, abs=1e-5)


def test_windows_are_a_token_apart_and_bits_are_of_bytes() -> None:
    decoder = Decoder(Shape(vocabulary=50, layers=1, heads=2, width=16, inner=24, context=8))
    objective = CausalLanguageModelling(decoder, torch.arange(50), torch.arange(50), 5, bytes_per_token=2.0)
    given, following = objective.batch(drawn(3))
    assert given.shape == (5, 8)
    assert torch.equal(given + 1, following)
    assert torch.equal(given, objective.batch(drawn(3))[0])
    found = objective.held_out()
    assert found["bits_per_byte"] == pytest.approx(found["loss"] / math.log(2) / 2)
    assert found["perplexity"] == pytest.approx(math.exp(found["loss"]))


def test_the_right_shares_are_hidden() -> None:
    network = MaskedModel(Shape(vocabulary=1000, layers=1, heads=2, width=16, inner=24, context=256))
    document = tuple(tuple(range(4 + 60 * n, 64 + 60 * n)) for n in range(10))
    objective = Masking(network, [document], [document], 400)
    batch = objective.batch(drawn(1))
    plain = (batch.tokens > 3) | (batch.wanted != IGNORED)
    guessed = batch.wanted != IGNORED
    assert guessed.sum() / plain.sum() == pytest.approx(0.15, abs=0.01)
    masked = (batch.tokens == 3) & guessed
    same = (batch.tokens == batch.wanted) & guessed
    assert masked.sum() / guessed.sum() == pytest.approx(0.8, abs=0.03)
    assert same.sum() / guessed.sum() == pytest.approx(0.1, abs=0.02)
    assert not ((batch.tokens == 3) & ~guessed).any()
    assert (batch.wanted[guessed] > 3).all()  # control tokens are never to be guessed
    assert batch.follows.float().mean() == pytest.approx(0.5, abs=0.08)


def test_a_passage_alone_is_not_judged() -> None:
    network = MaskedModel(Shape(vocabulary=100, layers=1, heads=2, width=16, inner=24, context=64))
    objective = Masking(network, [((5, 6, 7, 8),)], [((5, 6, 7, 8),)], 4)
    batch = objective.batch(drawn(1))
    assert (batch.follows == IGNORED).all()
    assert torch.isfinite(objective.loss(batch))


def test_what_follows_is_what_stands_next() -> None:
    network = MaskedModel(Shape(vocabulary=1000, layers=1, heads=2, width=16, inner=24, context=64))
    documents = [tuple((10 * d + n + 4,) for n in range(9)) for d in range(60)]
    objective = Masking(network, documents, documents, 300)
    for first, second, follows in (objective._pair(documents, drawn(n)) for n in range(200)):
        assert (second[0] == first[0] + 1) >= bool(follows)


REVERSED = [(tuple(range(4, 4 + n)), tuple(reversed(range(4, 4 + n)))) for n in range(1, 8)]


def translating() -> Translating:
    torch.manual_seed(1)
    shape = Shape(vocabulary=12, layers=1, heads=2, width=32, inner=48, context=32)
    return Translating(EncoderDecoder(shape, shape), REVERSED, REVERSED, 8, smoothing=0.0)


def test_it_learns_to_translate(tmp_path: Path) -> None:
    objective = translating()
    loop = Loop(objective, Course(steps=300, rate=5e-3, matrix_rate=1e-2, try_every=300, checkpoint_every=300), tmp_path)  # fmt: skip
    loop.run()
    assert loop.log.lines[-1]["held_out_exact"] == 1.0
    assert objective.translated([source for source, _ in REVERSED]) == [target for _, target in REVERSED]


@torch.no_grad()
def test_the_loss_counts_targets_and_their_end_alone() -> None:
    objective = translating()
    pairs = REVERSED[2:5]
    found = float(objective.loss(objective.laid_out(pairs)))
    total, count = 0.0, 0
    for source, target in pairs:
        seen = torch.ones(1, len(source), dtype=torch.bool)
        hidden = objective.network(torch.tensor([source]), seen, torch.tensor([(1, *target)]))
        scores = objective.network.decoder.scores(hidden)[0].log_softmax(dim=-1)
        total -= float(sum(scores[at, token] for at, token in enumerate((*target, 2))))
        count += len(target) + 1
    assert found == pytest.approx(total / count, abs=1e-4)
