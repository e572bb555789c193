"""Jinja templates that devices announce, evaluated as the untrusted text they are.

Jinja's sandbox alone stops escapes, not exhaustion. Here only expressions, `if` and `set` are allowed (no loops, macros
or includes), methods come from a short list, powers and repetition are off, arguments and results are bounded:
the work is linear in template times payload. Source: Jinja 3.1 documentation, "Sandbox, security considerations".
"""

import json
import math
from typing import Any

from jinja2 import TemplateError, nodes
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from llmagentos.devices.codecs.payloads import UNKNOWN, json_of
from llmagentos.messages.values import Json

MAX_TEMPLATE = 4_096
MAX_TEXT = 65_536
MAX_ARGUMENT = 64

_ALLOWED_NODES = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.If, nodes.Assign, nodes.Name, nodes.NSRef, nodes.Const,
    nodes.Expr, nodes.Getattr, nodes.Getitem, nodes.Slice, nodes.Call, nodes.Filter, nodes.Test, nodes.Compare,
    nodes.Operand, nodes.Keyword, nodes.Pair, nodes.Dict, nodes.List, nodes.Tuple, nodes.CondExpr, nodes.Helper,
    nodes.Stmt,
)  # fmt: skip
_FORBIDDEN_NODES = (nodes.Pow, nodes.For, nodes.Macro, nodes.CallBlock, nodes.FilterBlock, nodes.Block, nodes.Extends,
                    nodes.Include, nodes.Import, nodes.FromImport, nodes.With, nodes.ScopedEvalContextModifier)  # fmt: skip
_METHODS = frozenset(
    ("get", "split", "strip", "lstrip", "rstrip", "lower", "upper", "title", "capitalize", "replace", "startswith",
     "endswith", "find", "items", "keys", "values", "isdigit")
)  # fmt: skip
_FILTERS = (
    "abs", "capitalize", "default", "d", "first", "float", "int", "join", "last", "length", "lower", "max", "min",
    "replace", "round", "string", "title", "trim", "upper", "tojson", "list", "map", "sum",
)  # fmt: skip


class TemplateRefused(ValueError):
    """Their fault: a template that is broken, forbidden, too large, or failed on this payload."""


def _number(value: Any, default: Any = 0.0) -> Any:
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):
        return default


def _integer(value: Any, default: Any = 0, _base: int = 10) -> Any:
    number = _number(value, math.nan)
    return int(number) if math.isfinite(number) else default


def _choose(value: Any, yes: Any = True, no: Any = False) -> Any:
    return yes if value else no


def _is_number(value: Any) -> bool:
    return math.isfinite(_number(value, math.nan))


class _Sandbox(ImmutableSandboxedEnvironment):
    intercepted_binops = frozenset(["*", "**", "%", "+"])

    def __init__(self) -> None:
        super().__init__(autoescape=False)
        kept = {name: self.filters[name] for name in _FILTERS if name in self.filters}
        self.filters = {
            **kept, "from_json": json.loads, "to_json": json.dumps, "float": _number, "int": _integer, "iif": _choose,
            "is_number": _is_number,
        }  # fmt: skip
        self.globals = {
            "float": _number,
            "int": _integer,
            "min": min,
            "max": max,
            "iif": _choose,
            "is_number": _is_number,
        }

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        if operator == "+" and isinstance(left, str) and isinstance(right, str) and len(left) + len(right) < MAX_TEXT:
            return left + right
        if not (isinstance(left, int | float) and isinstance(right, int | float)):
            raise SecurityError(f"{operator} works on numbers here")
        return super().call_binop(context, operator, float(left) if operator != "%" else left, right)

    def call(self, context: Any, obj: Any, *args: Any, **kwargs: Any) -> Any:
        if any(isinstance(one, str) and len(one) > MAX_ARGUMENT for one in (*args, *kwargs.values())):
            raise SecurityError("an argument is too long")
        result = super().call(context, obj, *args, **kwargs)
        if isinstance(result, str | list | tuple) and len(result) > MAX_TEXT:
            raise SecurityError("a result is too long")
        return result


_SANDBOX = _Sandbox()


class Template:
    """One compiled template. Raises: TemplateRefused when it is made or used, nothing else."""

    def __init__(self, source: str) -> None:
        if len(source) > MAX_TEMPLATE:
            raise TemplateRefused(f"a template longer than {MAX_TEMPLATE} characters")
        try:
            tree = _SANDBOX.parse(source)
            for node in tree.find_all(nodes.Node):
                _check(node)
            self._template = _SANDBOX.from_string(tree)
        except (TemplateError, RecursionError, ValueError, TypeError, ArithmeticError, MemoryError) as error:
            raise TemplateRefused(f"{error} in {source[:60]!r}") from error
        self.source = source

    def render(self, payload: str, **variables: Json) -> str:
        """The text for a payload: `value` is the text, `value_json` its JSON where it is JSON."""
        if len(payload) > MAX_TEXT:
            raise TemplateRefused("a payload too long for a template")
        values: dict[str, Json] = {"value": payload, "this": {}, **variables}
        data = json_of(payload)
        if data is not UNKNOWN:
            values["value_json"] = data
        try:
            text = self._template.render(values)
        except (
            TemplateError,
            RecursionError,
            ValueError,
            TypeError,
            ArithmeticError,
            AttributeError,
            LookupError,
            NameError,  # Jinja writes the constant 1e999 into its Python code as inf
        ) as error:
            raise TemplateRefused(f"{error} in {self.source[:60]!r}") from error
        if len(text) > MAX_TEXT:
            raise TemplateRefused("a result too long")
        if any("\ud800" <= char <= "\udfff" for char in text):
            raise TemplateRefused("a result with half a character")
        return text.strip()


def _check(node: nodes.Node) -> None:
    if isinstance(node, _FORBIDDEN_NODES) or not isinstance(
        node, (*_ALLOWED_NODES, nodes.BinExpr, nodes.UnaryExpr, nodes.Concat)
    ):
        raise TemplateRefused(f"{type(node).__name__} is not allowed in a template")
    if isinstance(node, nodes.Call) and isinstance(node.node, nodes.Getattr) and node.node.attr not in _METHODS:
        raise TemplateRefused(f"{node.node.attr}() is not allowed in a template")
    if isinstance(node, nodes.Filter) and node.name not in _SANDBOX.filters:
        raise TemplateRefused(f"unknown filter {node.name}")
