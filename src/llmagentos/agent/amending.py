"""What "no, at nine" is about: an order that has just acted, or that was just told of, if the words say how it should be instead."""

import re
from dataclasses import dataclass

_AMENDS = re.compile(
    r"^\W*(no\b|not\b|but\b|only\b|rather\b|instead\b|make (it|that)\b|change (it|that)\b|i meant\b|that('s| is| was)? (too|not|wrong)|too (early|late|soon|long|short)|(much )?(earlier|later)\b|and (tell|let|also)\b|also (tell|let)\b|at \S+|after \S+|for \S+|better\b|it should|should be)"
    r"|\binstead\b|\bwould be better\b|^\W*(不|改|应该|还是|换成|我是说|太[早晚快慢久]|只在|只有|不过|但是|前提|得|要|以后|超过|早|晚)|才对|才行", re.IGNORECASE,
)  # fmt: skip
_WHEN = re.compile(r"^\W*(that('s| is| was) |it('s| is| was) )?((far|much|way|a bit) )?too (early|late|soon)\W*$|^\W*太[早晚]了?\W*$", re.IGNORECASE)  # fmt: skip
LASTS_S = 900.0
"""So long after it acted an order is what such words may be about."""


@dataclass(frozen=True, slots=True)
class Focus:
    """An order with its sentence, and what a person was told of it."""

    order: str
    sentence: str
    told: str
    at: float


def amends(words: str) -> bool:
    """Whether words may say how something should be instead."""
    return _AMENDS.search(words) is not None


def asks_for_time(words: str) -> bool:
    """Whether they say that it was the wrong time, and not which would be right."""
    return _WHEN.search(words) is not None
