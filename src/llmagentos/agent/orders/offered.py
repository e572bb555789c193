"""What a standing order may wait for here: states, thresholds, presence, times, the sun, silence, as far as the words speak of them."""

import itertools
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import get_args

from llmagentos.agent import abilities
from llmagentos.agent.clock_times import clock_times, mentions
from llmagentos.agent.offered import TARGET, Family, Scope
from llmagentos.agent.quantities import durations
from llmagentos.agent.site_index import ask_kind, kind_word
from llmagentos.language import Selector, Slot
from llmagentos.language import tree as t
from llmagentos.language.units import canonical_unit
from llmagentos.language.vocabulary import DAYS, PRIMARY, READABLE

_CUE = re.compile(
    r"\b(when(ever)?|if|unless|(on|open|off|closed|run|running|unlocked) for|who(ever)?|should|in case|the moment|the minute|never|longer|no (motion|movement)|sundown|sunup|midnight|noon|as soon as|once|every(time)?|each|daily|always|while|until|till|then|stays?|still|past|nobody|no one|over|under|above|below|warmer|colder|hotter|exceeds?"
    r"|weekdays?|weekends?|(mon|tues|wednes|thurs|fri|satur|sun)days?|mornings?|evenings?|nights?|nightly|sunrise|sunset|dawn|dusk|dark|sun|signal|silent|quiet|has been|been|from now on|nightfall|day ?break|forget\w*|tend to|gone|empty)\b"
    r"|如果|要是|假如|假使|万一|时候|时[，,]|每次|早上|晚上|凌晨|半夜|夜里|最多|一旦|每|只要|当|就|直到|日落|日出|天黑|天亮|除非|信号|消息|以后|周|星期|礼拜|工作日|超过|高于|低于|大于|小于|没人|有人|一直|还没|了还|的话|太阳|老是|总是|忘记|忘了", re.IGNORECASE,
)  # fmt: skip
"""Words without which nothing is ordered for later. Too many of them cost a few milliseconds, too few the order."""
_SUN = re.compile(
    r"\b(sun\w*|dawn|dusk|dark|nightfall|night falls|day ?breaks?|(get|is|it's)s? light|light out(side)?)\b|日落|日出|天黑|天亮|太阳",
    re.IGNORECASE,
)
_PEOPLE = re.compile(
    r"\b(home|away|house|nobody|no one|anyone|anybody|somebody|someone|everybody|everyone|leaves?|left|comes?|arrives?|go(es)? out|in|out|i|we)\b|家|人|谁|出门|回来|离开|我",
    re.IGNORECASE,
)

_OF_ORDERS = re.compile(
    r"\b(orders?|rules?|standing|automat\w+|routines?|instructions?|stop \w+ing|no longer|any ?more|don'?t (ever|always)|set ?up|told you|asked you to)\b|规则|指令|自动|命令|安排|设定|不要再|别再|以后(不|别)|不用再",
    re.IGNORECASE,
)
"""Words without which nobody speaks of the orders that stand."""
_SILENCE = re.compile(
    r"\b(signal\w*|silen\w+|quiet\w*|report\w*|hear\w*|sen[dt]s?|sending|offline|online|contact|readings?|messages?|news|word|data|updates?|updated|updating|respon\w+|reach\w*|anything|nothing|dead"
    r"|disconnect\w*|drops?|dropped|los[et]\w*|communicat\w*|transmit\w*|sign of life|sa(y|ys|id)|values?|older|connect\w*|ping\w*|alive|un\w+able|talk\w*|answer\w*|gone)\b"
    r"|信号|消息|上报|汇报|报告|数据|失联|离线|掉线|断|更新|读数|反应|响应|连不上|收不到|联系|回应|通信|通讯|[上下]线|沉默|安静|传", re.IGNORECASE,
)  # fmt: skip
"""Words without which nobody waits for a device to be silent: "no motion" is a state of it."""
_LIMITED = re.compile(
    r"\b(most|max\w*|more|than|once|twice|times?|only|just|limit\w*|per|every|each|an? (?:hour|day|week)|single|often)\b|最多|不超过|不要超过|别超过|不多于|[次回遍]|只|每", re.IGNORECASE
)  # fmt: skip
"""Words without which nothing is limited."""
_BACKWARDS = re.compile(r"\b(?:before|until|till)\b.*\b(?:after|from|past)\b|[之以]?前.*[之以]?后", re.IGNORECASE)
"""The end of a time said before its beginning."""
_PLACES: tuple[t.Place, ...] = get_args(t.Place)


@dataclass(frozen=True, slots=True)
class Waited:
    """A condition, and who it may be about: where there are targets it has `TARGET` in their place."""

    condition: t.Condition
    targets: tuple[Selector, ...] = ()


