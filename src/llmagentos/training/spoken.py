"""Numbers and durations as people say them."""

import random

from llmagentos.language.units import Duration

_ONES = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen")  # fmt: skip
_TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_HAN = "零一二三四五六七八九"


def spoken_number(value: float, language: str) -> tuple[str, str]:
    """A number in figures and in words; figures twice where it has no short words."""
    figures = str(int(value)) if value == int(value) else str(value)
    if language == "zh":
        whole, _, decimals = figures.partition(".")
        if not 0 <= value <= 100:
            return figures, figures
        return figures, _han(int(whole)) + (f"点{_HAN[int(decimals[0])]}" if decimals else "")
    return figures, _english(int(value)) if value == int(value) and 0 <= value <= 100 else figures


def _english(value: int) -> str:
    if value < 20:
        return _ONES[value]
    if value == 100:
        return "one hundred"
    return _TENS[value // 10] + (f" {_ONES[value % 10]}" if value % 10 else "")


def _han(value: int) -> str:
    if value == 100:
        return "一百"
    if value < 10:
        return _HAN[value]
    tens, ones = divmod(value, 10)
    return ("" if tens == 1 else _HAN[tens]) + "十" + (_HAN[ones] if ones else "")


def spoken_duration(duration: Duration, language: str, random_: random.Random) -> str:
    """In units, in figures or words, sometimes with a half."""
    hours, rest = divmod(duration.seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    in_words = random_.random() < 0.35
    if language == "zh":
        return _chinese(hours, minutes, seconds, in_words=in_words, random_=random_)
    if (hours, minutes, seconds) == (0, 30, 0) and random_.random() < 0.3:
        return "half an hour"
    if (hours, minutes, seconds) == (1, 0, 0) and random_.random() < 0.3:
        return "an hour"
    if minutes == 30 and hours and not seconds and random_.random() < 0.4:
        return f"{spoken_number(hours, 'en')[in_words]} and a half hours" if hours > 1 else "an hour and a half"
    short = random_.random() < 0.15 and not in_words
    names = {
        "hour": "h" if short else "hour",
        "minute": "min" if short else "minute",
        "second": "sec" if short else "second",
    }
    parts = [
        f"{spoken_number(count, 'en')[in_words]} {names[unit]}{'' if count == 1 or short else 's'}"
        for count, unit in ((hours, "hour"), (minutes, "minute"), (seconds, "second")) if count
    ]  # fmt: skip
    return random_.choice((" ", " and ")).join(parts)


def _chinese(hours: int, minutes: int, seconds: int, *, in_words: bool, random_: random.Random) -> str:
    if (hours, minutes, seconds) == (0, 30, 0) and random_.random() < 0.4:
        return "半小时"
    if minutes == 30 and hours and not seconds and random_.random() < 0.4:
        return f"{_count(hours, in_words=in_words)}个半小时"
    parts = [
        f"{_count(count, in_words=in_words)}{random_.choice(units)}"
        for count, units in ((hours, ("小时", "个小时")), (minutes, ("分钟",)), (seconds, ("秒", "秒钟"))) if count
    ]  # fmt: skip
    return "".join(parts)


def _count(count: int, *, in_words: bool) -> str:
    return "两" if in_words and count == 2 else spoken_number(count, "zh")[in_words]
