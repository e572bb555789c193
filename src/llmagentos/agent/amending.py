"""What "no, at nine" is about: an order that has just acted, or that was just told of, if the words say how it should be instead."""

import re
from dataclasses import dataclass

from llmagentos.agent.clock_times import mentions
from llmagentos.language import tree as t

_AMENDS = re.compile(
    r"^\W*((yes|ok|okay|well|hm+),?\s+)?(no[,.;!:-]|no (at|not|the|make|i meant)\b|not (the|that|this|at|so|in|on|my|for|after|until|when|if)\b|but (only|not|at|after|for|when|if|with)\b|only (if|when|after|at|between|from|on)\b|rather\b|i meant\b"
    r"|change (it|that) to\b|that('s| is| was)? (too|wrong)\b|too (early|late|soon|long|short)|(much |a bit |half an hour |\w+ (minutes?|hours?) )?(earlier|later)\b|(and|also) (tell|let|notify|message|text)\b|better (at|after)\b|it should (be|have been)\b|provided\b|as long as\b)"
    r"|\binstead\W*$|\bwould be better\W*$"
    r"|^\W*(不[，,。！]|不是|不对|改成|改到|应该是?|还是|换成|我是说|太[早晚快慢久]|只在|只有|不过|前提|(早|晚)(一?点儿?|些|[一二两三四五十半\d]+个?(小时|分钟|刻钟)).{0,3}$|(还要|并且|也|顺便)?(告诉|通知)我\W*$)|(才对|才行|才算|就行|就够了)\W*$", re.IGNORECASE,
)  # fmt: skip
_FILLS = re.compile(r"\b(yes|no|ok(ay)?|but|at|by|after|for|make|it|that|rather|instead|please|in|the|morning|afternoon|evening|night|tonight|o'?clock|then|well|and|better|about|around|only)\b|[改成到吧的就在是]|应该|还是|换成", re.IGNORECASE)  # fmt: skip
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
    """Whether words may say how something should be instead, or are a time or a span and nothing more."""
    return _AMENDS.search(words) is not None or _only_when(words)


def _only_when(words: str) -> bool:
    bare = " ".join(_FILLS.sub(" ", words).split())
    rest = f"at {bare}" if bare.isascii() else bare
    said = mentions(rest)
    for one in reversed(said):
        rest = rest[: one.start] + " " + rest[one.start + len(one.said) :]
    return bool(said) and not re.search(r"\w", rest.removeprefix("at "))


def alike(one: t.Order, other: t.Order) -> bool:
    """Whether an order is another one a little otherwise: it waits for the same, or does something of the same."""
    return one.trigger == other.trigger or bool(set(one.actions) & set(other.actions))


def asks_for_time(words: str) -> bool:
    """Whether they say that it was the wrong time, and not which would be right."""
    return _WHEN.search(words) is not None
