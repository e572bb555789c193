"""A small graph of TensorFlow.js: what ONNX Runtime makes of ours, against plain NumPy."""

import base64
import json
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime as ort
import pytest

from llmagentos.inference.compiler.tfjs import UnsupportedGraph, read_weights, write_onnx


def _b64(text: str) -> dict[str, str]:
    return {"s": base64.b64encode(text.encode()).decode()}


def _integers(*values: int) -> dict[str, Any]:
    return {"list": {"i": [str(one) for one in values]}}


def _model(folder: Path, *, last: str = "LeakyRelu") -> tuple[Path, Path, np.ndarray]:
    random = np.random.default_rng(1)
    kernel = random.normal(size=(3, 3, 2, 4)).astype(np.float16)
    constants: list[tuple[str, np.ndarray, dict[str, Any]]] = [
        ("perm", np.array([0, 2, 3, 1], np.int32), {}),
        ("pads", np.array([[0, 0], [1, 1], [1, 1], [0, 0]], np.int32), {}),
        ("kernel", kernel, {"quantization": {"dtype": "float16", "original_dtype": "float32"}}),
        ("base", np.array([1, 0], np.int32), {}),
        ("where", np.array([[1]], np.int32), {}),
        ("size", np.array([2], np.int32), {}),
        ("rest", np.array([-1], np.int32), {}),
        ("zero", np.array(0, np.int32), {}),
    ]
    nodes = [
        {"name": "in", "op": "Placeholder", "attr": {"shape": {"shape": {"dim": [{"size": str(one)} for one in (1, 2, 6, 6)]}}}},
        {"name": "turned", "op": "Transpose", "input": ["in", "perm"]},
        {"name": "padded", "op": "Pad", "input": ["turned", "pads"]},
        {"name": "conv", "op": "Conv2D", "input": ["padded", "kernel"], "attr": {"padding": _b64("VALID"), "strides": _integers(1, 2, 2, 1)}},
        {"name": "leaky", "op": last, "input": ["conv"], "attr": {"alpha": {"f": 0.1}}},
        {"name": "sparse", "op": "SparseToDense", "input": ["where", "size", "rest", "zero"]},
        {"name": "shape", "op": "AddV2", "input": ["base", "sparse"]},
        {"name": "out", "op": "Reshape", "input": ["leaky", "shape"]},
    ]  # fmt: skip
    nodes += [{"name": name, "op": "Const"} for name, _, _ in constants]
    weights = [
        {"name": name, "shape": list(one.shape), "dtype": "float32" if name == "kernel" else "int32", **more}
        for name, one, more in constants
    ]
    topology = {
        "signature": {"outputs": {"out:0": {"tensorShape": {"dim": [{"size": "1"}, {"size": "36"}]}}}},
        "modelTopology": {"node": nodes},
        "weightsManifest": [{"paths": ["m.bin"], "weights": weights}],
    }
    (folder / "m.json").write_text(json.dumps(topology))
    (folder / "m.bin").write_bytes(b"".join(one.tobytes() for _, one, _ in constants))
    return folder / "m.json", folder / "m.bin", kernel.astype(np.float32)


def test_what_runs_is_what_was_meant(tmp_path: Path) -> None:
    topology, weights, kernel = _model(tmp_path)
    write_onnx(topology, weights, tmp_path / "m.onnx", {"leaky": (1, 3, 3, 4)})
    picture = np.random.default_rng(2).normal(size=(1, 2, 6, 6)).astype(np.float32)
    out, inner = ort.InferenceSession(str(tmp_path / "m.onnx")).run(["out", "leaky"], {"in": picture})

    padded = np.pad(picture.transpose(0, 2, 3, 1)[0], ((1, 1), (1, 1), (0, 0)))
    wanted = np.zeros((3, 3, 4), np.float32)
    for row in range(3):
        for column in range(3):
            wanted[row, column] = np.einsum("rcs,rcsd->d", padded[2 * row : 2 * row + 3, 2 * column : 2 * column + 3], kernel)  # fmt: skip
    wanted = np.where(wanted < 0, 0.1 * wanted, wanted)
    assert np.allclose(inner[0], wanted, atol=1e-4)
    assert np.allclose(out[0], wanted.reshape(-1), atol=1e-4)


def test_an_operation_that_is_not_known_is_named_and_nothing_is_left(tmp_path: Path) -> None:
    topology, weights, _ = _model(tmp_path, last="Einsum")
    with pytest.raises(UnsupportedGraph, match="Einsum"):
        write_onnx(topology, weights, tmp_path / "m.onnx")
    assert sorted(one.name for one in tmp_path.iterdir()) == ["m.bin", "m.json"]


def test_what_is_no_model_is_said(tmp_path: Path) -> None:
    (tmp_path / "m.json").write_text("[1, 2]")
    (tmp_path / "m.bin").write_bytes(b"")
    with pytest.raises(UnsupportedGraph, match=r"m\.json"):
        write_onnx(tmp_path / "m.json", tmp_path / "m.bin", tmp_path / "m.onnx")


def test_bytes_become_numbers_again_by_their_scale() -> None:
    packed = {"name": "w", "shape": [3], "dtype": "float32", "quantization": {"dtype": "uint8", "scale": 0.5, "min": -1.0}}  # fmt: skip
    assert read_weights([{"weights": [packed]}], bytes([0, 2, 255]))["w"].tolist() == [-1.0, 0.0, 126.5]
