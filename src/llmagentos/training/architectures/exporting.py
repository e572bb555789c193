"""A decoder of ours as a folder of Hugging Face, which our engine, llama.cpp (as GGUF) and others run."""

import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from llmagentos.inference.weights.lora import PLACES
from llmagentos.inference.weights.model import Vocabulary
from llmagentos.training.architectures.positions import BASE
from llmagentos.training.architectures.transformer import Decoder
from llmagentos.training.data.vocabulary import save
from llmagentos.training.export import write_safetensors

_INSIDE = {
    "attention.query": PLACES["query"], "attention.key": PLACES["key"], "attention.value": PLACES["value"], "attention.output": PLACES["output"],
    "attention.query_norm": "self_attn.q_norm", "attention.key_norm": "self_attn.k_norm", "attention_norm": "input_layernorm",
    "inner_norm": "post_attention_layernorm", "inner.gate": PLACES["gate"], "inner.up": PLACES["up"], "inner.down": PLACES["down"],
}  # fmt: skip
_OUTSIDE = {"embedding": "model.embed_tokens", "final_norm": "model.norm", "head": "lm_head"}


def write_decoder(network: Decoder, vocabulary: Vocabulary, folder: Path) -> None:
    """config.json, tokenizer.json and model.safetensors in float32. Raises: ValueError for waves, which no engine adds."""
    shape = network.shape
    if shape.positions != "rotary":
        raise ValueError("engines turn positions; train with rotary ones to export")
    folder.mkdir(parents=True, exist_ok=True)
    config = {
        "architectures": ["Qwen3ForCausalLM" if shape.normed else "LlamaForCausalLM"], "model_type": "qwen3" if shape.normed else "llama",
        "vocab_size": shape.vocabulary, "hidden_size": shape.width, "intermediate_size": shape.inner, "num_hidden_layers": shape.layers,
        "num_attention_heads": shape.heads, "num_key_value_heads": shape.kv_heads or shape.heads, "head_dim": shape.width // shape.heads,
        "hidden_act": "silu", "rms_norm_eps": shape.epsilon, "rope_theta": BASE, "max_position_embeddings": shape.context,
        "tie_word_embeddings": shape.tied, "attention_bias": False, "torch_dtype": "float32",
    }  # fmt: skip
    (folder / "config.json").write_text(json.dumps(config, indent=1), encoding="utf-8")
    save(folder, vocabulary)
    tensors: dict[str, NDArray[np.float32]] = {
        _name(name): one.detach().float().numpy() for name, one in network.named_parameters()
    }
    write_safetensors(folder / "model.safetensors", tensors)


def _name(own: str) -> str:
    """`blocks.3.attention.query.weight` -> `model.layers.3.self_attn.q_proj.weight`."""
    inside, _, field = own.rpartition(".")
    if inside in _OUTSIDE:
        return f"{_OUTSIDE[inside]}.{field}"
    _, number, place = inside.split(".", 2)
    return f"model.layers.{number}.{_INSIDE[place]}.{field}"
