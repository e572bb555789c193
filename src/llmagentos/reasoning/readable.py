"""Rules as people write them, a sentence each:

    X upstream Y if X feeds Y.
    X upstream Z if X feeds Y and Y upstream Z.
    X starved if X is Room and not Y upstream X.
    X hot if X temperature > 26.

Variables are a capital letter, perhaps with digits. Names are words, or quoted. `X is Room` asks for a class, `X temperature > 26` for a value, `not` for
there being none. What stands after # is for people.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from llmagentos.reasoning.rules import OPERATORS, Atom, Fact, Rule, RuleError, Term, Test, Value, Var, check

_TOKEN = re.compile(
    r'"(?:[^"\\\n]|\\.)*"|#[^\n]*|>=|<=|!=|[<>=]|-?\d+(?:\.\d+)?(?!\w|\.\d)|[^\W\d][\w-]*(?:\.\w[\w-]*)*|\.|\S'
)
_VARIABLE = re.compile(r"[A-Z]\d*\Z")
_NUMBER = re.compile(r"-?\d")
_KEYWORDS = ("if", "and", "not")


@dataclass
class _Sentence:
    """The tokens of one sentence, and where it begins."""

    line: int
    tokens: list[str] = field(default_factory=list)
    at: int = 0
    fresh: int = 0

    def peek(self) -> str | None:
        return self.tokens[self.at] if self.at < len(self.tokens) else None

    def take(self) -> str:
        token = self.peek()
        if token is None:
            raise RuleError(f"line {self.line}: the sentence ends too early")
        self.at += 1
        return token

    def takes(self, word: str) -> bool:
        found = self.peek() == word
        self.at += found
        return found


def parse_rules(text: str) -> list[Rule]:
    """The rules of a text, named by their lines. Raises: RuleError, with the line."""
    seen: Counter[int] = Counter()
    rules = []
    for sentence in _sentences(text):
        seen[sentence.line] += 1
        again = f", {seen[sentence.line]}" if seen[sentence.line] > 1 else ""
        rules.append(replace(_rule(sentence), name=f"line {sentence.line}{again}"))
    return rules


def parse_pattern(text: str) -> Atom:
    """One clause without `if`: what is asked for. Raises: RuleError."""
    [sentence, *more] = list(_sentences(text if text.rstrip().endswith(".") else f"{text}."))[:2] or [_Sentence(1)]
    atoms = _clause(sentence)
    if more or sentence.peek() is not None or len(atoms) != 1 or not isinstance(atoms[0], Atom):
        raise RuleError('a question is one clause without numbers: X upstream "room 3"')
    return atoms[0]


def told(fact: Fact) -> str:
    """A fact as a clause."""
    relation, *args = fact
    shown = [_shown(one) for one in args]
    return " ".join([*shown[:1], str(relation), *shown[1:]])


def _shown(value: Value) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float | int):
        return f"{value:g}"
    plain = (
        re.fullmatch(r"[^\W\d][\w-]*(?:\.\w[\w-]*)*", value) and not _VARIABLE.match(value) and value not in _KEYWORDS
    )
    return value if plain else '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _sentences(text: str) -> Iterator[_Sentence]:
    now: _Sentence | None = None
    line, counted = 1, 0
    for match in _TOKEN.finditer(text):
        token, line, counted = match[0], line + text.count("\n", counted, match.start()), match.start()
        if token.startswith("#"):
            continue
        if token == ".":
            if now is not None:
                yield now
            now = None
            continue
        now = now or _Sentence(line)
        now.tokens.append(token)
    if now is not None:
        raise RuleError(f"line {now.line}: a sentence ends with a full stop")


def _rule(sentence: _Sentence) -> Rule:
    head = _clause(sentence)
    if len(head) != 1 or not isinstance(head[0], Atom):
        raise RuleError(f"line {sentence.line}: what follows is one clause without a comparison")
    if not sentence.takes("if"):
        raise RuleError(f"line {sentence.line}: a rule says what follows, then `if`, then what it follows from")
    body = _clause(sentence)
    while sentence.takes("and"):
        body += _clause(sentence)
    if sentence.peek() is not None:
        raise RuleError(f"line {sentence.line}: {sentence.peek()!r} is not understood; clauses are joined by `and`")
    rule = Rule(f"line {sentence.line}", head[0], tuple(body))
    check(rule)
    return rule


def _clause(sentence: _Sentence) -> list[Atom | Test]:
    negated = sentence.takes("not")
    subject, relation = _term(sentence), sentence.take()
    if not re.match(r"[^\W\d]", relation) or relation in _KEYWORDS or _VARIABLE.match(relation):
        raise RuleError(f"line {sentence.line}: {relation!r} stands where a relation should: X feeds Y")
    following = sentence.peek()
    if following is None or following in _KEYWORDS:
        return [Atom(relation, (subject,), negated)]
    if following in OPERATORS:
        if negated:
            raise RuleError(f"line {sentence.line}: turn the comparison round instead of `not`")
        value = Var(f"_{sentence.fresh}")
        sentence.fresh += 1
        return [Atom(relation, (subject, value)), Test(value, sentence.take(), _term(sentence))]
    return [Atom(relation, (subject, _term(sentence)), negated)]


def _term(sentence: _Sentence) -> Term:
    token = sentence.take()
    if token.startswith('"'):
        return re.sub(r"\\(.)", r"\1", token[1:-1])
    if _NUMBER.match(token):
        return float(token)
    if token in _KEYWORDS or not re.match(r"[^\W\d]", token):
        raise RuleError(f"line {sentence.line}: {token!r} stands where a name or a variable should")
    return Var(token) if _VARIABLE.match(token) else token


def matching(pattern: Atom, facts: Iterable[Fact]) -> list[Fact]:
    """The facts that a pattern asks for."""
    return [one for one in facts if _fits(pattern, one)]


def _fits(pattern: Atom, fact: Fact) -> bool:
    bound: dict[str, Value] = {}
    if len(fact) != len(pattern.args) + 1:
        return False
    for wanted, value in zip(pattern.args, fact[1:], strict=True):
        known = bound.setdefault(wanted.name, value) if isinstance(wanted, Var) else wanted
        if known != value:
            return False
    return True
