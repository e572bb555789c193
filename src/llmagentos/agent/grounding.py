"""Whether an act rests on the words: what a model reads into a sentence is asked about, not done.

A reading may be likely and still be about something nobody said: another verb, another room, a thing of which there is no
word. Each check is a contradiction that can be pointed at; none adds to what may be done.
"""

import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from functools import cache

from llmagentos.agent import abilities
from llmagentos.agent.site_index import kind_word
from llmagentos.agent.unexplained import kind_nouns
from llmagentos.language import Program, Selector
from llmagentos.language import tree as t
from llmagentos.messages.snapshot import EntityView, Snapshot, Speaker

SPOKEN_OF_BY_EFFECT = ("light", "climate", "media player", "vacuum", "lawn mower", "fan", "list", "scene", "person")
"""What people mean without a word for it: "it is dark", "too cold", "louder", "the floor is dirty"."""
_EFFECTS = {
    one: re.compile(words, re.IGNORECASE) for one, words in {
        "light": r"\b(dark|dim|bright|gloomy|glar|see\b|read|colou?r|kelvin)|[暗亮黑色]|看不",
        "climate": r"\b(cold|chilly|fr(?:ee|o)z|hot\b|warm|shiver|sweat|heat|(?<!color )(?<!colour )temperature|degrees|stuffy)|[冷热暖烫]|度",
        "media player": r"\b(loud|quiet|music|song|volume|track|noisy|hear\b|silence)|[吵歌曲]|声|音",
        "vacuum": r"\b(dirt|dust|crumb|floor|messy|clean)|[脏扫]|灰尘|垃圾",
        "lawn mower": r"\b(grass|lawn)|草",
        "valve": r"\b(water|irrigat|sprinkl)|[浇水]",
        "fan": r"\b(stuffy|hot\b|warm|breeze|air\b|wind)|[闷热风]|空气",
    }.items()
}  # fmt: skip
"""What is said of that instead."""
_SENSES = ("sensor", "binary sensor", "weather", "person")
_EFFECTIVE = frozenset(
    (
        "light",
        "switch",
        "outlet",
        "fan",
        "climate",
        "lock",
        "valve",
        "vacuum",
        "lawn mower",
        "humidifier",
        "siren",
        "media player",
    )
)
_CALLED_BY_SORT = ("climate", "media player")
"""Heaters and coolers, televisions and speakers: what they are called tells them apart."""
ALIKE = 0.72
"""How alike two words are when one may be the other, mistyped or misheard."""
_HAN = re.compile(r"[\u3400-\u9fff]")
_WORD = re.compile(r"[^\W_]+")
_POLITE = r"^(?:(?:please|can|could|would|will|you|hey|ok|okay|so|um|uh|just|now|kindly|go|ahead|and|i|want|need|like|to|let|us|s|d)\b[\s,'’]*)*"
_VERB = re.compile(
    _POLITE + r"(?P<verb>open|close|shut(?!.*\b(?:off|down|up)\b)|lock|unlock|mute|unmute|dock)\b", re.IGNORECASE
)
_FITTING: dict[str, tuple[str, ...]] = {
    "open": ("open", "unlock", "unlatch"), "close": ("close", "lock"), "shut": ("close", "lock", "turn off"), "lock": ("lock", "close"),
    "unlock": ("unlock", "unlatch", "open"), "mute": ("mute",), "unmute": ("unmute",), "dock": ("dock",),
}  # fmt: skip
_NEGATED = re.compile(
    _POLITE + r"(?:no,?\s+)?(?:don'?t|do not|never)\s+(?!you\b|we\b|i\b|let\b|forget|hesitate|need|want|like|mind|stop)", re.IGNORECASE
)  # fmt: skip
_HUSHED = re.compile(
    r"(?:don'?t|do not|stop|no more)\s+(?:\w+\s+)?(?:speak|talk|answer|say|mak\w+ (?:a |any )?(?:noise|sound)|sing|play)|(?:不要|别|不准|不许)(?:再|乱)?(?:说话?|出声|吵|响|讲话|唱|放歌|发声)",
    re.IGNORECASE,
)
"""Not to make a sound is to be mute."""
_HAN_NEGATED = re.compile(
    r"^(?:请|麻烦|先|你|，|,|\s)*(?:千万)?(?:不要|别|不准|不许|不能)(?!忘|停|再?(?:开|亮|响|吵)着)(?!.*(?:不要|别)了)"
)
_SPARED = re.compile(
    r"\b(except|apart from|all but|everything but|other than|excluding|besides)\b|除了|除开|以外|之外|其[他它余]",
    re.IGNORECASE,
)
_ALL = re.compile(r"\b(all|every\w*|each|both|whole|entire|lights|lamps)\b|[每都]|所有|全|一切", re.IGNORECASE)
_COLOR = re.compile(
    r"colou?r|red|green|blue|yellow|orange|purple|pink|white|violet|lavender|magenta|cyan|turquoise|teal|amber|gold|crimson|scarlet|indigo|rose|peach|mint|lime|coral|warm|cold|cool"
    r"|ish\b|[颜彩]?色|红|绿|蓝|黄|橙|紫|粉|白|暖|冷", re.IGNORECASE,
)  # fmt: skip


