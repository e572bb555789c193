"""A fit finds what is there, and says how well on what it did not see."""

import numpy as np

from llmagentos.training.chain.fitting import Rows, fitted


def test_a_fit_joins_states_and_facts() -> None:
    random = np.random.default_rng(1)
    states = random.normal(size=(1500, 40)).astype(np.float32)
    facts = random.integers(0, 2, (1500, 3)).astype(np.float32)
    right = ((states[:, 0] > 0) & (facts[:, 1] > 0)).astype(np.int64) + (facts[:, 2] > 0)
    head, share = fitted(Rows(states, facts, right, np.arange(1500)), 3, 40, 60)
    assert share > 0.65
    found = head.probabilities(states, facts)
    assert found.shape == (1500, 3)
    assert np.allclose(found.sum(axis=1), 1, atol=1e-5)
    assert (found.argmax(axis=1) == right).mean() > 0.75
