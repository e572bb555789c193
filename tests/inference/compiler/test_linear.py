"""The matrix products, on this processor and on one without VNNI, where sums of int8 products can saturate."""

import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import onnxruntime as ort
import pytest

from llmagentos.inference.compiler.int8 import Precision
from llmagentos.inference.compiler.linear import block_linear, linear
from llmagentos.inference.compiler.onnx_file import Graph

INPUTS, OUTPUTS, TOKENS = 576, 192, 5
EMULATOR = shutil.which("qemu-x86_64-static")
KINDS = ("block", "uint8", "int8")


def written(folder: Path, kind: str) -> Path:
    """A product whose int8 sums are as large as they can be: all weights and all activations at the end of their range."""
    matrix = np.where(np.arange(OUTPUTS)[:, None] % 2, 1.0, -1.0).astype(np.float32) * np.ones(INPUTS, np.float32)
    graph = Graph(folder / f"{kind}.bin")
    given = graph.input("given", np.float32, "tokens", INPUTS)
    precision: Precision = "uint8" if kind == "uint8" else "int8"
    product = (block_linear if kind == "block" else linear)(graph, "matrix", matrix, precision, given)
    graph.node("Identity", product, outputs=["product"])
    graph.output("product", np.float32, "tokens", OUTPUTS)
    graph.save(folder / f"{kind}.onnx")
    graph.close()
    return folder / f"{kind}.onnx"


def largest_error(graph: Path) -> float:
    """As a share of what is right."""
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    [product] = ort.InferenceSession(str(graph), options).run(None, {"given": np.ones((TOKENS, INPUTS), np.float32)})
    return float(np.abs(np.abs(np.asarray(product)) / INPUTS - 1).max())


@pytest.mark.parametrize("kind", ("block", "uint8"))
def test_the_largest_sums_are_exact(tmp_path: Path, kind: str) -> None:
    assert largest_error(written(tmp_path, kind)) < 1e-5


@pytest.mark.skipif(EMULATOR is None, reason="apt-get install qemu-user-static")
def test_without_vnni_unsigned_weights_and_blocks_are_exact_and_signed_ones_are_not(tmp_path: Path) -> None:
    assert EMULATOR is not None
    for kind in KINDS:
        written(tmp_path, kind)
    command = [EMULATOR, "-cpu", "Haswell", sys.executable, "-W", "ignore", __file__, str(tmp_path)]
    answer = subprocess.run(command, capture_output=True, text=True, check=True, timeout=50)
    errors = dict(zip(KINDS, map(float, answer.stdout.split()), strict=True))
    assert errors["block"] < 1e-5
    assert errors["uint8"] < 1e-5
    assert errors["int8"] > 0.5, "the emulator no longer shows what unsigned weights are for"


if __name__ == "__main__":
    print(*(largest_error(Path(sys.argv[1]) / f"{one}.onnx") for one in KINDS))
