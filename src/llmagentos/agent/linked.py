"""Questions about what is drawn up of a site: which things words speak of, and how things stand to each other."""

import re
from collections import Counter, deque
from collections.abc import Iterable, Mapping, Sequence, Set
from functools import cached_property, lru_cache
from operator import mul

from llmagentos.agent.wording import Language, join, say
from llmagentos.language import tree as t
from llmagentos.messages.snapshot import SiteLinks

Asked = t.AskLinked | t.AskKind | t.AskMost | t.AskMore | t.AskWhether | t.AskPath
MOST_THINGS, MOST_KINDS, MOST_NAMES, FEW, COUNTED_FROM = 6, 5, 120, 2, 6
INSIDE = ("hasPart", "isLocationOf")
ONWARD = ("feeds", *INSIDE)
_PART = re.compile(r"[a-z]+|\d+")
_WORD = re.compile(r"[a-z0-9]+")
_NUMBERS = {
    "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9", "ten": "10",
    "一": "1", "二": "2", "三": "3", "四": "4", "五": "5", "六": "6", "七": "7", "八": "8", "九": "9",
}  # fmt: skip
_CALLED: dict[str, str] = {
    "AHU": "air handler|air handling unit|空调机组|空气处理机组|机组", "VAV": "vav box|air volume box|terminal box|box|末端|变风量箱|风量箱", "HVAC_Zone": "zone|区域|分区|空调区",
    "Room": "room|office|房间|房", "Floor": "floor|storey|story|level|楼层|层", "Building": "building|大楼|建筑|楼", "Pump": "pump|水泵|泵", "Chiller": "chiller|冷水机组|冷水机|冷机",
    "Cooling_Tower": "cooling tower|tower|冷却塔", "Condensing_Unit": "condensing unit|condenser|冷凝器|冷凝机组", "Fan": "fan|风机|风扇", "Supply_Fan": "supply fan|送风机",
    "Exhaust_Fan": "exhaust fan|extractor|排风机", "Sensor": "sensor|reading|传感器", "Temperature_Sensor": "temperature sensor|temperature|thermometer|温度传感器|温度", "Setpoint": "setpoint|set point|set-point|设定点|设定值",
    "Air_Flow_Sensor": "flow sensor|air flow|airflow|cfm|风量传感器|风量|流量", "Alarm": "alarm|报警|警报", "Valve": "valve|阀门|阀", "Damper": "damper|风阀", "Coil": "coil|盘管", "Heat_Exchanger": "heat exchanger|换热器",
    "Chilled_Water_Pump": "chilled water pump|chilled-water pump|冷冻水泵|冷冻泵", "Condenser_Water_Pump": "condenser water pump|condenser-water pump|冷却水泵|冷却泵", "Boiler": "boiler|锅炉",
    "CO2_Sensor": "co2 sensor|co2|二氧化碳", "Humidity_Sensor": "humidity sensor|humidity|湿度传感器|湿度", "Pressure_Sensor": "pressure sensor|压力传感器|压力", "Command": "command|命令|指令", "Status": "status|状态",
    "Point": "point|测点|点位", "Equipment": "equipment|machine|unit|设备", "Meter": "meter|电表|水表|表",
}  # fmt: skip
"""What people call classes, beside their names; patterns without plurals."""

NUMBER_SAID, LETTERS_SAID, WITHOUT_NUMBER = 0.8, 0.2, 0.6
"""What a word of a name counts of which only the number, or only letters, are said; and a name without the number that is."""


@lru_cache(maxsize=4)
def _named(links: SiteLinks) -> tuple[tuple[str, ...], tuple[frozenset[str], ...], Counter[str]]:
    """Things, the parts of their names, and in how many names each part is."""
    parts = tuple(frozenset(_parts(name)) for name in links.things)
    return links.things, parts, Counter(part for each in parts for part in each)


def _parts(text: str) -> Iterable[str]:
    """Words, and the letters and numbers in them; numbers without leading zeros."""
    for word in _WORD.findall(text.casefold().replace("'", "")):
        yield word
        pieces = _PART.findall(word)
        if len(pieces) > 1 or word.startswith("0"):
            yield from (piece.lstrip("0") or "0" for piece in pieces)


