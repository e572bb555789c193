"""What a person may want of a site: a sentence of the site language, and words for it.

A wish is drawn for a kind of wish first, so that rare forms are met as often as common ones; sites that cannot have it draw
another.
"""

import random
import re
from collections.abc import Callable
from dataclasses import replace

from llmagentos.agent.site_index import SiteIndex
from llmagentos.language import Program
from llmagentos.language import tree as t
from llmagentos.language.units import Duration, Quantity
from llmagentos.messages.snapshot import EntityView, Snapshot, Speaker
from llmagentos.training.speech import Speech, expand
from llmagentos.training.spoken import spoken_duration, spoken_time
from llmagentos.training.wishes.acts import Acts
from llmagentos.training.wishes.amending import Amending
from llmagentos.training.wishes.asks import Asks
from llmagentos.training.wishes.ground import Ground, Impossible, Wish
from llmagentos.training.wishes.limits import Limits
from llmagentos.training.wishes.past import Remembered
from llmagentos.training.wishes.qualities import Qualities
from llmagentos.training.wishes.reasoned import Reasoned
from llmagentos.training.wishes.targets import Target
from llmagentos.training.wishes.timing import Timing, a_minute

__all__ = ["Impossible", "Target", "Wish", "Wishes", "polite"]


class Wishes(Ground):
    """Draws wishes for one site and speaker."""

    def __init__(self, snapshot: Snapshot, index: SiteIndex, speaker: Speaker, speech: Speech, random_: random.Random) -> None:  # fmt: skip
        super().__init__(snapshot, index, speaker, speech, random_)
        parts = (snapshot, index, speaker, speech, random_)
        acts, timing, asks, limits = Acts(*parts), Timing(*parts), Asks(*parts), Limits(*parts)
        past, qualities = Remembered(*parts), Qualities(*parts)
        self._acts, self._limits = acts, limits
        ordering = Amending(*parts)
        self.amended = ordering.amended
        ordering.do = self._to_be_done
        self._draws: dict[str, tuple[float, Callable[[], Wish]]] = {
            "do": (11, acts.do), "set": (7.5, acts.set), "change": (5.5, acts.change), "play": (2.5, acts.play),
            "list": (3.0, acts.list), "without value": (1.1, acts.without_value), "wanted": (1.2, acts.wanted), "timer": (3.6, timing.timer), "alarm": (2.0, timing.alarm), "both": (1.6, acts.both), "state": (4.0, asks.state),
            "check": (2.8, asks.check), "group check": (3.4, asks.group_check), "people": (0.8, asks.people), "listed": (1.2, asks.listed),
            "playing": (0.8, asks.playing),
            "measure": (1.6, asks.measure), "gathered": (0.9, asks.gathered), "measured": (2.6, past.measured), "been": (2.8, past.been), "compared": (1.4, past.compared), "crossed": (1.0, past.crossed), "ever": (0.9, past.ever), "changed": (0.7, past.changed),
            "unusual": (0.9, past.unusual), "why": (2.4, Reasoned(*parts).why), "placed": (0.8, qualities.placed), "abilities": (0.5, qualities.abilities), "able": (1.4, qualities.able),
            "world": (2.4, asks.world), "reply": (2.6, limits.reply), "absent": (1.9, limits.absent), "unable": (1.2, limits.unable),
            "vague": (1.2, limits.vague), "fragment": (0.4, limits.fragment), "new list": (0.6, acts.new_list), "scheduled": (0.5, self._scheduled), "order": (26.0, ordering.order), "of orders": (3.0, ordering.of_orders),
            "at a time": (1.6, self._at_a_time), "not to do": (0.5, self._not_to_do),
            "what if": (0.8, self._what_if),
        }  # fmt: skip

    def draw(self) -> Wish:
        """One wish, perhaps of two or three parts, perhaps delayed."""
        chance = self._random.random()
        first = self.single()
        if not first.act or isinstance(first.program.statements[0], t.Scheduled | t.Order):
            return first
        if chance < 0.07:
            return self._joined(first)
        if chance < 0.09:
            return self._corrected(first)
        if chance < 0.16 and is_order(first.words) and not isinstance(first.program.statements[0], _OF_TIMERS):
            return self._delayed(first)
        return first

    def single(self) -> Wish:
        """One wish of one part."""
        weights = [weight for weight, _ in self._draws.values()]
        for _ in range(60):
            _, draw = self._random.choices(list(self._draws.values()), weights)[0]
            try:
                return draw()
            except Impossible:
                continue
        return self._limits.reply()

    def _joined(self, first: Wish) -> Wish:
        others: list[Wish] = []
        wanted = self._random.choice((1, 1, 1, 2))
        for _ in range(40):
            try:
                other = self._random.choice((self._acts.do, self._acts.do, self._acts.set, self._acts.change))()
            except Impossible:
                continue
            if not _same_target(other, [first, *others]):
                others.append(other)
            if len(others) == wanted:
                break
        words = first.words
        for other in others:
            words += self._word("join") + other.words
        return Wish(Program((*first.program.statements, *(one.program.statements[0] for one in others))), words, True)

    def _corrected(self, first: Wish) -> Wish:
        """Something, and then something else instead: the second is meant."""
        try:
            other = self._random.choice((self._acts.do, self._acts.do, self._acts.set))()
        except Impossible:
            return first
        if _same_target(other, [first]) or not is_order(other.words):
            return first
        return replace(other, words=f"{first.words}{self._word('corrected')}{other.words}")

    def _delayed(self, wish: Wish) -> Wish:
        duration = self._duration()
        words = self._say(
            "acts", "delayed", c=wish.words, v=spoken_duration(duration, self._speech.language, self._random)
        )
        action = wish.the_act()
        return Wish(Program((t.Delayed(duration, action),)), words, True)

    def _at_a_time(self) -> Wish:
        """Once, at a time of day."""
        wish, minute = self._ordered(), a_minute(self._random)
        if len(wish.program.statements) > 1:
            raise Impossible
        action, spoken = wish.the_act(), spoken_time(minute, self._speech.language, self._random)
        if self._random.random() < 0.6:
            words = expand(self._random.choice(self._speech.data["at time"]), self._random, c=wish.words, v=spoken)
            return Wish(Program((t.Scheduled(minute, action),)), words, act=True)
        day, said = self._random.choice(list(self._speech.data["days"].items()))
        words = expand(
            self._random.choice(self._speech.data["at time on"]),
            self._random,
            c=wish.words,
            v=spoken,
            d=self._random.choice(said),
        )
        return Wish(Program((t.Scheduled(minute, action, day),)), words, act=True)

    def _scheduled(self) -> Wish:
        """Again and again or under a condition: not possible before there are standing orders."""
        wish = self._ordered()
        minute = self._random.randrange(5, 23) * 60 + self._random.choice((0, 0, 30))
        spoken = spoken_time(minute, self._speech.language, self._random)
        pattern = self._random.choice(self._speech.data["scheduled"])
        return Wish(
            Program((t.Refuse("impossible"),)), expand(pattern, self._random, c=wish.words, v=spoken), act=False
        )

    def _not_to_do(self) -> Wish:
        pattern = self._random.choice(self._speech.data["dont"])
        return Wish(Program((t.Nothing(),)), expand(pattern, self._random, c=self._ordered().words), act=False)

    def _ordered(self) -> Wish:
        for _ in range(20):
            wish = self._random.choice((self._acts.do, self._acts.do, self._acts.set))()
            if is_order(wish.words):
                return wish
        raise Impossible

    def _what_if(self) -> Wish:
        """What would come of something, in languages that have words for it."""
        patterns = self._speech.data.get("what if")
        wish = self._ordered()
        if patterns is None or len(wish.program.statements) > 1:
            raise Impossible
        words = expand(self._random.choice(patterns), self._random, c=wish.words)
        return Wish(Program((t.WhatIf(wish.the_act()),)), words, act=False)

    def _to_be_done(self) -> Wish:
        """What an order does: mostly in words that tell somebody to, or short: "hall light on"."""
        for _ in range(20):
            wish = self._random.choice((self._acts.do, self._acts.do, self._acts.set))()
            short = len(wish.words) < 40 and not _FELT.search(wish.words)
            if is_order(wish.words) or (short and self._random.random() < 0.6):
                return wish
        raise Impossible

    def area_words(self, area: str) -> str:
        """The area as people may say it."""
        return self._area_words(area)

    def spoken_value(self, value: t.Value) -> str:
        """A value as people say it. Raises: Impossible."""
        if isinstance(value, Quantity):
            return self.number(value.value, value.unit)
        if not isinstance(value, str):
            raise Impossible
        return self._option(value)

    def duration(self) -> Duration:
        """One for a timer."""
        return self._duration()

    def by_name(self, entity: EntityView) -> Target:
        """One thing, called by its name or another one it has."""
        return self._acts.by_name(entity)


