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
    if (hours, minutes, seconds) == (0, 15, 0) and random_.random() < 0.3:
        return random_.choice(("a quarter of an hour", "quarter of an hour"))
    if (hours, minutes, seconds) == (24, 0, 0):
        return "a day"
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
        return random_.choice(("半小时", "半个小时", "半个钟头"))
    if (hours, minutes, seconds) == (0, 15, 0) and random_.random() < 0.3:
        return "一刻钟"
    if (hours, minutes, seconds) == (24, 0, 0):
        return "一天"
    if minutes == 30 and hours and not seconds and random_.random() < 0.4:
        return f"{_count(hours, in_words=in_words)}个半小时"
    parts = [
        f"{_count(count, in_words=in_words)}{random_.choice(units)}"
        for count, units in ((hours, ("小时", "个小时")), (minutes, ("分钟",)), (seconds, ("秒", "秒钟"))) if count
    ]  # fmt: skip
    return "".join(parts)


def _count(count: int, *, in_words: bool) -> str:
    return "两" if in_words and count == 2 else spoken_number(count, "zh")[in_words]


def spoken_time(minute_of_day: int, language: str, random_: random.Random) -> str:
    """A time of day, such that hearing it leaves no doubt about the half of the day, or only the usual one."""
    hour, minute = divmod(minute_of_day, 60)
    if language == "zh":
        return _chinese_time(hour, minute, random_)
    if minute_of_day in (0, 720) and random_.random() < 0.5:
        return "noon" if hour else "midnight"
    short, words = (hour - 1) % 12 + 1, random_.random() < 0.4
    half = "am" if hour < 12 else "pm"
    marked = hour >= 12 or random_.random() < 0.6
    if random_.random() < 0.15:
        return f"{hour}:{minute:02}" if hour > 12 else f"{hour:02}:{minute:02}"
    if minute in (15, 30, 45) and random_.random() < 0.3:
        return _by_the_hour(short, minute) + (f" {half}" if marked else "")
    if minute and minute % 5 == 0 and random_.random() < 0.15:
        return _by_the_hour(short, minute) + (f" {half}" if marked else "")
    told = (_ONES[short] if words else str(short)) + _minutes(minute, words=words)
    if not marked:
        return told + (" o'clock" if minute == 0 and random_.random() < 0.5 else "")
    part = "in the morning" if hour < 12 else "in the afternoon" if hour < 17 else "in the evening"
    return (
        f"{told} {part}" if random_.random() < 0.2 else f"{told}{random_.choice((' ', '')) if not words else ' '}{half}"
    )


def bare_time(minute_of_day: int, random_: random.Random) -> str:
    """A time on a clock with twelve hours, in English, where the part of the day is said beside it."""
    hour, minute = divmod(minute_of_day, 60)
    short, words = (hour - 1) % 12 + 1, random_.random() < 0.5
    if minute and minute % 5 == 0 and random_.random() < 0.4:
        return _by_the_hour(short, minute)
    return (_ONES[short] if words else str(short)) + _minutes(minute, words=words) + (" o'clock" if not minute and random_.random() < 0.2 else "")  # fmt: skip


def _by_the_hour(hour: int, minute: int) -> str:
    """ "ten to seven", "half past six"."""
    if minute > 30:
        hour, minute, way = hour % 12 + 1, 60 - minute, "to"
    else:
        way = "past"
    return f"{ {15: 'quarter', 30: 'half'}.get(minute) or _english(minute) } {way} {_ONES[hour]}"


def _minutes(minute: int, *, words: bool) -> str:
    if minute == 0:
        return ""
    if not words:
        return f":{minute:02}"
    return f" oh {_ONES[minute]}" if minute < 10 else f" {_english(minute)}"


_PARTS_OF_DAY = (
    [("凌晨", "半夜")] + [("凌晨",)] * 4 + [("清晨", "早上")] * 2 + [("早上", "早上", "早晨")] * 2 + [("早上", "上午")] + [("上午",)] * 2 + [("中午",)]
    + [("下午",)] * 5 + [("傍晚", "晚上", "下午")] + [("晚上",)] * 3 + [("晚上", "夜里")] * 2
)  # fmt: skip
"""What Chinese speakers call the hours, from midnight on."""


def _chinese_time(hour: int, minute: int, random_: random.Random) -> str:
    if random_.random() < 0.15:
        return f"{hour}:{minute:02}"
    part = random_.choice(_PARTS_OF_DAY[hour])
    short = hour if hour < 12 else hour - 12 or 12
    count = _count(short, in_words=random_.random() < 0.6)
    if minute == 30:
        return f"{part}{count}点半"
    if minute in (15, 45) and random_.random() < 0.5:
        return f"{part}{count}点{'一' if minute == 15 else '三'}刻"
    return f"{part}{count}点" + (
        f"{spoken_number(minute, 'zh')[random_.random() < 0.5]}分" if minute else random_.choice(("", "钟", "整"))
    )
