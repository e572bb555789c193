"""Tiny models with random weights, written by the libraries that write real ones."""

from pathlib import Path

import numpy as np
from gguf import GGMLQuantizationType, GGUFWriter, quants

from tests.inference.vocabulary import TRAINED

HIDDEN, HEADS, KV_HEADS, HEAD, INNER, LAYERS = 64, 4, 2, 16, 96, 2


def write_gguf(path: Path, family: str = "llama", kind: GGMLQuantizationType = GGMLQuantizationType.F32) -> Path:
    """A model of a family; its matrices in one block format."""
    random = np.random.default_rng(len(family))
    writer = GGUFWriter(str(path), family)
    writer.add_block_count(LAYERS)
    writer.add_embedding_length(HIDDEN)
    writer.add_feed_forward_length(INNER)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(KV_HEADS)
    writer.add_key_length(HEAD)
    writer.add_rope_freq_base(10_000.0)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_context_length(512)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    writer.add_token_list(list(TRAINED.tokens))
    writer.add_token_merges([" ".join(one) for one in TRAINED.merges])
    writer.add_token_types([3 if number in TRAINED.special else 1 for number in range(len(TRAINED.tokens))])

    def matrix(name: str, rows: int, columns: int) -> None:
        values = (random.standard_normal((rows, columns)) / np.sqrt(columns)).astype(np.float32)
        writer.add_tensor(name, quants.quantize(values, kind), raw_dtype=kind)

    def vector(name: str, length: int, around: float) -> None:
        writer.add_tensor(name, (around + 0.1 * random.standard_normal(length)).astype(np.float32))

    matrix("token_embd.weight", len(TRAINED.tokens), HIDDEN)
    vector("output_norm.weight", HIDDEN, 1.0)
    if family == "qwen3":
        matrix("output.weight", len(TRAINED.tokens), HIDDEN)
    for layer in range(LAYERS):
        for name, rows, columns in (
            ("attn_q", HEADS * HEAD, HIDDEN), ("attn_k", KV_HEADS * HEAD, HIDDEN), ("attn_v", KV_HEADS * HEAD, HIDDEN),
            ("attn_output", HIDDEN, HEADS * HEAD), ("ffn_gate", INNER, HIDDEN), ("ffn_up", INNER, HIDDEN), ("ffn_down", HIDDEN, INNER),
        ):  # fmt: skip
            matrix(f"blk.{layer}.{name}.weight", rows, columns)
        vector(f"blk.{layer}.attn_norm.weight", HIDDEN, 1.0)
        vector(f"blk.{layer}.ffn_norm.weight", HIDDEN, 1.0)
        if family == "qwen2":
            for name, length in (("attn_q", HEADS * HEAD), ("attn_k", KV_HEADS * HEAD), ("attn_v", KV_HEADS * HEAD)):
                vector(f"blk.{layer}.{name}.bias", length, 0.0)
        if family == "qwen3":
            vector(f"blk.{layer}.attn_q_norm.weight", HEAD, 1.0)
            vector(f"blk.{layer}.attn_k_norm.weight", HEAD, 1.0)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path
