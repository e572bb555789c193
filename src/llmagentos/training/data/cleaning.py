"""One document after the other made fit to learn from, or left out for a reason that is counted."""

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, replace

import py3langid
import rjieba

from llmagentos.training.data.documents import Document
from llmagentos.training.data.personal import masked

_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\u00ad]|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_BLANKS, _LINES = re.compile(r"[^\S\n]+"), re.compile(r"\n{3,}")
_WORD = re.compile(r"\w+")
SEEN = 2_000
"""Characters by which the language is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What is kept. The shares are those of Rae et al., "Gopher", 2021, appendix A.1.1, with fewer words: what people say is short.

    `languages`: codes that are kept, empty for all; `names`: whether personal data is replaced.
    """

    languages: frozenset[str] = frozenset()
    least_words: int = 1
    most_symbols: float = 0.1
    """Of hashes and ellipses, to a word."""
    least_alphabetic: float = 0.6
    """Share of words with a letter."""
    most_repeated: float = 0.3
    """Share of lines that stand there before."""
    word_length: tuple[float, float] = (1.0, 12.0)
    masked: bool = True


class Cleaner:
    """`dropped` counts reasons, `replaced` kinds of personal data."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self.dropped: Counter[str] = Counter()
        self.replaced: Counter[str] = Counter()

    def clean(self, document: Document) -> Document | None:
        """None where it is left out."""
        text = normalised(document.text)
        words = segmented(text, document.language or ("zh" if _is_chinese(text) else ""))
        reason = self._against(text, words)
        language = document.language or (language_of(text) if reason is None else "")
        if reason is None and self.rules.languages and language not in self.rules.languages:
            reason = "another language"
        if reason is not None:
            self.dropped[reason] += 1
            return None
        if self.rules.masked:
            text, found = masked(text, language)
            self.replaced += found
        return replace(document, text=text, language=language)

    def _against(self, text: str, words: list[str]) -> str | None:
        rules = self.rules
        if len(words) < rules.least_words:
            return "too short"
        if (text.count("#") + text.count("...") + text.count("…")) / len(words) > rules.most_symbols:
            return "symbols"
        if sum(any(one.isalpha() for one in word) for word in words) / len(words) < rules.least_alphabetic:
            return "no words"
        if not rules.word_length[0] <= sum(map(len, words)) / len(words) <= rules.word_length[1]:
            return "odd words"
        lines = [one for one in text.splitlines() if one.strip()]
        if len(lines) > 3 and 1 - len(set(lines)) / len(lines) > rules.most_repeated:
            return "repeats itself"
        return None


def normalised(text: str) -> str:
    """One form of each character (NFC), no invisible ones, single blanks, at most one blank line."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    text = _BLANKS.sub(" ", _INVISIBLE.sub("", text))
    return _LINES.sub("\n\n", "\n".join(line.strip() for line in text.split("\n"))).strip()


def segmented(text: str, language: str) -> list[str]:
    """Words; Chinese, which does not part them, by jieba."""
    if language == "zh":
        return [one for one in rjieba.cut(text) if _WORD.search(one)]
    return _WORD.findall(text)


def language_of(text: str) -> str:
    """An ISO 639-1 code, the likeliest."""
    code, _ = py3langid.classify(text[:SEEN])
    return str(code)


def _is_chinese(text: str) -> bool:
    seen = text[:SEEN]
    return sum("\u4e00" <= one <= "\u9fff" for one in seen) > 0.2 * len(seen)
