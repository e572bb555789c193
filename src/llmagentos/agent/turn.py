"""What one utterance comes to."""

from dataclasses import dataclass
from typing import Literal

from llmagentos.agent.outcomes import Operation, Question
from llmagentos.agent.ports import Decided
from llmagentos.agent.wording import Language
from llmagentos.messages.records import Command


@dataclass(frozen=True, slots=True)
class Turn:
    """`sentence` is the canonical text of what was understood, `probability` calibrated."""

    kind: Literal["commands", "timer", "answer", "question", "refusal", "chat"]
    sentence: str
    probability: float
    decided: Decided
    language: Language
    text: str = ""
    commands: tuple[Command, ...] = ()
    timers: tuple[Operation, ...] = ()
    """What the node does itself: timers, alarms, lists, orders, notices."""
    questions: tuple[Question, ...] = ()
    """What only the node's memory or the site graph can answer."""
    later: tuple[Command, ...] = ()
    """What timers would do when they end, as far as that can be told now."""
    about: tuple[str, ...] = ()
    """The entities that were changed or asked about: what "it" may mean next."""
    unexplained: int = 0
    """Words for things that this reading does not account for."""
    offered: tuple[str, ...] = ()
    """Of a question: the sentences that a yes would carry out."""
    amended: str | None = None
    """Of a question about an order: the one in whose place it would stand."""
    words: str = ""
    """What was said, of several things that it may have been."""
    unsure: bool = False
    """A reading was not sure enough to act on: a bigger model may know better, else the person does."""

    @property
    def lost(self) -> bool:
        """Whether nothing that was said could be made out. A question back about things that were is none of that."""
        return self.kind in ("refusal", "chat") or (self.kind == "question" and not self.about and not self.offered)

    @property
    def acts(self) -> bool:
        """Whether something would be done."""
        return self.kind in ("commands", "timer")
