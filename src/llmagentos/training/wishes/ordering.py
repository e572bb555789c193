"""What people want done whenever something is the case: orders of every shape, and words for them."""

from collections.abc import Callable
from dataclasses import replace

from llmagentos.agent.abilities import effect_of
from llmagentos.agent.site_index import ask_kind
from llmagentos.language import Program, Selector
from llmagentos.language import tree as t
from llmagentos.language.units import Duration, Quantity
from llmagentos.messages.snapshot import EntityView
from llmagentos.training.speech import expand
from llmagentos.training.spoken import spoken_time
from llmagentos.training.wishes.causes import Cause, Causes
from llmagentos.training.wishes.ground import Impossible, Wish

_OTHER = {
    "on": "off",
    "off": "on",
    "open": "closed",
    "closed": "open",
    "locked": "unlocked",
    "unlocked": "locked",
    "detected": "clear",
}
_LEFT: dict[str, str] = {"on": "turn off", "open": "close", "unlocked": "lock"}


class Ordering(Causes):
    """Draws standing orders. `do` draws what is to be done."""

    do: Callable[[], Wish]

    def order(self) -> Wish:
        """One order: about anything, or one of the shapes that people have a way of their own to say."""
        shape = self._random.choices(
            (self._composed, self._mended, self._looked_at, self._for_a_while, self._with_level, self._forgotten),
            (7, 1.5, 1, 1, 0.7, 0.7),
        )[0]
        return shape()

    def _composed(self) -> Wish:
        """A cause, perhaps with a hold, another cause, an end and a limit, and what is to be done."""
        random_ = self._random
        draw = random_.choices((self._state, self._group, self._level, self._presence, self._clock, self._sun, self._silence), (4.5, 2, 4, 2, 4, 2, 1.2))[0]  # fmt: skip
        cause = draw()
        trigger, words = [cause.condition], cause.words
        hold, condition = None, None
        if not cause.moment and random_.random() < 0.3 and draw != self._silence:
            hold = self._duration()
            said = self._spoken(hold)
            held = cause.lasting and random_.random() < 0.5
            words = cause.lasting.replace("{v}", said) if held else self._pattern("hold", t=words, v=said)
        if random_.random() < 0.3:
            other = random_.choice((self._state, self._level, self._presence, self._presence, self._between))()
            if other.words == cause.words:
                raise Impossible
            if cause.moment or hold is not None or random_.random() < 0.3:
                condition, words = self._under(other, words)
            elif random_.random() < 0.5:
                trigger.append(other.condition)
                words += self._word_of("both") + other.words
            else:
                trigger.insert(0, other.condition)
                words = other.words + self._word_of("both") + words
        actions, done = self._actions()
        said = self._pattern(("moment" if cause.moment else "whenever"), t=words, c=done)
        until = None
        if random_.random() < (0.3 if isinstance(cause.condition, t.Compare) else 0.1):
            until, spoken = self._end(cause.condition)
            said += spoken
        limit, said = self._limited(said)
        when = t.AnyOf((t.AllOf(tuple(trigger)),))
        return Wish(Program((t.Order(when, hold, condition, until, limit, actions),)), said, act=True)

    def _end(self, cause: t.Condition) -> tuple[t.AnyOf, str]:
        """Until when: a time, another cause, or what is measured being back."""
        if isinstance(cause, t.Compare) and self._random.random() < 0.7:
            assert isinstance(cause.value, Quantity)
            by = self._random.choice((1, 2, 3)) if cause.value.unit == "C" else self._random.choice((5, 10, 20))
            value = cause.value.value + (-by if cause.operator == ">" else by)
            operator: t.Operator = "<" if cause.operator == ">" else ">"
            back = replace(cause, operator=operator, value=replace(cause.value, value=float(value)))
            key = "back above" if operator == ">" else "back below"
            return _all(back), self._pattern(key, v=self._amount(value, cause.value.unit), lead=True)
        end = self._random.choice((self._sun_event, self._presence, self._state, self._at))()
        return _all(end.condition), self._pattern("until", t=end.words, lead=True)

    def _limited(self, said: str) -> tuple[t.Limit | None, str]:
        """Not more often than that."""
        if self._random.random() > 0.12:
            return None, said
        if self._random.random() < 0.5:
            span, spoken = self._random.choice(list(self._speech.data["order"]["limits"].items()))
            return t.Limit(1, Duration(3600 if span == "h" else 86_400)), said + self._random.choice(spoken)
        times, duration = self._random.choice((1, 1, 2, 3)), Duration(self._random.choice((1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400)))  # fmt: skip
        spoken = self._pattern(f"limit {times}", v=_without_article(self._spoken(duration)))
        return t.Limit(times, duration), said + spoken

    def _actions(self) -> tuple[tuple[t.Act, ...], str]:
        """What is to be done: mostly one thing."""
        chance = self._random.random()
        if chance < 0.3:
            told = self._word_of("tell")
            if self._random.random() < 0.6:
                return (t.Notify("owner"),), told
            first = self.do()
            if self._random.random() < 0.3:
                return (t.Notify("owner"), first.the_act()), f"{told}{self._word('join')}{first.words}"
            return (
                first.the_act(),
                t.Notify("owner"),
            ), f"{first.words}{self._word('join')}{self._word_of('tell after')}"
        parts = [self.do() for _ in range(self._random.choices((1, 2, 3), (8, 3, 1.2))[0])]
        if len({one.words for one in parts}) < len(parts) or any(len(one.program.statements) > 1 for one in parts):
            raise Impossible
        words = parts[0].words
        for one in parts[1:]:
            words += self._word("join") + one.words
        if len(parts) == 2 and self._random.random() < 0.15:  # the second is meant
            return (parts[1].the_act(),), f"{parts[0].words}{self._word('corrected')}{parts[1].words}"
        return tuple(one.the_act() for one in parts), words

    def of_orders(self) -> Wish:
        """About the orders that stand: which there are, that some rest, rest no longer, or are gone."""
        verb: t.OrderVerb | None = self._random.choice((None, None, "pause", "resume", "remove", "remove"))
        patterns, key = self._speech.data["orders"], verb or "ask"
        chance = self._random.random()
        if chance < 0.25:
            said = expand(self._random.choice(patterns[key]), self._random)
            return Wish(Program((t.AskOrders() if verb is None else t.ChangeOrders(verb),)), said, act=False)
        if chance < 0.4 and verb is not None:
            said = expand(self._random.choice(patterns[f"{verb} last"]), self._random)
            return Wish(Program((t.ChangeOrders(verb, last=True),)), said, act=False)
        entity = self._some([one for one in self._entities if one.entity_class not in ("person", "calendar", "list")])
        target = self.by_name(entity)
        selector, words = target.selector, target.words
        nouns = self._speech.data["nouns"].get(ask_kind(entity))
        if entity.area is not None and nouns is not None and self._random.random() < 0.35:
            selector = Selector(ask_kind(entity), area=entity.area)
            group = self._random.choice(self._speech.data["refer"]["group"])
            words = expand(group, self._random, many=self._random.choice(nouns["many"]), one=self._random.choice(nouns["one"]), a=self._area_words(entity.area))  # fmt: skip
        said = expand(self._random.choice(patterns[f"{key} of"]), self._random, x=words)
        statement = t.AskOrders(selector) if verb is None else t.ChangeOrders(verb, selector)
        return Wish(Program((statement,)), said, act=False)

    # Shapes of their own

    def _mended(self) -> Wish:
        """What is left as it should not be, is put right: "if the door is left open for ten minutes, close it"."""
        entity, verb, state = self._reversible()
        target = self.by_name(entity)
        hold = self._duration()
        acts: tuple[t.Act, ...] = (t.Do(verb, target.selector),)
        key = f"mend {verb}" + (" tell" if self._random.random() < 0.25 else "")
        words = self._pattern(key, x=target.words, b=target.words.removeprefix("the "), v=self._spoken(hold), n=self._word_of("tell after"))  # fmt: skip
        if key.endswith("tell"):
            acts = (*acts, t.Notify("owner"))
        condition = None
        if self._random.random() < 0.2:
            condition, words = self._under(self._random.choice((self._presence, self._between))(), words)
        limit, words = self._limited(words)
        return Wish(Program((t.Order(_all(t.InState(target.selector, state)), hold, condition, None, limit, acts),)), words, act=True)  # fmt: skip

    def _looked_at(self) -> Wish:
        """At a time something is looked at, and put right or told."""
        entity, verb, state = self._reversible()
        target = self.by_name(entity)
        moment = self._random.choice((self._clock, self._clock, self._sun))()
        told = self._random.random() < 0.3
        words = self._pattern(
            f"look {'tell' if told else verb}", t=moment.words, x=target.words, s=self._state_words(state)
        )
        act: t.Act = t.Notify("owner") if told else t.Do(verb, target.selector)
        checked = _all(t.InState(target.selector, state))
        return Wish(Program((t.Order(_all(moment.condition), None, checked, None, None, (act,)),)), words, act=True)

    def _for_a_while(self) -> Wish:
        """Something is done and undone after a while: "water the lawn for ten minutes every Monday at six"."""
        entity, verb, _ = self._reversible()
        first = {"turn off": "turn on", "close": "open", "lock": "unlock"}[verb]
        if first == "unlock":
            raise Impossible
        target, span = self.by_name(entity), self._duration()
        cause = self._random.choice((self._clock, self._clock, self._sun, self._state, self._presence))()
        done = self._pattern(f"while {first}", x=target.words, v=self._spoken(span))
        words = self._pattern("moment" if cause.moment else "whenever", t=cause.words, c=done)
        acts = (t.Do(first, target.selector), t.Delayed(span, t.Do(verb, target.selector)))
        return Wish(Program((t.Order(_all(cause.condition), None, None, None, None, acts),)), words, act=True)

    def _with_level(self) -> Wish:
        """Something is turned on at a level: "radio on Sundays at nine, volume twenty"."""
        named = self._speech.data["order"]["levels"]
        entity = self._some([one for one in self._entities if effect_of("turn on", one) and any(one.property(name) for name in named)])  # fmt: skip
        name = self._random.choice([one for one in named if entity.property(one)])
        target, percent = self.by_name(entity), self._random.choice((10, 15, 20, 25, 30, 40, 50, 60, 70, 80))
        cause = self._random.choice((self._clock, self._clock, self._sun))()
        words = self._pattern("with level", t=cause.words, x=target.words, b=target.words.removeprefix("the "), p=self._random.choice(named[name]), v=self.number(percent, "%"))  # fmt: skip
        acts = (t.Do("turn on", target.selector), t.Set(target.selector, name, Quantity(float(percent), "%")))
        return Wish(Program((t.Order(_all(cause.condition), None, None, None, None, acts),)), words, act=True)

    def _forgotten(self) -> Wish:
        """What somebody forgets is told: "I keep forgetting the window. Open for an hour - warn me"."""
        left = [*_LEFT]
        entity = self._some([one for one in self._entities if set(left) & set(self._words_of_state(one))])
        state = self._random.choice([one for one in self._words_of_state(entity) if one in left])
        target, hold = self.by_name(entity), self._duration()
        trigger: tuple[t.Condition, ...] = (t.InState(target.selector, state),)
        alone = self._random.random() < 0.3 and any(one.entity_class == "person" for one in self._entities)
        words = self._pattern("forgotten", x=target.words, s=self._state_words(state), v=self._spoken(hold), n=self._word_of("tell after"), w=self._word_of("and nobody") if alone else "")  # fmt: skip
        if alone:
            trigger = (*trigger, t.Presence(who="nobody", place="home"))
        return Wish(Program((t.Order(t.AnyOf((t.AllOf(trigger),)), hold, None, None, None, (t.Notify("owner"),)),)), words, act=True)  # fmt: skip

    def _reversible(self) -> tuple[EntityView, str, str]:
        """Something that may be left on, open or unlocked; what ends that, and how it is called."""
        entity = self._some([one for one in self._entities if _LEFT.keys() & set(self._words_of_state(one))])
        state = self._random.choice([one for one in self._words_of_state(entity) if one in _LEFT])
        verb = _LEFT[state]
        if effect_of(verb, entity) is None:
            raise Impossible
        return entity, verb, state

    def _under(self, other: Cause, words: str) -> tuple[t.AnyOf, str]:
        """A condition besides: "if", or "unless" the opposite."""
        one = other.condition
        if isinstance(one, t.Between) and self._random.random() < 0.7:
            spoken = [
                spoken_time(minute, self._speech.language, self._random)
                for minute in (one.start_minute, one.end_minute)
            ]
            return _all(one), self._pattern("within", t=words, v=spoken[0], w=spoken[1])
        opposite = _opposite(one)
        if opposite is not None and self._random.random() < 0.4:
            return _all(opposite), self._pattern("unless", t=words, o=other.words)
        return _all(one), self._pattern("provided", t=words, o=other.words)


def _without_article(span: str) -> str:
    return span.removeprefix("a ").removeprefix("an ")


def _opposite(one: t.Condition) -> t.Condition | None:
    """What is the case when the other is not, where the language has a word for it."""
    if isinstance(one, t.InState) and one.quantifier == "is" and one.state in _OTHER:
        return t.InState(one.target, _OTHER[one.state])
    if isinstance(one, t.Presence) and one.person is not None:
        return replace(one, place="away" if one.place == "home" else "home")
    if isinstance(one, t.Presence) and one.who in ("nobody", "somebody"):
        return replace(one, who="somebody" if one.who == "nobody" else "nobody")
    return None


def _all(condition: t.Condition) -> t.AnyOf:
    return t.AnyOf((t.AllOf((condition,)),))