def contradicted(words: str, said_before: str | None, program: Program, snapshot: Snapshot, speaker: Speaker) -> bool:
    """Whether the words speak against an act of the program, or give none of what it moves, or nothing to tell it from others.

    `said_before` is what the speaker said last, if anything: of what "it" is, that may be the only word.
    """
    acts = _acts(program)
    if len(program.statements) == 1 and acts:
        if isinstance(acts[0], t.Do) and _other_verb(words, acts[0].verb):
            return True
        if said_before is None and (
            _elsewhere(words, acts[0].target, snapshot) or _arbitrary(words, acts[0], snapshot, speaker)
        ):
            return True
    said = f"{words} {said_before or ''}".casefold()
    return groundless(words, said_before, program, snapshot) or any(_colorless(said, one) for one in acts)


def groundless(words: str, said_before: str | None, program: Program, snapshot: Snapshot) -> bool:
    """Whether a reading is not even worth asking about: nobody spoke of what it moves, or it moves what was to be spared."""
    acts = _acts(program)
    if acts and _SPARED.search(words) and not any(one.target.exceptions for one in acts):
        return True
    said = f"{words} {said_before or ''}".casefold()
    return any(_unspoken(words.casefold(), said, one.target, snapshot) for one in acts)


def misplaced(words: str, program: Program, snapshot: Snapshot) -> bool:
    """Whether a room was named and what would be told is measured in none of those that were."""
    [first, *more] = program.statements
    if isinstance(first, t.Why) and first.subject is not None and not more:
        return first.subject.area is not None and _elsewhere(words, first.subject, snapshot)
    if more or not isinstance(first, t.AskState | t.Aggregate):
        return False
    meant = _meant(first.target, snapshot)
    measured = all(one.entity_class == "sensor" for one in meant) or (isinstance(first, t.AskState) and first.property == "current temperature")  # fmt: skip
    return measured and not first.target.here and _elsewhere(words, first.target, snapshot)


def negated(words: str, program: Program) -> bool:
    """Whether the words say not to do something, and a reading would move something all the same."""
    acts = _acts(program)
    if any(isinstance(one, t.Do) and one.verb == "mute" for one in acts) and _HUSHED.search(words):
        return False
    return bool(acts) and bool(_NEGATED.search(words) or _HAN_NEGATED.search(words))


def _acts(program: Program) -> list[t.Do | t.Set | t.Change]:
    """What would move devices, now or later."""
    done = [one.action if isinstance(one, t.Delayed | t.Scheduled) else one for one in program.statements]
    return [one for one in done if isinstance(one, t.Do | t.Set | t.Change)]


def _other_verb(words: str, verb: str) -> bool:
    """An English sentence that begins with a verb of its own: "open the lamp"."""
    said = _VERB.match(words)
    return said is not None and verb not in _FITTING[said["verb"].casefold()]


def _colorless(said: str, act: t.Do | t.Set | t.Change) -> bool:
    """A color where none was spoken of."""
    return isinstance(act, t.Set) and act.property == "color" and _COLOR.search(said) is None


def _elsewhere(words: str, target: Selector, snapshot: Snapshot) -> bool:
    """A room was named, and what would move is in none of those that were."""
    entities = _meant(target, snapshot)
    if target.floor or target.exceptions or not (entities or target.area):
        return False
    rest = words.casefold()
    for name in sorted({name.casefold() for one in entities for name in _names(one)}, key=len, reverse=True):
        rest = rest.replace(name, " ")
    named = {
        area.name
        for area in snapshot.areas.values()
        if any(_holds(rest, one) for one in (area.name, *area.aliases, area.floor or area.name))
    }
    own = {part for one in entities for name in _names(one) for part in _name_parts(name.casefold())}
    own |= {part for one in kind_nouns(target.kind) for part in _name_parts(one)}
    named = {
        one for one in named if not _name_parts(one.casefold()) <= own
    }  # "the garage door" need not be in the garage
    places = {target.area, *(one.area for one in entities)}
    return bool(named) and not named & places


