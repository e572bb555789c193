"""Numbers, durations and words that a sentence itself offers for the slots of a command. English and Chinese."""

import re

from llmagentos.language.units import Duration

_ONES = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"]  # fmt: skip
_TENS = {
    word: 10 * (index + 2)
    for index, word in enumerate(["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"])
}
_WORDS = {word: index for index, word in enumerate(_ONES)} | _TENS
_HAN = {char: index for index, char in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0}
_HAN_NUMBER = re.compile(
    r"(?![一](?:半|点(?![零一二三四五六七八九])|些|下|起|样|直|共)|[一二三四]档)[零一二三四五六七八九十百两〇]+(?:点[零一二三四五六七八九]+)?"
)
_SPOKEN = (
    (re.compile(r"\b(?:three|3)[\s-]quarters(?! of an hour)\b", re.IGNORECASE), "75%"),
    (re.compile(r"\b(?:two|2)[\s-]thirds\b", re.IGNORECASE), "67%"),
    (
        re.compile(
            r"\b(?:a|one|1)[\s-]quarter(?= of the way|\s*$| (?:open|closed|up|down|bright\w*|power|speed|volume))",
            re.IGNORECASE,
        ),
        "25%",
    ),
    (re.compile(r"\b(?:a|one|1)[\s-]third\b", re.IGNORECASE), "33%"),
    (re.compile("四分之三"), "75%"),
    (re.compile("四分之一"), "25%"),
    (re.compile("三分之二"), "67%"),
    (re.compile("三分之一"), "33%"),
    (re.compile(r"\bthree[\s-]quarters of an hour\b", re.IGNORECASE), "45 minutes"),
    (re.compile(r"\b(?:a )?quarter (?:of an )?hour\b", re.IGNORECASE), "15 minutes"),
    (re.compile(r"\b([\w-]+) and a half hours\b", re.IGNORECASE), r"\1 hours 30 minutes"),
    (re.compile(r"\b([\w-]+) and a half minutes\b", re.IGNORECASE), r"\1 minutes 30 seconds"),
    (re.compile(r"\ba couple of (?=(?:seconds|minutes|hours|days)\b)", re.IGNORECASE), "2 "),
    (re.compile("三刻钟"), "45分钟"),
    (re.compile("一刻钟"), "15分钟"),
    (re.compile(r"零下|(?<![担胜抱辜])负(?=[零一二三四五六七八九十\d])"), " minus "),
    (
        re.compile(r"\b((?:[a-z]+ty[\s-])?[\w.]+)((?:\s+degrees?(?: celsius)?)?)\s+below zero\b", re.IGNORECASE),
        r"minus \1\2",
    ),
)
"""What is said otherwise than in figures."""
_AND_A_HALF = re.compile(
    r"(?<![.\d])(\d+) and a half\b(?! (?:hours?|minutes?|days?)\b)|(?<![.\d])(\d+)度半(?![小个])", re.IGNORECASE
)
_UNIT_AFTER = re.compile(
    r"\s*(?:(%|percent|per cent|prozent|pour cent|por ciento)|(degrees?|degrés?|deg\b|grados?|grad\b|°|celsius|fahrenheit|度|摄氏|华氏|kelvin))",
    re.IGNORECASE,
)
_UNITS_OF = {"%": ("%",), "p": ("%",), "d": ("C", "F", "K"), "g": ("C", "F", "K"), "°": ("C", "F", "K"), "c": ("C", "F"), "f": ("C", "F"), "度": ("C", "F"), "摄": ("C", "F"),
             "华": ("C", "F"), "k": ("K",)}  # fmt: skip
_DIGITS = re.compile(r"-?\d+(?:[.,]\d+)?")

_UNIT_SECONDS = {
    "second": 1, "seconds": 1, "sec": 1, "secs": 1, "s": 1, "minute": 60, "minutes": 60, "min": 60, "mins": 60, "m": 60,
    "hour": 3600, "hours": 3600, "hr": 3600, "hrs": 3600, "h": 3600, "day": 86400, "days": 86400,
    "sekunde": 1, "sekunden": 1, "minuten": 60, "stunde": 3600, "stunden": 3600, "tag": 86400, "tage": 86400,
    "seconde": 1, "secondes": 1, "heure": 3600, "heures": 3600, "jour": 86400, "jours": 86400,
    "segundo": 1, "segundos": 1, "minuto": 60, "minutos": 60, "hora": 3600, "horas": 3600, "día": 86400, "días": 86400,
    "秒": 1, "秒钟": 1, "分钟": 60, "分": 60, "小时": 3600, "个小时": 3600, "钟头": 3600, "天": 86400,
}  # fmt: skip
_TERM = re.compile(
    r"(?P<number>\d+(?:\.\d+)?|\bhalf an?\b|\ban?\b|半个?)\s*个?(?P<half>半)?-?\s*(?:(?:more|extra|additional|further)\s+)?"
    r"(?P<unit>sekunden?|secondes?|segundos?|seconds?|secs?|s\b|minutes?|minuten|minutos?|mins?|stunden?|heures?|horas?|tage?\b|jours?\b|días?|(?<=\d)m\b|hours?|hrs?|h\b|days?|秒钟?|分钟?|个?小时|钟头|天)"
    r"(?P<and_half>半|\s+and a half)?",
    re.IGNORECASE,
)
_JOIN = re.compile(r"[\s,]*(?:and|和|零|又)?[\s,]*", re.IGNORECASE)


