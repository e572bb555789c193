"""Records to JSON and back, with schema versions.

A stored record is `{"record": kind, "schema": n, ...fields}`. Reading an older schema passes through `MIGRATIONS`, one
step a version; a newer one than this program knows is refused, never guessed. Decoding is driven by the dataclass
annotations, so a new field of a record needs no code here.
"""

import dataclasses
import types
from collections.abc import Callable
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from llmagentos.messages import records
from llmagentos.messages.records import Record
from llmagentos.messages.values import Json

Migration = Callable[[dict[str, Any]], dict[str, Any]]

MIGRATIONS: dict[tuple[str, int], Migration] = {}
"""(kind, version) -> how to make version + 1 of the fields of that version."""

KINDS: dict[str, type[Record]] = {
    cls.__name__: cls
    for cls in vars(records).values()
    if isinstance(cls, type) and issubclass(cls, Record) and cls is not Record
}


class SchemaError(ValueError):
    """Their fault: stored data this program cannot read."""


def encode(record: Record) -> dict[str, Any]:
    """The JSON object of a record."""
    return {**dataclasses.asdict(record), "record": type(record).__name__, "schema": record.SCHEMA}


def decode(data: dict[str, Any]) -> Record:
    """The record of a JSON object, migrated to today's schema.

    Raises: SchemaError for an unknown kind, a newer schema, or fields that do not fit.
    """
    fields = dict(data)
    kind, version = fields.pop("record", None), fields.pop("schema", None)
    cls = KINDS.get(kind) if isinstance(kind, str) else None
    if cls is None or not isinstance(version, int):
        raise SchemaError(f"unknown record kind {kind!r}, schema {version!r}")
    if version > cls.SCHEMA:
        raise SchemaError(f"{kind} of schema {version} was written by a newer program (this one knows {cls.SCHEMA})")
    for step in range(version, cls.SCHEMA):
        fields = MIGRATIONS[kind, step](fields)
    record = build(cls, fields)
    assert isinstance(record, Record)
    return record


def build(cls: type[Any], fields: Any) -> Any:
    """A dataclass (or any annotated value) from JSON. Raises: SchemaError where the JSON does not fit."""
    if not isinstance(fields, dict):
        raise SchemaError(f"{cls.__name__} needs an object, got {type(fields).__name__}")
    hints = get_type_hints(cls, include_extras=False)
    try:
        return cls(**{name: _value(hints[name], value) for name, value in fields.items()})
    except (TypeError, KeyError) as error:
        raise SchemaError(f"{cls.__name__}: {error}") from error


def _value(hint: Any, value: Any) -> Any:
    if hint is Json or value is None:
        return value
    origin = get_origin(hint)
    if origin is tuple:
        inner = get_args(hint)
        if not isinstance(value, list | tuple):
            raise SchemaError(f"expected a list, got {value!r}")
        if len(inner) == 2 and inner[1] is ...:
            return tuple(_value(inner[0], one) for one in value)
        return tuple(_value(one_hint, one) for one_hint, one in zip(inner, value, strict=True))
    if origin is Literal:
        if value not in get_args(hint):
            raise SchemaError(f"{value!r} is none of {get_args(hint)}")
        return value
    if origin in (Union, types.UnionType):
        return _value(next(one for one in get_args(hint) if one is not type(None)), value)
    if dataclasses.is_dataclass(hint):
        return build(hint, value)  # type: ignore[arg-type]  # is_dataclass does not narrow a type form
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if not isinstance(value, hint):
        raise SchemaError(f"expected {hint.__name__}, got {value!r}")
    return value
