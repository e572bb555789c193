"""Forward chaining that standing orders and site knowledge share: facts come and go, conclusions follow and keep their proof."""

from llmagentos.reasoning.network import Change, Network
from llmagentos.reasoning.rules import Atom, Fact, Rule, RuleError, Test, Var

__all__ = ["Atom", "Change", "Fact", "Network", "Rule", "RuleError", "Test", "Var"]
