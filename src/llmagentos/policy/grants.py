"""What a task may do with tools, from the words of the person who gave it and nothing else.

Text that a tool returns (a mail, a page, the name of a file) may tell what to write; it never says to whom, on what, or that something
is to be done at all. A call whose kind of effect was not asked for is refused; one that was asked for, but whose destination,
object or amount the words do not hold, asks the person. Deterministic; no model is asked.

After Debenedetti et al., "AgentDojo" (2024), and the plan-then-execute reading of least privilege: rights are fixed before any data is read.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal["approve", "ask", "refuse"]


@dataclass(frozen=True, slots=True)
class Ruling:
    """On one call. `reason` is for people."""

    kind: Kind
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Call:
    """A tool by its name, as `verb_noun`, and named arguments."""

    tool: str
    arguments: Mapping[str, Any]


Lookup = Callable[[str, str], Sequence[str]]
"""What the owner's own records call a value: of a parameter's name and the value ("event_id", "5"), the names of the thing it stands for."""

READS = frozenset(("get", "list", "read", "search", "find", "check", "look", "show"))
_ASKED: dict[str, str] = {
    "send": "send|sends|sent|post|publish|announce|e-?mails?|mail|write|repl(y|ies)|respond|forward|pay|transfer|refund|repay|return|message|dm|text|tell|notify|inform|let (\\w+ ){1,4}know|share|give|greet|ask|split|buy|settle",
    "create": "create|add|make|write|save|put|set up|schedule|book|draft|new|remind(er)?|plan|generate|organi[sz]e|hold",
    "delete": "delete|remove|erase|clear|get rid of|discard|clean",
    "cancel": "cancel|delete|remove|call off|drop",
    "remove": "remove|kick|delete|drop|exclude",
    "update": "update|change|adjust|modify|set|edit|correct|increase|decrease|raise|lower|replace|moved?|switch|refresh",
    "reschedule": "reschedule|move|postpone|shift|delay|change|push",
    "add": "add|invite|include|put|join|insert|bring",
    "invite": "invite|add|include|bring",
    "append": "append|add|write|put|insert|extend|continue",
    "share": "share|send|give|grant",
    "reserve": "reserve|book|rent|reservation|booking",
    "post": "post|publish|upload|put|submit|write",
    "schedule": "schedule|set up|pay|send|transfer|recurring|every|monthly|weekly|regularly|standing",
}  # fmt: skip
"""How people ask for an effect, by the verb a tool's name begins with. A verb that is not here is never asked for."""
_DELEGATED = re.compile(
    r"\b(do|perform|complete|carry out|execute|follow|handle|take care of|finish|accomplish|act on|work through|deal with|make sure)\b"
    r".{0,80}\b(tasks?|to-?dos?|actions?|instructions?|steps?|requests?|everything|all|things?|what|as)\b", re.IGNORECASE,
)  # fmt: skip
_CONTENT = frozenset(
    ("body", "content", "subject", "description", "title", "text", "message", "start_time", "end_time", "new_start_time", "new_end_time",
     "date", "start_day", "end_day", "location", "filename", "recurring", "permission")
)  # fmt: skip
"""Parameters that may be worked out from data. All others say to whom, on what or how much, and must be in the words."""
_LABELS = frozenset(("title", "filename"))
"""Content that names what is made: half of it must be in the words, or it is something else that is made."""
_LINK = re.compile(
    r"(?:https?://|www\.)[^\s,;]+|\b[\w.+-]+@[\w-]+\.[\w.]+|\b[A-Z]{2}\d{2}[A-Z0-9]{10,}\b|\b\d{4}(?:[ -]\d{4}){3}\b|\b(?=\w*\d{5})\w+\b",
    re.IGNORECASE,
)
"""What leads outside or tells who somebody is: pages, mailboxes, accounts, cards, passports."""
LONGEST = 5000
"""What is longer than that is not looked through, and asks."""
_DATE = re.compile(r"\b(\d{4})-(\d\d)-(\d\d)\b")
_MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december")  # fmt: skip
_WORD = re.compile(r"[^\W_]+")
_EMPTY = frozenset(
    [
        "a",
        "an",
        "and",
        "at",
        "by",
        "for",
        "from",
        "in",
        "is",
        "it",
        "its",
        "me",
        "my",
        "of",
        "on",
        "or",
        "our",
        "please",
        "that",
        "the",
        "this",
        "to",
        "with",
        "you",
        "your",
    ]
)


