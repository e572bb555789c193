"""YAML as people write it: only `true` and `false` are truth values, so that `on` and `off` stay the words they are.

Source: YAML 1.2.2, section 10.3.2 (core schema); PyYAML reads YAML 1.1, where `on: 1` has the key True.
"""

import re
from typing import Any

import yaml


class _Loader(yaml.SafeLoader):
    """PyYAML's safe loader with the truth values of YAML 1.2."""


_BOOL = "tag:yaml.org,2002:bool"
_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != _BOOL]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver(_BOOL, re.compile(r"^(?:true|True|TRUE|false|False|FALSE)$"), list("tTfF"))


def load(text: str) -> Any:
    """The data of a YAML text. Raises: yaml.YAMLError."""
    return yaml.load(text, _Loader)
