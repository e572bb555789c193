"""A trained adapter as a folder of Hugging Face's PEFT, with a card of what it was trained for."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from llmagentos.agent.prompt import PROMPT_VERSION
from llmagentos.app.adapters import CARD
from llmagentos.inference.weights.lora import PLACES
from llmagentos.language.tree import GRAMMAR_VERSION

Matrices = Mapping[str, NDArray[np.float32]]
"""By the network's names: `blocks.3.places.query.down`."""


def export(adapters: Matrices, *, rank: int, alpha: float, folder: Path, about: Mapping[str, Any]) -> None:
    """Write a folder; it has all its files or none."""
    partial = folder.with_name(f".{folder.name}.partial")
    partial.mkdir(parents=True)
    tensors = {_name(name): matrix.astype(np.float16) for name, matrix in adapters.items()}
    write_safetensors(partial / "adapter_model.safetensors", tensors)
    config = {
        "peft_type": "LORA",
        "r": rank,
        "lora_alpha": alpha,
        "target_modules": [one.rpartition(".")[2] for one in PLACES.values()],
    }
    (partial / "adapter_config.json").write_text(json.dumps(config, indent=1), encoding="utf-8")
    card = {"prompt": PROMPT_VERSION, "grammar": GRAMMAR_VERSION, **about}
    (partial / CARD).write_text(json.dumps(card, indent=1, ensure_ascii=False), encoding="utf-8")
    if folder.exists():
        for file in folder.iterdir():
            file.unlink()
        folder.rmdir()
    partial.replace(folder)


def reduced(adapters: Matrices, rank: int) -> dict[str, NDArray[np.float32]]:
    """The nearest adapters of a lower rank (Eckart and Young, 1936), their two factors equally large."""
    smaller: dict[str, NDArray[np.float32]] = {}
    for name, down in adapters.items():
        if not name.endswith(".down"):
            continue
        other = f"{name.removesuffix('.down')}.up"
        left, inner_left = np.linalg.qr(adapters[other])
        right, inner_right = np.linalg.qr(down.T)
        turn, sizes, back = np.linalg.svd(inner_left @ inner_right.T)
        root = np.sqrt(sizes[:rank])
        smaller[name] = ((right @ back[:rank].T) * root).T.astype(np.float32)
        smaller[other] = ((left @ turn[:, :rank]) * root).astype(np.float32)
    return smaller


def _name(name: str) -> str:
    _, layer, _, place, side = name.split(".")
    return f"base_model.model.model.layers.{layer}.{PLACES[place]}.lora_{'A' if side == 'down' else 'B'}.weight"


def write_safetensors(file: Path, tensors: Mapping[str, NDArray[np.float16] | NDArray[np.float32]]) -> None:
    """Source: huggingface/safetensors, "Format"."""
    header: dict[str, Any] = {}
    end = 0
    for name, tensor in tensors.items():
        header[name] = {
            "dtype": f"F{8 * tensor.itemsize}",
            "shape": list(tensor.shape),
            "data_offsets": [end, end + tensor.nbytes],
        }
        end += tensor.nbytes
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with file.open("wb") as out:
        out.write(len(text).to_bytes(8, "little"))
        out.write(text)
        for tensor in tensors.values():
            out.write(np.ascontiguousarray(tensor).tobytes())
