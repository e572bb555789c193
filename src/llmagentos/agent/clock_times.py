"""Times of day that a sentence itself offers: "half past six", "7.30 pm", "早上七点半". English and Chinese."""

import re
from dataclasses import dataclass, replace
from itertools import pairwise

from llmagentos.agent.quantities import in_figures

NOON, DAY = 12 * 60, 24 * 60
_NAMED = {"noon": NOON, "midday": NOON, "midnight": 0}
_TAKEN_BACK = re.compile(
    r"^\W*(?:(?:in the|morning|afternoon|evening|night|tonight|o'?clock|uh|um|er|oh|well|哦|呃|嗯|吧)\W*)*"
    r"(?:no|nope|sorry|wait|i mean|or rather|rather|make (?:that|it)|actually|scratch that|correction|不对|不是|[说讲]错了?|不|我是说|应该是|改[成到]|算了)\W*"
    r"(?:(?:uh|um|er|oh|no|wait|sorry|i mean|make (?:that|it)|rather|at|to|the|哦|呃|嗯|不对|不是|是|应该是|我是说|改[成到])\W*)*$", re.IGNORECASE,
)  # fmt: skip
"""What stands between a time and the one that is meant instead, and nothing else."""
_CHINESE = re.compile(r"[\u3400-\u9fff]")
_HOURS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_TEENS = ("ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen")
_TENS = ("twenty", "thirty", "forty", "fifty")
_UNITS = {word: number + 1 for number, word in enumerate(_HOURS[:9])}
_HOUR_NUMBERS = {word: number + 1 for number, word in enumerate(_HOURS)}
_MINUTE_NUMBERS = {
    **{word: number + 10 for number, word in enumerate(_TEENS)},
    **{word: 10 * (number + 2) for number, word in enumerate(_TENS)},
    **{f"{tens} {unit}": 10 * (number + 2) + count for number, tens in enumerate(_TENS) for unit, count in _UNITS.items()},
    **{f"oh {unit}": count for unit, count in _UNITS.items()},
}  # fmt: skip
_HOUR = rf"(?:[01]?\d|2[0-4]|{'|'.join(_HOURS)})"
_MINUTE = "(?:[0-5]\\d|" + "|".join(sorted(_MINUTE_NUMBERS, key=len, reverse=True)).replace(" ", r"[\s-]") + ")"
_HALF = r"(?P<half>[ap]\.?\s?m\b\.?)"
_PAST = re.compile(
    rf"(?<![\d:.])\b(?P<before>half|(?:a )?quarter|five|ten|twenty|\d\d?)(?: minutes?)? (?P<way>past|after|to|before|till) (?P<hour>{_HOUR})\b(?:\s*{_HALF})?", re.IGNORECASE
)  # fmt: skip
_HALF_PAST = re.compile(rf"(?<=\bat|\bby)(?P<before> half) (?P<hour>{_HOUR})\b(?:\s*{_HALF})?", re.IGNORECASE)
"""British: half eleven is half past eleven."""
_PLAIN = re.compile(
    rf"(?<![\d.:%])\b(?P<hour>{_HOUR})(?:\s?[:.]\s?(?P<figures>[0-5]\d)|[\s-](?P<minute>{_MINUTE}))?(?:\s*o'?\s?clock)?(?:\s*{_HALF}|(?![\w%°]|:\d))"
    r"(?!\s*(?:%|°|percent|degrees|min|sec|h\b|hour|day))", re.IGNORECASE,
)  # fmt: skip
_DIGITS = re.compile(rf"\b(?P<hour>[01]?\d|2[0-3])(?P<figures>[0-5]\d)\s*(?:{_HALF}|h(?:ou)?rs?\b)", re.IGNORECASE)
_SAID_AT = re.compile(
    r"\b(at|for|by|around|about|until|till|to|before|after|and|or|between|from|alarm|time|clock)\s*$", re.IGNORECASE
)
_RANGE = re.compile(r"\b(between|from)\s*$", re.IGNORECASE)
_PART_AFTER = re.compile(
    r"\s*(?:,\s*)?(?:in the |on \w+ |tomorrow |this |at )?(?P<part>morning|afternoon|evening|night)\b", re.IGNORECASE
)
_PART_BEFORE = re.compile(
    r"\b(?P<part>morning|afternoon|evening|tonight|night)(?:,? (?:at|for|by|around|about|the|alarm|to))*\s*$",
    re.IGNORECASE,
)
_TONIGHT = re.compile(r"\s*(?P<part>tonight|this evening|this afternoon|this morning)\b", re.IGNORECASE)
_HAN = re.compile(
    r"(?P<part>凌晨|清晨|早上|早晨|上午|明早|今早|中午|下午|傍晚|晚上|今晚|明晚|夜里|半夜|深夜)?的?\s*(?:差(?P<less>\d{1,2}|[一二三四五六七八九十]{1,3})分钟?)?"
    r"(?P<hour>\d{1,2}|[一二两三四五六七八九十零]{1,3})\s*(?:(?P<point>[点點]钟?|时)|[:：])\s*(?:(?P<half>半)|(?P<quarter>[13一三])刻|(?P<minute>\d{1,2}|[一二三四五六七八九十零]{1,3})分?)?(?P<full>整)?"
)
_HAN_LATER = ("下午", "傍晚", "晚上", "今晚", "明晚", "夜里", "半夜", "深夜")
_HAN_NIGHT = ("晚上", "今晚", "明晚", "夜里", "半夜", "深夜")


