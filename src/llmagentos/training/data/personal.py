"""What tells of a person is replaced by what it is: addresses, numbers, and names where words around them say so.

Chinese names are found by the tagger of jieba. English ones have no tagger that comes without a download: those after a title or after "my name is"
are found, others stay.
"""

import ipaddress
import re
from collections import Counter
from collections.abc import Callable

import phonenumbers
import rjieba

REGIONS = {"zh": "CN", "en": "US", "de": "DE", "fr": "FR", "es": "ES"}
_START, _STOP = r"(?<![0-9A-Za-z])", r"(?![0-9A-Za-z])"
"""Borders that Chinese beside them does not hide."""
_EMAIL = re.compile(rf"{_START}[A-Za-z0-9_.+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_CARD = re.compile(rf"{_START}\d{{4}}[ -]?\d{{4,6}}[ -]?\d{{4,5}}(?:[ -]?\d{{1,4}})?{_STOP}")
_IBAN = re.compile(rf"{_START}[A-Z]{{2}}\d{{2}}(?: ?[A-Z0-9]{{4}}){{2,7}}(?: ?[A-Z0-9]{{1,3}})?{_STOP}")
_ADDRESS = re.compile(
    rf"(?<![0-9A-Za-z.:])(?:\d{{1,3}}(?:\.\d{{1,3}}){{3}}(?!\.?\d)|(?:[0-9A-Fa-f]{{0,4}}:){{2,7}}[0-9A-Fa-f]{{0,4}}(?![0-9A-Za-z:])){_STOP}"
)
_MAC = re.compile(
    rf"(?<![0-9A-Za-z:-])(?:[0-9A-Fa-f]{{2}}[:-]){{5}}(?:(?:[0-9A-Fa-f]{{2}}[:-]){{2}})?[0-9A-Fa-f]{{2}}{_STOP}"
)
_CITIZEN = re.compile(r"(?<!\d)\d{17}[\dXx](?!\d)")
_SECRET = re.compile(
    r"(?i)((?:password|passwd|token|secret|api[_-]?key|密码|口令)[\"']?[ \t]*[:=：][ \t]*)(\"[^\"\n]+\"|'[^'\n]+'|[^\s,;，。；\"']+)"
)
_PLAIN = re.compile(r"\d+")
_TITLE, _INTRODUCTION = r"(?:Mr|Mrs|Ms|Dr|Prof)\b\.? ", r"[Mm]y name is "
_NAME = re.compile(rf"\b(?P<cue>{_INTRODUCTION}(?:{_TITLE})?|{_TITLE})(?P<name>[A-Z][a-z'-]+(?: [A-Z][a-z'-]+){{0,2}})")
_WORDS = rjieba.Jieba()
FAMILY_NAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严武戴莫孔向汤"
)
"""The hundred that most people in China have."""
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def masked(text: str, language: str = "en") -> tuple[str, Counter[str]]:
    """The text without personal data, and how much of which kind there was."""
    found: Counter[str] = Counter()

    def as_(kind: str, check: Callable[[str], bool] = lambda _: True) -> Callable[[re.Match[str]], str]:
        def replaced(match: re.Match[str]) -> str:
            if not check(match[0]):
                return match[0]
            found[kind] += 1
            return f"<{kind}>"

        return replaced

    text = _EMAIL.sub(as_("email"), text)
    text = _SECRET.sub(lambda one: f"{one[1]}{as_('secret')(one)}", text)
    text = _MAC.sub(as_("device address"), text)
    text = _ADDRESS.sub(as_("address", _is_address), text)
    text = _CITIZEN.sub(as_("citizen number", _is_citizen), text)
    text = _IBAN.sub(as_("account", _is_iban), text)
    text = _CARD.sub(as_("card", _is_card), text)
    text = _without_phones(text, REGIONS.get(language, "US"), found)
    return _without_names(text, language, found), found


def _without_phones(text: str, region: str, found: Counter[str]) -> str:
    """Digits in one row are a phone's in China; elsewhere they may be anything."""
    found_here = phonenumbers.PhoneNumberMatcher(text, region)
    matches = [one for one in found_here if region == "CN" or not _PLAIN.fullmatch(one.raw_string)]
    for one in reversed(matches):
        text = f"{text[: one.start]}<phone>{text[one.end :]}"
    if matches:
        found["phone"] += len(matches)
    return text


def _without_names(text: str, language: str, found: Counter[str]) -> str:
    if language == "zh":
        pieces = []
        for word, tag in rjieba.tag(text):
            person = tag == "nr" and _is_own_name(word)
            found["name"] += person
            pieces.append("<name>" if person else word)
        found += Counter()  # without what was not found
        return "".join(pieces)

    def name(match: re.Match[str]) -> str:
        found["name"] += 1
        return f"{match['cue']}<name>"

    return _NAME.sub(name, text)


def _is_own_name(word: str) -> bool:
    """The tagger takes "谢谢" and "安静" for names too: a name begins with a family's, and one of two characters is in no dictionary."""
    return word[0] in FAMILY_NAMES and (len(word) == 3 or (len(word) == 2 and not _WORDS.has_word(word)))


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _is_card(text: str) -> bool:
    """Source: ISO/IEC 7812-1, annex B (Luhn)."""
    digits = [int(one) for one in text if one.isdigit()]
    doubled = [sum(divmod(2 * one, 10)) for one in digits[-2::-2]]
    return (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


def _is_iban(text: str) -> bool:
    """Source: ISO 13616-1, section 6."""
    bare = text.replace(" ", "")
    number = "".join(str(int(one, 36)) for one in bare[4:] + bare[:4])
    return int(number) % 97 == 1


def _is_citizen(text: str) -> bool:
    """Source: GB 11643-1999, annex A."""
    total = sum(weight * int(one) for weight, one in zip(_WEIGHTS, text, strict=False))
    return "10X98765432"[total % 11] == text[-1].upper()
