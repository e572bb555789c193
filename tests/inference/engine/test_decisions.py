"""Decisions of the engine against the slow reference: every legal sentence scored in full, alone, by the same model."""

import math
import random
from pathlib import Path

from llmagentos.inference.decision import Bounds, TokenAutomaton, Tokens, decide
from llmagentos.inference.engine.engine import Engine
from llmagentos.language.automaton import Automaton
from tests.inference.engine.test_engine import engine
from tests.inference.test_decision import random_automaton

DECISIONS = 60
TIE = 0.02
"""Nats. Rounding to int8 makes the same sum in another order differ by about this much."""


def in_full(model: Engine, automaton: Automaton, prompt: Tokens, sentence: str) -> float:
    """The log probability of a sentence, each of its tokens asked for by itself."""
    legal = TokenAutomaton(automaton, model.chat)
    state, total = legal.start(), 0.0
    path: Tokens = ()
    for token in legal.tokens(sentence.strip()) or ():
        branches = legal.next(state)
        allowed = sorted(branches)
        if len(allowed) > 1:
            [scores] = model.log_probs(prompt, [(path, allowed)])
            total += scores[allowed.index(token)]
        path = (*path, token)
        state = branches[token] or frozenset()
    return total


def test_the_winner_is_the_best_of_all(tmp_path: Path) -> None:
    model, reference = engine(tmp_path), engine(tmp_path)
    for seed in range(DECISIONS):
        random_ = random.Random(seed)
        automaton, sentences = random_automaton(random_)
        prompt = tuple(random_.randrange(3, 800) for _ in range(20))
        scores = {one.strip(): in_full(reference, automaton, prompt, one) for one in sentences}
        assert math.isclose(sum(map(math.exp, scores.values())), 1.0, rel_tol=0.05)
        likely = [random_.choice(sentences).strip() for _ in range(2)]
        outcome = decide(model, model.chat, prompt, automaton, Bounds(n_best=1), likely)
        assert outcome.exact
        assert scores[outcome.choices[0].text] >= max(scores.values()) - TIE
        assert math.isclose(math.log(outcome.choices[0].probability), scores[outcome.choices[0].text], abs_tol=0.05)
