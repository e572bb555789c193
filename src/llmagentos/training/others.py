"""Sentences of other languages than the two that are spoken in full: German, French, Spanish.

What names a device comes from word lists of those languages, what people say most from `words/others.yaml`. One sentence in five is held out.
"""

import random
import re
import zlib
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from llmagentos.devices.simulation import yaml12
from llmagentos.language import Selector, Statement, parse
from llmagentos.language import tree as t
from llmagentos.language.units import Quantity
from llmagentos.training.borrowed import SERVICES, TYPES, actions, names, rows
from llmagentos.training.quoted import Quote, on_it

NAMES = 6
"""Devices that one pattern is said of."""
_PERCENT = (10, 25, 30, 40, 50, 60, 75, 80, 90)


def others(folders: tuple[Path, ...], *, held_out: bool = False) -> tuple[Quote, ...]:
    """All of these folders and of the file. Raises: OSError."""
    found = [replace(one, label="others_said") for one in _most_said()]
    for folder in folders:
        named = (*_patterns(folder), *actions(folder), *actions(folder, held_out=True))
        found += [replace(one, label="others_named") for one in named]
    return tuple(one for one in found if _held_out(one.words) == held_out)


@cache
def words() -> dict[str, Any]:
    """The file: what people say by language, and what they call kinds of things."""
    text = (resources.files("llmagentos.training") / "words" / "others.yaml").read_text(encoding="utf-8")
    found: dict[str, Any] = yaml12.load(text)
    return found


def _held_out(words: str) -> bool:
    return zlib.crc32(words.encode()) % 5 == 0


def _patterns(folder: Path) -> Iterator[Quote]:
    """Patterns of word lists with some names each, the same ones every time."""
    called = names(folder)
    for row in rows(folder, "templated_actions"):
        kind, meaning = TYPES.get(row["device_type"]), SERVICES.get(row["service"])
        slots = set(re.findall(r"<(\w+)>", row["phrase"]))
        if kind is None or meaning is None or not called.get(kind) or slots - {"device_name", "brightness"} or "device_name" not in slots:  # fmt: skip
            continue
        chosen = random.Random(zlib.crc32(row["phrase"].encode()))
        for name in chosen.sample(called[kind], min(NAMES, len(called[kind]))):
            percent = chosen.choice(_PERCENT)
            said = row["phrase"].replace("<device_name>", name).replace("<brightness>", str(percent)).strip(' ."')
            if "brightness" in slots:
                yield Quote(said, _to(percent), device=(kind, name), needs="brightness")
            else:
                yield Quote(said, on_it(meaning), device=(kind, name))


def _to(percent: int) -> Any:
    return on_it(lambda target: t.Set(target, "brightness", Quantity(float(percent), "%")))


def _most_said() -> Iterator[Quote]:
    for language in words()["said"].values():
        for one in language:
            low, high = one.get("value", (5, 90))
            for said in one["said"]:
                chosen = random.Random(zlib.crc32(said.encode()))
                for value in [chosen.randrange(low, high + 1) for _ in range(4)] if "{v}" in said else [0]:
                    yield _quote(said.replace("{v}", str(value)), one["means"].replace("{v}", str(value)), one)


def _quote(said: str, means: str, one: dict[str, Any]) -> Quote:
    [statement] = parse(means).statements
    target = getattr(statement, "target", None)
    if not isinstance(target, Selector) or target.everywhere:
        kind = "light" if isinstance(target, Selector) else one.get("kind")
        return Quote(said, lambda _: statement, kind=kind)
    needs = getattr(statement, "property", None)
    return Quote(said, on_it(lambda to: _of(statement, to)), kind=target.kind, needs=needs, here=bool(one.get("here")))


def _of(statement: Statement, target: Selector) -> Statement:
    changed: Any = {"target": target}
    return replace(statement, **changed)
