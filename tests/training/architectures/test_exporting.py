"""A network of ours, run by our engine and written for llama.cpp."""

from dataclasses import replace
from pathlib import Path

import gguf
import numpy as np
import pytest
import torch

from llmagentos.inference.compiler.compile import compiled, read_model
from llmagentos.inference.engine.cache import KeyValues
from llmagentos.inference.engine.decoder import Decoder as Engine
from llmagentos.inference.engine.engine import HIDDEN_FROM
from llmagentos.inference.tokenizer import Tokenizer
from llmagentos.inference.weights.gguf_writer import write_gguf
from llmagentos.training.architectures.exporting import write_decoder
from llmagentos.training.architectures.transformer import Decoder, Shape
from llmagentos.training.data.vocabulary import CONTROL, END, learned

TEXT = "The kitchen light is on. 打开厨房的灯。 Turn it off at 10:30, please. " * 20


@pytest.mark.parametrize("normed", (True, False))
def test_the_engine_scores_as_torch_does(tmp_path: Path, normed: bool) -> None:
    torch.manual_seed(1)
    vocabulary = learned([TEXT], 300)
    shape = Shape(vocabulary=len(vocabulary.tokens), layers=2, heads=4, kv_heads=2, width=64, inner=96, context=64, normed=normed)  # fmt: skip
    network = Decoder(shape).eval()
    with torch.no_grad():
        for one in network.parameters():
            one.normal_(std=one.shape[1] ** -0.5) if one.dim() > 1 else one.uniform_(0.5, 1.5)
    write_decoder(network, vocabulary, tmp_path / "model")
    tokens = Tokenizer(read_model(tmp_path / "model").vocabulary()).encode(TEXT)[:48]
    with torch.no_grad():
        expected = network.scores(network(torch.tensor([tokens])))[0].log_softmax(dim=-1).numpy()
    engine = Engine(compiled(tmp_path / "model", None, tmp_path / "store", precision="float32"), threads=1)
    bias = np.triu(np.full((48, 48), HIDDEN_FROM, np.float32), 1)
    logits = engine.logits(engine.forward(tokens, range(48), bias, KeyValues(engine.architecture, 48)))
    found = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
    assert np.abs(found - expected).max() < 1e-3


@pytest.mark.parametrize("normed", (True, False))
def test_a_gguf_file_holds_the_same_weights(tmp_path: Path, normed: bool) -> None:
    torch.manual_seed(2)
    vocabulary = learned([TEXT], 300)
    shape = Shape(vocabulary=len(vocabulary.tokens), layers=2, heads=2, width=32, inner=64, context=64, normed=normed, tied=False)  # fmt: skip
    write_decoder(Decoder(shape), vocabulary, tmp_path / "model")
    model = read_model(tmp_path / "model")
    write_gguf(model, tmp_path / "model.gguf", "F32", "test")
    again = read_model(tmp_path / "model.gguf")
    assert replace(again.architecture, epsilon=shape.epsilon) == model.architecture  # GGUF keeps it in float32
    held = again.vocabulary()
    assert (held.tokens, held.merges) == (model.vocabulary().tokens, model.vocabulary().merges)
    for number in range(2):
        one, other = model.layer(number), again.layer(number)
        for field in ("query", "key", "value", "output", "gate", "up", "down", "attention_norm", "query_norm"):
            assert np.array_equal(getattr(one, field), getattr(other, field)), (
                field
            )  # both are None for a Llama's query_norm
    write_gguf(model, tmp_path / "small.gguf", "Q8_0", "test")
    gap = np.abs(read_model(tmp_path / "small.gguf").layer(1).gate - model.layer(1).gate).max()
    assert 0 < gap < 0.01


def test_what_is_exported_ends_its_texts(tmp_path: Path) -> None:
    vocabulary = learned([TEXT], 300)
    shape = Shape(vocabulary=len(vocabulary.tokens), layers=1, heads=2, width=32, inner=64, context=64)
    write_decoder(Decoder(shape), vocabulary, tmp_path / "model")
    write_gguf(read_model(tmp_path / "model"), tmp_path / "model.gguf", "F16", "test")
    fields = gguf.GGUFReader(tmp_path / "model.gguf").fields
    assert fields["tokenizer.ggml.eos_token_id"].contents() == vocabulary.tokens.index(END)
    assert fields["tokenizer.ggml.token_type"].contents()[: len(CONTROL)] == [gguf.TokenType.CONTROL] * len(CONTROL)


def test_waves_cannot_be_exported(tmp_path: Path) -> None:
    shape = Shape(vocabulary=300, layers=1, heads=2, width=32, inner=64, context=64, positions="sinusoidal")
    with pytest.raises(ValueError, match="rotary"):
        write_decoder(Decoder(shape), learned([TEXT], 300), tmp_path / "model")
