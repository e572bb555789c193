"""One model in every form it can come in: what is read is the same."""

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest
from gguf import GGMLQuantizationType
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from llmagentos.inference.weights.checkpoint import Checkpoint
from llmagentos.inference.weights.gguf import GgufModel
from llmagentos.inference.weights.lora import Adapted
from llmagentos.inference.weights.model import Matrix, UnsupportedModel
from tests.inference.tiny import HEAD, HEADS, HIDDEN, INNER, KV_HEADS, LAYERS, write_gguf
from tests.inference.vocabulary import SPECIAL, TRAINED

NAMES = {
    "query": "self_attn.q_proj", "key": "self_attn.k_proj", "value": "self_attn.v_proj", "output": "self_attn.o_proj",
    "gate": "mlp.gate_proj", "up": "mlp.up_proj", "down": "mlp.down_proj",
    "attention_norm": "input_layernorm", "inner_norm": "post_attention_layernorm",
}  # fmt: skip


def write_safetensors(path: Path, tensors: dict[str, Matrix]) -> None:
    header, data = {}, b""
    for name, values in tensors.items():
        raw = values.astype(np.float32).tobytes()
        header[name] = {"dtype": "F32", "shape": values.shape, "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header).encode()
    path.write_bytes(len(text).to_bytes(8, "little") + text + data)


def checkpoint(folder: Path, model: GgufModel) -> Path:
    """The same model as a folder of Hugging Face."""
    folder.mkdir()
    tensors = {"model.embed_tokens.weight": model.embedding(), "model.norm.weight": model.final_norm()}
    for number in range(LAYERS):
        layer = model.layer(number)
        tensors |= {f"model.layers.{number}.{name}.weight": getattr(layer, field) for field, name in NAMES.items()}
    write_safetensors(folder / "model.safetensors", tensors)
    config = {
        "model_type": "llama", "num_attention_heads": HEADS, "num_key_value_heads": KV_HEADS, "head_dim": HEAD, "hidden_size": HIDDEN,
        "intermediate_size": INNER, "num_hidden_layers": LAYERS, "rms_norm_eps": 1e-5, "vocab_size": len(TRAINED.tokens),
        "max_position_embeddings": 512, "tie_word_embeddings": True,
    }  # fmt: skip
    (folder / "config.json").write_text(json.dumps(config))
    added = [{"id": number, "content": one} for number, one in enumerate(SPECIAL)]
    vocab = {one: number for number, one in enumerate(TRAINED.tokens)}
    tokenizer = {"model": {"vocab": vocab, "merges": [" ".join(one) for one in TRAINED.merges]}, "added_tokens": added}
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer))
    return folder


def test_a_folder_of_hugging_face_is_the_same_model(tmp_path: Path) -> None:
    one = GgufModel(write_gguf(tmp_path / "m.gguf"))
    other = Checkpoint(checkpoint(tmp_path / "m", one))
    assert dataclasses.replace(other.architecture, epsilon=one.architecture.epsilon) == one.architecture
    assert (other.vocabulary().tokens, other.vocabulary().merges) == (TRAINED.tokens, TRAINED.merges)
    assert other.vocabulary().special == TRAINED.special
    for number in range(LAYERS):
        for field in NAMES:
            assert np.array_equal(getattr(one.layer(number), field), getattr(other.layer(number), field)), field


def test_an_adapter_is_merged_in_full_precision(tmp_path: Path) -> None:
    model = GgufModel(write_gguf(tmp_path / "m.gguf"))
    random = np.random.default_rng(1)
    down = random.standard_normal((4, HIDDEN)).astype(np.float32)
    up = random.standard_normal((HEADS * HEAD, 4)).astype(np.float32)
    name = "base_model.model.model.layers.1.self_attn.q_proj"
    write_safetensors(
        tmp_path / "adapter_model.safetensors", {f"{name}.lora_A.weight": down, f"{name}.lora_B.weight": up}
    )
    (tmp_path / "adapter_config.json").write_text(json.dumps({"r": 4, "lora_alpha": 8}))
    adapted = Adapted(model, tmp_path)
    assert np.allclose(adapted.layer(1).query, model.layer(1).query + 2 * up @ down, atol=1e-4)
    assert np.array_equal(adapted.layer(0).query, model.layer(0).query)
    write_safetensors(tmp_path / "adapter_model.safetensors", {"base_model.model.lm_head.lora_A.weight": down})
    with pytest.raises(UnsupportedModel, match="only self_attn"):
        Adapted(model, tmp_path)


@pytest.mark.parametrize("kind", ("F16", "BF16", "Q8_0", "Q4_0", "Q4_1", "Q5_0", "Q5_1"))
def test_every_block_format(tmp_path: Path, kind: str) -> None:
    exact = GgufModel(write_gguf(tmp_path / "exact.gguf")).layer(0).down
    stored = GgufModel(write_gguf(tmp_path / "stored.gguf", kind=GGMLQuantizationType[kind])).layer(0).down
    assert np.abs(stored - exact).max() <= np.abs(exact).max() * (0.16 if kind[0] == "Q" else 0.005)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30, deadline=None)
@given(at=st.floats(0, 1), cut=st.booleans(), byte=st.integers(0, 255))
def test_a_damaged_file_is_refused_or_read_and_nothing_else(tmp_path: Path, at: float, cut: bool, byte: int) -> None:
    whole = tmp_path / "whole.gguf"
    good = (whole if whole.exists() else write_gguf(whole)).read_bytes()
    place = int(at * (len(good) - 1))
    bad = tmp_path / "bad.gguf"
    bad.write_bytes(good[:place] if cut else good[:place] + bytes([byte]) + good[place + 1 :])
    try:
        model = GgufModel(bad)
        model.vocabulary()
        model.layer(LAYERS - 1)
    except UnsupportedModel as error:
        assert str(error)
