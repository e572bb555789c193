"""An automaton as a GBNF grammar, for servers that decode under one. Source: llama.cpp, grammars/README.md."""

import json

from llmagentos.language.automaton import Automaton


def gbnf(automaton: Automaton) -> str:
    """One rule a node; `root` is the start. The text begins without the leading space of the first piece."""
    lines = []
    for node, edges in enumerate(automaton.edges):
        choices = [f"{_literal(piece.lstrip() if node == 0 else piece)} n{target}" for piece, target in edges]
        choices += ['""'] if node in automaton.accepting or not edges else []
        lines.append(f"n{node} ::= {' | '.join(choices)}")
    return "root ::= n0\n" + "\n".join(lines) + "\n"


def _literal(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
