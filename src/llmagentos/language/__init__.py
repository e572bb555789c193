"""The site language: one grammar that people read, the parser accepts, the renderer prints and the decoder obeys.

Pure: no I/O, no model, no knowledge of what exists on a site.
"""

from llmagentos.language.grammar import GrammarError, Slot
from llmagentos.language.text import parse, render, render_pieces
from llmagentos.language.tree import GRAMMAR_VERSION, Program, Selector, Statement, selectors

__all__ = [
    "GRAMMAR_VERSION",
    "GrammarError",
    "Program",
    "Selector",
    "Slot",
    "Statement",
    "parse",
    "render",
    "render_pieces",
    "selectors",
]
