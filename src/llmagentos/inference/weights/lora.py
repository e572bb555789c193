"""A low-rank adapter over a model: what it adds is merged in float32, before anything is quantised.

Source: Hu et al., "LoRA", 2021, eq. 3: W + (alpha / r) B A. Reads the folders of Hugging Face's PEFT.
"""

import json
import math
from dataclasses import replace
from pathlib import Path

from llmagentos.inference.weights.model import Architecture, Layer, Matrix, ModelWeights, UnsupportedModel, Vocabulary
from llmagentos.inference.weights.safetensors_file import SafetensorsFile

PLACES = {
    "query": "self_attn.q_proj", "key": "self_attn.k_proj", "value": "self_attn.v_proj", "output": "self_attn.o_proj",
    "gate": "mlp.gate_proj", "up": "mlp.up_proj", "down": "mlp.down_proj",
}  # fmt: skip


class Adapted:
    """A model with an adapter merged into its layers. Raises: UnsupportedModel."""

    def __init__(self, model: ModelWeights, folder: Path) -> None:
        self._model = model
        self.architecture: Architecture = model.architecture
        try:
            config = json.loads((folder / "adapter_config.json").read_text(encoding="utf-8"))
            rank, alpha = int(config["r"]), float(config["lora_alpha"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise UnsupportedModel(f"{folder.name} holds no LoRA adapter: {error!r}") from error
        if rank < 1 or config.get("use_dora"):
            raise UnsupportedModel(f"{folder.name} is an adapter of another kind than LoRA")
        self.scale = alpha / (math.sqrt(rank) if config.get("use_rslora") else rank)
        self._file = SafetensorsFile(folder / "adapter_model.safetensors")
        places = "|".join(PLACES.values())
        strange = [name for name in self._file.names() if not any(place in name for place in PLACES.values())]
        if strange:
            raise UnsupportedModel(f"{folder.name} changes {strange[0]}; only {places} can be adapted")

    def layer(self, number: int) -> Layer:
        layer = self._model.layer(number)
        changed = {}
        for field, place in PLACES.items():
            name = f"base_model.model.model.layers.{number}.{place}"
            down, up = f"{name}.lora_A.weight", f"{name}.lora_B.weight"
            if down in self._file.names() and up in self._file.names():
                matrix: Matrix = getattr(layer, field)
                delta = self._file.tensor(up) @ self._file.tensor(down)
                if delta.shape != matrix.shape:
                    raise UnsupportedModel(f"the adapter does not fit the model at {place} of layer {number}")
                changed[field] = matrix + self.scale * delta
        return replace(layer, **changed)

    def embedding(self) -> Matrix:
        return self._model.embedding()

    def head(self) -> Matrix | None:
        return self._model.head()

    def final_norm(self) -> Matrix:
        return self._model.final_norm()

    def rope_factors(self) -> Matrix | None:
        return self._model.rope_factors()

    def vocabulary(self) -> Vocabulary:
        return self._model.vocabulary()