def polite(wish: Wish, speech: Speech, random_: random.Random) -> Wish:
    """With words that mean nothing."""
    words = wish.words
    if not wish.act:
        return wish
    if random_.random() < 0.25 and is_order(words):
        words = random_.choice(speech.data["polite"]["before"]) + words
    if random_.random() < 0.12:
        words = words + random_.choice(speech.data["polite"]["after"])
    return replace(wish, words=words)


def is_order(words: str) -> bool:
    """Whether words tell somebody to do something, so that "please" or "in five minutes" go with them."""
    return _ORDER.match(words) is not None


def _same_target(one: Wish, others: list[Wish]) -> bool:
    """Whether two wishes are about the same thing: nobody wants both at once."""
    targets = [getattr(statement, "target", None) for other in others for statement in other.program.statements]
    return any(getattr(statement, "target", None) in targets for statement in one.program.statements)


_FELT = re.compile(r"\b(it's|it is|is|are|can't|why|too|i|enough)\b|太|好|吗|我", re.IGNORECASE)
"""Wishes said as what somebody feels, which is no thing to do."""
_OF_TIMERS = (t.StartTimer, t.TimerCommand, t.AdjustTimer, t.CancelAllTimers)
_ORDER = re.compile(
    r"(turn|switch|shut|power|put|set|dim|brighten|open|close|lock|unlock|start|stop|pause|resume|raise|lower|increase|decrease|reduce|make|change|adjust|"
    r"move|play|mute|unmute|send|let|have|get|bring|activate|deactivate|enable|disable|run|dock|park|skip|light|add|remove|heat|cool|warm|illuminate|kill|cut|"
    r"press|push|tell|pull|secure|tune|stream|keep|crank|speed|slow|draw|halt)\b|把|将|打开|关|开|调|让|给|启动|停|播放|暂停|继续|锁|设|降低|提高|升|放", re.IGNORECASE,
)  # fmt: skip
