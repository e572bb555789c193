"""What tells of a person is replaced by what it is: addresses, numbers, and names where words around them say so.

Chinese names are found by the tagger of jieba. English ones have no tagger that comes without a download: those after a title or after somebody's
introduction are found, others stay.
"""

import ipaddress
import re
from collections import Counter
from collections.abc import Callable

import phonenumbers
import rjieba

REGIONS = {"zh": "CN", "en": "US", "de": "DE", "fr": "FR", "es": "ES"}
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_CARD = re.compile(r"\b\d(?:[ -]?\d){12,18}\b")
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b")
_ADDRESS = re.compile(r"(?<![\w.:])(?:\d{1,3}(?:\.\d{1,3}){3}|(?:[0-9A-Fa-f]{0,4}:){2,7}[0-9A-Fa-f]{0,4})(?![\w.:])")
_MAC = re.compile(r"(?<![\w:-])(?:[0-9A-Fa-f]{2}[:-]){5}(?:(?:[0-9A-Fa-f]{2}[:-]){2})?[0-9A-Fa-f]{2}(?![\w:-])")
_CITIZEN = re.compile(r"(?<!\d)\d{17}[\dXx](?!\d)")
_SECRET = re.compile(r"(?i)\b(password|passwd|token|secret|api[_-]?key|密码|口令)(\s*[:=：]\s*)(\S+)")
_TITLE, _INTRODUCTION = r"(?:Mr|Mrs|Ms|Dr|Prof)\b\.? ", r"(?:[Mm]y name is|[Tt]his is|I am|I'm) "
_NAME = re.compile(
    rf"\b(?P<cue>{_INTRODUCTION}(?P<title>{_TITLE})?|{_TITLE})(?P<name>[A-Z][a-z'-]+(?: [A-Z][a-z'-]+){{0,2}})"
)
_LOOSE = re.compile(r"(?:[Tt]his is|I am|I'm) ")
"""After these a single capitalised word may be anything; two of them are a name."""
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
    text = _SECRET.sub(lambda one: f"{one[1]}{one[2]}{as_('secret')(one)}", text)
    text = _MAC.sub(as_("device address"), text)
    text = _ADDRESS.sub(as_("address", _is_address), text)
    text = _CITIZEN.sub(as_("citizen number", _is_citizen), text)
    text = _IBAN.sub(as_("account", _is_iban), text)
    text = _CARD.sub(as_("card", _is_card), text)
    text = _without_phones(text, REGIONS.get(language, "US"), found)
    return _without_names(text, language, found), found


def _without_phones(text: str, region: str, found: Counter[str]) -> str:
    matches = list(phonenumbers.PhoneNumberMatcher(text, region))
    for one in reversed(matches):
        text = f"{text[: one.start]}<phone>{text[one.end :]}"
    if matches:
        found["phone"] += len(matches)
    return text


def _without_names(text: str, language: str, found: Counter[str]) -> str:
    if language == "zh":
        pieces = []
        for word, tag in rjieba.tag(text):
            person = tag == "nr" and len(word) > 1
            found["name"] += person
            pieces.append("<name>" if person else word)
        found += Counter()  # without what was not found
        return "".join(pieces)

    def name(match: re.Match[str]) -> str:
        if _LOOSE.fullmatch(match["cue"]) and " " not in match["name"]:
            return match[0]
        found["name"] += 1
        return f"{match['cue']}<name>"

    return _NAME.sub(name, text)


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
