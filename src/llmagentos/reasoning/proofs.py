"""Why a fact holds: the rule that it follows from and the facts that were used, down to those that were told."""

from dataclasses import dataclass

from llmagentos.reasoning.network import ASSERTED, Network, Support
from llmagentos.reasoning.rules import Fact

DEEPEST = 40


@dataclass(frozen=True, slots=True)
class Proof:
    """`rule` is empty where the fact was told."""

    fact: Fact
    rule: str = ""
    because: tuple["Proof", ...] = ()


def proof(network: Network, fact: Fact) -> Proof | None:
    """A proof of the least height, which therefore does not lean on itself; None for what does not hold."""
    if not network.holds(fact):
        return None
    known: dict[tuple[Fact, int], Proof | None] = {}
    for deepest in range(DEEPEST):
        found = _proof(network, fact, deepest, known)
        if found is not None:
            return found
    return Proof(fact)


def _proof(network: Network, fact: Fact, left: int, known: dict[tuple[Fact, int], Proof | None]) -> Proof | None:
    """One that is no higher than `left`; what is tried once is remembered."""
    supports = network.supports(fact)
    if ASSERTED in supports:
        return Proof(fact)
    if left == 0:
        return None
    if (fact, left) not in known:
        known[fact, left] = _by_a_rule(network, fact, supports, left, known)
    return known[fact, left]


def _by_a_rule(
    network: Network, fact: Fact, supports: tuple[Support, ...], left: int, known: dict[tuple[Fact, int], Proof | None]
) -> Proof | None:
    for rule, used in supports:
        because = []
        for one in used:
            found = _proof(network, one, left - 1, known)
            if found is None:
                break
            because.append(found)
        else:
            return Proof(fact, rule, tuple(because))
    return None
