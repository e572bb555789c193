"""How people of one language say things: word lists and patterns (`words/*.yaml`), expanded at random.

In a pattern (a|b) is one of two, [a] is there half of the time, {x} is filled in. Nothing here knows what a wish means.
"""

import random
import re
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from llmagentos.devices.simulation import yaml12

LANGUAGES = ("en", "zh")
_TOKEN = re.compile(r"[()\[\]|]|\{\w+\}|[^()\[\]|{}]+")


@dataclass(frozen=True)
class Speech:
    """The words of one language."""

    language: str
    data: dict[str, Any]

    def has(self, section: str, key: str) -> bool:
        """Whether there are patterns for a key."""
        return key in self.data[section]

    def patterns(self, section: str, key: str) -> list[str]:
        """Raises: KeyError where the language has no such patterns."""
        found: list[str] = self.data[section][key]
        return found


def expand(pattern: str, random_: random.Random, **slots: str) -> str:
    """A text of a pattern. Raises: KeyError for a slot that was not given."""
    tokens = _TOKEN.findall(pattern)
    text, rest = _sequence(tokens, random_, slots)
    assert not rest, pattern
    return re.sub(r"\s+", " ", text).strip()


def _sequence(tokens: list[str], random_: random.Random, slots: dict[str, str]) -> tuple[str, list[str]]:
    """Alternatives up to a closing bracket: the text of one, and the tokens after."""
    options, text = [], ""
    while tokens and tokens[0] not in ")]":
        token, *tokens = tokens
        if token == "|":
            options.append(text)
            text = ""
        elif token in "([":
            inner, tokens = _sequence(tokens, random_, slots)
            tokens = tokens[1:]
            text += inner if token == "(" or random_.random() < 0.5 else ""
        else:
            text += slots[token[1:-1]] if token.startswith("{") else token
    return random_.choice([*options, text]), tokens


def parted(whole: Speech, *, held_out: bool) -> Speech:
    """The names of places and things that are held out, or all the others: a site of names never met is another kind of site."""

    def part(names: Iterable[str]) -> list[str]:
        kept = [one for one in names if (zlib.crc32(one.encode()) % 7 == 0) == held_out]
        return kept or list(names)

    data = whole.data
    areas = {name: data["areas"][name] for name in part(data["areas"])}
    devices = {key: part(names) for key, names in data["devices"].items()}
    return Speech(whole.language, {**data, "areas": areas, "devices": devices, "odd_names": part(data["odd_names"])})


@cache
def speech(language: str) -> Speech:
    """The words of a language. Raises: FileNotFoundError."""
    text = (resources.files("llmagentos.training") / "words" / f"{language}.yaml").read_text(encoding="utf-8")
    return Speech(language, yaml12.load(text))
