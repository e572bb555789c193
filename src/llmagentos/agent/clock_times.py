"""Times of day that a sentence itself offers: "half past six", "7.30 pm", "早上七点半". English and Chinese."""

import re

from llmagentos.agent.quantities import in_figures

NOON, DAY = 12 * 60, 24 * 60
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
_MINUTE = rf"(?:[0-5]\d|{'|'.join(sorted(_MINUTE_NUMBERS, key=len, reverse=True))})"
_HALF = r"(?P<half>[ap]\.?\s?m\b\.?)"
_PAST = re.compile(
    rf"\b(?P<before>half|(?:a )?quarter|five|ten|twenty|\d\d?)(?: minutes?)? (?P<way>past|after|to|before|till) (?P<hour>{_HOUR})\b(?:\s*{_HALF})?", re.IGNORECASE
)  # fmt: skip
_PLAIN = re.compile(
    rf"(?<![\d.:%])\b(?P<hour>{_HOUR})(?:\s?[:.]\s?(?P<figures>[0-5]\d)|[\s-](?P<minute>{_MINUTE}))?(?:\s*o'?\s?clock)?(?:\s*{_HALF}|(?![\w:%°]))"
    r"(?!\s*(?:%|°|percent|degrees|min|sec|h\b|hour|day))", re.IGNORECASE,
)  # fmt: skip
_DIGITS = re.compile(rf"\b(?P<hour>[01]?\d|2[0-3])(?P<figures>[0-5]\d)\s*(?:{_HALF}|h(?:ou)?rs?\b)", re.IGNORECASE)
_SAID_AT = re.compile(
    r"\b(at|for|by|around|about|until|till|to|before|after|and|or|between|from|alarm|time)\s*$", re.IGNORECASE
)
_MORNING = re.compile(r"\b(morning|dawn|breakfast)\b", re.IGNORECASE)
_EVENING = re.compile(r"\b(afternoon|evening|tonight|night|dinner|pm)\b", re.IGNORECASE)
_HAN = re.compile(
    r"(?P<part>凌晨|早上|早晨|上午|明早|今早|中午|下午|傍晚|晚上|今晚|明晚|夜里)?的?\s*(?P<hour>\d{1,2}|[一二两三四五六七八九十零]{1,3})\s*(?:点钟?|时|[:：])\s*"
    r"(?:(?P<half>半)|(?P<quarter>[13一三])刻|(?P<minute>\d{1,2}|[一二三四五六七八九十零]{1,3})分?)?"
)
_HAN_LATER = ("下午", "傍晚", "晚上", "今晚", "明晚", "夜里")


def clock_times(words: str) -> tuple[int, ...]:
    """Minutes of the day, in order, once each; both halves of the day where the sentence leaves that open, the morning first."""
    if re.search(r"[\u3400-\u9fff]", words):
        return tuple(dict.fromkeys(one for match in _HAN.finditer(words) for one in _chinese(match)))
    found: list[int] = []
    rest = words
    for pattern, read in ((_PAST, _past), (_DIGITS, _plain), (_PLAIN, _plain)):
        for match in pattern.finditer(rest):
            if pattern is not _PLAIN or _is_time(match, rest):
                found += _halves(read(match), match, words)
        rest = pattern.sub(" ; ", rest)
    found += [NOON] if re.search(r"\b(noon|midday)\b", words, re.IGNORECASE) else []
    found += [0] if re.search(r"\bmidnight\b", words, re.IGNORECASE) else []
    return tuple(dict.fromkeys(found))


def _is_time(match: re.Match[str], words: str) -> bool:
    """A bare number is one only where a time may stand."""
    alone = not (match["half"] or match["figures"] or match["minute"] or "clock" in match[0].casefold())
    return not alone or _SAID_AT.search(words[: match.start()]) is not None


def _past(match: re.Match[str]) -> int:
    before = match["before"].casefold()
    minutes = 30 if before == "half" else 15 if "quarter" in before else _number(before, {**_MINUTE_NUMBERS, **_UNITS})
    return _number(match["hour"], _HOUR_NUMBERS) * 60 + (minutes if match["way"].casefold() in ("past", "after") else -minutes)  # fmt: skip


def _plain(match: re.Match[str]) -> int:
    minute = match["figures"] or match.groupdict().get("minute") or "0"
    return _number(match["hour"], _HOUR_NUMBERS) * 60 + _number(minute, _MINUTE_NUMBERS)


def _number(text: str, words: dict[str, int]) -> int:
    folded = text.casefold()
    return int(folded) if folded.isdigit() else words[folded]


def _halves(minutes: int, match: re.Match[str], words: str) -> list[int]:
    """The times of day that a time on a clock with twelve hours may be."""
    half = match["half"]
    if minutes >= 13 * 60 or (half is None and match["hour"].startswith("0")):
        return [minutes % DAY]
    early = minutes % NOON
    if half is not None:
        return [early + (NOON if half.casefold().startswith("p") else 0)]
    if _MORNING.search(words) and not _EVENING.search(words):
        return [early]
    if _EVENING.search(words) and not _MORNING.search(words):
        return [early + NOON]
    return [early, early + NOON]


def _han(text: str) -> int:
    return int(in_figures(text))


def _chinese(match: re.Match[str]) -> list[int]:
    hour = _han(match["hour"])
    minute = 30 if match["half"] else 15 * _han(match["quarter"]) if match["quarter"] else _han(match["minute"] or "0")
    if hour > 24 or minute > 59:
        return []
    minutes = (hour * 60 + minute) % DAY
    if match["part"] in _HAN_LATER:
        return [minutes % NOON + NOON if hour < 12 or match["part"] != "夜里" else minutes % NOON]
    if match["part"] == "中午":
        return [minutes if hour >= 11 else minutes % NOON + NOON]
    return [minutes] if match["part"] or minutes >= 13 * 60 else [minutes % NOON, minutes % NOON + NOON]
