"""Values that records carry: JSON, typed and immutable by convention; never mutated after they entered a record."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    Json: TypeAlias = "bool | int | float | str | Sequence[Json] | Mapping[str, Json] | None"
else:
    Json = object  # codec looks annotations up at run time, and a recursive alias cannot be resolved there
Scalar: TypeAlias = bool | int | float | str | None


def same(left: Json, right: Json, tolerance: float = 0.0) -> bool:
    """Whether two values mean the same: numbers within `tolerance`, never a bool and a number, words without case."""
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, int | float) and isinstance(right, int | float):
        return abs(left - right) <= tolerance
    if isinstance(left, str) and isinstance(right, str):
        return left.casefold() == right.casefold()
    return left == right