def _unspoken(now: str, said: str, target: Selector, snapshot: Snapshot) -> bool:
    """Nothing was said, now or before, that is a word for this thing or its kind; of some kinds only if their effect is spoken of neither."""
    meant = _meant(target, snapshot)
    kinds = {kind_word(one) for one in meant} | {one.entity_class for one in meant} or {target.kind}
    words = [
        *kind_nouns(target.kind),
        *(noun for kind in kinds for noun in kind_nouns(kind)),
        *(name for one in meant for name in _names(one)),
    ]
    effects = {one for one, pattern in _EFFECTS.items() if pattern.search(said if one in kinds else now)}
    if effects & kinds or not (effects or kinds - set(SPOKEN_OF_BY_EFFECT)):
        return False
    return not any(_spoken(said, one.casefold()) for one in words)


def spoken_of(said: str, target: Selector, snapshot: Snapshot) -> bool:
    """Whether there is a word for a thing that can be told something, or for its effect. What only senses needs none: "when somebody walks by"."""
    meant = _meant(target, snapshot)
    if any(one.entity_class in _SENSES for one in meant) or not (meant or target.kind in _EFFECTIVE):
        return True
    kinds = {kind_word(one) for one in meant} | {one.entity_class for one in meant} | {target.kind}
    names = [*(noun for kind in kinds for noun in kind_nouns(kind)), *(name for one in meant for name in _names(one))]
    effects = {one for one, pattern in _EFFECTS.items() if pattern.search(said)}
    return bool(effects & kinds) or any(_spoken(said, one.casefold()) for one in names)


def _arbitrary(words: str, act: t.Do | t.Set | t.Change, snapshot: Snapshot, speaker: Speaker) -> bool:
    """One of several of which nothing tells why it should be that one, or all of them where none was spoken of."""
    target = act.target
    said, nouns = words.casefold(), {one.casefold() for one in kind_nouns(target.kind)}
    if target.everywhere:
        return _ALL.search(said) is None and not any(_spoken(said, one) for one in nouns)
    for entity in _meant(target, snapshot):
        others = [
            one
            for one in snapshot.entities.values()
            if one.id != entity.id and _able(act, one) and kind_word(one) == kind_word(entity)
        ]
        if not others or entity.area == speaker.area is not None:
            continue
        in_full = any(_holds(said, one) for one in _names(entity))
        if not in_full and not _told_apart(said, entity, nouns, snapshot):
            return True
    return False


def _told_apart(said: str, entity: EntityView, nouns: set[str], snapshot: Snapshot) -> set[str]:
    """What was said of its names and its place, but for what every one of its kind is called."""
    place = snapshot.areas.get(entity.area or "")
    names = [*_names(entity), *((place.name, *place.aliases, place.floor or "") if place is not None else ())]
    generic = set() if kind_word(entity) in _CALLED_BY_SORT else nouns
    return {
        part for name in names for part in _name_parts(name.casefold()) if part not in generic and _said(said, part)
    }


def _meant(target: Selector, snapshot: Snapshot) -> list[EntityView]:
    if target.id is not None:
        return [one for one in snapshot.entities.values() if one.id == target.id]
    if target.name is None:
        return []
    return [one for one in snapshot.entities.values() if one.called(target.name) and target.area in (None, one.area)]


def _names(entity: EntityView) -> Iterator[str]:
    yield from (entity.name, *entity.description.aliases)


def _holds(text: str, name: str) -> bool:
    """Whether a text holds a name as a whole."""
    folded = name.casefold()
    if _HAN.search(folded):
        return folded in text
    return re.search(rf"(?<!\w){re.escape(folded)}(?:'?s)?(?!\w)", text) is not None


def _able(act: t.Do | t.Set | t.Change, entity: EntityView) -> bool:
    if isinstance(act, t.Do):
        return abilities.effect_of(act.verb, entity) is not None
    prop = entity.property(act.property)
    return (
        prop is not None
        and prop.writable
        and (not prop.options or not isinstance(act, t.Set) or act.value in prop.options)
    )


def _spoken(said: str, name: str) -> bool:
    """Whether a part of a name was said, or something like it."""
    return any(_said(said, part) for part in _name_parts(name))


def _name_parts(name: str) -> set[str]:
    """Its words; of a Chinese one every two neighbours."""
    han = "".join(_HAN.findall(name))
    pairs = {han[start : start + 2] for start in range(max(1, len(han) - 1))} - {""}
    return pairs | {part for part in _WORD.findall(_HAN.sub(" ", name)) if len(part) > 2 or part == name}


def _said(said: str, part: str) -> bool:
    return part in said if _HAN.search(part) else any(_alike(word, part) for word in _WORD.findall(said))


@cache
def _alike(word: str, part: str) -> bool:
    if word == part or (len(part) > 3 and (part in word or (len(word) > 3 and word in part))):
        return True
    return min(len(word), len(part)) > 3 and SequenceMatcher(None, word, part).ratio() >= ALIKE
