"""Questions about what things are: where, and what they can. Offered only where the words speak of a place, or of being able."""

import re
from collections.abc import Iterable

from llmagentos.agent import abilities
from llmagentos.agent.offered import TARGET, Family, Scope
from llmagentos.agent.site_index import ask_kind
from llmagentos.language import Selector
from llmagentos.language import tree as t

_CAN = re.compile(
    r"\bcan (?:i (?!have|get)|one |it |(?!you)(?:\w+ ){1,4}(?:be|do) )(?!.*\bplease\b)|\b(?:which|what|any)\b.*\bcan\b|\bcan't\b|\bable to\b|\b(?:dimm|switch|control|lock|open|adjust|set)able\b|\bcapable\b"
    r"|\bpossible to\b|\bsupports?\b|\bcapabilit|\bfunctions?\b|\bsettings\b"
    r"|(?<=[^\s,，。!！?？、请问你您不智节功性可])(?:能(?!不能)|可以)|(?<=[^\s,，。!！?？请问你您])(?:能不能|可不可以)|^能.*的.*(?:哪些|哪个)|支持|可调|功能",
    re.IGNORECASE,
)
"""Not "can you turn it on", which asks for it to be done."""
_WHERE = re.compile(
    r"\bwhere\b|\b(?:which|what) (?:room|floor|area|part of|place)\b|\blocat|\bfind\b|哪(?:个房间|间|里|儿|屋|层|个屋|个地方)|在哪|几[层楼]|什么(?:地方|位置)|放在",
    re.IGNORECASE,
)


def qualities(scope: Scope) -> Iterable[Family]:
    """Of each thing that may be meant, and of its kind by room, by floor and altogether."""
    named = tuple(scope.index.named(one) for one in scope.entities)
    if _WHERE.search(scope.words):
        yield Family(t.AskPlace(TARGET), named)
    if not _CAN.search(scope.words):
        return
    yield Family(t.AskAbilities(TARGET), named)
    classes = {one.entity_class for one in scope.entities}
    alike = [one for one in scope.snapshot.entities.values() if one.entity_class in classes]
    able = list(dict.fromkeys(ability for one in alike for ability in abilities.all_of(one)))
    groups = tuple(dict.fromkeys(group for one in scope.entities for group in _groups(scope, ask_kind(one))))
    for ability in able:
        yield Family(t.AskAble(TARGET, ability, whether=True), named)
        yield Family(t.AskAble(TARGET, ability), groups)


def _groups(scope: Scope, kind: str) -> Iterable[Selector]:
    yield Selector(kind)
    yield from (Selector(kind, area=one) for one in scope.areas)
    yield from (Selector(kind, floor=one) for one in scope.floors)
