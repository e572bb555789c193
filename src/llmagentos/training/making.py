"""Making a corpus: generators side by side, what they made in one file, and a report of its variety."""

import itertools
import math
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from llmagentos.inference.chat import Chat
from llmagentos.inference.compiler.compile import read_model
from llmagentos.inference.tokenizer import Tokenizer
from llmagentos.language import parse
from llmagentos.training.borrowed import actions
from llmagentos.training.corpus import Example, cut, distinct, write
from llmagentos.training.kept import Kept
from llmagentos.training.others import others
from llmagentos.training.quoted import quotes
from llmagentos.training.situations import Borrowed, Situations

PART = 500


@dataclass(frozen=True)
class Plan:
    """What a corpus is made of. `weights`: shares of the languages. Everything that decides its content is here."""

    seed: int
    count: int
    weights: tuple[tuple[str, float], ...] = (("en", 0.6), ("zh", 0.4))
    held_out: bool = False
    patterns: Path | None = None
    people: Path | None = None
    others: tuple[Path, ...] = ()
    kept: tuple[Path, ...] = ()


def make(model: Path, plan: Plan, file: Path, begin: Callable[[str], None], workers: int = 2) -> dict[str, Any]:
    """Write a corpus in a model's tokens; returns its report. Raises: OSError, UnsupportedModel."""
    dropped: Counter[str] = Counter()
    examples: dict[int, list[Example]] = {}
    parts = math.ceil(plan.count / PART)
    with ProcessPoolExecutor(workers) as pool:
        waiting = {pool.submit(_part, model, plan, number): number for number in range(parts)}
        for done in as_completed(waiting):
            made, lost = done.result()
            examples[waiting[done]] = made
            dropped += lost
            begin(f"{sum(map(len, examples.values()))} examples")
    merged = {
        (one.words.casefold(), one.sentence, one.prompt if '"' not in one.sentence else None): one
        for number in sorted(examples)
        for one in examples[number]
    }
    chosen = list(merged.values())[: plan.count]
    report = {"seed": plan.seed, "held_out": plan.held_out, **variety(chosen), "dropped": dict(dropped.most_common())}
    write(file, chosen, report)
    return report


def _part(model: Path, plan: Plan, number: int) -> tuple[list[Example], Counter[str]]:
    chat = Chat(Tokenizer(read_model(model).vocabulary()))
    words = borrowed(plan.patterns, plan.people, plan.others, held_out=plan.held_out)
    source = Situations(plan.seed * 100_003 + number, dict(plan.weights), words, held_out=plan.held_out)
    clean = distinct(source, Kept(plan.kept), source.dropped)
    return [cut(one, chat) for one in itertools.islice(clean, PART)], source.dropped


def borrowed(patterns: Path | None, people: Path | None, other: tuple[Path, ...] = (), *, held_out: bool) -> Borrowed:
    """Other people's wording of these files; of what people said the part that is held out, or all else. Raises: OSError."""
    said = [
        *(quotes(people, held_out=held_out) if people else ()),
        *(actions(patterns, held_out=held_out) if patterns else ()),
    ]
    return Borrowed(patterns, tuple(said), others(other, held_out=held_out) if other else ())


def variety(examples: Sequence[Example]) -> dict[str, Any]:
    """How rich a corpus is: forms, words, and lengths."""
    forms = Counter(type(parse(one.sentence).statements[0]).__name__ for one in examples)
    words = Counter(word for one in examples for word in one.words.casefold().split())
    lengths = sorted(len(one.tokens) for one in examples)
    return {
        "examples": len(examples), "languages": dict(Counter(one.language for one in examples)), "forms": dict(forms.most_common()),
        "wordings": len({one.words.casefold() for one in examples}), "words": len(words), "sentences": len({one.sentence for one in examples}),
        "tokens": sum(lengths), "longest": lengths[-1] if lengths else 0, "choices": sum(len(one.choices) for one in examples),
    }  # fmt: skip
