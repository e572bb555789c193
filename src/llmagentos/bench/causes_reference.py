"""Small models by chance, and the slow way to every answer: adding up all there is."""

from collections.abc import Mapping, Sequence
from itertools import product

import numpy as np

from llmagentos.reasoning.causes.model import CausalModel, Variable, joint
from llmagentos.reasoning.causes.queries import quantiles
from llmagentos.reasoning.causes.tables import Values


def random_model(seed: int, most: int = 5, zeros: float = 0.1) -> CausalModel:
    """Two to `most` variables of two or three states; some of what is thinkable is impossible."""
    draw = np.random.default_rng(seed)
    names = [f"v{number}" for number in range(draw.integers(2, most + 1))]
    states = {name: tuple("abc"[: draw.integers(2, 4)]) for name in names}
    variables = []
    for place, name in enumerate(names):
        parents = tuple(one for one in names[:place] if draw.random() < 0.55)
        shape = (*(len(states[one]) for one in parents), len(states[name]))
        chance = draw.random(shape) + 0.05
        chance[..., 0] += (draw.random(shape) < zeros).all(-1)
        chance *= np.where(draw.random(shape) < zeros, 0, 1)
        chance[..., -1] += 1e-3
        variables.append(Variable(name, states[name], parents, chance / chance.sum(-1, keepdims=True)))
    return CausalModel.of(variables)


def question(model: CausalModel, seed: int) -> tuple[str, dict[str, str], dict[str, str]]:
    """Something to ask, something to do, and something that can be seen (of a world that was drawn)."""
    draw = np.random.default_rng(seed)
    world: dict[str, int] = {}
    for one in model.variables.values():
        world[one.name] = int(draw.choice(len(one.states), p=one.chance[tuple(world[each] for each in one.parents)]))
    names = [str(one) for one in draw.permutation(list(model.variables))]
    states = model.variable(names[1]).states
    seen = {name: model.variable(name).states[world[name]] for name in names[1:] if draw.random() < 0.5}
    return names[0], {names[1]: states[draw.integers(len(states))]}, seen


def slow_posterior(model: CausalModel, names: Sequence[str], seen: Mapping[str, str]) -> Values:
    """P(names | seen) from the table of everything."""
    whole = joint(model, tuple(model.variables))
    part = whole.at(model.numbers(seen))
    return part.sum_out(set(part.names) - set(names)).normalised().over(names)


def slow_counterfactual(
    model: CausalModel, names: Sequence[str], do: Mapping[str, str], seen: Mapping[str, str]
) -> Values:
    """Each world by itself: all values of all hidden numbers, what happens then, and what would have."""
    order = list(model.variables.values())
    noises = [quantiles(one)[0] for one in order]
    evidence, forced = model.numbers(seen), model.numbers(do)
    total = np.zeros([len(model.variable(one).states) for one in names])

    def world(noise: tuple[int, ...], hands: Mapping[str, int]) -> dict[str, int]:
        values: dict[str, int] = {}
        for one, drawn, widths in zip(order, noise, noises, strict=True):
            row = one.chance[tuple(values[each] for each in one.parents)]
            at = np.cumsum(widths)[drawn] - widths[drawn] / 2
            values[one.name] = hands.get(one.name, int((at > np.cumsum(row)[:-1]).sum()))
        return values

    for noise in product(*(range(len(one)) for one in noises)):
        weight = float(np.prod([one[at] for one, at in zip(noises, noise, strict=True)]))
        happened = world(noise, {})
        if all(happened[name] == state for name, state in evidence.items()):
            otherwise = world(noise, forced)
            total[tuple(otherwise[one] for one in names)] += weight
    return np.asarray(total / total.sum())
