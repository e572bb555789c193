"""What the answer to "which one?" may be: the same wish for each of the things it could mean."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from llmagentos.agent.site_index import SiteIndex
from llmagentos.language import Program, Selector, Statement, parse, render
from llmagentos.messages.snapshot import EntityView


def options(sentence: str, meant: Iterable[EntityView], index: SiteIndex) -> list[str]:
    """The sentence for each of them; none where nothing in it is left open. Raises: GrammarError."""
    program = parse(sentence)
    if not any(_open(one) for one in program.statements):
        return []
    return [render(Program(tuple(_for(one, entity, index) for one in program.statements))) for entity in meant]


def _open(statement: Statement) -> str | None:
    """The field that holds a bare kind."""
    for field in ("target", "list"):
        selector = getattr(statement, field, None)
        if isinstance(selector, Selector) and selector == Selector(selector.kind):
            return field
    return None


def _for(statement: Statement, entity: EntityView, index: SiteIndex) -> Statement:
    field = _open(statement)
    change: Any = {field: index.named(entity)} if field is not None else {}
    return replace(statement, **change)
