"""Questions to a causal model: what is likely, what if, and would it have been otherwise.

The three rungs of Pearl's ladder ("Causality", 2009, section 1.4), each exact.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from llmagentos.reasoning.causes.model import CausalModel, ModelError, Variable
from llmagentos.reasoning.causes.tables import Table, eliminated

_NOISE, _OTHER = "noise of ", "had it been: "
_SAME = 1e-15


def posterior(model: CausalModel, names: Sequence[str], seen: Mapping[str, str] | None = None) -> Table:
    """P(names | seen), axes in the order of `names`. Raises: ModelError, also for what cannot be."""
    evidence = model.numbers(seen or {})
    if both := set(names) & set(evidence):
        raise ModelError(f"{', '.join(sorted(both))} was seen; there is nothing to ask")
    needed = model.ancestors([*names, *evidence])
    tables = [one.at(evidence) for one in model.tables() if one.names[-1] in needed]
    try:
        found = eliminated(tables, names).normalised()
    except ZeroDivisionError as error:
        shown = ", ".join(f"{name} is {state}" for name, state in (seen or {}).items())
        raise ModelError(f"by this model it cannot be that {shown}") from error
    return Table(tuple(names), found.over(names))


def intervention(
    model: CausalModel, names: Sequence[str], do: Mapping[str, str], seen: Mapping[str, str] | None = None
) -> Table:
    """P(names | do, seen): what if it were set by hand. Raises: ModelError."""
    return posterior(model.doing(do), names, seen)


def counterfactual(model: CausalModel, names: Sequence[str], do: Mapping[str, str], seen: Mapping[str, str]) -> Table:
    """P(names had `do` been, given that `seen` is what happened): abduction, action, prediction. Raises: ModelError.

    Rests on an assumption on noise: each variable has one hidden number between 0 and 1, independent of all others, and takes the
    state in whose part of [0, 1] the number falls, states laid side by side in their order (so what favours a later state never
    favours an earlier one). The hidden numbers are cut at all borders of all rows, which makes the twin network finite and the answer
    exact. Source: Balke and Pearl, "Probabilistic Evaluation of Counterfactual Queries", AAAI 1994.
    """
    twin = twin_network(model, do)
    found = posterior(twin, [_OTHER + one for one in names], seen)
    return Table(tuple(names), found.values)


def twin_network(model: CausalModel, do: Mapping[str, str]) -> CausalModel:
    """What happened and what would have, side by side, sharing their hidden numbers. Raises: ModelError."""
    model.numbers(do)
    variables: list[Variable] = []
    for one in model.variables.values():
        width, function = quantiles(one)
        noise = Variable(_NOISE + one.name, tuple(str(n) for n in range(len(width))), (), width)
        variables += [noise, Variable(one.name, one.states, (*one.parents, noise.name), function)]
        parents = tuple(_OTHER + each for each in one.parents)
        variables.append(Variable(_OTHER + one.name, one.states, (*parents, noise.name), function))
    twin = CausalModel({one.name: one for one in variables})
    return twin.doing({_OTHER + name: state for name, state in do.items()})


def quantiles(one: Variable) -> tuple[np.ndarray, np.ndarray]:
    """How wide each part of [0, 1] is between two borders of any row, (k,); and the state there, as certainties, (parents..., k, states)."""
    borders = np.cumsum(one.chance, -1)[..., :-1]
    cuts = np.unique(np.clip(np.concatenate([[0.0, 1.0], borders.ravel()]), 0, 1))
    cuts = np.concatenate([[0.0], cuts[1:][np.diff(cuts) > _SAME]])
    cuts[-1] = 1.0
    middle = (cuts[:-1] + cuts[1:]) / 2
    state = (middle[:, None] > borders[..., None, :]).sum(-1)
    return np.diff(cuts), np.eye(len(one.states))[state]
