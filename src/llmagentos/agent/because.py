"""Why something is so, in words: who or what did it, what else happened at that moment, and what made a number depart from what is usual."""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from llmagentos.agent import wording
from llmagentos.agent.abilities import active_word, is_share
from llmagentos.agent.lately import span_of, when_of
from llmagentos.agent.past import number_signal
from llmagentos.agent.telling import told, unit_of
from llmagentos.agent.wording import Language, join, say
from llmagentos.messages.snapshot import EntityView, room_of
from llmagentos.reasoning.causes.explanation import Departs, Explanation, Reason

LIKELY = 0.5
"""What would have left it as it is with more than this chance is no reason for it."""
MOST_REASONS = 2
_PUSHES: dict[str, tuple[str, str]] = {
    "temperature": (r"\b(?:heat(?:er|ing)?|radiator|boiler|stove)\b|取暖|暖气|地暖|加热|锅炉", r"\b(?:cool(?:er|ing)|chiller|fridge|freezer|compressor)\b|制冷机|冰箱|冷库"),
    "humidity": (r"(?<!de)humidif|(?<!除)加湿", r"dehumid|extractor|除湿"),
    "power": (r"", r"(?!)"),
    "carbon dioxide": (r"(?!)", r"fan|ventilat|extractor|新风|排风"),
}  # fmt: skip
"""What things drive a number only upwards, and only downwards, by what people call them."""


@dataclass(frozen=True, slots=True)
class Origin:
    """What made the node do something: words of a person, a standing order, a plan, or another agent. `told`: those words, or that order."""

    kind: Literal["asked", "order", "plan", "agent"]
    at: float
    who: str
    told: str = ""
    facts: tuple[str, ...] = ()


def pushes(entity: EntityView, kind: str) -> Departs | None:
    """Which way a thing can drive a number of this kind, if only one."""
    up, down = _PUSHES.get(kind, (r"(?!)", r"(?!)"))
    called = f"{entity.entity_class} {entity.description.kind} {entity.name}".casefold()
    if re.search(down, called):
        return "lower"
    return "higher" if re.search(up, called) else None


class Because:
    """Speaks to one person."""

    def __init__(self, now: float, zone: dt.tzinfo, language: Language, principal: str) -> None:
        self._now, self._zone, self._language, self._principal = now, zone, language, principal

    def state(
        self,
        entity: EntityView,
        since: float | None,
        origin: Origin | None,
        besides: Sequence[str],
        *,
        ours: bool,
        sure: bool = True,
    ) -> str:
        """How it is, since when, and by whom. `ours`: it is something the node could have done. `sure`: it did. `besides`: what else changed at that moment."""
        parts = [told(entity, None, self._language)]
        if since is None:
            return " ".join((*parts, say("why_ever", self._language)))
        parts.append(say("why_since", self._language, when=self._when(since)))
        if origin is not None:
            what = self.origin(origin)
            parts.append(what if sure else say("why_perhaps", self._language, what=what.rstrip(".。")))
        elif ours:
            parts.append(say("why_hand", self._language))
        if besides and (origin is None or origin.kind == "agent"):
            parts.append(say("why_besides", self._language, names=join(list(besides), self._language)))
        return " ".join(parts)

    def origin(self, one: Origin) -> str:
        """Who or what it was."""
        who = self._who(one.who)
        mine = one.who == self._principal and room_of(one.who) is None  # all who speak in a room are one voice
        if one.kind == "asked":
            phrase = ("why_you" if one.told else "why_you_did") if mine else "why_they"
            return say(phrase, self._language, who=who, told=one.told, when=self._when(one.at))
        if one.kind == "order":
            facts = say("why_facts", self._language, names=join(list(one.facts), self._language)) if one.facts else ""
            return say("why_order", self._language, told=one.told) + facts
        return say("why_plan" if one.kind == "plan" else "why_agent", self._language, who=who, told=one.told)

    def _who(self, principal: str) -> str:
        area = room_of(principal)
        if area is None:
            return principal
        return say("why_somebody", self._language, area=area) if area else say("why_nobody_known", self._language)

    def refused(self, who: str, at: float, reason: str) -> str:
        """What was wanted and not done."""
        phrase = "why_refused_you" if who == self._principal and room_of(who) is None else "why_refused"
        return say(phrase, self._language, who=self._who(who), when=self._when(at), why=reason)

    def number(self, entity: EntityView, found: Explanation | None, things: dict[str, EntityView]) -> str:
        """Whether it is usual, and what it would have taken for it to be so."""
        parts = [told(entity, None, self._language)]
        if found is None:
            return " ".join((*parts, say("usual_unknown", self._language)))
        low, high = (self._amount(one, entity) for one in (found.low, found.high))
        parts.append(say(f"why_{found.departs}", self._language, low=low, high=high))
        reasons = [one for one in found.reasons if one.still < LIKELY][:MOST_REASONS]
        parts += [self._reason(one, things[one.name]) for one in reasons]
        if not reasons and found.departs != "usual":
            parts.append(say("why_unmeasured", self._language))
        return " ".join(parts)

    def _reason(self, one: Reason, thing: EntityView) -> str:
        window = span_of(one.window_s, self._language)
        share = is_share(thing)
        amounts = [f"{value:.0%}" if share else self._amount(value, thing) for value in (one.value, one.low, one.high)]
        state = "" if not share else wording.state(active_word(thing), self._language)
        return say("why_share" if share else "why_mean", self._language, name=thing.name, window=window, state=state, value=amounts[0],
                   low=amounts[1], high=amounts[2], still=f"{1 - one.still:.0%}")  # fmt: skip

    def _amount(self, value: float, entity: EntityView) -> str:
        prop = entity.property(number_signal(entity)[1])
        return wording.quantity(round(value, 1), unit_of(prop.unit) if prop is not None else "", self._language)

    def _when(self, at: float) -> str:
        return when_of(at, self._now, self._zone, self._language)