class Grants:
    """The rights of one task. `lookup` reads the owner's own records, never what others wrote in them."""

    def __init__(self, words: str, lookup: Lookup = lambda _name, _value: ()) -> None:
        self._words, self._lookup = words, lookup
        self._said = _folded(words)
        self._tokens = set(_tokens(words))

    def rule(self, call: Call) -> Ruling:
        """On one call now."""
        verb, _, _noun = call.tool.partition("_")
        if verb in READS:
            outside = [one for one in _links(call.arguments) if not self._holds_link(one)]
            return Ruling("ask", f"you did not speak of {outside[0]}") if outside else Ruling("approve")
        if not self._asks_for(verb):
            if _DELEGATED.search(self._words) is None:
                return Ruling("refuse", f"you did not ask to {call.tool.replace('_', ' ')}")
            return Ruling("ask", f"something you read asks to {call.tool.replace('_', ' ')}")
        for name, value in self._unsaid(call):
            return Ruling("ask", f"you did not say that {name.replace('_', ' ')} is {value}")
        return Ruling("approve")

    def _asks_for(self, verb: str) -> bool:
        asked = _ASKED.get(verb)
        return asked is not None and re.search(rf"\b(?:{asked})\b", self._words, re.IGNORECASE) is not None

    def _unsaid(self, call: Call) -> Iterator[tuple[str, Any]]:
        for name, value in call.arguments.items():
            for one in value if isinstance(value, list | tuple) else (value,):
                if one is None or isinstance(one, bool):
                    continue
                if name not in _CONTENT:
                    if not self._grounded(name, one):
                        yield name, one
                    continue
                yield from ((name, link) for link in _links({name: one}) if not self._holds_link(link))
                if (name in _LABELS and self._share(str(one)) < 0.5) or not self._dates_fit(str(one)):
                    yield name, one

    def _grounded(self, name: str, value: Any) -> bool:
        """Whether the words hold a value, or a name that the owner's records give it."""
        if isinstance(value, int | float) and not name.endswith("id"):
            return any(abs(float(one) - value) < 1e-9 for one in _numbers(self._words))
        if isinstance(value, Mapping):
            return all(self._grounded(str(key), one) for key, one in value.items() if key != "type")
        text = str(value)
        if not name.endswith("id") and (self._holds_link(text) if _LINK.search(text) else self._holds(text)):
            return True
        return any(self._share(one) > 0.5 for one in self._lookup(name, str(value)))

    def _share(self, title: str) -> float:
        """How much of a name the words hold."""
        tokens = _tokens(title)
        return sum(one in self._tokens for one in tokens) / len(tokens) if tokens else 0.0

    def _dates_fit(self, value: str) -> bool:
        """Whether a date is one of those that were said, if any was said in full."""
        said = {(month, int(day)) for _, month, day in _DATE.findall(self._words)} | set(_spoken_dates(self._words))
        return not said or all((month, int(day)) in said for _, month, day in _DATE.findall(value))

    def _holds_link(self, link: str) -> bool:
        """Letter by letter: a dot or a hyphen elsewhere is somebody else's."""
        wanted = _bare(link)
        return (
            bool(wanted)
            and re.search(rf"(?<![\w@.+-]){re.escape(wanted)}(?![\w@-]|\.\w)", _bare(self._words)) is not None
        )

    def _holds(self, text: str) -> bool:
        folded = _folded(text)
        return bool(folded) and f" {folded} " in f" {self._said} "


def _links(arguments: Mapping[str, Any]) -> list[str]:
    """Addresses of the world outside in the arguments of a call: pages, mailboxes, accounts."""
    found: list[str] = []
    for name, value in arguments.items():
        text = str(value)
        if len(text) > LONGEST:
            found.append(f"so long a {name}")
            continue
        found += [text] if name == "url" else [one.rstrip(".!?)") for one in _LINK.findall(text)]
    return found


def _bare(text: str) -> str:
    """An address without what may be left out."""
    return re.sub(r"https?://|\bwww\.", "", text.casefold()).rstrip("/")


def _folded(text: str) -> str:
    return " ".join(_WORD.findall(text.casefold().replace("https://", "").replace("http://", "").replace("www.", "")))


def _tokens(text: str) -> list[str]:
    """Words that say something, without their endings."""
    words = (one for one in _WORD.findall(text.casefold()) if one not in _EMPTY)
    return [re.sub(r"(?:'s|s|ing|ed)$", "", one) if len(one) > 4 else one for one in words]


def _spoken_dates(text: str) -> Iterator[tuple[str, int]]:
    """ "January 2nd", "2 January": the month as two figures, and the day."""
    for number, month in enumerate(_MONTHS, 1):
        for before, after in re.findall(
            rf"(?:\b(\d\d?)(?:st|nd|rd|th)?(?: of)? )?\b{month}\b(?: (\d\d?)(?:st|nd|rd|th)?\b)?", text, re.IGNORECASE
        ):
            yield from ((f"{number:02}", int(one)) for one in (before, after) if one)


def _numbers(text: str) -> Iterator[str]:
    yield from (one.replace(",", "") for one in re.findall(r"\d[\d,]*(?:\.\d+)?", text))
