"""What an act would do, from what was only watched: the formula that identification gives, with numbers in it."""

from collections.abc import Mapping, Sequence

import numpy as np

from llmagentos.reasoning.causes.diagram import Diagram
from llmagentos.reasoning.causes.estimands import Watched, evaluated
from llmagentos.reasoning.causes.identification import Identified, identify
from llmagentos.reasoning.causes.model import ModelError
from llmagentos.reasoning.causes.tables import Table, Values


def effect(diagram: Diagram, watched: Watched, names: Sequence[str], do: Mapping[str, int]) -> tuple[Table, Identified]:
    """P(names | do), axes in the order of `names`, and how it was found.

    `watched` gives P of any seen variables, `do` states by number. Raises: NotIdentifiable, ModelError, also where the act was never
    watched together with what matters.
    """
    found = identify(diagram, frozenset(names), frozenset(do))
    table = evaluated(found.formula, watched).at(do)
    idle = [one for one in table.names if one not in names]
    if idle:  # what the formula says is the same whatever these are, as long as they were seen so
        mass = table.sum_out(names).values
        table = table.at(dict(zip(idle, _likeliest(mass), strict=True)))
    try:
        result = table.normalised()
    except ZeroDivisionError as error:
        raise ModelError("it was never watched what follows from that") from error
    return Table(tuple(names), result.over(names)), found


def _likeliest(mass: Values) -> tuple[int, ...]:
    return tuple(int(one) for one in np.unravel_index(int(mass.argmax()), mass.shape))
