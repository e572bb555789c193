"""A small graph with a rule in it: who is a parent of a parent is a grandparent."""

from itertools import pairwise

from llmagentos.reasoning.links.graph import LinkGraph, Triple

PEOPLE = 40


def family() -> list[Triple]:
    """Four lines of ten people; every grandparent is known but for every seventh."""
    facts: list[Triple] = []
    for line in range(4):
        names = [f"p{line}{number}" for number in range(PEOPLE // 4)]
        facts += [(one, "parent of", two) for one, two in pairwise(names)]
        facts += [(one, "grandparent of", two) for one, two in zip(names, names[2:], strict=False)]
    return [one for number, one in enumerate(facts) if one[1] == "parent of" or number % 7]


def hidden() -> list[Triple]:
    """The grandparents that are true and not known."""
    everything = {
        (f"p{line}{number}", "grandparent of", f"p{line}{number + 2}") for line in range(4) for number in range(8)
    }
    return sorted(everything - set(family()))


def graph() -> LinkGraph:
    return LinkGraph.of(family(), hidden())
