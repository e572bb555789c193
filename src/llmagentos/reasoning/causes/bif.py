"""Networks in the Bayesian Interchange Format, as repositories of such networks keep them."""

import re
from collections.abc import Iterator

import numpy as np

from llmagentos.reasoning.causes.model import CausalModel, ModelError, Variable
from llmagentos.reasoning.causes.tables import Values

_WORD = re.compile(r"//[^\n]*|/\*.*?\*/|[{}();,|\[\]]|[^\s{}();,|\[\]]+", re.DOTALL)


def read_bif(text: str) -> CausalModel:
    """Raises: ModelError, with the word it stumbled at."""
    words = (one for one in _WORD.findall(text) if not one.startswith(("//", "/*")))
    states: dict[str, tuple[str, ...]] = {}
    variables: dict[str, Variable] = {}
    try:
        for word in words:
            if word == "variable":
                name, states_of = _variable(words)
                states[name] = states_of
            elif word == "probability":
                one = _probability(words, states)
                variables[one.name] = one
            elif word == "{":
                _skip(words)
    except (StopIteration, KeyError, IndexError, ValueError) as error:
        raise ModelError(f"this is no network in BIF: {error!r}") from error
    return CausalModel.of(variables.values())


def _skip(words: Iterator[str]) -> None:
    depth = 1
    while depth:
        depth += {"{": 1, "}": -1}.get(next(words), 0)


def _until(words: Iterator[str], end: str) -> list[str]:
    found = []
    while (word := next(words)) != end:
        found.append(word)
    return found


def _variable(words: Iterator[str]) -> tuple[str, tuple[str, ...]]:
    name = next(words)
    _until(words, "{")
    body = _until(words, "{")
    states = tuple(one for one in _until(words, "}") if one != ",")
    if len(states) != int(body[body.index("[") + 1]):
        raise ValueError(f"{name} has not as many states as it says")
    _until(words, "}")
    return name, states


def _probability(words: Iterator[str], states: dict[str, tuple[str, ...]]) -> Variable:
    _until(words, "(")
    name, *rest = [one for one in _until(words, ")") if one not in ",|"]
    parents = tuple(rest)
    shape = tuple(len(states[one]) for one in (*parents, name))
    chance: Values = np.full(shape, np.nan)
    _until(words, "{")
    while (word := next(words)) != "}":
        row = tuple(
            states[parent].index(state)
            for parent, state in zip(parents, [one for one in _until(words, ")") if one != ","], strict=True)
        ) if word == "(" else ()  # fmt: skip
        numbers = [float(one) for one in _until(words, ";") if one not in (",", "table", "default")]
        if word == "(" or not parents:
            chance[row] = numbers
        else:
            chance[:] = numbers if word == "default" else np.array(numbers).reshape(shape[-1], -1).T.reshape(shape)
    return Variable(name, states[name], parents, chance / chance.sum(-1, keepdims=True))
