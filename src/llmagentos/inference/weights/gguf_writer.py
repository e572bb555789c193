"""Model weights as a GGUF file, which llama.cpp and we read; adapters as its LoRA files.

Matrices are written as F32, F16 or Q8_0. Source: ggml, docs/gguf.md; llama.cpp, convert_lora_to_gguf.py.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import gguf
import numpy as np

from llmagentos.inference.weights.lora import PLACES, Adapted
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
ENDS = ("<|im_end|>", "<|end|>", "<|endoftext|>", "<|end_of_text|>", "</s>")
"""Marks that end a text, the first that a vocabulary has."""
CHATML = "<|im_start|>"
_TEMPLATE = (
    "{% for message in messages %}{{'<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n'}}{% endfor %}"
    "{% if add_generation_prompt %}{{'<|im_start|>assistant\n'}}{% endif %}"
)
_CONTROL = re.compile(r"<\|.*\|>|</?s>")
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


def write_gguf_adapter(folder: Path, model: ModelWeights, file: Path) -> None:
    """A folder of PEFT as what llama.cpp takes with `--lora`. Raises: OSError, UnsupportedModel where it does not fit the model."""
    adapted = Adapted(model, folder)
    for number in range(model.architecture.layers):
        adapted.layer(number)  # says what does not fit
    held = SafetensorsFile(folder / "adapter_model.safetensors")
    partial = file.with_name(f"{file.name}.partial")
    writer = gguf.GGUFWriter(partial, model.architecture.family)
    writer.add_type(gguf.GGUFType.ADAPTER)
    writer.add_string("adapter.type", "lora")
    pairs = [
        (f"blk.{number}.{tensor}", field, f"base_model.model.model.layers.{number}.{PLACES[field]}")
        for number in range(model.architecture.layers)
        for tensor, field in MATRICES.items()
    ]
    pairs = [one for one in pairs if {f"{one[2]}.lora_A.weight", f"{one[2]}.lora_B.weight"} <= set(held.names())]
    if not pairs:
        raise UnsupportedModel(f"{folder.name} adapts nothing")
    rank = held.tensor(f"{pairs[0][2]}.lora_A.weight").shape[0]
    writer.add_float32("adapter.lora.alpha", adapted.scale * rank)  # llama.cpp divides it by the rank
    for tensor, field, name in pairs:
        down, up = held.tensor(f"{name}.lora_A.weight"), held.tensor(f"{name}.lora_B.weight")
        if field in ("query", "key"):
            up = _rotation(up, model.architecture, field)
        writer.add_tensor(f"{tensor}.lora_a", np.ascontiguousarray(down, np.float32))
        writer.add_tensor(f"{tensor}.lora_b", np.ascontiguousarray(up, np.float32))
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
    control, shown, normal = gguf.TokenType.CONTROL, gguf.TokenType.USER_DEFINED, gguf.TokenType.NORMAL
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre(vocabulary.splitting)
    writer.add_token_list(tokens)
    kinds = {one: control if _CONTROL.fullmatch(tokens[one]) else shown for one in special}
    writer.add_token_types([kinds.get(one, normal) for one in range(len(tokens))])
    end = next((tokens.index(one) for one in ENDS if one in tokens and tokens.index(one) in special), None)
    if end is not None:  # else llama.cpp takes its own guess, which may be a comma
        writer.add_eos_token_id(end)
        writer.add_bos_token_id(end)
    if CHATML in tokens:
        writer.add_chat_template(_TEMPLATE)
    merges = vocabulary.merges or (
        (tokens[0], tokens[0]),
    )  # llama.cpp wants one; into what is no token it merges nothing
    writer.add_token_merges([f"{left} {right}" for left, right in merges])
    writer.add_add_bos_token(False)


def _finish(writer: gguf.GGUFWriter) -> None:
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