def things_in(words: str, links: SiteLinks) -> tuple[str, ...]:
    """The things that words may speak of, likeliest first: those whose rare parts are said, above all whole names; and those that are the only ones, or
    nearly, of a class that is spoken of.
    """
    said = set(_parts(words)) | {number for word, number in _NUMBERS.items() if re.search(rf"(?<![a-z]){word}(?![a-z])", words.casefold())}  # fmt: skip
    numbers = {one for one in said if one.isdigit()}
    squeezed = "".join(_WORD.findall(words.casefold()))
    names, parts, often = _named(links)
    kinds = kinds_in(words, links)
    found: list[tuple[float, str]] = []
    for name, own in zip(names, parts, strict=True):
        common = own & said
        whole = _whole(name.casefold(), words.casefold(), squeezed)
        if not whole and not any(any(one.isdigit() for one in part) or often[part] <= MOST_THINGS for part in common):
            continue
        words_of = _WORD.findall(name.casefold().replace("'", ""))
        weight = [1 / often[one] ** 0.5 for one in words_of]
        score = sum(map(mul, weight, (_said_of(one, said) for one in words_of))) / (sum(weight) or 1.0)
        score += whole
        if numbers and not numbers & own:  # "AHU 1" is not the one that is called "ahu" and nothing else
            score *= WITHOUT_NUMBER
        score += 0.3 * any(links.is_a(name, kind) for kind in kinds)
        found.append((score, name))
    only = [name for kind in kinds if len(of_kind := [one for one in names if links.classes.get(one) == kind]) <= FEW for name in of_kind]  # fmt: skip
    found += [(0.5, name) for name in only if name not in {one for _, one in found}]
    found.sort(key=lambda one: (-one[0], one[1]))
    best = found[0][0] if found else 0.0
    return tuple(name for score, name in found[:MOST_THINGS] if score >= 0.3 * best)


def _whole(name: str, words: str, squeezed: str) -> bool:
    """Whether all of a name is said, and not the beginning of a longer number: "room R31" is not in "room R311"."""
    if not name.isascii():
        return name in words
    own = "".join(_WORD.findall(name))
    before = r"(?<!\d)" if own[:1].isdigit() else ""
    return bool(own) and re.search(before + re.escape(own) + r"(?!\d)", squeezed) is not None


def _said_of(word: str, said: Set[str]) -> float:
    """How far a word of a name is said: itself, or of "a3" the number alone."""
    if word in said:
        return 1.0
    pieces = {one.lstrip("0") or "0" for one in _PART.findall(word)} & said
    return NUMBER_SAID if any(one.isdigit() for one in pieces) else LETTERS_SAID if pieces else 0.0


def kinds_in(words: str, links: SiteLinks) -> tuple[str, ...]:
    """The classes that words speak of and of which there is something, the longest names first."""
    text = words.casefold().replace("_", " ").replace("outdoor", "outside")
    known = {kind for above in map(links.above.get, set(links.classes.values())) for kind in above or ()}
    found: dict[str, int] = {}
    for kind in known:
        own = kind.replace("_", " ").lower()
        for called in (own, *_CALLED.get(kind, "").split("|")):
            if called and re.search(rf"(?<![a-z]){re.escape(called)}(?:s|es)?(?![a-z])" if called.isascii() else re.escape(called), text):  # fmt: skip
                found[kind] = max(found.get(kind, 0), len(called) * (1 if called.isascii() else 3))
    return tuple(sorted(found, key=lambda one: (-found[one], one))[:MOST_KINDS])


def _class(kind: t.Text) -> str:
    return str(kind).replace(" ", "_")


def shown(kind: str) -> str:
    """A class as the site language writes it."""
    return kind.replace("_", " ")


