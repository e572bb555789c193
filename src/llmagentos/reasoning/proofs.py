"""Why a fact holds: the rule that it follows from and the facts that were used, down to those that were told."""

from dataclasses import dataclass

from llmagentos.reasoning.network import ASSERTED, Network
from llmagentos.reasoning.rules import Fact

DEEPEST = 40


@dataclass(frozen=True, slots=True)
class Proof:
    """`rule` is empty where the fact was told."""

    fact: Fact
    rule: str = ""
    because: tuple["Proof", ...] = ()


def proof(network: Network, fact: Fact) -> Proof | None:
    """A proof that does not lean on itself, one of the shortest; None for what does not hold."""
    if not network.holds(fact):
        return None
    for deepest in range(1, DEEPEST):
        found = _proof(network, fact, frozenset(), deepest)
        if found is not None:
            return found
    return Proof(fact)


def _proof(network: Network, fact: Fact, above: frozenset[Fact], left: int) -> Proof | None:
    supports = network.supports(fact)
    if ASSERTED in supports:
        return Proof(fact)
    if left == 0 or fact in above:
        return None
    for rule, used in supports:
        because = []
        for one in used:
            found = _proof(network, one, above | {fact}, left - 1)
            if found is None:
                break
            because.append(found)
        else:
            return Proof(fact, rule, tuple(because))
    return None
