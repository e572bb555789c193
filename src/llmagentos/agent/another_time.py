"""Whether words ask for something at another time than now, or under a condition, and a reading would do it now."""

import re

from llmagentos.agent.clock_times import clock_times
from llmagentos.agent.quantities import durations
from llmagentos.language import Program, render
from llmagentos.language import tree as t

_CONDITION = re.compile(
    r"\b(when(ever)?|if|unless|until|till|as soon as|once|every time|(every|each) (day|morning|evening|night|hour|week|weekday|weekend|\w+day)|daily|on (weekdays|weekends|\w+days)|at (sunrise|sunset|dawn|dusk))\b"
    r"(?! (you|possible|again|more)\b)", re.IGNORECASE
)  # fmt: skip
_DAY = re.compile(r"\b(tomorrow|on (mon|tues|wednes|thurs|fri|satur|sun)day)\b", re.IGNORECASE)
_HAN = re.compile(
    r"如果|要是|的时候|等到|直到|每天|每晚|每周|每个|一旦|日落|日出|(?<![后分时秒点刻])就[把将让请关开打调放锁停]"
)
_HAN_DAY = re.compile(r"(明|后)(天|早|晚)")


def another_time(words: str, program: Program) -> bool:
    """True where nothing in the reading accounts for a time, a duration, a repetition or a condition that was said."""
    now = any(isinstance(one, t.Do | t.Set | t.Change) for one in program.statements)
    if not now and not any(isinstance(one, t.Delayed | t.Scheduled) for one in program.statements):
        return False
    if _CONDITION.search(words) or _HAN.search(words):
        return True
    if not now:
        return False
    told = render(program)
    if any(str(one) not in told for one in durations(words)):
        return True
    return bool(clock_times(words, sure=True) or _DAY.search(words) or _HAN_DAY.search(words))
