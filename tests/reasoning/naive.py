"""The slow reference: everything that follows, worked out anew from the facts and the rules, stratum by stratum."""

from collections.abc import Iterable, Iterator

from llmagentos.reasoning import Atom, Fact, Rule, Test, Var
from llmagentos.reasoning.rules import Value, strata


def closure(facts: Iterable[Fact], rules: Iterable[Rule]) -> frozenset[Fact]:
    """The least model."""
    rules, known = list(rules), set(facts)
    levels = strata(rules)
    for level in sorted(set(levels.values())):
        mine = [one for one in rules if levels[one.head.relation] == level]
        while True:
            new = {fact for rule in mine for fact in _conclusions(rule, known)} - known
            if not new:
                break
            known |= new
    return frozenset(known)


def _conclusions(rule: Rule, known: set[Fact]) -> Iterator[Fact]:
    for bindings in _ways([one for one in rule.body if isinstance(one, Atom) and not one.negated], known, {}):
        if any(isinstance(one, Test) and not one.holds(bindings) for one in rule.body):
            continue
        if any(
            isinstance(one, Atom) and one.negated and any(_match(one, fact, bindings) is not None for fact in known)
            for one in rule.body
        ):
            continue
        yield (rule.head.relation, *(bindings[one.name] if isinstance(one, Var) else one for one in rule.head.args))


def _ways(atoms: list[Atom], known: set[Fact], bindings: dict[str, Value]) -> Iterator[dict[str, Value]]:
    if not atoms:
        yield bindings
        return
    for fact in known:
        more = _match(atoms[0], fact, bindings)
        if more is not None:
            yield from _ways(atoms[1:], known, more)


def _match(atom: Atom, fact: Fact, bindings: dict[str, Value]) -> dict[str, Value] | None:
    if fact[0] != atom.relation or len(fact) != len(atom.args) + 1:
        return None
    bound = dict(bindings)
    for term, value in zip(atom.args, fact[1:], strict=True):
        if not isinstance(term, Var):
            if term != value:
                return None
        elif atom.negated and term.name not in bindings:
            continue  # any
        elif bound.setdefault(term.name, value) != value:
            return None
    return bound
