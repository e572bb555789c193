"""Pairs of texts: what the agent reads and the sentence of the site language that it means, or the lines of two files.

What stands at a site under a name is written as a mark in both texts, `light <3> Pool Light in <4> Ensuite` and `turn on light <3>`: a network that
learned a hundred sites writes the names of another one by pointing at them. Sources are in small letters: people write names as they like, and a name must be
found again in what they said.
"""

import gzip
import itertools
import json
import re
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

from llmagentos.training.kept import Kept
from llmagentos.training.situations import Borrowed, Situation, Situations

MARKS = 32
PART = 1000
_QUOTED = re.compile(r'"([^"]+)"')
_AREA = re.compile(r" in ([^\n(,\"]+?)(?= \(|, |\n|$)")
_MARK = re.compile(r"<(\d+)>")


@dataclass(frozen=True, slots=True)
class Pair:
    """`names`: what the marks of the target stand for."""

    source: str
    target: str
    names: tuple[str, ...] = ()

    @property
    def whole(self) -> str:
        """The target with its names."""
        return named(self.target, self.names)


def named(text: str, names: tuple[str, ...]) -> str:
    """Marks replaced by the names they stand for; a mark of nothing stays."""

    def name(found: re.Match[str]) -> str:
        number = int(found[1])
        return f'"{names[number]}"' if number < len(names) else found[0]

    return _MARK.sub(name, text)


def marked(situation: Situation) -> Pair | None:
    """A situation as a pair, None where it speaks of more than there are marks."""
    lines = "".join(situation.dynamic[0][1]).split("\n")
    here, said = _parted(lines)
    names = list(dict.fromkeys(itertools.chain.from_iterable(_names(one) for one in here)))
    if len(names) > MARKS:
        return None
    numbers = {name: number for number, name in enumerate(names)}

    def quoted(text: str) -> str:
        return _QUOTED.sub(lambda one: f"<{numbers[one[1]]}>" if one[1] in numbers else one[0], text)

    def shown(line: str) -> str:
        line = _QUOTED.sub(lambda one: f"<{numbers[one[1]]}> {one[1]}", line)
        return _AREA.sub(lambda one: f" in <{numbers[one[1]]}> {one[1]}" if one[1] in numbers else one[0], line)

    source = "\n".join((*map(shown, here), *(quoted(one) if one.startswith("=") else one for one in said)))
    return Pair(source.casefold(), quoted(situation.sentence), tuple(names))


def _parted(lines: list[str]) -> tuple[list[str], list[str]]:
    """The lines of what is there, and those of what was said."""
    first = next(number for number, one in enumerate(lines) if one.startswith(("here:", "> ")))
    return lines[:first], lines[first:]


def _names(line: str) -> Iterator[str]:
    yield from _QUOTED.findall(line)
    yield from _AREA.findall(_QUOTED.sub("<>", line))


def site_pairs(
    count: int, seed: int, *, held_out: bool, tell: Callable[[str], None] = lambda _: None, kept: tuple[Path, ...] = (), workers: int = 2,
) -> list[Pair]:  # fmt: skip
    """Distinct pairs of as many sites as it takes, the same for the same seed; `held_out`: of names that no other site has."""
    parts: dict[int, list[Pair]] = {}
    with ProcessPoolExecutor(workers) as pool:
        waiting = {
            pool.submit(_part, seed * 100_003 + number, min(PART, count), held_out, kept): number
            for number in range(-(-count // PART))
        }
        for done in as_completed(waiting):
            parts[waiting[done]] = done.result()
            tell(f"{sum(map(len, parts.values()))} pairs")
    distinct = {(one.source, one.target): one for number in sorted(parts) for one in parts[number]}
    return list(distinct.values())[:count]


def _part(seed: int, count: int, held_out: bool, tests: tuple[Path, ...]) -> list[Pair]:
    kept = Kept(tests)
    situations = Situations(seed, {"en": 0.6, "zh": 0.4}, Borrowed(), held_out=held_out)
    clean = (one for one in situations if one.words not in kept)
    return list(itertools.islice((pair for one in clean if (pair := marked(one))), count))


def write(file: Path, pairs: Iterable[Pair]) -> None:
    """A line of JSON for each; whole or not at all."""
    partial = file.with_name(f"{file.name}.partial")
    with gzip.open(partial, "wt", encoding="utf-8", compresslevel=4) as out:
        for one in pairs:
            out.write(json.dumps([one.source, one.target, one.names], ensure_ascii=False) + "\n")
    partial.replace(file)


def read(file: Path) -> list[Pair]:
    """Raises: OSError, ValueError where it holds no pairs."""
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        try:
            return [
                Pair(source, target, tuple(names)) for source, target, names in (json.loads(line) for line in lines)
            ]
        except (ValueError, TypeError) as error:
            raise ValueError(f"{file} holds no pairs: {error}") from error


def lines(source: Path, target: Path) -> list[Pair]:
    """A translation as two files of as many lines. Raises: OSError, ValueError where they do not match."""
    first, second = (one.read_text(encoding="utf-8").rstrip("\n").split("\n") for one in (source, target))
    if len(first) != len(second):
        raise ValueError(f"{source} has {len(first)} lines, {target} {len(second)}: each must translate the other")
    return [Pair(a.strip(), b.strip()) for a, b in zip(first, second, strict=True) if a.strip() and b.strip()]
