"""The header of a GGUF file: its named fields, and where its tensors lie.

Our own lines, because the library's reader takes seconds over a vocabulary; it dequantises what we find.
Source: ggml, docs/gguf.md, version 3 (2 differs in nothing that is read here). Little-endian files only.
"""

import math
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

MAGIC, VERSIONS = b"GGUF", (2, 3)
MAX_FIELDS = 10_000
MAX_TEXT, MAX_ITEMS = 1 << 20, 1 << 22
"""A vocabulary has some 10^5 tokens; what claims more is no model."""
MAX_TENSORS, MAX_DIMENSIONS, MAX_SIZE = 100_000, 4, 1 << 40
_FORMATS = {0: "<B", 1: "<b", 2: "<H", 3: "<h", 4: "<I", 5: "<i", 6: "<f", 7: "<?", 10: "<Q", 11: "<q", 12: "<d"}
_TEXT, _ARRAY = 8, 9


class BrokenHeader(ValueError):
    """Their fault: not a GGUF file, or a damaged one."""


@dataclass(frozen=True, slots=True)
class TensorInfo:
    """A tensor of the file. Shapes: rows first, as numpy counts. `offset` is in bytes from the start of the file."""

    shape: tuple[int, ...]
    kind: int
    offset: int


@dataclass(frozen=True, slots=True)
class Header:
    """Fields and tensors by name."""

    fields: dict[str, Any]
    tensors: dict[str, TensorInfo]


def read_header(path: Path) -> Header:
    """The whole header. Raises: BrokenHeader, OSError."""
    with path.open("rb") as file:
        if file.read(4) != MAGIC:
            raise BrokenHeader(f"{path.name} is no GGUF file")
        version = _number(file, 4)
        if version not in VERSIONS:
            raise BrokenHeader(f"{path.name} is GGUF of version {version}; known: {VERSIONS}")
        tensors, count = _number(file, 10), _number(file, 10)
        if count > MAX_FIELDS or tensors > MAX_TENSORS:
            raise BrokenHeader(f"{path.name} claims {count} fields and {tensors} tensors")
        fields = {_text(file): _value(file, _number(file, 4)) for _ in range(count)}
        found = {_text(file): _tensor(file) for _ in range(tensors)}
        alignment = fields.get("general.alignment", 32)
        if not isinstance(alignment, int) or alignment < 1:
            raise BrokenHeader(f"an alignment of {alignment}")
        start = -(-file.tell() // alignment) * alignment
    return Header(fields, {name: TensorInfo(one.shape, one.kind, start + one.offset) for name, one in found.items()})


def _tensor(file: BinaryIO) -> TensorInfo:
    dimensions = _number(file, 4)
    if not 1 <= dimensions <= MAX_DIMENSIONS:
        raise BrokenHeader(f"a tensor of {dimensions} dimensions")
    shape = tuple(reversed([_number(file, 10) for _ in range(dimensions)]))
    if math.prod(shape) > MAX_SIZE:
        raise BrokenHeader(f"a tensor of the shape {shape}")
    return TensorInfo(shape, _number(file, 4), _number(file, 10))


def _value(file: BinaryIO, kind: int) -> Any:
    if kind == _TEXT:
        return _text(file)
    if kind != _ARRAY:
        return _number(file, kind)
    item, count = _number(file, 4), _number(file, 10)
    if count > MAX_ITEMS or item == _ARRAY:
        raise BrokenHeader(f"an array of {count} items of kind {item}")
    if item == _TEXT:
        return [_text(file) for _ in range(count)]
    layout = _layout(item)
    data = _bytes(file, count * struct.calcsize(layout))
    return list(struct.unpack(f"<{count}{layout[1]}", data))


def _layout(kind: int) -> str:
    if kind not in _FORMATS:
        raise BrokenHeader(f"a field of unknown kind {kind}")
    return _FORMATS[kind]


def _number(file: BinaryIO, kind: int) -> Any:
    layout = _layout(kind)
    return struct.unpack(layout, _bytes(file, struct.calcsize(layout)))[0]


def _text(file: BinaryIO) -> str:
    length = _number(file, 10)
    if length > MAX_TEXT:
        raise BrokenHeader(f"a text of {length} bytes")
    return _bytes(file, length).decode("utf-8", errors="replace")


def _bytes(file: BinaryIO, length: int) -> bytes:
    data = file.read(length)
    if len(data) != length:
        raise BrokenHeader("the file ends in the middle of its header")
    return data
