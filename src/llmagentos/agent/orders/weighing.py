"""Which readings of a standing order to show a person: those that rest on the words, and leave least of them out.

What stands for years is always asked about, so a second likely reading may stand beside the first. A model drops a clause
sooner than a code that counts them: a time, an amount or a name that was said and is nowhere in a reading speaks against it.
"""

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import fields, is_dataclass
from typing import TypeVar

from llmagentos.agent.clock_times import Mention, meant, mentions
from llmagentos.agent.grounding import spoken_of
from llmagentos.agent.quantities import durations, in_figures, numbers
from llmagentos.agent.unexplained import unexplained
from llmagentos.language import Program, Selector
from llmagentos.language import tree as t
from llmagentos.language.units import Duration, Quantity
from llmagentos.messages.snapshot import EntityView, Snapshot

BESIDE = 0.3
"""A second reading is shown where it weighs so much, relative to the first."""
LEFT_OUT = 2.0
"""What each thing that was said and left out takes from a reading, in nats."""
_SUN = re.compile(r"\b(sun(set|rise|down|up)|dawn|dusk|nightfall|day ?break)\b|日[落出]|天[黑亮]|太阳", re.IGNORECASE)
_PEOPLE = re.compile(
    r"\b(home|away|house|nobody|no one|none|any(one|body)|some(one|body)|every(one|body)|who\w*|lea(ve|ving)s?|left|arriv\w+|gone|empty|people|family|(go(es)?|went|we|is|are|'s|'re|i'm|all) (all )?out|back|alone|last|all of us)\b"
    r"|家|人|谁|出门|回来|离开|走", re.IGNORECASE,
)  # fmt: skip
_DIGITS = re.compile(r"\d+(?:\.\d+)?")
_COMES_TO = {"turn on": "on", "turn off": "off", "open": "open", "close": "closed", "lock": "locked", "unlock": "unlocked"}  # fmt: skip
_SIZES = (1, 60, 3600, 86400)
R = TypeVar("R")


def worth_showing(
    words: str, said_before: str, readings: Sequence[tuple[R, Program, float]], snapshot: Snapshot, near: Sequence[EntityView]
) -> list[R]:  # fmt: skip
    """Of readings with their probabilities the one that weighs most, with a second that weighs nearly as much; none where none rests on the words."""
    grounded = [one for one in readings if _rests_on(f"{words} {said_before}".casefold(), one[1], snapshot)]
    weights = [math.log(max(chance, 1e-9)) - LEFT_OUT * left_out(words, program, snapshot, near) for _, program, chance in grounded]  # fmt: skip
    ranked = sorted(range(len(grounded)), key=lambda one: -weights[one])
    return [grounded[one][0] for one in ranked[:2] if weights[one] >= weights[ranked[0]] + math.log(BESIDE)]


def moments_left_out(words: str, program: Program) -> list[frozenset[str]]:
    """Of each time of day, and of the sun, that was said and is nowhere in a reading: the pieces of which one would say it."""
    missed = [
        frozenset(f" {minute // 60:02}:{minute % 60:02}" for minute in one.minutes)
        for one in _times_left_out(meant(words), list(_parts(program)))
    ]
    if _SUN.search(words) and not any(isinstance(one, t.Sun) for one in _parts(program)):
        missed.append(frozenset((" sunrise", " sunset")))
    return missed


def left_out(words: str, program: Program, snapshot: Snapshot, near: Sequence[EntityView]) -> int:
    """How many times, durations, amounts, names and words for the sun were said that are nowhere in a reading."""
    said_of = list(_parts(program))
    spans = {one.seconds for one in said_of if isinstance(one, Duration)}
    amounts = {one.value for one in said_of if isinstance(one, Quantity)}
    lasting, rest = durations(words), words
    missed = len(moments_left_out(words, program))
    missed += sum(one.seconds not in spans for one in lasting)
    for time in reversed(mentions(words)):
        rest = f"{rest[: time.start]} ; {rest[time.start + len(time.said) :]}"
    counted = {count for one in lasting for size in _SIZES for count in (one.seconds / size,)}
    counted |= {float(one.times) for one in said_of if isinstance(one, t.Limit)} | {1.0}
    counted |= {float(figure) for entity in near for figure in _DIGITS.findall(entity.name)}
    missed += sum(one not in amounts | counted for one in numbers(rest))
    return missed + sum(_SUN.search(one) is None for one in unexplained(words, program, snapshot, near))


def _times_left_out(said: Sequence[Mention], parts: Sequence[object]) -> list[Mention]:
    names = ("minute_of_day", "start_minute", "end_minute")
    minutes = {getattr(one, name, None) for one in parts for name in names}
    amounts = {one.value for one in parts if isinstance(one, Quantity)}
    return [one for one in said if not (minutes & set(one.minutes) or _figures(one.said) & amounts)]


def _figures(said: str) -> set[float]:
    return {float(one) for one in _DIGITS.findall(in_figures(said))}


def _does_nothing(order: t.Order) -> bool:
    """Whether it only waits for a device to be as it then makes it."""
    waited = [one for every in order.trigger.conditions for one in every.conditions]
    if len(waited) != 1 or len(order.actions) != 1:
        return False
    [state], [act] = waited, order.actions
    if not isinstance(state, t.InState) or not isinstance(act, t.Do):
        return False
    return act.target == state.target and _COMES_TO.get(act.verb) == state.state


def _rests_on(said: str, program: Program, snapshot: Snapshot) -> bool:
    """Whether everything that a reading watches or moves was spoken of in some way, and moves something."""
    for one in _parts(program):
        if isinstance(one, t.Order) and _does_nothing(one):
            return False
        if isinstance(one, t.Presence) and one.person is not None and not _person_said(said, one.person, snapshot):
            return False
        if isinstance(one, t.Presence) and one.person is None and not _PEOPLE.search(said):
            return False
        if isinstance(one, t.InState) and not spoken_of(said, one.target, snapshot):
            return False
    return True


def _person_said(said: str, name: str, snapshot: Snapshot) -> bool:
    people = [one for one in snapshot.entities.values() if one.entity_class == "person" and one.called(name)]
    names = [name, *(other for one in people for other in (one.name, *one.description.aliases))]
    return any(part in said for one in names for part in (one.casefold(), one.casefold().split()[0]))


def _parts(value: object) -> Iterator[object]:
    """All parts of a tree."""
    yield value
    if isinstance(value, tuple):
        for one in value:
            yield from _parts(one)
    elif is_dataclass(value) and not isinstance(value, Selector | Quantity | Duration):
        for field in fields(value):
            yield from _parts(getattr(value, field.name))
