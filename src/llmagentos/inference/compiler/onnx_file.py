"""Writes ONNX models: the graph as protocol buffers, large weights in a file beside it that is mapped, not read.

Our own eighty lines, because the library for it is as large as everything else the base install brings for models.
Source: onnx/onnx, onnx.proto (IR version 10); field numbers stand beside the names.
"""

import struct
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO, TypeAlias

import numpy as np
from numpy.typing import NDArray

IR_VERSION, OPSET, MICROSOFT = 10, 18, "com.microsoft"
INLINE = 1024
"""Bytes up to which a constant stands in the graph itself."""
PAGE = 4096
TYPES = {np.dtype(np.float32): 1, np.dtype(np.uint8): 2, np.dtype(np.int8): 3, np.dtype(np.int32): 6, np.dtype(np.int64): 7}  # fmt: skip
_EXTERNAL = 1

Attribute: TypeAlias = int | float | str | Sequence[int]
Constant: TypeAlias = "NDArray[np.generic]"
Dimension: TypeAlias = int | str


class Graph:
    """A graph under construction. Values are named by strings, as in ONNX."""

    def __init__(self, weights: Path) -> None:
        self._name = weights.name
        self._file: BinaryIO = weights.open("wb")
        self._nodes: list[bytes] = []
        self._constants: dict[str, bytes] = {}
        self._inputs: list[bytes] = []
        self._outputs: list[bytes] = []

    def input(self, name: str, kind: type[np.generic], *dimensions: Dimension) -> str:
        self._inputs.append(_field(11, _value(name, kind, dimensions)))
        return name

    def output(self, name: str, kind: type[np.generic], *dimensions: Dimension) -> None:
        self._outputs.append(_field(12, _value(name, kind, dimensions)))

    def constant(self, name: str, values: Constant) -> str:
        """A constant, once by each name."""
        if name not in self._constants:
            self._constants[name] = _field(5, self._tensor(name, np.ascontiguousarray(values)))
        return name

    def node(
        self, kind: str, *inputs: str, outputs: Sequence[str] | int = 1, domain: str = "", **attributes: Attribute
    ) -> list[str]:
        """An operation; the names of its outputs."""
        number = len(self._nodes)
        names = [f"{kind}_{number}_{one}" for one in range(outputs)] if isinstance(outputs, int) else list(outputs)
        self._nodes.append(
            _field(
                1,
                b"".join(_text(1, one) for one in inputs)
                + b"".join(_text(2, one) for one in names)
                + _text(3, f"{kind}_{number}")
                + _text(4, kind)
                + b"".join(_field(5, _attribute(name, value)) for name, value in attributes.items())
                + (_text(7, domain) if domain else b""),
            )
        )
        return names

    def one(self, kind: str, *inputs: str, domain: str = "", **attributes: Attribute) -> str:
        """An operation with one output; its name."""
        return self.node(kind, *inputs, outputs=1, domain=domain, **attributes)[0]

    def save(self, path: Path) -> None:
        """Write the model; its weights are in the file beside it."""
        self._file.close()
        graph = b"".join((*self._nodes, _text(2, "graph"), *self._constants.values(), *self._inputs, *self._outputs))
        opsets = (_text(1, domain) + _number(2, version) for domain, version in (("", OPSET), (MICROSOFT, 1)))
        path.write_bytes(
            _number(1, IR_VERSION)
            + _text(2, "llmagentos")
            + _field(7, graph)
            + b"".join(_field(8, one) for one in opsets)
        )

    def close(self) -> None:
        """Let go of the weights' file."""
        self._file.close()

    def _tensor(self, name: str, values: Constant) -> bytes:
        head = b"".join(_number(1, one) for one in values.shape) + _number(2, TYPES[values.dtype]) + _text(8, name)
        if values.nbytes <= INLINE:
            return head + _field(9, values.tobytes())
        self._file.write(b"\0" * (-self._file.tell() % PAGE))
        place = {"location": self._name, "offset": str(self._file.tell()), "length": str(values.nbytes)}
        self._file.write(values.data)
        entries = b"".join(_field(13, _text(1, key) + _text(2, value)) for key, value in place.items())
        return head + entries + _number(14, _EXTERNAL)


def _value(name: str, kind: type[np.generic], dimensions: Sequence[Dimension]) -> bytes:
    shape = b"".join(_field(1, _number(1, one) if isinstance(one, int) else _text(2, one)) for one in dimensions)
    return _text(1, name) + _field(2, _field(1, _number(1, TYPES[np.dtype(kind)]) + _field(2, shape)))


def _attribute(name: str, value: Attribute) -> bytes:
    if isinstance(value, int):
        return _text(1, name) + _number(3, value) + _number(20, 2)
    if isinstance(value, float):
        return _text(1, name) + _varint(2 << 3 | 5) + struct.pack("<f", value) + _number(20, 1)
    if isinstance(value, str):
        return _text(1, name) + _text(4, value) + _number(20, 3)
    return _text(1, name) + b"".join(_number(8, one) for one in value) + _number(20, 7)


def _varint(number: int) -> bytes:
    number &= (1 << 64) - 1
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes((*out, number))


def _number(field: int, number: int) -> bytes:
    return _varint(field << 3) + _varint(number)


def _field(field: int, data: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(data)) + data


def _text(field: int, text: str) -> bytes:
    return _field(field, text.encode())
