"""Questions about what is drawn up that a sentence may mean: about the things and kinds it names, as far as its words go."""

import re
from collections.abc import Iterable, Sequence
from typing import get_args

from llmagentos.agent.linked import FEW, Linked, kinds_in, shown, things_in
from llmagentos.agent.offered import Scope
from llmagentos.language import Statement
from llmagentos.language import tree as t
from llmagentos.messages.snapshot import SiteLinks

_COUNTS = re.compile(r"\bhow many\b|\bnumber of\b|\bcount\b|多少|几[个台间根只条]|数量", re.IGNORECASE)
_SO: dict[str, re.Pattern[str]] = {
    "feed": re.compile(r"\bfe(?:e|)d|\bserv|\bsuppl|\bcarr|\bgets? (?:its )?(?:air|water)|\bgoes? to|\bloses?\b|\bhang|供|送|给|去", re.IGNORECASE),
    "up": re.compile(r"\bupstream|\bbefore\b|\bbehind\b|\bfrom\b|\bdepend|上游|来自|前面", re.IGNORECASE),
    "down": re.compile(r"\bdownstream|\bafter\b|\bloses?\b|\baffect|\bshut|\bhang|下游|影响|后面", re.IGNORECASE),
    "in": re.compile(r"\bin\b|\bon\b|\binside\b|\bpart|\bcontain|\bhas\b|\bhave\b|\bbelong|里|上|有|属于|包含|组成|层", re.IGNORECASE),
    "around": re.compile(r"\bwhich floor|\bwhat floor|\bwhere\b|\bpart of|\bbelong|\bwhich (?:room|zone|building)|\bsits?\b|哪|属于|在几层", re.IGNORECASE),
    "points": re.compile(r"\bpoint|\bsensor|\bread|\bmeasur|\balarm|\bset-?\s?point|\bsignal|\btell|\bhas\b|\bhave\b|测点|传感器|读|设定|报警|点位|有哪些", re.IGNORECASE),
    "beside": re.compile(r"\bsame\b|\belse\b|\bother\b|\bshare|\bneighbo|同|其他|别的|还有", re.IGNORECASE),
}  # fmt: skip
_OF: dict[str, tuple[t.Relation, ...]] = {
    "feed": ("fed by", "feeding"), "up": ("upstream of", "feeding"), "down": ("downstream of", "fed by"), "in": ("in",), "around": ("around",),
    "points": ("points of", "with point"), "beside": ("beside",),
}  # fmt: skip
_LACKS = re.compile(r"\bwithout\b|\black|\bmiss|\bno\b|\bnot\b|n't\b|没|缺|无", re.IGNORECASE)
_MOST = re.compile(r"\bmost\b|\bmore\b|\bfewe|\bbiggest|\blargest|\bbusiest|最多|更多|多", re.IGNORECASE)
_WAY = re.compile(
    r"\bhow\b|\btrace\b|\bback to\b|\bpath|\broute|\bway\b|\bbetween\b|\bthrough\b|\breach|\bfrom\b.*\bto\b|怎么|经过|路径|之间|从.*到",
    re.IGNORECASE,
)
_WHETHER = re.compile(
    r"(?:^|[,;:]\s*)\W*(?:is|are|does|do|did|can|will|whether|has|so)\b|吗|是不是|是否|会不会", re.IGNORECASE
)


def linked(scope: Scope) -> Iterable[Statement]:
    """Nothing where nothing is drawn up, or the words name neither a thing nor a kind of it."""
    links = scope.snapshot.links
    if links is None:
        return
    words = scope.words
    things, kinds = things_in(words, links), kinds_in(words, links)
    listing: t.Listing = "count" if _COUNTS.search(words) else "list"
    relations = [one for cue, pattern in _SO.items() if pattern.search(words) for one in _OF[cue]]
    relations = list(dict.fromkeys(relations)) or list(get_args(t.Relation))
    for thing in things:
        for relation in relations:
            yield t.AskLinked(listing, relation, thing)
            yield from (t.AskLinked(listing, relation, thing, shown(kind)) for kind in kinds)
    yield from _both(listing, relations, things[:3], [shown(kind) for kind in kinds[:3]])
    yield from _of_kinds(listing, words, kinds, things)
    if _WAY.search(words):
        yield from _to_a_kind(links, things, kinds)
    for one in things if len(things) > 1 else ():
        for other in things:
            if one != other and _WHETHER.search(words):
                yield from (t.AskWhether(one, relation, other) for relation in relations if relation not in ("beside", "with point"))  # fmt: skip
            if one != other and _WAY.search(words):
                yield from (t.AskPath(one, other), t.AskPath(one, other, between=True))


def _to_a_kind(links: SiteLinks, things: Sequence[str], kinds: Sequence[str]) -> Iterable[Statement]:
    """The way to what a thing has of a kind: "back to its air handler"."""
    drawing = Linked(links, "en")
    ways: tuple[t.Relation, ...] = ("upstream of", "downstream of")
    for thing in things[:2]:
        for relation in ways:
            near = [one for one in drawing.related(relation, thing) if any(links.is_a(one, kind) for kind in kinds) and one not in things]  # fmt: skip
            yield from (t.AskPath(thing, one) for one in near[:FEW])


def _both(
    listing: t.Listing, relations: Sequence[t.Relation], things: Sequence[str], kinds: Sequence[str]
) -> Iterable[Statement]:
    """What stands to two things at once."""
    for one in things:
        for other in things:
            for relation in relations if one != other else ():
                for second in relations:
                    also = t.Standing(second, other)
                    yield from (t.AskLinked(listing, relation, one, kind, also) for kind in kinds)


def _of_kinds(listing: t.Listing, words: str, kinds: Sequence[str], things: Sequence[str]) -> Iterable[Statement]:
    """All of a kind, with or without something; and who has most of it."""
    named = [*map(shown, kinds), *things[:2]]
    for kind in map(shown, kinds):
        yield t.AskKind(listing, kind)
        others = [one for one in named if one != kind]
        yield from (t.AskKind(listing, kind, having=one) for one in others)
        if _LACKS.search(words):
            yield from (t.AskKind(listing, kind, lacking=one) for one in others)
        if _MOST.search(words):
            yield from (t.AskMost(kind, shown(by)) for by in kinds if shown(by) != kind)
            yield from (t.AskMore(kind, one, other) for one in things[:4] for other in things[:4] if one != other)
