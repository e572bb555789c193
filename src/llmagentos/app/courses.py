"""From the history of a signal to its course in numbers."""

from collections.abc import Sequence

import numpy as np

from llmagentos.agent.abilities import active_word, is_called, is_share, state_words, word_of
from llmagentos.agent.because import pushes
from llmagentos.messages.snapshot import EntityView, Reading
from llmagentos.reasoning.causes.explanation import Course


def course(readings: Sequence[Reading], of: tuple[str, str], entity: EntityView, kind: str) -> Course | None:
    """None where nothing is known. States are 1 where they are what it is called first (on, open), else 0. `kind`: what is asked about."""
    words = state_words(entity) if is_share(entity) else ()

    def number(value: object) -> float:
        if words and isinstance(value, bool | str):
            word = word_of(entity.description, value)
            return float(word is not None and is_called(entity.entity_class, word, active_word(entity)))
        return float(value) if isinstance(value, int | float) else np.nan

    own = [one for one in readings if (one.entity, one.property) == of and one.value is not None]
    values = np.array([number(one.value) for one in own])
    if not len(own) or np.isnan(values).all():
        return None
    times = np.array([one.at for one in own])
    known = ~np.isnan(values)
    outer = entity.entity_class in ("weather", "sensor")
    return Course(times[known], values[known], outer=outer, pushes=None if outer else pushes(entity, kind))
