"""Between text and tree: `parse(render(tree)) == tree` and `render(parse(text))` is the canonical text."""

from functools import lru_cache

from llmagentos.language.forms import PROGRAM
from llmagentos.language.grammar import GrammarError, Piece, Reader, Slot
from llmagentos.language.lexer import tokenize
from llmagentos.language.tree import Program

_TIGHT = frozenset(";:,")


@lru_cache(maxsize=2_000)
def parse(text: str) -> Program:
    """The program a text says. Raises: GrammarError with the place and what was expected there.

    Remembered: trees are frozen, and what stands for years is read whenever it fires.
    """
    reader = Reader(tokenize(text))
    for program, end in PROGRAM.read(reader, 0):
        if reader.at(end).kind == "end":
            assert isinstance(program, Program)
            return program
        reader.miss(end, "the end")
    raise reader.error()


def render_pieces(program: Program) -> list[Piece]:
    """The canonical text in pieces: joined they are the text; slots stand where the tree has them.

    Every text piece carries its own leading space. Raises: GrammarError for a tree the grammar has no text for.
    """
    shown = PROGRAM.show(program)
    if shown is None:
        raise GrammarError(f"no sentence says {program!r}", 0)
    pieces: list[Piece] = []
    for one in shown:
        if isinstance(one, Slot):
            pieces.append(one)
        else:
            pieces.append(one if not pieces or one in _TIGHT else f" {one}")
    return pieces


def render(program: Program) -> str:
    """The canonical text. Raises: GrammarError for a tree with slots or one the grammar has no text for."""
    pieces = render_pieces(program)
    if any(isinstance(one, Slot) for one in pieces):
        raise GrammarError("a sentence with slots has no text", 0)
    return "".join(one for one in pieces if isinstance(one, str))
