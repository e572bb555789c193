"""Times that have passed, and lengths of time, in words."""

import datetime as dt

from llmagentos.agent.wording import Language

HOUR, DAY = 3600.0, 86_400.0
_NUMBERS = {1: "once", 2: "twice"}
_WEEK_ZH = "一二三四五六日"


def span_of(seconds: float, language: Language, *, minutes: bool = False) -> str:
    """Rounded to days or, below two of them, hours: "7 days", "一天" is "24小时"; with `minutes` to those below two hours."""
    if minutes and seconds < 2 * HOUR:
        return f"{round(seconds / 60)}{' min' if language == 'en' else '分钟'}"
    if seconds >= 2 * DAY - HOUR:
        days = round(seconds / DAY)
        return f"{days} days" if language == "en" else f"{days}天"
    hours = max(1, round(seconds / HOUR))
    if language == "zh":
        return f"{hours}小时"
    return f"{hours} hours" if hours > 1 else "hour"


def times_of(count: int, language: Language) -> str:
    """How often."""
    return f"{count}次" if language == "zh" else _NUMBERS.get(count, f"{count} times")


def when_of(at: float, now: float, zone: dt.tzinfo, language: Language) -> str:
    """An instant of the last days: "today at 08:05", "on Sunday at 20:00"."""
    then, today = dt.datetime.fromtimestamp(at, zone), dt.datetime.fromtimestamp(now, zone)
    ago = (today.date() - then.date()).days
    clock = f"{then:%H:%M}"
    if language == "zh":
        day = (
            ("今天", "昨天")[ago]
            if ago < 2
            else f"周{_WEEK_ZH[then.weekday()]}"
            if ago < 7
            else f"{then.month}月{then.day}日"
        )
        return f"{day}{clock}"
    day = ("today", "yesterday")[ago] if ago < 2 else f"on {then:%A}" if ago < 7 else f"on {then.day} {then:%B}"
    return f"{day} at {clock}"
