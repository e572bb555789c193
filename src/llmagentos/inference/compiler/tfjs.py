"""Graph models of TensorFlow.js as ONNX: the operations that convolutional networks for pictures are made of.

Source: tensorflow/tfjs, `tfjs-converter` (a `GraphDef` in JSON, weights in one file behind it); onnx/onnx, Operators.md (opset 18).
"""

import base64
import json
import math
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from llmagentos.inference.compiler.onnx_file import Graph

Array = NDArray[Any]
_TYPES = {"float32": np.float32, "float16": np.float16, "int32": np.int32, "uint8": np.uint8, "uint16": np.uint16}
_RENAMED = {"Add": "Add", "AddV2": "Add", "Sigmoid": "Sigmoid", "Identity": "Identity", "Relu": "Relu"}
_TO_ONNX, _TO_TENSORFLOW = (0, 3, 1, 2), (0, 2, 3, 1)
"""Pictures are (batch, channel, row, column) there and (batch, row, column, channel) here; the runtime takes out turns that meet."""


class UnsupportedGraph(ValueError):
    """What the graph has that is not known here."""


def write_onnx(
    topology: Path, weights: Path, target: Path, also: Mapping[str, Sequence[int]] = MappingProxyType({})
) -> None:
    """Write `target`, weights in the file of its name with ".bin" behind; nodes in `also`, with their sizes, are outputs too.

    Guarantees: whole or not at all. Raises: UnsupportedGraph, OSError.
    """
    try:
        model = json.loads(topology.read_text(encoding="utf-8"))
        constants = read_weights(model["weightsManifest"], weights.read_bytes())
        nodes = {str(one["name"]): one for one in model["modelTopology"]["node"]}
        outputs = {
            name.partition(":")[0]: _sizes(one["tensorShape"]) for name, one in model["signature"]["outputs"].items()
        }
    except (KeyError, TypeError, ValueError) as error:
        raise UnsupportedGraph(f"{topology.name} is no graph model of TensorFlow.js: {error!r}") from error
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".partial-") as folder:
        data, file = Path(folder) / f"{target.name}.bin", Path(folder) / target.name
        writing = _Writing(nodes, constants, Graph(data))
        writing.write({**outputs, **also}, file)
        data.replace(target.with_name(data.name))
        file.replace(target)


def read_weights(manifest: list[dict[str, Any]], data: bytes) -> dict[str, Array]:
    """Constants by name: what was kept in halves or in bytes is float32 again."""
    found: dict[str, Array] = {}
    at = 0
    for one in (weight for group in manifest for weight in group["weights"]):
        packed = one.get("quantization", {})
        kind = np.dtype(_TYPES[packed.get("dtype", one["dtype"])])
        count = math.prod(one["shape"])
        values: Array = np.frombuffer(data, kind, count, at).reshape(one["shape"])
        at += count * kind.itemsize
        if "scale" in packed:
            values = values * packed["scale"] + packed["min"]
        found[one["name"]] = values.astype(np.float32 if one["dtype"] == "float32" else np.int64)
    return found