class Linked:
    """Answers over one drawing."""

    def __init__(self, links: SiteLinks, language: Language) -> None:
        self._links, self._language = links, language

    @cached_property
    def _feeding(self) -> frozenset[str]:
        """The classes of what feeds anything."""
        feeders = {self._links.classes.get(head) for head, relation, _ in self._links.links if relation == "feeds"}
        return frozenset(kind for one in feeders if one for kind in self._links.above.get(one, ()))

    def answer(self, ask: Asked) -> str:
        """In words; that a thing is not there, where it is not."""
        if isinstance(ask, t.AskKind):
            return self._kind(ask)
        if isinstance(ask, t.AskMost):
            return self._most(ask)
        for name in (
            str(ask.thing),
            *((str(ask.other),) if isinstance(ask, t.AskWhether | t.AskPath | t.AskMore) else ()),
        ):
            if name not in self._links.things:
                return say("absent", self._language, name=name)
        if isinstance(ask, t.AskLinked):
            return self._linked(ask)
        if isinstance(ask, t.AskMore):
            one, other = (self._under(str(name), str(ask.counted)) for name in (ask.thing, ask.other))
            first, second = (str(ask.thing), one), (str(ask.other), other)
            (name, most), (rival, less) = (first, second) if one >= other else (second, first)
            return say("linked_more", self._language, name=name, count=str(most), other=rival, less=str(less))
        if isinstance(ask, t.AskWhether):
            so = self._so(str(ask.thing), ask.relation, str(ask.other))
            return say("linked_yes" if so else "linked_no", self._language, name=str(ask.thing), other=str(ask.other))
        return self._between(str(ask.thing), str(ask.other)) if ask.between else self._path(str(ask.thing), str(ask.other))  # fmt: skip

    def _so(self, thing: str, relation: t.Relation, other: str) -> bool:
        """Next to it; what feeds further away counts where there is a first and a last, not in a loop."""
        if thing in self.related(relation, other):
            return True
        if relation not in ("fed by", "feeding"):
            return False
        back: t.Relation = "feeding" if relation == "fed by" else "fed by"
        return thing in self.related(relation, other, wide=True) and thing not in self.related(back, other, wide=True)

    def related(self, relation: t.Relation, thing: str, *, wide: bool = False) -> tuple[str, ...]:
        """What stands so to a thing; `wide`: not only next to it."""
        links, onward = self._links, self._links.onward
        if relation in ("fed by", "feeding") and not wide:
            way = onward if relation == "fed by" else links.backward
            return way.get((thing, "feeds"), ())
        if relation in ("fed by", "downstream of"):
            return self._closure(thing, onward, ONWARD)
        if relation in ("feeding", "upstream of"):
            return self._closure(thing, links.backward, ONWARD, upstream=True)
        if relation == "in":
            return self._closure(thing, onward, INSIDE)
        if relation == "around":
            return self._closure(thing, links.backward, INSIDE)
        if relation == "points of":
            return self._points(thing)
        if relation == "with point":
            return links.backward.get((thing, "hasPoint"), ())
        return self._beside(thing)

    def _points(self, thing: str) -> tuple[str, ...]:
        """Its own; else those of what feeds it, or is in it."""
        own = self._links.onward.get((thing, "hasPoint"), ())
        if own:
            return own
        near = [*self._links.backward.get((thing, "feeds"), ()), *self.related("in", thing)]
        near += [one for whole in self.related("around", thing) for one in self._links.backward.get((whole, "feeds"), ())]  # fmt: skip
        return tuple(dict.fromkeys(point for one in near for point in self._links.onward.get((one, "hasPoint"), ())))

    def _beside(self, thing: str) -> tuple[str, ...]:
        """What is fed by the same, or is in the same, and is of its class."""
        kind = self._links.classes.get(thing)
        for way in ("feeds", *INSIDE, "hasPoint"):
            found = dict.fromkeys(
                one for whole in self._links.backward.get((thing, way), ()) for one in self._links.onward[whole, way]
            )
            others = tuple(one for one in found if one != thing and self._links.classes.get(one) == kind)
            if others:
                return others
        return ()

    def _closure(self, thing: str, way: object, relations: Sequence[str], *, upstream: bool = False) -> tuple[str, ...]:
        table = self._links.onward if way is self._links.onward else self._links.backward
        found: dict[str, None] = {}
        waiting = deque([thing])
        while waiting:
            here = waiting.popleft()
            for relation in relations:
                for one in table.get((here, relation), ()):
                    if upstream and relation in INSIDE and (one, "feeds") not in table:
                        continue  # a floor is no more upstream of its rooms than a list of parts of its pumps
                    if one not in found and one != thing:
                        found[one] = None
                        waiting.append(one)
        return tuple(found)

    def _linked(self, ask: t.AskLinked) -> str:
        found = self._standing(ask.relation, str(ask.thing), ask.kind)
        if ask.also is not None:
            if str(ask.also.thing) not in self._links.things:
                return say("absent", self._language, name=str(ask.also.thing))
            also = set(self._standing(ask.also.relation, str(ask.also.thing), ask.kind, wide=True))
            found = [one for one in self._standing(ask.relation, str(ask.thing), ask.kind, wide=True) if one in also]
        return self._told(ask.listing, found)

    def _standing(self, relation: t.Relation, thing: str, kind: t.Text | None, *, wide: bool = False) -> Sequence[str]:
        """Next to it; of a kind also further away, where there is none next to it."""
        found = self.related(relation, thing, wide=wide)
        if kind is None:
            return found
        of_kind = [one for one in found if self._links.is_a(one, _class(kind))]
        return of_kind or [
            one for one in self.related(relation, thing, wide=True) if self._links.is_a(one, _class(kind))
        ]

    def _kind(self, ask: t.AskKind) -> str:
        found = [one for one in self._links.things if self._links.is_a(one, _class(ask.kind))]
        if not found:
            return say("absent", self._language, name=str(ask.kind))
        if ask.lacking is not None:
            found = [one for one in found if not self._has(one, str(ask.lacking))]
        if ask.having is not None:
            found = [one for one in found if self._has(one, str(ask.having))]
        return self._told(ask.listing, found)

    def _has(self, thing: str, what: str) -> bool:
        """Whether something of that class, or called so, belongs to a thing."""
        near = (*self._near(thing), *self.related("upstream of", thing)) if _class(what) in self._feeding else self._near(thing)  # fmt: skip
        return any(one == what or self._links.is_a(one, _class(what)) for one in near)

    def _under(self, thing: str, kind: str) -> int:
        """How many of a kind it feeds or holds."""
        found = {one for one in self._closure(thing, self._links.onward, ONWARD) if self._links.is_a(one, _class(kind))}
        return len(found or {one for one in self._points(thing) if self._links.is_a(one, _class(kind))})

    def _most(self, ask: t.AskMost) -> str:
        counts = {one: self._under(one, str(ask.counted)) for one in self._links.things if self._links.is_a(one, _class(ask.by))}  # fmt: skip
        counts = counts or {one: self._under(one, str(ask.counted)) for one in self._unclassed(str(ask.by))}
        if not counts:
            return say("absent", self._language, name=str(ask.by))
        most = max(counts.values())
        names = join([one for one, count in counts.items() if count == most], self._language)
        return say("linked_most", self._language, name=names, count=str(most))

    def _unclassed(self, kind: str) -> list[str]:
        return [one for one in self._links.things if one not in self._links.classes and kind.casefold() in one.casefold()]  # fmt: skip

    def _near(self, thing: str) -> set[str]:
        """What belongs to it: what it is in and what feeds that, with their points, parts and tags."""
        onward, backward = self._links.onward, self._links.backward
        wholes = [thing, *(one for way in INSIDE for one in backward.get((thing, way), ()))]
        feeders = [one for whole in wholes for one in backward.get((whole, "feeds"), ())]
        found = set(feeders)
        for one in (*wholes, *feeders):
            found |= {far for way in (*ONWARD, "hasPoint", "hasTag") for far in onward.get((one, way), ())}
        return found - {thing}

    def _told(self, listing: t.Listing, found: Sequence[str]) -> str:
        if not found:
            return say("none", self._language)
        names = ("、" if self._language == "zh" else ", ").join(found[:MOST_NAMES])
        if listing == "count":
            return say("count_names" if len(found) <= MOST_NAMES else "count", self._language, count=str(len(found)), names=names)  # fmt: skip
        phrase = "linked_many" if len(found) > MOST_NAMES else "count_names" if len(found) >= COUNTED_FROM else "some"
        return say(phrase, self._language, names=names, count=str(len(found)))

    def _path(self, start: str, end: str) -> str:
        """The shortest way along what feeds and holds; against it if there is none along it."""
        found = self._way(start, end) or self._way(end, start)[::-1]
        if found:
            return say("linked_path", self._language, names=" -> ".join(found))
        return say("linked_no_path", self._language, name=start, other=end)

    def _between(self, start: str, end: str) -> str:
        """All that lies on a shortest way; against it if there is none along it."""
        after, before = self._far(start, self._links.onward), self._far(end, self._links.backward)
        if end not in after:
            after, before = self._far(end, self._links.onward), self._far(start, self._links.backward)
            start, end = end, start
        if end not in after:
            return say("linked_no_path", self._language, name=end, other=start)
        found = [one for one, far in after.items() if one not in (start, end) and far + before.get(one, len(after)) == after[end]]  # fmt: skip
        return self._told("list", found)

    def _far(self, start: str, way: Mapping[tuple[str, str], tuple[str, ...]]) -> dict[str, int]:
        """How many steps everything is away."""
        found, waiting = {start: 0}, deque([start])
        while waiting:
            here = waiting.popleft()
            for relation in (*ONWARD, "hasPoint"):
                for one in way.get((here, relation), ()):
                    if one not in found:
                        found[one] = found[here] + 1
                        waiting.append(one)
        return found

    def _way(self, start: str, end: str) -> list[str]:
        before: dict[str, str | None] = {start: None}
        waiting = deque([start])
        while waiting:
            here = waiting.popleft()
            if here == end:
                return _back(before, end)
            for relation in (*ONWARD, "hasPoint"):
                for one in self._links.onward.get((here, relation), ()):
                    if one not in before:
                        before[one] = here
                        waiting.append(one)
        return []


def _back(before: dict[str, str | None], end: str) -> list[str]:
    found: list[str] = []
    here: str | None = end
    while here is not None:
        found.append(here)
        here = before[here]
    return found[::-1]
