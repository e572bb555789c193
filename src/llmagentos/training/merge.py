"""The mean of two adapters: what one has learned newly, without all of what it has forgotten.

Source: Wortsman et al., "Robust fine-tuning of zero-shot models", 2022: weights between two ends of one fine-tuning, often better than either on
what neither was trained on.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from llmagentos.app.adapters import CARD
from llmagentos.inference.weights.lora import PLACES
from llmagentos.inference.weights.safetensors_file import SafetensorsFile
from llmagentos.training.export import Matrices, export, reduced

_FIELDS = {place: field for field, place in PLACES.items()}


@dataclass(frozen=True)
class Adapter:
    """An exported adapter: its factors, by the network's names, such that `up @ down` is what it adds."""

    name: str
    matrices: Matrices
    card: dict[str, Any]


def read_adapter(folder: Path) -> Adapter:
    """Raises: OSError, ValueError."""
    config = json.loads((folder / "adapter_config.json").read_text(encoding="utf-8"))
    file = SafetensorsFile(folder / "adapter_model.safetensors")
    factor = np.float32(np.sqrt(float(config["lora_alpha"]) / int(config["r"])))
    matrices = {_named(one): file.tensor(one) * factor for one in file.names()}
    card = json.loads((folder / CARD).read_text(encoding="utf-8")) if (folder / CARD).exists() else {}
    return Adapter(folder.name, matrices, card)


def mean(first: Adapter, second: Adapter, share: float, rank: int) -> dict[str, NDArray[np.float32]]:
    """`1 - share` of the first and `share` of the second, in the nearest factors of that rank. Raises: ValueError for adapters of other layers."""
    if first.matrices.keys() != second.matrices.keys():
        raise ValueError(f"{first.name} and {second.name} adapt different layers")
    stacked: dict[str, NDArray[np.float32]] = {}
    for name, matrix in first.matrices.items():
        parts = (matrix * np.sqrt(1 - share), second.matrices[name] * np.sqrt(share))
        stacked[name] = np.concatenate(parts, axis=0 if name.endswith(".down") else 1).astype(np.float32)
    return reduced(stacked, rank)


def merge(first: Path, second: Path, share: float, rank: int, folder: Path) -> None:
    """Write the mean as an adapter; it is to be calibrated anew. Raises: OSError, ValueError."""
    one, other = read_adapter(first), read_adapter(second)
    about = {
        **{key: value for key, value in other.card.items() if key != "calibration"},
        "mean_of": [one.name, other.name],
        "share": share,
    }
    export(mean(one, other, share, rank), rank=rank, alpha=float(rank), folder=folder, about=about)


def _named(tensor: str) -> str:
    """`base_model.model.model.layers.3.self_attn.q_proj.lora_A.weight` -> `blocks.3.places.query.down`."""
    layer, _, rest = tensor.removeprefix("base_model.model.model.layers.").removesuffix(".weight").partition(".")
    place, _, side = rest.rpartition(".")
    return f"blocks.{layer}.places.{_FIELDS[place]}.{'down' if side == 'lora_A' else 'up'}"
