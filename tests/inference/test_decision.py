"""Best-first search against the slow reference: score every legal sentence in full, with the same model."""

import math
import random
from collections.abc import Sequence

import pytest

from llmagentos.inference.decision import Bounds, TokenAutomaton, Tokens, decide
from llmagentos.language.automaton import Automaton, Builder

MERGED = "\ue000"
"""One token for a closing quote and the line end, as some vocabularies have it."""


class Noise:
    """A scorer with fixed, arbitrary preferences."""

    name = "noise"

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self.passes = 0
        self.evaluated: set[Tokens] = set()

    def known(self, prompt: Tokens, path: Tokens) -> bool:
        return (*prompt, *path) in self.evaluated

    def log_probs(
        self, prompt: Tokens, branches: Sequence[tuple[Tokens, Sequence[int]]], ahead: Sequence[Tokens] = ()
    ) -> list[list[float]]:
        paths = [path for path, _ in branches] + [one[:length] for one in ahead for length in range(len(one) + 1)]
        new = {(*prompt, *path) for path in paths} - self.evaluated
        self.passes += bool(new)
        self.evaluated |= new
        return [self._normalised((*prompt, *path), allowed) for path, allowed in branches]

    def _normalised(self, tokens: Tokens, allowed: Sequence[int]) -> list[float]:
        weights = [random.Random(hash((self._seed, tokens, token))).gauss(0, 2) for token in allowed]
        total = math.log(sum(map(math.exp, weights)))
        return [one - total for one in weights]


class Characters:
    """Characters are tokens, but for a quote before a line end."""

    def encode(self, text: str) -> Tokens:
        return tuple(map(ord, text.replace('"\n', MERGED)))

    def last(self, piece: str) -> Tokens:
        return self.encode(piece + "\n")

    def decode(self, tokens: Sequence[int]) -> str:
        return "".join(map(chr, tokens)).replace(MERGED, '"').removesuffix("\n")


TEXT = Characters()


def random_automaton(random_: random.Random) -> tuple[Automaton, list[str]]:
    builder, sentences = Builder(), []
    for _ in range(random_.randint(1, 25)):
        pieces = [f" {random_.choice(['turn on', 'turn off', 'set', 'turn'])}", f" {random_.choice(['light', 'lock', 'lights'])}",
                  f' "{random_.choice("ABC")}{random_.choice("xy")}"'][: random_.randint(1, 3)]  # fmt: skip
        builder.accept(builder.path(builder.start, pieces))
        sentences.append("".join(pieces))
    return builder.build(), sorted(set(sentences))


def in_full(scorer: Noise, automaton: Automaton, prompt: Tokens, sentence: str) -> float:
    """The log probability of one sentence, token by token."""
    legal = TokenAutomaton(automaton, TEXT)
    state, total = legal.start(), 0.0
    path: Tokens = ()
    for token in TEXT.last(sentence):
        branches = legal.next(state)
        allowed = sorted(branches)
        if len(allowed) > 1:
            [scores] = scorer.log_probs(prompt, [(path, allowed)])
            total += scores[allowed.index(token)]
        path = (*path, token)
        following = branches[token]
        state = following if following is not None else frozenset()
    return total


@pytest.mark.parametrize("width", (1, 8))
@pytest.mark.parametrize("seed", range(60))
def test_same_winners_as_scoring_every_sentence_in_full(seed: int, width: int) -> None:
    random_ = random.Random(seed)
    automaton, sentences = random_automaton(random_)
    scorer, prompt = Noise(seed), (1, 2, 3)
    reference = sorted(((in_full(scorer, automaton, prompt, one), one) for one in sentences), reverse=True)
    assert math.isclose(sum(math.exp(score) for score, _ in reference), 1.0, rel_tol=1e-9)
    outcome = decide(scorer, TEXT, prompt, automaton, Bounds(n_best=3, passes=10_000, floor=1e-9, width=width))
    assert outcome.exact
    assert [one.text for one in outcome.choices] == [one.strip() for _, one in reference[:3]]
    for choice, (score, _) in zip(outcome.choices, reference, strict=False):
        assert math.isclose(choice.probability, math.exp(score), rel_tol=1e-9)
        assert automaton.accepts(f" {choice.text}")


@pytest.mark.parametrize("seed", range(20))
def test_guesses_save_passes_and_change_nothing(seed: int) -> None:
    random_ = random.Random(seed)
    automaton, sentences = random_automaton(random_)
    bounds = Bounds(n_best=3, passes=10_000, floor=1e-9)
    plain = decide(Noise(seed), TEXT, (1, 2), automaton, bounds)
    wrong = [one.strip() for one in random_.sample(sentences, min(3, len(sentences)))]
    for likely in ([one.text for one in plain.choices], wrong, ["not legal at all"], []):
        guessed = decide(Noise(seed), TEXT, (1, 2), automaton, bounds, likely)
        assert guessed.choices == plain.choices
    right = decide(Noise(seed), TEXT, (1, 2), automaton, Bounds(n_best=1), [plain.choices[0].text])
    assert right.choices == plain.choices[:1]
    assert right.passes <= decide(Noise(seed), TEXT, (1, 2), automaton, Bounds(n_best=1)).passes


def test_forced_sentences_cost_no_pass_and_bounds_are_reported() -> None:
    builder = Builder()
    builder.accept(builder.path(builder.start, [" only", " this"]))
    scorer = Noise(0)
    outcome = decide(scorer, TEXT, (), builder.build())
    assert (outcome.passes, scorer.passes) == (0, 0)
    assert outcome.choices[0].text == "only this"
    automaton, _ = random_automaton(random.Random(3))
    stopped = decide(Noise(1), TEXT, (), automaton, cancelled=lambda: True)
    assert not stopped.exact
    assert stopped.choices == ()


def test_spans_quote_what_was_said() -> None:
    builder = Builder()
    builder.accept(builder.span(builder.step(builder.start, " add"), ["a", " b", " c"], 2))
    automaton = Automaton.from_json(builder.build().to_json())
    accepted = [
        one for one in ('"a"', '"a b"', '"b c"', '"c"', '"a b c"', '"a c"', '""') if automaton.accepts(f" add {one}")
    ]
    assert accepted == ['"a"', '"a b"', '"b c"', '"c"']
