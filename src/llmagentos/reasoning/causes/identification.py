"""Whether what an act would do follows from what was only watched, and by which formula.

The back door and the front door are looked for first, because people can follow them; then the general algorithm, which finds a formula whenever
there is one (Shpitser and Pearl, "Identification of Joint Interventional Distributions in Recursive Semi-Markovian Causal Models", AAAI 2006,
figure 3; complete by Huang and Valtorta, UAI 2006).
"""

from dataclasses import dataclass
from itertools import combinations

from llmagentos.reasoning.causes.diagram import Diagram, Mixed, Names
from llmagentos.reasoning.causes.estimands import Chance, Formula, Ratio, multiplied, summed
from llmagentos.reasoning.causes.model import ModelError

MOST_MEDIATORS = 2


class NotIdentifiable(Exception):
    """Two worlds agree on all that can be watched and differ in what the act does. `hedge`: the variables that hidden things hold
    together so that it cannot be told; measuring what moves them would help.
    """

    def __init__(self, hedge: Names) -> None:
        super().__init__(f"what is hidden behind {', '.join(sorted(hedge))} could explain all of it")
        self.hedge = hedge


@dataclass(frozen=True, slots=True)
class Identified:
    """`by`: "back door", "front door" or "general". `through`: what is adjusted for, or what mediates."""

    formula: Formula
    by: str
    through: Names = frozenset()


def identify(diagram: Diagram, effect: Names, act: Names) -> Identified:
    """A formula for P(effect | do(act)) in what is seen. Raises: NotIdentifiable; ModelError for a question without meaning."""
    if not effect or not act or effect & act or not effect | act <= diagram.seen:
        raise ModelError("an effect is asked of something that is set, and both must be among what is seen")
    adjusted = back_door(diagram, effect, act)
    if adjusted is not None:
        return Identified(_adjusting(effect, act, adjusted), "back door", adjusted)
    through = front_door(diagram, effect, act)
    mixed = diagram.projected()
    formula = _identify(effect, act, Chance(mixed.order), mixed)
    return Identified(formula, "front door" if through else "general", through or frozenset())


def back_door(diagram: Diagram, effect: Names, act: Names) -> Names | None:
    """What to adjust for, nothing in it needless; None where nothing will do (Pearl 2009, definition 3.3.1).

    If any set will do, the seen ancestors that the act does not move will (van der Zander, Liskiewicz, Textor, UAI 2014).
    """
    behind = diagram.without_effects_of(act)
    adjusted = (diagram.ancestors(effect | act) & diagram.seen) - diagram.descendants(act) - effect
    if not behind.separated(act, effect, adjusted):
        return None
    for one in sorted(adjusted):
        if behind.separated(act, effect, adjusted - {one}):
            adjusted -= {one}
    return adjusted


def front_door(diagram: Diagram, effect: Names, act: Names) -> Names | None:
    """What carries all of the effect and is itself not confounded (Pearl 2009, definition 3.3.3); at most two variables."""
    between = sorted((diagram.descendants(act) & diagram.ancestors(effect) & diagram.seen) - act - effect)
    cut = diagram.without_effects_of(act)
    for size in range(1, MOST_MEDIATORS + 1):
        for some in combinations(between, size):
            through = frozenset(some)
            direct = Diagram({one: frozenset() if one in through else up for one, up in diagram.parents.items()})
            if (
                not direct.descendants(act) & effect
                and cut.separated(act, through, frozenset())
                and diagram.without_effects_of(through).separated(through, effect, act)
            ):
                return through
    return None


def _adjusting(effect: Names, act: Names, adjusted: Names) -> Formula:
    y, x, z = (tuple(sorted(one)) for one in (effect, act, adjusted))
    return summed(adjusted, multiplied([Ratio(Chance((*y, *x, *z)), Chance((*x, *z))), Chance(z)]))


def _identify(effect: Names, act: Names, chance: Formula, graph: Mixed) -> Formula:
    """The lines of the algorithm, in its order. `chance` is a formula for P over the names of the graph."""
    names = graph.names
    if not act:  # line 1
        return summed(names - effect, chance)
    leading = graph.ancestors(effect)
    if names != leading:  # line 2
        return _identify(effect, act & leading, summed(names - leading, chance), graph.of(leading))
    idle = names - act - graph.without_causes_of(act).ancestors(effect)
    if idle:  # line 3
        return _identify(effect, act | idle, chance, graph)
    parts = graph.of(names - act).districts()
    if len(parts) > 1:  # line 4
        factors = [_identify(part, names - part, chance, graph) for part in parts]
        return summed(names - effect - act, multiplied(factors))
    (part,) = parts
    whole = graph.districts()
    if len(whole) == 1:  # line 5
        raise NotIdentifiable(names)
    if part in whole:  # line 6
        return summed(
            part - effect, multiplied([_given_before(one, graph, chance) for one in graph.order if one in part])
        )
    around = next(one for one in whole if part < one)  # line 7
    inner = multiplied([_given_before(one, graph, chance) for one in graph.order if one in around])
    return _identify(effect, act & around, inner, graph.of(around))


def _given_before(name: str, graph: Mixed, chance: Formula) -> Formula:
    """P(name | all that comes before it in the order)."""
    place = graph.order.index(name)
    after = frozenset(graph.order[place + 1 :])
    if isinstance(chance, Chance) and set(chance.names) == graph.names:
        before = graph.order[:place]
        return Ratio(Chance((*before, name)), Chance(before)) if before else Chance((name,))
    return Ratio(summed(after, chance), summed(after | {name}, chance))