def in_figures(words: str) -> str:
    """The sentence with number words written in digits: "twenty five" -> "25", "二十五" -> "25", "百分之八十" -> "80%"."""
    for spoken, plain in _SPOKEN:
        words = spoken.sub(plain, words)
    text = re.sub(r"百分之(" + _HAN_NUMBER.pattern + r"|\d+)", lambda match: f"{match[1]}%", words)
    text = _HAN_NUMBER.sub(lambda match: _han(match[0]), text)
    pattern = (
        r"\b(?:"
        + "|".join(sorted(_WORDS, key=len, reverse=True))
        + r"|hundred)(?:[\s-]+(?:"
        + "|".join(_WORDS)
        + r"|hundred))*\b"
    )
    text = re.sub(pattern, lambda match: _english(match[0]), text, flags=re.IGNORECASE)
    text = _AND_A_HALF.sub(lambda match: f"{match[1] or match[2]}.5{'度' if match[2] else ''}", text)
    return re.sub(r"\b(?:minus|negative)\s+(?=\d)", "-", text, flags=re.IGNORECASE)


def _english(phrase: str) -> str:
    total, current = 0, 0
    for word in re.split(r"[\s-]+", phrase.lower()):
        if word == "hundred":
            current = max(current, 1) * 100
        elif word in _TENS or current == 0 or (current % 10 == 0 and _WORDS[word] < 10 and current >= 20):
            current += _WORDS[word]
        else:  # "five ten" is two numbers, not fifteen
            total, current = total * 100 + current, _WORDS[word]
    return str(total * 100 + current) if total else str(current)


def _han(text: str) -> str:
    whole, _, decimals = text.partition("点")
    if not any(char in "十百" for char in whole):
        digits = "".join(str(_HAN[char]) for char in whole)
    else:
        total, digit = 0, 0
        for char in whole:
            if char in "十百":
                total += (digit or 1) * (10 if char == "十" else 100)
                digit = 0
            else:
                digit = _HAN[char]
        digits = str(total + digit)
    return f"{digits}.{''.join(str(_HAN[char]) for char in decimals)}" if decimals else digits


def numbers(words: str, unit: str | None = None, *, marked: bool = False) -> tuple[float, ...]:
    """The numbers a sentence names, in order, once each; with `unit`, those not said in another unit than that; if `marked`, with one."""
    text, found = in_figures(words), []
    for match in _DIGITS.finditer(text):
        value = float(match[0].replace(",", "."))
        said = _UNIT_AFTER.match(text, match.end())
        if (
            abs(value) < 1e6
            and (said is not None or not marked)
            and (unit is None or said is None or unit in _UNITS_OF[(said[1] or said[2]).lower()[0]])
        ):
            found.append(value)
    return tuple(dict.fromkeys(found))


def durations(words: str) -> tuple[Duration, ...]:
    """The durations a sentence names: neighbouring terms are added up ("1 hour 5 minutes")."""
    text = in_figures(words)
    found: list[Duration] = []
    end, seconds = -1, 0.0
    for match in _TERM.finditer(text):
        term = _term_seconds(match)
        if end >= 0 and _JOIN.fullmatch(text[end : match.start()]):
            seconds += term
        else:
            found += _whole(seconds)
            seconds = term
        end = match.end()
    return tuple(dict.fromkeys([*found, *_whole(seconds)]))


def _term_seconds(match: re.Match[str]) -> float:
    number, unit = match["number"].lower(), match["unit"].lower()
    size = _UNIT_SECONDS[unit]
    if number.startswith(("half", "半")):
        return size / 2
    count = 1.0 if number in ("a", "an") else float(number)
    return (count + (0.5 if match["half"] or match["and_half"] else 0.0)) * size


def _whole(seconds: float) -> list[Duration]:
    return [Duration(round(seconds))] if 1 <= round(seconds) < 10**8 else []


def words_of(sentence: str) -> list[str]:
    """The sentence as pieces a quoted text can be copied from: words with their leading space, Chinese by character."""
    pieces = re.findall(
        r"[\u3040-\u30ff\u3400-\u9fff]|[^\W\u3040-\u30ff\u3400-\u9fff]+(?:['’\-&./][^\W\u3040-\u30ff\u3400-\u9fff]+)*",
        sentence,
    )
    spaced: list[str] = []
    position = 0
    for piece in pieces:
        start = sentence.index(piece, position)
        spaced.append((" " if start > position else "") + piece)
        position = start + len(piece)
    return spaced
