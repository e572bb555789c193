"""The judge: what it is asked, and what its scores come to."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, get_args, runtime_checkable

from llmagentos.agent.chain.remedies import Permission, Remedy, permitted
from llmagentos.agent.ports import Prompt

Urgency = Literal["nothing", "tell", "alarm"]
"""`tell`: a note that people read when they look; `alarm`: phones ring now."""
URGENCIES: tuple[Urgency, ...] = get_args(Urgency)
JUDGE_VERSION = 1
"""Of what the judge reads: raise it with every change of that, and train its heads again."""
WISE = 0.5
"""So sure that an act is wise, and it is done or proposed."""
SURE_ENOUGH_TO_ACT = 0.8
"""Of acts without asking: so sure that something is wrong, and of the act."""
MOST_ACTS = 3
_ROLE = "You watch over a site for its owner."
_QUESTION = "Is this ordinary, worth a note to the owner, or an emergency?"


@dataclass(frozen=True, slots=True)
class Scores:
    """Probabilities: of each urgency, and for each remedy that it is wise."""

    urgency: tuple[float, float, float]
    wise: tuple[float, ...]


@runtime_checkable
class Judge(Protocol):
    """The model with its heads. Raises whatever says that no model can answer now."""

    async def judge(
        self, prompt: Prompt, facts: Sequence[float], acts: Sequence[str], facts_of_acts: Sequence[Sequence[float]]
    ) -> Scores:
        """`facts` as `chain.facts` tells them of the happening, and of each act."""
        ...


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a happening comes to: how much it matters, what is done at once, what people are asked about."""

    urgency: Urgency
    sure: float
    act: tuple[Remedy, ...] = ()
    ask: tuple[Remedy, ...] = ()


def prompt(told: str) -> Prompt:
    """What the judge reads. The text of strangers is in quotes within it, and is nobody's wish."""
    return ("system", (_ROLE,)), ("user", (f"{told}\n{_QUESTION}",)), ("assistant", ("",))


def continuation(remedy: str) -> str:
    """How an act is put after the prompt, to be scored."""
    return f" Do: {remedy}"


def verdict(
    scores: Scores, offered: Sequence[Remedy], permissions: Sequence[Permission], left_to_people: Collection[str] = ()
) -> Verdict:
    """Of what the owner lets the agent do by itself, what is surely wise and near is done; of all else people are asked, and of devices that are `left_to_people`."""
    best = max(range(len(URGENCIES)), key=lambda one: scores.urgency[one])
    urgency, sure = URGENCIES[best], scores.urgency[best]
    if urgency == "nothing":
        return Verdict(urgency, sure)
    ranked = sorted(zip(scores.wise, offered, strict=True), key=lambda one: -one[0])
    wise = [(score, one) for score, one in ranked if score >= WISE][:MOST_ACTS]
    certain = 1 - scores.urgency[0] >= SURE_ENOUGH_TO_ACT
    act = tuple(
        one for score, one in wise
        if certain and one.near and score >= SURE_ENOUGH_TO_ACT and permitted(one.verb, one.entity, permissions) and one.entity not in left_to_people
    )  # fmt: skip
    return Verdict(urgency, sure, act, tuple(one for _, one in wise if one not in act))
