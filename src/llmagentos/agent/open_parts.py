"""Wishes with one part left open, where the words give nothing that could be it: who says "an alarm, please" is asked for what time.

They are decided like all others, so that the question is about what is missing, and the answer to it fills the hole.
"""

from collections.abc import Iterable

from llmagentos.agent.clock_times import clock_times
from llmagentos.agent.offered import TARGET, Family, Scope, targets
from llmagentos.agent.quantities import durations, numbers
from llmagentos.agent.site_index import shapes
from llmagentos.language import Selector, Statement
from llmagentos.language import tree as t
from llmagentos.language.units import canonical_unit
from llmagentos.language.vocabulary import ALARM_DAYS

_ASKED_FOR = ("brightness", "color", "temperature", "volume", "speed", "position", "mode", "humidity")
"""Properties that people want set without saying how."""


def open_parts(scope: Scope) -> Iterable[Family]:
    """A value for things that are spoken of, an item for a list."""
    for test, prop in {**scope.index.unnamed_shapes, **shapes(scope.entities)}.items():
        said = prop.kind == "number" and numbers(scope.words, canonical_unit(prop.unit))
        if prop.name in _ASKED_FOR and not said:
            yield Family(t.Set(TARGET, prop.name, t.OPEN), targets(scope, test))
    lists = [scope.index.named(one) for one in scope.entities if one.entity_class == "list"]
    lists += [Selector("list")] if scope.index.lists > 1 else []
    yield Family(t.EditList("add", t.OPEN, TARGET), tuple(lists))
    yield Family(t.EditList("remove", t.OPEN, TARGET), tuple(lists))


def open_alarms(scope: Scope) -> Iterable[Statement]:
    """An alarm without a time, a timer without an end."""
    if not clock_times(scope.words):
        yield from (t.SetAlarm(t.OPEN, day) for day in (None, *ALARM_DAYS))
    if not durations(scope.words):
        yield t.StartTimer(t.OPEN)
