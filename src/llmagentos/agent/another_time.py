"""Whether words ask for something at another time than now, or under a condition, and a reading would do it now."""

import re

from llmagentos.agent.clock_times import clock_times
from llmagentos.agent.quantities import durations
from llmagentos.language import Program, render
from llmagentos.language import tree as t

_CONDITION = re.compile(
    r"\b(when(ever)?|if|unless|until|till|as soon as|once|every time|every (day|morning|evening|night|hour|week|\w+day)|at (sunrise|sunset|dawn|dusk)|tomorrow|on (mon|tues|wednes|thurs|fri|satur|sun)days?)\b"
    r"(?! (you|possible|again|more)\b)", re.IGNORECASE
)  # fmt: skip
_HAN = re.compile(r"如果|要是|的时候|等到|直到|每天|每晚|每周|一旦|(明|后)(天|早|晚)|日落|日出")


def another_time(words: str, program: Program) -> bool:
    """True where nothing in the reading accounts for a time, a duration or a condition that was said."""
    acts = [one for one in program.statements if isinstance(one, t.Do | t.Set | t.Change)]
    if not acts:
        return False
    told = render(program)
    if any(str(one) not in told for one in durations(words)):
        return True
    return bool(clock_times(words, sure=True) or _CONDITION.search(words) or _HAN.search(words))
