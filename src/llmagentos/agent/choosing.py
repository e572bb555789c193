"""Which of the model's readings to follow: readings of equal effect count together, and whoever is unsure asks."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from llmagentos.agent import wording
from llmagentos.agent.another_time import another_time
from llmagentos.agent.confidence import HARMLESS, USUAL, Calibration, mistake
from llmagentos.agent.grounding import contradicted, groundless, misplaced, negated
from llmagentos.agent.orders.told import tell
from llmagentos.agent.orders.weighing import worth_showing
from llmagentos.agent.outcomes import OrderOperation, OrdersOperation
from llmagentos.agent.ports import Decided
from llmagentos.agent.speech_act import only_asks, supposes
from llmagentos.agent.turn import Turn
from llmagentos.agent.unexplained import meaningless, unexplained
from llmagentos.agent.wording import Language, join, say
from llmagentos.language import GrammarError, Program, parse
from llmagentos.language import tree as t
from llmagentos.messages.snapshot import EntityView, Snapshot, Speaker

CLOSE_CALL = 1.25
"""Two acts whose probabilities differ by less than this factor are too close to act on: the person is asked."""
NEARLY_AN_ACT = 0.5
"""An act that is at least so probable as a refusal, relative to it, is asked about instead of refused."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """A program with what it would do, and the probability of everything that would do the same."""

    program: Program
    turn: Turn
    probability: float


def meanings(decided: Decided, comes_to: Callable[[Program, float], Turn]) -> list[Meaning]:
    """The choices with equal effect merged, most probable first."""
    merged: dict[str, Meaning] = {}
    for choice in decided.choices:
        try:
            program = parse(choice.text)
        except GrammarError:  # cannot happen for choices of our own automaton; a Generator may say anything
            continue
        turn = comes_to(program, choice.probability)
        key = repr((turn.kind, turn.commands, turn.timers, turn.questions, turn.text))
        known = merged.setdefault(key, Meaning(program, turn, 0.0))
        merged[key] = replace(known, probability=known.probability + choice.probability)
    return sorted(merged.values(), key=lambda one: -one.probability)


def choose(
    words: str, found: Sequence[Meaning], decided: Decided, calibration: Calibration, snapshot: Snapshot, near: Sequence[EntityView],
    language: Language, speaker: Speaker, said_before: str | None = None,
) -> Turn:  # fmt: skip
    """The turn to take: the best reading, or a question where acting on it would cost more or the words speak against it."""
    if not found or (found[0].turn.acts and meaningless(words, near)):
        return Turn("question", "clarify", 0.0, decided, language, say("what", language), unsure=True)
    best = found[0]
    left = len(unexplained(words, best.program, snapshot, near)) if best.turn.acts else 0
    confidence = calibration.confidence(best.probability, left, acts=best.turn.acts)
    turn = replace(best.turn, probability=confidence, unexplained=left)
    if said_before is None and misplaced(words, best.program, snapshot):
        return replace(turn, kind="refusal", sentence="refuse absent", text=say("absent_any", language), questions=())
    if supposes(words) and (best.turn.acts or best.turn.timers):  # the grammar offers none; nothing else may
        return replace(turn, kind="answer", sentence="none", text=say("nothing", language), commands=(), timers=(), later=())  # fmt: skip
    acts = _acting(found[:2], words)
    if best.turn.acts and best not in acts:
        return replace(turn, kind="refusal", text=say("now_only", language), commands=(), timers=(), later=())
    if best.turn.acts and negated(words, best.program):
        return replace(
            turn, kind="answer", sentence="none", text=say("nothing", language), commands=(), timers=(), later=()
        )
    removed = [one for one in best.turn.timers if isinstance(one, OrdersOperation) and one.verb == "remove"]
    if removed:  # what stood for years is gone only after a yes
        return replace(turn, kind="question", text=say("orders_remove_asked", language), timers=(), offered=(turn.sentence,))  # fmt: skip
    if isinstance(best.program.statements[0], t.Order) and any(_orders(one.turn) for one in found):
        return _order_asked(words, said_before or "", [one for one in found if _orders(one.turn)], turn, snapshot, near)
    doubtful = _doubtful(best, acts, confidence, calibration, snapshot)
    if not doubtful and not (best.turn.acts and contradicted(words, said_before, best.program, snapshot, speaker)):
        return turn
    sensible = [one.turn for one in acts if not groundless(words, said_before, one.program, snapshot)] or [
        one.turn for one in _acting(found[2:3], words) if not groundless(words, said_before, one.program, snapshot)
    ]
    if not sensible:
        return Turn("question", "clarify", confidence, decided, language, say("what", language), unsure=True)
    return replace(
        either(sensible, snapshot, language),
        probability=confidence,
        decided=decided,
        unexplained=left,
    )


def _orders(turn: Turn) -> list[OrderOperation]:
    return [one for one in turn.timers if isinstance(one, OrderOperation)]


def _order_asked(
    words: str, said_before: str, found: Sequence[Meaning], best: Turn, snapshot: Snapshot, near: Sequence[EntityView]
) -> Turn:
    """What stands for years is shown before it stands, and what may also have been meant beside it."""
    shown = worth_showing(
        words, said_before, [(one.turn, one.program, one.probability) for one in found], snapshot, near
    )
    asked = replace(best, kind="question", timers=(), commands=())
    language = best.language
    if not shown:
        return replace(asked, sentence="clarify", text=say("what", language), unsure=True)
    told = [" ".join(tell(one.order, snapshot, language) for one in _orders(turn)) for turn in shown]
    phrase = "order_asked" if len(told) == 1 else "order_either"
    text = say(phrase, language, what=told[0], other=told[-1])
    return replace(asked, sentence=shown[0].sentence, text=text, offered=tuple(one.sentence for one in shown))


def _acting(found: Sequence[Meaning], words: str) -> list[Meaning]:
    """The readings that would move something now, as the words want it now."""
    return [one for one in found if one.turn.acts and not another_time(words, one.program)]


def either(turns: Sequence[Turn], snapshot: Snapshot, language: Language) -> Turn:
    """The question whether one of these was meant."""
    text = say("either", language, names=" / ".join(_gist(one, snapshot, language) for one in turns))
    about = tuple(dict.fromkeys(entity for one in turns for entity in one.about))
    offered = tuple(one.sentence for one in turns)
    return Turn("question", "clarify", 0.0, turns[0].decided, language, text, about=about, offered=offered, unsure=True)


_TURNS = re.compile(
    r"\b(on|off|up|down|open|close|shut|lock|unlock|start|stop|raise|lower|pause|resume|mute|unmute)\w*\b|[开关停锁升降]",
    re.IGNORECASE,
)
"""Words that turn an act into its opposite."""


def same_sense(words: str, other: str, sentence: str) -> bool:
    """Whether a reading that was found for other words may stand for these: they ask where those ask, turn things the same way, and have no "not" or "when" that those lack."""
    program = parse(sentence)
    ways = [sorted(one.group().casefold()[:4] for one in _TURNS.finditer(each)) for each in (words, other)]
    return (
        only_asks(words) == only_asks(other)
        and ways[0] == ways[1]
        and not negated(words, program)
        and not another_time(words, program)
    )


def cost(turn: Turn, snapshot: Snapshot) -> float:
    """What it would cost to do this by mistake, now or when its timers end."""
    changed = mistake([snapshot.entities[one.entity] for one in (*turn.commands, *turn.later)])
    all_of_them = any(getattr(one, "verb", None) == "cancel all" for one in turn.timers)
    lost = any(one.verb == "drop" for one in turn.commands) or sum(one.verb == "remove" for one in turn.commands) > 1
    return max(changed, USUAL if all_of_them or lost else HARMLESS)


def _doubtful(
    best: Meaning, acts: Sequence[Meaning], confidence: float, calibration: Calibration, snapshot: Snapshot
) -> bool:
    if not acts:
        return False
    if not best.turn.acts:
        return best.turn.kind == "refusal" and acts[0].probability >= NEARLY_AN_ACT * best.probability
    close = len(acts) == 2 and best.probability < CLOSE_CALL * acts[1].probability
    return close or not calibration.acts(confidence, cost(best.turn, snapshot))


def _gist(turn: Turn, snapshot: Snapshot, language: Language) -> str:
    if orders := _orders(turn):
        return " ".join(tell(one.order, snapshot, language) for one in orders)
    return (
        join([wording.order(one, snapshot.entities.get(one.entity), language) for one in turn.commands], language)
        or turn.sentence
    )
