"""Decisions to learn from: situations cut into tokens, with every choice among legal tokens on the way to the answer.

A corpus is a file of JSON lines, gzipped; the first line says how it was made. Words that occur in a set kept for tests
are never written.
"""

import gzip
import json
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from llmagentos.agent.prompt import PROMPT_VERSION, static_part
from llmagentos.inference.chat import Chat, Tokens
from llmagentos.inference.decision import TokenAutomaton
from llmagentos.language.tree import GRAMMAR_VERSION
from llmagentos.training.kept import Kept, bare
from llmagentos.training.situations import Situation


@dataclass(frozen=True)
class Choice:
    """Before the answer's token `at`: the tokens that are legal there, and which of them is right."""

    at: int
    allowed: tuple[int, ...]
    right: int


@dataclass(frozen=True)
class Example:
    """A decision in tokens. What is forced has no choice and is not learned."""

    language: str
    words: str
    sentence: str
    prompt: Tokens
    answer: Tokens
    choices: tuple[Choice, ...]

    @property
    def tokens(self) -> Tokens:
        """What the model reads: all but the last token, which nothing follows."""
        return (*self.prompt, *self.answer[:-1])


def cut(situation: Situation, chat: Chat) -> Example:
    """The situation in a model's tokens."""
    legal = TokenAutomaton(situation.automaton, chat)
    answer = legal.tokens(situation.sentence)
    assert answer is not None, situation.sentence
    choices, state = [], legal.start()
    for at, token in enumerate(answer):
        branches = legal.next(state)
        if len(branches) > 1:
            allowed = tuple(sorted(branches))
            choices.append(Choice(at, allowed, allowed.index(token)))
        following = branches[token]
        if following is not None:
            state = following
    prompt = (*chat.whole(static_part(trained=True)), *chat.opened(situation.dynamic))
    return Example(situation.language, situation.words, situation.sentence, prompt, answer, tuple(choices))


def write(file: Path, examples: Iterable[Example], about: dict[str, Any]) -> None:
    """Write a corpus; whole or not at all."""
    partial = file.with_suffix(".partial")
    with gzip.open(partial, "wt", encoding="utf-8", compresslevel=4) as out:
        out.write(json.dumps({"prompt": PROMPT_VERSION, "grammar": GRAMMAR_VERSION, **about}) + "\n")
        for one in examples:
            out.write(json.dumps(asdict(one), ensure_ascii=False, separators=(",", ":")) + "\n")
    partial.replace(file)


def read(file: Path) -> tuple[dict[str, Any], list[Example]]:
    """What a corpus says of itself, and its examples. Raises: OSError, ValueError where it is damaged or of another version."""
    try:
        with gzip.open(file, "rt", encoding="utf-8") as lines:
            about = json.loads(next(lines))
            made_for = (about["prompt"], about["grammar"])
            if made_for == (PROMPT_VERSION, GRAMMAR_VERSION):
                return about, [_example(json.loads(line)) for line in lines]
    except (EOFError, StopIteration, KeyError, TypeError, ValueError, gzip.BadGzipFile, zlib.error) as error:
        raise ValueError(f"{file} is no corpus, or only a part of one; make it again") from error
    raise ValueError(f"{file} was made for another version of prompt or grammar; make it again")


def _example(data: dict[str, Any]) -> Example:
    choices = tuple(Choice(one["at"], tuple(one["allowed"]), one["right"]) for one in data["choices"])
    return Example(
        data["language"], data["words"], data["sentence"], tuple(data["prompt"]), tuple(data["answer"]), choices
    )


def distinct(situations: Iterable[Situation], kept: Kept, dropped: Counter[str], begin: Callable[[str], None] = lambda _: None) -> Iterator[Situation]:  # fmt: skip
    """Each wording of each meaning once, and none of a test set. What is about nothing of the site is said in many homes."""
    seen: set[tuple[object, ...]] = set()
    for one in situations:
        key = (bare(one.words), one.sentence, one.dynamic if '"' not in one.sentence else None)
        if one.words in kept or (one.before is not None and one.before.words in kept):
            dropped["in a test set"] += 1
        elif key in seen:
            dropped["said before"] += 1
        else:
            seen.add(key)
            begin(one.words)
            yield one
