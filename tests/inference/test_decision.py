"""Best-first search against the slow reference: score every legal sentence in full, with the same model."""

import math
import random
from collections.abc import Sequence

import pytest

from llmagentos.inference.decision import Bounds, TokenAutomaton, Tokens, decide
from llmagentos.language.automaton import Automaton, Builder

END = "\n"
MERGED = "\ue000"
"""One token for a closing quote and the line end, as some vocabularies have it."""


class Noise:
    """A scorer with fixed, arbitrary preferences: characters are tokens, but for a quote before a line end."""

    name = "noise"

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self.passes = 0

    def encode(self, text: str) -> Tokens:
        return tuple(map(ord, text.replace('"\n', MERGED)))

    def log_probs(self, tokens: Sequence[int], allowed: Sequence[int]) -> list[float]:
        self.passes += 1
        weights = [random.Random(hash((self._seed, tuple(tokens), token))).gauss(0, 2) for token in allowed]
        total = math.log(sum(map(math.exp, weights)))
        return [one - total for one in weights]


def detokenize(tokens: Tokens) -> str:
    return "".join(map(chr, tokens)).replace(MERGED, '"\n')


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
    legal = TokenAutomaton(automaton, scorer, END)
    state, total, said = legal.start(), 0.0, list(prompt)
    for token in scorer.encode(sentence + END):
        branches = legal.next(state)
        allowed = sorted(branches)
        if len(allowed) > 1:
            total += scorer.log_probs(said, allowed)[allowed.index(token)]
        said.append(token)
        following = branches[token]
        state = following if following is not None else frozenset()
    return total


@pytest.mark.parametrize("seed", range(60))
def test_same_winners_as_scoring_every_sentence_in_full(seed: int) -> None:
    random_ = random.Random(seed)
    automaton, sentences = random_automaton(random_)
    scorer, prompt = Noise(seed), (1, 2, 3)
    reference = sorted(((in_full(scorer, automaton, prompt, one), one) for one in sentences), reverse=True)
    assert math.isclose(sum(math.exp(score) for score, _ in reference), 1.0, rel_tol=1e-9)
    outcome = decide(scorer, prompt, automaton, END, detokenize, Bounds(n_best=3, passes=10_000, floor=1e-9))
    assert outcome.exact
    assert [one.text for one in outcome.choices] == [one.strip() for _, one in reference[:3]]
    for choice, (score, _) in zip(outcome.choices, reference, strict=False):
        assert math.isclose(choice.probability, math.exp(score), rel_tol=1e-9)
        assert automaton.accepts(f" {choice.text}")


def test_forced_sentences_cost_no_pass_and_bounds_are_reported() -> None:
    builder = Builder()
    builder.accept(builder.path(builder.start, [" only", " this"]))
    scorer = Noise(0)
    outcome = decide(scorer, (), builder.build(), END, detokenize)
    assert (outcome.passes, scorer.passes) == (0, 0)
    assert outcome.choices[0].text == "only this"
    automaton, _ = random_automaton(random.Random(3))
    stopped = decide(Noise(1), (), automaton, END, detokenize, cancelled=lambda: True)
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
