"""Networks against slow references, and what each of them may see."""

import math

import pytest
import torch

from llmagentos.training.architectures.attention import Attention
from llmagentos.training.architectures.positions import rotary, sinusoidal, turned
from llmagentos.training.architectures.transformer import Decoder, Encoder, EncoderDecoder, Shape, filling, size

SHAPE = Shape(vocabulary=50, layers=2, heads=4, kv_heads=2, width=32, inner=48, context=16)


def shaken(network: torch.nn.Module) -> None:
    """Weights as after much learning: at first every block passes on what it got, and nothing shows."""
    with torch.no_grad():
        for one in network.parameters():
            if one.dim() > 1:
                one.normal_(std=one.shape[1] ** -0.5)


def test_waves_are_those_of_the_paper() -> None:
    waves = sinusoidal(7, 6)
    assert waves.shape == (7, 6)
    assert waves[5, 4].item() == pytest.approx(math.sin(5 / 10_000 ** (4 / 6)), abs=1e-5)
    assert waves[5, 5].item() == pytest.approx(math.cos(5 / 10_000 ** (4 / 6)), abs=1e-5)


def test_turned_queries_and_keys_see_distances_alone() -> None:
    torch.manual_seed(1)
    query, key = torch.randn(8), torch.randn(8)
    angles = rotary(20, 8)
    queries, keys = (turned(one.expand(1, 1, 20, 8), angles)[0, 0] for one in (query, key))
    assert (queries[3] @ keys[1]).item() == pytest.approx((queries[17] @ keys[15]).item(), abs=1e-4)


def test_attention_is_a_weighted_mean_of_values() -> None:
    torch.manual_seed(2)
    attention = Attention(32, 4, 2, normed=True)
    hidden, beside = torch.randn(1, 5, 32), torch.randn(1, 6, 32)
    seen = torch.tensor([[True, True, False, True, True, False]])
    found = attention(hidden, beside, seen=seen)[0]
    query = attention.query_norm(attention.query(hidden).view(5, 4, 8))
    key = attention.key_norm(attention.key(beside).view(6, 2, 8))
    value = attention.value(beside).view(6, 2, 8)
    mixed = torch.zeros(5, 4, 8)
    for position in range(5):
        for head in range(4):
            scores = [query[position, head] @ key[other, head // 2] / 8**0.5 for other in (0, 1, 3, 4)]
            weights = torch.stack(scores).softmax(dim=0)
            mixed[position, head] = sum(
                weight * value[other, head // 2] for weight, other in zip(weights, (0, 1, 3, 4), strict=True)
            )
    assert torch.allclose(found, attention.output(mixed.flatten(1)), atol=1e-5)


@torch.no_grad()
def test_a_decoder_sees_only_what_came_before() -> None:
    torch.manual_seed(3)
    decoder = Decoder(SHAPE)
    shaken(decoder)
    one = torch.randint(50, (1, 12))
    other = one.clone()
    other[0, 7:] = (other[0, 7:] + 1) % 50
    changed = (decoder(one) - decoder(other)).abs().amax(dim=-1)[0] > 1e-6
    assert changed.tolist() == [False] * 7 + [True] * 5


@torch.no_grad()
@pytest.mark.parametrize("positions", ("rotary", "sinusoidal"))
def test_an_encoder_sees_all_but_the_filling(positions: str) -> None:
    torch.manual_seed(4)
    encoder = Encoder(Shape(vocabulary=50, layers=2, heads=4, width=32, inner=48, context=16, positions=positions))  # type: ignore[arg-type]
    shaken(encoder)
    short = torch.randint(1, 50, (1, 6))
    longer = torch.cat((short, torch.zeros(1, 4, dtype=torch.long)), dim=1)
    assert torch.allclose(encoder(short), encoder(longer, seen=filling(longer, 0))[:, :6], atol=1e-5)
    other = short.clone()
    other[0, 5] = (other[0, 5] + 1) % 50
    assert ((encoder(short) - encoder(other)).abs().amax(dim=-1) > 1e-6).all()


@torch.no_grad()
def test_both_together_read_the_source_and_go_on_from_the_target() -> None:
    torch.manual_seed(5)
    both = EncoderDecoder(SHAPE, SHAPE)
    shaken(both)
    assert size(both) < size(both.encoder) + size(both.decoder)  # the embedding is one
    source, target = torch.randint(1, 50, (1, 6)), torch.randint(1, 50, (1, 5))
    seen = torch.ones_like(source, dtype=torch.bool)
    first = both(source, seen, target)
    source[0, 2] = (source[0, 2] % 49) + 1
    assert ((first - both(source, seen, target)).abs().amax(dim=-1) > 1e-6).all()


def test_heads_must_divide_the_width() -> None:
    with pytest.raises(ValueError, match="3 heads do not divide"):
        Shape(vocabulary=50, layers=1, heads=3, width=32, inner=48, context=16)