class _Writing:
    """One graph on its way, from the outputs down to what they rest on."""

    def __init__(self, nodes: Mapping[str, Any], constants: dict[str, Array], graph: Graph) -> None:
        self._nodes, self._constants, self._graph = nodes, constants, graph
        self._names: dict[str, str] = {}
        self._varying: set[str] = set()

    def write(self, outputs: Mapping[str, Sequence[int]], file: Path) -> None:
        try:
            for name, sizes in outputs.items():
                self._graph.output(name, np.float32, *sizes)
                self._graph.node("Identity", self._value(name), outputs=[name])
            self._graph.save(file)
        finally:
            self._graph.close()

    def _value(self, name: str) -> str:
        """The value that a name of theirs has here; written when it is first asked for."""
        bare, _, number = name.partition(":")
        key = name if number not in ("", "0") else bare
        if key not in self._names:
            node = self._nodes[bare]
            outputs = self._operation(node) if self._folded(bare) is None else [self._constant(bare)]
            self._names |= {bare if one == 0 else f"{bare}:{one}": output for one, output in enumerate(outputs)}
        return self._names[key]

    def _constant(self, name: str) -> str:
        return self._graph.constant(name, self._known(name))

    def _known(self, name: str) -> Array:
        values = self._folded(name)
        if values is None:
            raise UnsupportedGraph(f"{name} should be constant")
        return values

    def _folded(self, name: str) -> Array | None:
        """What a node always is: shapes are often worked out in the graph."""
        if name in self._constants:
            return self._constants[name]
        if name in self._varying:
            return None
        node = self._nodes.get(name, {})
        parts = [self._folded(one) for one in node.get("input", ())]
        if not parts or any(one is None for one in parts):
            self._varying.add(name)
            return None
        known = [np.asarray(one) for one in parts]
        if node["op"] in ("Add", "AddV2"):
            self._constants[name] = known[0] + known[1]
        elif node["op"] == "SparseToDense":
            dense = np.full(known[1], known[3])
            dense[tuple(known[0].T)] = known[2]
            self._constants[name] = dense
        return self._constants.get(name)

    def _operation(self, node: dict[str, Any]) -> list[str]:
        kind, inputs, attributes = node["op"], node.get("input", []), node.get("attr", {})
        if kind == "Placeholder":
            return [self._graph.input(node["name"], np.float32, *_sizes(attributes["shape"]["shape"]))]
        first = self._value(inputs[0])
        if kind in _RENAMED:
            return [self._graph.one(_RENAMED[kind], *(self._value(one) for one in inputs))]
        if kind == "LeakyRelu":
            return [self._graph.one("LeakyRelu", first, alpha=float(attributes["alpha"]["f"]))]
        if kind == "Transpose":
            return [self._graph.one("Transpose", first, perm=self._integers(inputs[1]))]
        if kind == "Reshape":
            return [self._graph.one("Reshape", first, self._value(inputs[1]))]
        if kind == "ConcatV2":
            values = [self._value(one) for one in inputs[:-1]]
            return [self._graph.one("Concat", *values, axis=self._integers(inputs[-1])[0])]
        if kind == "SplitV":
            axis = self._integers(inputs[2])[0]
            count = len(self._integers(inputs[1]))
            return self._graph.node("Split", first, self._value(inputs[1]), outputs=count, axis=axis)
        if kind in ("Pad", "PadV2"):
            return [self._padded(first, inputs)]
        if kind in ("Conv2D", "MaxPool", "ResizeBilinear"):
            return [self._on_pictures(kind, first, inputs, attributes)]
        raise UnsupportedGraph(f"the operation {kind} is not known here")

    def _integers(self, name: str) -> list[int]:
        return [int(one) for one in np.atleast_1d(self._known(name))]

    def _padded(self, value: str, inputs: list[str]) -> str:
        sides = self._known(inputs[1]).T.reshape(-1).astype(np.int64)
        pads = self._graph.constant(f"{inputs[1]}/sides", sides)
        return self._graph.one("Pad", value, pads, *(self._value(one) for one in inputs[2:]))

    def _on_pictures(self, kind: str, value: str, inputs: list[str], attributes: dict[str, Any]) -> str:
        there = self._graph.one("Transpose", value, perm=_TO_ONNX)
        if kind == "Conv2D":
            kernel = np.ascontiguousarray(self._known(inputs[1]).transpose(3, 2, 0, 1))
            weights = self._graph.constant(f"{inputs[1]}/kernel", kernel)
            done = self._graph.one(
                "Conv", there, weights, auto_pad=_padding(attributes), strides=_of_rows(attributes, "strides"),
                dilations=_of_rows(attributes, "dilations"),
            )  # fmt: skip
        elif kind == "MaxPool":
            done = self._graph.one(
                "MaxPool", there, auto_pad=_padding(attributes), kernel_shape=_of_rows(attributes, "ksize"),
                strides=_of_rows(attributes, "strides"),
            )  # fmt: skip
        else:
            if attributes.get("align_corners", {}).get("b"):
                raise UnsupportedGraph("pictures that are stretched corner to corner are not known here")
            mode = "half_pixel" if attributes.get("half_pixel_centers", {}).get("b") else "asymmetric"
            before = self._graph.one("Slice", self._graph.one("Shape", there), *self._first_two())
            sizes = self._graph.one("Concat", before, self._value(inputs[1]), axis=0)
            done = self._graph.one("Resize", there, "", "", sizes, mode="linear", coordinate_transformation_mode=mode)
        return self._graph.one("Transpose", done, perm=_TO_TENSORFLOW)

    def _first_two(self) -> tuple[str, str]:
        return (
            self._graph.constant("none", np.zeros(1, np.int64)),
            self._graph.constant("two", np.full(1, 2, np.int64)),
        )


def _sizes(shape: Mapping[str, Any]) -> list[int]:
    return [int(one["size"]) for one in shape["dim"]]


def _of_rows(attributes: Mapping[str, Any], name: str) -> list[int]:
    """An attribute of rows and columns; ours name no other."""
    return [int(one) for one in attributes.get(name, {}).get("list", {}).get("i", (1, 1, 1, 1))[1:3]]


def _padding(attributes: Mapping[str, Any]) -> str:
    said = base64.b64decode(attributes["padding"]["s"]).decode()
    if said not in ("VALID", "SAME"):
        raise UnsupportedGraph(f"padding {said} is not known here")
    return "VALID" if said == "VALID" else "SAME_UPPER"
