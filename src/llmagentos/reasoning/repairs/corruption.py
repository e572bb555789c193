"""Mistakes as people make them when they draw up a site, put in on purpose: to learn what repairs are worth, and to measure it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from llmagentos.reasoning.repairs.equipment import Link

_TRIES = 50


@dataclass(frozen=True)
class Corrupted:
    """`links` lack `removed` and hold `false`."""

    links: tuple[Link, ...]
    removed: frozenset[Link]
    false: frozenset[Link]


def corrupted(links: Sequence[Link], share: float, seed: int, *, tails_only: bool = False) -> Corrupted:
    """A share of links taken out; in place of every second one with an end of another link of that relation."""
    draw = np.random.default_rng(seed)
    picked = draw.choice(len(links), round(len(links) * share), replace=False).tolist()
    heads = {relation: [one[0] for one in links if one[1] == relation] for relation in {one[1] for one in links}}
    tails = {relation: [one[2] for one in links if one[1] == relation] for relation in heads}
    known, false = set(links), set[Link]()
    for number in picked[1::2]:
        head, relation, tail = links[number]
        for _ in range(_TRIES):
            if not tails_only and draw.random() < 0.5:
                wrong = (heads[relation][draw.integers(len(heads[relation]))], relation, tail)
            else:
                wrong = (head, relation, tails[relation][draw.integers(len(tails[relation]))])
            if wrong not in known | false:
                false.add(wrong)
                break
    removed = frozenset(links[number] for number in picked)
    return Corrupted(tuple(sorted((known - removed) | false)), removed, frozenset(false))
