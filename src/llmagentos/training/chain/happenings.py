"""An endless stream of happenings with what they should come to.

No test case is among them: those were written by another hand, and are not read here.
"""

import random
from collections.abc import Iterator
from importlib import resources

import yaml

from llmagentos.training.chain.kinds import KINDS
from llmagentos.training.chain.sites import DrawnSite, Judged, Unfit

EACH = 6
"""Happenings at one site."""


def happenings(seed: int) -> Iterator[Judged]:
    """Drawn from a seed."""
    random_ = random.Random(seed)
    file = resources.files("llmagentos.training") / "words" / "happenings.yaml"
    words = yaml.safe_load(file.read_text(encoding="utf-8"))
    while True:
        site = DrawnSite(random_, words)
        for kind in random_.choices(list(KINDS), list(KINDS.values()), k=EACH):
            try:
                yield site.judged(kind(site), kind.__name__)
            except Unfit:
                continue
