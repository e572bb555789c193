"""Model weights as a GGUF file, which llama.cpp and we read; adapters as its LoRA files.

Matrices are written as F32, F16 or Q8_0. Source: ggml, docs/gguf.md; llama.cpp, convert_lora_to_gguf.py.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import gguf
import numpy as np

from llmagentos.inference.weights.lora import PLACES
from llmagentos.inference.weights.model import Architecture, Layer, Matrix, ModelWeights, UnsupportedModel, Vocabulary
from llmagentos.inference.weights.safetensors_file import SafetensorsFile

Kind = Literal["F32", "F16", "Q8_0"]
KINDS: tuple[Kind, ...] = ("F32", "F16", "Q8_0")
MATRICES = {
    "attn_q.weight": "query", "attn_k.weight": "key", "attn_v.weight": "value", "attn_output.weight": "output",
    "ffn_gate.weight": "gate", "ffn_up.weight": "up", "ffn_down.weight": "down",
}  # fmt: skip
VECTORS = {
    "attn_norm.weight": "attention_norm", "ffn_norm.weight": "inner_norm", "attn_q.bias": "query_bias", "attn_k.bias": "key_bias",
    "attn_v.bias": "value_bias", "attn_q_norm.weight": "query_norm", "attn_k_norm.weight": "key_norm",
}  # fmt: skip
BLOCK = 32
"""Values that Q8_0 scales together; a matrix with other rows is written as F16."""


def write_gguf(model: ModelWeights, file: Path, kind: Kind, name: str) -> None:
    """Whole or not at all. Raises: UnsupportedModel, OSError."""
    a = model.architecture
    if a.rope_scaling is not None:
        raise UnsupportedModel("a model whose positions are scaled cannot be written as GGUF yet")
    partial = file.with_name(f"{file.name}.partial")
    writer = gguf.GGUFWriter(partial, a.family)
    writer.add_name(name)
    writer.add_block_count(a.layers)
    writer.add_context_length(a.context)
    writer.add_embedding_length(a.hidden)
    writer.add_feed_forward_length(a.inner)
    writer.add_head_count(a.heads)
    writer.add_head_count_kv(a.kv_heads)
    writer.add_key_length(a.head_size)
    writer.add_value_length(a.head_size)
    writer.add_rope_dimension_count(a.head_size)
    writer.add_rope_freq_base(a.rope_base)
    writer.add_layer_norm_rms_eps(a.epsilon)
    writer.add_vocab_size(a.vocabulary)
    _add_vocabulary(writer, model.vocabulary(), a.vocabulary)
    for tensor, values in _tensors(model):
        _add_tensor(writer, tensor, values, kind)
    _finish(writer)
    partial.replace(file)


def write_gguf_adapter(folder: Path, architecture: Architecture, file: Path) -> None:
    """A folder of PEFT as what llama.cpp takes with `--lora`. Raises: OSError, UnsupportedModel."""
    try:
        config = json.loads((folder / "adapter_config.json").read_text(encoding="utf-8"))
        alpha = float(config["lora_alpha"])
    except (ValueError, KeyError) as error:
        raise UnsupportedModel(f"{folder.name} holds no LoRA adapter: {error!r}") from error
    held = SafetensorsFile(folder / "adapter_model.safetensors")
    partial = file.with_name(f"{file.name}.partial")
    writer = gguf.GGUFWriter(partial, architecture.family)
    writer.add_type(gguf.GGUFType.ADAPTER)
    writer.add_string("adapter.type", "lora")
    writer.add_float32("adapter.lora.alpha", alpha)
    for number in range(architecture.layers):
        for tensor, field in MATRICES.items():
            name = f"base_model.model.model.layers.{number}.{PLACES[field]}"
            if f"{name}.lora_A.weight" not in held.names():
                continue
            down, up = held.tensor(f"{name}.lora_A.weight"), held.tensor(f"{name}.lora_B.weight")
            if field in ("query", "key"):
                up = _rotation(up, architecture, field)
            writer.add_tensor(f"blk.{number}.{tensor}.lora_a", np.ascontiguousarray(down, np.float32))
            writer.add_tensor(f"blk.{number}.{tensor}.lora_b", np.ascontiguousarray(up, np.float32))
    _finish(writer)
    partial.replace(file)


def _tensors(model: ModelWeights) -> Iterator[tuple[str, Matrix]]:
    yield "token_embd.weight", model.embedding()
    head = model.head()
    if head is not None:
        yield "output.weight", head
    yield "output_norm.weight", model.final_norm()
    factors = model.rope_factors()
    if factors is not None:
        yield "rope_freqs.weight", factors
    for number in range(model.architecture.layers):
        layer: Layer = model.layer(number)
        for name, field in (*MATRICES.items(), *VECTORS.items()):
            values = getattr(layer, field)
            if values is not None:
                turned = field in ("query", "key", "query_bias", "key_bias")
                yield f"blk.{number}.{name}", _rotation(values, model.architecture, field) if turned else values


def _rotation(values: Matrix, architecture: Architecture, field: str) -> Matrix:
    """llama.cpp wants Llama's rotated pairs side by side; we have them halves apart."""
    if architecture.family != "llama":
        return values
    heads = architecture.heads if field.startswith("query") else architecture.kv_heads
    halves = values.reshape(heads, 2, architecture.head_size // 2, -1)
    return np.ascontiguousarray(halves.swapaxes(1, 2).reshape(values.shape))


def _add_tensor(writer: gguf.GGUFWriter, name: str, values: Matrix, kind: Kind) -> None:
    if values.ndim < 2 or kind == "F32":
        writer.add_tensor(name, np.ascontiguousarray(values, np.float32))
    elif kind == "F16" or values.shape[1] % BLOCK:
        writer.add_tensor(name, values.astype(np.float16))
    else:
        wanted = gguf.GGMLQuantizationType[kind]
        writer.add_tensor(name, gguf.quantize(np.ascontiguousarray(values, np.float32), wanted), raw_dtype=wanted)


def _add_vocabulary(writer: gguf.GGUFWriter, vocabulary: Vocabulary, size: int) -> None:
    tokens = [*vocabulary.tokens, *(f"<unused {one}>" for one in range(len(vocabulary.tokens), size))]
    special = vocabulary.special
    control, normal = gguf.TokenType.CONTROL, gguf.TokenType.NORMAL
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre(vocabulary.splitting)
    writer.add_token_list(tokens)
    writer.add_token_types([control if one in special else normal for one in range(len(tokens))])
    writer.add_token_merges([f"{left} {right}" for left, right in vocabulary.merges])
    writer.add_add_bos_token(False)


def _finish(writer: gguf.GGUFWriter) -> None:
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