def about_orders(scope: Scope) -> Iterable[Family]:
    """What may be asked and said of the orders that stand, where the words speak of such."""
    if _OF_ORDERS.search(scope.words) is None:
        return
    kinds = dict.fromkeys(map(kind_word, scope.entities))
    targets = [scope.index.named(one) for one in scope.entities]
    targets += [Selector(kind, area=area) for kind in kinds for area in (None, *scope.areas)]
    yield Family(t.AskOrders(TARGET), tuple(targets))
    for verb in get_args(t.OrderVerb):
        yield Family(t.ChangeOrders(verb, TARGET), tuple(targets))


def all_orders(scope: Scope) -> Iterable[t.AskOrders | t.ChangeOrders]:
    """The same of all of them, and of the last."""
    if _OF_ORDERS.search(scope.words) is not None:
        yield t.AskOrders()
        for verb in get_args(t.OrderVerb):
            yield from (t.ChangeOrders(verb), t.ChangeOrders(verb, last=True))


def speaks_of_order(words: str) -> bool:
    """Whether words may mean a standing order at all; a sentence that cannot is spared the grammar of them."""
    return _CUE.search(words) is not None


def speaks_of_limit(words: str) -> bool:
    """Whether words may say how often at most."""
    return _LIMITED.search(words) is not None


def conditions(scope: Scope) -> Iterable[Waited]:
    """Everything that may be waited for."""
    yield from _states(scope)
    yield from _levels(scope)
    if _PEOPLE.search(scope.words) and "person" in scope.index.classes:
        for who, place in itertools.product(get_args(t.Who), _PLACES):
            yield Waited(t.Presence(who=who, place=place))
        for entity in scope.entities:
            if entity.entity_class == "person":
                for place in _PLACES:
                    yield Waited(t.Presence(person=entity.name, place=place))
    yield from _times(scope)


def _states(scope: Scope) -> Iterable[Waited]:
    """A device in a state; any or every one of a group."""
    single: dict[str, list[Selector]] = {}
    for entity in scope.entities:
        if entity.entity_class not in ("person", "scene", "button", "list", "calendar"):
            for word in abilities.state_words(entity):
                single.setdefault(word, []).append(scope.index.named(entity))
    for word, targets in single.items():
        yield Waited(t.InState(TARGET, word), tuple(targets))
    for kind, group in {ask_kind(one): scope.index.askable(one) for one in scope.entities}.items():
        if kind == "person":
            continue
        places = [Selector(kind), *(Selector(kind, area=one) for one in scope.areas if one in group.areas),
                  *(Selector(kind, floor=one) for one in scope.floors if one in group.floors)]  # fmt: skip
        for word in group.words:
            yield Waited(t.InState(TARGET, word, "any"), tuple(places))
            yield Waited(t.InState(TARGET, word, "every"), tuple(places))


def _levels(scope: Scope) -> Iterable[Waited]:
    """What is measured, above or below what was said."""
    shapes: dict[tuple[str | None, str], list[Selector]] = {}
    for entity in scope.entities:
        primary = PRIMARY.get(entity.entity_class)
        for prop in entity.description.properties:
            if prop.kind == "number" and prop.readable and (prop.name == primary or prop.name in READABLE):
                name = None if prop.name == primary else prop.name
                shapes.setdefault((name, canonical_unit(prop.unit)), []).append(scope.index.named(entity))
    for kind, areas in scope.index.measured.items():
        known = next(
            (one for one in scope.entities if one.description.kind == kind and one.description.properties), None
        )
        if known is not None and kind:
            key = (None, canonical_unit(known.description.properties[0].unit))
            shapes.setdefault(key, []).extend(Selector(kind, area=one) for one in scope.areas if one in areas)
    for (name, unit), targets in shapes.items():
        value = Slot(f"number:{unit}:-100000:1000000")
        for operator in (">", "<"):
            yield Waited(t.Compare(TARGET, operator, value, name), tuple(dict.fromkeys(targets)))


def _times(scope: Scope) -> Iterable[Waited]:
    """Times of day, the sun, periods, silence."""
    said, spans = mentions(scope.words), durations(scope.words)
    for minute in clock_times(scope.words):
        for day in DAYS:
            yield Waited(t.Clock(minute, day))
    for first, second in itertools.combinations(said, 2):
        pairs = [(first, second), (second, first)] if _BACKWARDS.search(scope.words) else [(first, second)]
        for begins, ends in pairs:
            for start, end in itertools.product(begins.minutes, ends.minutes):
                if start != end:
                    yield Waited(t.Between(start, end))
    if _SUN.search(scope.words):
        for event in ("sunrise", "sunset"):
            yield Waited(t.Sun(event))
            for span in spans:
                yield Waited(t.Sun(event, span, before=True))
                yield Waited(t.Sun(event, span))
    for span in spans if _SILENCE.search(scope.words) else ():
        silent = tuple(
            scope.index.named(one) for one in scope.entities if one.entity_class in ("sensor", "binary sensor")
        )
        if silent:
            yield Waited(t.Silence(TARGET, span), silent)
