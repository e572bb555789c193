"""The header of a GGUF file: its named fields, read without the tensors behind them.

Our own sixty lines, because the library for it brings 75 MB of numpy to a machine that has no other use for it.
Source: ggml, docs/gguf.md, version 3 (2 differs in nothing that is read here). Little-endian files only.
"""

import struct
from pathlib import Path
from typing import Any, BinaryIO

MAGIC, VERSIONS = b"GGUF", (2, 3)
MAX_FIELDS = 10_000
MAX_TEXT, MAX_ITEMS = 1 << 20, 1 << 22
"""A vocabulary has some 10^5 tokens; what claims more is no model."""
_FORMATS = {0: "<B", 1: "<b", 2: "<H", 3: "<h", 4: "<I", 5: "<i", 6: "<f", 7: "<?", 10: "<Q", 11: "<q", 12: "<d"}
_TEXT, _ARRAY = 8, 9


class BrokenHeader(ValueError):
    """Their fault: not a GGUF file, or a damaged one."""


def read_header(path: Path) -> dict[str, Any]:
    """All fields by name. Raises: BrokenHeader, OSError."""
    with path.open("rb") as file:
        if file.read(4) != MAGIC:
            raise BrokenHeader(f"{path.name} is no GGUF file")
        version = _number(file, 4)
        if version not in VERSIONS:
            raise BrokenHeader(f"{path.name} is GGUF of version {version}; known: {VERSIONS}")
        _number(file, 10)  # how many tensors follow
        count = _number(file, 10)
        if count > MAX_FIELDS:
            raise BrokenHeader(f"{path.name} claims {count} fields")
        return {_text(file): _value(file, _number(file, 4)) for _ in range(count)}


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
