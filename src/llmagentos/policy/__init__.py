"""Proposal -> Approval, ConsentRequest or Refusal, with the rule that decided. Pure; nothing passes by default."""

from llmagentos.policy.engine import Judge, Verdict
from llmagentos.policy.guard import GuardState
from llmagentos.policy.rules import PolicyBroken, RuleBook

__all__ = ["GuardState", "Judge", "PolicyBroken", "RuleBook", "Verdict"]
