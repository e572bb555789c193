"""Decisions that were made before. A decision is a function of the model, the prompt, the legal sentences and the bounds;
all of them are the key, so what is remembered is never stale: the site is in the prompt and in the sentences.
"""

from collections import OrderedDict
from collections.abc import Hashable

from llmagentos.inference.decision import Outcome

CAPACITY = 256
"""Decisions: what a household says again and again."""


class RememberedDecisions:
    """The last decisions of one model. Those that a bound cut short are not kept."""

    def __init__(self, capacity: int = CAPACITY) -> None:
        self._capacity = capacity
        self._known: OrderedDict[Hashable, Outcome] = OrderedDict()

    def recall(self, key: Hashable) -> Outcome | None:
        """The outcome for just this key."""
        if key in self._known:
            self._known.move_to_end(key)
        return self._known.get(key)

    def keep(self, key: Hashable, outcome: Outcome) -> None:
        if outcome.exact:
            self._known[key] = outcome
            if len(self._known) > self._capacity:
                self._known.popitem(last=False)
