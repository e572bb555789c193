"""No model, however wild, can form a command outside the grammar: here it prefers at random."""

import asyncio
import random
from collections.abc import Sequence

from rich.console import Console

from llmagentos.agent.confidence import UNTRAINED
from llmagentos.agent.ports import Decided, Prompt, Scored
from llmagentos.bench.impossible import COUNT, broken, house, run_impossible, sentences
from llmagentos.inference.decision import Bounds, Tokens, decide
from llmagentos.language.automaton import Automaton


class Wild:
    """A model with preferences drawn anew for every decision; characters are tokens."""

    trained, calibration = False, UNTRAINED

    name = "wild"

    def __init__(self) -> None:
        self._random = random.Random(3)
        self.passes = 0

    def encode(self, text: str) -> Tokens:
        return tuple(map(ord, text))

    def last(self, piece: str) -> Tokens:
        return self.encode(piece + "\n")

    def decode(self, tokens: Sequence[int]) -> str:
        return "".join(map(chr, tokens)).removesuffix("\n")

    def known(self, _prompt: Tokens, _path: Tokens) -> bool:
        return False

    def log_probs(
        self, _prompt: Tokens, branches: Sequence[tuple[Tokens, Sequence[int]]], ahead: Sequence[Tokens] = ()
    ) -> list[list[float]]:
        self.passes += 1
        return [[-self._random.expovariate(0.5) for _ in allowed] for _, allowed in branches]

    async def decide(
        self, _static: Prompt, _dynamic: Prompt, automaton: Automaton, likely: Sequence[str] = ()
    ) -> Decided:
        outcome = decide(self, self, (), automaton, Bounds(passes=400))
        return Decided("wild", tuple(Scored(one.text, 1.0) for one in outcome.choices), outcome.passes, 1.0, 0)

    async def talk(self, _prompt: Prompt) -> str:
        return "whatever"


def test_two_hundred_different_sentences() -> None:
    assert len({words for _, words in sentences(house())}) == COUNT


def test_a_wild_model_forms_no_command_a_device_cannot_do() -> None:
    figures = asyncio.run(run_impossible(Wild(), Console(quiet=True), None))
    assert not broken(figures)
    assert int(figures["wrong_acts"]) >= 3, "the wild model never acted: this test would prove nothing"