@dataclass(frozen=True, slots=True)
class Mention:
    """A time that was said, as what it says, and the minutes of the day that it may mean: both halves of the day where that is open, the morning first."""

    start: int
    said: str
    minutes: tuple[int, ...]


def clock_times(words: str, *, sure: bool = False) -> tuple[int, ...]:
    """Minutes of the day, in order, once each; with `sure` only what can be nothing else than a time."""
    return tuple(dict.fromkeys(minute for one in mentions(words, sure=sure) for minute in one.minutes))


def mentions(words: str, *, sure: bool = False) -> tuple[Mention, ...]:
    """Each time that is said, in order."""
    if _CHINESE.search(words):
        found = [
            Mention(match.start(), match[0], tuple(_chinese(match)))
            for match in _HAN.finditer(words)
            if not sure or match["part"] or match["half"] or match["quarter"]
        ]
        return _alike(tuple(one for one in found if one.minutes), words)
    found, rest = [], words
    for pattern, read in ((_PAST, _past), (_HALF_PAST, _past), (_DIGITS, _plain), (_PLAIN, _plain)):
        taken = [match for match in pattern.finditer(rest) if _is_time(pattern, match, rest, sure=sure)]
        found += [Mention(one.start(), one[0], tuple(_halves(read(one), one, rest))) for one in taken]
        for match in taken:
            rest = rest[: match.start()] + ";".center(len(match[0])) + rest[match.end() :]
    for name, minute in _NAMED.items():
        found += [Mention(one.start(), one[0], (minute,)) for one in re.finditer(rf"\b{name}\b", words, re.IGNORECASE)]
    return _alike(tuple(sorted(found, key=lambda one: one.start)), words)


def _alike(said: tuple[Mention, ...], words: str) -> tuple[Mention, ...]:
    """What takes back an earlier time means the same half of the day, where it says none itself."""
    found = list(said[:1])
    for before, one in pairwise(said):
        half = {minute < NOON for minute in before.minutes}
        kept = tuple(minute for minute in one.minutes if (minute < NOON) in half)
        found.append(replace(one, minutes=kept) if len(half) == 1 and kept and _taken_back(before, one, words) else one)
    return tuple(found)


def meant(words: str) -> tuple[Mention, ...]:
    """Of the times that are said those that are not taken back ("half past five, no, twenty to six")."""
    said = mentions(words)
    kept = [one for one, then in pairwise(said) if not _taken_back(one, then, words)]
    return (*kept, *said[-1:])


def _taken_back(one: Mention, then: Mention, words: str) -> bool:
    return _TAKEN_BACK.search(words[one.start + len(one.said) : then.start]) is not None


