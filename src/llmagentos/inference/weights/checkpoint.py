"""A folder of Hugging Face as model weights: `config.json`, `tokenizer.json` and one or more safetensors files."""

import json
from pathlib import Path
from typing import Any, Literal

from llmagentos.inference.weights.model import Architecture, Layer, Matrix, RopeScaling, UnsupportedModel, Vocabulary
from llmagentos.inference.weights.safetensors_file import SafetensorsFile

SCALINGS: dict[str, Literal["linear", "llama3", "yarn"]] = {"linear": "linear", "llama3": "llama3", "yarn": "yarn"}
PRE_TOKENIZERS = {"llama": "smollm", "qwen2": "qwen2", "qwen3": "qwen2"}


class Checkpoint:
    """The model in one folder. Raises: UnsupportedModel."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._config = _read_json(folder / "config.json")
        self._files: dict[str, SafetensorsFile] = {}
        for path in sorted(folder.glob("*.safetensors")):
            file = SafetensorsFile(path)
            self._files.update(dict.fromkeys(file.names(), file))
        if "model.embed_tokens.weight" not in self._files:
            raise UnsupportedModel(f"{folder.name} holds no language model")
        self.architecture = self._read_architecture()

    def _read_architecture(self) -> Architecture:
        c = self._config
        try:
            heads, hidden = int(c["num_attention_heads"]), int(c["hidden_size"])
            return Architecture(
                family=str(c["model_type"]),
                layers=int(c["num_hidden_layers"]),
                heads=heads,
                kv_heads=int(c.get("num_key_value_heads") or heads),
                head_size=int(c.get("head_dim") or hidden // heads),
                hidden=hidden,
                inner=int(c["intermediate_size"]),
                epsilon=float(c["rms_norm_eps"]),
                rope_base=float(c.get("rope_theta") or (c.get("rope_parameters") or {}).get("rope_theta") or 10_000.0),
                rope_scaling=_rope_scaling(c.get("rope_scaling") or {}),
                vocabulary=int(c["vocab_size"]),
                context=int(c.get("max_position_embeddings", 2048)),
            )
        except (KeyError, TypeError, ValueError, ZeroDivisionError) as error:
            raise UnsupportedModel(f"{self._folder.name}/config.json does not describe a model: {error!r}") from error

    def layer(self, number: int) -> Layer:
        a = self.architecture
        width, kv_width = a.heads * a.head_size, a.kv_heads * a.head_size

        def tensor(name: str, *shape: int) -> Matrix:
            return self._tensor(f"model.layers.{number}.{name}", shape)

        def optional(name: str, length: int) -> Matrix | None:
            return tensor(name, length) if f"model.layers.{number}.{name}" in self._files else None

        return Layer(
            query=tensor("self_attn.q_proj.weight", width, a.hidden),
            key=tensor("self_attn.k_proj.weight", kv_width, a.hidden),
            value=tensor("self_attn.v_proj.weight", kv_width, a.hidden),
            output=tensor("self_attn.o_proj.weight", a.hidden, width),
            gate=tensor("mlp.gate_proj.weight", a.inner, a.hidden),
            up=tensor("mlp.up_proj.weight", a.inner, a.hidden),
            down=tensor("mlp.down_proj.weight", a.hidden, a.inner),
            attention_norm=tensor("input_layernorm.weight", a.hidden),
            inner_norm=tensor("post_attention_layernorm.weight", a.hidden),
            query_bias=optional("self_attn.q_proj.bias", width),
            key_bias=optional("self_attn.k_proj.bias", kv_width),
            value_bias=optional("self_attn.v_proj.bias", kv_width),
            query_norm=optional("self_attn.q_norm.weight", a.head_size),
            key_norm=optional("self_attn.k_norm.weight", a.head_size),
        )

    def embedding(self) -> Matrix:
        return self._tensor("model.embed_tokens.weight", (self.architecture.vocabulary, self.architecture.hidden))

    def head(self) -> Matrix | None:
        if self._config.get("tie_word_embeddings") or "lm_head.weight" not in self._files:
            return None
        return self._tensor("lm_head.weight", (self.architecture.vocabulary, self.architecture.hidden))

    def final_norm(self) -> Matrix:
        return self._tensor("model.norm.weight", (self.architecture.hidden,))

    def rope_factors(self) -> Matrix | None:
        return None

    def vocabulary(self) -> Vocabulary:
        data = _read_json(self._folder / "tokenizer.json")
        try:
            model, added = data["model"], data.get("added_tokens", [])
            ids = {**model["vocab"], **{one["content"]: one["id"] for one in added}}
            tokens = [f"<unused {number}>" for number in range(max(ids.values()) + 1)]
            for token, number in ids.items():
                tokens[number] = token
            merges = tuple(tuple(one) if isinstance(one, list) else tuple(one.split(" ", 1)) for one in model["merges"])
            special = frozenset(one["id"] for one in added)
        except (KeyError, TypeError, IndexError) as error:
            raise UnsupportedModel(f"{self._folder.name}/tokenizer.json holds no byte-level BPE: {error!r}") from error
        return Vocabulary(tuple(tokens), merges, special, PRE_TOKENIZERS[self.architecture.family])

    def _tensor(self, name: str, shape: tuple[int, ...]) -> Matrix:
        if name not in self._files:
            raise UnsupportedModel(f"{self._folder.name} has no tensor {name}")
        found = self._files[name].tensor(name)
        if found.shape != shape:
            raise UnsupportedModel(f"{self._folder.name}: {name} has the shape {found.shape}, not {shape}")
        return found


def _rope_scaling(data: dict[str, Any]) -> RopeScaling | None:
    name = str(data.get("rope_type") or data.get("type") or "default")
    if name == "default":
        return None
    if name not in SCALINGS:
        raise UnsupportedModel(f"the model scales its rotation by {name!r}; known: {', '.join(SCALINGS)}")
    return RopeScaling(
        kind=SCALINGS[name],
        factor=float(data["factor"]),
        original_context=int(data.get("original_max_position_embeddings", 0)),
        low_frequency=float(data.get("low_freq_factor", 1.0)),
        high_frequency=float(data.get("high_freq_factor", 4.0)),
        beta_fast=float(data.get("beta_fast", 32.0)),
        beta_slow=float(data.get("beta_slow", 1.0)),
    )


def _read_json(path: Path) -> dict[str, Any]:
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UnsupportedModel(f"{path} cannot be read: {error}") from error
    if not isinstance(data, dict):
        raise UnsupportedModel(f"{path} is no JSON object")
    return data
