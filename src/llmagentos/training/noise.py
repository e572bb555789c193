"""What happens to words between a head and a machine: typing errors, and what speech recognition makes of sounds."""

import random

_FILLERS = ("um", "uh", "er", "well", "like")
_HEARD = {
    "lights": ("light's", "lites"), "four": ("for",), "two": ("to",), "to": ("too",), "their": ("there",), "dim": ("dem",), "blinds": ("blind",),
    "off": ("of",), "turn": ("tern",), "set": ("said",), "fan": ("van",), "close": ("clothes",), "hall": ("hole",), "door": ("dor",),
    "room": ("rum",), "lamp": ("lamb",), "the": ("a", "da"), "please": ("pleas",), "hallway": ("hall way",), "living room": ("livingroom",),
}  # fmt: skip
_HAN_HEARD = {
    "灯": "等",
    "调": "条",
    "关": "观",
    "把": "吧",
    "室": "是",
    "厅": "听",
    "窗": "床",
    "帘": "连",
    "打": "搭",
    "的": "得",
}


def noisy(words: str, random_: random.Random) -> str:
    """Most often as it was; else mistyped, misheard, or without marks and capitals."""
    chance = random_.random()
    han = any("\u3400" <= char <= "\u9fff" for char in words)
    if chance < 0.30 and not han:
        words = words.lower()
    elif chance < 0.45:
        words = words.rstrip(".?!。？！") + (
            random_.choice(("。", "？", "！")) if han else random_.choice((".", "?", "!"))
        )
    elif chance < 0.52:
        words = words[:1].upper() + words[1:]
    chance = random_.random()
    if chance < 0.05:
        return _mistyped(words, random_)
    if chance < 0.08:
        return _misheard(words, random_, han=han)
    if chance < 0.10 and not han:
        return _hesitant(words, random_)
    return words


def _mistyped(words: str, random_: random.Random) -> str:
    """One letter missing, doubled or swapped with the next; never in a number."""
    places = [
        n for n in range(1, len(words) - 2) if words[n].isalpha() and words[n + 1].isalpha() and words[n].isascii()
    ]
    if not places:
        return words
    at = random_.choice(places)
    return random_.choice(
        (words[:at] + words[at + 1 :], words[:at] + words[at] + words[at:], words[:at] + words[at + 1] + words[at] + words[at + 2 :])
    )  # fmt: skip


def _misheard(words: str, random_: random.Random, *, han: bool) -> str:
    known = [one for one in (_HAN_HEARD if han else _HEARD) if one in (words if han else words.lower().split())]
    if not known:
        return words
    one = random_.choice(known)
    if han:
        return words.replace(one, _HAN_HEARD[one], 1)
    return " ".join(random_.choice(_HEARD[one]) if part.lower() == one else part for part in words.split(" "))


def _hesitant(words: str, random_: random.Random) -> str:
    parts = words.split(" ")
    at = random_.randrange(len(parts))
    said = random_.choice((random_.choice(_FILLERS), parts[at]))
    return " ".join([*parts[:at], said, *parts[at:]])