def _is_time(pattern: re.Pattern[str], match: re.Match[str], words: str, *, sure: bool) -> bool:
    """A bare number is one only where a time may stand; "between 7 to 8" is a range."""
    if pattern is _PAST:
        whole = (
            match["before"].casefold() == "half"
            or "quarter" in match["before"].casefold()
            or match["way"].casefold() in ("past", "after")
        )
        return whole or _RANGE.search(words[: match.start()]) is None
    if pattern in (_DIGITS, _HALF_PAST):
        return True
    alone = not (match["half"] or match["figures"] or match["minute"] or "clock" in match[0].casefold())
    if sure:
        plain = match["figures"] is not None and "." in match[0]  # 21.5 is a temperature
        return bool(match["half"] or "clock" in match[0].casefold() or (match["figures"] and not plain))
    named = _PART_AFTER.match(words, match.end()) is not None and "the " in words[match.end() : match.end() + 9]
    return not alone or named or _SAID_AT.search(words[: match.start()]) is not None


def _past(match: re.Match[str]) -> int:
    before, way = match["before"].strip().casefold(), match.groupdict().get("way", "past").casefold()
    minutes = 30 if before == "half" else 15 if "quarter" in before else _number(before, {**_MINUTE_NUMBERS, **_UNITS})
    return _number(match["hour"], _HOUR_NUMBERS) * 60 + (minutes if way in ("past", "after") else -minutes)  # fmt: skip


def _plain(match: re.Match[str]) -> int:
    minute = match["figures"] or match.groupdict().get("minute") or "0"
    return _number(match["hour"], _HOUR_NUMBERS) * 60 + _number(minute, _MINUTE_NUMBERS)


def _number(text: str, words: dict[str, int]) -> int:
    folded = re.sub(r"[\s-]+", " ", text.casefold())
    return int(folded) if folded.isdigit() else words[folded]


def _halves(minutes: int, match: re.Match[str], words: str) -> list[int]:
    """The times of day that a time on a clock with twelve hours may be; a part of the day counts where it stands beside it."""
    half = match["half"]
    if minutes >= 13 * 60:
        return [minutes % DAY]
    early = minutes % NOON
    if half is not None:
        return [early + (NOON if half.casefold().startswith("p") else 0)]
    part = _part(match, words)
    if part == "morning":
        return [early]
    if part is not None:
        after_midnight = part in ("night", "tonight") and early < 5 * 60
        return [early if after_midnight else early + NOON]
    return [minutes % DAY] if match["hour"].startswith("0") else [early, early + NOON]


def _part(match: re.Match[str], words: str) -> str | None:
    beside = (
        _TONIGHT.match(words, match.end())
        or _PART_AFTER.match(words, match.end())
        or _PART_BEFORE.search(words[: match.start()])
    )
    return beside["part"].casefold().removeprefix("this ") if beside else None


def _chinese(match: re.Match[str]) -> list[int]:
    bare = match["point"] and not (
        match["half"] or match["quarter"] or match["minute"] or match["part"] or match["full"]
    )
    if bare and match["hour"] in "一两" and "钟" not in match["point"]:  # 一点 is "a little"
        return []
    hour = _han(match["hour"])
    minute = 30 if match["half"] else 15 * _han(match["quarter"]) if match["quarter"] else _han(match["minute"] or "0")
    if hour > 24 or minute > 59:
        return []
    minutes = (hour * 60 + minute - (_han(match["less"]) if match["less"] else 0)) % DAY
    early = minutes % NOON
    if hour in (0, 24) or minutes >= 13 * 60:
        return [minutes]
    if match["part"] in _HAN_NIGHT and (early < 5 * 60):
        return [early]
    if match["part"] in _HAN_LATER:
        return [early + NOON]
    if match["part"] == "中午":
        return [minutes if hour >= 11 else early + NOON]
    if match["part"]:
        return [early]
    return [early, early + NOON]


def _han(text: str) -> int:
    return int(in_figures(text))
